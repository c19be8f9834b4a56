"""Upkeep: the trail is sealed, what has served its time goes, a second run does nothing."""

import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from crm.backup.make import MANIFEST, seal_of
from jobs.upkeep import back_up, clean_up, seal_audit
from models import audit_log, clock, file, vault
from models.audit import AuditEntry, AuditSeal
from models.base import db
from models.file import StoredFile
from models.importing import ImportRun

NOW = datetime(2026, 5, 1, 19, 30, tzinfo=UTC)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def note(at: datetime = NOW) -> None:
    audit_log.note("export", None, at=at)
    db.session.commit()


def test_the_trail_is_sealed_once(app: Flask) -> None:
    note()
    note()
    assert seal_audit(NOW) == {"sealed": 2}
    assert seal_audit(NOW) == {"sealed": 0}
    assert count(AuditSeal) == 2


# 19:30 UTC on 1 May is 2 May in Shanghai.
@pytest.mark.parametrize(("keep_until", "goes"), [(date(2026, 5, 1), True), (date(2026, 5, 2), False), (None, False)])
def test_an_original_goes_after_its_last_day_and_its_import_stays(
    app: Flask, keep_until: date | None, goes: bool
) -> None:
    row = file.store(b"x", "名单.csv", "text/csv", owner_table="import_run", at=NOW, keep_until=keep_until)
    db.session.add(ImportRun(file_name="名单.csv", sha256=row.sha256, file_id=row.id, state="applied", created_at=NOW))
    db.session.commit()
    assert clean_up(NOW)["originals"] == int(goes)
    assert (count(StoredFile), count(ImportRun)) == (int(not goes), 1)
    assert clean_up(NOW)["originals"] == 0


def test_audit_entries_go_after_their_years_and_not_before(app: Flask) -> None:
    note(NOW - timedelta(days=1096))
    note(NOW - timedelta(days=1094))
    seal_audit(NOW)
    assert clean_up(NOW)["audit_entries"] == 1
    kept = db.session.scalars(select(AuditEntry.at).where(AuditEntry.act == "export")).all()
    assert kept == [NOW - timedelta(days=1094)]


def test_check_holds_the_trail_against_the_seal_in_the_newest_archive(lite_app: Flask) -> None:
    run = lite_app.test_cli_runner().invoke
    now = clock.now()
    # Archives of other tests of this process lie in the same folder.
    for old in (vault.folder().parent / "backups").glob("tidu-*.zip"):
        old.unlink()
    note(now)
    note(now)
    seal_audit(now)
    back_up(now)
    archive = next((vault.folder().parent / "backups").glob("tidu-*.zip"))
    try:
        assert (seal_of(archive) or {})["position"] == 2
        assert run(args=["check"]).exit_code == 0
        with zipfile.ZipFile(archive, "w") as bundle:
            bundle.writestr(MANIFEST, json.dumps({"seal": {"position": 2, "entry": 2, "hash": "0" * 64}}))
        broken = run(args=["check", "--json"])
        assert broken.exit_code == 1
        assert {problem["check"] for problem in json.loads(broken.stdout)["problems"]} == {"audit"}
    finally:
        archive.unlink()


@pytest.mark.parametrize(("waited", "code"), [(timedelta(hours=23), 0), (timedelta(hours=25), 1)])
def test_check_prints_the_unsealed_tail_and_minds_it_after_a_day(lite_app: Flask, waited: timedelta, code: int) -> None:
    note(clock.now() - waited)
    told = lite_app.test_cli_runner().invoke(args=["check"])
    assert told.exit_code == code
    assert "待封存 1 条" in told.stderr
