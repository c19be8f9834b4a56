"""Files: bytes before rows, sealed when asked, swept when nobody names them."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from jobs.upkeep import clean_up
from models import clock, file, vault
from models.base import db
from models.file import StoredFile
from models.task import JobRun

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def keep(data: bytes = b"code,name\n", sealed: bool = False) -> StoredFile:
    row = file.store(data, "名单.csv", "text/csv", owner_table="import_run", at=NOW, sealed=sealed)
    db.session.commit()
    return row


@pytest.mark.parametrize("sealed", [False, True])
def test_a_file_comes_back_as_it_was_given(lite_app: Flask, sealed: bool) -> None:
    row = keep(sealed=sealed)
    assert file.read(row) == b"code,name\n"
    assert (row.size, row.path.parent.name) == (10, row.sha256[:2])
    assert (row.path.read_bytes() == b"code,name\n") is not sealed


def test_the_bytes_lie_there_before_the_row_is_committed(lite_app: Flask) -> None:
    row = file.store(b"early", "a", "text/plain", owner_table="import_run", at=NOW)
    assert row.path.read_bytes() == b"early"
    db.session.rollback()


def test_changed_and_lost_bytes_are_noticed(lite_app: Flask) -> None:
    row = keep()
    row.path.write_bytes(b"other bytes")
    with pytest.raises(file.Damaged):
        file.read(row)
    row.path.unlink()
    with pytest.raises(file.Damaged):
        file.read(row)


def test_sealed_bytes_need_their_own_key(lite_app: Flask) -> None:
    sealed = vault.seal("王某".encode())
    assert vault.unseal(sealed).decode() == "王某"
    assert vault.seal("王某".encode()) != sealed
    for damaged in (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"", b"short"):
        with pytest.raises(vault.CannotOpen):
            vault.unseal(damaged)
    vault.init(db.engine, vault.folder().parent, "another secret")
    try:
        with pytest.raises(vault.CannotOpen):
            vault.unseal(sealed)
    finally:
        vault.init(db.engine, vault.folder().parent, lite_app.config["TIDU"].contact_key)


def test_sweeping_removes_only_old_bytes_that_no_row_names(lite_app: Flask) -> None:
    file.sweep(clock.now() + timedelta(hours=1))
    named, sealed = keep(b"named"), keep(b"named", sealed=True)
    lost = file.path_of("ab" * 32, False)
    file.write(lost, b"nobody's")
    assert file.sweep(clock.now() - timedelta(hours=1)) == 0
    assert file.sweep(clock.now() + timedelta(hours=1)) == 1
    assert (named.path.exists(), sealed.path.exists(), lost.exists()) == (True, True, False)


def test_cleaning_up_removes_old_runs_and_a_second_time_nothing(lite_app: Flask) -> None:
    db.session.add(JobRun(job="backup", started_at=NOW - timedelta(days=31), state="done"))
    db.session.add(JobRun(job="backup", started_at=NOW - timedelta(days=29), state="done"))
    db.session.commit()
    assert clean_up(NOW)["runs"] == 1
    assert clean_up(NOW)["runs"] == 0
