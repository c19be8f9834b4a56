"""What the clock does by itself. Each asks what is due and not yet done: a missed night mends itself, a second run does
nothing. The caller commits."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import ColumnElement, func, select

from models import clock
from models.base import db
from models.issue import clocks
from models.issue.acts.actor import Actor
from models.issue.acts.closing import month_before, spot_draw
from models.issue.acts.deciding import escalate, find_slip, put_slip
from models.issue.acts.firm_word import Deliver, ask_firm
from models.issue.acts.handling import unpark
from models.issue.acts.stand import FIRM_LINK, allow, stand
from models.issue.parts import IssueAssignment, IssueSlip
from models.issue.record import Issue
from models.issue.trace import IssueMove
from models.link import Link
from models.rules.issue import FLOWS, IN_HAND
from models.rules.issue_clock import ESCALATION, SLIPS, EscalationFacts, escalation_reasons, link_due
from models.unit import Unit, acting_for

#: Flows in which the program itself writes slips and sends matters up.
AUTOMATIC = [key for key, flow in FLOWS.items() if flow.automatic]


def accept_silence(on: date, at: datetime | None = None) -> int:
    """Silence counts as accepted: issues whose person said nothing by the end of the clock are signed for by silence,
    for the deputy of one who is away. How many."""
    at = at or clock.day_begins(on)
    issues = _issues(Issue.state == "dispatched", Issue.sign_due_on < on)
    for issue in issues:
        here = stand(issue, Actor.job(), at)
        step = allow(here, "sign", "signed_for")
        assert here.lead is not None
        here.lead.signed_at, here.lead.signed_by_silence = at, True
        person_id = acting_for(issue.handler_id, on) if issue.handler_id is not None else None
        said = "到期未答复，视为签收" + ("（外出，由代理人接手）" if person_id != issue.handler_id else "")
        step.write(said, unit_id=issue.lead_unit_id, person_id=person_id, signed_on=on)
    return len(issues)


def resume_parked(on: date, at: datetime | None = None) -> int:
    """Parked matters whose next reply was due before this day and that nobody parked again are worked on again."""
    at = at or clock.day_begins(on)
    issues = _issues(Issue.state == "parked", Issue.parked_until < on)
    for issue in issues:
        unpark(issue, Actor.job(), at, "挂账期满")
    return len(issues)


def links_wanted(on: date) -> list[Issue]:
    """The issues whose firm should be sent a link by this day and was not: on day 0, 7, 14 and 21 after it was asked,
    and those proposed as done whose firm nobody asked yet. Two statements."""
    issues = _issues(Issue.state.in_(("resolution_proposed", "awaiting_firm")))
    sent = _last_links(issue.id for issue in issues)
    after = clocks.load().clocks["calls_after"]
    return [
        issue for issue in issues if issue.asked_on is None or link_due(issue.asked_on, sent.get(issue.id), on, after)
    ]


def due_links(on: date, deliver: Deliver, at: datetime | None = None) -> int:
    """Send the links of `links_wanted`; how many `deliver` could bring to the firm. Those it could not stay wanted."""
    at = at or clock.day_begins(on)
    return sum(ask_firm(issue, at, deliver) for issue in links_wanted(on))


def calls_wanted(on: date) -> list[Issue]:
    """The issues whose firm did not answer in 28 days and is to be phoned by somebody outside the handling unit."""
    after = clocks.load().clocks["calls_after"]
    return _issues(Issue.state == "awaiting_firm", Issue.asked_on < on - timedelta(days=after.number))


def due_slips(on: date, at: datetime | None = None) -> int:
    """Write the slips that are due in the flows that ask for it: blue when little time is left, yellow for a reply that
    was missed, red past the due date; one for each matter. How many."""
    at = at or clock.day_begins(on)
    made = 0
    for why, condition, about in (
        ("overdue", Issue.due_on < on, lambda issue: issue.due_on),
        ("reply_missed", Issue.next_reply_on < on, lambda issue: issue.next_reply_on),
        ("due_soon", (Issue.yellow_on <= on) & (Issue.due_on >= on), lambda issue: issue.due_on),
    ):
        made += _slips(why, condition, about, on, at)
    return made


def _slips(
    why: str, condition: ColumnElement[bool], about: Callable[[Issue], date | None], on: date, at: datetime
) -> int:
    held = select(IssueSlip.issue_id).where(IssueSlip.issue_id == Issue.id, IssueSlip.why == why)
    column = Issue.next_reply_on if why == "reply_missed" else Issue.due_on
    held = held.where(IssueSlip.round == Issue.round, IssueSlip.about_on == column)
    issues = _issues(Issue.state.in_(IN_HAND), Issue.flow.in_(AUTOMATIC), condition, ~held.exists())
    made = 0
    for issue in issues:
        about_on = about(issue)
        here = stand(issue, Actor.job(), at)
        if about_on is None or find_slip(issue, why, about_on) is not None:
            continue
        step = allow(here, "slip")
        put_slip(here, why, about_on)
        step.write(f"{SLIPS[why]}（{about_on}）", unit_id=issue.lead_unit_id, person_id=issue.handler_id)
        made += 1
    return made


def due_escalations(on: date, at: datetime | None = None) -> int:
    """Send matters up whose time has come, in the flows that ask for it; each reason once. How many times."""
    at = at or clock.day_begins(on)
    made = 0
    for issue, reasons in escalations_wanted(on, AUTOMATIC):
        for reason in reasons:
            escalate(issue, Actor.job(), at, reason=reason)
            made += 1
    return made


def escalations_wanted(on: date, flows: Iterable[str] = ("standard", "supervised")) -> list[tuple[Issue, list[str]]]:
    """The issues that should go up by this day with the reasons (keys of ESCALATION) they did not go up for yet."""
    issues = _issues(Issue.state.in_(IN_HAND), Issue.flow.in_(list(flows)))
    ids = [issue.id for issue in issues]
    given, done, heads = _lead_counts(ids), _went_up(ids), _signed_by_heads(ids)
    ticks = clocks.load()
    found = []
    for issue in issues:
        facts = EscalationFacts(issue.state, issue.due_on, given.get(issue.id, 0), issue.extensions, issue.id in heads,
                                frozenset(done.get(issue.id, ())))  # fmt: skip
        reasons = escalation_reasons(facts, on, ticks.clocks["red_before_escalation"], ticks.workdays)
        if reasons:
            found.append((issue, reasons))
    return found


def due_spot_checks(on: date, at: datetime | None = None, rng: Random | None = None) -> int:
    """Draw the spot checks of the month before, once; how many were drawn."""
    at = at or clock.day_begins(on)
    month = month_before(at)
    rng = rng or Random(month)  # noqa: S311  a draw that can be repeated, not a secret
    return len(spot_draw(Actor.job(), at, month, rng))


def withdrawals_wanted() -> list[tuple[Issue, date]]:
    """The issues whose firm wants to take them back and waits for a call, with the day by which it is to be phoned."""
    ticks = clocks.load()
    rows = _issues(Issue.withdrawal_asked_at.is_not(None))
    return [
        (row, ticks.due("withdraw_call", clock.local(row.withdrawal_asked_at).date()).on)
        for row in rows
        if row.withdrawal_asked_at is not None
    ]


def _issues(*conditions: ColumnElement[bool]) -> list[Issue]:
    return list(db.session.scalars(select(Issue).where(*conditions).order_by(Issue.id)))


def _last_links(ids: Iterable[int]) -> dict[int, date]:
    query = select(Link.subject_id, func.max(Link.created_at)).where(Link.purpose == FIRM_LINK, Link.subject == "issue")
    query = query.where(Link.subject_id.in_(list(ids))).group_by(Link.subject_id)
    return {issue_id: clock.local(at).date() for issue_id, at in db.session.execute(query)}


def _lead_counts(ids: list[int]) -> dict[int, int]:
    query = select(IssueAssignment.issue_id, func.count()).where(IssueAssignment.role == "lead")
    query = query.where(IssueAssignment.issue_id.in_(ids)).group_by(IssueAssignment.issue_id)
    return {issue_id: number for issue_id, number in db.session.execute(query)}  # noqa: C416


def _went_up(ids: list[int]) -> dict[int, set[str]]:
    query = select(IssueMove.issue_id, IssueMove.words).where(
        IssueMove.event == "escalate", IssueMove.issue_id.in_(ids)
    )
    found: dict[int, set[str]] = {}
    for issue_id, words in db.session.execute(query.order_by(IssueMove.id)):
        found.setdefault(issue_id, set()).update(key for key, said in ESCALATION.items() if words.startswith(said))
    return found


def _signed_by_heads(ids: list[int]) -> set[int]:
    """The issues whose lead part a unit's own head holds, signed for."""
    query = select(IssueAssignment.issue_id).join(Unit, Unit.id == IssueAssignment.unit_id)
    query = query.where(IssueAssignment.issue_id.in_(ids), IssueAssignment.role == "lead")
    query = query.where(IssueAssignment.ended_at.is_(None), IssueAssignment.signed_at.is_not(None))
    return set(db.session.scalars(query.where(IssueAssignment.user_id == Unit.head_id)))
