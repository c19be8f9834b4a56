"""Areas and parks say where a firm is: two trees in one table."""

from collections.abc import Iterable

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Name, SortKey, db, one_of

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
