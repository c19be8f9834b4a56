"""Targets: borders of reaching, rates in words, how far a year should be, how it may end."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from models.rules.target import Course, Goal, forecast, pace, same_day_last_year, state

TWENTY = Goal("number", Decimal(20))
RANGE = Goal("range", Decimal(100), Decimal(120))
MID = date(2026, 7, 2)  # the 183rd of 365 days


@pytest.mark.parametrize(
    "goal, unit, words",
    [
        (TWENTY, "家", "20 家"),
        (Goal("at_least", Decimal(1200)), "家", "不少于 1,200 家"),
        (RANGE, "家", "100—120 家"),
        (Goal("at_least", Decimal("98.5")), "%", "不少于 98.5%"),
    ],
)
def test_a_goal_says_its_kind(goal: Goal, unit: str, words: str) -> None:
    assert goal.words(unit) == words


@pytest.mark.parametrize(
    "goal, done, reached, rate",
    [
        (TWENTY, 19, False, "95.0%"),
        (TWENTY, 20, True, "100.0%"),
        (TWENTY, 21, True, "105.0%"),
        (TWENTY, 0, False, "0.0%"),
        # 1999 of 2000 is 99.95 %: not reached, so never 100 %.
        (Goal("at_least", Decimal(2000)), 1999, False, "99.9%"),
        (Goal("number", Decimal(3)), 2, False, "66.7%"),
        (Goal("number", Decimal(0)), 0, True, "—"),
        (RANGE, 99, False, "99.0%"),
        (RANGE, 100, True, "100.0%"),
        (RANGE, 120, True, "120.0%"),
        (RANGE, 121, True, "121.0%"),
    ],
)
def test_rates_are_compared_exactly(goal: Goal, done: int, reached: bool, rate: str) -> None:
    assert (goal.reached(Fraction(done)), goal.rate_words(Fraction(done))) == (reached, rate)


def test_what_is_missing_is_never_less_than_nothing() -> None:
    assert [TWENTY.gap(Fraction(done)) for done in (0, 19, 20, 25)] == [20, 1, 0, 0]
    assert [RANGE.above(Fraction(done)) for done in (119, 120, 121)] == [False, False, True]


@pytest.mark.parametrize(
    "course, number, how",
    [
        # Last year 8 of 10 had come by now: 12 becomes 15.
        (Course(MID, 12, 8, 10), 15, "去年同期 8，全年 10"),
        (Course(MID, 7, 3, 10), 23, "去年同期 3，全年 10"),
        (Course(MID, 2, 0, 10), 12, "去年同期还没有"),
        # 183 of 365 days have passed.
        (Course(MID, 10, 0, 0), 19, "按过去的天数"),
        (Course(date(2026, 12, 30), 364, 0, 0), 365, "按过去的天数"),
        (Course(date(2026, 12, 31), 12, 8, 10), 12, "已经结束"),
        (Course(date(2028, 12, 30), 365, 0, 0), 366, "按过去的天数"),
    ],
)
def test_a_forecast_follows_last_year_or_the_days(course: Course, number: int, how: str) -> None:
    found = forecast(course)
    assert found.number == number and how in found.how


def test_what_should_be_done_by_now() -> None:
    assert pace(TWENTY, Course(MID, 0, 8, 10)) == 16
    assert pace(TWENTY, Course(MID, 0, 0, 10)) == 0
    assert pace(TWENTY, Course(MID, 0)) == Fraction(20 * 183, 365)
    assert pace(TWENTY, Course(date(2026, 12, 31), 0, 8, 10)) == 20


@pytest.mark.parametrize(
    "done, due, word",
    [(None, None, "unknown"), (Fraction(20), Fraction(16), "reached"), (Fraction(15), Fraction(16), "behind"),
     (Fraction(16), Fraction(16), "on_course"), (Fraction(16), None, "open")],
)  # fmt: skip
def test_a_state_has_both_sides_of_its_borders(done: Fraction | None, due: Fraction | None, word: str) -> None:
    assert state(TWENTY, done, due) == word
    assert state(RANGE, Fraction(121), None) == "above"


def test_the_29th_of_february_had_no_day_a_year_before() -> None:
    assert same_day_last_year(date(2028, 2, 29)) == date(2027, 2, 28)
    assert same_day_last_year(date(2026, 3, 1)) == date(2025, 3, 1)
