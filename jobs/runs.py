"""Runs one job of the timetable once: in an application context of its own, logged with its result."""

import json
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import func, select

from jobs.schedule import Job
from models import clock
from models.base import db
from models.task import JobRun

if TYPE_CHECKING:
    from flask import Flask

log = structlog.get_logger()


def run_job(app: "Flask", job: Job, now: datetime) -> JobRun:
    """Run the job as of this moment and return its logged run; a failure is logged and stops nobody else."""
    with app.app_context():
        run = JobRun(job=job.name, started_at=now, state="running")
        db.session.add(run)
        db.session.commit()
        run_id = run.id
        try:
            result = job.function(now)
            values = {"state": "done", "result": json.dumps(result, ensure_ascii=False)}
            log.info("job done", job=job.name, result=result)
        except Exception as error:
            db.session.rollback()
            values = {"state": "failed", "error": f"{type(error).__name__}: {error}"}
            log.exception("job failed", job=job.name)
        run = db.session.get_one(JobRun, run_id)
        for name, value in values.items():
            setattr(run, name, value)
        run.ended_at = clock.now()
        db.session.commit()
        db.session.refresh(run)
        db.session.expunge(run)
        return run


def last_runs() -> dict[str, datetime]:
    """When each job last began."""
    return dict(db.session.execute(select(JobRun.job, func.max(JobRun.started_at)).group_by(JobRun.job)).all())
