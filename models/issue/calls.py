"""Whom to phone: firms that did not answer their links, were never asked, want a matter back, or were drawn for a
check; for somebody outside the handling unit. A fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from models import clock
from models.base import among, db
from models.firm.contacts import Contact
from models.issue import clocks
from models.issue.acts.actor import Actor
from models.issue.acts.stand import HANDLING, persons_suffice
from models.issue.parts import IssueAssignment, IssueCall, SpotCheck
from models.issue.record import Issue
from models.issue.trace import IssueMove
from models.rules.issue_clock import CALLS, calls_from
from models.user import User

WHY = {
    "withdrawal": "企业要求撤回，打电话核实",
    "silent": "发过链接，满期没有答复",
    "not_asked": "已申请办结，还没有问过企业",
    "spot": "抽查",
}
#: In the order in which they are to be phoned.
ORDER = tuple(WHY)


@dataclass(frozen=True)
class ToPhone:
    """One call to make."""

    issue: Issue
    #: A key of WHY, and what the call is about (a key of CALL_ABOUT).
    why: str
    about: str
    #: By when; None where no clock runs.
    due_on: date | None
    tries: int
    last_on: date | None
    contact: Contact | None

    @property
    def words(self) -> str:
        """Why, and how far the attempts are."""
        if self.why == "silent" and self.tries:
            return f"{WHY[self.why]}（要 {CALLS} 个工作日各打一次）"
        return WHY[self.why]


def to_phone(user: User, on: date) -> list[ToPhone]:
    """The calls this person may make on a day, the most urgent first."""
    ticks = clocks.load()
    after = ticks.clocks["calls_after"]
    silent = (Issue.state == "awaiting_firm") & (Issue.asked_on < on - timedelta(days=after.number))
    not_asked = Issue.state == "resolution_proposed"
    asked_back = Issue.withdrawal_asked_at.is_not(None)
    drawn = Issue.id.in_(select(SpotCheck.issue_id).where(SpotCheck.checked_on.is_(None)))
    query = Issue.visible_to(user).where(or_(silent, not_asked, asked_back, drawn), *_outside(user, on))
    issues = list(db.session.scalars(query.options(joinedload(Issue.handler), joinedload(Issue.outside),
                                                   joinedload(Issue.lead_unit)).order_by(Issue.id)))  # fmt: skip
    tries, contacts = _tries(issues), _contacts(issues)
    found = []
    for issue in issues:
        why, due = _why(issue, ticks)
        if why == "silent" and issue.asked_on is not None:
            due = calls_from(issue.asked_on, after)
        number, last = tries.get(issue.id, (0, None))
        about = why if why in ("withdrawal", "spot") else "confirm"
        found.append(ToPhone(issue, why, about, due, number, last, contacts.get(issue.id)))
    return sorted(found, key=lambda row: (ORDER.index(row.why), row.last_on == on, row.due_on or on, row.issue.id))


def _why(issue: Issue, ticks: clocks.Ticks) -> tuple[str, date | None]:
    if issue.withdrawal_asked_at is not None:
        return "withdrawal", ticks.due("withdraw_call", clock.local(issue.withdrawal_asked_at).date()).on
    if issue.state == "resolution_proposed":
        return "not_asked", None
    return ("silent" if issue.state == "awaiting_firm" else "spot"), None


def _outside(user: User, on: date) -> list[ColumnElement[bool]]:
    """That the person neither handles nor handled it, and is of no unit that did; as the acts ask."""
    actor, part = Actor.of(user), IssueAssignment
    held = select(part.issue_id).where(part.user_id.in_(actor.stands_for(on)), part.ended_at.is_(None))
    moved = select(IssueMove.issue_id).where(IssueMove.by_id == user.id, IssueMove.event.in_(HANDLING))
    found: list[ColumnElement[bool]] = [Issue.id.not_in(held), Issue.id.not_in(moved)]
    if not persons_suffice():
        units = select(part.issue_id).where(part.unit_id.in_(actor.unit_ids(on)))
        found.append(Issue.id.not_in(units.where(or_(part.ended_at.is_(None), part.signed_at.is_not(None)))))
    return found


def _tries(issues: Sequence[Issue]) -> dict[int, tuple[int, date | None]]:
    """By issue: attempts in vain in this round, and the day of the last."""
    query = select(IssueCall.issue_id, func.count(), func.max(IssueCall.called_on)).join(
        Issue, (Issue.id == IssueCall.issue_id) & (Issue.round == IssueCall.round)
    )
    query = query.where(among(IssueCall.issue_id, [issue.id for issue in issues]), IssueCall.reached.is_(False))
    rows = db.session.execute(query.group_by(IssueCall.issue_id))
    return {issue_id: (number, last) for issue_id, number, last in rows}


def _contacts(issues: Sequence[Issue]) -> dict[int, Contact]:
    """By issue: its own contact, else the firm's main one."""
    query = select(Contact).where(among(Contact.firm_id, sorted({issue.firm_id for issue in issues})))
    rows = list(
        db.session.scalars(query.where(Contact.ended_on.is_(None)).order_by(Contact.is_main.desc(), Contact.id))
    )
    by_id, by_firm = {row.id: row for row in rows}, {row.firm_id: row for row in reversed(rows)}
    found = {issue.id: by_id.get(issue.contact_id or 0) or by_firm.get(issue.firm_id) for issue in issues}
    return {issue_id: row for issue_id, row in found.items() if row is not None}
