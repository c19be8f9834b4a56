"""Opinions and suggestions: what may happen to one, who sees it, how the list is narrowed and exported."""

from datetime import date, timedelta
from io import BytesIO
from itertools import product

import openpyxl
import pytest

from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.opinion import Opinion
from models.opinion_list import OpinionFilter, OpinionListing
from models.rules import opinion as rules
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user, make_visit
from tests.support.scheme_factories import make_opinion, make_opinion_kind
from tests.support.statements import statements

TODAY = clock.today()
YESTERDAY = TODAY - timedelta(days=1)
ACTS = {
    "passed": lambda row: row.pass_on("市科技局", TODAY, TODAY),
    "answered": lambda row: row.set_answer("已列入计划", TODAY, TODAY),
    "told": lambda row: row.tell("电话", TODAY, TODAY),
    "kept": lambda row: row.keep("已当场说明", TODAY),
}
#: How an opinion comes to each state.
WAYS = {"collected": (), "passed": ("passed",), "answered": ("passed", "answered"),
        "told": ("passed", "answered", "told"), "kept": ("kept",)}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(product(rules.STATES, ACTS)))
def test_only_what_the_table_names_can_happen(lite_app: object, before: str, after: str) -> None:
    row = make_opinion()
    for way in WAYS[before]:
        ACTS[way](row)
    forward = {("collected", "passed"), ("collected", "answered"), ("collected", "kept"), ("passed", "answered"),
               ("answered", "told")}  # fmt: skip
    if (before, after) in forward:
        ACTS[after](row)
        assert row.state == after
    else:
        with pytest.raises(Refused):
            ACTS[after](row)
    db.session.flush()


@pytest.mark.parametrize(
    ("state", "passed", "before"),
    [("collected", False, None), ("passed", True, "collected"), ("answered", True, "passed"),
     ("answered", False, "collected"), ("told", True, "answered"), ("kept", False, "collected")],
)  # fmt: skip
def test_a_step_back_is_in_the_table_too(state: str, passed: bool, before: str | None) -> None:
    assert rules.step_back(state, passed) == before
    assert before is None or passed or rules.may_move(before, state)


@pytest.mark.parametrize(
    ("on", "fault"),
    [(date(2026, 2, 28), True), (date(2026, 3, 1), False), (date(2026, 3, 9), False), (date(2026, 3, 10), True)],
)
def test_a_step_is_not_before_the_one_before_and_not_to_come(on: date, fault: bool) -> None:
    assert bool(rules.day_fault(on, date(2026, 3, 1), date(2026, 3, 9), "转出")) is fault


def test_every_step_back_leaves_nothing_behind(app: object) -> None:
    row = make_opinion()
    for way in WAYS["told"]:
        ACTS[way](row)
    for state in ("answered", "passed", "collected"):
        row.take_back()
        db.session.flush()
        assert row.state == state
    assert (row.passed_on, row.answer, row.told_how) == (None, "", "")
    with pytest.raises(Refused):
        row.take_back()


def test_without_an_answer_for_more_than_so_many_days(app: object) -> None:
    office = make_user(role="office")
    exactly = make_opinion(collected_on=TODAY - timedelta(days=30))
    longer = make_opinion(collected_on=TODAY - timedelta(days=31))
    passed = make_opinion(collected_on=TODAY - timedelta(days=90))
    passed.pass_on("市科技局", TODAY - timedelta(days=2), TODAY)
    answered = make_opinion(collected_on=TODAY - timedelta(days=90))
    answered.set_answer("已答", TODAY, TODAY)
    db.session.flush()
    found = OpinionListing(office, OpinionFilter(silent=30), TODAY).page(1, 50)
    assert [row.id for row in found] == [longer.id]
    assert exactly.waits(TODAY) == 30 and passed.waits(TODAY) == 2 and answered.waits(TODAY) is None
    assert OpinionListing(office, OpinionFilter(), TODAY).counts()["open"] == 3


