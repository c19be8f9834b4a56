"""周安排: planning, ticking off by a visit, what is left undone; who sees what; the calendar; the burden guard."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from time_machine import travel

from models import calendar, clock, setting
from models.base import db
from models.firm import search
from models.plan import PlanLine, tick_off, untick, week
from models.rules.workday import Workdays
from models.user import User
from models.visit import burden
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_plan_line, make_user, make_visit
from tests.support.statements import statements

WEDNESDAY = "2026-11-18 02:00Z"
DAY = timedelta(days=1)


def test_a_visit_ticks_what_was_planned_and_taking_it_back_opens_it_again(app: Flask) -> None:
    firm, officer, other = make_firm(), make_user(), make_user()
    today = clock.today()
    mine = make_plan_line(firm, officer, today)
    theirs = make_plan_line(firm, other, today)
    elsewhere = make_plan_line(make_firm(), officer, today)
    later = make_plan_line(firm, officer, today + timedelta(days=14))
    visit = make_visit(firm, officer, visit_on=today)
    tick_off(visit, [officer.id])
    assert (mine.outcome, mine.outcome_on, mine.visit_id) == ("done", today, visit.id)
    assert {theirs.outcome, elsewhere.outcome, later.outcome} == {None}
    assert tick_off(visit, [officer.id]) == []
    assert untick(visit.id) == 1
    assert (mine.outcome, mine.visit_id) == (None, None)


@pytest.mark.parametrize(
    "today, weekday, offered",
    [
        ("2026-11-18", "4", "2026-11-19"),
        ("2026-11-19", "4", "2026-11-26"),
        ("2026-09-29", "4", "2026-10-08"),
        ("2026-02-12", "4", "2026-02-26"),
        ("2026-11-20", "0", "2026-11-23"),
        ("2026-09-30", "0", "2026-10-08"),
    ],
)
def test_the_survey_day_is_offered_first_and_never_a_day_of_rest(
    app: Flask, today: str, weekday: str, offered: str
) -> None:
    setting.change("survey_weekday", weekday)
    assert week.offered_day(date.fromisoformat(today), calendar.load()) == date.fromisoformat(offered)


def test_without_a_working_survey_day_the_next_working_day_is_offered(app: Flask) -> None:
    monday = date(2026, 11, 16)
    rests = Workdays({monday + timedelta(days=n): (False, "停") for n in (3, 10, 17)}, frozenset({2026}))
    assert week.offered_day(monday, rests) == monday + DAY


@pytest.mark.parametrize("rows", [3, 30])
def test_a_week_costs_the_same_statements_for_few_lines_and_many(app: Flask, rows: int) -> None:
    user = make_user(role="officer")
    today = clock.today()
    for _ in range(rows):
        make_plan_line(None, make_user(), today)
    db.session.flush()
    db.session.expire_all()
    user = db.session.merge(user)
    assert user.permissions
    setting.get("survey_weekday")
    with statements() as sent:
        found = week.days(user, today, today + 6 * DAY, Workdays({}, frozenset()))
        assert all(line.officer_names and (line.firm is None or line.firm.name) for one in found for line in one.lines)
    assert len(found[0].lines) == rows
    assert len(sent) <= 5, sent


@pytest.fixture
def officer(lite_browser: Browser) -> Iterator[Browser]:
    with travel(WEDNESDAY, tick=False):
        yield lite_browser.sign_in(make_user(role="officer", name="何岸"))


def me() -> User:
    return db.session.query(User).filter_by(name="何岸").one()


def test_an_officer_plans_moves_drops_and_finishes(officer: Browser) -> None:
    firm = make_firm("青禾精密制造有限公司")
    search.refresh([firm.id])
    page = officer.open("/plan/new?q=青禾精密")
    assert firm.name in page.text
    day = {"planned_on": "2026-11-19", "officers": str(me().id), "what": "看研发费用归集"}
    page = officer.send(f"/plan/new?firm={firm.id}", day)
    assert "已排入 2026-11-19 的安排" in page.text and "企业调研日" in page.text
    line = db.session.query(PlanLine).one()
    assert 'value="2026-11-26"' in officer.open(f"/plan/{line.id}/move").html, (
        "the offered day is one it can be moved to"
    )
    page = officer.send(f"/plan/{line.id}/move", {"to_on": "2026-11-19", "reason": "企业盘点"}, 422)
    assert "顺延要改到 2026-11-19 之后" in page.text and "企业盘点" in page.html
    officer.send(f"/plan/{line.id}/move", {"to_on": "2026-11-26", "reason": "企业盘点"})
    page = officer.open("/plan/?week=2026-11-18")
    assert "到 2026-11-26：企业盘点" in page.text
    later = db.session.query(PlanLine).filter_by(outcome=None).one()
    assert "请写原因" in officer.send(f"/plan/{later.id}/drop", {"words": " "}, 422).text
    officer.send(f"/plan/{later.id}/drop", {"words": "已电话沟通"})
    assert "还没有" not in officer.send(f"/plan/{later.id}/reopen").text
    officer.send(f"/plan/{later.id}/done", {"words": "电话问过"})
    assert (later.outcome, later.outcome_words) == ("done", "电话问过")


@pytest.mark.parametrize(
    "change, said",
    [
        ({"planned_on": "2026-11-15"}, "已经过去了"),
        ({"planned_on": "2026-02-30"}, "哪一天"),
        ({"officers": []}, "至少一位"),
        ({"what": ""}, "写明做什么"),
        ({"what": "长" * 501}, "最多 500 个字"),
    ],
)
def test_bad_lines_are_refused_at_their_field(officer: Browser, change: dict[str, Any], said: str) -> None:
    fields = {"planned_on": "2026-11-19", "officers": str(me().id), "what": "开座谈会", **change}
    assert said in officer.send("/plan/new", fields, 422).text
    assert db.session.query(PlanLine).count() == 0


def test_what_was_left_undone_is_asked_for(officer: Browser) -> None:
    make_plan_line(make_firm("青禾精密制造有限公司"), me(), date(2026, 11, 12))
    page = officer.open("/plan/")
    rows = page.rows("以前没做的")
    assert rows[0][0] == "2026-11-12 周四" and "没做" in rows[0][4]


@travel(WEDNESDAY, tick=False)
def test_a_colleague_may_look_but_not_change_a_manager_may(lite_browser: Browser) -> None:
    line = make_plan_line(make_firm("青禾精密制造有限公司"), make_user(name="宋知远"), date(2026, 11, 19))
    lite_browser.sign_in(make_user(role="officer"))
    assert "青禾精密" not in lite_browser.open("/plan/").text
    assert "青禾精密" in lite_browser.open("/plan/?who=all").text
    assert "这是别人的安排" in lite_browser.send(f"/plan/{line.id}/drop", {"words": "不去了"}, 422).text
    lite_browser.sign_in(make_user(role="manager"))
    lite_browser.send(f"/plan/{line.id}/drop", {"words": "不去了"})
    assert line.outcome == "dropped"


@travel(WEDNESDAY, tick=False)
def test_a_town_sees_only_what_is_planned_in_it(lite_browser: Browser) -> None:
    make_plan_line(make_firm("青禾精密制造有限公司", area="青禾街道"), None, date(2026, 11, 19))
    hidden = make_plan_line(make_firm("石桥新材料有限公司", area="石桥镇"), None, date(2026, 11, 19))
    free = make_plan_line(None, None, date(2026, 11, 19), what="全局例会")
    free.firm_id = None
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    for address in ("/plan/?who=all", "/plan/calendar?who=all"):
        text = lite_browser.open(address).text
        assert "青禾精密" in text and "石桥" not in text and "全局例会" not in text
    lite_browser.open(f"/plan/{hidden.id}/drop", 404)


@travel(WEDNESDAY, tick=False)
def test_the_guard_says_who_was_there_and_who_is_coming(lite_browser: Browser) -> None:
    firm = make_firm("青禾精密制造有限公司")
    today = date(2026, 11, 18)
    visit = make_visit(firm, make_user(name="宋知远"), visit_on=today - timedelta(days=14))
    make_visit(firm, make_user(), visit_on=today - timedelta(days=15))
    make_plan_line(firm, make_user(name="韩述"), today + DAY)
    found = burden.of(firm.id, today)
    assert [(call.visit_id, call.days, call.who) for call in found.lately] == [(visit.id, 14, "宋知远")]
    assert [call.who for call in found.planned] == ["韩述"]
    lite_browser.sign_in(make_user(role="officer"))
    text = lite_browser.open(f"/plan/new?firm={firm.id}").text
    assert "近期已走访提醒" in text and "14 天前" in text and "韩述已经排了要去" in text
    assert not burden.of(make_firm().id, today).heavy


def test_todays_firms_are_those_planned_and_not_visited(app: Flask) -> None:
    user, today = make_user(), clock.today()
    first = make_plan_line(None, user, today)
    done = make_plan_line(None, user, today)
    done.done("去过", today, user)
    make_plan_line(None, make_user(), today)
    db.session.flush()
    assert week.planned_firms(user.id, today) == [first.firm_id]
