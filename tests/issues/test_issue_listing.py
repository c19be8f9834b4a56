"""The list of issues: lights in SQL as the rule says them, filters one by one, order, counts, chips."""

import random
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from models import calendar, clock
from models.base import db
from models.firm import search
from models.issue import Issue, lights
from models.issue.filters import BUNDLES, IssueFilter
from models.issue.listing import DEFAULT_SORT, PAGE_SIZE, SORTS, IssueListing, chips_of, light_of
from models.issue.record import ENDED, STATES
from models.rules import issue_clock
from models.rules.issue import OPEN
from models.rules.issue_chip import ChipFacts, chips, days_left
from models.rules.issue_clock import Light, LightFacts
from models.user import User
from tests.issues import histories
from tests.support.factories import make_area, make_campaign, make_firm, make_unit, make_user, make_visit
from tests.support.issue_factories import (
    make_assignment,
    make_issue,
    make_issue_class,
    make_issue_group,
    make_outside_handler,
    make_topic,
)

DAY = timedelta(days=1)
FIRST = date(2026, 1, 5)


def random_facts(luck: random.Random) -> LightFacts:
    """Any state with dates that the database lets stand beside it."""

    def some(share: float = 0.7) -> date | None:
        return FIRST + luck.randrange(90) * DAY if luck.random() < share else None

    # What is struck off needs a closing, which the histories below have.
    state = luck.choice([state for state in STATES if state != "closed_out"])
    needs_due = state not in ("registered", "admitted", "declined", "explained", "withdrawn")
    due_on = some(1.0 if needs_due else 0.3)
    first = min(due_on, some(1) or due_on) if due_on else None
    ended_on = some(1.0) if state in ENDED else None
    reply_on = some(1.0) if state == "parked" else some(0.4)
    days = luck.choice((1, 5, 15, 30))
    return LightFacts(state, due_on, first, days, some(), luck.random() < 0.3, reply_on, ended_on)


def row_of(facts: LightFacts, workdays: Any) -> Issue:
    return make_issue(
        state=facts.state, due_on=facts.due_on, first_due_on=facts.first_due_on, clock_days=facts.working_days,
        sign_due_on=facts.accept_by, next_reply_on=facts.reply_due_on, ended_on=facts.ended_on,
        yellow_on=issue_clock.yellow_from(facts, workdays),
        parked_until=facts.reply_due_on if facts.state == "parked" else None,
    )  # fmt: skip


def shown(user: User, on: date) -> dict[str, set[int]]:
    """The ids under each light, as the filter finds them."""
    return {key: set(IssueListing(user, IssueFilter(light=key, on=on), on).ids()) for key in lights.LIGHTS}


@pytest.mark.slow
def test_lights_in_sql_are_those_of_the_rule_on_every_day(app: Flask) -> None:
    luck, workdays, user, firm = random.Random(5), calendar.load(), make_user(), make_firm()
    rows = {}
    for _ in range(150):
        facts = random_facts(luck)
        rows[row_of(facts, workdays).id] = facts
    assert db.session.query(Issue).filter(Issue.firm_id == firm.id).count() == 0
    for on in [FIRST + step * DAY for step in range(-2, 93, 5)]:
        wanted: dict[str, set[int]] = {key: set() for key in lights.LIGHTS}
        for issue_id, facts in rows.items():
            light = issue_clock.light(facts, on, workdays)
            for key in (light.colour, "was" if light.was_overdue else ""):
                if key:
                    wanted[key].add(issue_id)
        assert shown(user, on) == wanted, on
        listing = IssueListing(user, IssueFilter(on=on), on)
        assert listing.lights() == {key: len(ids) for key, ids in wanted.items()}
        for row in listing.page(1, 150, 150):
            assert light_of(row, on) == issue_clock.light(rows[row.id], on, workdays)


