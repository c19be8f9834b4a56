"""Many rows into one table, or out of it, at once: COPY and arrays on PostgreSQL, one prepared statement on SQLite,
without a compiled set of parameters for each row. Within the transaction of the session; the caller commits."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, TableClause, delete, func
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from models.base import array_of, db


def put(table: TableClause, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows that give the values of these columns in this order. Columns that are left out take the default that
    the database knows."""
    if not rows:
        return
    db.session.flush()
    connection = db.session.connection()
    readers = [_reader(table, name, connection.dialect) for name in names]
    if any(readers):
        columns: list[Any] = list(zip(*rows, strict=True))
        for place, read in enumerate(readers):
            if read is not None:
                columns[place] = map(read, columns[place])
        rows = list(zip(*columns, strict=True))
    quoted = connection.dialect.identifier_preparer.quote
    into = f"{quoted(table.name)} ({', '.join(map(quoted, names))})"
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {into} FROM STDIN", rows)
        return
    marks = ", ".join("?" * len(names))
    connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({marks})", list(map(tuple, rows)))  # noqa: S608


def _copy(connection: Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    dbapi = connection.dialect.loaded_dbapi
    try:
        with (
            connection.connection.driver_connection.cursor() as cursor,  # type: ignore[union-attr]
            cursor.copy(statement) as copy,
        ):
            for row in rows:
                copy.write_row(row)
    except dbapi.Error as error:
        # As any other statement says it.
        raise DBAPIError.instance(statement, None, error, dbapi.Error, dialect=connection.dialect) from error


def put_dicts(table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name their values, the same ones each; defaults that only Python knows are filled in."""
    if not rows:
        return
    names = list(rows[0])
    values = list(map(itemgetter(*names), rows)) if len(names) > 1 else [(row[names[0]],) for row in rows]
    for column in table.columns:
        default = column.default
        if column.name in rows[0] or default is None:
            continue
        if isinstance(default, ScalarElementColumnDefault):
            values = [(*row, default.arg) for row in values]
        else:
            assert isinstance(default, CallableColumnDefault), f"{table.name}.{column.name}"
            make: Callable[[Any], Any] = default.arg
            values = [(*row, make(None)) for row in values]
        names.append(column.name)
    put(table, names, values)


def take(table: TableClause, names: Sequence[str], keys: Sequence[Sequence[Any]]) -> None:
    """Delete the rows that have these values (numbers, days, identifiers) in these columns; none may be empty."""
    if not keys:
        return
    db.session.flush()
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        columns = zip(names, zip(*keys, strict=True), strict=True)
        listed = [array_of(values, table.c[name].type) for name, values in columns]
        gone = func.unnest(*listed).table_valued(*names, name="gone").render_derived()
        connection.execute(delete(table).where(*(table.c[name] == gone.c[name] for name in names)))
        return
    quoted = connection.dialect.identifier_preparer.quote
    readers = [_reader(table, name, connection.dialect) or _as_it_is for name in names]
    marks = " AND ".join(f"{quoted(name)} = ?" for name in names)
    rows = [tuple(read(value) for read, value in zip(readers, key, strict=True)) for key in keys]
    connection.exec_driver_sql(f"DELETE FROM {quoted(table.name)} WHERE {marks}", rows)  # noqa: S608


def _as_it_is(value: Any) -> Any:
    return value


def _reader(table: TableClause, name: str, dialect: Dialect) -> Callable[[Any], Any] | None:
    """What turns a value into what the driver takes; None where it takes it as it is. Days, moments and the like repeat
    by the thousand in one column: each is turned once."""
    turn = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    if turn is None:
        return None
    known: dict[Any, Any] = {}
    if not table.c[name].type.hashable:
        return turn

    def read(value: Any) -> Any:
        if value not in known:
            known[value] = turn(value)
        return known[value]

    return read
