"""When each entry of the timetable happens in 2026, worked out by hand from the notice (国办发明电〔2025〕7号)."""

from datetime import date, datetime, time, timedelta

import pytest

from models.rules.timetable import (
    ZONE,
    Known,
    When,
    WhenRefused,
    changed,
    moments,
    next_slot,
    period_of,
    period_words,
    placed,
    slots,
    words,
)
from models.rules.timetable_entries import ENTRIES
from models.rules.workday import Workdays
from tests.calendar.test_workday_rules import DAYS_2026, YEAR

KNOWN = Known(Workdays(DAYS_2026, frozenset({2025, 2026, 2027})))
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def days(name: str, first: str, last: str, known: Known = KNOWN) -> list[str]:
    found = moments(ENTRIES[name].when, date.fromisoformat(first), date.fromisoformat(last), known)
    return [f"{moment:%m-%d %H:%M}" for moment in found]


# Week, Monday digest, Friday reminder; None where the week has no such moment.
WEEKS = [
    ("2025-12-29", None, "01-04"),  # Friday 2 January is off; the last working day is the Sunday that makes up for it
    ("2026-01-05", "01-05", "01-09"),
    ("2026-02-09", "02-09", "02-13"),  # the Saturday is worked, and the reminder stays on Friday
    ("2026-02-16", None, None),  # 春节
    ("2026-02-23", "02-24", "02-27"),
    ("2026-03-02", "03-02", "03-06"),
    ("2026-03-30", "03-30", "04-03"),
    ("2026-04-06", "04-07", "04-10"),
    ("2026-04-27", "04-27", "04-30"),
    ("2026-05-04", "05-06", "05-08"),
    ("2026-06-15", "06-15", "06-18"),
    ("2026-06-22", "06-22", "06-26"),
    ("2026-09-14", "09-14", "09-18"),  # the Sunday is worked
    ("2026-09-21", "09-21", "09-24"),
    ("2026-09-28", "09-28", "09-30"),
    ("2026-10-05", "10-08", "10-09"),  # 国庆 ends on Wednesday, the Saturday is worked
    ("2026-10-12", "10-12", "10-16"),
    ("2026-12-28", "12-28", None),  # Friday is 1 January 2027, an assumed day off: Thursday
]


@pytest.mark.parametrize(("monday", "digest", "reminder"), WEEKS[1:-1])
def test_the_week_of_2026(monday: str, digest: str | None, reminder: str | None) -> None:
    sunday = (date.fromisoformat(monday) + timedelta(days=6)).isoformat()
    assert days("weekly-digest", monday, sunday) == ([f"{digest} 08:30"] if digest else [])
    assert days("plan-reminder", monday, sunday) == ([f"{reminder} 15:00"] if reminder else [])


def test_the_weeks_at_both_ends_of_the_year() -> None:
    assert days("weekly-digest", "2025-12-29", "2026-01-04") == ["12-29 08:30"]
    assert days("plan-reminder", "2025-12-29", "2026-01-04") == ["01-04 15:00"]
    assumed = Known(YEAR)
    assert days("plan-reminder", "2026-12-28", "2027-01-03", assumed) == ["12-31 15:00"]


def test_every_other_week_has_its_monday_and_its_friday() -> None:
    special = {monday for monday, _, _ in WEEKS}
    for number in range(1, 51):
        monday = date(2025, 12, 29) + timedelta(weeks=number)
        if monday.isoformat() in special:
            continue
        end = (monday + timedelta(days=6)).isoformat()
        assert days("weekly-digest", monday.isoformat(), end) == [f"{monday:%m-%d} 08:30"]
        assert days("plan-reminder", monday.isoformat(), end) == [f"{monday + timedelta(days=4):%m-%d} 15:00"]


