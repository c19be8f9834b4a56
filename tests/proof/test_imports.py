"""An import is killed at any moment: the database is whole, and the import goes on or is run again to the same end."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from config import ROOT
from crm.demo.generate import Size
from crm.imports.plan import Options
from crm.imports.work import order_writing, upload
from models import integrity
from models.base import db
from models.firm import Firm
from models.importing import ImportRun
from models.task import Task
from models.user import User
from tests.benchmarks.districts import District
from tests.benchmarks.imports import register
from tests.proof.conftest import MakeDistrict

ROWS = 3000
KILLS = 6
BEFORE = 30

pytestmark = pytest.mark.proof


def command(path: Path) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "crm", "imports", "run", str(path), "--kind", "register", "--json"]


def firms(made: District) -> int:
    with made.app.app_context():
        count = db.session.scalar(select(func.count(Firm.id))) or 0
        db.session.remove()
        return count


def whole(made: District) -> None:
    """Nothing half-written: either all rows of the file are there, or none."""
    assert firms(made) in (BEFORE, BEFORE + ROWS)
    with made.app.app_context():
        assert list(integrity.problems(full=True)) == []
        db.session.remove()


def kill_after(seconds: float, process: subprocess.Popen[bytes]) -> bool:
    """Kill the process after so many seconds; False when it had ended before."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_import_killed_by_the_command_line_can_be_run_again(
    make_district: MakeDistrict, tmp_path: Path, kind: str
) -> None:
    path = register(tmp_path / "register.csv", ROWS, 300_000)
    timed = make_district(kind, Size.of(BEFORE))
    begun = time.perf_counter()
    subprocess.run(command(path), cwd=ROOT, env=timed.environment, check=True, capture_output=True)
    takes = time.perf_counter() - begun
    made = make_district(kind, Size.of(BEFORE))
    chance = random.Random(20261122)
    kills = 0
    for part in range(KILLS):
        # One moment in each sixth of the run, so that every stage is met.
        process = subprocess.Popen(command(path), cwd=ROOT, env=made.environment, stdout=subprocess.DEVNULL)
        kills += kill_after(takes * (part + chance.random()) / KILLS, process)
        whole(made)
    done = subprocess.run(command(path), cwd=ROOT, env=made.environment, check=True, capture_output=True)
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["created"] + report["unchanged"] == ROWS
    assert firms(made) == BEFORE + ROWS
    whole(made)
    print(f"{kind}: {kills} kills of an import by command line, then {report['created']} created")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_import_goes_on_when_its_worker_is_killed(make_district: MakeDistrict, tmp_path: Path, kind: str) -> None:
    data = register(tmp_path / "register.csv", ROWS, 300_000).read_bytes()
    made = make_district(kind, Size.of(BEFORE))
    with made.app.app_context():
        officer = db.session.scalars(select(User).where(User.email == made.officer[0])).one()
        run, _ = upload(data, "企业登记.csv", Options(kind="register"), officer.id)
        db.session.commit()
        run_id, officer_id = run.id, officer.id
        db.session.remove()
    chance = random.Random(20261123)
    kills = work_with_kills(made, chance, 2)
    with made.app.app_context():
        assert db.session.get_one(ImportRun, run_id).state == "planned"
        order_writing(db.session.get_one(ImportRun, run_id), officer_id)
        db.session.commit()
        db.session.remove()
    kills += work_with_kills(made, chance, 2)
    with made.app.app_context():
        assert db.session.get_one(ImportRun, run_id).state == "applied"
        assert set(db.session.scalars(select(Task.state))) == {"done"}
        db.session.remove()
    assert firms(made) == BEFORE + ROWS
    whole(made)
    print(f"{kind}: {kills} kills of a worker, and the import went on to its end")


def work_with_kills(made: District, chance: random.Random, most: int) -> int:
    """Let workers work on the queue and kill so many of them in the middle; the last one may finish."""
    worker = [sys.executable, "-m", "tests.proof.worker", "2"]
    kills = 0
    for _ in range(most):
        process = subprocess.Popen(worker, cwd=ROOT, env=made.environment, stderr=subprocess.DEVNULL)
        kills += kill_after(2.0 + chance.random() * 3, process)
        whole(made)
    assert (
        subprocess.run(worker, cwd=ROOT, env=made.environment, stderr=subprocess.DEVNULL, check=False).returncode == 0
    )
    return kills
