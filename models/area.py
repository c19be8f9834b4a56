"""Areas and parks say where a firm is: two trees in one table."""

from collections.abc import Iterable

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from models import pinyin
from models.base import Key, Model, Name, SortKey, db, one_of
from models.errors import NotFound, Refused
from models.rules.tree import ordered

TREES = {"area": "镇街", "park": "园区"}


class Area(Model):
    """A node of the tree of areas or of the tree of parks."""

    __tablename__ = "area"
    __table_args__ = (
        CheckConstraint(one_of("tree", TREES), name="tree"),
        Index("ix_area_sort_key", "tree", "sort_key", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    tree: Mapped[str] = mapped_column(Key)
    code: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(Name)
    sort_key: Mapped[str] = mapped_column(SortKey)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    #: Spoken forms and old names, one per line: what an address may call it.
    aliases: Mapped[str] = mapped_column(Text, default="")
    closed: Mapped[bool] = mapped_column(default=False)

    def rename(self, name: str) -> None:
        """Give it a name, and the key that lists sort by."""
        self.name = name
        self.sort_key = pinyin.sort_key(name)

    def move_below(self, parent_id: int | None) -> None:
        """Hang it below another of its tree. Refused below itself or one of its own."""
        if parent_id is not None and self.id is not None and parent_id in subtree([self.id]):
            raise Refused("上级不能是它自己或它的下级")
        self.parent_id = parent_id

    @property
    def alias_list(self) -> list[str]:
        """What an address may call it, besides its name."""
        return [alias for alias in self.aliases.split("\n") if alias]


def subtree(roots: Iterable[int]) -> frozenset[int]:
    """The ids of these areas and everything below them. One statement, the trees are small; none without roots."""
    waiting = list(roots)
    if not waiting:
        return frozenset()
    children: dict[int | None, list[int]] = {}
    for area_id, parent_id in db.session.execute(select(Area.id, Area.parent_id).order_by(Area.id)):
        children.setdefault(parent_id, []).append(area_id)
    found: set[int] = set()
    while waiting:
        area_id = waiting.pop()
        if area_id not in found:
            found.add(area_id)
            waiting.extend(children.get(area_id, ()))
    return frozenset(found)


def subtrees() -> dict[int, frozenset[int]]:
    """Of every area and park the ids of it and of everything below it. One statement."""
    pairs = db.session.execute(select(Area.id, Area.parent_id).order_by(Area.id)).all()
    parents: dict[int, int | None] = {area_id: parent_id for area_id, parent_id in pairs}  # noqa: C416
    found: dict[int, set[int]] = {area_id: {area_id} for area_id in parents}
    for area_id in parents:
        above, seen = parents[area_id], {area_id}
        while above is not None and above in parents and above not in seen:
            found[above].add(area_id)
            seen.add(above)
            above = parents[above]
    return {area_id: frozenset(ids) for area_id, ids in found.items()}


def list_tree(tree: str, *, closed: bool = False) -> list[tuple[Area, int]]:
    """Every area (or park) with its depth, as a page shows the tree; closed ones only when asked for."""
    query = select(Area).where(Area.tree == tree).order_by(Area.sort_key, Area.id)
    if not closed:
        query = query.where(~Area.closed)
    return ordered(db.session.scalars(query))


def get(area_id: int) -> Area:
    """The area or park, or NotFound."""
    area = db.session.get(Area, area_id)
    if area is None:
        raise NotFound
    return area


def find_by_code(code: str) -> Area | None:
    """The area or park with this code, or None."""
    return db.session.scalar(select(Area).where(Area.code == code))


def check_code(code: str, row: Area) -> None:
    """Raise Refused when another area or park has this code."""
    with db.session.no_autoflush:
        other = find_by_code(code)
    if other is not None and other is not row:
        raise Refused(f"代码已用于{other.name}：{code}")