def test_a_town_sees_the_opinions_of_its_firms_only(app: object) -> None:
    town = make_user(role="town", area="青禾街道")
    mine = make_opinion(make_firm(area="青禾街道"))
    other = make_opinion(make_firm(area="云岭街道"))
    free = Opinion.collect("多办培训", make_opinion_kind(), TODAY, make_user(), clock.now(), TODAY, source="座谈会")
    listing = OpinionListing(town, OpinionFilter(state="all"), TODAY)
    assert [row.id for row in listing.page(1, 50)] == [mine.id] and listing.counts()["all"] == 1
    for hidden in (other, free):
        with pytest.raises(NotFound):
            Opinion.get_for(town, hidden.id)
    with pytest.raises(Refused, match="本辖区"):
        Opinion.collect("多办培训", make_opinion_kind(), TODAY, town, clock.now(), TODAY, source="座谈会")
    for role in ("handler", "sysadmin"):
        assert OpinionListing(make_user(role=role), OpinionFilter(state="all"), TODAY).page(1, 50) == []


def test_from_a_visit_to_telling_the_firm(browser: Browser) -> None:
    officer, kind = make_user(), make_opinion_kind()
    visit = make_visit(make_firm(), officer)
    browser.sign_in(officer)
    assert "记一条意见建议" in browser.open(f"/visits/{visit.id}").text
    page = browser.send(f"/opinions/new?visit={visit.id}", {"words": "希望提前培训", "kind_id": kind.id, "common": "y",
                                                            "collected_on": visit.visit_on.isoformat()})  # fmt: skip
    assert "希望提前培训" in page.text
    row = db.session.query(Opinion).one()
    assert (row.firm_id, row.visit_id, row.common) == (visit.firm_id, visit.id, True)
    url, today = f"/opinions/{row.id}", TODAY.isoformat()
    browser.send(f"{url}/tell", {"words": "电话", "on": today}, 422)
    browser.send(f"{url}/pass", {"words": "市科技局", "on": today})
    browser.send(f"{url}/answer", {"words": "太早", "on": YESTERDAY.isoformat()}, 422)
    browser.send(f"{url}/answer", {"words": "下月起培训", "on": today})
    page = browser.send(f"{url}/tell", {"words": "电话告知", "on": today})
    assert "已告知企业" in page.text and "下月起培训" in page.text
    assert "已答复，没告知" in browser.send(f"{url}/back").text
    browser.sign_in(make_user())
    assert browser.get(f"{url}/tell").status_code in (400, 409, 422)


def test_the_export_is_what_the_list_shows(browser: Browser) -> None:
    make_opinion(words="第一条", common=True)
    make_opinion(words="第二条")
    browser.sign_in(make_user(role="office"))
    answer = browser.get("/opinions/export?common=1")
    cells = [cell for row in openpyxl.load_workbook(BytesIO(answer.data)).active.values for cell in row]
    assert "第一条" in cells and "第二条" not in cells


def test_an_opinion_follows_its_visit_to_another_firm(browser: Browser) -> None:
    officer, right = make_user(role="office"), make_firm()
    visit = make_visit(make_firm(), officer)
    opinion = make_opinion(visit.firm, officer, visit_id=visit.id)
    browser.sign_in(officer)
    browser.send(f"/visits/{visit.id}/edit?firm={right.id}", {
        "visit_on": visit.visit_on.isoformat(), "text": visit.text, "kind": "visit", "campaign": "", "version": "1",
        "officers": [officer.id]})  # fmt: skip
    db.session.expire_all()
    assert db.session.get(Opinion, opinion.id).firm_id == right.id  # type: ignore[union-attr]


def test_the_list_costs_the_same_for_thirty(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    counts = []
    for more in (3, 27):
        for _ in range(more):
            make_opinion()
        lite_browser.open("/opinions/")
        with statements() as sent:
            lite_browser.open("/opinions/")
        counts.append(len(sent))
    assert counts[0] == counts[1]
