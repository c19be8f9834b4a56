"""The whole district, full size, from SQLite into PostgreSQL and back: equal row by row, and whole."""

import json
import zipfile
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from crm.backup.make import MANIFEST, backup
from crm.backup.restore import restore
from crm.demo.generate import Size
from models import clock, file, integrity
from models.base import db
from models.file import StoredFile
from tests.benchmarks.districts import District
from tests.proof.conftest import MakeDistrict

FULL = Size(150_000, 30_000, 60_000)
EMPTY = Size(0, 0, 0)
FILES = 200

pytestmark = pytest.mark.proof


def manifest(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as bundle:
        found: dict[str, Any] = json.loads(bundle.read(MANIFEST))
    return found


def add_files(made: District) -> None:
    with made.app.app_context():
        for number in range(FILES):
            data = f"第 {number} 份".encode() * 1000
            file.store(
                data, f"{number}.csv", "text/csv", owner_table="import_run", at=clock.now(), sealed=number % 2 == 0
            )
        db.session.commit()
        db.session.remove()


def archive(made: District, folder: Path) -> tuple[Path, float]:
    begun = perf_counter()
    with made.app.app_context():
        path = backup(folder, clock.now()).path
        db.session.remove()
    return path, perf_counter() - begun


def fill_from(path: Path, made: District) -> float:
    begun = perf_counter()
    with made.app.app_context():
        restore(path)
        db.session.commit()
        assert list(integrity.problems()) == []
        assert all(file.read(row) for row in db.session.query(StoredFile))
        db.session.remove()
    return perf_counter() - begun


def compared(path: Path) -> dict[str, Any]:
    """Hashes of every table and file. The pause of sending is the one row a restore adds."""
    found = manifest(path)
    tables = {name: table for name, table in found["tables"].items() if name != "setting"}
    return {"tables": tables, "files": found["files"], "missing": found["missing"]}


def test_a_full_district_survives_both_ways(make_district: MakeDistrict, tmp_path: Path) -> None:
    source = make_district("sqlite", FULL)
    add_files(source)
    first, made = archive(source, tmp_path / "first")
    through = make_district("postgresql", EMPTY)
    restored = fill_from(first, through)
    second, made_again = archive(through, tmp_path / "second")
    back = make_district("sqlite", EMPTY)
    restored_again = fill_from(second, back)
    third, _ = archive(back, tmp_path / "third")
    assert compared(first) == compared(second) == compared(third)
    rows = sum(table["rows"] for table in manifest(first)["tables"].values())
    print(
        f"{rows:,} rows, {FILES} files, {first.stat().st_size / 1e6:.0f} MB: backup {made:.0f} s, into PostgreSQL"
        f" {restored:.0f} s, backup {made_again:.0f} s, into SQLite {restored_again:.0f} s"
    )
