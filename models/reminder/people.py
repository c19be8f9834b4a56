"""Who there is on a day: accounts, deputies, who is above whom, whose mailbox is where."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from models import unit
from models.base import among, db
from models.firm.record import Firm
from models.rules.access import EVERYONE
from models.rules.reminder_plan import New, People
from models.unit import Membership, Unit
from models.user import Role, User, user_role


@dataclass(frozen=True)
class Staff:
    """The people as the plan of a run sees them, and what only the writing of its rows needs."""

    people: People
    mailboxes: dict[int, str]
    #: The units each belongs to, and all units above them.
    units: dict[int, tuple[int, ...]]


def load(on: date) -> Staff:
    """Everybody on a day; six statements, however many they are."""
    names, mailboxes, present = {}, {}, set()
    query = select(User.id, User.name, User.email, User.active).order_by(User.sort_key, User.id)
    for user_id, name, email, active in db.session.execute(query):
        names[user_id] = name
        if active:
            present.add(user_id)
            if has_mailbox(email):
                mailboxes[user_id] = email
    managers = [user_id for user_id in _with_role("manager") if user_id in present]
    units = _units(on)
    heads = _heads()
    around = {user_id: [heads.get(one) for one in held] for user_id, held in units.items()}
    people = People(frozenset(present), unit.acting_all(on), names, around, managers)
    return Staff(people, mailboxes, units)


def has_mailbox(email: str) -> bool:
    """Whether mail to this address can reach anybody: accounts made without one have an address that never will."""
    return "@" in email and not email.lower().endswith(".invalid")


def with_right(permission: str) -> list[int]:
    """Everybody with an account in use who holds this permission, by name. Two statements."""
    if permission in EVERYONE:
        return list(db.session.scalars(select(User.id).where(User.active).order_by(User.sort_key, User.id)))
    query = select(Role.id, Role.permissions).order_by(Role.id)
    roles = [role_id for role_id, held in db.session.execute(query) if permission in held]
    holders = select(user_role.c.user_id).where(user_role.c.role_id.in_(roles))
    found = select(User.id).where(User.active, User.id.in_(holders))
    return list(db.session.scalars(found.order_by(User.sort_key, User.id)))


def _with_role(name: str) -> list[int]:
    query = select(User.id).join(user_role, user_role.c.user_id == User.id).join(Role, Role.id == user_role.c.role_id)
    return list(db.session.scalars(query.where(Role.name == name).order_by(User.sort_key, User.id)))


def _units(on: date) -> dict[int, tuple[int, ...]]:
    """The units each person belongs to on a day, each followed by those above it."""
    query = select(Unit.id, Unit.parent_id).order_by(Unit.id)
    above = {unit_id: parent_id for unit_id, parent_id in db.session.execute(query)}  # noqa: C416
    members = select(Membership.user_id, Membership.unit_id).where(
        Membership.from_on <= on, or_(Membership.to_on.is_(None), Membership.to_on >= on)
    )
    found: dict[int, dict[int, None]] = defaultdict(dict)
    for user_id, unit_id in db.session.execute(members.order_by(Membership.from_on, Membership.id)):
        now: int | None = unit_id
        while now is not None and now not in found[user_id]:
            found[user_id][now] = None
            now = above.get(now)
    return {user_id: tuple(units) for user_id, units in found.items()}


def _heads() -> dict[int, int | None]:
    query = select(Unit.id, Unit.head_id).order_by(Unit.id)
    return {unit_id: head_id for unit_id, head_id in db.session.execute(query)}  # noqa: C416


def hidden(new: Iterable[New]) -> set[tuple[int, int]]:
    """(reader, firm) of those who stand in or are above and may not see the firm: they are told without its name.

    Whose matter it is may know of it; only readers with less than the whole register cost a statement each.
    """
    asked: dict[int, set[int]] = defaultdict(set)
    for one in new:
        other = one.recipient_id is not None and (one.level > 0 or one.recipient_id != one.due.person_id)
        if other and one.due.firm_id is not None and one.recipient_id is not None:
            asked[one.recipient_id].add(one.due.firm_id)
    found: set[tuple[int, int]] = set()
    readers = select(User).where(User.id.in_(sorted(asked))).order_by(User.id)
    for reader in db.session.scalars(readers) if asked else ():
        if not Firm.all_visible_to(reader):
            found |= {(reader.id, firm_id) for firm_id in asked[reader.id] - _seen(reader, asked[reader.id])}
    return found


def _seen(reader: User, firm_ids: Collection[int]) -> set[int]:
    query = Firm.visible_to(reader).where(among(Firm.id, sorted(firm_ids))).with_only_columns(Firm.id)
    return set(db.session.scalars(query.order_by(Firm.id)))
