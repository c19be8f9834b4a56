"""Queues: what waits for the office, a supervisor and a reviewer; each a condition, counted and listed alike."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, select

from models.issue import lights
from models.issue.filters import IssueFilter
from models.issue.listing import IssueListing
from models.issue.parts import IssueExtension, IssueSlip
from models.issue.record import Issue
from models.rules.issue import FLOWS, IN_HAND
from models.user import User

#: A parked matter comes back to the desk so many days before its reply is due.
SOON = timedelta(days=3)
DESK = {
    "objected": "退办待裁定", "registered": "待受理", "admitted": "待交办", "unsigned": "逾时未签收",
    "parked": "挂账将到期",
}  # fmt: skip
SUPERVISE = {
    "extensions": "待批延期", "red": "逾期", "no_slip": "逾期未发督办单", "yellow": "临期", "up": "已提级",
    "parked": "挂账推进",
}  # fmt: skip
REVIEW = {"in_review": "待销号审核", "resolution_proposed": "已申请办结，待请企业确认", "awaiting_firm": "等企业确认"}


def desk(on: date) -> dict[str, ColumnElement[bool]]:
    """The conditions of DESK by a day."""
    return {
        "objected": Issue.state == "objected",
        "registered": Issue.state == "registered",
        "admitted": Issue.state == "admitted",
        "unsigned": and_(Issue.state == "dispatched", Issue.sign_due_on < on),
        "parked": and_(Issue.state == "parked", Issue.parked_until <= on + SOON),
    }


def supervise(on: date) -> dict[str, ColumnElement[bool]]:
    """The conditions of SUPERVISE by a day."""
    waiting = select(IssueExtension.issue_id).where(IssueExtension.decided_at.is_(None))
    slipped = select(IssueSlip.issue_id).where(
        IssueSlip.issue_id == Issue.id, IssueSlip.round == Issue.round, IssueSlip.why == "overdue",
        IssueSlip.about_on == Issue.due_on,
    )  # fmt: skip
    with_slips = [key for key, flow in FLOWS.items() if flow.slips]
    red = lights.shows("red", on)
    return {
        "extensions": and_(Issue.state.in_(IN_HAND), Issue.id.in_(waiting)),
        "red": red,
        "no_slip": and_(red, Issue.state.in_(IN_HAND), Issue.flow.in_(with_slips), ~slipped.exists()),
        "yellow": lights.shows("yellow", on),
        "up": and_(lights.is_open(), Issue.level > 0),
        "parked": Issue.state == "parked",
    }


def review() -> dict[str, ColumnElement[bool]]:
    """The conditions of REVIEW."""
    return {key: Issue.state == key for key in REVIEW}


def counts(user: User, on: date, conditions: dict[str, ColumnElement[bool]]) -> dict[str, int]:
    """How many issues wait in each of these queues. One statement."""
    return IssueListing(user, IssueFilter(), on).count_each(conditions)


def listing(user: User, on: date, condition: ColumnElement[bool], narrowed: IssueFilter | None = None) -> IssueListing:
    """The issues of one queue, the most urgent first."""
    return IssueListing(user, narrowed or IssueFilter(), on, extra=(condition,))
