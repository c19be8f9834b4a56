"""周安排: who goes to which firm on which day; what was not done is moved or dropped with a reason."""

from datetime import date, timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm import web
from crm.access import needs
from forms.base import ConfirmForm
from forms.plan import EndForm, MoveForm, PlanLineForm
from models import calendar, clock, people
from models.base import db
from models.errors import Refused
from models.firm import Firm
from models.firm.choices import CARING_ROLES, Choices
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.plan import PlanLine, week
from models.rules.plan import monday_of
from models.visit import burden, coverage

bp = Blueprint("plan", __name__, url_prefix="/plan")

FOUND = 10
#: Firms not seen for too long that the week offers to plan.
DUE = 5
WEEK = timedelta(days=7)


def _whose() -> list[int] | None:
    """Whose lines are asked for: one person's, or (`all`) the bureau's; one's own by default."""
    asked = request.args.get("who", "me")
    if asked == "all":
        return None
    return [int(asked)] if asked.isdigit() else [g.user.id]


@bp.get("/")
@needs("visits.view")
def index() -> str:
    """A week, day by day, with what of earlier days was left undone."""
    today, days = clock.today(), calendar.load()
    monday = monday_of(web.query_day("week") or today)
    whose = _whose()
    found, undone = week.week(g.user, monday, today, days, whose)
    due, due_total = coverage.due(g.user, today, DUE) if whose == [g.user.id] else ([], 0)
    return render_template(
        "plan/index.html",
        due=due,
        due_total=due_total,
        monday=monday,
        sunday=monday + timedelta(days=6),
        before=monday - WEEK,
        after=monday + WEEK,
        days=found,
        undone=undone,
        known=days.knows(monday, monday + timedelta(days=6)),
        who=request.args.get("who", "me"),
        people=Choices.load().officer,
        form=ConfirmForm(),
    )


@bp.get("/calendar")
@needs("visits.view")
def month() -> str:
    """A month as a calendar, of one officer or of the bureau."""
    today, days = clock.today(), calendar.load()
    first = (web.query_day("month") or today).replace(day=1)
    begins, ends = week.weeks_of_month(first)
    found = week.days(g.user, begins, ends, days, _whose())
    return render_template(
        "plan/month.html",
        first=first,
        before=(first - timedelta(days=1)).replace(day=1),
        after=(first + timedelta(days=31)).replace(day=1),
        weeks=[found[start : start + 7] for start in range(0, len(found), 7)],
        who=request.args.get("who", "me"),
        people=Choices.load().officer,
    )


@bp.route("/new", methods=["GET", "POST"])
@needs("visits.edit")
def new() -> str | Response | tuple[str, int]:
    """A new line: the firm is looked for first, or comes with the address; a matter without a firm is fine too."""
    today, days = clock.today(), calendar.load()
    firm = Firm.get_for(g.user, int(request.args["firm"])) if request.args.get("firm", "").isdigit() else None
    form = PlanLineForm(
        people.list_active(CARING_ROLES), today, firm=firm is not None,
        data={"planned_on": web.query_day("on") or week.offered_day(today, days), "officers": [g.user.id]},
    )  # fmt: skip
    if form.validate_on_submit():
        chosen = [person for person in people.list_active(CARING_ROLES) if person.id in form.officers.data]
        planned_on: date = form.planned_on.data
        line = PlanLine.add(planned_on, form.what.data or "", chosen, by=g.user, at=clock.now(), firm=firm,
                            place=form.place.data or "")  # fmt: skip
        db.session.commit()
        flash(f"已排入 {line.planned_on} 的安排。", "success")
        return redirect(url_for(".index", week=line.planned_on.isoformat()))
    wanted = request.args.get("q", "").strip()[:100]
    page = render_template(
        "plan/new.html",
        form=form,
        firm=firm,
        wanted=wanted,
        found=Listing(g.user, FirmFilter(q=wanted), today).page(1, FOUND) if wanted and firm is None else [],
        guard=burden.of(firm.id, today) if firm else None,
        holiday=None if form.planned_on.data is None else days.day(form.planned_on.data),
    )
    return (page, 422) if request.method == "POST" else page


@bp.route("/<int:line_id>/move", methods=["GET", "POST"])
@needs("visits.edit")
def move(line_id: int) -> str | Response | tuple[str, int]:
    """Put a line off to a later day with a reason."""
    line = _mine(line_id)
    today = clock.today()
    offered = week.offered_day(max(today, line.planned_on), calendar.load())
    form = MoveForm(line.planned_on, today, data={"to_on": offered})
    if form.validate_on_submit():
        later = line.move(form.to_on.data, form.reason.data or "", g.user, clock.now())
        db.session.commit()
        flash(f"已顺延到 {later.planned_on}。", "success")
        return redirect(url_for(".index", week=line.planned_on.isoformat()))
    page = render_template("plan/move.html", form=form, line=line)
    return (page, 422) if request.method == "POST" else page


@bp.route("/<int:line_id>/drop", methods=["GET", "POST"])
@needs("visits.edit")
def drop(line_id: int) -> str | Response | tuple[str, int]:
    """Drop a line with a reason."""
    line = _mine(line_id)
    form = EndForm()
    if form.validate_on_submit():
        line.drop(form.words.data or "", clock.today(), g.user)
        return _ended(line, "已取消。")
    page = render_template("plan/drop.html", form=form, line=line)
    return (page, 422) if request.method == "POST" else page


@bp.route("/<int:line_id>/done", methods=["GET", "POST"])
@needs("visits.edit")
def done(line_id: int) -> str | Response | tuple[str, int]:
    """A line was done without a visit that ticks it."""
    line = _mine(line_id)
    form = EndForm()
    form.words.label.text = "怎么落实的"
    if form.validate_on_submit():
        line.done(form.words.data or "", clock.today(), g.user)
        return _ended(line, "已勾掉。")
    page = render_template("plan/done.html", form=form, line=line)
    return (page, 422) if request.method == "POST" else page


@bp.post("/<int:line_id>/reopen")
@needs("visits.edit")
def reopen(line_id: int) -> Response:
    """Take back that a line was done or dropped."""
    line = _mine(line_id)
    if not ConfirmForm().validate():
        return redirect(url_for(".index"))
    line.reopen()
    return _ended(line, "已恢复为待办。")


def _ended(line: PlanLine, said: str) -> Response:
    db.session.commit()
    flash(said, "success")
    return redirect(url_for(".index", week=line.planned_on.isoformat()))


def _mine(line_id: int) -> PlanLine:
    """The line, if this person may change it; else Refused, in words."""
    line = PlanLine.get_for(g.user, line_id)
    if not line.may_change(g.user):
        raise Refused("这是别人的安排，请联系本人或科室负责人")
    return line
