"""What one import did, found again from the change log and from the rows that point at its rows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    Select,
    String,
    Table,
    or_,
    select,
)

from crm.imports import state
from crm.imports.undo.decisions import forgotten
from crm.imports.undo.history import History, Step, still_there
from models.base import Moment, Money, Words, db
from models.change import Change
from models.importing import ImportRow, ImportRun

#: A row: table and number.
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """A row without a number that the import made, known by the two columns of its key."""

    table: str
    first: int
    column: str
    second: int
    firm_id: int | None
    #: The import that made it.
    run_id: int


@dataclass(slots=True)
class Trace:
    """All that an import did, and what is left of imports undone before: what was built on the one may be all that kept
    the other."""

    run: ImportRun
    #: Selects the numbers of the import rows whose doing this is: all of these imports, or some of one.
    rows: Select[Any]
    #: The imports that are undone, this one and those before.
    undone: frozenset[int]
    #: Only these rows of the import, where not all are undone.
    only: frozenset[int] | None = None
    #: Row → field → the imports that wrote there.
    fields: dict[Place, dict[str, set[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    history: History = field(default_factory=History)
    #: Row → the firm whose timeline tells of it.
    firms: dict[Place, int | None] = field(default_factory=dict)
    #: Table → rows made → their firm, and the import that made them.
    made: dict[str, dict[int, int | None]] = field(default_factory=lambda: defaultdict(dict))
    makers: dict[Place, int] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    #: Rows without a number that the import took away.
    lost: list[Pair] = field(default_factory=list)
    #: Spellings whose remembered decision rests on this import alone.
    decisions: set[str] = field(default_factory=set)
    #: Rows an import took away, and the import: nothing is known of them any more.
    gone: list[tuple[Place, int]] = field(default_factory=list)

    def has_made(self, table: str, row_id: int | None) -> bool:
        """Whether the import made this row."""
        return row_id is not None and row_id in self.made.get(table, ())

    def undoes(self, step: Step) -> bool:
        """Whether this is a statement of what is undone."""
        if self.only is not None:
            return step.source == "import" and step.source_id in self.only
        return step.run_id in self.undone


def trace(run: ImportRun, earlier: Iterable[int] = (), *, row_ids: Sequence[int] | None = None) -> Trace:
    """Read what an import did, or only some of its rows, and what stands yet of these imports undone earlier: one
    statement for the log, one for each table that points at import rows. What people decided about names is left out
    for some rows: who takes a decision back knows it."""
    if row_ids is None:
        rows, decisions = select(ImportRow.id).where(ImportRow.import_id.in_([run.id, *earlier])), forgotten(run)
        before = db.session.scalars(select(ImportRun.id).where(ImportRun.state == "undone"))
        found = Trace(run, rows, frozenset({run.id, *before}), decisions=decisions)
    else:
        rows = select(ImportRow.id).where(ImportRow.id.in_(row_ids))
        found = Trace(run, rows, frozenset({run.id}), frozenset(row_ids))
    columns = (Change.act, Change.table_name, Change.row_id, Change.firm_id, Change.field, Change.old, Change.new)
    written = select(ImportRow.import_id, *columns).join(ImportRow, ImportRow.id == Change.source_id)
    written = written.where(Change.source == "import", Change.source_id.in_(rows))
    written = written.where(or_(Change.act == "deleted", Change.field.is_not(None), still_there()))
    written = written.where(or_(Change.act != "updated", still_there()))
    for entry in db.session.execute(written.order_by(Change.id)):
        _add(found, *entry)
    for table in pointing():
        owner = table.c.id if table.name == "firm" else table.c.get("firm_id", table.c.id)
        made = select(table.c.id, owner, ImportRow.import_id).join(ImportRow, ImportRow.id == table.c.import_row_id)
        for row_id, firm_id, run_id in db.session.execute(
            made.where(table.c.import_row_id.in_(rows)).order_by(table.c.id)
        ):
            found.made[table.name][row_id] = firm_id if "firm_id" in table.c or table.name == "firm" else None
            found.makers[table.name, row_id] = run_id
    for table_name in [name for name, rows in found.made.items() if rows]:
        _forget_gone(found.made[table_name], db.metadata.tables[table_name])
    return found


def _add(
    found: Trace,
    run_id: int,
    act: str,
    table: str,
    row_id: int,
    firm_id: int | None,
    name: str | None,
    old: str | None,
    new: str | None,
) -> None:
    if table not in db.metadata.tables:
        return
    if act == "created" and name is not None and new is not None:
        found.pairs.append(Pair(table, row_id, name, int(new), firm_id, run_id))
    elif act == "created":
        found.made[table][row_id] = firm_id
        found.makers[table, row_id] = run_id
    elif act == "deleted" and name is not None and old is not None:
        found.lost.append(Pair(table, row_id, name, int(old), firm_id, run_id))
    elif act == "deleted":
        found.gone.append(((table, row_id), run_id))
    elif name is not None:
        found.fields[table, row_id][name].add(run_id)
        found.firms[table, row_id] = firm_id


def _forget_gone(made: dict[int, int | None], table: Table) -> None:
    """Rows that the log says were made and that somebody took away since are no matter any more."""
    if "import_row_id" in table.c:
        return
    there: set[int] = set()
    for chunk in state.chunks(sorted(made)):
        there |= set(db.session.scalars(select(table.c.id).where(table.c.id.in_(chunk))))
    for row_id in made.keys() - there:
        del made[row_id]


def pointing() -> Iterator[Table]:
    """The tables whose rows point at the import row that made them."""
    for table in db.metadata.sorted_tables:
        if "import_row_id" in table.c and "id" in table.c:
            yield table


#: Type of a column and how its text is read back; the first that fits.
READERS: tuple[tuple[type[Any], Callable[[str], Any]], ...] = (
    (Money, Decimal),
    (Moment, datetime.fromisoformat),
    (Words, lambda text: frozenset(text.split())),
    (Boolean, lambda text: text == "1"),
    (Date, date.fromisoformat),
    (Integer, int),
    (Float, float),
    (String, str),
)


def value_of(column: Column[Any], text: str | None) -> Any:
    """The value that the log wrote down as this text (models.change_log.text_of), exactly."""
    if text is None:
        return None
    for kind, read in READERS:
        if isinstance(column.type, kind):
            return read(text)
    raise TypeError(f"{column} cannot be read back from the log")
