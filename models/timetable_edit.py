"""What an administrator changes of the timetable: another time, a pause, the default again. The caller commits."""

from datetime import datetime

from sqlalchemy import select

from models import timetable
from models.base import db
from models.errors import Refused
from models.rules.timetable import CHANGEABLE, When, changed
from models.rules.timetable_due import missed
from models.rules.timetable_entries import ENTRIES
from models.task import JobOverride
from models.user import User


def move(name: str, given: dict[str, str | int | None], by: User, at: datetime) -> When:
    """Let an entry happen at another time and return when it does now. Raises WhenRefused for what cannot be, KeyError
    for a name that is no entry.

    Values that are those of the default are not kept, so that a default changed by an update still reaches them.
    """
    default = ENTRIES[name].when
    when = changed(default, **given)
    row = _row(name, by, at)
    for field in ("at", "weekday", "day", "nth", "rule"):
        value = getattr(when, field)
        kept = field in CHANGEABLE[default.kind] and value != getattr(default, field)
        if field == "at":
            row.hours = f"{value:%H:%M}" if kept else ""
        else:
            setattr(row, field, value if kept else None)
    _forget_when_plain(row)
    return when


def pause(name: str, reason: str, by: User, at: datetime) -> None:
    """Let an entry rest until somebody resumes it. Raises Refused without a reason."""
    if not reason:
        raise Refused("请写为什么暂停")
    row = _row(name, by, at)
    row.active, row.reason = False, reason


def resume(name: str, by: User, at: datetime) -> None:
    """Let it happen again; what passed meanwhile is noted as paused and not made up."""
    line = timetable.line(ENTRIES[name], _find(name))
    if not line.paused:
        return
    timetable.note_paused(name, line.when, timetable.known(), at)
    row = _row(name, by, at)
    row.active, row.reason = True, ""
    _forget_when_plain(row)


def restore_default(name: str, by: User, at: datetime) -> bool:
    """Let it happen as every bureau begins; whether that changes anything. A pause ends with it."""
    resume(name, by, at)
    row = _find(name)
    if row is not None:
        db.session.delete(row)
    return row is not None


def owes(name: str, at: datetime) -> bool:
    """Whether this period's moment has passed without a run, so that it is made up as soon as that may be."""
    line = timetable.line(ENTRIES[name], _find(name))
    since = timetable.kept_since(name)
    if line.paused or since is None:
        return False
    return bool(missed(line.when, timetable.known(), since, at, timetable.settled(name, at)))


def _find(name: str) -> JobOverride | None:
    return db.session.scalar(select(JobOverride).where(JobOverride.job == name))


def _row(name: str, by: User, at: datetime) -> JobOverride:
    row = _find(name)
    if row is None:
        row = JobOverride(job=name, active=True, hours="", reason="")
        db.session.add(row)
    row.by_id, row.changed_at = by.id, at
    return row


def _forget_when_plain(row: JobOverride) -> None:
    """A row that changes nothing any more goes."""
    plain = row.active and not any(row.given.values())
    if plain and row in db.session.new:
        db.session.expunge(row)
    elif plain:
        db.session.delete(row)
