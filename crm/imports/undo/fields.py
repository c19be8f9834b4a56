"""Which fields an import changed can go back: those that still hold what it wrote."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, select

from crm.imports import state
from crm.imports.undo import words
from crm.imports.undo.trace import Place, Step, Trace, value_of
from crm.imports.undo.verdict import Back
from models.base import db
from models.change import Change
from models.change_log import text_of

#: Fields that cannot go back, with the reason.
Bad = dict[tuple[Place, str], str]
#: Fields that can, by row.
Wanted = dict[Place, list[Back]]


def backs(found: Trace) -> tuple[Bad, Wanted]:
    """Fields that cannot go back, with the reason, and fields that can."""
    bad: Bad = {}
    wanted: Wanted = defaultdict(list)
    by_table: dict[str, list[int]] = defaultdict(list)
    for name, row_id in found.fields:
        by_table[name].append(row_id)
    for name, ids in by_table.items():
        for chunk in state.chunks(sorted(ids)):
            _judge_rows(found, db.metadata.tables[name], chunk, bad, wanted)
    _refuse_impossible(bad, wanted)
    return bad, wanted


def _judge_rows(found: Trace, table: Table, ids: Sequence[int], bad: Bad, wanted: Wanted) -> None:
    names = sorted({name for row_id in ids for name in found.fields[table.name, row_id] if name in table.c})
    query = select(table.c.id, *(table.c[name] for name in names)).where(table.c.id.in_(ids))
    rows = {row[0]: dict(zip(names, row[1:], strict=True)) for row in db.session.execute(query)}
    last = _last_sources(table.name, ids) if found.again else {}
    for row_id in ids:
        place = (table.name, row_id)
        for name, steps in found.fields[place].items():
            if found.again and row_id in rows and name in table.c:
                if rows[row_id][name] == value_of(table.c[name], steps[0].old):
                    continue  # went back the first time
                if last.get((row_id, name)) != "undo":
                    bad[place, name] = words.other_now(table.name, name, text_of(rows[row_id][name]))
                    continue
            if row_id not in rows:
                bad[place, name] = words.GONE_SINCE
            elif name not in table.c:
                bad[place, name] = words.UNKNOWN
            elif rows[row_id][name] != value_of(table.c[name], steps[-1].new):
                bad[place, name] = words.other_now(table.name, name, text_of(rows[row_id][name]))
            else:
                wanted[place].append(_back(table, name, rows[row_id][name], steps))


def _last_sources(name: str, ids: Sequence[int]) -> dict[tuple[int, str | None], str]:
    """Where the present value of each field of these rows came from, as far as the log knows."""
    query = select(Change.row_id, Change.field, Change.source).where(Change.table_name == name, Change.row_id.in_(ids))
    return {(row_id, field): source for row_id, field, source in db.session.execute(query.order_by(Change.id))}


def _back(table: Table, name: str, now: Any, steps: Sequence[Step]) -> Back:
    before = now
    for step in reversed(steps):
        # What others wrote between two writes of this import is what goes back.
        if value_of(table.c[name], step.new) != before:
            break
        before = value_of(table.c[name], step.old)
    return Back(name, now, before)


def _refuse_impossible(bad: Bad, wanted: Wanted) -> None:
    """Values that point at rows gone since, and values that may stand once and stand elsewhere now."""
    asked: dict[tuple[str, str], dict[Any, Place]] = defaultdict(dict)
    for place, found in wanted.items():
        for back in found:
            if back.before is not None:
                asked[place[0], back.field][back.before] = place
    for (table_name, name), values in asked.items():
        table = db.metadata.tables[table_name]
        column = table.c[name]
        for key in column.foreign_keys:
            for value in values.keys() - _existing(key.column, values):
                _refuse(bad, wanted, table_name, name, value, words.POINTS_NOWHERE)
        if column.unique:
            for chunk in state.chunks(sorted(values)):
                for value, row_id in db.session.execute(select(column, table.c.id).where(column.in_(chunk))):
                    if row_id != values[value][1]:
                        _refuse(bad, wanted, table_name, name, value, words.TAKEN)


def _existing(column: Any, values: Iterable[Any]) -> set[Any]:
    found: set[Any] = set()
    for chunk in state.chunks(sorted(values)):
        found |= set(db.session.scalars(select(column).where(column.in_(chunk))))
    return found


def _refuse(bad: Bad, wanted: Wanted, table_name: str, name: str, value: Any, why: str) -> None:
    for place in [place for place in wanted if place[0] == table_name]:
        for back in [back for back in wanted[place] if back.field == name and back.before == value]:
            wanted[place].remove(back)
            bad[place, name] = why
