"""The timetable as it is kept: entries in force, and the ledger of what was run for each of their periods.

A period belongs to whoever writes its row first; the row is claimed for a lease, and a lease that ran out is taken
over. What was missed is made up by one run, which the other rows say (models/rules/timetable_due).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from models import calendar, claim, setting
from models.base import db
from models.rules import timetable_due
from models.rules.timetable import Known, Slot, When, WhenRefused, changed
from models.rules.timetable_due import LOOK_BACK, Owed
from models.rules.timetable_entries import ENTRIES, Entry
from models.task import JobOverride, JobRun, JobSince

#: A run that was begun so often and never ended well is given up until its next period.
MOST_ATTEMPTS = 3
#: After a failure it is tried again.
TRY_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Line:
    """One entry as it is in force."""

    entry: Entry
    when: When
    #: What an administrator changed; None: nothing.
    override: JobOverride | None = None
    #: Its change cannot be read and the default is in force.
    unreadable: str = ""

    @property
    def paused(self) -> bool:
        """Whether it does not happen for now."""
        return self.override is not None and not self.override.active

    @property
    def why_paused(self) -> str:
        """What was written when it was paused."""
        return (self.override.reason if self.override else "") or "没有写原因"


def known() -> Known:
    """What moments depend on, as it is now: the working calendar and the 企业调研日."""
    return Known(calendar.load(), setting.get_int("survey_weekday"))


def overrides() -> dict[str, JobOverride]:
    """What administrators changed, by job."""
    return {row.job: row for row in db.session.scalars(select(JobOverride).order_by(JobOverride.id))}


def moved(when: When, override: JobOverride | None) -> tuple[When, str]:
    """When an entry happens as it was changed; where that cannot be read its default, and why."""
    if override is None:
        return when, ""
    try:
        return changed(when, **override.given), ""
    except WhenRefused as error:
        return when, str(error)


def line(entry: Entry, override: JobOverride | None) -> Line:
    """The entry as it is in force."""
    when, unreadable = moved(entry.when, override)
    return Line(entry, when, override, unreadable)


def lines() -> list[Line]:
    """Every entry as it is in force, in the order of the file."""
    rows = overrides()
    return [line(entry, rows.get(name)) for name, entry in ENTRIES.items()]


def held_back(when: When) -> bool:
    """Whether entries for people wait because a backup was restored and nobody has said yet from when to go on."""
    return when.rests and bool(setting.get("restored_from"))


def owed(name: str, when: When, known: Known, now: datetime) -> Owed | None:
    """What the entry owes now; None when nothing is, or not yet. Notes from when on an entry is kept that is new."""
    if held_back(when):
        return None
    return timetable_due.owed(when, known, since(name, now), now, settled(name, now))


def settled(name: str, now: datetime) -> set[str]:
    """The periods that have their row."""
    query = select(JobRun.period).where(JobRun.job == name, JobRun.by_hand.is_(False), JobRun.period.is_not(None))
    query = query.where(JobRun.due_at > now - LOOK_BACK - timedelta(days=40))
    return {period for period in db.session.scalars(query.order_by(JobRun.id)) if period is not None}


def kept_since(name: str) -> datetime | None:
    """From when on the entry is kept; None before a worker saw it."""
    return db.session.scalar(select(JobSince.since).where(JobSince.job == name))


def since(name: str, now: datetime) -> datetime:
    """From when on the entry is kept; a new one from now, which is committed."""
    kept = kept_since(name)
    if kept is not None:
        return kept
    db.session.rollback()
    claim.begin_writing()
    db.session.execute(claim.upsert(JobSince).values(job=name, since=now).on_conflict_do_nothing())
    db.session.commit()
    return db.session.scalars(select(JobSince.since).where(JobSince.job == name)).one()


def take(name: str, when: When, known: Known, now: datetime, holder: str, lease: timedelta) -> int | None:
    """Claim the run that is owed now, or one whose holder died, and return its id; None when there is none, or another
    has it. Writes the rows of the periods that it takes in. Commits."""
    if held_back(when):
        return None
    taken = _take_over(name, now, holder, lease)
    if taken is not None:
        return taken
    found = owed(name, when, known, now)
    # Reading first and writing later can fail on SQLite whatever the timeout.
    db.session.rollback()
    if found is None:
        return None
    claim.begin_writing()
    mine = {"late": found.late, "state": "running", "holder": holder, "lease_until": now + lease}
    run_id = _put(name, found.slot, now, **mine)
    if run_id is not None:
        for slot in found.merged:
            _put(name, slot, now, state="merged", ended_at=now)
    db.session.commit()
    return run_id


def note_paused(name: str, when: When, known: Known, now: datetime) -> int:
    """Write down the moments that passed while the entry was paused, so that they are not made up afterwards; how
    many. The caller commits."""
    if when.kind == "every":
        return 0
    left = timetable_due.missed(when, known, since(name, now), now, settled(name, now))
    if not left:
        return 0
    db.session.rollback()
    claim.begin_writing()
    return sum(_put(name, slot, now, state="paused", ended_at=now) is not None for slot in left)


def put_maybe(name: str, left: list[Slot], now: datetime, result: str) -> int:
    """Write down moments that may have been kept by the process of before a restore; how many. The caller commits."""
    claim.begin_writing()
    last = left[-1]
    made = [
        _put(name, slot, now, state="maybe", ended_at=now, result=result if slot is last else "{}") for slot in left
    ]
    return sum(row_id is not None for row_id in made)


def waits(name: str, now: datetime) -> bool:
    """Whether a run of the entry was left by a holder that died, or is to be tried again after a failure."""
    return db.session.scalar(select(JobRun.id).where(_again(name, now)).limit(1)) is not None


def renew(run_ids: set[int], holder: str, until: datetime) -> None:
    """Keep runs that are being worked on. The caller commits."""
    db.session.execute(update(JobRun).where(JobRun.id.in_(run_ids), JobRun.holder == holder).values(lease_until=until))


def finish(run_id: int, holder: str, **values: object) -> bool:
    """Write the end of a run; False when it is no longer the holder's. The caller commits."""
    statement = update(JobRun).where(JobRun.id == run_id, JobRun.holder == holder, JobRun.state == "running")
    ended = db.session.execute(
        statement.values(**values, holder=None, lease_until=None)
        .returning(JobRun.id)
        .execution_options(synchronize_session=False)
    )
    return ended.first() is not None


