"""Sending goes on after a backup was restored, from a moment that an administrator named (foundations 8).

What the timetable would have told from the backup to that moment may have been told by the process that the copy knows
nothing of. It is raised now as of its time, put aside as 可能已发, and goes out only where somebody ticks it.
"""

import json
from datetime import datetime
from typing import Any

from jobs import reminders, schedule
from jobs.runs import do
from jobs.schedule import Job
from models import outbox_admin, timetable
from models.base import db
from models.rules.timetable import Known
from models.rules.timetable_due import missed


def go_on(moment: datetime, now: datetime, by_id: int | None = None) -> dict[str, Any]:
    """Put aside what falls before the moment and let everything after it go on; how many runs and mails that were.

    Begun anew after a crash it does what is left.
    """
    outbox_admin.check_moment(moment, now)
    found = outbox_admin.restored()
    assert found is not None
    # What was made after the restore was made here, and nobody has sent it.
    until, known = min(moment, found[1]), timetable.known()
    runs = sum(_tell_as_maybe(job, until, found[0], known, by_id) for job in schedule.timetable(timetable.overrides()))
    reminders.put_aside(until, now)
    mails = outbox_admin.hold_maybe_sent(until)
    outbox_admin.go_on()
    db.session.commit()
    return {"runs": runs, "mails": mails}


def _tell_as_maybe(job: Job, until: datetime, made: datetime, known: Known, by_id: int | None) -> int:
    """Raise what an entry for people would have raised by then, and settle the periods that lie before; how many."""
    if not job.when.rests:
        return 0
    since = min(timetable.since(job.name, made), made)
    left = missed(job.when, known, since, until, timetable.settled(job.name, until))
    if not left:
        return 0
    values = do(job, left[-1].at, by_id)
    result = values.get("result", json.dumps({"error": values.get("error", "")}, ensure_ascii=False))
    count = timetable.put_maybe(job.name, left, until, result)
    db.session.commit()
    return count