def test_lights_of_issues_with_a_whole_history_agree_too(app: Flask) -> None:
    histories.tell(11, 60)
    user, workdays, on = make_user(), calendar.load(), histories.LAST
    found = shown(user, on)
    for issue in db.session.query(Issue):
        over_on = issue.closed_on or issue.ended_on
        facts = LightFacts(issue.state, issue.due_on, issue.first_due_on, issue.clock_days or 0, ended_on=over_on)
        light = issue_clock.light(facts, on, workdays)
        assert (issue.id in found["was"]) == light.was_overdue
        assert (issue.id in found["red"]) == (light.colour == "red")


def one_of_each() -> tuple[User, dict[str, Any], Issue]:
    """An issue that every filter finds, beside one that none finds; the values that find it."""
    user, unit, leader = make_user(name="何岸"), make_unit(kind="section"), make_user()
    park = make_area("北屿园区", tree="park")
    firm = make_firm("云澜启衡传感科技有限公司", area="青禾街道", park_id=park.id)
    search.refresh([firm.id])
    visit = make_visit(firm, user, campaign_id=make_campaign().id)
    group, major = make_issue_group(), make_issue_class("major", name="重大", flow="supervised", clock_days=30)
    issue = make_issue(
        firm, state="in_progress", kind="demand", channel="visit", visit_id=visit.id, topic_id=make_topic("talent").id,
        class_id=major.id, flow="supervised", lead_unit_id=unit.id, handler_id=user.id, raised_by_id=leader.id,
        group_id=group.id, round=2, level=1, raised_on=date(2026, 3, 10), first_due_on=date(2026, 4, 1),
        due_on=date(2026, 4, 10), yellow_on=date(2026, 4, 3), words="缺 3 名嵌入式工程师，100% 急", measures="对接高校",
    )  # fmt: skip
    make_assignment(issue, user, unit=unit)
    outside = make_outside_handler()
    make_issue(make_firm("瑾石精工有限公司"), outside_id=outside.id, raised_by_id=user.id, raised_on=date(2026, 1, 5))
    db.session.commit()
    values = {
        "q": "qhcg", "words": "100%", "state": "in_progress", "light": "red", "overdue": "now", "class_id": major.id,
        "flow": "supervised", "topic": issue.topic_id, "kind": "demand", "channel": "visit", "unit": unit.id,
        "handler": user.id, "area": firm.area_id, "park": park.id, "campaign": visit.campaign_id, "firm": firm.id,
        "group": group.id, "raised_by": leader.id, "mine": "1", "again": "1", "up": "1",
        "raised_from": date(2026, 3, 10), "raised_to": date(2026, 3, 10), "due_from": date(2026, 4, 10),
        "due_to": date(2026, 4, 10),
    }  # fmt: skip
    return user, values, issue


def test_each_filter_finds_its_issue_and_not_the_other(app: Flask) -> None:
    user, values, issue = one_of_each()
    today = date(2026, 4, 11)
    for name, value in values.items():
        if name == "raised_to":
            value = date(2026, 3, 10)
        found = IssueListing(user, IssueFilter(**{name: value}), today).ids()
        alone = [issue.id] if name != "raised_to" else found
        assert found == alone and issue.id in found, name
        assert IssueListing(user, IssueFilter(**{name: value}), today).count() == len(found)
    assert {item.name for item in fields(IssueFilter)} - set(values) == {"on", "outside", "closed_from", "closed_to"}


@pytest.mark.parametrize(
    ("filter_", "finds"),
    [
        (IssueFilter(raised_to=date(2026, 3, 9)), False), (IssueFilter(raised_from=date(2026, 3, 11)), False),
        (IssueFilter(due_to=date(2026, 4, 9)), False), (IssueFilter(due_from=date(2026, 4, 11)), False),
        (IssueFilter(overdue="now", on=date(2026, 4, 10)), False), (IssueFilter(overdue="first"), True),
        (IssueFilter(overdue="first", on=date(2026, 4, 1)), False), (IssueFilter(light="green"), False),
        (IssueFilter(light="green", on=date(2026, 4, 2)), True),
        (IssueFilter(light="yellow", on=date(2026, 4, 3)), True),
        (IssueFilter(light="was", on=date(2026, 4, 2)), True), (IssueFilter(state="open"), True),
        (IssueFilter(state="in_hand"), True), (IssueFilter(state="waiting"), False), (IssueFilter(q="！！"), False),
        (IssueFilter(words="100%_"), False), (IssueFilter(campaign=0), False), (IssueFilter(group=0), False),
        (IssueFilter(handler=0), False), (IssueFilter(class_id=0), False), (IssueFilter(area=0), False),
        (IssueFilter(closed_from=date(2026, 1, 1)), False), (IssueFilter(outside=0), True),
    ],
)  # fmt: skip
def test_filters_at_their_borders(lite_app: Flask, filter_: IssueFilter, finds: bool) -> None:
    user, _, issue = one_of_each()
    assert (issue.id in IssueListing(user, filter_, date(2026, 4, 11)).ids()) is finds


