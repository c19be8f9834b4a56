"""What the closed loop waits for: parts to sign for and to work on, replies, decisions, reviews, calls, spot checks.

Steps that belong to whoever holds a right are named for each of them; when one has done it, all are settled.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from models import clock
from models.base import db
from models.firm.record import Firm
from models.issue import clocks
from models.issue.acts.timetable import calls_wanted, withdrawals_wanted
from models.issue.clocks import Ticks
from models.issue.parts import IssueAssignment, IssueExtension, SpotCheck
from models.issue.record import Issue
from models.issue.trace import IssueMove
from models.reminder.people import with_right
from models.rules.issue import ENDED, IN_HAND
from models.rules.reminder import HORIZON, Due

_ISSUE = (Issue.id, Issue.firm_id, Firm.name.label("firm"), Issue.title, Issue.handler_id)


def due_reminders(on: date) -> list[Due]:
    """Everything that somebody with an account has to do about an issue by the horizon. A fixed number of
    statements."""
    ticks = clocks.load()
    return [
        *_handlers(on), *_assisting(on), *_desk(on, ticks), *_extensions(ticks), *_reviews(ticks), *_calls(ticks),
        *_spot_checks(),
    ]  # fmt: skip


def _handlers(on: date) -> Iterator[Due]:
    """What lies with its handler: to sign for, to reply on, to finish."""
    columns = (*_ISSUE, Issue.state, Issue.sign_due_on, Issue.due_on, Issue.next_reply_on)
    query = select(*columns).join(Firm, Firm.id == Issue.firm_id)
    query = query.where(Issue.state.in_(IN_HAND), Issue.handler_id.is_not(None)).order_by(Issue.id)
    for row in db.session.execute(query):
        if row.state == "dispatched" and row.sign_due_on is not None:
            yield _due("issue-sign", row, row.handler_id, row.sign_due_on, "交给您的问题等着签收")
        if row.next_reply_on is not None and row.state in ("in_progress", "parked"):
            yield _due("issue-reply", row, row.handler_id, row.next_reply_on, "要给企业一次阶段答复")
        if row.due_on is not None and row.due_on <= on + HORIZON and row.state != "parked":
            yield _due("issue-due", row, row.handler_id, row.due_on, "您办的问题")


def _assisting(on: date) -> Iterator[Due]:
    """The parts of assisting units that wait for an answer."""
    query = select(*_ISSUE, IssueAssignment.user_id, IssueAssignment.due_on.label("answer_by"))
    query = query.join(Firm, Firm.id == Issue.firm_id).join(IssueAssignment, IssueAssignment.issue_id == Issue.id)
    query = query.where(
        IssueAssignment.role == "assist", IssueAssignment.ended_at.is_(None), IssueAssignment.answered_at.is_(None),
        IssueAssignment.user_id.is_not(None), IssueAssignment.due_on <= on + HORIZON, Issue.state.in_(IN_HAND),
    )  # fmt: skip
    for row in db.session.execute(query.order_by(IssueAssignment.id)):
        yield _due("issue-assist", row, row.user_id, row.answer_by, "等您协办答复")


def _desk(on: date, ticks: Ticks) -> Iterator[Due]:
    """What the office has to take, to give out or to settle."""
    entered = _entered(("registered", "admitted", "objected"))
    query = select(*_ISSUE, Issue.state, Issue.created_at).join(Firm, Firm.id == Issue.firm_id)
    query = query.where(Issue.state.in_(("registered", "admitted", "objected"))).order_by(Issue.id)
    rows, office = db.session.execute(query).all(), with_right("issues.dispatch")
    said = {"registered": "等着受理", "admitted": "等着交办", "objected": "被退办，等着裁定"}
    for row in rows:
        clock_key = "settle" if row.state == "objected" else "dispatch"
        by = ticks.due(clock_key, entered.get(row.id) or clock.local(row.created_at).date()).on
        for person_id in office:
            yield _due("issue-desk", row, person_id, by, said[row.state], period=f"{row.state} {by}")


def _extensions(ticks: Ticks) -> Iterator[Due]:
    """Extensions that wait for somebody else than who asked: until the day before the present due date."""
    query = select(*_ISSUE, IssueExtension.id.label("extension_id"), IssueExtension.asked_by_id,
                   IssueExtension.asked_at, IssueExtension.old_due_on)  # fmt: skip
    query = query.join(Firm, Firm.id == Issue.firm_id).join(IssueExtension, IssueExtension.issue_id == Issue.id)
    query = query.where(IssueExtension.decided_at.is_(None), Issue.state.in_(IN_HAND)).order_by(IssueExtension.id)
    rows, deciders = db.session.execute(query).all(), with_right("issues.supervise")
    for row in rows:
        asked_on = clock.local(row.asked_at).date()
        by = max(asked_on, min(row.old_due_on, ticks.workdays.due(asked_on, 1).on))
        for person_id in deciders:
            if person_id != row.asked_by_id:
                yield _due("issue-extension", row, person_id, by, "有延期申请等您批",
                           period=f"extension {row.extension_id}", path=f"/issues/{row.id}/extension")  # fmt: skip


def _reviews(ticks: Ticks) -> Iterator[Due]:
    """What waits for the review, for everybody who may close and did not handle it."""
    entered = _entered(("in_review",))
    query = select(*_ISSUE, Issue.proposed_on).join(Firm, Firm.id == Issue.firm_id)
    rows = db.session.execute(query.where(Issue.state == "in_review").order_by(Issue.id)).all()
    reviewers = with_right("issues.close")
    for row in rows:
        since = entered.get(row.id) or row.proposed_on
        if since is None:
            continue
        by = ticks.due("review", since).on
        for person_id in reviewers:
            if person_id != row.handler_id:
                yield _due("issue-review", row, person_id, by, "等销号审核", path=f"/issues/{row.id}/review")


def _calls(ticks: Ticks) -> Iterator[Due]:
    """Firms to be phoned: they did not answer in time, or want to take the issue back."""
    after = ticks.clocks["calls_after"].number
    wanted = {issue.id: (issue.asked_on or date.max) + timedelta(days=after + 1) for issue in calls_wanted(date.max)}
    wanted |= {issue.id: by for issue, by in withdrawals_wanted()}
    if not wanted:
        return
    query = select(*_ISSUE).join(Firm, Firm.id == Issue.firm_id).where(Issue.id.in_(sorted(wanted)))
    rows, office = db.session.execute(query.order_by(Issue.id)).all(), with_right("issues.dispatch")
    for row in rows:
        for person_id in office:
            if person_id != row.handler_id:
                yield _due("issue-call", row, person_id, wanted[row.id], "要给企业打电话")


def _spot_checks() -> Iterator[Due]:
    """The spot checks of each month that are not phoned yet, as one matter: by the end of the month they were drawn
    in."""
    query = select(SpotCheck.month, func.min(SpotCheck.id), func.max(SpotCheck.drawn_on), func.count()).where(
        SpotCheck.result.is_(None)
    )
    rows = db.session.execute(query.group_by(SpotCheck.month).order_by(SpotCheck.month)).all()
    if not rows:
        return
    first = dict(db.session.execute(select(SpotCheck.month, func.min(SpotCheck.id)).group_by(SpotCheck.month)).all())
    for month, _, drawn_on, count in rows:
        by = (drawn_on.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        for person_id in with_right("issues.close"):
            yield Due("issue-spot", "spot_check", first[month], person_id, month, by, None,
                      f"{month} 抽查还有 {count} 件没有打电话", f"/issues/spot?month={month}")  # fmt: skip


def _entered(states: Iterable[str]) -> Mapping[int, date]:
    """The day on which each issue came into the state it is in, where that is one of these. One statement."""
    query = select(IssueMove.issue_id, func.max(IssueMove.moved_on)).join(Issue, Issue.id == IssueMove.issue_id)
    query = query.where(Issue.state.in_(list(states)), Issue.state.not_in(ENDED), IssueMove.to_state == Issue.state)
    query = query.where(IssueMove.from_state.is_(None) | (IssueMove.from_state != IssueMove.to_state))
    return dict(db.session.execute(query.group_by(IssueMove.issue_id)).all())


def _due(
    rule: str, row: Any, person_id: int, by: date, said: str, *, period: str = "", path: str = ""
) -> Due:  # fmt: skip
    here = f"/issues/{row.id}"
    return Due(
        rule, "issue", row.id, person_id, period or str(by), by, row.firm_id, f"{said}：{row.firm} {row.title}"[:200],
        path or here, here,
    )  # fmt: skip
