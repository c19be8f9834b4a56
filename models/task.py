"""Work outside the request: a row says what to do, how far it is, and who holds it (foundations 3)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Moment, one_of

TASK_STATES = {"waiting": "排队", "running": "进行中", "done": "完成", "failed": "失败"}


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


class WorkerLease(Model):
    """Who runs the scheduler: one row per duty, held by one process at a time."""

    __tablename__ = "worker_lease"

    duty: Mapped[str] = mapped_column(Key, primary_key=True)
    holder: Mapped[str] = mapped_column(String(100))
    until: Mapped[datetime] = mapped_column(Moment)


class JobRun(Model):
    """One run of a job of the timetable, with its result."""

    __tablename__ = "job_run"
    __table_args__ = (Index("ix_job_run_job", "job", "started_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    job: Mapped[str] = mapped_column(Key)
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(Key)
    result: Mapped[str] = mapped_column(Text, default="{}")
    error: Mapped[str] = mapped_column(Text, default="")
