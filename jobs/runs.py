"""Runs what the timetable owes: claim the period, do it in an application context of its own, write how it ended."""

import json
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import OperationalError

from jobs.schedule import Job
from models import clock, timetable
from models.base import db
from models.change_log import Actor, acting
from models.rules.timetable import Known
from models.task import JobRun

if TYPE_CHECKING:
    from flask import Flask

log = structlog.get_logger()

END_TRIES = 3


class Runs:
    """One process's hold on runs of the timetable."""

    def __init__(self, app: "Flask", holder: str, lease: timedelta) -> None:
        self.app, self.holder, self.lease = app, holder, lease
        self._held: set[int] = set()
        self._lock = threading.Lock()

    def run(self, job: Job, now: datetime, known: Known | None = None) -> JobRun | None:
        """Run what the job owes at this moment and return its row; None when nothing is owed, or another has it.

        A failure is logged and stops nobody else.
        """
        with self.app.app_context():
            known = known or timetable.known()
            run_id = timetable.take(job.name, job.when, known, now, self.holder, self.lease)
            if run_id is None:
                return None
            with self._lock:
                self._held.add(run_id)
            try:
                self._write_end(run_id, do(job, now), now)
            finally:
                with self._lock:
                    self._held.discard(run_id)
            run = db.session.get_one(JobRun, run_id, populate_existing=True)
            db.session.expunge(run)
            return run

    def owes(self, job: Job, now: datetime, known: Known) -> bool:
        """Whether the job owes a run that nobody is at."""
        return timetable.waits(job.name, now) or timetable.owed(job.name, job.when, known, now) is not None

    def pulse(self, now: datetime) -> None:
        """Keep the runs that are being worked on; called beside the work, in a session of its own."""
        with self._lock:
            held = set(self._held)
        if held:
            with self.app.app_context():
                timetable.renew(held, self.holder, now + self.lease)
                db.session.commit()

    def _write_end(self, run_id: int, values: dict[str, Any], now: datetime) -> None:
        """Write how it ended, and try again when the database is busy."""
        ended = max(clock.now(), now)
        for tries_left in reversed(range(END_TRIES)):
            try:
                if not timetable.finish(run_id, self.holder, **values, ended_at=ended):
                    log.warning("run was taken over meanwhile", id=run_id)
                db.session.commit()
                return
            except OperationalError:
                db.session.rollback()
                if not tries_left:
                    raise


def do(job: Job, now: datetime, by_id: int | None = None) -> dict[str, Any]:
    """Call the job's function and return what its row is to say afterwards."""
    try:
        with acting(Actor(source="job", person_id=by_id)):
            result = job.function(now)
    except Exception as error:
        db.session.rollback()
        log.exception("job failed", job=job.name)
        return {"state": "failed", "error": f"{type(error).__name__}: {error}"}
    db.session.rollback()
    log.info("job done", job=job.name, result=result)
    return {"state": "done", "result": json.dumps(result, ensure_ascii=False, default=str)}
