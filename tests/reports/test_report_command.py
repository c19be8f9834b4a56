"""`reports build`: what contracts.md prints, equal to the page's numbers; a second run changes nothing."""

import json
from datetime import date
from pathlib import Path

from flask import Flask

from models.base import db
from models.report import drafting, opening
from tests.support.factories import make_firm, make_visit


def build(app: Flask, *args: str) -> dict:
    answer = app.test_cli_runner().invoke(args=["reports", "build", *args, "--json"])
    assert answer.exit_code == 0, answer.output
    db.session.expire_all()
    return json.loads(answer.stdout)


def test_it_drafts_and_freezes(lite_app: Flask, tmp_path: Path) -> None:
    visits = [make_visit(make_firm(), visit_on=date(2026, 9, day)) for day in (1, 30)]
    make_visit(make_firm(), visit_on=date(2026, 10, 1))
    db.session.commit()
    drafted = build(lite_app, "month", "2026-09", "--on", "2026-09-25")
    assert (drafted["edition"], drafted["state"], drafted["files"]) == ("month 2026-09", "drafted", [])
    assert drafted["figures"]["visits.count"]["value"] == 1
    done = build(lite_app, "month", "2026-09", "--on", "2026-10-09", "--issue", "--out", str(tmp_path))
    told = done["figures"]["visits.count"]
    assert (done["state"], told["value"], sorted(told["rows"])) == ("issued", 2, sorted(row.id for row in visits))
    assert "按走访日期计" in told["definition"]
    assert sorted(Path(name).suffix for name in done["files"]) == [".docx", ".xlsx"]
    assert all(Path(name).stat().st_size > 3000 for name in done["files"])
    make_visit(make_firm(), visit_on=date(2026, 9, 2))
    db.session.commit()
    assert build(lite_app, "month", "2026-09", "--issue")["figures"] == done["figures"]
    found = drafting.find("month", "2026-09", None)
    assert found is not None
    page = opening.opened(found, date(2026, 12, 1))
    assert {one.slot: one.value for one in page.numbers.values()} == {
        slot: one["value"] for slot, one in done["figures"].items()
    }


def test_what_cannot_be_is_said(lite_app: Flask) -> None:
    runner = lite_app.test_cli_runner()
    for args, said in ((("week", "2026-47"), "2026-W47"), (("year", "2026", "--on", "2026-11-22", "--issue"), "最早")):
        answer = runner.invoke(args=["reports", "build", *args, "--json"])
        assert answer.exit_code == 1 and said in json.loads(answer.stdout)["error"]
    assert runner.invoke(args=["reports", "build", "day", "2026"]).exit_code == 2
    db.session.rollback()
    assert drafting.find("year", "2026", None) is None
