"""到期预警: what ends in the months ahead with today's verdict of a renewal, what is 待续, whose ticket ends."""

from datetime import date
from math import ceil
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, render_template, request, url_for
from sqlalchemy import Row

from crm import charts, web
from crm.access import needs
from crm.assessing import keep
from crm.documents import excel
from crm.views.firms.listing import WORDS
from models import audit_log, clock, setting
from models.assessment.card import labels_of
from models.assessment.kept import Freshness
from models.base import db
from models.firm.choices import Choices
from models.radar import GROUPS, MONTHS, TABS, VERDICTS, Radar, RadarFilter, window_after
from models.rule_book import shelf
from models.rules.assess.book import REGIMES
from models.task import Task
from models.title import TitleType

bp = Blueprint("radar", __name__, url_prefix="/radar")
PAGE_SIZE = 50
COLUMNS = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "企业": 36, "信用代码": 22, "街镇": 14, "联系干部": 12, "资质": 26, "到期": 14, "按今天的数": 14,
        "差的条件": 48, "不明的条件": 48,
    }.items()
)  # fmt: skip


def _asked() -> tuple[Radar, Freshness]:
    today = clock.today()
    fresh = keep.catch_up(today, clock.now(), shelf())
    return Radar(g.user, RadarFilter.parse(request.args), today, window_after(today)), fresh


def address(chosen: RadarFilter, **other: Any) -> str:
    """The radar with this filter, some of it changed; None takes a condition away."""
    return f"{url_for('radar.index')}?{urlencode(chosen.query(**other))}"


@bp.get("/")
@needs("firms.view")
def index() -> str:
    """The titles of one tab, those that end first on top; the months ahead as a chart above them."""
    radar, fresh = _asked()
    total = radar.count()
    pages = max(1, ceil(total / PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    page = render_template(
        "radar/index.html", f=radar.filter, firms=radar.filter.firms, tabs=TABS, counts=radar.counts(),
        rows=radar.look(number, PAGE_SIZE, total), total=total, number=number, pages=pages, window=radar.window,
        today=radar.today, months=MONTHS, groups=GROUPS, verdicts=VERDICTS, address=address,
        by_month=_by_month(radar), by_verdict=_by_verdict(radar),
        labels=_labels(radar.today), types=TitleType.list_all(), choices=Choices.load(), fresh=fresh,
        task=Task.latest(keep.KIND) if not fresh.fresh else None, industry_choices=WORDS["industry_choices"],
    )  # fmt: skip
    db.session.commit()
    return page


def _by_month(radar: Radar) -> charts.Chart | None:
    """The months in which anything ends, each as its groups of types; the whole of a month opens into its titles."""
    found, bars = radar.by_month(), []
    for month in sorted({month for month, _ in found}):
        parts = [
            charts.Piece(
                group, name, found.get((month, group), 0),
                address(radar.filter, tab="ending", month=month, group=group, verdict=None),
            )
            for group, (name, _) in GROUPS.items()
        ]  # fmt: skip
        whole = address(radar.filter, tab="ending", month=month, group=None, verdict=None)
        bars.append(charts.Bar(month, parts, url=whole))
    return charts.draw("今后各月到期的资质", bars) if bars else None


def _by_verdict(radar: Radar) -> charts.Chart:
    """What a renewal of the titles that end would find today."""
    found = radar.by_verdict()
    bars = [
        charts.Bar(name, [charts.Piece(
            "open", name, found.get(key, 0), address(radar.filter, tab="ending", verdict=key, month=None, group=None)
        )])
        for key, name in VERDICTS.items()
    ]  # fmt: skip
    return charts.draw("今天就重新认定，够不够", bars)


def _labels(on: date) -> dict[str, dict[str, str]]:
    books = shelf()
    return {regime: labels_of(books, regime, on) for regime in REGIMES}


@bp.get("/export")
@needs("firms.export")
def export() -> Response:
    """Exactly the filtered titles as a workbook."""
    now = clock.now()
    radar, _ = _asked()
    names, title = _labels(radar.today), f"到期预警 {TABS[radar.filter.tab]}"
    mark = excel.watermark(title, g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("到期预警", mark, COLUMNS, (_line(row, names) for row in radar.every_row()))
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="radar",
                   detail={"rows": count, "filter": radar.filter.query()})  # fmt: skip
    db.session.commit()
    return web.download(data, f"{title} {clock.local(now):%Y-%m-%d}.xlsx", excel.MEDIA_TYPE)


def _line(row: Row[Any], names: dict[str, dict[str, str]]) -> list[Any]:
    words = names.get(row.key, {})
    return [
        row.name, row.code, row.area or "", row.officer or "", row.title, row.to_on, VERDICTS[row.as_new or "none"],
        "、".join(words.get(key, key) for key in (row.short or "").split()),
        "、".join(words.get(key, key) for key in (row.unknown or "").split()),
    ]  # fmt: skip
