"""类别与时限 and the menu of services: each list is kept by the office and read by the acts."""

from typing import Any

import pytest
from sqlalchemy import select

from models import clock
from models.base import db
from models.issue import Issue, clocks
from models.issue.acts import desk
from models.issue.acts.actor import Actor
from models.issue.kinds import IssueClass, IssueClock, IssueTopic, OutsideHandler
from models.issue.menu import IssueOffer, MenuItem
from models.rules.issue_clock import CLOCKS
from tests.support.browser import Browser
from tests.support.factories import make_unit, make_user
from tests.support.issue_factories import make_issue, make_menu_item, make_outside_handler, make_topic
from tests.support.issue_story import given, make_cast, raised, to_worker


def test_a_class_is_made_and_changed_and_what_was_given_out_keeps_its_clock(browser: Browser) -> None:
    cast = make_cast()
    issue = given(cast, at=clock.now())
    browser.sign_in(cast.office)
    row = db.session.get_one(IssueClass, issue.class_id)
    page = browser.open(f"/issues/setup/classes/{row.id}")
    assert "已经交办的不受影响" in page.text
    body = {"name": "协同（跨部门）", "flow": "supervised", "clock_days": "20", "position": "5", "active": "y"}
    browser.send(f"/issues/setup/classes/{row.id}", body)
    issue = db.session.get_one(Issue, issue.id)
    assert (issue.flow, issue.clock_days) == ("standard", 15)
    row = db.session.get_one(IssueClass, row.id)
    assert (row.name, row.flow, row.clock_days, row.active) == ("协同（跨部门）", "supervised", 20, True)
    browser.send("/issues/setup/classes/new", {**body, "name": "特急", "flow": "simple", "clock_days": "2"})
    page = browser.send("/issues/setup/classes/new", body, status=422)
    assert "已有同名的" in page.text
    assert "特急" in [row[0] for row in browser.open("/issues/setup").rows("类别")]


@pytest.mark.parametrize(
    ("change", "said"),
    [({"name": ""}, "请填名称"), ({"flow": "x"}, "有效"), ({"clock_days": "0"}, "请填 1 到 250"),
     ({"clock_days": "两天"}, "")],
)  # fmt: skip
def test_a_class_that_cannot_be_is_refused_at_its_field(
    change: dict[str, Any], said: str, lite_browser: Browser
) -> None:
    body = {"name": "特急", "flow": "simple", "clock_days": "2", "position": "5", "active": "y"}
    lite_browser.sign_in(make_user(role="office"))
    assert said in lite_browser.send("/issues/setup/classes/new", {**body, **change}, status=422).text
    assert db.session.scalar(select(IssueClass).where(IssueClass.name == "特急")) is None


def test_a_clock_is_changed_counts_from_now_and_goes_back_to_its_default(browser: Browser) -> None:
    cast = make_cast()
    before = given(cast, at=clock.now())
    browser.sign_in(cast.office)
    row = next(row for row in browser.open("/issues/setup").rows("时限") if row[0] == "签收")
    assert row[1:3] == ["1 个工作日", "1 个工作日"]
    browser.send("/issues/setup/clocks/sign", {"number": "400", "unit": "wd"}, status=422)
    browser.send("/issues/setup/clocks/sign", {"number": "3", "unit": "wd"})
    row = next(row for row in browser.open("/issues/setup").rows("时限") if row[0] == "签收")
    assert row[1:3] == ["3 个工作日 改过", "1 个工作日"] and "恢复" in row[3]
    at = clock.now()
    today, ticks = clock.local(at).date(), clocks.load()
    after = raised(cast, at, words="新来的一件")
    desk.dispatch(after, Actor.of(cast.office), at, to_worker(cast))
    assert after.sign_due_on == ticks.workdays.due(today, 3).on
    assert db.session.get_one(Issue, before.id).sign_due_on == ticks.workdays.due(today, 1).on
    browser.send("/issues/setup/clocks/sign/reset")
    assert db.session.scalar(select(IssueClock)) is None and clocks.load().clocks["sign"] == CLOCKS["sign"]
    browser.open("/issues/setup/clocks/nothing", status=404)
    assert len(browser.open("/issues/setup").rows("时限")) == len(CLOCKS)


