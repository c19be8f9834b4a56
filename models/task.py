"""Work outside the request: a row says what to do, how far it is, and who holds it (foundations 3)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, false, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Key, Model, Moment, db, one_of
from models.errors import NotFound, Refused
from models.user import User

TASK_STATES = {"waiting": "排队", "running": "进行中", "done": "完成", "failed": "失败"}

#: A task that was begun so often and never ended is given up.
MOST_ATTEMPTS = 3


class Work:
    """What a task's function is given: its arguments, who wants it, and a place to say how far it is."""

    def __init__(self, arguments: dict[str, Any], person_id: int | None = None, task_id: int | None = None) -> None:
        self.arguments = arguments
        self.person_id = person_id
        self.task_id = task_id

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Say how far the work is. Nothing is written here: the worker writes it in small commits of its own.

        May raise Interrupted when the worker must stop or has lost the task; let it pass.
        """


class Interrupted(Exception):
    """The work must stop now: roll back, the task is done later or by another."""


@dataclass(frozen=True)
class TaskKind:
    """What one kind of task is called and what does it."""

    key: str
    name: str
    function: Callable[[Work], dict[str, Any]]


#: Every kind, by key. Workshops add theirs with `task_kind`.
KINDS: dict[str, TaskKind] = {}


def task_kind(key: str, name: str) -> Callable[[Callable[[Work], dict[str, Any]]], Callable[[Work], dict[str, Any]]]:
    """Register a function as what a task of this kind does.

    It gets a Work and returns the result (JSON). It runs in an application context of its own and commits what it does
    itself, in steps that may be done again: a task cut off in the middle is begun anew. A Refused it raises is shown to
    the person as it is.
    """

    def register(function: Callable[[Work], dict[str, Any]]) -> Callable[[Work], dict[str, Any]]:
        KINDS[key] = TaskKind(key, name, function)
        return function

    return register


class Task(Model):
    """One piece of work. A worker claims it for a lease; a lost lease is taken over by another."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint(one_of("state", TASK_STATES), name="state"),
        Index("ix_task_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Key)
    #: Opaque JSON.
    arguments: Mapped[str] = mapped_column(Text, default="{}")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(Key, default="waiting")
    #: What is being done, in an officer's words.
    message: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[str] = mapped_column(Text, default="{}")
    error: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def name(self) -> str:
        """What its kind is called on the page."""
        return KINDS[self.kind].name if self.kind in KINDS else self.kind

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in ("done", "failed")

    @property
    def answer(self) -> dict[str, Any]:
        """What the work returned."""
        return dict(json.loads(self.result))

    @classmethod
    def get_for(cls, user: User, task_id: int) -> "Task":
        """The task, or NotFound when there is none that this person may see."""
        task = db.session.scalar(cls.visible_to(user).where(cls.id == task_id))
        if task is None:
            raise NotFound
        return task

    @classmethod
    def visible_to(cls, user: User) -> Any:
        """Select the tasks this person may see, newest first: their own; all of them for the system administrator."""
        query = select(cls).order_by(cls.id.desc())
        return query if "settings.edit" in user.permissions else query.where(cls.person_id == user.id)

    @classmethod
    def list_for(cls, user: User, state: str, page: int, per_page: int) -> tuple[list["Task"], int]:
        """One page of the tasks this person may see, newest first, and how many there are; `state` may be empty."""
        query = cls.visible_to(user)
        if state:
            query = query.where(cls.state == state)
        total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
        return list(db.session.scalars(query.limit(per_page).offset((page - 1) * per_page))), total or 0

    @classmethod
    def list_all(cls, open_only: bool = False, limit: int = 200) -> list["Task"]:
        """The newest tasks, newest first; only those that wait, run or failed when asked."""
        query = select(cls).order_by(cls.id.desc()).limit(limit)
        return list(db.session.scalars(query.where(cls.state != "done") if open_only else query))

    @classmethod
    def latest(cls, kind: str) -> "Task | None":
        """The newest task of a kind, whoever asked for it."""
        return db.session.scalar(select(cls).where(cls.kind == kind).order_by(cls.id.desc()).limit(1))

    def retry(self) -> None:
        """Put a failed task back into the queue. Raises Refused when it did not fail."""
        if self.state != "failed":
            raise Refused(f"只有失败的任务能重试，这个任务的状态是“{TASK_STATES[self.state]}”")
        self.state, self.error, self.attempts = "waiting", "", 0
        self.holder = self.lease_until = self.ended_at = None
        self.done = self.total = 0


def enqueue(kind: str, arguments: dict[str, Any], person_id: int | None, at: datetime) -> Task:
    """Add a task to the queue and return it with its id; it begins once the caller has committed.

    Raises KeyError for a kind nobody registered.
    """
    task = Task(
        kind=KINDS[kind].key,
        arguments=json.dumps(arguments, ensure_ascii=False),
        person_id=person_id,
        created_at=at,
    )
    db.session.add(task)
    db.session.flush()
    return task


def finish(task_id: int, holder: str, **values: Any) -> bool:
    """Write the end of a task; False when it is no longer the holder's. The caller commits."""
    statement = update(Task).where(Task.id == task_id, Task.holder == holder, Task.state == "running")
    ended = db.session.execute(
        statement.values(**values, holder=None, lease_until=None)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    return ended.first() is not None


class WorkerLease(Model):
    """Who runs the scheduler: one row per duty, held by one process at a time."""

    __tablename__ = "worker_lease"

    duty: Mapped[str] = mapped_column(Key, primary_key=True)
    holder: Mapped[str] = mapped_column(String(100))
    until: Mapped[datetime] = mapped_column(Moment)


class JobOverride(Model):
    """What an administrator changed about one entry of the timetable: another time, or not at all."""

    __tablename__ = "job_override"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    job: Mapped[str] = mapped_column(Key, unique=True)
    #: False: paused.
    active: Mapped[bool] = mapped_column(default=True)
    #: Why it is paused.
    reason: Mapped[str] = mapped_column(Text, default="")
    #: The time of day (8:30); empty keeps the default, as does None in the following.
    hours: Mapped[str] = mapped_column(String(200), default="")
    weekday: Mapped[int | None]
    day: Mapped[int | None]
    nth: Mapped[int | None]
    #: What becomes of a day off.
    rule: Mapped[str | None] = mapped_column(Key)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    changed_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def given(self) -> dict[str, str | int | None]:
        """What `timetable.changed` is to change."""
        return {"at": self.hours, "weekday": self.weekday, "day": self.day, "nth": self.nth, "rule": self.rule}


class JobSince(Model):
    """From when on an entry is kept: what its moments before that missed is nobody's fault."""

    __tablename__ = "job_since"

    job: Mapped[str] = mapped_column(Key, primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)


RUN_STATES = {
    "running": "正在做",
    "done": "完成",
    "failed": "没做成",
    "merged": "并入后一次",
    "paused": "暂停中，没做",
    "maybe": "恢复备份前可能已做",
}


class JobRun(Model):
    """One run of a job of the timetable, with its result: one for each period, those by hand besides."""

    __tablename__ = "job_run"
    __table_args__ = (
        CheckConstraint(one_of("state", RUN_STATES), name="state"),
        Index("ix_job_run_job", "job", "started_at"),
        # However many schedulers run: the second to claim a period fails.
        Index(
            "uq_job_run_period", "job", "period", unique=True,
            sqlite_where=text("NOT by_hand"), postgresql_where=text("NOT by_hand"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    job: Mapped[str] = mapped_column(Key)
    #: 2026-W47, 2026-10, 2026-Q3, 2026-11-22; None in rows from before periods were kept.
    period: Mapped[str | None] = mapped_column(Key)
    #: The moment of the timetable that it stands for.
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    #: 补跑: it began well after that.
    late: Mapped[bool] = mapped_column(default=False, server_default=false())
    by_hand: Mapped[bool] = mapped_column(default=False, server_default=false())
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(Key)
    result: Mapped[str] = mapped_column(Text, default="{}")
    error: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=1, server_default="1")
    holder: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Moment)

    by: Mapped[User | None] = relationship(User)

    @property
    def state_words(self) -> str:
        """How it stands, in an officer's words."""
        words = RUN_STATES[self.state]
        if self.by_hand:
            return f"手动{words}"
        return f"补跑{words}" if self.late and self.state in ("running", "done", "failed") else words

    @property
    def answer(self) -> dict[str, Any]:
        """What the job's function returned."""
        return dict(json.loads(self.result))

    @property
    def told(self) -> str:
        """What it did for people, in an officer's words; empty when nothing."""
        found = self.answer
        counts = (("新提醒", found.get("raised", 0)), ("发出", found.get("sent", 0)))
        parts = [f"{name} {count}" for name, count in counts if count]
        skipped = len(found.get("skipped", ()))
        return "，".join([*parts, f"跳过 {skipped}"] if skipped else parts)
