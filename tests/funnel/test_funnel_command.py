"""`funnel` prints exactly what contracts.md promises."""

import json
from datetime import date

from flask import Flask
from sqlalchemy import select

from models.base import db
from models.pool import PoolType, enter
from models.title import Title, TitleType
from tests.support.factories import make_area, make_firm


def kind(key: str) -> TitleType:
    return db.session.scalars(select(TitleType).where(TitleType.key == key)).one()


def small_district() -> None:
    """One firm of each sort, in two towns."""
    make_area("青禾街道").code = "QH"
    climbed = make_firm(area="青禾街道")
    Title.award(climbed, kind("tech_sme"), date(2024, 9, 1))
    Title.award(climbed, kind("hnte"), date(2025, 11, 10))
    waiting = make_firm(area="石桥镇")
    Title.award(waiting, kind("hnte"), date(2022, 11, 18))
    renewed = make_firm(area="青禾街道")
    Title.award(renewed, kind("hnte"), date(2022, 11, 18))
    Title.award(renewed, kind("hnte"), date(2025, 11, 10))
    Title.award(make_firm(area="青禾街道"), kind("hnte"), date(2025, 11, 20), provisional=True)
    pool = db.session.scalars(select(PoolType).where(PoolType.key == "cultivation_pool")).one()
    enter([make_firm(area="石桥镇").id], pool, date(2025, 3, 1))
    db.session.commit()


def run(app: Flask, *args: str) -> dict[str, object]:
    result = app.test_cli_runner().invoke(args=["funnel", "--json", *args])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_counts_of_a_day(lite_app: Flask) -> None:
    small_district()
    data = run(lite_app, "--on", "2025-12-01")
    assert list(data) == ["on", "since", "rungs", "rungs_with_pending", "titles", "flow"]
    assert data["on"] == "2025-12-01"
    assert data["rungs"] == {"registered": 2, "potential": 1, "tech_sme": 0, "srdi": 0, "hnte": 2}
    assert data["rungs_with_pending"] == {"registered": 1, "potential": 1, "tech_sme": 0, "srdi": 0, "hnte": 3}
    assert data["titles"]["hnte"] == {  # type: ignore[index]
        "in_force": 2, "provisional": 1, "pending_renewal": 1, "new": 1, "renewed": 1, "issued": 2, "ended": 0,
        "ever": 3,
    }  # fmt: skip
    assert data["flow"] == []


def test_the_flow_between_two_days(lite_app: Flask) -> None:
    small_district()
    data = run(lite_app, "--on", "2026-01-01", "--since", "2024-12-31")
    assert data["flow"] == [
        {"from": "hnte", "to": "hnte", "count": 1},
        {"from": "hnte", "to": "registered", "count": 1},
        {"from": "registered", "to": "potential", "count": 1},
        {"from": "tech_sme", "to": "hnte", "count": 1},
    ]
    assert data["titles"]["hnte"]["ended"] == 1  # type: ignore[index]


def test_only_the_area_that_was_asked_for(lite_app: Flask) -> None:
    small_district()
    data = run(lite_app, "--on", "2025-12-01", "--area", "QH")
    assert data["rungs"] == {"registered": 1, "potential": 0, "tech_sme": 0, "srdi": 0, "hnte": 2}


def test_wrong_questions_are_told_apart(lite_app: Flask) -> None:
    runner = lite_app.test_cli_runner()
    assert runner.invoke(args=["funnel", "--area", "nowhere", "--json"]).exit_code == 1
    assert runner.invoke(args=["funnel", "--on", "2025-13-01"]).exit_code == 2
    assert runner.invoke(args=["funnel", "--on", "2025-01-01", "--since", "2025-02-01"]).exit_code == 2
    assert "高新技术企业" in runner.invoke(args=["funnel"]).stdout
