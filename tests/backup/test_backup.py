"""Backup and restore: everything, consistent while people work, into either kind of database, or nothing at all."""

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import IntegrityError

from crm.backup.make import MANIFEST, backup
from crm.backup.restore import restore
from crm.backup.tables import PASSING, dump, kept_tables
from jobs.upkeep import back_up
from models import derived, file, setting, vault
from models.base import db
from models.errors import Refused
from models.firm import Firm
from models.setting import Setting
from tests.conftest import make_app
from tests.support import every_table
from tests.support.factories import make_firm

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}

Fresh = Callable[[str], Flask]


@pytest.fixture
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fresh]:
    """Makes a migrated, empty database of the kind asked for, with files of its own."""
    made: list[Flask] = []
    dropped: list[tuple[str, str]] = []

    def make(kind: str) -> Flask:
        instance = tmp_path / f"instance{len(made)}"
        instance.mkdir()
        if kind == "sqlite":
            url = f"sqlite:///{instance}/fresh.sqlite3"
        else:
            server = request.getfixturevalue("postgres_database")
            name = f"{make_url(server).database}_fresh{len(made)}"
            run_on(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
            dropped.append((server, name))
            url = make_url(server).set(database=name).render_as_string(hide_password=False)
        made.append(make_app(url, instance))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()
    for server, name in dropped:
        run_on(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def run_on(server: str, *statements: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def rows() -> dict[str, list[bytes]]:
    """Every row of every kept table, as text."""
    with db.engine.connect() as connection:
        return {table.name: list(dump(connection, table)) for table in kept_tables()}


def kind_of(app: Flask) -> str:
    with app.app_context():
        return db.engine.dialect.name


def without_pause(everything: dict[str, list[bytes]]) -> dict[str, list[bytes]]:
    added = (b'"sending"', b'"restored_from"', b'"restored_at"')
    return {**everything, "setting": [row for row in everything["setting"] if not any(key in row for key in added)]}


def keep_file(data: bytes, sealed: bool = False) -> file.StoredFile:
    row = file.store(data, "名单.csv", "text/csv", owner_table="import_run", at=NOW, sealed=sealed)
    db.session.commit()
    return row


@pytest.mark.slow
@pytest.mark.slow
def test_there_and_back_every_row_of_every_table_is_equal(app: Flask, fresh: Fresh, tmp_path: Path) -> None:
    every_table.fill()
    kept = [keep_file(b"plain").id, keep_file(b"sealed", sealed=True).id]
    before = rows()
    there = backup(tmp_path / "first", NOW)
    other = fresh(OTHER[kind_of(app)])
    with other.app_context():
        restored = restore(there.path)
        db.session.commit()
        assert without_pause(rows()) == without_pause(before)
        assert restored.key_fits
        assert [file.read(db.session.get_one(file.StoredFile, row_id)) for row_id in kept] == [b"plain", b"sealed"]
        and_back = backup(tmp_path / "second", NOW)
    home = fresh(kind_of(app))
    with home.app_context():
        restore(and_back.path)
        db.session.commit()
        assert without_pause(rows()) == without_pause(before)


def test_the_answer_counts_what_lies_in_the_archive(lite_app: Flask, tmp_path: Path) -> None:
    make_firm()
    make_firm()
    keep_file(b"123")
    keep_file(b"123")
    archive = backup(tmp_path, NOW)
    assert archive.path.name == "tidu-20261123-023000.zip"
    answer = archive.as_json()
    assert (answer["rows"]["firm"], answer["files"], answer["file_bytes"]) == (2, 1, 3)
    assert answer["sha256"] == file.hash_of(archive.path)
    assert answer["bytes"] == archive.path.stat().st_size
    assert set(answer["rows"]).isdisjoint(derived.tables() | PASSING)
    assert [path.name for path in tmp_path.iterdir()] == [archive.path.name]


def test_a_backup_sees_one_moment_whatever_is_written_meanwhile(app: Flask, tmp_path: Path) -> None:
    make_firm(name="先有的企业")
    db.session.commit()

    def write_meanwhile(done: int, total: int, message: str) -> None:
        with app.app_context():
            make_firm(name=f"后来的企业{done}")
            db.session.commit()

    archive = backup(tmp_path, NOW, write_meanwhile)
    assert archive.rows["firm"] <= 2
    with zipfile.ZipFile(archive.path) as bundle:
        manifest = json.loads(bundle.read(MANIFEST))
        assert manifest["tables"]["firm"]["rows"] == archive.rows["firm"]
        held = bundle.read("tables/firm.jsonl").decode()
    # The snapshot begins with the first table read; the firms come later and change nothing.
    assert "先有的企业" in held
    assert "后来的企业1" not in held


def test_after_a_restore_sending_is_paused(app: Flask, fresh: Fresh, tmp_path: Path) -> None:
    archive = backup(tmp_path, NOW)
    with fresh("sqlite").app_context():
        assert setting.get("sending") == "on"
        restore(archive.path)
        db.session.commit()
        assert setting.get("sending") == "paused"
        assert setting.get("restored_from") == NOW.isoformat()


def test_numbering_goes_on_after_the_restored_rows(app: Flask, fresh: Fresh, tmp_path: Path) -> None:
    last = [make_firm().id for _ in range(3)][-1]
    db.session.commit()
    archive = backup(tmp_path, NOW)
    with fresh(kind_of(app)).app_context():
        restore(archive.path)
        db.session.commit()
        assert make_firm(name="恢复后新建").id > last
        db.session.rollback()


def test_references_are_checked_again_after_a_restore(app: Flask, fresh: Fresh, tmp_path: Path) -> None:
    kept = make_firm()
    make_firm(merged_into_id=kept.id)
    db.session.commit()
    archive = backup(tmp_path, NOW)
    with fresh(kind_of(app)).app_context():
        restore(archive.path)
        db.session.commit()
        with pytest.raises(IntegrityError):
            make_firm(merged_into_id=999)
        db.session.rollback()


def test_a_database_that_holds_data_is_refused_and_left_alone(app: Flask, tmp_path: Path) -> None:
    make_firm(name="在用的企业")
    db.session.commit()
    archive = backup(tmp_path, NOW)
    with pytest.raises(Refused, match="空库"):
        restore(archive.path)
    assert db.session.query(Firm).count() == 1


def damage(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(path) as bundle:
        parts = {name: bundle.read(name) for name in bundle.namelist()}
    change(parts)
    damaged = path.with_name("damaged.zip")
    with zipfile.ZipFile(damaged, "w") as bundle:
        for name, data in parts.items():
            bundle.writestr(name, data)
    return damaged


def other_name(parts: dict[str, bytes]) -> None:
    parts["tables/firm.jsonl"] = parts["tables/firm.jsonl"].replace("云澜".encode(), "别处".encode())


def lost_row(parts: dict[str, bytes]) -> None:
    parts["tables/firm.jsonl"] = b"\n".join(parts["tables/firm.jsonl"].split(b"\n")[:2]) + b"\n"


def lost_table(parts: dict[str, bytes]) -> None:
    del parts["tables/firm.jsonl"]


def other_file(parts: dict[str, bytes]) -> None:
    parts[next(name for name in parts if name.startswith("files/"))] = b"another"


def other_schema(parts: dict[str, bytes]) -> None:
    parts[MANIFEST] = json.dumps({**json.loads(parts[MANIFEST]), "schema": "9999"}).encode()


def no_manifest(parts: dict[str, bytes]) -> None:
    del parts[MANIFEST]


@pytest.mark.slow
@pytest.mark.parametrize("change", [other_name, lost_row, lost_table, other_file, other_schema, no_manifest])
def test_a_damaged_archive_is_refused_and_leaves_nothing(
    app: Flask, fresh: Fresh, tmp_path: Path, change: Callable[[dict[str, bytes]], None]
) -> None:
    make_firm(), make_firm()
    keep_file(b"bytes")
    archive = backup(tmp_path, NOW)
    with fresh(kind_of(app)).app_context():
        with pytest.raises(Refused):
            restore(damage(archive.path, change))
        db.session.rollback()
        assert db.session.query(Firm).count() == 0


def test_another_key_is_told(lite_app: Flask, fresh: Fresh, tmp_path: Path) -> None:
    archive = backup(tmp_path, NOW)
    other = fresh("sqlite")
    with other.app_context():
        vault.init(db.engine, Path(other.instance_path), "another secret")
        assert not restore(archive.path).key_fits


def test_a_lost_file_is_named_and_the_rest_is_kept(lite_app: Flask, tmp_path: Path) -> None:
    keep_file(b"stays")
    keep_file(b"goes away").path.unlink()
    archive = backup(tmp_path, NOW)
    assert (archive.files, archive.missing) == (1, ["名单.csv"])


def test_an_archive_that_could_not_be_finished_is_not_there(lite_app: Flask, tmp_path: Path) -> None:
    def fail(done: int, total: int, message: str) -> None:
        if done == 3:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        backup(tmp_path, NOW, fail)
    assert list(tmp_path.iterdir()) == []


def test_both_commands_answer_as_the_contract_says(lite_app: Flask, fresh: Fresh, tmp_path: Path) -> None:
    make_firm()
    db.session.commit()
    made = lite_app.test_cli_runner().invoke(args=["backup", str(tmp_path / "out"), "--json"])
    answer: dict[str, Any] = json.loads(made.stdout)
    assert made.exit_code == 0
    assert {"file", "bytes", "files", "file_bytes", "rows", "sha256"} <= answer.keys()
    other = fresh("sqlite")
    with other.app_context():
        run = other.test_cli_runner().invoke
        back = run(args=["restore", answer["file"], "--json"])
        assert back.exit_code == 0
        assert json.loads(back.stdout)["rows"] == answer["rows"]
        again = run(args=["restore", answer["file"], "--json"])
        assert again.exit_code == 1
        assert "空库" in json.loads(again.stdout)["error"]
        assert run(args=["restore", "/nowhere.zip"]).exit_code == 2


def test_an_override_of_the_pause_is_a_setting_row(lite_app: Flask) -> None:
    db.session.add(Setting(key="sending", value="paused"))
    db.session.commit()
    assert setting.get("sending") == "paused"


def test_the_daily_backup_keeps_as_many_as_are_asked_for(lite_app: Flask) -> None:
    folder = vault.folder().parent / "backups"
    db.session.add(Setting(key="backup_keep", value="2"))
    db.session.commit()
    removed = [back_up(NOW + timedelta(days=day))["removed"] for day in range(4)]
    assert removed == [0, 0, 1, 1]
    assert sorted(path.name for path in folder.iterdir()) == ["tidu-20261125-023000.zip", "tidu-20261126-023000.zip"]
