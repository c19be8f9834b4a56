"""What the chip beside an issue says: a light's colour with the sharpest word for it, counted in working days."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.rules.issue import ENDED
from models.rules.issue_clock import TO_ACCEPT, Light
from models.rules.workday import Workdays

#: Who has not taken it yet, by state.
WAITS = {"registered": "待受理", "admitted": "待交办", "dispatched": "待签收", "objected": "待裁定"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A colour (green, yellow, red, dark-red) and a word."""

    colour: str
    word: str


@dataclass(frozen=True, slots=True)
class ChipFacts:
    """What a chip is made of. left: working days from the day of the light to the due date, negative once it passed."""

    state: str
    light: Light
    on: date
    left: int | None = None
    #: The day until which it should have been taken, and the day the next reply is due.
    accept_by: date | None = None
    reply_on: date | None = None


def chips(facts: ChipFacts) -> tuple[Chip, ...]:
    """The chips of an issue: one for its light, and 曾逾期 beside a light that is not red; none for what ended in time.

    What has no clock yet and waits for nobody too long has none either.
    """
    found: list[Chip] = []
    late = facts.light.was_overdue and facts.light.colour != "red"
    if facts.light.colour == "red":
        days = -(facts.left or 0)
        found.append(Chip("red", f"逾期 {days} 天" if days else "逾期"))
    elif facts.light.colour == "yellow":
        found.append(Chip("yellow", _yellow(facts)))
    elif facts.light.colour == "green" and not late and facts.left is not None:
        found.append(Chip("green", "正常"))
    if late:
        found.append(Chip("dark-red", "曾逾期"))
    return tuple(found)


def _yellow(facts: ChipFacts) -> str:
    """Why it is yellow: the reason that somebody can end today comes first."""
    if facts.state in TO_ACCEPT and (facts.accept_by is None or facts.accept_by < facts.on):
        return WAITS[facts.state]
    if facts.reply_on is not None and facts.reply_on <= facts.on and facts.state not in ENDED:
        return "该答复了"
    if facts.left is None:
        return "临期"
    return f"还有 {facts.left} 天" if facts.left > 0 else "今天到期"


def days_left(days: Iterable[date | None], on: date, workdays: Workdays) -> dict[date, int]:
    """For each of these dates the working days after `on` up to and with it; negative when it lies before. The days
    between are looked at once, however many dates there are."""
    wanted = {day for day in days if day is not None}
    if not wanted:
        return {}
    worked = workdays.working_days(min(on, *wanted), max(on, *wanted))
    here = bisect_right(worked, on)
    return {day: bisect_right(worked, day) - here for day in wanted}
