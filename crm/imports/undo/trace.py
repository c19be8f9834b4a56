"""What one import did, found again from the change log and from the rows that point at its rows."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Float,
    Integer,
    Select,
    String,
    Table,
    and_,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from crm.imports import state
from crm.imports.undo.decisions import forgotten
from models.base import Moment, Money, Words, db
from models.change import Change
from models.importing import ImportRow, ImportRun

#: A row: table and number.
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the log: a field of a row went from old to new, as text."""

    id: int
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A row without a number that the import made, known by the two columns of its key."""

    table: str
    first: int
    column: str
    second: int
    firm_id: int | None


@dataclass(slots=True)
class Trace:
    """All that an import did."""

    run: ImportRun
    #: Selects the numbers of the import rows whose doing this is: all of the import, or some.
    rows: Select[Any]
    #: It was undone before, and something that was in the way then may be out of it now.
    again: bool = False
    #: Row → field → what the import wrote there, oldest first.
    fields: dict[Place, dict[str, list[Step]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    #: Row → the firm whose timeline tells of it.
    firms: dict[Place, int | None] = field(default_factory=dict)
    #: Table → rows made → their firm.
    made: dict[str, dict[int, int | None]] = field(default_factory=lambda: defaultdict(dict))
    pairs: list[Pair] = field(default_factory=list)
    #: Rows without a number that the import took away.
    lost: list[Pair] = field(default_factory=list)
    #: Spellings whose remembered decision rests on this import alone.
    decisions: set[str] = field(default_factory=set)
    #: Rows the import took away: nothing is known of them any more.
    gone: list[Place] = field(default_factory=list)

    def has_made(self, table: str, row_id: int | None) -> bool:
        """Whether the import made this row."""
        return row_id is not None and row_id in self.made.get(table, ())


def rows_of(run: ImportRun) -> Select[Any]:
    """Select the numbers of the rows of an import."""
    return select(ImportRow.id).where(ImportRow.import_id == run.id)


def trace(run: ImportRun, *, again: bool = False, row_ids: Sequence[int] | None = None) -> Trace:
    """Read what an import did, or only some of its rows: one statement for the log, one for each table that points at
    import rows. What people decided about names is left out for some rows: who takes a decision back knows it."""
    if row_ids is None:
        rows, decisions = rows_of(run), forgotten(run)
    else:
        rows, decisions = select(ImportRow.id).where(ImportRow.id.in_(row_ids)), set()
    found = Trace(run, rows, again, decisions=decisions)
    columns = (Change.id, Change.act, Change.table_name, Change.row_id, Change.firm_id, Change.field, Change.old)
    written = select(*columns, Change.new).where(Change.source == "import", Change.source_id.in_(rows))
    written = written.where(or_(Change.act != "updated", still_there()))
    for entry in db.session.execute(written.order_by(Change.id)):
        _add(found, *entry)
    for table in pointing():
        owner = table.c.id if table.name == "firm" else table.c.get("firm_id", table.c.id)
        for row_id, firm_id in db.session.execute(
            select(table.c.id, owner).where(table.c.import_row_id.in_(rows)).order_by(table.c.id)
        ):
            found.made[table.name][row_id] = firm_id if "firm_id" in table.c or table.name == "firm" else None
    for table_name in [name for name, rows in found.made.items() if rows]:
        _forget_gone(found.made[table_name], db.metadata.tables[table_name])
    # A field of a row that goes away with the import needs no restoring.
    for place in [place for place in found.fields if found.has_made(*place)]:
        del found.fields[place], found.firms[place]
    return found


def _add(
    found: Trace,
    entry_id: int,
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
        found.pairs.append(Pair(table, row_id, name, int(new), firm_id))
    elif act == "created":
        found.made[table][row_id] = firm_id
    elif act == "deleted" and name is not None and old is not None:
        found.lost.append(Pair(table, row_id, name, int(old), firm_id))
    elif act == "deleted":
        found.gone.append((table, row_id))
    elif name is not None:
        found.fields[table, row_id][name].append(Step(entry_id, old, new))
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


def still_there() -> ColumnElement[bool]:
    """The condition that an entry is about the row that bears its number now: SQLite gives the numbers of rows that
    went away to later ones, and nothing the log says of the first is about the second."""
    gone = aliased(Change)
    later = and_(gone.table_name == Change.table_name, gone.row_id == Change.row_id, gone.id > Change.id)
    return ~exists().where(later, gone.act == "deleted", gone.field.is_(None))


def changes_since(table: Table, found: Trace) -> Iterator[tuple[int, Any]]:
    """Row and entry of the log for every change that others made to rows of a table that the import made."""
    ours = and_(Change.source == "import", Change.source_id.in_(found.rows))
    others = select(Change).where(Change.table_name == table.name, Change.act == "updated", ~ours, still_there())
    if "import_row_id" in table.c:
        joined = others.join(table, table.c.id == Change.row_id).where(table.c.import_row_id.in_(found.rows))
    else:
        joined = others.where(Change.row_id.in_(sorted(found.made[table.name])))
    for entry in db.session.scalars(joined.order_by(Change.id)):
        yield entry.row_id, entry


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
