"""The timetable as it is shown: when each entry happens next, what it did last, what would happen in the next days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models import clock, timetable
from models.base import db
from models.errors import NotFound
from models.rules.timetable import Known, Slot, next_slot, slots
from models.rules.workday import ASSUMED
from models.task import JobRun
from models.timetable import Line

#: How many moments to come are named.
NEXT = 3


@dataclass(frozen=True)
class Row:
    """One entry with what comes and what was."""

    line: Line
    coming: list[Slot]
    last: JobRun | None
    known: Known

    def note(self, slot: Slot) -> str:
        """What stands beside a moment that rests on a year whose notice is not loaded."""
        return note(slot.at, self.known)


def note(at: datetime, known: Known) -> str:
    """暂按法定节假日推算 for a moment in a year without its notice; else empty."""
    return "" if known.workdays.knows(clock.local(at).date()) else ASSUMED


def rows(now: datetime) -> list[Row]:
    """Every entry, in the order of the file."""
    known, last = timetable.known(), _last_runs()
    return [Row(line, coming(line, now, known), last.get(line.entry.name), known) for line in timetable.lines()]


def row(name: str, now: datetime) -> Row:
    """One entry. Raises NotFound for a name that is none."""
    found = next((one for one in rows(now) if one.line.entry.name == name), None)
    if found is None:
        raise NotFound
    return found


def coming(line: Line, now: datetime, known: Known, most: int = NEXT) -> list[Slot]:
    """The next moments; none of an entry that is paused."""
    found: list[Slot] = []
    while not line.paused and len(found) < most:
        slot = next_slot(line.when, found[-1].at if found else now, known)
        if slot is None:
            break
        found.append(slot)
    return found


def runs(name: str, page: int, per_page: int) -> tuple[list[JobRun], int]:
    """One page of the runs of an entry, the newest first, and how many there are."""
    query = select(JobRun).where(JobRun.job == name).options(joinedload(JobRun.by))
    total = db.session.scalar(select(func.count(JobRun.id)).where(JobRun.job == name)) or 0
    query = query.order_by(func.coalesce(JobRun.due_at, JobRun.started_at).desc(), JobRun.id.desc())
    return list(db.session.scalars(query.limit(per_page).offset((page - 1) * per_page))), total


def preview(first: date, days: int) -> list[tuple[date, str, list[tuple[Slot, Line]]]]:
    """What happens on each of so many days: why it is no plain working day, and the moments; entries of every minute
    are left out."""
    known, last = timetable.known(), first + timedelta(days=days - 1)
    by_day: dict[date, list[tuple[Slot, Line]]] = {}
    for line in timetable.lines():
        if not line.paused and line.when.kind != "every":
            for slot in slots(line.when, first, last, known):
                by_day.setdefault(slot.at.date(), []).append((slot, line))
    on = [first + timedelta(days=number) for number in range(days)]
    return [(day, known.workdays.day(day).why, sorted(by_day.get(day, []), key=lambda one: one[0].at)) for day in on]


def year_moments(year: int) -> set[tuple[str, datetime]]:
    """Every moment of a year as it is known now, but for entries of every minute: what a notice moves is what differs
    before and after."""
    known, first, last = timetable.known(), date(year, 1, 1), date(year, 12, 31)
    return {
        (line.entry.name, slot.at)
        for line in timetable.lines()
        if line.when.kind != "every"
        for slot in slots(line.when, first, last, known)
    }


def _last_runs() -> dict[str, JobRun]:
    newest = select(func.max(JobRun.id)).where(JobRun.state.in_(("running", "done", "failed"))).group_by(JobRun.job)
    query = select(JobRun).where(JobRun.id.in_(newest)).order_by(JobRun.id)
    return {run.job: run for run in db.session.scalars(query)}
