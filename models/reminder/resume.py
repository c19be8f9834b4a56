"""After a restored backup: the process that the copy knows nothing of may have sent what fell due since. Nothing goes
out until an administrator names the moment to go on from; what falls between is listed 可能已发 (foundations 8)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import joinedload

from models import clock, timetable
from models.base import db
from models.reminder import ledger
from models.reminder.record import Reminder, ReminderDelivery
from models.reminder.sources import of_rules
from models.rules.reminder_table import JOBS, of_job
from models.rules.timetable import moments
from models.user import User


@dataclass(frozen=True, slots=True)
class Resumed:
    """How many reminders may have gone out: those that waited, and those that fell due between."""

    waited: int
    raised: int


def go_on_from(restored_from: datetime, moment: datetime, now: datetime, *, server: bool) -> Resumed:
    """Keep what waited or fell due from the moment of the backup to this one as 可能已发: on the page it is told, by
    mail and robot it is not. The caller lets sending go on, and commits. A second call with the same moments does
    nothing more."""
    waited = _end_waiting(moment, now)
    raised = 0
    for source in of_rules(rules_between(restored_from, moment)):
        keys = source.rules & rules_between(restored_from, moment)
        here = ledger.load(clock.local(moment).date(), now, server=server, maybe_sent=True)
        raised += len(ledger.run(source, keys, here).raised)
    return Resumed(waited, raised)


def rules_between(since: datetime, until: datetime) -> frozenset[str]:
    """The keys of the rules that the timetable raised, or would have, between two moments."""
    known, found = timetable.known(), set[str]()
    for line in timetable.lines():
        if line.entry.name not in JOBS or line.paused:
            continue
        days = moments(line.when, clock.local(since).date(), clock.local(until).date(), known)
        if any(since < at <= until for at in days):
            found |= of_job(line.entry.name)
    return frozenset(found)


def list_maybe_sent(limit: int = 200) -> list[Reminder]:
    """The reminders that may have gone out before a restore, the newest first, with their people."""
    people = (joinedload(Reminder.person).lazyload(User.roles), joinedload(Reminder.recipient).lazyload(User.roles))
    query = select(Reminder).where(Reminder.id.in_(_maybe())).options(*people)
    return list(db.session.scalars(query.order_by(Reminder.raised_at.desc(), Reminder.id.desc()).limit(limit)))


def count_maybe_sent() -> int:
    """How many reminders may have gone out before a restore."""
    return db.session.scalar(select(func.count()).select_from(_maybe().subquery())) or 0


def _maybe() -> Select[int]:
    return select(ReminderDelivery.reminder_id).where(ReminderDelivery.reason == "maybe_sent").distinct()


def _end_waiting(moment: datetime, now: datetime) -> int:
    statement = update(ReminderDelivery).where(
        ReminderDelivery.state == "waiting", ReminderDelivery.not_before <= moment
    )
    statement = statement.values(state="skipped", reason="maybe_sent", at=now).returning(ReminderDelivery.id)
    return len(db.session.scalars(statement.execution_options(synchronize_session=False)).all())
