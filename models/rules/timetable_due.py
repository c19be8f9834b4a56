"""Which moments of an entry are owed now, and when they may be made up: pure.

An entry asks for what is due, so several missed moments are made up by one run: the last of them is run (补跑), the
earlier ones are noted as taken in by it (并入). What is for people waits for a working day and for daylight.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from models.rules.timetable import ZONE, Known, Slot, When, next_slot, slots

#: A run that begins so long after its moment is made up for, not on time.
ON_TIME = timedelta(minutes=5)
#: What was missed longer ago is forgotten.
LOOK_BACK = timedelta(days=370)
#: When people may be told of what was missed.
DAYLIGHT = (time(7), time(20))


@dataclass(frozen=True, slots=True)
class Owed:
    """The moment to run now, whether it is late, and the earlier ones that it takes in."""

    slot: Slot
    late: bool
    merged: tuple[Slot, ...] = ()


def missed(when: When, known: Known, since: datetime, now: datetime, settled: Collection[str]) -> list[Slot]:
    """The moments after `since` up to now whose period is not settled, oldest first; of `every` only the newest."""
    here, first = now.astimezone(ZONE), max(since, now - LOOK_BACK).astimezone(ZONE)
    if when.kind == "every":
        first = max(first, here - 2 * timedelta(seconds=when.seconds))
    found = slots(when, first.date(), here.date(), known)
    left = [slot for slot in found if first < slot.at <= here and slot.period not in settled]
    return left[-1:] if when.kind == "every" else left


def owed(when: When, known: Known, since: datetime, now: datetime, settled: Collection[str]) -> Owed | None:
    """What is to be run now; None when nothing is, or not yet."""
    left = missed(when, known, since, now, settled)
    if not left:
        return None
    late = now - left[-1].at > ON_TIME
    if late and not _may_make_up(when, known, now):
        return None
    return Owed(left[-1], late, tuple(left[:-1]))


def _may_make_up(when: When, known: Known, now: datetime) -> bool:
    """Whether this is a time for what was missed: not when the next moment of the same day takes it in anyway."""
    here = now.astimezone(ZONE)
    coming = next_slot(when, here, known)
    if coming is not None and coming.at.date() == here.date():
        return False
    if not when.rests:
        return True
    return known.workdays.works(here.date()) and DAYLIGHT[0] <= here.time() < DAYLIGHT[1]