def _again(name: str, now: datetime) -> ColumnElement[bool]:
    # No lease lasts that long: the clock was set back since it was taken.
    gone = or_(JobRun.lease_until < now, JobRun.lease_until > now + claim.CLOCK_WRONG)
    left = and_(JobRun.state == "running", gone)
    failed = and_(JobRun.state == "failed", JobRun.ended_at < now - TRY_AGAIN)
    mine = and_(JobRun.job == name, JobRun.by_hand.is_(False), JobRun.period.is_not(None))
    return and_(mine, JobRun.attempts < MOST_ATTEMPTS, JobRun.due_at > now - LOOK_BACK, or_(left, failed))


def _take_over(name: str, now: datetime, holder: str, lease: timedelta) -> int | None:
    if not waits(name, now):
        return None
    db.session.rollback()
    claim.begin_writing()
    oldest = select(JobRun.id).where(_again(name, now)).order_by(JobRun.id).limit(1).with_for_update(skip_locked=True)
    row = db.session.execute(
        update(JobRun)
        .where(JobRun.id == oldest.scalar_subquery())
        .values(
            state="running", holder=holder, lease_until=now + lease, attempts=JobRun.attempts + 1, started_at=now,
            ended_at=None, error="",
        )
        .returning(JobRun.id)
        .execution_options(synchronize_session=False)
    ).first()  # fmt: skip
    db.session.commit()
    return None if row is None else int(row.id)


def _put(name: str, slot: Slot, now: datetime, **values: object) -> int | None:
    """Write the row of a period; None when it has one."""
    statement = claim.upsert(JobRun).values(
        job=name, period=slot.period, due_at=slot.at, started_at=now, by_hand=False, attempts=1, error="",
        **{"late": False, "result": "{}", **values},
    )  # fmt: skip
    return db.session.scalar(statement.on_conflict_do_nothing().returning(JobRun.id))