def test_a_topic_has_a_unit_that_is_suggested_where_nobody_did_it_before(lite_browser: Browser) -> None:
    office, unit, topic = make_user(role="office"), make_unit("区住建局"), make_topic("site")
    lite_browser.sign_in(office)
    body = {"name": "场地", "unit_id": unit.id, "position": "3", "active": "y"}
    lite_browser.send(f"/issues/setup/topics/{topic.id}", body)
    lite_browser.send("/issues/setup/topics/new", {**body, "name": "用电", "unit_id": ""})
    assert db.session.get_one(IssueTopic, topic.id).unit_id == unit.id
    make_issue(topic_id=topic.id)
    row = lite_browser.open("/issues/desk?part=registered").rows("待受理")[0]
    assert "区住建局" in " ".join(row)


def test_people_of_other_units_are_kept_and_those_out_of_use_are_offered_no_more(lite_browser: Browser) -> None:
    office, unit = make_user(role="office"), make_unit("区人社局", kind="department")
    lite_browser.sign_in(office)
    body = {"unit_id": unit.id, "name": "顾清和", "email": "gu@dept.example", "phone": "55550101", "active": "y"}
    assert "请核对邮箱" in lite_browser.send("/issues/setup/people/new", body | {"email": "gu"}, status=422).text
    lite_browser.send("/issues/setup/people/new", body)
    person = db.session.scalars(select(OutsideHandler)).one()
    assert (person.unit_id, person.sort_key[:2]) == (unit.id, "gu")
    issue = make_issue()
    assert "顾清和（外单位，走链接）" in lite_browser.open(f"/issues/{issue.id}/dispatch").text
    lite_browser.send(f"/issues/setup/people/{person.id}", {**body, "active": ""})
    assert db.session.get_one(OutsideHandler, person.id).active is False
    assert "顾清和" not in lite_browser.open(f"/issues/{issue.id}/dispatch").text


def test_the_menu_is_seen_by_all_and_kept_by_the_office(lite_browser: Browser) -> None:
    office, topic = make_user(role="office"), make_topic("policy", name="政策")
    lite_browser.sign_in(office)
    body = {"name": "高企申报辅导", "topic_id": topic.id, "unit_id": "", "provider": "区科技服务中心", "price": "免费",
            "rungs": ["tech_sme", "potential"], "position": "1", "active": "y"}  # fmt: skip
    assert "请选单位，或写合作机构" in lite_browser.send("/issues/menu/new", body | {"provider": ""}, status=422).text
    lite_browser.send("/issues/menu/new", body)
    item = db.session.scalars(select(MenuItem)).one()
    assert (item.rungs, item.provider, item.unit_id) == (frozenset({"tech_sme", "potential"}), "区科技服务中心", None)
    db.session.add(IssueOffer(issue_id=make_issue().id, item_id=item.id, state="accepted", proposed_at=clock.now()))
    make_menu_item(name="停了的", active=False)
    rows = lite_browser.open("/issues/menu").rows("服务")
    assert sorted(row[5] for row in rows) == ["0 次", "1 次"]
    page = lite_browser.sign_in(make_user(role="officer")).open("/issues/menu")
    assert len(page.rows("服务")) == 1 and "加一项服务" not in page.text


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_the_pages_are_fit_to_be_used_by_everyone(size: str, request: pytest.FixtureRequest) -> None:
    window = request.getfixturevalue(size)
    make_outside_handler()
    item = make_menu_item(conditions="近三年没有重大违法")
    window.sign_in(make_user(role="office", name="沈知白"))
    told = {}
    for path in (
        "/issues/setup", "/issues/setup/classes/new", "/issues/setup/clocks/sign", "/issues/setup/people/new",
        "/issues/menu", f"/issues/menu/{item.id}",
    ):  # fmt: skip
        window.open(path)
        told[path] = (window.complaints(), window.wide())
    assert {path: found for path, found in told.items() if found != ([], 0)} == {}
