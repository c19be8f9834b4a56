"""Rows as portable text: one JSON list per line, exact, the same from either database."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date, DateTime, LargeBinary, Table, column, insert, select, type_coerce
from sqlalchemy import table as plain_table
from sqlalchemy.types import TypeDecorator, TypeEngine

from models import derived
from models.all import db

#: Rows read or written at a time.
CHUNK = 2000

#: What lives only while processes run: who holds a duty, who is signed in.
PASSING = frozenset({"worker_lease", "user_session"})


def kept_tables() -> list[Table]:
    """The tables of an archive, parents before children."""
    left_out = derived.tables() | PASSING
    return [table for table in db.metadata.sorted_tables if table.name not in left_out]


def stored_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """What the database itself keeps of a column: whole 分 of an amount, naive UTC of a moment."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def dump(connection: Connection, table: Table) -> Iterator[bytes]:
    """The table as lines: the names of its columns, then each row, in the order of its key. Memory stays small."""
    types = [stored_type(each.type) for each in table.columns]
    to_text = [_writer(kind) for kind in types]
    yield _line([each.name for each in table.columns])
    columns = [type_coerce(each, kind) for each, kind in zip(table.columns, types, strict=True)]
    query = select(*columns).order_by(*table.primary_key.columns).execution_options(yield_per=CHUNK)
    for row in connection.execute(query):
        yield _line([value if write is None else write(value) for write, value in zip(to_text, row, strict=True)])


def load(connection: Connection, table: Table, lines: Iterator[bytes]) -> int:
    """Write the lines of `dump` into the empty table and return how many rows that was.

    Raises ValueError when the columns are not those of the table.
    """
    names = json.loads(next(lines))
    if names != [each.name for each in table.columns]:
        raise ValueError(f"columns of {table.name} differ")
    types = [stored_type(each.type) for each in table.columns]
    target = plain_table(table.name, *(column(name, kind) for name, kind in zip(names, types, strict=True)))
    from_text = [_reader(kind) for kind in types]
    count, rows = 0, []
    for line in lines:
        values = json.loads(line)
        rows.append(
            {
                name: value if read is None or value is None else read(value)
                for name, read, value in zip(names, from_text, values, strict=True)
            }
        )
        if len(rows) == CHUNK:
            connection.execute(insert(target), rows)
            count, rows = count + len(rows), []
    if rows:
        connection.execute(insert(target), rows)
    return count + len(rows)


def _line(values: Sequence[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _writer(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """How a value of this type becomes JSON; None when it is JSON already."""
    if isinstance(kind, Date | DateTime):
        return lambda value: None if value is None else value.isoformat()
    if isinstance(kind, LargeBinary):
        return lambda value: None if value is None else base64.b64encode(value).decode()
    return None


def _reader(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    if isinstance(kind, DateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    return None
