"""督办: lights, slips, the ladder of escalation, extensions and parked matters; a supervisor's acts on one issue."""

from math import ceil
from typing import Any

from flask import g, render_template, request

from crm.access import needs
from crm.views.issues.acting import Answer, act_page, actor
from crm.views.issues.base import bp
from crm.views.issues.desk import queue_page
from forms.issue_desk import ReasonForm
from forms.issue_review import DecideForm, EscalateForm, ParkForm, SlipForm
from models import clock
from models.base import db
from models.issue import Issue, clocks, queues, slips
from models.issue.acts import deciding
from models.issue.acts.handling import waiting_extension
from models.issue.acts.timetable import escalations_wanted
from models.issue.filters import IssueFilter
from models.issue.listing import IssueListing
from models.issue.offers import IssueOffers
from models.rules.issue_clock import ESCALATION, SLIP_COLOUR, SLIPS
from models.rules.issue_kinds import COLOURS
from models.user import User

PAGE_SIZE = 50


@bp.get("/supervise")
@needs("issues.supervise")
def supervise() -> str:
    """Lights and slips as counts, what should go up, and one queue."""
    today = clock.today()
    return queue_page(
        "issues/supervise.html", queues.SUPERVISE, queues.supervise(today),
        lambda rows: {
            "lights": IssueListing(g.user, IssueFilter(state="open"), today).lights(),
            "slip_counts": slips.slip_counts(g.user, "open"), "colours": COLOURS,
            "extensions": slips.waiting_extensions([row.id for row in rows]),
            "wanted": ladder(), "reasons": ESCALATION,
        },
    )  # fmt: skip


def ladder() -> list[tuple[Issue, list[str]]]:
    """The issues that this person sees and that should go up by now, with why."""
    found = escalations_wanted(clock.today())
    visible = set(IssueListing(g.user, IssueFilter(), clock.today()).ids([issue.id for issue, _ in found]))
    return [(issue, reasons) for issue, reasons in found if issue.id in visible]


@bp.route("/<int:issue_id>/extension", methods=["GET", "POST"])
@needs("issues.supervise")
def decide_extension(issue_id: int) -> Answer:
    """审批延期, by somebody else than the one who asked."""
    issue, form = Issue.get_for(g.user, issue_id), DecideForm()
    waits = waiting_extension(issue)
    lines = [f"申请从 {waits.old_due_on} 延到 {waits.new_due_on}：{waits.reason}"] if waits else []
    lines.append(f"已延期 {issue.extensions} 次，最多 2 次；原时限 {issue.first_due_on} 一直留着。")

    def act() -> None:
        deciding.decide_extension(issue, actor(), clock.now(), form.granted.data == "yes", form.words.data or "")

    return act_page(issue, form, "审批延期", act, "延期已批复", lines=lines)


@bp.route("/<int:issue_id>/escalate", methods=["GET", "POST"])
@needs("issues.supervise")
def escalate(issue_id: int) -> Answer:
    """提级: one level up, to a leader when one is named."""
    issue, form = Issue.get_for(g.user, issue_id), EscalateForm()
    form.offer(IssueOffers.load().person)

    def act() -> None:
        leader = db.session.get(User, int(form.leader_id.data)) if form.leader_id.data else None
        deciding.escalate(issue, actor(), clock.now(), form.words.data or "", leader=leader)

    until = clocks.load().due("escalated", clock.today()).on
    return act_page(issue, form, "提级", act, "已提级", lines=[f"期限和灯不变，上一级应在 {until} 前办结。"])


@bp.route("/<int:issue_id>/slip", methods=["GET", "POST"])
@needs("issues.supervise")
def slip(issue_id: int) -> Answer:
    """督办单: one matter, one slip; its colour follows from the cause."""
    issue, form = Issue.get_for(g.user, issue_id), SlipForm()
    colours = "，".join(f"{SLIPS[why]}发{COLOURS[colour]}" for why, colour in SLIP_COLOUR.items())
    if request.method == "GET":
        form.why.data = "overdue" if issue.due_on and issue.due_on < clock.today() else "due_soon"
    return act_page(
        issue, form, "发督办单",
        lambda: deciding.slip(issue, actor(), clock.now(), form.why.data, form.words.data or ""), "已发督办单",
        lines=[f"{colours}。一事一单。"],
    )  # fmt: skip


@bp.route("/<int:issue_id>/explain", methods=["GET", "POST"])
@needs("issues.supervise")
def explain(issue_id: int) -> Answer:
    """解释说明: it cannot be solved, and the firm is told why."""
    issue, form = Issue.get_for(g.user, issue_id), ReasonForm("给企业的解释", "企业会看到。这条到此为止，不算销号。")

    def act() -> None:
        deciding.explain(issue, actor(), clock.now(), form.words.data or "")

    return act_page(issue, form, "解释说明", act, "已解释说明")


@bp.route("/<int:issue_id>/park", methods=["GET", "POST"])
@needs("issues.supervise")
def park(issue_id: int) -> Answer:
    """挂账推进, or parked on: what is missing, and the next reply."""
    issue, form = Issue.get_for(g.user, issue_id), ParkForm()
    latest = clocks.load().due("park", clock.today()).on
    if request.method == "GET":
        form.conditions.data, form.until.data = issue.park_conditions, latest
    return act_page(
        issue, form, "续挂" if issue.state == "parked" else "挂账推进",
        lambda: deciding.park(issue, actor(), clock.now(), form.conditions.data or "", form.until.data), "已挂账",
        lines=[f"条件暂不具备的才挂账，算计划解决，不算销号。下次答复最晚 {latest}。"],
    )  # fmt: skip


@bp.route("/<int:issue_id>/unpark", methods=["GET", "POST"])
@needs("issues.supervise")
def unpark(issue_id: int) -> Answer:
    """恢复办理: the conditions are there."""
    issue, form = Issue.get_for(g.user, issue_id), ReasonForm("条件怎么具备的")

    def act() -> None:
        deciding.unpark(issue, actor(), clock.now(), form.words.data or "")

    return act_page(issue, form, "恢复办理", act, "已恢复办理")


@bp.get("/slips")
@needs("issues.view")
def list_slips() -> str:
    """Slips by colour, the last first."""
    colour, state = request.args.get("colour", ""), request.args.get("state", "open")
    colour, state = colour if colour in COLOURS else "", state if state in slips.SLIP_STATES else ""
    counts = slips.slip_counts(g.user, state)
    total = counts.get(colour, 0) if colour else sum(counts.values())
    pages = max(1, ceil(total / PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    rows = slips.list_slips(g.user, colour, state, (number - 1) * PAGE_SIZE, PAGE_SIZE)
    return render_template("issues/slips.html", rows=rows, counts=counts, colour=colour, state=state, total=total,
                           number=number, pages=pages, **SLIP_WORDS)  # fmt: skip


@bp.get("/slips/<int:slip_id>")
@needs("issues.view")
def show_slip(slip_id: int) -> str:
    """One slip as it is printed."""
    return render_template("issues/slip.html", slip=slips.slip_for(g.user, slip_id), **SLIP_WORDS)


SLIP_WORDS: dict[str, Any] = {"colours": COLOURS, "causes": SLIPS, "states": slips.SLIP_STATES}
