"""The list and the board of a pool: who is in it, narrowed; what moved last; what waits for a click."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager, joinedload

from models.application import Application, ApplicationBatch, ApplicationMove
from models.base import among, db
from models.firm.record import Firm
from models.pool.filters import STATES, PoolFilter, granted_on, of_state
from models.pool.kinds import PoolStage, PoolType
from models.pool.record import PoolMember
from models.rules.pool import last_moved, stands_still
from models.user import User
from models.visit.record import Visit


@dataclass(frozen=True, slots=True)
class Line:
    """One stay on the list: the day of its latest movement, whether it stands still, the day its target was granted
    (None: not, or it is over)."""

    member: PoolMember
    moved_on: date
    still: bool
    granted_on: date | None


@dataclass(frozen=True)
class PoolListing:
    """The stays of one pool that a person sees, narrowed, as of a day."""

    user: User
    filter: PoolFilter
    today: date

    @cached_property
    def kinds(self) -> list[PoolType]:
        """Every kind of pool."""
        return PoolType.list_all()

    def counts(self) -> dict[str, int]:
        """How many stays there are in each state with the other filters. One statement."""
        parts = [func.count(case((of_state(state, self.today, self.kinds), 1))).label(state) for state in STATES]
        row = db.session.execute(self._select(*parts)).one()
        return {state: getattr(row, state) for state in STATES}

    def stage_counts(self) -> dict[int | None, int]:
        """How many of the state asked for stand in each stage. One statement."""
        query = self._select(PoolMember.stage_id, func.count().label("number")).where(self._state)
        return {row.stage_id: row.number for row in db.session.execute(query.group_by(PoolMember.stage_id))}

    def page(self, number: int, size: int) -> list[Line]:
        """A page of stays by the firm's name. Three statements."""
        return self._lines(self._members().limit(size).offset((number - 1) * size))

    def of_stage(self, stage: PoolStage | None, size: int) -> list[Line]:
        """The first stays in a stage, those longest in it first. Three statements."""
        query = self._members(PoolMember.stage_on, Firm.sort_key)
        stage_id = stage.id if stage else None
        return self._lines(query.where(PoolMember.stage_id.is_(None) if stage_id is None
                                       else PoolMember.stage_id == stage_id).limit(size))  # fmt: skip

    def rows(self, ids: Sequence[int] | None = None) -> list[Line]:
        """All of them, or those among these numbers, for an export or for doing something to many."""
        query = self._members()
        return self._lines(query if ids is None else query.where(among(PoolMember.id, list(ids) or [0])))

    @property
    def _state(self) -> Any:
        return of_state(self.filter.state, self.today, self.kinds)

    def _select(self, *columns: Any) -> Select[Any]:
        query = select(*columns).select_from(PoolMember).join(Firm, Firm.id == PoolMember.firm_id)
        return query.where(*self.filter.conditions(self.user, self.today, self.kinds))

    def _members(self, *order: Any) -> Select[Any]:
        query = select(PoolMember, granted_on(self.today).label("granted")).join(PoolMember.firm)
        query = query.where(*self.filter.conditions(self.user, self.today, self.kinds), self._state)
        query = query.options(
            contains_eager(PoolMember.firm).joinedload(Firm.area), joinedload(PoolMember.target),
            joinedload(PoolMember.stage), joinedload(PoolMember.owner).lazyload(User.roles),
        )  # fmt: skip
        return query.order_by(*(order or (Firm.sort_key, PoolMember.from_on.desc())), PoolMember.id)

    def _lines(self, query: Select[Any]) -> list[Line]:
        rows = db.session.execute(query).unique().all()
        happened = Happened.of([member for member, _ in rows], self.today)
        return [line_of(member, happened, granted, self.today) for member, granted in rows]


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened at firms: the latest visit of each, the latest move of its application for each title."""

    visits: dict[int, date]
    moves: dict[tuple[int, int], date]

    @classmethod
    def of(cls, members: Sequence[PoolMember], today: date) -> "Happened":
        """What happened at the firms of these stays. Two statements."""
        ids = [member.firm_id for member in members]
        return cls(last_visits(ids, today), last_moves(ids, today))

    def days(self, member: PoolMember) -> tuple[date | None, date | None]:
        """The day of the firm's latest visit, and of the latest move of its application for the target."""
        return self.visits.get(member.firm_id), self.moves.get((member.firm_id, member.target_type_id or 0))


def line_of(member: PoolMember, happened: Happened, granted: date | None, today: date) -> Line:
    """A stay with what moved it last."""
    days = (member.from_on, member.stage_on, member.next_set_on, *happened.days(member))
    moved = last_moved(days) or member.from_on
    running = member.to_on is None or member.to_on >= today
    still = running and stands_still(moved, today, member.type.still_months)
    return Line(member, moved, still, granted if running else None)


def look(member: PoolMember, today: date) -> Line:
    """One stay as the list would show it. Three statements."""
    granted = db.session.scalar(select(granted_on(today)).select_from(PoolMember).where(PoolMember.id == member.id))
    return line_of(member, Happened.of([member], today), granted, today)


def last_visits(firm_ids: Sequence[int], today: date) -> dict[int, date]:
    """The day of each firm's latest visit. One statement."""
    query = select(Visit.firm_id, func.max(Visit.visit_on).label("on"))
    query = query.where(among(Visit.firm_id, list(firm_ids) or [0]), Visit.visit_on <= today, Visit.is_visit())
    return {row.firm_id: row.on for row in db.session.execute(query.group_by(Visit.firm_id))}


def last_moves(firm_ids: Sequence[int], today: date) -> dict[tuple[int, int], date]:
    """The day of the latest move of each firm's application, by firm and type of title. One statement."""
    query = select(Application.firm_id, ApplicationBatch.type_id, func.max(ApplicationMove.moved_on).label("on"))
    query = query.join(ApplicationBatch, ApplicationBatch.id == Application.batch_id)
    query = query.join(ApplicationMove, ApplicationMove.application_id == Application.id)
    query = query.where(among(Application.firm_id, list(firm_ids) or [0]), ApplicationMove.moved_on <= today)
    rows = db.session.execute(query.group_by(Application.firm_id, ApplicationBatch.type_id))
    return {(row.firm_id, row.type_id): row.on for row in rows}