EVES = [
    ("01-01", "01-07", "01-07"),  # Thursday 1 January is off: no eve
    ("02-12", "03-01", "02-25"),  # none for Thursday 19 February
    ("04-27", "05-05", "04-29"),
    ("06-15", "06-21", "06-17"),
    ("09-28", "10-06", "09-30"),  # that of Thursday 8 October, before 国庆; none for 1 October
]


@pytest.mark.parametrize(("first", "last", "eve"), EVES)
def test_the_eve_of_the_survey_day(first: str, last: str, eve: str) -> None:
    assert days("survey-day-eve", f"2026-{first}", f"2026-{last}") == [f"{eve} 15:00"]


def test_the_eve_before_a_holiday_stands_for_the_week_of_its_survey_day() -> None:
    when = ENTRIES["survey-day-eve"].when
    (slot,) = slots(when, date(2026, 9, 28), date(2026, 10, 6), KNOWN)
    assert slot.period == "2026-W41" == period_of(when, slot.at, KNOWN)
    assert days("survey-day-eve", "2026-01-01", "2026-12-31", Known(YEAR, 0)) == []
    assert days("survey-day-eve", "2026-11-16", "2026-11-22", Known(YEAR, 1)) == ["11-20 15:00"]


def test_months_and_quarters() -> None:
    assert days("month-due", "2026-01-01", "2026-12-31") == [
        f"{day} 09:00"
        for day in ("01-23", "02-25", "03-25", "04-24", "05-25", "06-25", "07-24", "08-25", "09-24", "10-23", "11-25",
                    "12-25")
    ]  # fmt: skip
    assert days("quarter-bulletin", "2026-01-01", "2026-12-31") == [
        "01-08 09:00", "04-08 09:00", "07-07 09:00", "10-13 09:00"
    ]  # fmt: skip
    found = slots(ENTRIES["quarter-bulletin"].when, FIRST, LAST, KNOWN)
    assert [slot.period for slot in found] == ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]
    assert days("month-overdue", "2026-10-01", "2026-10-31") == [
        "10-08 09:00", "10-09 09:00", "10-10 09:00", "10-12 09:00", "10-13 09:00"
    ]  # fmt: skip


def test_daily_entries_for_people_are_on_every_working_day_and_on_no_other() -> None:
    worked = [f"{on:%m-%d}" for on in YEAR.working_days(FIRST, LAST)]
    assert len(worked) == 248
    for name, at in (("duties", "07:30"), ("clocks", "07:00")):
        assert days(name, "2026-01-01", "2026-12-31") == [f"{day} {at}" for day in worked]
    assert len(days("backup", "2026-01-01", "2026-12-31")) == 365
    assert len(days("seal-audit", "2026-01-01", "2026-01-01")) == 1440


@pytest.mark.parametrize("name", ENTRIES)
def test_no_entry_for_people_happens_on_a_day_off_and_none_twice_in_its_period(name: str) -> None:
    when = ENTRIES[name].when
    last = LAST if when.kind != "every" else date(2026, 1, 3)
    found = slots(when, FIRST, last, KNOWN)
    assert len({slot.period for slot in found}) == len(found)
    assert all(period_of(when, slot.at, KNOWN) == slot.period for slot in found)
    assert when.rests is (name not in ("assess", "assess-changed", "backup", "clean-up", "seal-audit"))
    if when.rests:
        assert all(YEAR.works(slot.at.date()) for slot in found)


THURSDAY = date(2026, 10, 1)
# The week of 国庆: Monday to Wednesday are worked, Thursday to Sunday are off.
PLACES = [
    ("on", 1), ("skip", None), ("before", 30), ("after", 30), ("first", 28), ("last", 30),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "day"), PLACES)
def test_each_rule_says_where_a_day_off_goes_and_stays_in_its_week(rule: str, day: int | None) -> None:
    found = placed(THURSDAY, date(2026, 9, 28), date(2026, 10, 4), rule, YEAR)
    assert (found.day if found else None) == day
    worked = date(2026, 9, 29)
    assert placed(worked, date(2026, 9, 28), date(2026, 10, 4), rule, YEAR) == worked


