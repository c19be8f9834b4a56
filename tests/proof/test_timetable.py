"""Two and three schedulers at once on PostgreSQL, killed at random, on a clock that runs through a month or a year."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import ROOT
from models import timetable
from models.base import db
from models.rules.timetable import ZONE, slots
from models.task import JobRun
from tests.proof.timekeeper import TRIED

ON_POSTGRES = pytest.mark.parametrize("any_app", ["postgresql"], indirect=True)
DAY = timedelta(days=1)
#: Seconds between two looks at the schedulers, and that one may take to look at everything.
STEP, PATIENCE = 0.01, 20.0


class Fleet:
    """Schedulers on one database, started and killed at random while the clock runs."""

    def __init__(self, app: Flask, folder: Path, begins: datetime, chance: random.Random) -> None:
        self.app, self.clock, self.begins, self.chance = app, folder / "clock", begins, chance
        self.living: list[subprocess.Popen[bytes]] = []
        self.kills = self.nobody = 0
        self.show(begins)

    def show(self, now: datetime) -> None:
        """Set the clock, never half written."""
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(now.isoformat())
        fresh.replace(self.clock)

    def start(self) -> None:
        """One scheduler more."""
        config = self.app.config["TIDU"]
        named = {"DATABASE_URL": config.database_url, "TIDU_INSTANCE": str(config.instance), "SECRET_KEY": "proof " * 8}
        command = [sys.executable, "-m", "tests.proof.timekeeper", str(self.clock), self.begins.isoformat()]
        errors = self.clock.with_name("errors").open("ab")
        self.living.append(
            subprocess.Popen(command, cwd=ROOT, env={**os.environ, **named}, stdout=errors, stderr=errors)
        )

    def kill(self) -> None:
        """One of them ends as kill -9 ends it."""
        process = self.living.pop(self.chance.randrange(len(self.living)))
        process.kill()
        process.wait()
        self.kills += 1

    def gather(self) -> None:
        """Wait until each has begun to look."""
        ends = time.monotonic() + 3 * PATIENCE
        while not all(self.clock.with_name(f"seen-{process.pid}").exists() for process in self.living):
            assert time.monotonic() < ends, self.clock.with_name("errors").read_text()[-2000:]
            time.sleep(STEP)

    def wait(self) -> None:
        """Let each that lives and has begun look at everything, so that no lease runs out under it."""
        now, ends = self.clock.read_text(), time.monotonic() + PATIENCE
        seen = [self.clock.with_name(f"seen-{process.pid}") for process in self.living]
        while any(file.exists() and file.read_text() != now for file in seen):
            assert time.monotonic() < ends, self.clock.with_name("errors").read_text()[-2000:]
            time.sleep(STEP)

    def end(self) -> None:
        """All of them end by themselves."""
        self.clock.write_text("end")
        for process in self.living:
            process.wait(60)


def live_through(app: Flask, folder: Path, days: int, most: int, dying: float) -> Fleet:
    """Run the clock from 1 January 2026 for so many days; at each moment one of `most` dies or begins by chance."""
    begins = datetime(2026, 1, 1, tzinfo=ZONE)
    fleet = Fleet(app, folder, begins, random.Random(20261122))
    known, last = timetable.known(), (begins + days * DAY).date()
    for entry in TRIED:
        timetable.since(entry.name, begins)
    moments = {slot.at for entry in TRIED for slot in slots(entry.when, begins.date(), last, known)}
    for _ in range(most):
        fleet.start()
    fleet.gather()
    for now in sorted(moments):
        fleet.show(now)
        if fleet.living and fleet.chance.random() < dying:
            # In the middle of what this moment asks for, sooner or later.
            time.sleep(fleet.chance.random() * 10 * STEP)
            fleet.kill()
        fleet.wait()
        if not fleet.living:
            fleet.nobody += 1
        if len(fleet.living) < most and fleet.chance.random() < 4 * dying:
            fleet.start()
            # Mostly the clock stands still until it is there, so that several are; else nobody is for a while.
            if fleet.chance.random() < 0.7:
                fleet.gather()
    # A working week in which somebody is there: whatever is left is made up.
    if not fleet.living:
        fleet.start()
    fleet.gather()
    for hour in (24 * day + hour for day in range(8) for hour in (0, 4, 8, 10, 16)):
        fleet.show(datetime(last.year, last.month, last.day, tzinfo=ZONE) + hour * timedelta(hours=1))
        fleet.wait()
    fleet.end()
    return fleet


def judged(fleet: Fleet, days: int) -> str:
    """Each period once in the ledger and told once; what was called again is no more than was killed. In words."""
    known, first = timetable.known(), fleet.begins.date()
    states, told, called = Counter[str](), 0, 0
    for entry in TRIED:
        wanted = {slot.period for slot in slots(entry.when, first, first + days * DAY, known)}
        rows = Counter[str](), Counter[str]()
        for count, name in zip(rows, (entry.name, f"told-{entry.name}"), strict=True):
            query = select(JobRun.period).where(JobRun.job == name, JobRun.period.is_not(None))
            count.update(period for period in db.session.scalars(query.order_by(JobRun.id)) if period is not None)
            assert set(count) >= wanted, (entry.name, sorted(wanted - set(count)))
            assert set(count.values()) == {1}, entry.name
        mine = Counter(db.session.scalars(select(JobRun.state).where(JobRun.job == entry.name)))
        assert set(mine) <= {"done", "merged"}, (entry.name, mine)
        states += mine
        told += sum(rows[1].values())
        ran = select(func.count(JobRun.id)).where(JobRun.job == f"ran-{entry.name}")
        called += (db.session.scalar(ran) or 0) - mine["done"]
    assert 0 <= called <= fleet.kills
    return (
        f"{states.total()} periods of {len(TRIED)} entries: {states['done']} run, {states['merged']} taken in, "
        f"{told} told, each once; {fleet.kills} schedulers killed, {fleet.nobody} moments with nobody there, "
        f"{called} runs begun anew"
    )


@ON_POSTGRES
@pytest.mark.slow
def test_two_schedulers_keep_a_month_between_them(app: Flask, tmp_path: Path) -> None:
    fleet = live_through(app, tmp_path, 31, most=2, dying=0.03)
    print(f"month, 2 schedulers: {judged(fleet, 31)}")


@ON_POSTGRES
@pytest.mark.proof
def test_three_schedulers_killed_at_random_keep_a_year_between_them(app: Flask, tmp_path: Path) -> None:
    fleet = live_through(app, tmp_path, 365, most=3, dying=0.02)
    print(f"year, 3 schedulers: {judged(fleet, 365)}")
