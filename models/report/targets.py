"""Where a yearly target of a figure comes from: whoever keeps targets adds a finder here."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """What was to be reached: as it is printed, and the number to divide by; None where there is no single number."""

    words: str
    number: int | None


#: (figure, year, unit or None for the bureau) → the target, None when there is none.
FINDERS: list[Callable[[str, int, int | None], Goal | None]] = []


def find(key: str, year: int, unit_id: int | None) -> Goal | None:
    """The target of a figure for a year; None when nobody set one."""
    return next((goal for finder in FINDERS if (goal := finder(key, year, unit_id)) is not None), None)


def done_words(value: int, goal: Goal | None) -> str:
    """完成率 with one decimal; empty without a number to divide by."""
    if goal is None or not goal.number or goal.number < 0:
        return ""
    tenths = (value * 2000 + goal.number) // (goal.number * 2)
    return f"{tenths // 10}.{tenths % 10}%"
