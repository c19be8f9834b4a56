"""A server is killed while people save: what was answered is there, what is there is whole."""

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config import ROOT
from crm.demo.generate import Size
from models import clock, integrity
from models.base import db
from models.change import Change
from models.visit import Visit, visit_officer
from tests.benchmarks.clients import Client
from tests.benchmarks.districts import SERVED, THREADS, District, free_port, wait_for
from tests.proof.conftest import MakeDistrict

KILLS = 5
PEOPLE = 4

pytestmark = pytest.mark.proof


def serve(made: District, port: int) -> subprocess.Popen[bytes]:
    """One process that serves, so that killing it kills every save in the middle."""
    command = [
        str(Path(sys.executable).parent / "gunicorn"), "-w", "2", "-k", "gthread", "--threads", str(THREADS),
        "--no-control-socket", "--log-level", "critical", "-b", f"127.0.0.1:{port}", SERVED,
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=made.environment, start_new_session=True)
    wait_for(port)
    return process


def kill_group(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def save_until_killed(client: Client, name: str, answered: list[str], dead: threading.Event) -> None:
    """Record one visit after another and note the text of each that was answered."""
    number = 0
    while not dead.is_set():
        text = f"{name} 第 {number} 次"
        try:
            client.send("/bench/firms/1/visits", {"visit_on": clock.today().isoformat(), "text": text}, expect=302)
        except (OSError, http.client.HTTPException):
            return
        answered.append(text)
        number += 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_killed_server_loses_no_answered_save_and_leaves_no_half(make_district: MakeDistrict, kind: str) -> None:
    made = make_district(kind, Size.of(30))
    chance = random.Random(20261122)
    answered: list[str] = []
    for kill in range(KILLS):
        port = free_port()
        process = serve(made, port)
        people = [Client(port).sign_in(*made.officer) for _ in range(PEOPLE)]
        dead = threading.Event()
        threads = [
            threading.Thread(target=save_until_killed, args=(client, f"{kill}-{place}", answered, dead))
            for place, client in enumerate(people)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.3 + chance.random())
        kill_group(process)
        dead.set()
        for thread in threads:
            thread.join()
    with made.app.app_context():
        there = set(db.session.scalars(select(Visit.text)))
        assert set(answered) <= there
        new = select(Visit.id).where(Visit.text.like("% 第 % 次"))
        count = db.session.scalar(select(func.count()).select_from(new.subquery()))
        officers = select(func.count()).where(visit_officer.c.visit_id.in_(new))
        traces = select(func.count()).where(Change.table_name == "visit", Change.row_id.in_(new))
        assert (db.session.scalar(officers), db.session.scalar(traces)) == (count, count)
        assert list(integrity.problems(full=True)) == []
        db.session.remove()
    print(f"{kind}: {KILLS} kills, {len(answered)} saves answered, {count} there, each whole")
