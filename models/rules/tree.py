"""Trees kept as rows with a parent: in the order a page shows them, and what may become whose child."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Branch(Protocol):
    """What a row of a tree knows."""

    @property
    def id(self) -> int: ...
    @property
    def parent_id(self) -> int | None: ...
    @property
    def sort_key(self) -> str: ...


Row = TypeVar("Row", bound=Branch)


def ordered(rows: Iterable[Row]) -> list[tuple[Row, int]]:
    """Every row with its depth, each below its parent, sisters by name. A row whose parent is missing stands on top."""
    rows = sorted(rows, key=lambda row: (row.sort_key, row.id))
    known = {row.id for row in rows}
    children: dict[int | None, list[Row]] = {}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    found: list[tuple[Row, int]] = []
    waiting = [(row, 0) for row in reversed(children.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        found.append((row, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(row.id, []))]
    return found


def below(rows: Iterable[Row], root_id: int) -> frozenset[int]:
    """The ids of a row and of everything below it."""
    pairs = ordered(rows)
    found = {root_id}
    for row, _ in pairs:
        if row.parent_id in found:
            found.add(row.id)
    return frozenset(found)
