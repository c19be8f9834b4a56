"""Works through the queue: claim one task, do it while a pulse keeps its lease, write how it ended (foundations 3)."""

import json
import secrets
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from models import claim, clock
from models.base import db
from models.change_log import Actor, acting
from models.errors import Refused
from models.task import KINDS, MOST_ATTEMPTS, Interrupted, Task, Work, finish

if TYPE_CHECKING:
    from flask import Flask

log = structlog.get_logger()

#: A worker that has not renewed its lease for so long is taken for dead.
LEASE = timedelta(seconds=60)
END_TRIES = 3


class LeasedWork(Work):
    """Work of a task whose lease somebody else, the pulse, keeps; says what is to be written about it."""

    def __init__(self, task: Task, stopping: threading.Event) -> None:
        super().__init__(json.loads(task.arguments), task.person_id, task.id)
        self.stopping = stopping
        self.lost = threading.Event()
        self.said: tuple[int, int, str] = (0, 0, "")

    def progress(self, done: int, total: int, message: str = "") -> None:
        self.said = (done, total, message)
        if self.stopping.is_set() or self.lost.is_set():
            raise Interrupted


class Queue:
    """One worker's hold on the queue."""

    def __init__(self, app: "Flask", holder: str, stopping: threading.Event, lease: timedelta = LEASE) -> None:
        self.app = app
        self.holder = holder
        self.stopping = stopping
        self.lease = lease
        self.work: LeasedWork | None = None

    def run_one(self) -> bool:
        """Claim the next task and work on it; False when there is nothing to do."""
        with self.app.app_context():
            claimed = claim.claim(Task, self.holder, clock.now(), self.lease)
            db.session.commit()
            if claimed is None:
                return False
            task = db.session.get_one(Task, claimed[0])
            if task.started_at is None:
                task.started_at = clock.now()
            self.work = LeasedWork(task, self.stopping)
            kind, attempts = task.kind, claimed[1]
            db.session.commit()
            try:
                values = self._do(kind, attempts, self.work)
                db.session.rollback()
                self._write_end(claimed[0], values, self.work)
                log.info("task", id=claimed[0], kind=kind, state=values["state"])
            finally:
                self.work = None
        return True

    def _do(self, kind: str, attempts: int, work: LeasedWork) -> dict[str, Any]:
        """Do the work and return what its row is to say afterwards."""
        if kind not in KINDS:
            return failed(f"这个版本不会做这种任务：{kind}")
        if attempts > MOST_ATTEMPTS:
            return failed(f"已中断 {MOST_ATTEMPTS} 次，没有完成。请联系系统管理员后再重试。")
        try:
            with acting(Actor(source="job", person_id=work.person_id)):
                result = KINDS[kind].function(work)
        except Interrupted:
            # Being told to stop is no failed attempt.
            return {"state": "waiting", "attempts": attempts - 1}
        except Refused as error:
            return failed(str(error))
        except OperationalError:
            log.exception("task could not reach the database", id=work.task_id)
            return {"state": "waiting"} if attempts < MOST_ATTEMPTS else failed("数据库忙或连不上，请稍后重试。")
        except Exception:
            number = secrets.token_hex(4)
            log.exception("task failed", id=work.task_id, kind=kind, number=number)
            return failed(f"程序出错，没有完成（编号 {number}）。请把编号告诉系统管理员。")
        return {"state": "done", "result": json.dumps(result, ensure_ascii=False), "ended_at": clock.now()}

    def _write_end(self, task_id: int, values: dict[str, Any], work: LeasedWork) -> None:
        """Write how it ended, and try again when the database is busy: work that was done must not be done again."""
        done, total, message = work.said
        for tries_left in reversed(range(END_TRIES)):
            try:
                if not finish(task_id, self.holder, **values, done=done, total=total, message=message):
                    log.warning("task was taken over meanwhile", id=task_id)
                db.session.commit()
                return
            except OperationalError:
                db.session.rollback()
                if not tries_left:
                    raise

    def pulse(self) -> None:
        """Write how far the work is and keep its lease; called beside the work, in a session of its own."""
        work = self.work
        if work is None or work.lost.is_set():
            return
        done, total, message = work.said
        with self.app.app_context():
            assert work.task_id is not None
            if not claim.renew(Task, work.task_id, self.holder, clock.now() + self.lease):
                work.lost.set()
                return
            db.session.execute(
                update(Task).where(Task.id == work.task_id).values(done=done, total=total, message=message)
            )
            db.session.commit()


def failed(error: str) -> dict[str, Any]:
    """What the row of a failed task says; `error` in an officer's words."""
    return {"state": "failed", "error": error, "ended_at": clock.now()}
