"""One scheduler on a clock that a test moves: it looks at the clock, runs what every entry owes at that moment, and
looks again, until it is killed or reads `end`.

What an entry's function does for people is counted: each moment up to now that was not told yet is told once (`told-`),
and each call leaves a row (`ran-`).
"""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask

from jobs.runs import Runs
from jobs.schedule import Job
from models import claim, timetable
from models.base import db
from models.rules.timetable import Known, slots
from models.rules.timetable_entries import ENTRIES
from models.task import JobRun

#: The entries that are tried: all that are for people, and one for the machine at night.
TRIED = [entry for entry in ENTRIES.values() if entry.when.rests or entry.name == "backup"]
#: On the clock of the test, which stands still while a scheduler that lives is at work.
LEASE = timedelta(minutes=50)


def tell(name: str, begins: datetime, known: Known, now: datetime) -> dict[str, Any]:
    """Tell every moment of the entry up to now that was not told yet; how many."""
    db.session.add(JobRun(job=f"ran-{name}", started_at=now, state="done", by_hand=True))
    db.session.commit()
    time.sleep(0.003)
    claim.begin_writing()
    told = 0
    for slot in slots(ENTRIES[name].when, begins.date(), now.astimezone(begins.tzinfo).date(), known):
        if begins < slot.at <= now:
            row = {"job": f"told-{name}", "period": slot.period, "started_at": now, "state": "done", "by_hand": False,
                   "result": "{}", "error": "", "late": False, "attempts": 1}  # fmt: skip
            put = claim.upsert(JobRun).values(row).on_conflict_do_nothing().returning(JobRun.id)
            told += db.session.scalar(put) is not None
    db.session.commit()
    return {"raised": told}


def live(app: Flask, read: Callable[[], str], say: Callable[[str], object], begins: datetime) -> None:
    """Look and run until the clock says `end`; say each time that all was looked at."""
    with app.app_context():
        known = timetable.known()
    runs = Runs(app, f"pid:{os.getpid()}", LEASE)
    jobs = [Job(entry.name, entry.title, partial(tell, entry.name, begins, known), entry.when) for entry in TRIED]
    seen = ""
    while (words := read()) != "end":
        if words == seen:
            time.sleep(0.005)
            continue
        for job in jobs:
            # The clock may have moved on; no two look at hours that are far apart.
            now = read()
            runs.run(job, datetime.fromisoformat(words if now == "end" else now), known)
        say(words)
        seen = words
