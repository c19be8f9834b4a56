"""What the filters and forms of issues offer: classes, topics, units, people who handle, campaigns, groups."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, String, Text, cast, literal, null, select, type_coerce, union_all

from models.base import db
from models.campaign import Campaign
from models.issue.groups import IssueGroup
from models.issue.kinds import IssueClass, IssueTopic, OutsideHandler
from models.unit import Unit
from models.user import Role, User, user_role

Pairs = list[tuple[int, str]]
#: Groups offered: those made last.
GROUPS = 100


@dataclass(slots=True)
class IssueOffers:
    """(id, name) of everything there is to choose: classes and topics as the office ordered them, units and people by
    name, campaigns and groups the last first. What is no longer in use is offered to filters too, but closed units."""

    class_id: Pairs = field(default_factory=list)
    topic: Pairs = field(default_factory=list)
    unit: Pairs = field(default_factory=list)
    person: Pairs = field(default_factory=list)
    outside: Pairs = field(default_factory=list)
    campaign: Pairs = field(default_factory=list)
    group: Pairs = field(default_factory=list)

    @classmethod
    def load(cls) -> "IssueOffers":
        """All of them. One statement."""
        found = cls()
        for kind, row_id, name in db.session.execute(_everything(db.engine.dialect.name == "postgresql")):
            getattr(found, kind).append((row_id, name))
        return found

    def name_of(self, kind: str, chosen: int | None) -> str:
        """The name of a choice; empty when it is not there."""
        return next((name for row_id, name in getattr(self, kind) if row_id == chosen), "")


@cache
def _everything(postgresql: bool) -> Any:
    """Composed once: composing it takes longer than running it."""

    def part(kind: str, table: Any, key: Any = None, position: Any = None, began: Any = None) -> Any:
        key = cast(literal("") if key is None else key, String(200)).collate("C" if postgresql else "BINARY")
        place = cast(literal(0) if position is None else position, Integer)
        began = cast(null() if began is None else began, Date)
        columns = (key.label("key"), place.label("place"), began.label("began"))
        return select(literal(kind).label("kind"), table.id, table.name, *columns)

    # Rights are kept as one line of words.
    rights = literal(" ").concat(type_coerce(Role.permissions, Text)).concat(" ")
    people = select(user_role.c.user_id).join(Role, Role.id == user_role.c.role_id)
    people = people.where(rights.contains(" issues.handle "))
    last = select(IssueGroup.id).order_by(IssueGroup.id.desc()).limit(GROUPS)
    parts = (
        part("class_id", IssueClass, position=IssueClass.position),
        part("topic", IssueTopic, position=IssueTopic.position),
        part("unit", Unit, Unit.sort_key).where(Unit.closed_on.is_(None)),
        part("person", User, User.sort_key).where(User.active.is_(True), User.id.in_(people)),
        part("outside", OutsideHandler, OutsideHandler.sort_key).where(OutsideHandler.active.is_(True)),
        part("campaign", Campaign, began=Campaign.from_on),
        part("group", IssueGroup, position=-IssueGroup.id).where(IssueGroup.id.in_(last)),
    )
    every = union_all(*parts).subquery()
    order = (every.c.place, every.c.began.desc(), every.c.key, every.c.id)
    return select(every.c.kind, every.c.id, every.c.name).order_by(*order)
