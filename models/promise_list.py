"""The list of promises: mine, of one firm, overdue; and who may settle one."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from models.area import subtree
from models.base import db
from models.firm.record import Firm
from models.promise import Promise
from models.user import User

STATES = {"open": "等着答复", "overdue": "逾期", "done": "已答复", "dropped": "不再答复", "all": "全部"}


def may_settle(user: User, promise: Promise, away: Collection[int]) -> bool:
    """Whether this person says that a promise was kept: who made it or is to keep it, who stands in for them while they
    are `away` (unit.acted_for), and whoever arranges the work of others."""
    if "visits.edit" not in user.permissions:
        return False
    if "firms.assign" in user.permissions or user.id in (promise.person_id, promise.created_by_id):
        return True
    return promise.person_id in away


@dataclass(frozen=True, slots=True)
class PromiseFilter:
    """What the list is narrowed to; an unreadable value counts as absent. Mine unless another person is asked for."""

    state: str = "open"
    #: A person's number, or `all`; empty for one's own.
    who: str = ""
    firm: int | None = None
    area: int | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filter that an address asks for."""

        def whole(name: str) -> int | None:
            text = args.get(name, "")
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

        state, who = args.get("state", ""), args.get("who", "")
        firm = whole("firm")
        who = who if who == "all" or whole("who") is not None else ("all" if firm is not None else "")
        return cls(state if state in STATES else "open", who, firm, whole("area"))

    def query(self) -> dict[str, str]:
        """The parameters that mean this filter."""
        pairs = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {name: str(value) for name, value in pairs if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class PromiseListing:
    """The promises a person may see, narrowed; those due first on top."""

    user: User
    filter: PromiseFilter
    today: date

    def counts(self) -> dict[str, int]:
        """How many there are in each state, with the other filters as they are."""
        return {state: self._count(state) for state in STATES}

    def look(self, number: int, size: int) -> tuple[list[Promise], int]:
        """A page of promises and the count of all."""
        total = self._count(self.filter.state)
        number = min(number, max(1, -(-total // size)))
        return list(db.session.scalars(self._ordered().limit(size).offset((number - 1) * size))), total

    def every_row(self) -> Iterator[Promise]:
        """All of them, in the order of the list."""
        yield from db.session.scalars(self._ordered())

    def _count(self, state: str) -> int:
        query = self._narrowed(state).with_only_columns(func.count(Promise.id), maintain_column_froms=True)
        return db.session.scalar(query.order_by(None)) or 0

    def _narrowed(self, state: str) -> Select[Promise]:
        query = Promise.visible_to(self.user).where(*self._in_state(state))
        if self.filter.who != "all":
            query = query.where(Promise.person_id == (int(self.filter.who) if self.filter.who else self.user.id))
        if self.filter.firm is not None:
            query = query.where(Promise.firm_id == self.filter.firm)
        if self.filter.area is not None:
            ids = sorted(subtree([self.filter.area]))
            query = query.where(Firm.area_id.in_(ids))
        return query

    def _in_state(self, state: str) -> list[ColumnElement[bool]]:
        conditions: dict[str, ColumnElement[bool]] = {
            "open": Promise.open_on(self.today),
            "overdue": Promise.overdue_on(self.today),
            "done": Promise.done_on.is_not(None),
            "dropped": Promise.dropped_on.is_not(None),
        }
        return [conditions[state]] if state in conditions else []

    def _ordered(self) -> Select[Any]:
        query = self._narrowed(self.filter.state)
        query = query.options(joinedload(Promise.person).lazyload(User.roles), joinedload(Promise.visit))
        late = (Promise.due_on.desc(), Promise.id.desc())
        return query.order_by(*((Promise.due_on, Promise.id) if self.filter.state in ("open", "overdue") else late))


def open_of(firm_id: int, today: date) -> list[Promise]:
    """What a firm was promised and has not heard, due first on top; the caller has seen to its scope."""
    query = select(Promise).options(joinedload(Promise.person).lazyload(User.roles), joinedload(Promise.visit))
    query = query.where(Promise.firm_id == firm_id, Promise.open_on(today))
    return list(db.session.scalars(query.order_by(Promise.due_on, Promise.id)))
