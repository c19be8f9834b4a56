"""Claiming: one process takes a row of work for a while, no two take the same one (foundations 3).

Tasks use it now; mails to send and reminders to raise are claimed by the same function. A claimed row carries the name
of its holder and the end of its lease; when the holder dies, the lease runs out and another takes the row over.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.base import db
from models.task import WorkerLease

CLOCK_WRONG = timedelta(hours=1)


def claim(
    model: Any,
    holder: str,
    now: datetime,
    lease: timedelta,
    kinds: Collection[str] | None = None,
    ready: ColumnElement[bool] | None = None,
) -> tuple[int, int] | None:
    """Take the oldest row that waits, or whose holder let its lease run out.

    `model` is a table with the columns id, kind, state (waiting, running …), attempts, holder and lease_until.
    `ready`: what a waiting row must fulfil besides. Returns its id and how many attempts that makes, None when there is
    nothing to do. One statement, so that it is
    atomic on both databases; the caller commits at once and only then begins the work.
    """
    waits = model.state == "waiting"
    due = or_(waits if ready is None else and_(waits, ready), and_(model.state == "running", model.lease_until < now))
    oldest = select(model.id).where(due).order_by(model.id).limit(1).with_for_update(skip_locked=True)
    if kinds is not None:
        oldest = oldest.where(model.kind.in_(kinds))
    begin_writing()
    row = db.session.execute(
        update(model)
        .where(model.id == oldest.scalar_subquery())
        .values(state="running", holder=holder, lease_until=now + lease, attempts=model.attempts + 1)
        .returning(model.id, model.attempts)
        .execution_options(synchronize_session=False)
    ).first()
    return None if row is None else (row.id, row.attempts)


def renew(model: Any, row_id: int, holder: str, until: datetime) -> bool:
    """Keep a claimed row until this moment; False when it is no longer the holder's. The caller commits."""
    return _touched(
        update(model)
        .where(model.id == row_id, model.holder == holder, model.state == "running")
        .values(lease_until=until)
    )


def take_duty(duty: str, holder: str, now: datetime, lease: timedelta) -> bool:
    """Take or keep a duty that one process at a time has; False while another holds it. The caller commits."""
    begin_writing()
    mine = {"holder": holder, "until": now + lease}
    # No lease lasts that long: the clock was set back since it was taken.
    free = or_(WorkerLease.holder == holder, WorkerLease.until < now, WorkerLease.until > now + CLOCK_WRONG)
    if _touched(update(WorkerLease).where(WorkerLease.duty == duty, free).values(mine)):
        return True
    added = db.session.execute(
        upsert(WorkerLease).values(duty=duty, **mine).on_conflict_do_nothing().returning(WorkerLease.duty)
    )
    return added.first() is not None


def give_up_duty(duty: str, holder: str, now: datetime) -> None:
    """Leave a duty, so that another process can take it at once. The caller commits."""
    db.session.execute(
        update(WorkerLease).where(WorkerLease.duty == duty, WorkerLease.holder == holder).values(until=now)
    )


def begin_writing() -> None:
    """On SQLite, wait for the one writer's place now: reading first and writing later can fail whatever the timeout."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite" and not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def upsert(model: Any) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of the current database."""
    return {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[db.engine.dialect.name](model)


def _touched(statement: Any) -> bool:
    result = db.session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount > 0
