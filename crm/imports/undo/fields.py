"""Fields that an import changed: what stands in each, oldest statement first, and what it goes back to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select

from crm.imports import state
from crm.imports.titles.giving import SETTLED
from crm.imports.undo import words
from crm.imports.undo.history import Step
from crm.imports.undo.trace import Place, value_of
from crm.imports.undo.verdict import Back, Kept, Verdict
from models.base import db
from models.change_log import text_of


@dataclass(slots=True)
class Cell:
    """One field of one row."""

    place: Place
    name: str
    #: What it holds, and the statements about it that stand.
    now: Any
    steps: list[Step]
    #: Why all of it stays, whatever the statements say; empty when nothing is in the way.
    stuck: str = ""
    #: So many of the newest statements are taken off.
    off: int = field(default=0)

    @property
    def back(self) -> Back:
        """What it holds and what it held before the statements that are taken off."""
        column = db.metadata.tables[self.place[0]].c[self.name]
        return Back(self.name, self.now, value_of(column, self.steps[-self.off].old))


def cells(verdict: Verdict) -> Iterator[Cell]:
    """The fields that the undone imports wrote of rows which stay, where a statement of theirs still stands; what is
    kept for another reason is told to the verdict."""
    found, told = verdict.trace, _settled_titles(verdict)
    by_table: dict[str, list[int]] = defaultdict(list)
    for place in found.fields:
        if not verdict.goes(*place):
            by_table[place[0]].append(place[1])
    for name, ids in by_table.items():
        for chunk in state.chunks(sorted(ids)):
            for cell in _of_rows(verdict, db.metadata.tables[name], chunk):
                if (
                    name == "title"
                    and cell.name in SETTLED
                    and cell.place[1] not in told
                    and found.run.id not in found.fields[cell.place][cell.name]
                ):
                    # What the other sources say was settled when the source of that import went.
                    continue
                yield cell


def _settled_titles(verdict: Verdict) -> set[int]:
    """Titles of which a source goes now."""
    source = db.metadata.tables["title_source"]
    titles: set[int] = set()
    for chunk in state.chunks(sorted(verdict.remove.get("title_source", ()))):
        titles |= set(db.session.scalars(select(source.c.title_id).where(source.c.id.in_(chunk))))
    return titles


def _of_rows(verdict: Verdict, table: Table, ids: Sequence[int]) -> Iterator[Cell]:
    found = verdict.trace
    names = sorted({name for row_id in ids for name in found.fields[table.name, row_id] if name in table.c})
    query = select(table.c.id, *(table.c[name] for name in names)).where(table.c.id.in_(ids))
    rows = {row[0]: dict(zip(names, row[1:], strict=True)) for row in db.session.execute(query)}
    steps = found.history.read(table.name, ids)
    for row_id in ids:
        place = (table.name, row_id)
        for name, runs in found.fields[place].items():
            if row_id not in rows or name not in table.c:
                why = words.with_field(table.name, name, words.UNKNOWN if row_id in rows else words.GONE_SINCE)
                verdict.kept += [Kept(*place, why, run_id) for run_id in sorted(runs)]
                continue
            said = steps.get(row_id, {}).get(name, [])
            if any(found.undoes(step) for step in said):
                cell = Cell(place, name, rows[row_id][name], said)
                if value_of(table.c[name], said[-1].new) != cell.now:
                    cell.stuck = words.other_now(table.name, name, text_of(cell.now))
                yield cell


def impossible(backs: Iterable[tuple[Cell, Any]]) -> Iterator[tuple[Cell, str]]:
    """Of fields and what they would hold: values that point at rows gone since, and values that may stand once and
    stand elsewhere now."""
    asked: dict[tuple[str, str], dict[Any, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell, before in backs:
        if before is not None:
            asked[cell.place[0], cell.name][before].append(cell)
    for (table_name, name), values in asked.items():
        table = db.metadata.tables[table_name]
        column = table.c[name]
        for key in column.foreign_keys:
            for value in values.keys() - _existing(key.column, values):
                yield from ((cell, words.POINTS_NOWHERE) for cell in values[value])
        if column.unique:
            for chunk in state.chunks(sorted(values)):
                for value, row_id in db.session.execute(select(column, table.c.id).where(column.in_(chunk))):
                    yield from ((cell, words.TAKEN) for cell in values[value] if cell.place[1] != row_id)


def _existing(column: Any, values: Iterable[Any]) -> set[Any]:
    found: set[Any] = set()
    for chunk in state.chunks(sorted(values)):
        found |= set(db.session.scalars(select(column).where(column.in_(chunk))))
    return found
