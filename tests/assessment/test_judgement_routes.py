"""What people judge: asked for, kept with who, when and why, and read by the card at once."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock
from models.assessment.judgement import FirmJudgement, judge
from models.base import db
from models.errors import Refused
from models.rules import judgement as rules
from models.rules.assess.names import LEVELS
from tests.assessment.test_gap_routes import nearly
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.mark.parametrize(
    "key, text, fault",
    [
        ("quality_score", "50", ""), ("quality_score", "100", ""), ("quality_score", "100.5", "不能大于 100"),
        ("quality_score", "", ""), ("quality_score", "五十", "请填数字"), ("market_share", "100", ""),
        ("market_share", "100.01", "百分数在 0 到 100 之间"), ("market_rank", "0", "不能小于 1"),
        ("expert_points.ip", "30", ""), ("expert_points.ip", "31", "不能大于 30"),
        ("market_position_ok", "yes", ""), ("market_position_ok", "maybe", "请选是或否"),
        ("rd_institution_level", "provincial", ""), ("rd_institution_level", "x", "请选一个级别"),
    ],
)  # fmt: skip
def test_what_can_be_an_answer(key: str, text: str, fault: str) -> None:
    assert rules.problem(key, text) == fault


def test_a_year_belongs_to_what_changes_every_year() -> None:
    years = {key: rules.year_of(key, TODAY) for key in ("quality_score", "segment_years", "market_position_ok")}
    assert years == {"quality_score": 2026, "segment_years": 2025, "market_position_ok": None}
    assert set(rules.LEVEL_NAMES) <= set(LEVELS)


def test_without_a_reason_nothing_is_kept(app: Flask) -> None:
    with pytest.raises(Refused, match="请写依据"):
        judge(make_firm(), "quality_score", "61", " ", TODAY, make_user(), clock.now())


def test_the_score_is_asked_for_kept_and_read(browser: Browser) -> None:
    firm, officer = nearly(), make_user(name="陆以宁")
    address = f"/firms/{firm.id}/judgements/say?key=quality_score"
    browser.sign_in(officer)
    assert address in browser.open(f"/firms/{firm.id}/gap").links()
    page = browser.send(address, {"number": "六十", "why": "平台截图"}, 422)
    assert "请填数字" in page.text and "平台截图" in page.text
    assert "请写依据" in browser.send(address, {"number": "61", "why": ""}, 422).text
    page = browser.send(address, {"number": "61", "why": "平台截图"})
    row = next(row for row in page.rows("要人判断的") if row[0].startswith("专精特新发展评价得分"))
    assert row[1:4] == ["61 分（2026 年）", "平台截图", "陆以宁 2026-11-22"]
    kept = db.session.scalars(select(FirmJudgement)).one()
    assert (kept.answer, kept.year, kept.said_by_id) == ("61", 2026, officer.id)
    assert "陆以宁判断：平台截图" in browser.open(f"/firms/{firm.id}/gap").text


def test_a_later_answer_wins_and_the_first_stays(browser: Browser) -> None:
    firm = nearly()
    browser.sign_in(make_user())
    address = f"/firms/{firm.id}/judgements/say?key=market_position_ok"
    browser.send(address, {"yes_no": "yes", "why": "协会证明"})
    page = browser.send(address, {"yes_no": "open", "why": "证明过期"})
    assert "说过的 2 条" in page.text and "协会证明" in page.text
    row = next(row for row in page.rows("要人判断的") if row[0].startswith("细分市场地位"))
    assert row[1] == "还不清楚"


def test_who_may_not_change_the_firm_judges_nothing(browser: Browser) -> None:
    firm = nearly(area="石桥镇", officer_a_id=make_user().id)
    address = f"/firms/{firm.id}/judgements/say?key=quality_score"
    browser.sign_in(make_user("town", area="青禾街道")).open(address, 404)
    browser.sign_in(make_user()).open(address, 422)
    browser.sign_in(make_user("office")).open(address)
    browser.open(f"/firms/{firm.id}/judgements/say?key=nothing", 404)
    assert db.session.scalars(select(FirmJudgement)).all() == []
