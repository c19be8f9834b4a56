"""The worker: timetable and queue in one process, safe to start twice; ends cleanly when told to (foundations 3)."""

import logging
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from jobs import schedule
from jobs.post import Post
from jobs.queue import LEASE, Queue
from jobs.robots import RobotPosts
from jobs.runs import Runs
from models import claim, clock, timetable
from models.base import db
from models.rules.timetable import Known, words
from models.rules.workday import Workdays

if TYPE_CHECKING:
    from flask import Flask

log = structlog.get_logger()

#: The duty that one worker at a time has: running the timetable.
TIMETABLE = "timetable"
#: Seconds between two looks into an empty queue, and between two beats beside the work.
POLL = 1.0
BEAT = 1.0
RENEW_DUTY = timedelta(seconds=15)
READ_TIMETABLE = timedelta(seconds=60)


def log_to_stderr() -> None:
    """Write every message as one line of JSON to stderr, those of libraries too."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    render: list[Any] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    structlog.configure(
        processors=[*shared, *render],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    logging.root.handlers = [handler]
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


class Worker:
    """One worker process: `run` works until `stop` is called."""

    def __init__(self, app: "Flask", lease: timedelta = LEASE, jobs: tuple[schedule.Job, ...] = schedule.JOBS) -> None:
        self.app = app
        self.holder = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(3)}"
        self.lease = lease
        self.stopping = threading.Event()
        self.ended = threading.Event()
        self.queue = Queue(app, self.holder, self.stopping, lease)
        self.post = Post(app, self.holder, self.stopping)
        self.robots = RobotPosts(app, self.holder, self.stopping)
        self.runs = Runs(app, self.holder, lease)
        self.jobs = jobs
        self.entries: list[schedule.Job] = []
        self.known = Known(Workdays({}, frozenset()))
        self.scheduler = schedule.build_scheduler(self._run_job, [], self.known)
        self.has_duty = False
        self._next: dict[Callable[[], None], datetime] = {}

    def stop(self) -> None:
        """Ask it to end: the running task is put back at its next step, nothing new is begun."""
        self.stopping.set()

    def run(self) -> None:
        """Work until told to stop."""
        log.info("worker begins", holder=self.holder)
        self.scheduler.start(paused=True)
        pulse = threading.Thread(target=self._beat_until_ended, name="pulse", daemon=True)
        pulse.start()
        # Beside the queue: an import of ten minutes keeps no mail waiting.
        post = threading.Thread(target=self.post.run, name="post", daemon=True)
        post.start()
        robots = threading.Thread(target=self.robots.run, name="robots", daemon=True)
        robots.start()
        try:
            while not self.stopping.is_set():
                if not self._run_one():
                    self.stopping.wait(POLL)
        finally:
            self.ended.set()
            pulse.join()
            post.join()
            robots.join()
            self.scheduler.shutdown(wait=True)
            self._give_up_duty()
            log.info("worker ends", holder=self.holder)

    def run_waiting(self) -> int:
        """Do what waits in the queue and in the outbox now and return how many tasks that was; no timetable."""
        count = 0
        while not self.stopping.is_set() and self.post.run_one(clock.now()):
            pass
        while not self.stopping.is_set() and self.queue.run_one():
            count += 1
        return count

    def _run_one(self) -> bool:
        try:
            return self.queue.run_one()
        except Exception:
            # The database may be away for a while; the queue waits for it.
            log.exception("queue")
            return False

    def _beat_until_ended(self) -> None:
        while not self.ended.wait(BEAT):
            for act, every in (
                (self.queue.pulse, timedelta(0)),
                (self.keep_duty, RENEW_DUTY),
                (self.read_timetable, READ_TIMETABLE),
            ):
                now = clock.now()
                if self._next.get(act, now) <= now:
                    self._next[act] = now + every
                    try:
                        act()
                    except Exception:
                        log.exception("pulse", act=act.__name__)

    def keep_duty(self) -> None:
        """Take the timetable when nobody has it, keep it when we do; only its holder's scheduler runs."""
        with self.app.app_context():
            has = claim.take_duty(TIMETABLE, self.holder, clock.now(), self.lease)
            db.session.commit()
        if has and not self.has_duty:
            self._fit()
            self.make_up()
        if has != self.has_duty:
            log.info("timetable", held=has)
            (self.scheduler.resume if has else self.scheduler.pause)()
        self.has_duty = has
        self.runs.pulse(clock.now())

    def read_timetable(self) -> None:
        """Fit the scheduler to what administrators changed and to the calendar, and begin what is owed."""
        if self._fit():
            log.info("timetable changed", jobs={job.name: words(job.when) for job in self.entries})
        if self.has_duty:
            self.make_up()

    def _fit(self) -> bool:
        with self.app.app_context():
            self.entries = schedule.timetable(timetable.overrides(), self.jobs)
            self.known = timetable.known()
        return schedule.fit(self.scheduler, self._run_job, self.entries, self.known)

    def make_up(self) -> None:
        """Let entries that owe a run begin at once: one was missed, its holder died, or it failed a while ago."""
        now = clock.now()
        with self.app.app_context():
            owing = [job.name for job in self.entries if self.runs.owes(job, now, self.known)]
            rows = timetable.overrides()
            paused = [(job, rows[job.name]) for job in self.jobs if job.name in rows and not rows[job.name].active]
            for job, when in [(job.name, timetable.moved(job.when, row)[0]) for job, row in paused]:
                timetable.note_paused(job, when, self.known, now)
                db.session.commit()
        for name in owing:
            self.scheduler.modify_job(name, next_run_time=now)

    def _run_job(self, job: schedule.Job) -> None:
        if not self.stopping.is_set():
            self.runs.run(job, clock.now(), self.known)

    def _give_up_duty(self) -> None:
        with self.app.app_context():
            claim.give_up_duty(TIMETABLE, self.holder, clock.now())
            db.session.commit()


def main(app: "Flask") -> None:
    """Run a worker until SIGTERM or SIGINT."""
    log_to_stderr()
    worker = Worker(app)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
