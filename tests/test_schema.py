"""The database that the numbered steps build is the one the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import CheckConstraint, inspect

from models.all import db


def test_the_migrated_database_equals_the_models(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": False,
                "include_object": lambda item, name, kind, reflected, other: (
                    not (
                        reflected and other is None and name is not None and ("_fts" in name or name.endswith("_grams"))
                    )
                ),
            },
        )
        assert compare_metadata(context, db.metadata) == []


def test_every_check_of_the_models_is_in_the_database(app: Flask) -> None:
    found = {
        table: {check["name"] for check in inspect(db.engine).get_check_constraints(table)}
        for table in db.metadata.tables
    }
    missing = [
        f"{name}.{check.name}"
        for name, table in db.metadata.tables.items()
        for check in table.constraints
        if isinstance(check, CheckConstraint) and check.name not in found[name]
    ]
    assert missing == []
