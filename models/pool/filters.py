"""What the list of a pool can be narrowed to, and when a member stands still or can graduate, as conditions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from models.application import Application, ApplicationBatch, ApplicationMove
from models.area import subtree
from models.firm.record import Firm
from models.pool.kinds import PoolExit, PoolType
from models.pool.record import PoolMember
from models.rules.pool import still_limit
from models.title import Title
from models.user import User
from models.visit.record import Visit

STATES = {"in": "在库", "still": "停滞", "ready": "可毕业", "late": "下一步过期", "out": "已出库", "done": "已毕业"}


@dataclass(frozen=True, slots=True)
class PoolFilter:
    """What the list is narrowed to; an unreadable value counts as absent. An area means the whole subtree, 0 no area;
    an owner or stage 0 that there is none."""

    type: int = 0
    state: str = "in"
    area: int | None = None
    owner: int | None = None
    stage: int | None = None
    year: int | None = None
    q: str = ""

    @classmethod
    def parse(cls, args: Mapping[str, str], kind: int = 0) -> Self:
        """The filter that an address asks for, of this kind of pool where it names none."""

        def whole(name: str) -> int | None:
            text = args.get(name, "")
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

        state = args.get("state", "")
        state = state if state in STATES else "in"
        return cls(whole("type") or kind, state, whole("area"), whole("owner"), whole("stage"), whole("year"),
                   args.get("q", "").strip()[:100])  # fmt: skip

    def query(self, **changes: Any) -> dict[str, str]:
        """The parameters that mean this filter, with changes."""
        pairs = {item.name: getattr(self, item.name) for item in fields(self)} | changes
        return {name: str(value) for name, value in pairs.items() if value not in (None, "")}

    def conditions(self, user: User, on: date, kinds: Sequence[PoolType]) -> list[ColumnElement[bool]]:
        """What a stay must meet, its firm being visible to this person included; its state apart."""
        found = [PoolMember.type_id == self.type, PoolMember.is_visible(user)]
        if self.area == 0:
            found.append(Firm.area_id.is_(None))
        elif self.area is not None:
            found.append(Firm.area_id.in_(sorted(subtree([self.area]))))
        for column, value in ((PoolMember.owner_id, self.owner), (PoolMember.stage_id, self.stage)):
            if value is not None:
                found.append(column == value if value else column.is_(None))
        if self.year is not None:
            found.append(PoolMember.plan_year == self.year if self.year else PoolMember.plan_year.is_(None))
        if self.q:
            found.append(Firm.name.contains(self.q, autoescape=True))
        return found


def of_state(state: str, on: date, kinds: Sequence[PoolType]) -> ColumnElement[bool]:
    """The condition of a state on a day."""
    running = PoolMember.running_on(on)
    if state == "out":
        return PoolMember.to_on < on
    if state == "done":
        graduated = select(PoolExit.id).where(PoolExit.graduated.is_(True))
        return and_(PoolMember.to_on <= on, PoolMember.exit_id.in_(graduated))
    if state == "still":
        return and_(running, stands_still(on, kinds))
    if state == "ready":
        return and_(running, granted_on(on).is_not(None))
    if state == "late":
        return and_(running, PoolMember.next_on < on)
    return running


def stands_still(on: date, kinds: Sequence[PoolType]) -> ColumnElement[bool]:
    """The condition that nothing happened for the months of its kind: no entry, stage, next step, visit, move of
    the application for the target."""
    return or_(false(), *(_of_kind(kind, still_limit(on, kind.still_months)) for kind in kinds))


def _of_kind(kind: PoolType, limit: date) -> ColumnElement[bool]:
    visited = exists().where(
        Visit.firm_id == PoolMember.firm_id, Visit.visit_on > limit, Visit.is_visit()
    )  # fmt: skip
    applied = exists().where(
        ApplicationMove.application_id == Application.id, Application.batch_id == ApplicationBatch.id,
        Application.firm_id == PoolMember.firm_id, ApplicationBatch.type_id == PoolMember.target_type_id,
        ApplicationMove.moved_on > limit,
    )  # fmt: skip
    return and_(
        PoolMember.type_id == kind.id,
        PoolMember.from_on <= limit,
        func.coalesce(PoolMember.stage_on, PoolMember.from_on) <= limit,
        func.coalesce(PoolMember.next_set_on, PoolMember.from_on) <= limit,
        ~visited,
        ~applied,
    )


def granted_on(on: date) -> Any:
    """The first day since entering on which the firm was granted its target, announced for good; NULL for none."""
    return (
        select(func.min(Title.issued_on))
        .where(
            Title.firm_id == PoolMember.firm_id, Title.type_id == PoolMember.target_type_id,
            Title.provisional.is_(False), Title.revoked_on.is_(None), Title.issued_on >= PoolMember.from_on,
            Title.issued_on <= on,
        )
        .correlate(PoolMember)
        .scalar_subquery()
    )  # fmt: skip
