"""Runs the numbered schema steps on either database."""

from alembic import context
from flask import current_app
from sqlalchemy import text

target = current_app.extensions["migrate"].db


def run() -> None:
    """Upgrade over one connection. SQLite keeps foreign keys off meanwhile: a batch change of a parent table would
    otherwise delete its children; they are checked when the steps are done."""
    with target.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=target.metadata,
            render_as_batch=True,
            compare_type=True,
            include_object=_ours,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite:
            broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
            if broken:
                raise RuntimeError(f"foreign keys broken after migration: {broken[:5]}")
            connection.commit()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _ours(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Hand-made search tables and indexes are not part of the models."""
    return not (reflected and other is None and name is not None and ("_fts" in name or name.endswith("_grams")))


run()
