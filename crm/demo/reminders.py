"""Reminders of the demo district: what the timetable would have raised a week ago and today, some of it looked at."""

from datetime import datetime, timedelta

from sqlalchemy import select

from models import clock
from models.base import db
from models.reminder import ledger
from models.reminder.record import Reminder
from models.reminder.sources import SOURCES
from models.rules.reminder_table import DAILY, of_job


def remind(now: datetime) -> int:
    """Raise what was due a week ago and what is due today, and open every third of the older ones; how many there
    are. No mail goes out: the people of the demo have no mailboxes."""
    for moment in (now - timedelta(days=7), now):
        here = ledger.load(clock.local(moment).date(), moment, server=False)
        for source in SOURCES:
            if source.rules & of_job(DAILY):
                ledger.run(source, of_job(DAILY), here)
    rows = list(db.session.scalars(select(Reminder).order_by(Reminder.id)))
    for row in rows[::3]:
        if row.recipient_id is not None and row.raised_at < now:
            row.read(row.raised_at + timedelta(hours=3))
    return len(rows)
