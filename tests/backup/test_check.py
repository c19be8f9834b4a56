"""`check` finds what was broken, names it, and is content with a whole database."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, text, update

from crm.demo.generate import Size
from crm.demo.load import load
from models import file, integrity, vault
from models.base import db
from models.firm import Firm
from models.firm.names import FirmName, FirmSearch
from models.firm.officers import FirmOfficer
from models.firm.places import FirmPlace
from models.setting import Setting
from models.standing import Standing
from models.task import JobOverride
from models.title import Title

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
FIRST = 1


@pytest.fixture
def district(app: Flask) -> Flask:
    """A small demo district on each database."""
    load(Size.of(40), 1, NOW, date(2026, 11, 20), str)
    db.session.commit()
    return app


def found() -> set[str]:
    return {problem.check for problem in integrity.problems(full=True)}


def change(statement: Any) -> None:
    db.session.execute(statement.execution_options(logged=True, synchronize_session=False))


def rename_silently() -> None:
    change(update(Firm).where(Firm.id == FIRST).values(name="改了名没记录有限公司"))


def lose_the_name() -> None:
    change(delete(FirmName).where(FirmName.firm_id == FIRST))


def move_silently() -> None:
    change(update(FirmPlace).where(FirmPlace.tree == "area").values(to_on=date(2026, 1, 1)))


def change_officer_silently() -> None:
    change(delete(FirmOfficer).where(FirmOfficer.position == "A"))


def deregister_silently() -> None:
    change(update(Firm).where(Firm.id == FIRST).values(status="deregistered"))


def lose_search() -> None:
    change(delete(FirmSearch).where(FirmSearch.firm_id == FIRST))


def spoil_search() -> None:
    change(update(FirmSearch).where(FirmSearch.firm_id == FIRST).values(lines="\n别的\n"))


def spoil_ladder() -> None:
    change(update(Standing).where(Standing.firm_id == FIRST).values(rung="hnte"))


def shorten_titles() -> None:
    change(update(Title).values(ends_on=Title.issued_on))


def lose_import_row() -> None:
    change(update(Title).where(Title.firm_id > 0).values(import_row_id=987_654))


def lose_file() -> None:
    file.store(b"gone", "名单.csv", "text/csv", owner_table="import_run", at=NOW).path.unlink()


def spoil_file() -> None:
    file.store(b"spoilt", "名单.csv", "text/csv", owner_table="import_run", at=NOW).path.write_bytes(b"other")


def unknown_setting() -> None:
    db.session.add(Setting(key="colour_of_the_sky", value="blue"))


def wrong_setting() -> None:
    db.session.add(Setting(key="lock_after", value="many"))


def wrong_choice() -> None:
    db.session.add(Setting(key="officer_scope", value="some"))


@pytest.mark.parametrize(
    ("breakage", "check"),
    [
        (rename_silently, "current_values"),
        (lose_the_name, "current_values"),
        (move_silently, "current_values"),
        (change_officer_silently, "current_values"),
        (deregister_silently, "current_values"),
        (lose_search, "search"),
        (spoil_search, "derived"),
        (spoil_ladder, "derived"),
        (shorten_titles, "derived"),
        (lose_import_row, "references"),
        (lose_file, "files"),
        (spoil_file, "files"),
        (unknown_setting, "settings"),
        (wrong_setting, "settings"),
        (wrong_choice, "settings"),
    ],
)
def test_what_was_broken_is_found(district: Flask, breakage: Callable[[], None], check: str) -> None:
    breakage()
    db.session.commit()
    assert check in found()


def test_a_whole_database_has_no_problem_and_is_left_as_it_was(district: Flask) -> None:
    before = db.session.execute(text("SELECT count(*), min(from_on) FROM standing")).one()
    assert list(integrity.problems(full=True)) == []
    assert list(integrity.problems()) == []
    assert db.session.execute(text("SELECT count(*), min(from_on) FROM standing")).one() == before


def test_another_key_is_noticed(district: Flask) -> None:
    vault.init(db.engine, vault.folder().parent, "another secret")
    try:
        assert "contact_key" in found()
    finally:
        vault.init(db.engine, vault.folder().parent, district.config["TIDU"].contact_key)


def test_the_command_answers_as_the_contract_says(lite_app: Flask) -> None:
    run = lite_app.test_cli_runner().invoke
    whole = run(args=["check", "--json"])
    assert (whole.exit_code, json.loads(whole.stdout)) == (0, {"ok": True, "problems": []})
    db.session.add(JobOverride(job="backup", hours="at noon"))
    db.session.add(JobOverride(job="nothing", active=False))
    db.session.commit()
    broken = run(args=["check", "--json"])
    answer = json.loads(broken.stdout)
    assert (broken.exit_code, answer["ok"]) == (1, False)
    assert [problem["check"] for problem in answer["problems"]] == ["timetable", "timetable"]


def test_a_database_without_its_schema_is_named(lite_app: Flask) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.commit()
    try:
        broken = lite_app.test_cli_runner().invoke(args=["check", "--json"])
    finally:
        from alembic.script import ScriptDirectory

        head = ScriptDirectory(lite_app.extensions["migrate"].directory).get_current_head()
        db.session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
        db.session.commit()
    assert broken.exit_code == 1
    assert json.loads(broken.stdout)["problems"][0]["check"] == "migrations"
