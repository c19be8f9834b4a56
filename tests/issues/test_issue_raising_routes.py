"""Raising an issue on pages: from a firm, a visit, a demand; kept, given to the office, solved on the spot."""

from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from models.base import db
from models.issue import Issue
from models.issue.parts import IssueFile
from tests.support.browser import Browser
from tests.support.factories import make_area, make_demand, make_firm, make_user, make_visit
from tests.support.issue_factories import make_issue
from tests.support.issue_story import make_cast, topic_of, trace

WORDS = "缺一台疲劳试验机，想借高校的用"


def typed(**values: object) -> dict[str, object]:
    """What the shortest form sends."""
    return {"uuid": str(uuid4()), "words": WORDS, "topic_id": topic_of().id, "channel": "phone", "way": "mine",
            "kind": "problem", **values}  # fmt: skip


def only() -> Issue:
    return db.session.scalars(select(Issue)).one()


def test_words_and_topic_are_enough_and_the_raiser_has_it_in_hand(browser: Browser) -> None:
    cast = make_cast()
    page = browser.sign_in(cast.officer).send(f"/issues/new?firm={cast.firm.id}", typed())
    issue = only()
    assert (issue.state, issue.handler_id, issue.words) == ("in_progress", cast.officer.id, WORDS)
    assert trace(issue) == ["raise", "admit", "dispatch", "sign", "start"]
    assert "由您办理" in page.text and issue.number in page.text


def test_it_may_go_to_the_office_instead(lite_browser: Browser) -> None:
    cast = make_cast()
    page = lite_browser.sign_in(cast.officer).send(f"/issues/new?firm={cast.firm.id}", typed(way="desk"))
    assert only().state == "registered" and "等综合科" in page.text


def test_without_words_or_topic_it_is_refused_and_nothing_typed_is_lost(lite_browser: Browser) -> None:
    cast = make_cast()
    page = lite_browser.sign_in(cast.officer).send(f"/issues/new?firm={cast.firm.id}", typed(topic_id=""), 422)
    assert "请选专题" in page.text and WORDS in page.text
    page = lite_browser.send(f"/issues/new?firm={cast.firm.id}", typed(words=" "), 422)
    assert "请写企业的原话" in page.text
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 0


def test_sent_twice_it_is_one(lite_browser: Browser) -> None:
    cast = make_cast()
    data = typed()
    lite_browser.sign_in(cast.officer)
    lite_browser.send(f"/issues/new?firm={cast.firm.id}", data)
    lite_browser.send(f"/issues/new?firm={cast.firm.id}", data)
    assert only().state == "in_progress"


def test_open_ones_of_the_firm_stand_first_and_a_like_one_asks_once(lite_browser: Browser) -> None:
    cast = make_cast()
    held = make_issue(cast.firm, words=WORDS, title="借试验机")
    make_issue(make_firm(), title="别家的事")
    lite_browser.sign_in(cast.officer)
    page = lite_browser.open(f"/issues/new?firm={cast.firm.id}")
    assert "借试验机" in page.text and "别家的事" not in page.text
    page = lite_browser.send(f"/issues/new?firm={cast.firm.id}", typed(), 422)
    assert "可能已经有这一件" in page.text and held.number in page.text and WORDS in page.text
    lite_browser.send(f"/issues/new?firm={cast.firm.id}", typed(anyway="y"))
    assert db.session.scalar(select(func.count()).where(Issue.firm_id == cast.firm.id)) == 2


def test_from_a_demand_the_words_and_the_topic_are_there(lite_browser: Browser) -> None:
    cast = make_cast()
    demand = make_demand(make_visit(cast.firm), words="想贷 300 万，抵押物不够", category="融资需求")
    page = lite_browser.sign_in(cast.officer).open(f"/issues/new?demand={demand.id}")
    chosen = [node for node in page.all("input") if node.attributes.get("name") == "topic_id"]
    checked = [node.attributes["value"] for node in chosen if "checked" in node.attributes]
    assert checked == [str(topic_of("finance").id)] and "想贷 300 万" in page.text
    data = typed(words=demand.words, channel="visit", visit_id=demand.visit_id, topic_id=checked[0])
    lite_browser.send(f"/issues/new?demand={demand.id}", data)
    assert (only().demand_id, only().visit_id, only().channel) == (demand.id, demand.visit_id, "visit")
    assert db.session.get(type(demand), demand.id).state == "raised"  # type: ignore[union-attr]


