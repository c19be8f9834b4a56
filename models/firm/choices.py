"""What the filters and forms of firms offer: areas, parks, people, tags, pools and types, in one statement."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, String, cast, literal, null, select, union_all

from models.area import Area
from models.base import db
from models.firm.tags import Tag
from models.pool import PoolType
from models.title import TitleType
from models.user import Role, User, user_role

#: Who can be A 角 or B 角.
CARING_ROLES = ("officer", "office", "manager")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose; `depth` is how far down its tree it stands."""

    id: int
    name: str
    depth: int = 0

    @property
    def indented(self) -> str:
        """The name as a list of choices shows a tree."""
        return "　" * self.depth + self.name


@dataclass(slots=True)
class Choices:
    """Everything there is to choose, each list in the order of its names; trees by branches."""

    area: list[Choice] = field(default_factory=list)
    park: list[Choice] = field(default_factory=list)
    officer: list[Choice] = field(default_factory=list)
    tag: list[Choice] = field(default_factory=list)
    pool: list[Choice] = field(default_factory=list)
    title: list[Choice] = field(default_factory=list)

    def name_of(self, kind: str, chosen: int | None) -> str:
        """The name of a choice; empty when it is not there."""
        return next((choice.name for choice in getattr(self, kind) if choice.id == chosen), "")

    @classmethod
    def load(cls) -> "Choices":
        """All of them. One statement."""
        rows = db.session.execute(_everything(_postgresql())).all()
        found = cls()
        for kind in ("officer", "tag", "pool", "title"):
            setattr(found, kind, [Choice(row.id, row.name) for row in rows if row.kind == kind])
        for kind in ("area", "park"):
            setattr(found, kind, _tree([row for row in rows if row.kind == kind]))
        return found


@cache
def _everything(postgresql: bool) -> CompoundSelect[Any]:
    """The one statement; making it takes longer than running it, and every list page runs it."""
    return union_all(*_parts(postgresql)).order_by("kind", "sort_key", "id")


def _parts(postgresql: bool) -> list[Select[Any]]:
    def part(kind: Any, table: Any, order: Any, parent: Any = None) -> Select[Any]:
        key = cast(order, String(200)).collate("C" if postgresql else "BINARY")
        above = null() if parent is None else parent
        return select(kind.label("kind"), table.id.label("id"), above.label("parent_id"), table.name.label("name"),
                      key.label("sort_key"))  # fmt: skip

    caring = select(user_role.c.user_id).join(Role, Role.id == user_role.c.role_id).where(Role.name.in_(CARING_ROLES))
    return [
        part(Area.tree, Area, Area.sort_key, Area.parent_id).where(Area.closed.is_(False)),
        part(literal("officer"), User, User.sort_key).where(User.active.is_(True), User.id.in_(caring)),
        part(literal("tag"), Tag, Tag.sort_key),
        part(literal("pool"), PoolType, PoolType.position + 1000).where(PoolType.active.is_(True)),
        part(literal("title"), TitleType, TitleType.position + 1000).where(TitleType.active.is_(True)),
    ]


def _postgresql() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def _tree(rows: list[Any]) -> list[Choice]:
    """Rows in the order of their names as branches; a row whose parent is not offered stands at the top."""
    ids = {row.id for row in rows}
    below: dict[int | None, list[Any]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in ids else None, []).append(row)
    found: list[Choice] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in below.get(parent, ()):
            found.append(Choice(row.id, row.name, depth))
            walk(row.id, depth + 1)

    walk(None, 0)
    return found
