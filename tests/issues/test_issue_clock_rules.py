"""The clocks of an issue over the calendar of 2026 (国办发明电〔2025〕7号), and over a year without a notice."""

from datetime import date, timedelta
from typing import Any

import pytest

from models.rules.issue import FLOWS
from models.rules.issue_clock import (
    CLOCKS,
    ESCALATION,
    LIGHTS,
    SLIP_COLOUR,
    SLIPS,
    EscalationFacts,
    LightFacts,
    calls_from,
    class_due,
    counted_attempts,
    due,
    escalation_reasons,
    in_margin,
    is_unanswered,
    last_day_to_ask,
    light,
    light_between,
    link_days,
    link_due,
    margin_from,
    parse,
    recomputed,
    reply_due,
    step_due,
    with_rows,
    yellow_from,
)
from models.rules.issue_kinds import CLASSES, COLOURS
from models.rules.workday import ASSUMED, Workdays
from tests.calendar.test_workday_rules import DAYS_2026, YEAR

DAY = timedelta(days=1)


def _on(text: str) -> date:
    return date.fromisoformat(text)


#: By hand from closed-loop.md: key → number and unit.
BY_HAND = {
    "record": "0d", "dispatch": "1wd", "sign": "1wd", "object": "1wd", "settle": "0d", "assist": "3wd",
    "first_contact": "1wd", "interim_every": "10wd", "extension_before": "1wd", "park": "30d",
    "red_before_escalation": "5wd", "escalated": "10d", "link_valid": "7d", "calls_after": "28d",
    "handler_link": "30d",
    "withdraw_call": "3wd", "review": "2wd",
}  # fmt: skip


def test_the_clocks_are_those_of_the_specification() -> None:
    assert {key: f"{clock.number}{clock.unit}" for key, clock in CLOCKS.items()} == BY_HAND
    assert [(row.name, row.flow, row.days) for row in CLASSES] == [
        ("一般", "simple", 5), ("协同", "standard", 15), ("重大", "supervised", 30)
    ]  # fmt: skip
    assert all(key == clock.key for key, clock in CLOCKS.items()) and {row.flow for row in CLASSES} == FLOWS.keys()
    assert SLIPS.keys() == SLIP_COLOUR.keys() and set(SLIP_COLOUR.values()) == COLOURS.keys()


def test_rows_override_and_what_they_say_badly_does_not() -> None:
    found = with_rows({"sign": "2wd", "park": "60d", "review": "soon", "nothing": "1wd"})
    assert (found["sign"].number, found["park"].words, found["review"]) == (2, "60 天", CLOCKS["review"])
    assert CLOCKS["sign"].number == 1 and found.keys() == CLOCKS.keys()
    assert (CLOCKS["sign"].words, CLOCKS["settle"].words) == ("1 个工作日", "当天")
    assert [parse(text) for text in ("5wd", "0d", "5", "wd", "-1d", "1000d", "5 wd")] == [(5, "wd"), (0, "d")] + [
        None
    ] * 5


#: From, class clock, due; by hand from the calendar.
DUES = [
    # Across 春节: 14 Feb is worked, 15 to 23 rest, 28 is worked.
    ("2026-02-09", 5, "2026-02-14"), ("2026-02-10", 5, "2026-02-24"), ("2026-02-13", 5, "2026-02-27"),
    ("2026-02-13", 15, "2026-03-12"), ("2026-02-06", 15, "2026-03-05"), ("2026-01-19", 30, "2026-03-06"),
    # Across 国庆: 20 Sep is worked, 25 to 27 Sep (中秋) and 1 to 7 Oct rest, 10 Oct is worked.
    ("2026-09-18", 5, "2026-09-24"), ("2026-09-24", 5, "2026-10-09"), ("2026-09-28", 5, "2026-10-10"),
    ("2026-09-18", 15, "2026-10-15"), ("2026-09-01", 30, "2026-10-19"),
    # Started on a day of rest, and plain weeks.
    ("2026-10-03", 5, "2026-10-13"), ("2026-03-02", 5, "2026-03-09"), ("2026-03-02", 15, "2026-03-23"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "days", "due_on"), DUES)
def test_a_class_is_due_so_many_working_days_later(start: str, days: int, due_on: str) -> None:
    found = class_due(_on(start), days, YEAR)
    assert (found.on.isoformat(), found.note) == (due_on, "")


