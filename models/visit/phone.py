"""What an officer's phone carries to work without signal: own firms, today's plan, lists, cards. No full number."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from models import people, setting
from models.area import Area
from models.base import db
from models.campaign import Campaign
from models.firm.choices import CARING_ROLES
from models.firm.contacts import Contact
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.firm.names import FirmSearch
from models.firm.record import Firm
from models.plan import PlanLine
from models.user import User
from models.visit import before
from models.visit.kinds import Service, VisitKind
from models.visit.record import Visit, VisitOfficer

#: More would make the copy slow to fetch over a bad connection; a bureau's officer looks after far fewer.
MOST_FIRMS = 600
MOST_CARDS = 300
#: Firms that one search by the phone brings.
FOUND = 10
SEEN = timedelta(days=180)
AHEAD = timedelta(days=14)


def bundle(user: User, today: date) -> dict[str, Any]:
    """Everything for /m/, for one person and one day. A fixed number of statements."""
    lines = _lines(user, today)
    planned = [line.firm_id for line in lines if line.firm_id is not None]
    recent = _recent(user, today)
    firms = _firms(user, planned, recent)
    wanted = [*dict.fromkeys(planned), *(firm_id for firm_id in firms if firm_id not in set(planned))]
    shown = [firm_id for firm_id in wanted if firm_id in firms][:MOST_CARDS]
    cards = before.cards(shown, today, "issues.view" in user.permissions)
    services = Service.list_active()
    return {
        "person": {"id": user.id, "name": user.name},
        "on": today.isoformat(),
        "firms": list(firms.values()),
        "recent": [firm_id for firm_id in recent if firm_id in firms],
        "today": [
            {"firm_id": line.firm_id, "firm": line.firm.name if line.firm else "", "what": line.what,
             "done": line.outcome == "done"}
            for line in lines if line.planned_on == today and line.outcome in (None, "done")
        ],
        "kinds": [{"key": row.key, "name": row.name} for row in VisitKind.list_active()],
        "services": [{"key": row.key, "name": row.name} for row in services if row.as_service],
        "purposes": [{"key": row.key, "name": row.name} for row in services if row.as_purpose],
        "campaigns": [
            {"key": row.key, "name": row.name}
            for row in Campaign.list_active() if row.from_on <= today and (row.to_on is None or row.to_on >= today)
        ],
        "colleagues": [
            {"id": row.id, "name": row.name} for row in people.list_active(CARING_ROLES) if row.id != user.id
        ],
        "most_photos": setting.get_int("visit_photos"),
        "before": {
            str(firm_id): {name: getattr(card, name) for name in card.__slots__} for firm_id, card in cards.items()
        },
    }  # fmt: skip


def _lines(user: User, today: date) -> list[PlanLine]:
    query = PlanLine.visible_to(user).where(
        PlanLine.is_of([user.id]), PlanLine.planned_on.between(today, today + AHEAD)
    )
    return list(db.session.scalars(query.order_by(PlanLine.planned_on, PlanLine.id)).unique())


def _recent(user: User, today: date) -> list[int]:
    """The firms this person met lately, the last first."""
    query = (
        select(Visit.firm_id)
        .join(VisitOfficer, VisitOfficer.visit_id == Visit.id)
        .where(VisitOfficer.user_id == user.id, Visit.counted(), Visit.visit_on >= today - SEEN)
        .order_by(Visit.visit_on.desc(), Visit.id.desc())
        .limit(MOST_FIRMS)
    )
    return list(dict.fromkeys(db.session.scalars(query)))


def _firms(user: User, planned: list[int], recent: list[int]) -> dict[int, dict[str, Any]]:
    own = or_(Firm.officer_a_id == user.id, Firm.officer_b_id == user.id)
    query = (
        Firm.visible_to(user)
        .outerjoin(FirmSearch, FirmSearch.firm_id == Firm.id)
        .outerjoin(Area, Area.id == Firm.area_id)
        .with_only_columns(Firm.id, Firm.name, Firm.code, Area.name.label("area"), FirmSearch.lines)
        .where(or_(own, Firm.id.in_([*planned, *recent])))
        .order_by(Firm.sort_key, Firm.id)
        .limit(MOST_FIRMS)
    )
    firms = {
        row.id: {"id": row.id, "name": row.name, "area": row.area or "", "find": f"{row.name}\n{row.lines or ''}",
                 "contacts": []}
        for row in db.session.execute(query)
    }  # fmt: skip
    people: dict[int, list[dict[str, str]]] = defaultdict(list)
    rows = select(Contact).where(Contact.firm_id.in_(firms), Contact.ended_on.is_(None))
    for contact in db.session.scalars(rows.order_by(Contact.is_main.desc(), Contact.id)):
        people[contact.firm_id].append(
            {"name": contact.masked_name, "post": contact.post, "phone": contact.masked_phone}
        )
    for firm_id, contacts in people.items():
        firms[firm_id]["contacts"] = contacts[:3]
    return firms


def find_firms(user: User, words: str, today: date) -> list[dict[str, Any]]:
    """The first firms that a text finds among all this person may see, as the bundle writes them; for a phone with
    signal whose copy does not hold the one that is looked for."""
    listing = Listing(user, FirmFilter(q=words.strip()[:100]), today)
    rows = listing.page(1, FOUND) if listing.wanted else []
    return [{"id": row.id, "name": row.name, "area": row.area or "", "find": row.name, "contacts": []} for row in rows]