def test_nobody_in_charge_is_neither_an_account_nor_an_outside_person(lite_app: Flask) -> None:
    user, _, _ = one_of_each()
    nobody = make_issue()
    assert IssueListing(user, IssueFilter(handler=0), date(2026, 4, 11)).ids() == [nobody.id]


def test_the_address_says_the_filter_and_what_is_unreadable_counts_as_absent() -> None:
    every = {item.name: "2026-03-02" if "date" in str(item.type) else "3" if "int" in str(item.type) else "words"
             for item in fields(IssueFilter)}  # fmt: skip
    every |= {"state": "open", "light": "red", "overdue": "now", "flow": "simple", "kind": "demand", "channel": "link"}
    assert IssueFilter.parse(IssueFilter.parse(every).query()) == IssueFilter.parse(every)
    assert IssueFilter.parse(every).query() == every
    junk = {"state": "gone", "light": "blue", "on": "2026-13-01", "topic": "1; DROP", "kind": "x", "unit": "-1"}
    assert IssueFilter.parse(junk) == IssueFilter()
    assert not IssueFilter.parse({"on": "2026-03-02"}).is_set and IssueFilter(light="red").is_set
    assert IssueFilter.parse(every).without("state", "topic").query().keys() == every.keys() - {"state", "topic"}


def test_bundles_cover_every_state_but_know_no_other() -> None:
    assert set(BUNDLES["open"]) | set(BUNDLES["ended"]) == set(STATES)
    assert {state for states in BUNDLES.values() for state in states} == set(STATES)
    assert set(BUNDLES["open"]) == set(OPEN)


def test_a_town_a_handler_and_a_stranger_see_their_own(app: Flask) -> None:
    town, handler = make_user(role="town", area="青禾街道"), make_user(role="handler")
    here, there = make_issue(make_firm(area="青禾街道")), make_issue(make_firm(area="石桥镇"))
    make_assignment(there, handler)
    today = clock.today()
    cases: list[tuple[User, list[int]]] = [
        (make_user(role="officer"), [here.id, there.id]), (town, [here.id]), (handler, [there.id]),
        (make_user(role="auditor"), []), (make_user(role=()), []),
    ]  # fmt: skip
    for user, ids in cases:
        listing = IssueListing(user, IssueFilter(), today)
        rows, count = listing.look(1)
        assert (listing.ids(), count, {row.id for row in rows}) == (ids, len(ids), set(ids)), user.role_names
        assert sum(listing.counts_by(Issue.state).values()) == len(ids)


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{key}" for key in SORTS)])
def test_every_order_shows_every_row_once(sort: str, lite_app: Flask) -> None:
    histories.tell(3, 25)
    user = make_user()
    listing = IssueListing(user, IssueFilter(), histories.LAST, sort)
    pages = [row.id for number in (1, 2, 3) for row in listing.page(number, 25, 10)]
    assert sorted(pages) == listing.ids() and len(set(pages)) == 25
    assert [row.id for rows in listing.every_chunk() for row in rows] == pages


