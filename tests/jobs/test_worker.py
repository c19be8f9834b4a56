"""The worker: one timetable however many are started, a clean end, commands for the queue."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from config import ROOT
from jobs.schedule import Job
from jobs.worker import Worker
from models import clock
from models.base import db
from models.rules.timetable import When
from models.task import KINDS, JobOverride, JobRun, JobSince, Task, TaskKind, enqueue
from tests.jobs.test_timetable import DAWN, NIGHT

PATIENCE = 30.0


@pytest.fixture
def quick_kind() -> Iterator[None]:
    KINDS["quick"] = TaskKind("quick", "快", lambda work: {"ok": True})
    yield
    del KINDS["quick"]


def held(worker: Worker) -> list[str]:
    return sorted(job.id for job in worker.scheduler.get_jobs())


def test_of_two_workers_one_runs_the_timetable(app: Flask) -> None:
    first, second = Worker(app, jobs=(NIGHT, DAWN)), Worker(app, jobs=(NIGHT, DAWN))
    for worker in (first, second):
        worker.scheduler.start(paused=True)
        worker.keep_duty()
    assert (first.has_duty, second.has_duty) == (True, False)
    assert held(first) == ["dawn", "night"]
    first._give_up_duty()
    second.keep_duty()
    first.keep_duty()
    assert (first.has_duty, second.has_duty) == (False, True)
    for worker in (first, second):
        worker.scheduler.shutdown()


def test_what_an_administrator_changes_reaches_the_running_timetable(app: Flask) -> None:
    worker = Worker(app, jobs=(NIGHT, DAWN))
    worker.scheduler.start(paused=True)
    worker.keep_duty()
    db.session.add(JobOverride(job="dawn", active=False))
    db.session.commit()
    worker.read_timetable()
    assert held(worker) == ["night"]
    worker.scheduler.shutdown()


def test_a_job_missed_while_no_worker_was_there_runs_at_once(app: Flask) -> None:
    ran = threading.Event()

    def note(now: Any) -> dict[str, Any]:
        ran.set()
        return {}

    db.session.add(JobSince(job="missed", since=clock.now() - timedelta(days=3)))
    db.session.commit()
    # Whatever the time of day is, the next moment is tomorrow's.
    at = (clock.local(clock.now()) - timedelta(minutes=10)).time()
    worker = Worker(app, jobs=(Job("missed", "错过", note, When("daily", at.replace(second=0, microsecond=0))),))
    worker.scheduler.start(paused=True)
    worker.keep_duty()
    assert ran.wait(PATIENCE)
    worker.scheduler.shutdown(wait=True)
    states = list(db.session.scalars(select(JobRun.state).order_by(JobRun.due_at)))
    assert states[-1] == "done" and set(states[:-1]) == {"merged"}


def test_a_worker_does_what_waits_and_ends_when_told(app: Flask, quick_kind: None) -> None:
    task = enqueue("quick", {}, None, clock.now())
    db.session.commit()
    worker = Worker(app)
    original = worker.queue.run_one

    def run_and_stop() -> bool:
        did = original()
        worker.stop()
        return did

    worker.queue.run_one = run_and_stop  # type: ignore[method-assign]
    worker.run()
    db.session.expire_all()
    assert db.session.get_one(Task, task.id).answer == {"ok": True}


@pytest.mark.slow
def test_the_command_ends_cleanly_on_sigterm(tmp_path: Any) -> None:
    environment = {**os.environ, "TIDU_INSTANCE": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/w.sqlite3"}
    flask = [sys.executable, "-m", "flask", "--app", "crm"]
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environment, check=True, capture_output=True)
    process = subprocess.Popen([*flask, "worker"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(json.loads(line))
            if lines[-1]["event"] == "timetable":
                process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert [line["event"] for line in lines] == ["worker begins", "timetable", "worker ends"]
    finally:
        if process.poll() is None:
            process.kill()


def test_tasks_can_be_listed_and_retried_from_the_command_line(lite_app: Flask, quick_kind: None) -> None:
    task = enqueue("quick", {}, None, clock.now())
    task.state, task.error, task.done, task.total = "failed", "没有成功", 1, 4
    db.session.commit()
    run = lite_app.test_cli_runner().invoke
    expected = {"id": task.id, "kind": "quick", "state": "failed", "done": 1, "total": 4, "error": "没有成功"}
    assert json.loads(run(args=["tasks", "list", "--json"]).stdout) == [expected]
    assert run(args=["tasks", "retry", str(task.id)]).exit_code == 0
    again = run(args=["tasks", "retry", str(task.id), "--json"])
    assert again.exit_code == 1
    assert "失败" in json.loads(again.stdout)["error"]
    assert run(args=["tasks", "retry", "999"]).exit_code == 1
    assert run(args=["tasks", "retry"]).exit_code == 2
    assert run(args=["worker", "--once"]).exit_code == 0
    assert json.loads(run(args=["tasks", "list", "--json"]).stdout) == []
