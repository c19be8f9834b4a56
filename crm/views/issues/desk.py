"""调度: what waits for the office, and its acts on one issue: accept, decline, class, give, give to another, settle."""

from datetime import date, timedelta
from math import ceil
from typing import Any

from flask import flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.issues import delivery
from crm.views.issues.acting import Answer, act_page, actor, back_to
from crm.views.issues.base import bp
from crm.views.issues.listing import WORDS
from forms.issue_desk import ClassForm, GiveForm, ReasonForm, ReassignForm, SettleForm, whole
from models import clock, unit
from models.base import db
from models.issue import Issue, queues
from models.issue.acts import desk as acts
from models.issue.acts.desk import AssistInput, DispatchInput
from models.issue.kinds import IssueClass, IssueTopic, OutsideHandler
from models.issue.listing import PAGE_SIZE, chips_of
from models.issue.offers import IssueOffers
from models.issue.suggesting import Suggested, suggested
from models.user import User

#: How far back suggestions look.
MEMORY = timedelta(days=730)


@bp.get("/desk")
@needs("issues.dispatch")
def desk() -> str:
    """One queue of the desk, with whom to give each issue to; the others with their counts."""
    return queue_page(
        "issues/desk.html", queues.DESK, queues.desk(clock.today()),
        lambda rows: {"suggestions": suggested([row.topic_id for row in rows], clock.today() - MEMORY)},
    )  # fmt: skip


def queue_page(template: str, names: dict[str, str], conditions: dict[str, Any], more: Any = None) -> str:
    """A page of queues: the one asked for (else the first that is not empty) with a page of its rows."""
    today = clock.today()
    counts = queues.counts(g.user, today, conditions)
    first = next((key for key in names if counts[key]), next(iter(names)))
    part = request.args.get("part", "")
    part = part if part in names else first
    number = max(request.args.get("page", 1, type=int), 1)
    rows = queues.listing(g.user, today, conditions[part]).page(number, counts[part])
    pages = max(1, ceil(counts[part] / PAGE_SIZE))
    return render_template(
        template, parts=names, part=part, counts=counts, rows=rows, chips=chips_of(rows, today), today=today,
        number=min(number, pages), pages=pages, **(more(rows) if more else {}), **WORDS,
    )  # fmt: skip


@bp.post("/<int:issue_id>/admit")
@needs("issues.dispatch")
def admit(issue_id: int) -> Response:
    """受理 in one touch; class and unit come with 交办."""
    issue = Issue.get_for(g.user, issue_id)
    acts.admit(issue, actor(), clock.now())
    db.session.commit()
    flash(f"{issue.number} 已受理", "success")
    return redirect(back_to(issue))


@bp.route("/<int:issue_id>/decline", methods=["GET", "POST"])
@needs("issues.dispatch")
def decline(issue_id: int) -> Answer:
    """不予受理, with why."""
    issue, form = Issue.get_for(g.user, issue_id), ReasonForm("不予受理的理由", "会告知企业。这条到此为止，不算销号。")
    return act_page(issue, form, "不予受理", lambda: acts.decline(issue, actor(), clock.now(), form.words.data or ""),
                    "不予受理")  # fmt: skip


@bp.route("/<int:issue_id>/class", methods=["GET", "POST"])
@needs("issues.dispatch")
def reclass(issue_id: int) -> Answer:
    """受理 with class and topic, or another class before 交办."""
    issue, form = Issue.get_for(g.user, issue_id), ClassForm()
    form.offer(active(IssueClass), active(IssueTopic))

    def act() -> None:
        class_, topic = chosen_class(form)
        put = acts.admit if issue.state == "registered" else acts.reclass
        put(issue, actor(), clock.now(), class_, topic)

    if request.method == "GET":
        form.class_id.data, form.topic_id.data = str(issue.class_id or ""), str(issue.topic_id)
    return act_page(issue, form, "受理、分类" if issue.state == "registered" else "改类别、专题", act, "已分类")


