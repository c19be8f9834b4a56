"""How long an issue has been open, in bands of days since it was first raised, and how long a state lasted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Band:
    """Ages from `low` to `high` days, both counted; the last has no end. Raised today is 0 days old."""

    key: str
    name: str
    low: int
    high: int | None

    def days(self, on: date) -> tuple[date | None, date]:
        """The first and the last day on which an issue of this age on a day was raised; no first for the last band."""
        first = None if self.high is None else on - timedelta(days=self.high)
        return first, on - timedelta(days=self.low)


BANDS = (
    Band("7", "7 天以内", 0, 7),
    Band("15", "8–15 天", 8, 15),
    Band("30", "16–30 天", 16, 30),
    Band("60", "31–60 天", 31, 60),
    Band("90", "61–90 天", 61, 90),
    Band("over", "90 天以上", 91, None),
)


@dataclass(frozen=True, slots=True)
class Lasted:
    """How long a state lasted, over all stays that ended in a period, in calendar days."""

    stays: int
    median: int
    mean: float
    longest: int


def lasted(lengths: Iterable[tuple[int, int]]) -> Lasted | None:
    """What (days, number of stays) come to; None without a stay. Of two middle stays the shorter is the median."""
    ordered = sorted(lengths)
    stays = sum(number for _, number in ordered)
    if not stays:
        return None
    passed, median = 0, 0
    for days, number in ordered:
        passed += number
        if passed * 2 >= stays:
            median = days
            break
    whole = sum(days * number for days, number in ordered)
    return Lasted(stays, median, whole / stays, ordered[-1][0])
