"""How issues stood at the end of a day, by the trace: every move says its state, and its due date where it set one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from models import clock
from models.figures.scope import AnySelect
from models.issue.parts import IssueClosing
from models.issue.record import ENDED, Issue
from models.issue.trace import IssueMove

#: An issue whose trace begins after it was first raised: written down later.
FIRST = "registered"


@dataclass(frozen=True)
class AsOf:
    """Columns of issues as they stood at the end of ``on``. When that is ``today`` or later they are those of the row;
    before it those of the last move up to the day, which a query must be ``joined`` with."""

    on: date
    today: date | None = None

    @property
    def is_present(self) -> bool:
        """Whether the row itself says it."""
        return self.today is not None and self.on >= self.today

    @property
    def end(self) -> datetime:
        """The moment the day is over."""
        return clock.day_begins(self.on + timedelta(days=1))

    @cached_property
    def last(self) -> Any:
        """The last move up to the day."""
        return aliased(IssueMove)

    def joined(self, query: AnySelect) -> AnySelect:
        """A query over issues with what `state` and `due_on` are columns of."""
        if self.is_present:
            return query
        return query.outerjoin(self.last, self.last.id == self._last("id"))

    @cached_property
    def state(self) -> ColumnElement[Any]:
        """The state."""
        if self.is_present:
            return Issue.state.expression
        return func.coalesce(self.last.to_state, literal(FIRST))

    @cached_property
    def due_on(self) -> ColumnElement[Any]:
        """The approved due date."""
        return Issue.due_on.expression if self.is_present else self.last.due_after

    @cached_property
    def ended_on(self) -> ColumnElement[Any]:
        """The day it ended, of those that had ended."""
        if self.is_present:
            return func.coalesce(Issue.closed_on, Issue.ended_on)
        return self._last("moved_on", into=ENDED)

    @property
    def exists(self) -> ColumnElement[bool]:
        """It had been raised."""
        return Issue.raised_on <= self.on

    @property
    def is_open(self) -> ColumnElement[bool]:
        """Somebody still had to do something."""
        if self.is_present:
            return and_(self.exists, self.state.not_in(ENDED))
        # What had ended by then and has not moved since need not be looked up.
        over_on = func.coalesce(Issue.closed_on, Issue.ended_on)
        kept = or_(Issue.state.not_in(ENDED), over_on.is_(None), over_on > self.on)
        return and_(self.exists, kept, self.state.not_in(ENDED))

    @property
    def stands(self) -> ColumnElement[bool]:
        """Of closings: not reopened by the end of the day."""
        return or_(IssueClosing.undone_at.is_(None), IssueClosing.undone_at >= self.end)

    def _last(self, name: str, into: Sequence[str] = ()) -> Any:
        """A column of the last move up to the day, or of the last that came into one of these states."""
        move = aliased(IssueMove)
        query = select(getattr(move, name)).where(move.issue_id == Issue.id, move.moved_on <= self.on)
        if into:
            query = query.where(move.to_state.in_(into), func.coalesce(move.from_state, "") != move.to_state)
        return query.order_by(move.id.desc()).limit(1).correlate(Issue).scalar_subquery()
