"""Yearly targets: what is to be reached, whether it is, how far a year should be by a day, and how it may end.

Rates are compared as exact fractions; only their words are rounded, and never up to 100 %. A forecast is made for what
happens during a year alone: what stands on a day (a stock), what happened ever, and rates are not stretched.
"""

from calendar import isleap
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

KINDS = {"number": "目标数", "at_least": "不少于", "range": "区间"}
#: How a year goes, in the words of the page.
STATES = {"reached": "已完成", "above": "超出区间", "behind": "落后进度", "on_course": "按进度", "open": "未完成",
          "unknown": "没有可算的", "future": "还没有开始"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached: a number, at least a number, or a range; of a rate in per cent."""

    kind: str
    low: Decimal
    high: Decimal | None = None

    def words(self, unit: str) -> str:
        """As it is printed: 120 家, 不少于 120 家, 100—120 家."""
        number = f"{self.low:,}" if self.high is None else f"{self.low:,}—{self.high:,}"
        space = "" if unit == "%" else " "
        return f"{'不少于 ' if self.kind == 'at_least' else ''}{number}{space}{unit}"

    def reached(self, done: Fraction) -> bool:
        """Whether this much is enough; the border itself is."""
        return done >= Fraction(self.low)

    def above(self, done: Fraction) -> bool:
        """Whether this much is more than a range allows for."""
        return self.high is not None and done > Fraction(self.high)

    def rate(self, done: Fraction) -> Fraction | None:
        """完成率 as a fraction of the number, of a range of its lower end; None where that is nought."""
        return done / Fraction(self.low) if self.low else None

    def rate_words(self, done: Fraction) -> str:
        """完成率 with one decimal, halves up; never 100 % for what is not reached. A dash where there is none."""
        rate = self.rate(done)
        if rate is None:
            return "—"
        tenths = int(rate * 1000 + Fraction(1, 2))
        if not self.reached(done):
            tenths = min(tenths, 999)
        return f"{tenths // 10}.{tenths % 10}%"

    def gap(self, done: Fraction) -> Fraction:
        """How much is missing; nought when it is reached."""
        return max(Fraction(0), Fraction(self.low) - done)


@dataclass(frozen=True, slots=True)
class Course:
    """How far a year is: done so far; last year by the same day and in all (None: not asked for)."""

    on: date
    done: int
    last_part: int = 0
    last_whole: int = 0

    @property
    def over(self) -> bool:
        """Whether the year has ended with this day."""
        return (self.on.month, self.on.day) == (12, 31)

    @property
    def passed(self) -> Fraction:
        """The part of the year's days that has gone by, the day itself counted."""
        return Fraction(self.on.timetuple().tm_yday, 366 if isleap(self.on.year) else 365)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The number the year may end with, and how it was reckoned."""

    number: int
    how: str


def forecast(course: Course) -> Forecast:
    """How many it may be at the year's end, fractions dropped: as last year went on from the same day; where nothing
    had come by that day last year, what there is and last year's number; without a last year by days."""
    if course.over:
        return Forecast(course.done, "全年已经结束")
    part, whole = course.last_part, course.last_whole
    if part:
        return Forecast(course.done * whole // part, f"按去年进度：去年同期 {part:,}，全年 {whole:,}")
    if whole:
        return Forecast(course.done + whole, f"去年同期还没有，按今年已有加上去年全年的 {whole:,}")
    return Forecast(int(course.done / course.passed), "去年没有，按过去的天数推算")


def pace(goal: Goal, course: Course) -> Fraction:
    """How many should be done by the day: the same part of the goal as of last year's number; without a last year the
    part of days gone by."""
    if course.over:
        return Fraction(goal.low)
    part = Fraction(course.last_part, course.last_whole) if course.last_whole else course.passed
    return Fraction(goal.low) * part


def state(goal: Goal, done: Fraction | None, due: Fraction | None) -> str:
    """The key of STATES: reached first, then against what should be done by now (None: nobody can say)."""
    if done is None:
        return "unknown"
    if goal.reached(done):
        return "above" if goal.above(done) else "reached"
    if due is None:
        return "open"
    return "behind" if done < due else "on_course"


def same_day_last_year(on: date) -> date:
    """The same day a year before; 28 February for 29 February."""
    return on.replace(year=on.year - 1, day=28 if (on.month, on.day) == (2, 29) else on.day)
