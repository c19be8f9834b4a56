"""What a target's number opens into: its firms, visits or issues, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from models.area import Area
from models.base import db
from models.figures.scope import AnySelect
from models.firm.record import Firm
from models.issue.parts import IssueAssignment, SpotCheck
from models.issue.record import Issue
from models.visit.record import Visit

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its firm, and of a visit or an issue its day and what it says."""

    id: int
    firm_id: int
    firm: str
    area: str
    on: date | None = None
    words: str = ""


@dataclass(frozen=True)
class Opened:
    """The rows of a selection; `of` says what its ids are."""

    of: str
    ids: AnySelect

    def count(self) -> int:
        """How many. One statement."""
        return db.session.scalar(select(func.count()).select_from(self.ids.subquery())) or 0

    def page(self, number: int, size: int = PAGE_SIZE) -> Sequence[Row]:
        """A page of them: firms by name, visits and issues by day. One statement."""
        query = _SELECTS[self.of](self.ids).limit(size).offset((number - 1) * size)
        return [Row(*row) for row in db.session.execute(query)]


def _firms(ids: AnySelect) -> AnySelect:
    query: AnySelect = select(Firm.id, Firm.id.label("firm_id"), Firm.name, func.coalesce(Area.name, ""))
    return query.outerjoin(Area, Area.id == Firm.area_id).where(Firm.id.in_(ids)).order_by(Firm.sort_key, Firm.id)


def _visits(ids: AnySelect) -> AnySelect:
    query: AnySelect = select(Visit.id, Visit.firm_id, Firm.name, func.coalesce(Area.name, ""), Visit.visit_on)
    query = query.join(Firm, Firm.id == Visit.firm_id).outerjoin(Area, Area.id == Firm.area_id)
    return query.where(Visit.id.in_(ids)).order_by(Visit.visit_on, Visit.id)


def _issues(owner: Any) -> Any:
    def made(ids: AnySelect) -> AnySelect:
        query: AnySelect = select(
            Issue.id, Issue.firm_id, Firm.name, func.coalesce(Area.name, ""), Issue.raised_on, Issue.words
        )
        query = query.select_from(owner)
        if owner is not Issue:
            query = query.join(Issue, Issue.id == owner.issue_id)
        query = query.join(Firm, Firm.id == Issue.firm_id).outerjoin(Area, Area.id == Firm.area_id)
        return query.where(owner.id.in_(ids)).order_by(Issue.raised_on, Issue.id, owner.id)

    return made


_SELECTS = {
    "firm": _firms, "visit": _visits, "issue": _issues(Issue), "assignment": _issues(IssueAssignment),
    "spot": _issues(SpotCheck),
}  # fmt: skip