def test_unasked_the_most_urgent_come_first_and_the_last_page_is_shown_for_one_too_far(lite_app: Flask) -> None:
    user, today = make_user(), date(2026, 4, 10)
    ids = [make_issue(state="declined", ended_on=today).id]
    for days, yellow in ((9, 1), (0, 0), (-1, -2), (-3, -4)):
        due = today + days * DAY
        row = make_issue(state="in_progress", first_due_on=due, due_on=due, yellow_on=today + yellow * DAY)
        ids.append(row.id)
    listing = IssueListing(user, IssueFilter(), today, DEFAULT_SORT)
    assert [row.id for row in listing.page(1, 5)] == ids[::-1]
    rows, count = listing.look(9, 2)
    assert ([row.id for row in rows], count) == ([ids[0]], 5)
    assert PAGE_SIZE == 50


TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (ChipFacts("in_progress", Light("red", True), TODAY, -6), ["red 逾期 6 天"]),
        (ChipFacts("in_progress", Light("red", True), TODAY, 0), ["red 逾期"]),
        (ChipFacts("in_progress", Light("yellow"), TODAY, 1), ["yellow 还有 1 天"]),
        (ChipFacts("in_progress", Light("yellow"), TODAY, 0), ["yellow 今天到期"]),
        (ChipFacts("in_progress", Light("yellow", True), TODAY, 2), ["yellow 还有 2 天", "dark-red 曾逾期"]),
        (ChipFacts("in_progress", Light("green", True), TODAY, 5), ["dark-red 曾逾期"]),
        (ChipFacts("in_progress", Light("green"), TODAY, 5), ["green 正常"]),
        (ChipFacts("in_progress", Light("yellow"), TODAY, 5, reply_on=TODAY), ["yellow 该答复了"]),
        (ChipFacts("in_progress", Light("yellow"), TODAY, 5, reply_on=TODAY + DAY), ["yellow 还有 5 天"]),
        (ChipFacts("registered", Light("green"), TODAY), []),
        (ChipFacts("registered", Light("yellow"), TODAY), ["yellow 待受理"]),
        (ChipFacts("admitted", Light("yellow"), TODAY), ["yellow 待交办"]),
        (ChipFacts("dispatched", Light("yellow"), TODAY, 4, accept_by=TODAY - DAY), ["yellow 待签收"]),
        (ChipFacts("dispatched", Light("yellow"), TODAY, 1, accept_by=TODAY), ["yellow 还有 1 天"]),
        (ChipFacts("objected", Light("yellow"), TODAY, 4, accept_by=TODAY - DAY), ["yellow 待裁定"]),
        (ChipFacts("signed_for", Light("yellow"), TODAY), ["yellow 临期"]),
        (ChipFacts("closed_out", Light("", True), TODAY, -90), ["dark-red 曾逾期"]),
        (ChipFacts("closed_out", Light(""), TODAY, -90), []),
    ],
)  # fmt: skip
def test_chips_say_it_in_the_sharpest_word(facts: ChipFacts, words: list[str]) -> None:
    assert [f"{chip.colour} {chip.word}" for chip in chips(facts)] == words


def test_days_are_counted_as_the_calendar_counts_them(lite_app: Flask) -> None:
    workdays, luck = calendar.load(), random.Random(2)
    on = date(2026, 2, 20)
    days = [on + luck.randrange(-60, 60) * DAY for _ in range(80)]
    assert days_left([*days, None], on, workdays) == {day: workdays.between(on, day) for day in days}
    assert days_left([None], on, workdays) == {}


@pytest.mark.slow
def test_the_chip_of_a_row_across_the_spring_festival(lite_app: Flask) -> None:
    # 15-23 February 2026 rest, the 14th and the 28th are worked.
    due = date(2026, 2, 13)
    make_issue(state="in_progress", first_due_on=due, due_on=due, yellow_on=due)
    for on, said in (
        (date(2026, 2, 13), "今天到期"),
        (date(2026, 2, 24), "逾期 2 天"),
        (date(2026, 3, 2), "逾期 7 天"),
    ):
        rows = IssueListing(make_user(), IssueFilter(on=on), on).page(1, 1)
        assert [chip.word for chip in chips_of(rows, on)[rows[0].id]] == [said]
    assert chips_of([], on) == {}
