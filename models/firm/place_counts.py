"""How many firms lie in each area and park, as far as a person may see them."""

from sqlalchemy import func, select

from models.base import db
from models.firm.record import Firm
from models.user import User


def by_area(user: User) -> dict[int, int]:
    """Firms per area and per park, not counting what lies below it. One statement for each tree."""
    counts: dict[int, int] = {}
    visible = Firm.visible_to(user).order_by(None).subquery()
    for column in (visible.c.area_id, visible.c.park_id):
        query = select(column.label("area_id"), func.count().label("firms")).where(column.is_not(None))
        counts |= {row.area_id: row.firms for row in db.session.execute(query.group_by(column).order_by(column))}
    return counts


def nowhere(user: User) -> int:
    """Firms of 未定区: those without an area."""
    visible = Firm.visible_to(user).order_by(None).where(Firm.area_id.is_(None)).subquery()
    return db.session.scalar(select(func.count()).select_from(visible)) or 0
