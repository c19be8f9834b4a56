"""工作日历: the page, the notice, the command."""

import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import calendar, clock
from models.base import db
from models.calendar import CalendarDay, CalendarYear
from models.errors import Refused
from models.rules.holiday_notice import Notice, parse
from tests.calendar.test_workday_rules import NOTICE
from tests.support.browser import Browser
from tests.support.factories import make_user

NEXT = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日至3日放假，共3天。
二、春节：2月5日至11日放假调休，共7天。1月31日（周日）、2月13日（周六）上班。
三、清明节：4月3日至5日放假，共3天。
四、劳动节：5月1日至3日放假，共3天。
五、端午节：6月9日放假，共1天。
六、中秋节：9月15日放假，共1天。
七、国庆节：10月1日至7日放假，共7天。"""


def test_a_new_database_knows_the_years_of_the_package(app: Flask) -> None:
    days = calendar.load()
    assert 2026 in days.years and 2027 not in days.years
    for on, (work, _) in parse(NOTICE).days.items():
        assert days.works(on) is work, on
    calendar.seed_defaults()
    assert len(db.session.scalars(select(CalendarYear)).all()) == len(days.years)


def test_a_notice_replaces_its_year_and_no_other(app: Flask) -> None:
    before = db.session.scalar(select(func.count()).select_from(CalendarDay))
    user = make_user(role="office")
    for _ in range(2):
        calendar.put(parse(NEXT), "通知", user, clock.now())
    days = calendar.load()
    assert days.day(date(2027, 1, 31)).why == "春节调休上班"
    assert not days.works(date(2027, 2, 11)) and 2027 in days.years
    after = db.session.scalar(select(func.count()).select_from(CalendarDay))
    assert (after or 0) - (before or 0) == len(parse(NEXT).days)


def test_two_notices_may_not_contradict_each_other(app: Flask) -> None:
    calendar.put(Notice(2027, {date(2026, 12, 31): (False, "元旦")}), "甲", None, clock.now())
    with pytest.raises(Refused, match="2026-12-31"):
        calendar.put(Notice(2026, {date(2026, 12, 31): (True, "元旦")}), "乙", None, clock.now())


@pytest.mark.parametrize(
    "today, missing",
    [(date(2026, 11, 30), None), (date(2026, 12, 1), 2027), (date(2027, 3, 1), 2027), (date(2026, 1, 1), None)],
)
def test_the_missing_year_is_named_in_time(app: Flask, today: date, missing: int | None) -> None:
    assert calendar.next_missing_year(today) == missing


def test_the_page_shows_a_year_and_says_when_it_is_assumed(lite_browser: Browser) -> None:
    page = lite_browser.sign_in(make_user(role="officer")).open("/calendar/?year=2026")
    assert "工作日 248 天" in page.text
    assert ["2026-02-14 周六", "上班", "1", "春节调休上班"] in page.rows("放假和调休")
    assert ["2026-02-15 周日 至 2026-02-23 周一", "休息", "9", "春节"] in page.rows("放假和调休")
    later = lite_browser.open("/calendar/?year=2027")
    assert "暂按法定节假日推算" in later.text
    assert lite_browser.open("/calendar/?year=bogus").status == 200


def test_the_office_loads_a_notice_and_keeps_what_was_pasted_when_it_is_wrong(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office", name="何岸"))
    wrong = lite_browser.send("/calendar/notice", {"text": NEXT.replace("共7天", "共9天", 1)}, 422)
    assert "写着共 9 天" in wrong.text and "二、春节" in wrong.text
    assert "请选一个文件，或者贴上通知正文" in lite_browser.send("/calendar/notice", {"text": ""}, 422).text
    page = lite_browser.send("/calendar/notice", {"text": NEXT})
    assert "2027 年的节假日安排已载入，共 27 天。重新推算了 0 件问题的期限，时间表有" in page.text
    assert "时间表有 0 次" not in page.text
    assert ["2027", "贴上的通知正文", "何岸"] in [row[:3] for row in page.rows("载入过的年份")]


def test_an_officer_may_look_but_not_load(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="officer"))
    lite_browser.open("/calendar/notice", 403)


def test_the_commands_answer_as_the_contract_says(lite_app: Flask, tmp_path: Path) -> None:
    runner = lite_app.test_cli_runner()

    def run(*args: str) -> object:
        return json.loads(runner.invoke(args=["calendar", *args, "--json"]).output)

    assert run("due", "2026-09-30", "4") == {"due_on": "2026-10-12", "known": True}
    assert run("due", "2026-12-30", "3") == {"due_on": "2027-01-05", "known": False}
    year = run("year", "2026")
    assert isinstance(year, list) and len(year) == 365
    assert year[44] == {"date": "2026-02-14", "work": True, "why": "春节调休上班"}
    file = tmp_path / "notice.txt"
    file.write_bytes(NEXT.encode("gb18030"))
    assert run("import", str(file)) == {"year": 2027, "days": 27, "rest": 25, "make_up": 2}
    assert run("due", "2026-12-30", "3") == {"due_on": "2027-01-05", "known": True}
    file.write_text("nothing")
    refused = runner.invoke(args=["calendar", "import", str(file)])
    assert refused.exit_code == 1 and "节日太少" in refused.output
