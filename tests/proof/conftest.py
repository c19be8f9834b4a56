"""Databases of their own for proofs: processes are started on them and killed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from crm.demo.generate import Size
from models.base import db
from tests.benchmarks.districts import District, fill
from tests.support.skips import postgres_url

MakeDistrict = Callable[[str, Size], District]


@pytest.fixture
def make_district(tmp_path: Path, worker_name: str) -> Iterator[MakeDistrict]:
    """Makes a migrated database of a kind, with a demo district of a size; dropped afterwards."""
    dropped: list[tuple[str, str]] = []
    made: list[Flask] = []

    def make(kind: str, size: Size) -> District:
        instance = tmp_path / f"instance{len(made)}"
        instance.mkdir()
        url = f"sqlite:///{instance}/proof.sqlite3"
        if kind == "postgresql":
            server = postgres_url()
            if server is None:
                pytest.skip("PostgreSQL: no server answers (set TEST_DATABASE_URL)")
            name = f"tidu_proof_{worker_name}_{len(made)}"
            run_on(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
            dropped.append((server, name))
            url = make_url(server).set(database=name).render_as_string(hide_password=False)
        district = fill(url, instance, size)
        made.append(district.app)
        return district

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()
    for server, name in dropped:
        run_on(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def run_on(server: str, *statements: str) -> None:
    """Run statements outside any transaction."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