@pytest.mark.parametrize(
    ("key", "start", "due_on"),
    [
        ("sign", "2026-02-14", "2026-02-24"), ("sign", "2026-02-27", "2026-02-28"),
        ("assist", "2026-09-30", "2026-10-10"),
        ("review", "2026-09-30", "2026-10-09"), ("withdraw_call", "2026-02-13", "2026-02-25"),
        ("park", "2026-02-13", "2026-03-15"), ("escalated", "2026-09-28", "2026-10-08"),
        ("settle", "2026-10-03", "2026-10-03"),
    ],
)  # fmt: skip
def test_the_other_clocks_count_working_days_or_days(key: str, start: str, due_on: str) -> None:
    assert due(_on(start), CLOCKS[key], YEAR).on.isoformat() == due_on


#: The year 2027 without a notice: weekends and the legal days rest. 5 to 8 Feb, 5 Apr, 1 and 2 May, 1 to 3 Oct.
UNKNOWN = [
    ("2027-02-04", 1, "2027-02-09"), ("2027-02-04", 5, "2027-02-15"), ("2027-04-02", 1, "2027-04-06"),
    ("2027-04-30", 1, "2027-05-03"), ("2027-09-30", 1, "2027-10-04"), ("2027-09-14", 5, "2027-09-22"),
    ("2026-12-28", 5, "2027-01-05"), ("2027-01-29", 15, "2027-02-23"), ("2027-09-20", 30, "2027-11-02"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "days", "due_on"), UNKNOWN)
def test_a_year_not_announced_rests_on_weekends_and_legal_days_and_says_so(start: str, days: int, due_on: str) -> None:
    found = class_due(_on(start), days, YEAR)
    assert (found.on.isoformat(), found.known, found.note) == (due_on, False, ASSUMED)


def test_a_calendar_days_clock_needs_no_notice() -> None:
    assert due(_on("2026-12-20"), CLOCKS["park"], YEAR).known


def _notice_of_2027() -> Workdays:
    """As if a notice said: 春节 rests 5 to 11 Feb 2027, with Sunday 31 Jan and Saturday 20 Feb worked."""
    days = dict(DAYS_2026)
    days.update({date(2027, 2, day): (False, "春节") for day in range(5, 12)})
    days.update({date(2027, 1, 31): (True, "春节"), date(2027, 2, 20): (True, "春节")})
    return Workdays(days, frozenset({2026, 2027}))


@pytest.mark.parametrize(
    ("start", "days", "before", "told", "after"),
    [
        # Later with the notice: the new date, whether the firm was told or not.
        ("2027-02-04", 5, "2027-02-15", None, "2027-02-18"),
        ("2027-02-04", 5, "2027-02-15", "2027-02-15", "2027-02-18"),
        # Earlier with the notice (31 Jan is worked): the new date only when no other was promised.
        ("2027-01-29", 3, "2027-02-03", None, "2027-02-02"),
        ("2027-01-29", 3, "2027-02-03", "2027-02-03", "2027-02-03"),
        ("2027-01-29", 3, "2027-02-03", "2027-02-02", "2027-02-02"),
    ],
)
def test_a_notice_moves_dates_but_never_before_what_the_firm_was_told(
    start: str, days: int, before: str, told: str | None, after: str
) -> None:
    assert class_due(_on(start), days, YEAR).on.isoformat() == before
    found = recomputed(_on(start), days, _on(told) if told else None, _notice_of_2027())
    assert (found.on.isoformat(), found.known) == (after, True)


@pytest.mark.parametrize(
    ("left", "days", "yellow"),
    [(1, 5, True), (2, 5, False), (1, 3, True), (2, 3, False), (0, 1, True), (3, 15, True), (4, 15, False),
     (6, 30, True), (7, 30, False), (1, 7, True), (2, 7, False), (1, 9, True), (2, 9, False), (2, 10, True),
     (3, 14, False), (2, 14, True), (-1, 5, True)],
)  # fmt: skip
def test_the_margin_is_a_day_or_a_fifth_unrounded(left: int, days: int, yellow: bool) -> None:
    assert in_margin(left, days) is yellow


@pytest.mark.parametrize("days", [1, 4, 5, 7, 9, 10, 14, 15, 30])
@pytest.mark.parametrize("due_on", ["2026-03-12", "2026-02-24", "2026-10-08", "2026-10-10", "2026-10-04", "2026-03-15"])
def test_the_light_turns_yellow_on_the_first_day_inside_the_margin(days: int, due_on: str) -> None:
    first = margin_from(_on(due_on), days, YEAR)
    assert in_margin(YEAR.between(first, _on(due_on)), days)
    assert not in_margin(YEAR.between(first - DAY, _on(due_on)), days)


