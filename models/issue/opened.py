"""What a figure of issues opens into: issues, assignments or spot checks, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from models.base import db
from models.figures.scope import AnySelect
from models.firm.record import Firm
from models.issue.kinds import IssueClass, IssueTopic, OutsideHandler
from models.issue.parts import IssueAssignment, SpotCheck
from models.issue.record import Issue
from models.unit import Unit
from models.user import User

PAGE_SIZE = 50


@dataclass(frozen=True)
class Opened:
    """The rows of a selection; `of` says what its ids are: issue, assignment, spot."""

    of: str
    rows: AnySelect

    def count(self) -> int:
        """How many. One statement."""
        return db.session.scalar(select(func.count()).select_from(self.rows.subquery())) or 0

    def page(self, number: int) -> Sequence[Row[Any]]:
        """A page of them, the first raised first, with firm, topic, class, unit and person as they are now (of an
        assignment, as they were given). One statement."""
        owner: Any = {"issue": Issue, "assignment": IssueAssignment, "spot": SpotCheck}[self.of]
        part: Any = IssueAssignment if owner is IssueAssignment else Issue
        unit = part.unit_id if part is IssueAssignment else part.lead_unit_id
        person = part.user_id if part is IssueAssignment else part.handler_id
        query: AnySelect = select(
            Issue.id, Issue.year, Issue.serial, Issue.title, Issue.words, Issue.firm_id, Issue.raised_on, Issue.state,
            Issue.first_due_on, Issue.due_on, Issue.closed_on, Issue.ended_on, Firm.name.label("firm"),
            IssueTopic.name.label("topic"), IssueClass.name.label("class_name"), Unit.name.label("unit"),
            func.coalesce(User.name, OutsideHandler.name).label("person"), *_own(self.of),
        )  # fmt: skip
        query = query.select_from(owner)
        if owner is not Issue:
            query = query.join(Issue, Issue.id == owner.issue_id)
        query = (
            query.join(Firm, Firm.id == Issue.firm_id)
            .join(IssueTopic, IssueTopic.id == Issue.topic_id)
            .outerjoin(IssueClass, IssueClass.id == Issue.class_id)
            .outerjoin(Unit, Unit.id == unit)
            .outerjoin(User, User.id == person)
            .outerjoin(OutsideHandler, OutsideHandler.id == part.outside_id)
            .where(owner.id.in_(self.rows))
            .order_by(Issue.raised_on, Issue.id, owner.id)
        )
        return db.session.execute(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()


def _own(of: str) -> tuple[Any, ...]:
    part = IssueAssignment
    if of == "assignment":
        return (part.assigned_on, part.sign_due_on, part.signed_on, part.signed_by_silence, part.objected_at)
    if of == "spot":
        return (SpotCheck.drawn_on, SpotCheck.checked_on, SpotCheck.result)
    return ()
