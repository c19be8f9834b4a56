"""What every page needs: security headers, CSRF, the frame, template helpers."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request, send_file, url_for
from flask_wtf.csrf import CSRFProtect
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from models import clock, setting
from models.reminder.mine import count_new
from models.rules.access import ROLE_NAMES

csrf = CSRFProtect()

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)


@dataclass(frozen=True)
class NavItem:
    """One word of the rail: shown when its page exists and the person may open it."""

    label: str
    endpoint: str
    icon: str
    permission: str
    #: Its word in the bar at the bottom of a phone; None when it is not there.
    phone: str | None = None
    #: Where the phone's word leads, when that is another page than the rail's.
    phone_endpoint: str = ""
    #: First words of other pages that belong to it.
    also: tuple[str, ...] = ()


BEHIND_SETTINGS = (
    "account",
    "absences",
    "people",
    "units",
    "areas",
    "rights",
    "types",
    "tasks",
    "timetable",
    "outbox",
    "directory",
    "services",
    "robots",
)

#: At most eight words (interface.md); later issues add theirs.
NAV = (
    NavItem("工作台", "home.index", "inboxes", "self", phone="今日", also=("reminders",)),
    NavItem(
        "企业",
        "firms.index",
        "buildings",
        "firms.view",
        phone="企业",
        also=("titles", "pool", "trainings", "contacts", "officers", "firm_inputs"),
    ),
    NavItem(
        "梯队",
        "funnel.index",
        "bar-chart-steps",
        "funnel.view",
        also=("duties", "candidates", "radar", "applications", "books", "targets", "city_books"),
    ),
    NavItem(
        "走访",
        "visits.index",
        "geo-alt",
        "visits.view",
        phone="＋走访",
        phone_endpoint="capture.new",
        also=("visits", "plan", "feed", "handovers", "promises", "campaigns", "capture", "scheme", "teams", "opinions"),
    ),
    NavItem("清单", "issues.index", "list-check", "issues.view", phone="清单"),
    NavItem("报告", "reports.index", "file-text", "reports.view"),
    NavItem("数据", "imports.index", "database", "imports.run"),
    NavItem("审计", "audit.index", "shield-check", "audit.view", phone="审计"),
    NavItem("设置", "settings.index", "gear", "self", phone="我的", also=BEHIND_SETTINGS),
)

WEEK_DAYS = "一二三四五六日"


def init_app(app: Flask) -> None:
    """Register CSRF, headers and template helpers."""
    csrf.init_app(app)
    app.after_request(_secure)
    app.jinja_env.filters.update(
        thousands=thousands,
        wan=wan,
        day=day,
        week_day=week_day,
        moment=moment,
        percent=percent,
        flat=flat,
        origin=origin,
    )
    app.jinja_env.globals.update(
        asset=asset,
        icon=icon,
        url_with=url_with,
        can=can,
        has_page=has_page,
        nav=nav,
        is_here=is_here,
        bureau_name=bureau_name,
        new_reminders=new_reminders,
        role_words=role_words,
        now=clock.now,
        today=clock.today,
    )


def _secure(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), camera=(self)")
    if request.endpoint == "static" and "/dist/" in request.path and response.status_code == 200:
        # Bundled files change their address when they change.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    return response


def thousands(value: Decimal | int | None) -> str:
    """1286 → 1,286; nothing for None."""
    return "" if value is None else f"{value:,}"


def wan(value: Decimal | None) -> str:
    """An amount in 万元 with thousands separators; 未填 for None."""
    return "未填" if value is None else f"{value:,f}"


def day(value: date | None) -> str:
    """2026-11-22; nothing for None."""
    return "" if value is None else value.isoformat()


def week_day(value: date | None) -> str:
    """2026-11-22 周日; nothing for None."""
    return "" if value is None else f"{value.isoformat()} 周{WEEK_DAYS[value.weekday()]}"


def moment(value: datetime | None) -> str:
    """A moment by the bureau's clock: 2026-11-22 09:12; nothing for None."""
    return "" if value is None else clock.local(value).strftime("%Y-%m-%d %H:%M")


