"""When somebody is told, through which door, and who hears of it next: tables with both sides of each border."""

from datetime import date, datetime, time

import pytest

from models.clock import ZONE
from models.reminder.sources import SOURCES
from models.rules import reminder as rules
from models.rules.reminder import Door
from models.rules.reminder_table import BY_KEY, RULES
from models.rules.workday import Workdays

#: The week of 20 September 2026 works on Sunday for 国庆; 1–7 October rests.
NOTICE = {
    date(2026, 9, 20): (True, "国庆节"), **{date(2026, 10, day): (False, "国庆节") for day in range(1, 8)},
    date(2026, 10, 10): (True, "国庆节"),
}  # fmt: skip
WORKDAYS = Workdays(NOTICE, frozenset({2026}))


@pytest.mark.parametrize(
    ("due_on", "stage", "unit", "day"),
    [
        (date(2026, 11, 25), 0, "d", date(2026, 11, 25)),
        (date(2026, 11, 25), 30, "d", date(2026, 10, 26)),
        # A stage on a Sunday is told on the Friday before, also on the due date itself.
        (date(2026, 11, 22), 0, "d", date(2026, 11, 20)),
        (date(2026, 11, 25), 3, "d", date(2026, 11, 20)),
        # After the due date it waits for people to be there.
        (date(2026, 11, 20), -1, "d", date(2026, 11, 23)),
        (date(2026, 11, 24), 2, "wd", date(2026, 11, 20)),
        (date(2026, 11, 23), 1, "wd", date(2026, 11, 20)),
        (date(2026, 11, 22), 1, "wd", date(2026, 11, 19)),
        (date(2026, 11, 20), -1, "wd", date(2026, 11, 23)),
        # 国庆: the working Sunday before, and the eighth after.
        (date(2026, 10, 8), 1, "wd", date(2026, 9, 30)),
        (date(2026, 9, 21), 1, "d", date(2026, 9, 20)),
        (date(2026, 9, 30), -1, "wd", date(2026, 10, 8)),
    ],
)
def test_a_stage_is_told_on_a_working_day(due_on: date, stage: int, unit: str, day: date) -> None:
    assert rules.stage_day(due_on, stage, unit, WORKDAYS) == day


@pytest.mark.parametrize(
    ("on", "stage"),
    [
        (date(2026, 11, 8), None),
        (date(2026, 11, 9), 10),
        (date(2026, 11, 15), 10),
        (date(2026, 11, 16), 3),
        (date(2026, 11, 19), 0),
        (date(2026, 11, 20), -1),
        (date(2027, 3, 1), -1),
    ],
)
def test_of_missed_stages_only_the_last_is_told(on: date, stage: int | None) -> None:
    assert rules.stage_reached(date(2026, 11, 19), on, (10, 3, 0, -1), "d", WORKDAYS) == stage


@pytest.mark.parametrize(
    ("stage", "told", "is_told"),
    [(3, [], False), (3, [10], False), (3, [3], True), (3, [0], True), (-1, [0], False), (0, [-1], True)],
)
def test_a_clock_set_back_tells_nothing_twice(stage: int, told: list[int], is_told: bool) -> None:
    assert rules.is_told(stage, told) is is_told


QUIET = (time(20, 0), time(7, 30))


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-20 07:29:59", "2026-11-20 07:30"),
        ("2026-11-20 07:30:00", None),
        ("2026-11-20 19:59:59", None),
        # Friday evening: Monday morning.
        ("2026-11-20 20:00:00", "2026-11-23 07:30"),
        ("2026-11-21 10:00:00", "2026-11-23 07:30"),
        ("2026-11-23 00:00:00", "2026-11-23 07:30"),
        ("2026-11-24 23:00:00", "2026-11-25 07:30"),
        # A working Sunday is a working day; 国庆 is none.
        ("2026-09-20 09:00:00", None),
        ("2026-09-30 20:00:00", "2026-10-08 07:30"),
        ("2026-10-01 09:00:00", "2026-10-08 07:30"),
    ],
)
def test_quiet_hours_and_days_off_hold_until_the_next_working_morning(at: str, until: str | None) -> None:
    local = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    wanted = datetime.fromisoformat(until).replace(tzinfo=ZONE) if until else None
    assert rules.quiet_until(local, *QUIET, WORKDAYS) == wanted


