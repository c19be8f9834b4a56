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
from jobs.runs import last_runs, run_job
from models import claim, clock
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
READ_OVERRIDES = timedelta(seconds=60)


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

    def __init__(self, app: "Flask", lease: timedelta = LEASE) -> None:
        self.app = app
        self.holder = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(3)}"
        self.lease = lease
        self.stopping = threading.Event()
        self.ended = threading.Event()
        self.queue = Queue(app, self.holder, self.stopping, lease)
        self.post = Post(app, self.holder, self.stopping)
        self.scheduler = schedule.build_scheduler(self._run_job, [], Known(Workdays({}, frozenset())))
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
        try:
            while not self.stopping.is_set():
                if not self._run_one():
                    self.stopping.wait(POLL)
        finally:
            self.ended.set()
            pulse.join()
            post.join()
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
                (self.read_overrides, READ_OVERRIDES),
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
            now = clock.now()
            has = claim.take_duty(TIMETABLE, self.holder, now, self.lease)
            db.session.commit()
            if has and not self.has_duty:
                entries = schedule.timetable(schedule.list_overrides())
                known = schedule.known()
                schedule.fit(self.scheduler, self._run_job, entries, known)
                last = last_runs()
                for job in entries:
                    if schedule.was_missed(job, last.get(job.name), now, known):
                        self.scheduler.modify_job(job.name, next_run_time=now)
        if has != self.has_duty:
            log.info("timetable", held=has)
            (self.scheduler.resume if has else self.scheduler.pause)()
        self.has_duty = has

    def read_overrides(self) -> None:
        """Fit the scheduler to what administrators changed since the last look."""
        with self.app.app_context():
            entries, known = schedule.timetable(schedule.list_overrides()), schedule.known()
        if schedule.fit(self.scheduler, self._run_job, entries, known):
            log.info("timetable changed", jobs={job.name: words(job.when) for job in entries})

    def _run_job(self, job: schedule.Job) -> None:
        if not self.stopping.is_set():
            run_job(self.app, job, clock.now())

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
