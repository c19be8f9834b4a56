"""The clocks of issues as the bureau has set them, on the calendar as it is known; what a newly loaded notice moves."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import event, select
from sqlalchemy.orm import Session, UOWTransaction

from models import calendar, clock
from models.base import db
from models.calendar import CalendarYear
from models.issue.kinds import IssueClock
from models.issue.parts import IssueAssignment
from models.issue.record import Issue
from models.issue.trace import IssueMove
from models.rules import issue_clock as rules
from models.rules.issue import ENDED, FLOWS
from models.rules.issue_clock import Clock, LightFacts
from models.rules.workday import Due, Workdays

#: Where a session keeps what it has read already.
READ = "issue_clocks_read"


@dataclass(frozen=True)
class Ticks:
    """Every clock and the calendar."""

    clocks: dict[str, Clock]
    workdays: Workdays

    def due(self, key: str, start: date) -> Due:
        """The last day of this clock when it starts on a day. KeyError for no such clock."""
        return rules.due(start, self.clocks[key], self.workdays)


def load() -> Ticks:
    """The clocks and the calendar as they are now; three statements, once in a transaction."""
    transaction, ticks = db.session.info.get(READ, (None, None))
    if ticks is not None and transaction is db.session().get_transaction():
        found: Ticks = ticks
        return found
    query = select(IssueClock.key, IssueClock.value).order_by(IssueClock.key)
    rows = {key: value for key, value in db.session.execute(query)}  # noqa: C416
    found = Ticks(rules.with_rows(rows), calendar.load())
    db.session.info[READ] = (db.session().get_transaction(), found)
    return found


def forget() -> None:
    """Read the clocks and the calendar again at the next `load`."""
    db.session.info.pop(READ, None)


@event.listens_for(Session, "after_flush")
def _forget_read(session: Session, context: UOWTransaction) -> None:
    changed = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, IssueClock | CalendarYear) for row in changed):
        session.info.pop(READ, None)


def flow_of(issue: Issue) -> str:
    """The flow an issue takes: fixed at 交办, of its class before, the whole table while it has none."""
    return issue.flow or (issue.class_.flow if issue.class_ else "standard")


def light_facts(issue: Issue, ticks: Ticks, silent: bool = False) -> LightFacts:
    """What decides the light of an issue. silent: accepted by silence, and nothing heard of the person since."""
    accept_by = issue.sign_due_on
    if issue.state in ("registered", "admitted"):
        accept_by = ticks.due("dispatch", clock.local(issue.created_at).date()).on
    return LightFacts(
        state=issue.state, due_on=issue.due_on, first_due_on=issue.first_due_on, working_days=issue.clock_days or 0,
        accept_by=accept_by, silent=silent and issue.state == "signed_for", reply_due_on=issue.next_reply_on,
        ended_on=issue.closed_on or issue.ended_on,
    )  # fmt: skip


def refresh(issue: Issue, ticks: Ticks, silent: bool = False) -> None:
    """Put the day on which the light turns yellow where the dates of the issue say."""
    issue.yellow_on = rules.yellow_from(light_facts(issue, ticks, silent), ticks.workdays)


def start_clock(issue: Issue, on: date, ticks: Ticks) -> None:
    """Let the clock of its class run from a day. The first due date is set once; a later date that was approved
    stays."""
    assert issue.clock_days is not None, "dispatched issues have a class"
    due = rules.class_due(on, issue.clock_days, ticks.workdays)
    if issue.due_on is None or due.on >= issue.due_on:
        issue.due_on, issue.due_known, issue.clock_from = due.on, due.known, on
    issue.first_due_on = issue.first_due_on or issue.due_on


def reply_by(issue: Issue, last_reply_on: date | None, ticks: Ticks) -> date | None:
    """When the next interim reply is due; None in a flow that asks for none."""
    if not FLOWS[flow_of(issue)].interim or issue.clock_from is None:
        return None
    every = ticks.clocks["interim_every"]
    return rules.reply_due(issue.clock_from, issue.clock_days or 1, last_reply_on, every, ticks.workdays).on


def recompute_open(year: int, at: datetime) -> int:
    """Move the dates of open issues that were assumed for want of a year's notice, now that it is loaded; how many had
    such a date. Never before the date the firm was told; the first date stays. A second run finds nothing to do.

    models.calendar.put calls it; the caller commits.
    """
    forget()
    ticks = load()
    query = select(Issue).where(Issue.due_known.is_(False), Issue.state.not_in(ENDED)).order_by(Issue.id)
    issues = [issue for issue in db.session.scalars(query) if _reaches(issue, year)]
    for issue in issues:
        _recompute(issue, year, at, ticks)
    waiting = select(Issue).where(Issue.state.in_(("registered", "admitted"))).order_by(Issue.id)
    for issue in db.session.scalars(waiting):
        refresh(issue, ticks)
    db.session.flush()
    return len(issues)


def _reaches(issue: Issue, year: int) -> bool:
    """Whether the date was counted across this year."""
    return bool(issue.clock_from and issue.due_on and issue.clock_from.year <= year <= issue.due_on.year)


def _recompute(issue: Issue, year: int, at: datetime, ticks: Ticks) -> None:
    assert issue.clock_from is not None and issue.clock_days is not None
    before = issue.due_on
    due = rules.recomputed(issue.clock_from, issue.clock_days, issue.told_due_on, ticks.workdays)
    issue.due_on, issue.due_known = due.on, due.known
    silent = _recompute_parts(issue, ticks)
    refresh(issue, ticks, silent)
    db.session.add(
        IssueMove(
            issue_id=issue.id, event="recompute", from_state=issue.state, to_state=issue.state, round=issue.round,
            at=at, moved_on=clock.local(at).date(), by_label="系统", via="job", words=f"{year} 年放假通知已载入",
            due_before=before, due_after=issue.due_on,
        )
    )  # fmt: skip


def _recompute_parts(issue: Issue, ticks: Ticks) -> bool:
    """The dates of its parts that still run; whether the lead accepted by silence."""
    query = select(IssueAssignment).where(IssueAssignment.issue_id == issue.id, IssueAssignment.ended_at.is_(None))
    silent = False
    for part in db.session.scalars(query.order_by(IssueAssignment.id)):
        if part.signed_at is None:
            part.sign_due_on = ticks.due("sign", part.assigned_on).on
        if part.role == "assist" and part.answered_at is None:
            part.due_on = ticks.due("assist", part.assigned_on).on
        if part.role == "lead":
            silent = part.signed_by_silence
            part.due_on, issue.sign_due_on = issue.due_on, part.sign_due_on
    if issue.state == "in_progress" and issue.next_reply_on is not None:
        issue.next_reply_on = reply_by(issue, _last_reply(issue), ticks)
    return silent


def _last_reply(issue: Issue) -> date | None:
    query = select(IssueMove.moved_on).where(
        IssueMove.issue_id == issue.id, IssueMove.event == "reply", IssueMove.round == issue.round
    )
    return db.session.scalar(query.order_by(IssueMove.id.desc()).limit(1))
