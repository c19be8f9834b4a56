"""What the change log says of fields: the statements that still stand, oldest first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from models.base import db
from models.change import Change
from models.importing import ImportRow


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the log: a field went from old to new, as text."""

    id: int
    field: str
    old: str | None
    new: str | None
    at: datetime
    source: str
    source_id: int | None
    #: The import whose row said so; None when something else did.
    run_id: int | None


def standing(steps: Iterable[Step]) -> list[Step]:
    """The statements about one field that no undo took back. An undo takes them off from the newest down to the value
    it put back; one that put back what no statement had found there is a statement itself."""
    stack: list[Step] = []
    for step in steps:
        if step.source != "undo":
            stack.append(step)
            continue
        left = len(stack) - 1
        while left >= 0 and stack[left].old != step.new:
            left -= 1
        if left >= 0:
            del stack[left:]
        else:
            stack.append(step)
    return stack


#: Row → field → its standing statements.
Said = dict[int, dict[str, list[Step]]]


class History:
    """What stands about rows; what was read once is not read again."""

    def __init__(self) -> None:
        self._known: dict[str, Said] = defaultdict(dict)

    def read(self, table: str, row_ids: Sequence[int]) -> Said:
        """What stands about these rows of a table, as far as the log speaks of them."""
        known = self._known[table]
        new = [row_id for row_id in row_ids if row_id not in known]
        if new:
            known |= {row_id: {} for row_id in new} | _read(table, new)
        return {row_id: known[row_id] for row_id in row_ids if known[row_id]}


def _read(table: str, row_ids: Sequence[int]) -> Said:
    mine = and_(Change.table_name == table, Change.row_id.in_(row_ids))
    gone = select(Change.row_id, func.max(Change.id)).where(mine, Change.act == "deleted", Change.field.is_(None))
    since = {row_id: last for row_id, last in db.session.execute(gone.group_by(Change.row_id))}  # noqa: C416
    return settled(of_rows().where(mine), since)


def of_rows() -> Select[*tuple[Any, ...]]:
    """Select the changes of rows, to be narrowed to some that are `still_there`."""
    ours = and_(Change.source == "import", Change.source_id == ImportRow.id)
    columns = (
        Change.row_id, Change.id, Change.field, Change.old, Change.new, Change.at, Change.source, Change.source_id,
    )  # fmt: skip
    query: Select[*tuple[Any, ...]] = select(*columns, ImportRow.import_id).outerjoin(ImportRow, ours)
    return query.where(Change.act == "updated", Change.field.is_not(None)).order_by(Change.id)


def settled(query: Select[*tuple[Any, ...]], since: Mapping[int, int] | None = None) -> Said:
    """What stands of the changes selected; of rows in `since` only what is newer than that entry."""
    found: Said = defaultdict(lambda: defaultdict(list))
    since = since or {}
    for row_id, *entry in db.session.execute(query):
        step = Step(*entry)
        if step.id > since.get(row_id, 0):
            found[row_id][step.field].append(step)
    return {row_id: dict(_standing(fields)) for row_id, fields in found.items()}


def _standing(fields: dict[str, list[Step]]) -> Iterator[tuple[str, list[Step]]]:
    for name, steps in fields.items():
        if left := standing(steps):
            yield name, left


def still_there() -> ColumnElement[bool]:
    """The condition that an entry is about the row that bears its number now: SQLite gives the numbers of rows that
    went away to later ones, and nothing the log says of the first is about the second."""
    gone = aliased(Change)
    later = and_(gone.table_name == Change.table_name, gone.row_id == Change.row_id, gone.id > Change.id)
    return ~exists().where(later, gone.act == "deleted", gone.field.is_(None))