def query_day(name: str) -> date | None:
    """The day that an argument of the address names; None when it names none."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def percent(value: Decimal | float | None) -> str:
    """0.0474 → 4.74%; 未填 for None."""
    return "未填" if value is None else f"{value * 100:.2f}%"


def origin(said: str | None) -> str | Markup:
    """Where a value came from; a row of an imported file as a link to the row as it stood there."""
    row_id = getattr(said, "row_id", None)
    if row_id is None or not has_page("imports.row"):
        return said or ""
    return Markup('<a href="{}">{}</a>').format(url_for("imports.row", row_id=row_id), str(said))


def flat(messages: Any) -> Iterable[str]:
    """Error messages of a field, or of the rows of a field list, one after another."""
    if isinstance(messages, str):
        yield messages
    elif isinstance(messages, dict):
        for value in messages.values():
            yield from flat(value)
    else:
        for value in messages:
            yield from flat(value)


@cache
def _manifest(folder: str, stamp: float) -> dict[str, str]:
    return dict(json.loads((Path(folder) / "dist/manifest.json").read_text(encoding="utf-8")))


def _built() -> dict[str, str]:
    """Addresses of the bundled files by name, asked once a request; empty when the front end was not built."""
    if "built" not in g:
        folder = current_app.static_folder or ""
        try:
            stamp = (Path(folder) / "dist/manifest.json").stat().st_mtime
        except OSError:
            g.built = {}
        else:
            files = _manifest(folder, stamp)
            g.built = {name: url_for("static", filename=f"dist/{file}") for name, file in files.items()}
            # The sprite keeps its name, so its age tells a browser to ask again.
            g.built["icons.svg"] = url_for("static", filename="dist/icons.svg", v=int(stamp))
    built: dict[str, str] = g.built
    return built


def asset(name: str) -> str | None:
    """The address of a bundled file under its hashed name; None when the front end was not built."""
    return _built().get(name)


def icon(name: str) -> Markup:
    """A small picture from the sprite; it says nothing a reader needs. Empty when the front end was not built."""
    sprite = asset("icons.svg")
    if sprite is None:
        return Markup("")
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(sprite, name)


def url_with(**changes: Any) -> str:
    """The address of this page with other arguments; None removes one."""
    arguments = {**(request.view_args or {}), **request.args.to_dict(flat=False), **changes}
    kept = {key: value for key, value in arguments.items() if value not in (None, "", [])}
    return url_for(request.endpoint or "home.index", **kept)


def can(permission: str) -> bool:
    """Whether the person at this page holds a permission."""
    return g.get("user") is not None and permission in g.user.permissions


def has_page(endpoint: str) -> bool:
    """Whether a page exists; later issues bring more."""
    return endpoint in current_app.view_functions


def nav(*, phone: bool = False) -> list[NavItem]:
    """The words of the rail (or of the phone's bar) this person may use."""
    items = [item for item in NAV if has_page(item.endpoint) and can(item.permission)]
    if not phone:
        return items
    return [
        replace(item, label=item.phone, endpoint=item.phone_endpoint or item.endpoint) for item in items if item.phone
    ]


def is_here(item: NavItem) -> bool:
    """Whether the page belongs to this word of the rail."""
    return (request.endpoint or "").split(".")[0] in (item.endpoint.split(".")[0], *item.also)


def download(data: bytes, name: str, media_type: str) -> Response:
    """A file to keep, under a name that may be Chinese."""
    return send_file(BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name, max_age=0)


def new_reminders() -> int:
    """How many reminders the person at this page has not opened: the number at the bell, asked once a request."""
    if "new_reminders" not in g:
        try:
            g.new_reminders = count_new(g.user)
        except SQLAlchemyError:
            g.new_reminders = 0
    return int(g.new_reminders)


def role_words() -> str:
    """What the person at this page is here, in words: 联系干部、科长／分管领导."""
    return "、".join(ROLE_NAMES[name] for name in g.user.role_names if name in ROLE_NAMES)


def bureau_name() -> str:
    """The bureau's name, read once per request; the error page must have one without a database too."""
    if "bureau_name" not in g:
        try:
            g.bureau_name = setting.get("bureau_name")
        except SQLAlchemyError:
            g.bureau_name = setting.SETTINGS["bureau_name"].default
    return str(g.bureau_name)
