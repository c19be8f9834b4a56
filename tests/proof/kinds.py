"""The application with one more kind of task, for proofs that kill its workers: each task leaves one run behind."""

import time

from flask import Flask

from crm import create_app
from models import clock
from models.base import db
from models.task import JobRun, Work, task_kind

STEPS = 5


@task_kind("proof", "试验")
def leave_a_run(work: Work) -> dict[str, int]:
    """Work a few moments and commit one row, all of it or nothing."""
    number = int(work.arguments["number"])
    for step in range(STEPS):
        work.progress(step, STEPS, "试验")
        time.sleep(0.002)
    db.session.add(JobRun(job=f"proof-{number}", started_at=clock.now(), state="done"))
    db.session.commit()
    return {"number": number}


def make() -> Flask:
    """The application for a worker process."""
    return create_app()
