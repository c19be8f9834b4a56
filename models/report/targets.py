"""Where a yearly target of a figure comes from: whoever keeps targets adds a finder here."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from models import target
from models.rules import target as rules


@dataclass(frozen=True, slots=True)
class Goal:
    """What was to be reached: as it is printed, and the number to divide by; None where there is no single number."""

    words: str
    number: int | None


def of_bureau(key: str, year: int, unit_id: int | None) -> Goal | None:
    """The target somebody set for the whole bureau; a unit has none of its own. One statement."""
    found = target.find(key, year) if unit_id is None else None
    if found is None:
        return None
    return Goal(found.words("").strip(), int(found.low) if found.low == int(found.low) else None)


#: (figure, year, unit or None for the bureau) → the target, None when there is none.
FINDERS: list[Callable[[str, int, int | None], Goal | None]] = [of_bureau]


def find(key: str, year: int, unit_id: int | None) -> Goal | None:
    """The target of a figure for a year; None when nobody set one."""
    return next((goal for finder in FINDERS if (goal := finder(key, year, unit_id)) is not None), None)


def done_words(value: int, goal: Goal | None) -> str:
    """完成率 with one decimal, never 100 % for what is not reached; empty without a number to divide by."""
    if goal is None or not goal.number or goal.number < 0:
        return ""
    return rules.Goal("number", Decimal(goal.number)).rate_words(Fraction(value))
