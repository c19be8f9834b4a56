"""How far campaigns have come: visits and different firms, as far as a person may see them."""

from sqlalchemy import func, select

from models.base import db
from models.firm.record import Firm
from models.user import User
from models.visit.record import Visit


def progress(user: User) -> dict[int, tuple[int, int]]:
    """Campaign → (visits, different firms) tagged to it, calls not counted. One statement."""
    query = select(Visit.campaign_id, func.count(Visit.id), func.count(Visit.firm_id.distinct()))
    query = query.where(Visit.campaign_id.is_not(None), Visit.is_visit())
    if not Firm.all_visible_to(user):
        query = query.where(Visit.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id)))
    rows = db.session.execute(query.group_by(Visit.campaign_id))
    return {campaign_id: (visits, firms) for campaign_id, visits, firms in rows if campaign_id is not None}
