"""Fixtures every test shares: one application per database and worker, as on its first day for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from config import Config
from crm import create_app
from models.all import db
from tests.support import laws, skips
from tests.support.browser import Browser
from tests.support.emptying import begin, leave

laws.begin()
pytest_plugins = ["tests.support.skips", "tests.support.chromium"]


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """A name no other running test process has."""
    return f"{getattr(request.config, 'workerinput', {}).get('workerid', 'gw')}_{os.getpid()}"


@pytest.fixture(scope="session")
def postgres_database(worker_name: str) -> Iterator[str]:
    """A PostgreSQL database of this worker's own, dropped at the end; skips when no server answers."""
    server = skips.postgres_url()
    if server is None:
        pytest.skip(skips.missing()["postgres"])
    name = f"tidu_test_{worker_name}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
        # Nobody needs what a test wrote after a power cut; waiting for the disk took most of the time.
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


def make_app(database_url: str, instance: Path) -> Flask:
    """An application on a freshly migrated database."""
    config = Config(
        secret_key="test-" * 8,
        database_url=database_url,
        instance=instance,
        testing=True,
        contact_key="test-contact-key",
        extra={
            "WTF_CSRF_ENABLED": False,
            "SECURITY_PASSWORD_SALT": "salt",
            # A real hash costs a tenth of a second; one test asks for it.
            "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {"argon2__rounds": 1, "argon2__memory_cost": 256},
        },
    )
    app = create_app(config)
    with app.app_context():
        from flask_migrate import upgrade

        upgrade()
        db.session.remove()
    return app


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on SQLite, for tests that one database is enough for."""
    folder = tmp_path_factory.mktemp("instance")
    app = make_app(f"sqlite:///{folder / 'test.sqlite3'}", folder)
    remember(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def any_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on each database in turn."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_app")
        return
    app = make_app(request.getfixturevalue("postgres_database"), tmp_path_factory.mktemp("instance"))
    remember(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(any_app: Flask) -> Iterator[Flask]:
    """An application context on an empty database; runs the test on SQLite and on PostgreSQL."""
    yield from emptied(any_app)


@pytest.fixture
def lite_app(sqlite_app: Flask) -> Iterator[Flask]:
    """An application context on an empty SQLite database only: pages, browser, command line."""
    yield from emptied(sqlite_app)


def remember(app: Flask) -> None:
    """Seed the first day before any test has stopped the clock."""
    with app.app_context():
        begin()


def emptied(app: Flask) -> Iterator[Flask]:
    """Run with the rows a new bureau begins with, whatever ran before."""
    with app.app_context():
        begin()
        yield app
        leave()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Opens pages as a person does, without a network, on both databases."""
    return Browser(app)


@pytest.fixture
def lite_browser(lite_app: Flask) -> Browser:
    """Opens pages as a person does, on SQLite only."""
    return Browser(lite_app)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real lists; skips when it is not there."""
    folder = skips.shared_folder()
    if folder is None:
        pytest.skip(skips.missing()["shared"])
    return folder / "data"
