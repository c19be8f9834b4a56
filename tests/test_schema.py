"""The database that the numbered steps build is the one the models describe."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import CheckConstraint, func, insert, inspect, select

from config import Config
from crm import create_app
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


def test_a_database_in_use_takes_every_step_and_gets_what_a_new_one_begins_with(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'used.sqlite3'}"
    app = create_app(Config(secret_key="test-" * 8, database_url=url, instance=tmp_path, contact_key="test"))
    role = db.metadata.tables["role"]
    with app.app_context():
        upgrade(revision="0001")
        with db.engine.begin() as connection:
            connection.execute(insert(role), [{"name": "officer", "permissions": {"firm.read"}}])
        upgrade()
        assert "issues.view" in db.session.scalars(select(role.c.permissions)).one()
        assert db.session.scalar(select(func.count()).select_from(db.metadata.tables["issue_class"]))
        db.session.remove()
        db.engine.dispose()
