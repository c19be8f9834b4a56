"""Whom to give an issue to: who answered for its topic before, else the unit that answers for the topic."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, case, func, or_, select

from models.base import db
from models.issue.kinds import IssueTopic, OutsideHandler
from models.issue.record import Issue
from models.unit import Unit
from models.user import User


@dataclass(frozen=True, slots=True)
class Suggested:
    """A unit and, where somebody handled the topic before, a person; how many issues of the topic they had."""

    unit_id: int
    unit: str
    user_id: int | None = None
    outside_id: int | None = None
    person: str = ""
    number: int = 0

    @property
    def who(self) -> str:
        """The person as a form's choice names them: u3 an account, o3 an outside handler; empty without one."""
        if self.user_id is not None:
            return f"u{self.user_id}"
        return f"o{self.outside_id}" if self.outside_id is not None else ""


def suggested(topic_ids: Collection[int], since: date) -> dict[int, Suggested]:
    """For each topic the unit and person who had most of its issues since a day; of as many, who had the last. Closed
    units and people who left are passed over. Without any the unit of the topic itself; else nobody. Two statements."""
    wanted = sorted(set(topic_ids))
    person = case((Issue.handler_id.is_not(None), User.name), else_=OutsideHandler.name)
    query = (
        select(Issue.topic_id, Unit.id, Unit.name, Issue.handler_id, Issue.outside_id, person, func.count())
        .join(Unit, and_(Unit.id == Issue.lead_unit_id, Unit.closed_on.is_(None)))
        .outerjoin(User, User.id == Issue.handler_id)
        .outerjoin(OutsideHandler, OutsideHandler.id == Issue.outside_id)
        .where(Issue.topic_id.in_(wanted), Issue.raised_on >= since)
        .where(or_(User.active.is_(True), OutsideHandler.active.is_(True)))
        .group_by(Issue.topic_id, Unit.id, Unit.name, Issue.handler_id, Issue.outside_id, person)
        .order_by(func.count(), func.max(Issue.id))
    )
    own = select(IssueTopic.id, Unit.id, Unit.name).join(Unit, Unit.id == IssueTopic.unit_id)
    own = own.where(IssueTopic.id.in_(wanted), Unit.closed_on.is_(None)).order_by(IssueTopic.id)
    found = {topic_id: Suggested(unit_id, unit) for topic_id, unit_id, unit in db.session.execute(own)}
    for topic_id, *values in db.session.execute(query):
        found[topic_id] = Suggested(*values)
    return found
