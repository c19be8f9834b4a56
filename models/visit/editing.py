"""Who may change a visit."""

from models.errors import Refused
from models.user import User
from models.visit.record import Visit


def may_change(user: User, visit: Visit) -> bool:
    """Whether this person corrects the visit: who arranges the work of others any, everybody else what they took part
    in, wrote down, or look after (product.md, "What rows a person sees")."""
    if "visits.edit" not in user.permissions:
        return False
    if "firms.assign" in user.permissions or visit.created_by_id == user.id:
        return True
    there = {row.user_id for row in visit.officers}
    return user.id in there | {visit.firm.officer_a_id, visit.firm.officer_b_id}


def check_may_change(user: User, visit: Visit) -> None:
    """Raise Refused for a person who only reads this visit, naming whom to ask."""
    if not may_change(user, visit):
        names = "、".join(row.user.name for row in visit.officers) or "记录人"
        raise Refused(f"这次走访由{names}记录，要改请告诉本人或综合科。")
