"""Working days: weekends rest, but for what the yearly notice of the State Council says (rules.md, section 8).

A year whose notice is not loaded rests on weekends and on the legal days (国务院令第795号: 13 days), without make-up
days; whatever depends on such a day says 暂按法定节假日推算.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.legal_days import legal_days

DAY = timedelta(days=1)
SATURDAY = 5
#: Said wherever a date depends on a year whose notice is not loaded.
ASSUMED = "暂按法定节假日推算"


@dataclass(frozen=True, slots=True)
class Day:
    """One day: whether people work, and why when that is not plain from the weekday."""

    on: date
    work: bool
    why: str


@dataclass(frozen=True, slots=True)
class Due:
    """A date some working days away; `known` is False when a year on the way has no notice yet."""

    on: date
    known: bool

    @property
    def note(self) -> str:
        """What stands beside the date; empty when every year is known."""
        return "" if self.known else ASSUMED


@dataclass(frozen=True)
class Workdays:
    """The working days as far as they are known. days: what the notices say, by date (whether people work, the holiday
    it belongs to); years: those whose notice is loaded."""

    days: Mapping[date, tuple[bool, str]]
    years: frozenset[int]

    def day(self, on: date) -> Day:
        """A day with its reason."""
        said = self.days.get(on)
        if said is not None:
            work, name = said
            return Day(on, work, f"{name}调休上班" if work else name)
        weekend = on.weekday() >= SATURDAY
        if on.year not in self.years and (legal := legal_days(on.year).get(on)):
            return Day(on, False, f"{legal}（{ASSUMED}）")
        return Day(on, not weekend, "周末" if weekend else "")

    def works(self, on: date) -> bool:
        """Whether people work on this day."""
        return self.day(on).work

    def knows(self, *days: date) -> bool:
        """Whether the notice of each year from the first of these days to the last is loaded."""
        return all(year in self.years for year in range(min(days).year, max(days).year + 1))

    def due(self, start: date, working_days: int) -> Due:
        """The date so many working days after a day, itself not counted; before it when negative. With 0 the day
        itself, whether people work on it or not."""
        on, step = start, DAY if working_days >= 0 else -DAY
        left = abs(working_days)
        while left:
            on += step
            left -= self.works(on)
        return Due(on, self.knows(start, on))

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and with `end`; negative when `end` is the earlier."""
        if end < start:
            return -self.between(end, start)
        return sum(self.works(on) for on in span(start + DAY, end))

    def on_or_after(self, on: date) -> date:
        """The day itself when people work on it, else the next working day."""
        while not self.works(on):
            on += DAY
        return on

    def on_or_before(self, on: date) -> date:
        """The day itself when people work on it, else the working day before."""
        while not self.works(on):
            on -= DAY
        return on

    def working_days(self, first: date, last: date) -> list[date]:
        """The working days from the first day to the last, both counted."""
        return [on for on in span(first, last) if self.works(on)]


def span(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both counted; none when the last is the earlier."""
    on = first
    while on <= last:
        yield on
        on += DAY