def test_rules_look_to_their_own_side_first() -> None:
    sunday, saturday = date(2026, 10, 11), date(2026, 5, 3)
    assert placed(sunday, date(2026, 10, 1), date(2026, 10, 31), "before", YEAR) == date(2026, 10, 10)
    assert placed(sunday, date(2026, 10, 1), date(2026, 10, 31), "after", YEAR) == date(2026, 10, 12)
    assert placed(saturday, date(2026, 5, 1), date(2026, 5, 31), "before", YEAR) == date(2026, 5, 6)
    assert placed(date(2026, 2, 18), date(2026, 2, 16), date(2026, 2, 22), "before", YEAR) is None


def test_a_month_without_that_day_takes_its_last() -> None:
    when = When("monthly", time(9), "on", day=31)
    assert [f"{at:%m-%d}" for at in moments(when, date(2026, 2, 1), date(2026, 4, 30), KNOWN)] == [
        "02-28", "03-31", "04-30"
    ]  # fmt: skip


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if entry.when.kind != "every"])
def test_asking_for_the_next_moment_again_and_again_finds_every_one(name: str) -> None:
    when, after, found = ENTRIES[name].when, datetime(2025, 12, 31, 23, 59, tzinfo=ZONE), []
    while (slot := next_slot(when, after, KNOWN)) and slot.at.year == 2026:
        found.append(slot)
        after = slot.at
    assert found == slots(when, FIRST, LAST, KNOWN)


WORDS = [
    ("weekly-digest", "每周一 8:30，遇放假改在当周第一个工作日"),
    ("plan-reminder", "每周五 15:00，遇放假改在当周最后一个工作日"),
    ("month-due", "每月 25 日 9:00，遇放假提前到前一个工作日"),
    ("quarter-bulletin", "每季度第 5 个工作日 9:00"),
    ("month-overdue", "每月头 5 个工作日 9:00"),
    ("duties", "每个工作日 7:30"),
    ("backup", "每天 2:30"),
    ("seal-audit", "每分钟"),
]


@pytest.mark.parametrize(("name", "said"), WORDS)
def test_an_entry_is_said_as_an_officer_would(name: str, said: str) -> None:
    assert words(ENTRIES[name].when) == said


PERIODS = [
    ("2026-W07", "2026 年第 7 周"), ("2026-10", "2026 年 10 月"), ("2026-Q4", "2026 年四季度"),
    ("2026-11-22", "2026-11-22"), ("2026-11-22T07:31:00", "2026-11-22 07:31:00"),
]  # fmt: skip


@pytest.mark.parametrize(("period", "said"), PERIODS)
def test_a_period_is_said_as_an_officer_would(period: str, said: str) -> None:
    assert period_words(period) == said


def test_what_an_administrator_changes_is_read() -> None:
    digest = ENTRIES["weekly-digest"].when
    assert words(changed(digest, at="9:05", weekday=2, rule="skip")) == "每周二 9:05，遇放假不做"
    assert changed(digest, at="", weekday=None) == digest


WRONG = [
    ("weekly-digest", {"at": "24:00"}), ("weekly-digest", {"at": "8：30"}), ("weekly-digest", {"at": "8:3"}),
    ("weekly-digest", {"at": "8:60"}), ("weekly-digest", {"weekday": 8}), ("weekly-digest", {"weekday": 0}),
    ("weekly-digest", {"rule": "sometimes"}), ("weekly-digest", {"day": 3}), ("month-due", {"day": 32}),
    ("month-due", {"rule": "first"}), ("backup", {"rule": "before"}), ("quarter-bulletin", {"nth": 16}),
    ("seal-audit", {"at": "8:30"}), ("duties", {"at": "half past six"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given"), WRONG)
def test_what_cannot_be_is_refused(name: str, given: dict[str, str | int]) -> None:
    with pytest.raises(WhenRefused):
        changed(ENTRIES[name].when, **given)
