"""What undoing an import would do: which fields go back, which rows go away, and what stays, with the reason."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, select

from crm.imports import state
from crm.imports.titles.giving import SETTLED
from crm.imports.undo import applications, groups, history, sources, words
from crm.imports.undo.history import Step
from crm.imports.undo.trace import Pair, Place, Trace
from crm.imports.undo.verdict import DATED, Kept, Verdict
from models import derived
from models.base import db
from models.change import Change
from models.change_log import SECRET
from models.importing import ImportRun

#: Rows of these are part of the row they point at and go with it.
PARTS = frozenset({"user_role", "user_area", "recovery_code"})
#: The record of imports itself points at nothing that would be in the way.
RECORDS = frozenset({"import_row", "import_problem"})


def judge(found: Trace) -> Verdict:
    """Say what undoing would do; reads, writes nothing."""
    verdict = Verdict(found, remove={table: set(rows) for table, rows in found.made.items()})
    reasons: dict[Place, str] = {}
    for table in list(verdict.remove):
        _note(reasons, table, _changed(found, db.metadata.tables[table]))
    for table in list(verdict.remove):
        for child, column in _pointing_at(table):
            _note(reasons, table, _leaning(found, table, child, column))
    _keep(verdict, reasons)
    groups.settle(verdict, lambda rows: _keep(verdict, rows))
    _keep(verdict, dict(applications.moves_in_the_way(verdict)))
    sources.settle_titles(verdict)
    _drop_pairs(verdict)
    verdict.kept += [Kept(*place, words.GONE, run_id) for place, run_id in found.gone]
    firms = {(one.id, one.run_id) for one in verdict.kept if one.table == "firm"}
    # What goes with a firm that is named need not be named beside it.
    verdict.kept = [
        one
        for one in dict.fromkeys(verdict.kept)
        if one.table not in DATED or (verdict.firm_of((one.table, one.id)), one.run_id) not in firms
    ]
    return verdict


def _note(reasons: dict[Place, str], table: str, found: Iterable[tuple[int, str]]) -> None:
    for row_id, reason in found:
        reasons.setdefault((table, row_id), reason)


# Rows made


def _changed(found: Trace, table: Table) -> Iterator[tuple[int, str]]:
    """Rows made that differ now, by others, from what the import made of them."""
    if not found.made[table.name]:
        return
    for row_id, said in _said_of(found, table).items():
        for name, steps in said.items():
            # What other imports say of a title stands in rows of its own, which are in the way while they are there.
            ours = table.name == "title" and name in SETTLED
            others = [
                step for step in steps if not (found.undoes(step) or (ours and step.source in ("import", "undo")))
            ]
            # A sealed value is never written down, so nobody can tell whether it is the same again.
            if others and (others[0].old != others[-1].new or name in SECRET):
                yield row_id, words.changed(table.name, others[-1])
    if table.name == "user":
        for chunk in state.chunks(sorted(found.made["user"])):
            used = select(table.c.id).where(table.c.id.in_(chunk), table.c.last_seen_at.is_not(None))
            for row_id in db.session.scalars(used.order_by(table.c.id)):
                yield row_id, words.SIGNED_IN


def _said_of(found: Trace, table: Table) -> dict[int, dict[str, list[Step]]]:
    """What stands about the rows made: row → field → statements."""
    query = history.of_rows().where(Change.table_name == table.name, history.still_there())
    if "import_row_id" in table.c:
        return history.settled(
            query.join(table, table.c.id == Change.row_id).where(table.c.import_row_id.in_(found.rows))
        )
    return history.settled(query.where(Change.row_id.in_(sorted(found.made[table.name]))))


def _pointing_at(name: str) -> Iterator[tuple[Table, str]]:
    """Tables and columns that point at rows of a table, where a row pointing there is in the way."""
    beside = derived.tables() | RECORDS | PARTS
    for table in db.metadata.sorted_tables:
        if table.name not in beside:
            for column in table.columns:
                if any(key.column.table.name == name for key in column.foreign_keys):
                    yield table, column.name


def _leaning(found: Trace, table: str, child: Table, column: str) -> Iterator[tuple[int, str]]:
    """Rows made that rows of others point at."""
    made = found.made[table]
    if not made:
        return
    parent = db.metadata.tables[table]
    query = select(child.c[column], *child.primary_key.columns)
    if child.name == "match_decision":
        query = query.add_columns(child.c.match_key)
    if "import_row_id" in parent.c:
        points = parent.alias("parent")
        query = query.join(points, points.c.id == child.c[column]).where(points.c.import_row_id.in_(found.rows))
        if "import_row_id" in child.c:
            query = query.where(child.c.import_row_id.is_(None) | child.c.import_row_id.not_in(found.rows))
    else:
        query = query.where(child.c[column].in_(sorted(made)))
    pairs = {(pair.first, pair.second) for pair in found.pairs if pair.table == child.name}
    for parent_id, *key in db.session.execute(query):
        own = found.has_made(child.name, key[0]) if "id" in child.c else tuple(key) in pairs
        decided = child.name == "match_decision" and key[-1] in found.decisions
        if parent_id in made and not own and not decided:
            yield parent_id, words.leaned_on(child.name)


def _keep(verdict: Verdict, reasons: Mapping[Place, str]) -> None:
    """Take these rows from those that go, and with each what it cannot be without."""
    waiting = dict(reasons)
    while waiting:
        new: dict[str, list[int]] = defaultdict(list)
        for (table, row_id), reason in waiting.items():
            if verdict.goes(table, row_id):
                verdict.keep(table, row_id, reason)
                new[table].append(row_id)
        waiting = {}
        for table, ids in new.items():
            waiting |= dict.fromkeys(_parents(verdict, table, ids), words.NEEDED)
            if table == "firm":
                waiting |= dict.fromkeys(_dated(verdict, ids), words.OF_FIRM)


def _parents(verdict: Verdict, name: str, ids: Sequence[int]) -> Iterator[Place]:
    """Rows that go which rows that stay point at."""
    table = db.metadata.tables[name]
    keys = [(column, key.column.table.name) for column in table.columns for key in column.foreign_keys]
    wanted = [(column, parent) for column, parent in keys if verdict.remove.get(parent)]
    if not wanted:
        return
    for chunk in state.chunks(ids):
        for values in db.session.execute(select(*(column for column, _ in wanted)).where(table.c.id.in_(chunk))):
            for (_, parent), value in zip(wanted, values, strict=True):
                if verdict.goes(parent, value):
                    yield parent, value


def _dated(verdict: Verdict, firm_ids: Sequence[int]) -> Iterator[Place]:
    """The entries of dated tables that a firm which stays cannot be without: its columns repeat them."""
    wanted = set(firm_ids)
    for table in DATED:
        for row_id in verdict.remove.get(table, ()):
            if verdict.trace.made[table][row_id] in wanted:
                yield table, row_id


def _drop_pairs(verdict: Verdict) -> None:
    """Rows without a number go unless they were taken away since, and come back unless somebody brought them. Rights
    that a list gave or took stay with whoever keeps them."""
    found = verdict.trace
    made = {one.id for one in verdict.kept if one.table == "user"} | verdict.remove.get("user", set())
    for pair in (*found.pairs, *found.lost):
        if pair.table == "user_role" and pair.first not in made:
            verdict.kept.append(Kept("user", pair.first, words.ROLES, pair.run_id))
    # Those of imports undone before went then; who brought them since meant it.
    now = found.run.id
    found.pairs = [pair for pair in found.pairs if pair.run_id == now and pair.table != "user_role" and _is_there(pair)]
    found.lost = [
        pair
        for pair in found.lost
        if pair.run_id == now and pair.table != "user_role" and not _is_there(pair) and _may_be(pair)
    ]


def _is_there(pair: Pair) -> bool:
    table = db.metadata.tables[pair.table]
    first = next(iter(table.primary_key.columns))
    there = select(first).where(first == pair.first, table.c[pair.column] == pair.second)
    return db.session.scalar(there) is not None


def _may_be(pair: Pair) -> bool:
    """Whether both rows that a pair joins are still there."""
    table = db.metadata.tables[pair.table]
    values = {next(iter(table.primary_key.columns)).name: pair.first, pair.column: pair.second}
    keys = [(key.column, value) for name, value in values.items() for key in table.c[name].foreign_keys]
    return all(db.session.scalar(select(column).where(column == value)) is not None for column, value in keys)


def report(run: ImportRun, verdict: Verdict) -> dict[str, Any]:
    """The answer of `imports undo` (contracts.md), of one of the imports that the verdict is about."""
    counts = {"restored": verdict.restored(run.id), "removed": verdict.removed(run.id)}
    return {"id": run.id, **counts, "kept": verdict.kept_of(run.id)}
