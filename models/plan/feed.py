"""What one person's calendar feed holds: their own lines of the plan and the promises they are to keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from models.base import db
from models.change import Change
from models.plan.lines import PlanLine
from models.promise import Promise
from models.user import User

BACK = timedelta(days=30)
AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Entry:
    """One day's entry. `key` never changes; `changes` counts what was altered since it was made."""

    key: str
    on: date
    title: str
    words: str
    place: str
    over: bool
    changed_at: datetime
    changes: int


def may_read(user: User | None) -> bool:
    """Whether somebody's feed shows anything now: an account in use, with the right to see visits."""
    return user is not None and user.active and "visits.view" in user.permissions


def entries(user: User, today: date) -> list[Entry]:
    """The lines of a month back and two months ahead, those put off or dropped as over, and open promises that fall due
    then. Only firms that exist for this person. A fixed number of statements."""
    first, last = today - BACK, today + AHEAD
    query = PlanLine.visible_to(user).where(PlanLine.is_of([user.id]), PlanLine.planned_on.between(first, last))
    lines = list(db.session.scalars(query.order_by(PlanLine.planned_on, PlanLine.id)).unique())
    changed = _changes("plan_line", [line.id for line in lines])
    found = []
    for line in lines:
        at, count = changed.get(line.id, (line.created_at, 0))
        over = line.outcome in ("moved", "dropped")
        mark = "✓ " if line.outcome == "done" else ""
        title = f"{mark}走访 {line.firm.name}" if line.firm else f"{mark}{line.what}"
        words = "\n".join(filter(None, [line.what if line.firm else "", f"{line.officer_names}", line.outcome_words]))
        found.append(Entry(f"plan-{line.id}", line.planned_on, title, words, line.place, over, at, count))
    owed = Promise.visible_to(user).where(
        Promise.person_id == user.id, Promise.done_on.is_(None), Promise.dropped_on.is_(None),
        Promise.due_on.between(first, last),
    )  # fmt: skip
    promises = list(db.session.scalars(owed.order_by(Promise.due_on, Promise.id)))
    changed = _changes("promise", [row.id for row in promises])
    for row in promises:
        at, count = changed.get(row.id, (row.created_at, 0))
        title = f"答复到期 {row.firm.name}"
        found.append(Entry(f"promise-{row.id}", row.due_on, title, row.words, "", False, at, count))
    return found


def _changes(table: str, row_ids: Sequence[int]) -> dict[int, tuple[datetime, int]]:
    """When each row was last written, and how often after it was made. One statement."""
    query = select(Change.row_id, func.max(Change.at), func.count(Change.at.distinct()))
    query = query.where(Change.table_name == table, Change.row_id.in_(row_ids)).group_by(Change.row_id)
    return {row_id: (at, count - 1) for row_id, at, count in db.session.execute(query)}
