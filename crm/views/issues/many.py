"""Many issues at once, from any list: class, give, strike off, put under one cause. First a POST from the list shows
the form, then the form acts and says of every issue what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl

from flask import current_app, g, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm.access import needs
from crm.views.issues import delivery
from crm.views.issues.acting import PLACES, Answer, actor
from crm.views.issues.base import bp
from crm.views.issues.desk import active, chosen_class, given, memory, offer
from forms.issue_desk import ManyClassForm, ManyGiveForm
from forms.issue_review import ManyCloseForm
from models import clock
from models.base import db
from models.errors import Refused
from models.issue import Issue
from models.issue.acts import bulk
from models.issue.acts import desk as acts
from models.issue.acts.bulk import BulkResult
from models.issue.acts.closing import CloseInput
from models.issue.filters import IssueFilter
from models.issue.kinds import IssueClass, IssueTopic
from models.issue.listing import IssueListing
from models.issue.suggesting import suggested

#: More at once would keep the database from others for too long.
MOST = 200


@dataclass(frozen=True)
class Chosen:
    """The issues of a bulk action: those ticked, or all of the filtered list; only those the person may see."""

    ticked: list[int]
    back: str
    place: str

    @classmethod
    def of_request(cls) -> Self:
        """What the list posted."""
        ids = [int(value) for value in request.form.getlist("id") if value.isascii() and value.isdigit()]
        named = request.args.get("from", "index")
        known = named in PLACES and f"issues.{named}" in current_app.view_functions
        return cls(ids[:MOST], request.form.get("back", "")[:2000], named if known else "index")

    @property
    def address(self) -> str:
        """The list it came from."""
        return url_for(f"issues.{self.place}") + (f"?{self.back}" if self.back else "")

    def issues(self) -> list[Issue]:
        """The issues, oldest first, with what their acts look at."""
        filter_ = IssueFilter() if self.ticked else IssueFilter.parse(dict(parse_qsl(self.back)))
        ids = IssueListing(g.user, filter_, clock.today()).ids(self.ticked or None)[:MOST]
        loaded = (joinedload(Issue.class_), joinedload(Issue.firm), joinedload(Issue.topic))
        return list(db.session.scalars(select(Issue).where(Issue.id.in_(ids)).options(*loaded).order_by(Issue.id)))


@bp.post("/bulk/class")
@needs("issues.dispatch")
def class_many() -> Answer:
    """The chosen issues are accepted with a class and a topic, or classed anew."""
    form = ManyClassForm()
    form.offer(active(IssueClass), active(IssueTopic))

    def act(issues: Sequence[Issue]) -> BulkResult:
        class_, topic = chosen_class(form)
        return bulk.class_many(issues, actor(), clock.now(), class_, topic)

    return many(form, "class_id", "受理、分类", act)


@bp.post("/bulk/assign")
@needs("issues.dispatch")
def assign_many() -> Answer:
    """The chosen issues are given to one person, or each to who answered for its topic before."""
    form = ManyGiveForm()
    offer(form)

    def act(issues: Sequence[Issue]) -> BulkResult:
        if form.how.data == "one":
            return mailed(bulk.assign_many(issues, actor(), clock.now(), given(form)))
        hints = suggested({issue.topic_id for issue in issues}, memory(clock.today()))

        def give(issue: Issue) -> None:
            hint = hints.get(issue.topic_id)
            if hint is None or not hint.who:
                raise Refused("这个专题以前没有人办过，请单独交办")
            acts.dispatch(issue, actor(), clock.now(), given(form, hint))

        return mailed(bulk.each(issues, give))

    return many(form, "how", "交办", act)


def mailed(result: BulkResult) -> BulkResult:
    """The same, with a link mailed to each handler outside who was given something."""
    for issue in result.done:
        delivery.mail_handlers(issue, actor(), clock.now())
    return result


@bp.post("/bulk/close")
@needs("issues.close")
def close_many() -> Answer:
    """The chosen issues are struck off with the same four answers."""
    form = ManyCloseForm()

    def act(issues: Sequence[Issue]) -> BulkResult:
        said = CloseInput(**form.answers(), words=form.words.data or "")
        return bulk.close_many(issues, actor(), clock.now(), said)

    return many(form, "sent", "销号", act)


def many(form: Any, field: str, heading: str, act: Callable[[Sequence[Issue]], BulkResult]) -> Answer:
    """Show the form, or do it to every chosen issue and say of each what came of it; done ones stay done."""
    chosen = Chosen.of_request()
    sent, issues = field in request.form, chosen.issues()
    if sent and form.validate():
        result = act(issues)
        db.session.commit()
        return render_template("issues/outcome.html", heading=heading, result=result, back=chosen.address,
                               place=PLACES[chosen.place])  # fmt: skip
    page = render_template("issues/many.html", form=form, heading=heading, chosen=chosen, issues=issues, most=MOST,
                           back=chosen.address, place=PLACES[chosen.place])  # fmt: skip
    return page, 422 if sent else 200
