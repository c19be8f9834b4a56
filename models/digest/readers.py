"""Who gets a digest, of which kind, and which firms exist for each; read for everybody in few statements."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from models import area, setting
from models.base import db
from models.unit import deputies_on, last_deputy
from models.user import Role, User

#: Whose role makes which part of a digest.
PARTS = {"officer": "own", "office": "bureau", "manager": "bureau", "town": "area"}


@dataclass(frozen=True, slots=True)
class Place:
    """Of a firm, what decides for whom it exists."""

    area_id: int | None
    park_id: int | None
    officer_a_id: int | None
    officer_b_id: int | None


@dataclass(frozen=True)
class Reader:
    """One person with what they may see."""

    id: int
    name: str
    email: str
    roles: frozenset[str]
    permissions: frozenset[str]
    #: all, own (A 角 and B 角) or area; "" for nobody's firms.
    sight: str
    area_ids: frozenset[int] = frozenset()
    #: People who are away today and whose work comes here, with their names.
    acts_for: dict[int, str] = field(default_factory=dict)

    @property
    def parts(self) -> frozenset[str]:
        """own, bureau, area: what the digest is made of."""
        found = {PARTS[role] for role in self.roles if role in PARTS}
        return frozenset(found | ({"own"} if "bureau" in found else set()))

    def sees(self, place: Place) -> bool:
        """Whether a firm exists for this person: the same answer as Firm.visible_to, without asking the database."""
        if self.sight == "own":
            return self.id in (place.officer_a_id, place.officer_b_id)
        if self.sight == "area":
            return place.area_id in self.area_ids or place.park_id in self.area_ids
        return self.sight == "all"

    def whose(self, person_id: int | None) -> bool:
        """Whether somebody's work is this person's today."""
        return person_id == self.id or person_id in self.acts_for


def load(on: date) -> list[Reader]:
    """Everybody with a digest of their own (officer, office, manager, town), by name. Five statements."""
    query = select(User).where(User.active, User.roles.any(Role.name.in_(PARTS))).order_by(User.sort_key, User.id)
    return _readers(list(db.session.scalars(query.options(selectinload(User.areas)))), on)


def of(person: User, on: date) -> Reader:
    """One person as a reader. Four statements."""
    return _readers([person], on)[0]


def _readers(people: Iterable[User], on: date) -> list[Reader]:
    assigned = setting.get("officer_scope") == "assigned"
    trees, deputies = area.subtrees(), deputies_on(on)
    away = _stands_in(deputies)
    absent = db.session.execute(select(User.id, User.name).where(User.id.in_(deputies or [0])))
    names = {user_id: name for user_id, name in absent}  # noqa: C416  the rows are not pairs to mypy
    return [
        Reader(
            one.id, one.name, one.email, frozenset(one.role_names), one.permissions, sight_of(one, assigned),
            frozenset().union(*(trees.get(area.id, frozenset()) for area in one.areas)),
            {other: names.get(other, "") for other in away.get(one.id, ())},
        )
        for one in people
    ]  # fmt: skip


def sight_of(person: User, assigned: bool) -> str:
    """all, own, area or "": as Firm.visible_to decides, with the setting officer_scope given."""
    if "firms.view" not in person.permissions:
        return ""
    if "firms.all" not in person.permissions:
        return "area"
    return "own" if assigned and person.role_names == ["officer"] else "all"


def _stands_in(deputies: dict[int, int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for absent in deputies:
        found.setdefault(last_deputy(absent, deputies), []).append(absent)
    return found
