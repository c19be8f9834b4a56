"""The firms a person met last: what a form offers before anybody searches."""

from datetime import date

from sqlalchemy import func, select

from models.base import db
from models.firm.record import Firm
from models.user import User
from models.visit.record import Visit, VisitOfficer

OFFERED = 8


def recent_firms(user: User, limit: int = OFFERED) -> list[tuple[Firm, date]]:
    """Firms this person may see and met last, each with the day. One statement."""
    last = func.max(Visit.visit_on).label("last")
    mine = select(Visit.firm_id, last).join(VisitOfficer, VisitOfficer.visit_id == Visit.id)
    mine = mine.where(VisitOfficer.user_id == user.id, Visit.counted()).group_by(Visit.firm_id)
    found = mine.order_by(last.desc(), Visit.firm_id).limit(limit * 2).subquery()
    query = Firm.visible_to(user).join(found, found.c.firm_id == Firm.id).add_columns(found.c.last)
    rows = db.session.execute(query.order_by(found.c.last.desc(), Firm.id).limit(limit))
    return [(firm, on) for firm, on in rows]
