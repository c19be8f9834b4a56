"""日历订阅: a secret address per officer that a phone's calendar fetches; made, seen once, and revoked here."""

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from crm import trail
from crm.access import needs, public
from crm.documents import ical
from forms.plan import FeedForm
from models import clock
from models.base import db
from models.errors import NotFound
from models.link import Link, LinkRefused, last_openings, open_link
from models.plan import feed

bp = Blueprint("feed", __name__)
PURPOSE = "calendar"


@bp.get("/l/calendar/<token>.ics")
@public
def calendar(token: str) -> Response:
    """The feed; what it shows is asked anew for its holder. Whatever is wrong answers the same."""
    now = clock.now()
    try:
        link = open_link(token, PURPOSE, now, request.remote_addr or "", lambda link: feed.may_read(link.user))
    except LinkRefused:
        db.session.commit()
        raise
    user = link.user
    assert user is not None
    events = [
        ical.Event(f"{entry.key}@tidu", entry.on, entry.title, entry.changed_at, entry.changes, entry.over,
                   entry.words, entry.place)
        for entry in feed.entries(user, clock.local(now).date())
    ]  # fmt: skip
    data = ical.calendar(f"{user.name}的走访安排", events)
    db.session.commit()
    response = Response(data, content_type=ical.MEDIA_TYPE, headers={"Cache-Control": "private, no-cache"})
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


@bp.get("/plan/feed")
@needs("visits.view")
def index() -> str:
    """The addresses one has given to calendars, when each was last fetched."""
    return _page(FeedForm())


@bp.post("/plan/feed")
@needs("visits.view")
def make() -> str | tuple[str, int]:
    """A new address, shown this once."""
    form = FeedForm()
    if not form.validate_on_submit():
        return _page(form), 422
    link, token = Link.make(PURPOSE, "user", g.user.id, at=clock.now(), by=g.user, user_id=g.user.id,
                            label=form.label.data or "")  # fmt: skip
    trail.note("link.make", subject="link", subject_id=link.id)
    db.session.commit()
    return _page(FeedForm(formdata=None), _addresses(token))


@bp.post("/plan/feed/<int:link_id>/revoke")
@needs("visits.view")
def revoke(link_id: int) -> Answer:
    """End an address at once."""
    link = next((one for one in _mine() if one.id == link_id), None)
    if link is None:
        raise NotFound
    link.revoke(clock.now())
    trail.note("link.revoke", subject="link", subject_id=link.id)
    db.session.commit()
    flash("已停用，用这个地址的日历不再更新。", "success")
    return redirect(url_for(".index"))


def _mine() -> list[Link]:
    return [link for link in Link.list_for("user", g.user.id) if link.purpose == PURPOSE]


def _page(form: FeedForm, addresses: list[tuple[str, str]] | None = None) -> str:
    links = [link for link in _mine() if link.revoked_at is None]
    fetched = last_openings([link.id for link in links])
    return render_template("plan/feed.html", form=form, links=links, fetched=fetched, addresses=addresses or [],
                           public=bool(current_app.config["TIDU"].public_base_url))  # fmt: skip


def _addresses(token: str) -> list[tuple[str, str]]:
    """Where a calendar may fetch it: at work, and from outside when the bureau has a public address."""
    config = current_app.config["TIDU"]
    path = url_for(".calendar", token=token)
    found = [("在单位网络里", (config.bureau_address or request.host_url.rstrip("/")) + path)]
    if config.public_base_url:
        found.append(("在外面（手机）", config.public_base_url + path))
    return found
