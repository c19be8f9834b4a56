"""Demands heard at visits, also the open matters of the old visit log: each becomes an issue, is kept as history, or is
dropped; one click each, or many at once."""

from collections.abc import Callable
from datetime import datetime

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.issues.base import bp
from forms.issue import whole
from models import clock
from models.base import db
from models.errors import Refused
from models.issue.acts import raising
from models.issue.acts.actor import Actor
from models.issue.kinds import IssueTopic
from models.rules import issue_topic
from models.visit import VisitDemand
from models.visit.editing import check_may_change

#: No more at once: a page shows fewer.
MOST = 200


@bp.post("/demands/take")
@needs("issues.raise")
def take_demands() -> Response:
    """接管: an issue in the demand's own words for the office's desk, with the topic its category points to."""
    topics = {topic.key: topic for topic in IssueTopic.list_active()}
    actor = Actor.of(g.user, address=request.remote_addr or "")

    def act(demand: VisitDemand, at: datetime) -> None:
        topic = topics.get(issue_topic.guess(demand.category, demand.words)) or topics.get("other")
        raising.from_demand(actor, at, demand, topic or next(iter(topics.values())))

    return _each(act, "立为问题，等综合科受理、交办")


@bp.post("/demands/history")
@needs("visits.edit")
def keep_demands() -> Response:
    """留作历史: settled before; in no figure of closing."""

    def act(demand: VisitDemand, at: datetime) -> None:
        check_may_change(g.user, demand.visit)
        raising.close_as_history(demand, g.user, at)

    return _each(act, "留作历史")


@bp.post("/demands/drop")
@needs("visits.edit")
def drop_demands() -> Response:
    """不再办理."""

    def act(demand: VisitDemand, at: datetime) -> None:
        check_may_change(g.user, demand.visit)
        raising.drop(demand, g.user, at)

    return _each(act, "不再办理")


def _each(act: Callable[[VisitDemand, datetime], None], word: str) -> Response:
    """Each demand that was chosen by the same act; one that is refused stays as it is, and the page says why."""
    chosen = request.form.getlist("only") or request.form.getlist("id")
    ids = [number for number in map(whole, chosen[:MOST]) if number is not None]
    query = VisitDemand.visible_to(g.user).where(VisitDemand.id.in_(ids)).order_by(VisitDemand.id)
    done, refused, at = 0, [], clock.now()
    for demand in db.session.scalars(query).all():
        nested = db.session.begin_nested()
        try:
            act(demand, at)
        except Refused as error:
            nested.rollback()
            db.session.refresh(demand)
            refused.append(f"“{demand.words[:20]}”{error}")
        else:
            nested.commit()
            done += 1
    db.session.commit()
    if done:
        flash(f"{done} 条{word}。", "success")
    if refused:
        flash(f"{len(refused)} 条没有办：" + "；".join(refused[:3]), "error")
    if not done and not refused:
        flash("请先勾选诉求。", "error")
    return redirect(_back())


def _back() -> str:
    """The visit it was done on, else the queue as it was filtered."""
    visit_id = whole(request.form.get("visit"))
    if visit_id is not None:
        return url_for("visits.show", visit_id=visit_id) + "#demands"
    return url_for(
        "visits.list_demands", state=request.form.get("state"), category=request.form.get("category") or None
    )