OPEN_FACTS: dict[str, Any] = {
    "state": "in_progress", "due_on": _on("2026-10-15"), "first_due_on": _on("2026-10-15"), "working_days": 15,
}  # fmt: skip
#: What is different, the day, colour and dark red. Three working days before Thu 15 Oct: Mon 12 Oct.
LIGHT_CASES: list[tuple[dict[str, Any], str, str, bool]] = [
    ({}, "2026-10-11", "green", False),
    ({}, "2026-10-12", "yellow", False),
    ({}, "2026-10-15", "yellow", False),
    ({}, "2026-10-16", "red", True),
    # Extended after the first date had passed: green again, and dark red stays.
    ({"due_on": _on("2026-11-20")}, "2026-10-15", "green", False),
    ({"due_on": _on("2026-11-20")}, "2026-10-16", "green", True),
    # A reply is due.
    ({"reply_due_on": _on("2026-09-29")}, "2026-09-28", "green", False),
    ({"reply_due_on": _on("2026-09-29")}, "2026-09-29", "yellow", False),
    ({"reply_due_on": _on("2026-09-29"), "state": "awaiting_firm"}, "2026-09-29", "green", False),
    ({"reply_due_on": _on("2026-09-29"), "state": "parked"}, "2026-09-29", "yellow", False),
    # Not accepted in time, and accepted by silence.
    ({"state": "dispatched", "accept_by": _on("2026-09-21")}, "2026-09-21", "green", False),
    ({"state": "dispatched", "accept_by": _on("2026-09-21")}, "2026-09-22", "yellow", False),
    ({"state": "signed_for", "accept_by": _on("2026-09-21"), "silent": True}, "2026-09-22", "yellow", False),
    ({"state": "signed_for", "accept_by": _on("2026-09-21")}, "2026-09-22", "green", False),
    # Before it has a date.
    ({"state": "registered", "due_on": None, "first_due_on": None}, "2030-01-01", "green", False),
    ({"state": "registered", "due_on": None, "first_due_on": None, "accept_by": _on("2026-09-21")}, "2026-09-22",
     "yellow", False),
    # Ended: no colour; dark red when it ended after the first date.
    ({"state": "closed_out", "ended_on": _on("2026-10-15")}, "2026-12-01", "", False),
    ({"state": "closed_out", "ended_on": _on("2026-10-16")}, "2026-12-01", "", True),
    ({"state": "explained", "ended_on": _on("2026-10-16")}, "2026-12-01", "", True),
]  # fmt: skip


@pytest.mark.parametrize(("change", "on", "colour", "dark"), LIGHT_CASES)
def test_a_light_is_computed_for_a_day(change: dict[str, Any], on: str, colour: str, dark: bool) -> None:
    facts = LightFacts(**{**OPEN_FACTS, **change})
    found = light(facts, _on(on), YEAR)
    assert (found.colour, found.was_overdue) == (colour, dark)
    if colour:
        assert light_between(yellow_from(facts, YEAR), facts.due_on, facts.first_due_on, _on(on)) == found
        assert found.words.startswith(LIGHTS[colour]) and ("暗红" in found.words) == (dark and colour != "red")


#: By hand: half of 15 working days is 7, of 30 it is 15; then ten working days after the last reply.
REPLIES = [
    ("2026-09-18", 15, None, "2026-09-29"), ("2026-09-18", 30, None, "2026-10-15"),
    ("2026-02-13", 15, None, "2026-03-02"),
    ("2026-03-02", 1, None, "2026-03-03"), ("2026-09-18", 30, "2026-09-28", "2026-10-16"),
    ("2026-02-06", 15, "2026-02-13", "2026-03-05"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "days", "last", "expected"), REPLIES)
def test_replies_are_due_at_half_of_the_clock_and_then_every_ten_days(
    start: str, days: int, last: str | None, expected: str
) -> None:
    found = reply_due(_on(start), days, _on(last) if last else None, CLOCKS["interim_every"], YEAR)
    assert found.on.isoformat() == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [("registered", "2026-10-08"), ("admitted", "2026-10-08"), ("dispatched", "2026-10-08"), ("objected", "2026-09-30"),
     ("signed_for", "2026-10-08"), ("in_review", "2026-10-09"), ("in_progress", None), ("closed_out", None)],
)  # fmt: skip
def test_each_step_has_its_own_clock(state: str, expected: str | None) -> None:
    found = step_due(state, _on("2026-09-30"), CLOCKS, YEAR)
    assert (found.on.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("due_on", "last"),
    [("2026-03-12", "2026-03-11"), ("2026-02-24", "2026-02-14"), ("2026-10-08", "2026-09-30"),
     ("2026-10-12", "2026-10-10")],
)  # fmt: skip
def test_an_extension_is_asked_for_a_working_day_before(due_on: str, last: str) -> None:
    assert last_day_to_ask(_on(due_on), CLOCKS["extension_before"], YEAR).isoformat() == last
    assert last_day_to_ask(_on(due_on), with_rows({"extension_before": "2d"})["extension_before"], YEAR) == (
        _on(due_on) - 2 * DAY
    )


