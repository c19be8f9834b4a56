"""Workers are killed, and several run at once: every task is done, none is lost, none is done twice."""

import random
import subprocess
import sys
import time
from collections import Counter

import pytest
from sqlalchemy import select

from config import ROOT
from crm.demo.generate import Size
from models import clock
from models.base import db
from models.task import JobRun, Task, enqueue
from tests.benchmarks.districts import District
from tests.proof import kinds
from tests.proof.conftest import MakeDistrict

EMPTY = Size(0, 0, 0)
TASKS = 300

pytestmark = pytest.mark.proof


def start(made: District, lease: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.proof.worker", str(lease)]
    return subprocess.Popen(command, cwd=ROOT, env=made.environment, stderr=subprocess.DEVNULL)


def queue_up(made: District) -> None:
    assert kinds.STEPS
    with made.app.app_context():
        for number in range(TASKS):
            enqueue("proof", {"number": number}, None, clock.now())
        db.session.commit()


def outcome(made: District) -> tuple[Counter[str], Counter[str]]:
    """How many tasks are in each state, and how often each left its row."""
    with made.app.app_context():
        states = Counter(db.session.scalars(select(Task.state)))
        runs = Counter(db.session.scalars(select(JobRun.job).where(JobRun.job.like("proof-%"))))
        db.session.remove()
        return states, runs


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_three_workers_at_once_do_every_task_exactly_once(make_district: MakeDistrict, kind: str) -> None:
    made = make_district(kind, EMPTY)
    queue_up(made)
    workers = [start(made, lease=60) for _ in range(3)]
    assert [worker.wait(180) for worker in workers] == [0, 0, 0]
    states, runs = outcome(made)
    assert states == {"done": TASKS}
    assert Counter(runs.values()) == {1: TASKS}
    print(f"{kind}: {TASKS} tasks by 3 workers, each once")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_workers_leave_no_task_undone(make_district: MakeDistrict, kind: str) -> None:
    made = make_district(kind, EMPTY)
    queue_up(made)
    chance = random.Random(20261122)
    kills = 0
    for _ in range(8):
        worker = start(made, lease=2)
        time.sleep(2.0 + chance.random() * 1.5)
        if worker.poll() is not None:
            break
        worker.kill()
        worker.wait()
        kills += 1
    assert start(made, lease=2).wait(180) == 0
    states, runs = outcome(made)
    # A worker killed between the work's commit and the note of it does that task again: at most one for each kill.
    twice = sum(1 for times in runs.values() if times > 1)
    assert states == {"done": TASKS}
    assert len(runs) == TASKS
    assert twice <= kills
    print(f"{kind}: {TASKS} tasks, {kills} kills, {twice} begun anew after their work was done")
