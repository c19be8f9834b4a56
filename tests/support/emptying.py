"""A database as a new bureau has it on its first day, and brought back to that day for each test.

What a bureau begins with is seeded once per database and kept as plain rows: seeding by the models before every test
took a tenth of a second, thousands of times. Coming back deletes what a test left, and puts the kept rows back where
they are not the same any more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, text

from models.all import db

AUDIT = frozenset({"audit_entry", "audit_seal"})


@dataclass(frozen=True, slots=True)
class FirstDay:
    """What one database held when it was new, by table: its rows, how to know them again, the last number given out."""

    rows: dict[str, Any]
    marks: dict[str, Any]
    numbers: dict[str, int | None]


NOTHING = FirstDay({}, {}, {})
#: By address of the database.
_first_days: dict[str, FirstDay] = {}


def begin() -> None:
    """Bring the database to its first day, whatever is in it; the first time, seed it and remember what it holds."""
    leave()
    address = db.engine.url.render_as_string(hide_password=False)
    if address not in _first_days:
        empty()
        _first_days[address] = _seeded()
    else:
        _go_back(_first_days[address])


def leave() -> None:
    """Let go of what the session holds, as at the end of a request that failed."""
    db.session.rollback()
    db.session.remove()


def empty() -> None:
    """Delete every row; numbers begin again at one."""
    leave()
    _go_back(NOTHING)


def _seeded() -> FirstDay:
    from models.seed import seed_defaults

    seed_defaults()
    db.session.commit()
    with db.engine.begin() as connection:
        side = _side(connection)
        names = frozenset(side.held(frozenset()))
        return FirstDay({name: side.rows(name) for name in names}, side.held(names), side.numbers())


def _go_back(day: FirstDay) -> None:
    """Delete what is not of that day, children first, and put back what is missing, parents first."""
    with db.engine.begin() as connection:
        side = _side(connection)
        held = side.held(frozenset(day.rows))
        changed = {name for name in {*held, *day.rows} if held.get(name) != day.marks.get(name, "")}
        for name, named in _names_in_order():
            if name in day.rows and named & changed:
                changed.add(name)  # its rows name rows that are taken away for a moment
        order = [name for name, _ in _names_in_order() if name in changed]
        side.delete([name for name in reversed(order) if name in held])
        for name in order:
            if name in day.rows:
                side.put(name, day.rows[name])
        side.count_on(day.numbers)


@cache
def _names_in_order() -> list[tuple[str, set[str]]]:
    """Each table after the tables that its rows name, with these."""
    return [
        (table.name, {key.column.table.name for key in table.foreign_keys} - {table.name})
        for table in db.metadata.sorted_tables
    ]


@cache
def _asked(whole: frozenset[str]) -> str:
    """The question which tables hold a row, but for some."""
    names = [name for name, _ in _names_in_order() if name not in whole]
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)


class _Sqlite:
    """Plain statements on the driver's own connection: what SQLAlchemy adds costs more than the statements."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.cursor = connection.connection.cursor()
        self.cursor.execute("BEGIN")
        self.cursor.execute("PRAGMA defer_foreign_keys=ON")

    def held(self, whole: frozenset[str]) -> dict[str, Any]:
        """The tables that hold a row, and by what to know their rows again where they are asked for as a whole."""
        held: dict[str, Any] = {name: "some" for (name,) in self.cursor.execute(_asked(whole)).fetchall()}
        return held | {name: rows for name in whole if (rows := self.rows(name))}

    def rows(self, name: str) -> list[tuple[Any, ...]]:
        """All rows, as the driver gives them."""
        return list(self.cursor.execute(f'SELECT * FROM "{name}"').fetchall())

    def delete(self, names: list[str]) -> None:
        """Delete all rows of these tables, of the audit trail too."""
        with unguarded(self.connection):
            for name in names:
                self.cursor.execute(f'DELETE FROM "{name}"')

    def put(self, name: str, rows: list[tuple[Any, ...]]) -> None:
        """Put rows into an empty table."""
        self.cursor.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(rows[0]))})', rows)

    def numbers(self) -> dict[str, int | None]:
        """The last number given out in each table that counts."""
        return dict(self.cursor.execute("SELECT name, seq FROM sqlite_sequence").fetchall())

    def count_on(self, numbers: dict[str, int | None]) -> None:
        """Give out the numbers after these next; one where there is none."""
        if self.numbers() != numbers:
            self.cursor.execute("DELETE FROM sqlite_sequence")
            self.cursor.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", list(numbers.items()))


class _Postgres:
    """The same in few journeys to the server."""

    def __init__(self, connection: Connection) -> None:
        self.cursor = connection.connection.cursor()

    def held(self, whole: frozenset[str]) -> dict[str, Any]:
        """The tables that hold a row, and by what to know their rows again where they are asked for as a whole."""
        self.cursor.execute(_asked_postgres(whole))
        return {name: mark for name, mark in self.cursor.fetchall() if mark}

    def rows(self, name: str) -> bytes:
        """All rows, as the server writes them down."""
        with self.cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
            return b"".join(map(bytes, copy))

    def delete(self, names: list[str]) -> None:
        """Delete all rows of these tables. TRUNCATE takes longer than most tests: only the audit trail, whose trigger
        refuses a DELETE, is emptied so."""
        said = [f'DELETE FROM "{name}"' for name in names if name not in AUDIT]
        if AUDIT & set(names):
            said.append(f"TRUNCATE {', '.join(sorted(AUDIT))}")
        if said:
            self.cursor.execute("; ".join(said))

    def put(self, name: str, rows: bytes) -> None:
        """Put rows into an empty table."""
        with self.cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
            copy.write(rows)

    def numbers(self) -> dict[str, int | None]:
        """The last number given out in each table that counts."""
        self.cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()")
        return dict(self.cursor.fetchall())

    def count_on(self, numbers: dict[str, int | None]) -> None:
        """Give out the numbers after these next; one where there is none."""
        wrong = [name for name, last in self.numbers().items() if last != numbers.get(name)]
        if wrong:
            said = [(name, numbers.get(name)) for name in wrong]
            counts = ", ".join(
                f"setval('\"{name}\"', {last or 1}, {str(last is not None).lower()})" for name, last in said
            )
            self.cursor.execute(f"SELECT {counts}")


@cache
def _asked_postgres(whole: frozenset[str]) -> str:
    marks = [f"SELECT '{name}', md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM \"{name}\" t" for name in whole]
    others = _asked(whole).replace("' WHERE EXISTS", "', 'some' WHERE EXISTS")
    return " UNION ALL ".join([*marks, others])


def _side(connection: Connection) -> _Sqlite | _Postgres:
    return _Sqlite(connection) if connection.dialect.name == "sqlite" else _Postgres(connection)


@contextmanager
def unguarded(connection: Connection) -> Iterator[None]:
    """Let the audit trail of SQLite be emptied, which its triggers refuse otherwise."""
    if not connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM audit_entry)").scalar():
        yield
        return
    guards = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%' ORDER BY name")
    ).all()
    for name, _ in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, statement in guards:
        connection.exec_driver_sql(statement)
