"""Visits that may stand beside an issue of the same firm."""

from sqlalchemy.orm import contains_eager

from models.base import db
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