@bp.route("/<int:issue_id>/dispatch", methods=["GET", "POST"])
@needs("issues.dispatch")
def dispatch(issue_id: int) -> Answer:
    """交办 to a unit with one named person; filled in as past issues of the topic suggest."""
    issue, form = Issue.get_for(g.user, issue_id), GiveForm()
    hint = offer(form, issue)
    notice = (
        f"同专题近两年由 {hint.unit}{' ' + hint.person if hint.person else ''} 办过 {hint.number} 件，已填好，可以改。"
    )

    def act() -> None:
        acts.dispatch(issue, actor(), clock.now(), given(form))
        delivery.mail_handlers(issue, actor(), clock.now())

    return act_page(issue, form, "交办", act, "已交办", notice=notice if hint.number else "")


@bp.route("/<int:issue_id>/reassign", methods=["GET", "POST"])
@needs("issues.dispatch")
def reassign(issue_id: int) -> Answer:
    """改派; the dates stay."""
    issue, form = Issue.get_for(g.user, issue_id), ReassignForm()
    offer(form, issue)
    del form.class_id

    def act() -> None:
        acts.reassign(issue, actor(), clock.now(), given(form), form.words.data or "")
        delivery.mail_handlers(issue, actor(), clock.now())

    return act_page(issue, form, "改派", act, "已改派", notice="原时限不变。")


@bp.route("/<int:issue_id>/settle", methods=["GET", "POST"])
@needs("issues.dispatch")
def settle(issue_id: int) -> Answer:
    """裁定退办: the unit keeps it, which is final, or it goes to another."""
    issue, form = Issue.get_for(g.user, issue_id), SettleForm()
    offer(form, issue)
    del form.class_id

    def act() -> None:
        to = given(form) if form.ruling.data == "move" else None
        acts.settle_objection(issue, actor(), clock.now(), form.words.data or "", to)
        delivery.mail_handlers(issue, actor(), clock.now())

    return act_page(issue, form, "裁定退办", act, "已裁定", objection=acts_objection(issue))


def acts_objection(issue: Issue) -> str:
    """What the unit that objected said; empty when none did."""
    from models.issue.parts import IssueAssignment

    query = db.select(IssueAssignment.objection).where(
        IssueAssignment.issue_id == issue.id, IssueAssignment.objected_at.is_not(None)
    )
    return db.session.scalar(query.order_by(IssueAssignment.id.desc()).limit(1)) or ""


def active(model: type[IssueClass] | type[IssueTopic]) -> list[tuple[int, str]]:
    """The rows that may be chosen."""
    return [(row.id, row.name) for row in model.list_active()]


def chosen_class(form: Any) -> tuple[IssueClass | None, IssueTopic | None]:
    """The class and topic that a form names."""
    class_id, topic_id = whole(form.class_id.data), whole(form.topic_id.data)
    return IssueClass.get(class_id) if class_id else None, IssueTopic.get(topic_id) if topic_id else None


def offer(form: Any, issue: Issue | None = None) -> Suggested:
    """Give a form its choices; of one issue that is read for the first time also what is known or suggested."""
    offers = IssueOffers.load()
    form.offer(active(IssueClass), offers.unit, offers.person, offers.outside)
    hint = Suggested(0, "")
    if issue is not None:
        hint = suggested([issue.topic_id], memory(clock.today())).get(issue.topic_id, hint)
    if issue is not None and request.method == "GET":
        form.class_id.data, form.leader_id.data = str(issue.class_id or ""), str(issue.leader_id or "")
        form.measures.data = issue.measures
        if issue.state in ("registered", "admitted"):
            form.unit_id.data, form.person.data = str(hint.unit_id or ""), hint.who
    return hint


def memory(today: date) -> date:
    """From which day suggestions look."""
    return today - MEMORY


def given(form: Any, hint: Suggested | None = None) -> DispatchInput:
    """To whom a form gives an issue, or whom the suggestion names instead."""
    unit_id, person = (hint.unit_id, hint.who) if hint else (whole(form.unit_id.data), form.person.data or "")
    user = db.session.get(User, int(person[1:])) if person.startswith("u") else None
    outside = OutsideHandler.get(int(person[1:])) if person.startswith("o") else None
    class_id = whole(form.class_id.data) if "class_id" in form else None
    leader_id = whole(form.leader_id.data)
    return DispatchInput(
        unit=unit.get(unit_id) if unit_id else None, class_=IssueClass.get(class_id) if class_id else None, user=user,
        outside=outside, assists=[AssistInput(unit.get(int(key))) for key in form.assists.data or ()],
        leader=db.session.get(User, leader_id) if leader_id else None, measures=form.measures.data or "",
    )  # fmt: skip
