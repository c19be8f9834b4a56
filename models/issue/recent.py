"""Visits that may stand beside an issue of the same firm, and the issues that came of demands."""

from collections.abc import Sequence

from sqlalchemy.orm import contains_eager

from models.base import db
from models.issue.record import Issue
from models.user import User
from models.visit.record import Visit

SHOWN = 8


def visits_to(user: User | None, firm_id: int, besides: int | None = None) -> list[Visit]:
    """The last visits to a firm that this person may see and that count, the newest first; one more that is named. One
    statement."""
    if user is None or "visits.view" not in user.permissions:
        return []
    query = Visit.visible_to(user).where(Visit.firm_id == firm_id, Visit.withdrawn_at.is_(None))
    query = query.options(contains_eager(Visit.firm)).order_by(Visit.visit_on.desc(), Visit.id.desc())
    found = list(db.session.scalars(query.limit(SHOWN)))
    if besides is not None and besides not in {visit.id for visit in found}:
        found += db.session.scalars(Visit.visible_to(user).where(Visit.firm_id == firm_id, Visit.id == besides))
    return found


def raised_from(user: User, demand_ids: Sequence[int]) -> dict[int, int]:
    """The issues that came of these demands, by demand, as far as this person may see them. One statement; none without
    demands."""
    if not demand_ids:
        return {}
    query = Issue.visible_to(user).where(Issue.demand_id.in_(demand_ids)).order_by(Issue.id)
    rows = db.session.execute(query.with_only_columns(Issue.demand_id, Issue.id, maintain_column_froms=True))
    return {demand_id: issue_id for demand_id, issue_id in rows if demand_id is not None}
