"""The ticket to 专精特新: 2号 附件1 asks for a valid 科技型 number or a valid 创新型 title on the day of application.
A 科技型 number dies every 31 December: a firm that has nothing else must be entered again first (rules.md 12, 1.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

#: Titles that already are 专精特新, and the two tickets to it.
HELD = frozenset({"srdi_sme", "little_giant"})
NUMBER, SAFER = "tech_sme", "innovative_sme"


@dataclass(frozen=True, slots=True)
class Window:
    """The next time that applications are expected, and whether a notice said so."""

    opens_on: date
    announced: bool = False


def warned(in_force: Mapping[str, date], window: Window) -> date | None:
    """The last day of the only ticket, where it ends before the window opens; None where nothing is to be warned of.

    in_force: the last days of the titles that are in force on the day of asking, by type.
    """
    if HELD & in_force.keys() or NUMBER not in in_force:
        return None
    if in_force.get(SAFER, date.min) >= window.opens_on:
        return None
    ends_on = max(in_force[NUMBER], in_force.get(SAFER, date.min))
    return ends_on if ends_on < window.opens_on else None


def next_window(opens: tuple[int, int], notices: Mapping[int, date], on: date) -> Window:
    """The next window from a day on: what the notice of a year says, else the usual day of the year.

    opens: month and day that are usual; notices: year → first day by notice.
    """
    for year in range(on.year, on.year + 3):
        day = notices.get(year) or date(year, *opens)
        if day >= on:
            return Window(day, year in notices)
    raise AssertionError("one of three years is to come")
