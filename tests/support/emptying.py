"""A database as a new bureau has it, and emptied again after a test."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from models.all import db


def begin() -> None:
    """Seed what every database holds from its first day."""
    from models.seed import seed_defaults

    seed_defaults()
    db.session.commit()


def empty() -> None:
    """Delete every row; numbers begin again at one."""
    db.session.rollback()
    db.session.remove()
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            with unguarded(connection):
                for table in reversed(db.metadata.sorted_tables):
                    connection.execute(table.delete())
            connection.exec_driver_sql("DELETE FROM sqlite_sequence")
        else:
            empty_postgres(connection)


def empty_postgres(connection: Connection) -> None:
    """Delete what a test left. TRUNCATE of every table would take longer than most tests: only the audit trail, whose
    trigger refuses a DELETE, is emptied so. Numbers begin again at one."""
    tables = db.metadata.sorted_tables
    asked = " UNION ALL ".join(
        f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM \"{table.name}\")" for table in tables
    )
    held = set(connection.scalars(text(asked)))
    guarded = [name for name in ("audit_entry", "audit_seal") if name in held]
    if guarded:
        connection.execute(text("TRUNCATE audit_entry, audit_seal RESTART IDENTITY"))
    for table in reversed(tables):
        if table.name in held and table.name not in guarded:
            connection.execute(table.delete())
            if "id" in table.columns:
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), 1, false)"))


@contextmanager
def unguarded(connection: Connection) -> Iterator[None]:
    """Let the audit trail of SQLite be emptied, which its triggers refuse otherwise."""
    if not connection.scalar(text("SELECT EXISTS (SELECT 1 FROM audit_entry)")):
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