def test_solved_on_the_spot_is_one_act_with_the_visit_as_evidence(lite_browser: Browser) -> None:
    cast = make_cast()
    visit = make_visit(cast.firm)
    data = typed(way="spot", channel="visit", visit_id=visit.id, result="")
    page = lite_browser.sign_in(cast.officer).send(f"/issues/new?visit={visit.id}", data, 422)
    assert "怎么解决的" in page.text and WORDS in page.text
    lite_browser.send(f"/issues/new?visit={visit.id}", {**data, "result": "当场联系好了实验室"})
    assert only().result == "当场联系好了实验室" and only().state in ("resolution_proposed", "awaiting_firm")
    assert db.session.scalars(select(IssueFile.visit_id)).all() == [visit.id]


def test_on_the_telephone_solved_needs_a_paper(lite_browser: Browser) -> None:
    cast = make_cast()
    lite_browser.sign_in(cast.officer)
    data = typed(way="spot", result="已发通知书")
    page = lite_browser.send(f"/issues/new?firm={cast.firm.id}", data, 422)
    assert "佐证材料" in page.text
    bad = {**data, "files": (BytesIO(b"MZ"), "程序.exe")}
    assert "只收照片" in lite_browser.send(f"/issues/new?firm={cast.firm.id}", bad, 422).text
    good = {**data, "files": (BytesIO(b"%PDF-1.4 x"), "通知书.pdf")}
    page = lite_browser.send(f"/issues/new?firm={cast.firm.id}", good)
    assert "通知书.pdf" in page.text


def test_a_day_to_come_is_refused(lite_browser: Browser) -> None:
    cast = make_cast()
    data = typed(raised_on="2199-01-01")
    page = lite_browser.sign_in(cast.officer).send(f"/issues/new?firm={cast.firm.id}", data, 422)
    assert "不能晚于今天" in page.text


def test_a_town_raises_only_for_its_own_firms(lite_browser: Browser) -> None:
    area = make_area("青禾街道")
    town = make_user("town", area="青禾街道")
    inside, outside = make_firm(area_id=area.id), make_firm()
    lite_browser.sign_in(town)
    lite_browser.send(f"/issues/new?firm={inside.id}", typed(way="desk"))
    assert lite_browser.post(f"/issues/new?firm={outside.id}", data=typed(way="desk")).status_code == 404
    assert only().firm_id == inside.id and only().raised_by_id == town.id


@pytest.mark.parametrize("role", ["handler", "sysadmin", "auditor"])
def test_who_may_not_raise_is_stopped(lite_browser: Browser, role: str) -> None:
    assert lite_browser.sign_in(make_user(role)).get(f"/issues/new?firm={make_firm().id}").status_code == 403


def test_choosing_the_firm_first(lite_browser: Browser) -> None:
    officer, firm = make_user(), make_firm()
    make_visit(firm, officer)
    page = lite_browser.sign_in(officer).open("/issues/new?q=没有这家")
    assert "没有符合“没有这家”的企业" in page.text
    assert f"/issues/new?firm={firm.id}" in page.links()


def test_enter_presses_the_button_that_keeps_the_issue_and_not_the_one_for_what_is_solved(
    lite_browser: Browser,
) -> None:
    """A browser presses the first submit button of a form when Enter is typed in one of its fields."""
    cast = make_cast()
    text = lite_browser.sign_in(cast.officer).get(f"/issues/new?firm={cast.firm.id}").get_data(as_text=True)
    assert 0 < text.index('value="mine"') < text.index('value="spot"')