#: Due on Fri 25 Sep would be 中秋; due Thu 24 Sep. Five working days later: Mon 28, 29, 30 Sep, 8 and 9 Oct.
UP: list[tuple[dict[str, Any], str, list[str]]] = [
    ({}, "2026-10-09", []),
    ({}, "2026-10-10", ["red_long"]),
    ({"done": frozenset({"red_long"})}, "2026-10-10", []),
    ({"assignments": 1}, "2026-09-01", []),
    ({"assignments": 2}, "2026-09-01", ["assigned_twice"]),
    ({"extensions": 1}, "2026-09-01", []),
    ({"extensions": 2}, "2026-09-01", ["extended_twice"]),
    ({"signed_by_head": True}, "2026-09-01", ["signed_by_head"]),
    ({"assignments": 2, "extensions": 2, "state": "awaiting_firm"}, "2026-10-10", []),
    ({"assignments": 2, "extensions": 2, "state": "closed_out"}, "2026-10-10", []),
    ({"assignments": 3, "extensions": 2, "signed_by_head": True, "state": "parked"}, "2026-10-10",
     ["assigned_twice", "extended_twice", "red_long", "signed_by_head"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "on", "reasons"), UP)
def test_a_matter_goes_up_for_four_reasons_once_each(change: dict[str, Any], on: str, reasons: list[str]) -> None:
    facts = EscalationFacts(**{"state": "in_progress", "due_on": _on("2026-09-24"), **change})
    assert escalation_reasons(facts, _on(on), CLOCKS["red_before_escalation"], YEAR) == reasons
    assert set(reasons) <= ESCALATION.keys()


def test_links_go_out_on_four_days() -> None:
    assert [day.isoformat() for day in link_days(_on("2026-09-18"))] == [
        "2026-09-18", "2026-09-25", "2026-10-02", "2026-10-09"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("last", "on", "due_now"),
    [(None, "2026-09-18", True), ("2026-09-18", "2026-09-18", False), ("2026-09-18", "2026-09-24", False),
     ("2026-09-18", "2026-09-25", True), ("2026-09-20", "2026-09-25", True), ("2026-09-25", "2026-09-25", False),
     # A fortnight missed: one link, not two.
     ("2026-09-18", "2026-10-05", True), ("2026-10-05", "2026-10-05", False), ("2026-10-05", "2026-10-09", True),
     # After day 28 the telephone begins.
     (None, "2026-10-16", True), (None, "2026-10-17", False), (None, "2026-09-17", False)],
)  # fmt: skip
def test_a_missed_link_goes_out_once(last: str | None, on: str, due_now: bool) -> None:
    assert link_due(_on("2026-09-18"), _on(last) if last else None, _on(on), CLOCKS["calls_after"]) is due_now


ASKED = _on("2026-09-01")
CALLS_CASES: list[tuple[list[str], int]] = [
    (["2026-09-29"], 0),
    (["2026-09-30"], 1),
    (["2026-09-30", "2026-09-30", "2026-09-30"], 1),
    # 1 to 7 Oct rest: a call then is no attempt on a working day.
    (["2026-09-30", "2026-10-02", "2026-10-08"], 2),
    (["2026-09-30", "2026-10-08", "2026-10-10"], 3),
    (["2026-10-10", "2026-10-08", "2026-09-30", "2026-10-12"], 4),
]


@pytest.mark.parametrize(("attempts", "number"), CALLS_CASES)
def test_only_attempts_on_different_working_days_after_day_28_count(attempts: list[str], number: int) -> None:
    after = CLOCKS["calls_after"]
    days = [_on(text) for text in attempts]
    assert calls_from(ASKED, after) == _on("2026-09-30")
    found = counted_attempts(ASKED, days, after, YEAR)
    assert (len(found), found) == (number, sorted(found))
    assert is_unanswered(ASKED, days, after, YEAR) == (number >= 3)