@pytest.mark.parametrize(
    ("begins", "ends", "at", "until"),
    [
        # No quiet hours: only days off.
        (time(8), time(8), "2026-11-20 03:00", None),
        (time(8), time(8), "2026-11-21 03:00", "2026-11-23 08:00"),
        # A rest at noon.
        (time(12), time(14), "2026-11-20 11:59", None),
        (time(12), time(14), "2026-11-20 12:00", "2026-11-20 14:00"),
        (time(12), time(14), "2026-11-20 14:00", None),
    ],
)
def test_other_quiet_hours(begins: time, ends: time, at: str, until: str | None) -> None:
    local = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    wanted = datetime.fromisoformat(until).replace(tzinfo=ZONE) if until else None
    assert rules.quiet_until(local, begins, ends, WORKDAYS) == wanted


@pytest.mark.parametrize(
    ("person", "acting", "got"),
    [
        (1, {}, (1, "")),
        (1, {1: 2}, (2, "deputy")),
        # The deputy left: the person keeps it. Who left gets nothing.
        (1, {1: 9}, (1, "")),
        (9, {}, (None, "left")),
        (9, {9: 1}, (None, "left")),
    ],
)
def test_who_gets_a_reminder(person: int, acting: dict[int, int], got: tuple[int | None, str]) -> None:
    assert rules.handed_to(person, {1, 2, 3}, acting) == got


@pytest.mark.parametrize(
    ("person", "heads", "managers", "got"),
    [
        (1, [2, 3], [7, 8], (2,)),
        # The head of the unit: the head of the unit above; without one the managers.
        (2, [2, 3], [7, 8], (3,)),
        (3, [2, 3], [7, 8], (7, 8)),
        (1, [None, 3], [7], (3,)),
        (1, [None], [7, 1], (7,)),
        (7, [], [7], ()),
        # Head of both: not reported to themselves.
        (2, [2, 2], [7], (7,)),
    ],
)
def test_who_is_above(person: int, heads: list[int | None], managers: list[int], got: tuple[int, ...]) -> None:
    assert rules.above(person, heads, managers) == got


@pytest.mark.parametrize(
    ("raised", "due", "on", "after", "goes"),
    [
        # Told on Monday, three whole days: Tuesday, Wednesday, Thursday.
        (date(2026, 11, 16), date(2026, 11, 13), date(2026, 11, 19), 3, False),
        (date(2026, 11, 16), date(2026, 11, 13), date(2026, 11, 20), 3, True),
        # A weekend counts nothing; before its day nobody is reported.
        (date(2026, 11, 19), date(2026, 11, 13), date(2026, 11, 23), 2, False),
        (date(2026, 11, 19), date(2026, 11, 13), date(2026, 11, 24), 2, True),
        (date(2026, 11, 2), date(2026, 11, 20), date(2026, 11, 23), 1, False),
        (date(2026, 11, 2), date(2026, 11, 20), date(2026, 11, 24), 1, True),
        (date(2026, 11, 2), date(2026, 11, 3), date(2026, 12, 31), 0, False),
        # 国庆 counts nothing either.
        (date(2026, 9, 30), date(2026, 9, 30), date(2026, 10, 8), 1, False),
        (date(2026, 9, 30), date(2026, 9, 30), date(2026, 10, 9), 1, True),
    ],
)
def test_when_a_matter_goes_to_the_person_above(raised: date, due: date, on: date, after: int, goes: bool) -> None:
    assert rules.escalates(raised, due, on, after, WORKDAYS) is goes


@pytest.mark.parametrize(
    ("door", "reason"),
    [
        (Door(frozenset({"app", "mail"}), server=True, mailbox=True), ""),
        (Door(frozenset({"app"}), server=True, mailbox=True), "channel_off"),
        (Door(frozenset({"mail"}), server=True, mailbox=True, declined=True), "channel_off"),
        (Door(frozenset({"mail"}), server=False, mailbox=True), "channel_off"),
        (Door(frozenset({"mail"}), server=True, mailbox=False), "no_mailbox"),
    ],
)
def test_why_no_mail_goes_out(door: Door, reason: str) -> None:
    assert rules.closed_because(door) == reason


@pytest.mark.parametrize(("words", "found"), [("07:30", time(7, 30)), ("7:30", None), ("24:00", None), ("", None)])
def test_a_time_of_day_is_read(words: str, found: time | None) -> None:
    assert rules.read_time(words) == found


def test_every_rule_has_a_source_and_every_source_its_rules() -> None:
    spoken = [key for source in SOURCES for key in source.rules]
    assert sorted(spoken) == sorted(set(spoken)), "one source for a rule"
    assert {*spoken, "weekly-digest"} == set(BY_KEY), "the digest writes its own rows"
    assert len(BY_KEY) == len(RULES)
    assert all(list(rule.facts.stages) == sorted(rule.facts.stages, reverse=True) for rule in RULES)
