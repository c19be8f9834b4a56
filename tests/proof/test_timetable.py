"""Two and three schedulers at once on PostgreSQL, killed at random, on a clock that runs through a month or a year."""

import os
import random
import signal
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import timetable
from models.base import db
from models.rules.timetable import ZONE, slots
from models.task import JobRun
from tests.proof.timekeeper import TRIED, live

ON_POSTGRES = pytest.mark.parametrize("any_app", ["postgresql"], indirect=True)
DAY = timedelta(days=1)
#: Seconds between two looks at the schedulers, and that one may take to look at everything.
STEP, PATIENCE = 0.01, 20.0


class Fleet:
    """Schedulers on one database, started and killed at random while the clock runs."""

    def __init__(self, app: Flask, folder: Path, begins: datetime, chance: random.Random) -> None:
        self.app, self.clock, self.begins, self.chance = app, folder / "clock", begins, chance
        self.living: list[int] = []
        self.kills = self.nobody = 0
        self.show(begins)

    def show(self, now: datetime) -> None:
        """Set the clock, never half written."""
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(now.isoformat())
        fresh.replace(self.clock)

    def start(self) -> None:
        """One scheduler more: a copy of this process, which takes a tenth of the time that a new one takes."""
        child = os.fork()
        if child:
            self.living.append(child)
            return
        try:
            errors = os.open(self.clock.with_name("errors"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(errors, 1)
            os.dup2(errors, 2)
            # The lines to the database are its parent's.
            db.engine.dispose(close=False)
            live(self.app, self.clock.read_text, self.seen_by(os.getpid()).write_text, self.begins)
        finally:
            os._exit(0)

    def seen_by(self, scheduler: int) -> Path:
        """Where one says that it has looked at everything."""
        return self.clock.with_name(f"seen-{scheduler}")

    def kill(self) -> None:
        """One of them ends as kill -9 ends it."""
        scheduler = self.living.pop(self.chance.randrange(len(self.living)))
        os.kill(scheduler, signal.SIGKILL)
        os.waitpid(scheduler, 0)
        self.kills += 1

    def gather(self) -> None:
        """Wait until each has begun to look."""
        ends = time.monotonic() + 3 * PATIENCE
        while not all(self.seen_by(scheduler).exists() for scheduler in self.living):
            assert time.monotonic() < ends, self.clock.with_name("errors").read_text()[-2000:]
            time.sleep(STEP)

    def wait(self) -> None:
        """Let each that lives and has begun look at everything, so that no lease runs out under it."""
        now, ends = self.clock.read_text(), time.monotonic() + PATIENCE
        seen = [self.seen_by(scheduler) for scheduler in self.living]
        while any(file.exists() and file.read_text() != now for file in seen):
            assert time.monotonic() < ends, self.clock.with_name("errors").read_text()[-2000:]
            time.sleep(STEP)

    def end(self) -> None:
        """All of them end by themselves."""
        self.clock.write_text("end")
        for scheduler in self.living:
            os.waitpid(scheduler, 0)


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
    for hour in (24 * day + hour for day in range(5) for hour in (3, 8, 16)):
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
    fleet = live_through(app, tmp_path, 31, most=2, dying=0.08)
    print(f"month, 2 schedulers: {judged(fleet, 31)}")


@ON_POSTGRES
@pytest.mark.proof
def test_three_schedulers_killed_at_random_keep_a_year_between_them(app: Flask, tmp_path: Path) -> None:
    fleet = live_through(app, tmp_path, 365, most=3, dying=0.02)
    print(f"year, 3 schedulers: {judged(fleet, 365)}")
