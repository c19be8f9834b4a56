"""Who may change a firm, and what somebody else changed in the meantime."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.base import db
from models.change import Change
from models.errors import Refused
from models.firm.record import Firm
from models.firm.words import FIRM_FIELDS, value_text
from models.user import User


def may_change(user: User, firm: Firm) -> bool:
    """Whether this person changes the firm: who assigns officers any firm, a town those of its area, an officer those
    they look after and those nobody looks after (product.md, "What rows a person sees")."""
    if "firms.edit" not in user.permissions:
        return False
    if "firms.assign" in user.permissions or "firms.all" not in user.permissions:
        return True
    held = {firm.officer_a_id, firm.officer_b_id}
    return user.id in held or held == {None}


def check_may_change(user: User, firm: Firm) -> None:
    """Raise Refused for a person who only reads this firm, naming whom to ask."""
    if not may_change(user, firm):
        names = "、".join(officer.name for officer in (firm.officer_a, firm.officer_b) if officer)
        raise Refused(f"这家由{names}联系。要改资料请告诉联系干部，或请综合科调整联系干部。")


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """The last change of a firm: who, when, and each field old → new."""

    person: str
    at: datetime
    fields: list[tuple[str, str, str]]


def last_change(firm_id: int) -> Meanwhile | None:
    """What was changed last, by whom: for the page that says two people edited at once. None without any change."""
    query = select(Change, User.name).outerjoin(User, User.id == Change.person_id).where(Change.firm_id == firm_id)
    rows = db.session.execute(query.order_by(Change.id.desc()).limit(20)).all()
    if not rows:
        return None
    newest, person = rows[0]
    together = [change for change, _ in rows if change.at == newest.at and change.person_id == newest.person_id]
    fields = [
        (FIRM_FIELDS[change.field], value_text(change.field, change.old), value_text(change.field, change.new))
        for change in reversed(together)
        if change.table_name == "firm" and change.field in FIRM_FIELDS
    ]
    return Meanwhile(person or "", newest.at, fields)
