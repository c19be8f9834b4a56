"""The list of opinions: open, passed on, without an answer for long."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from sqlalchemy import Select, func

from models.area import subtree
from models.base import db
from models.firm.record import Firm
from models.opinion import Opinion
from models.rules import opinion as rules
from models.user import User

STATES = {"open": "没有答复", **rules.STATES, "all": "全部"}


@dataclass(frozen=True, slots=True)
class OpinionFilter:
    """What the list is narrowed to; an unreadable value counts as absent."""

    state: str = "open"
    kind: int | None = None
    #: `1` for common ones, `0` for single ones.
    common: str = ""
    #: Without an answer for more than so many days.
    silent: int | None = None
    firm: int | None = None
    area: int | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filter that an address asks for."""

        def whole(name: str) -> int | None:
            text = args.get(name, "")
            return int(text) if text.isascii() and text.isdigit() and len(text) < 5 + 4 * (name != "silent") else None

        state, common = args.get("state", ""), args.get("common", "")
        return cls(state if state in STATES else "open", whole("kind"), common if common in ("0", "1") else "",
                   whole("silent"), whole("firm"), whole("area"))  # fmt: skip

    def query(self) -> dict[str, str]:
        """The parameters that mean this filter."""
        pairs = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {name: str(value) for name, value in pairs if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class OpinionListing:
    """The opinions a person may see, narrowed; the longest without an answer on top, settled ones newest first."""

    user: User
    filter: OpinionFilter
    today: date

    def counts(self) -> dict[str, int]:
        """How many there are in each state, with the other filters as they are. One statement."""
        query = self._narrowed().with_only_columns(Opinion.state, func.count(Opinion.id), maintain_column_froms=True)
        found = dict.fromkeys(STATES, 0)
        for state, number in db.session.execute(query.group_by(Opinion.state)):
            found[state] = number
            found["all"] += number
            found["open"] += number if state in rules.OPEN else 0
        return found

    def page(self, number: int, size: int) -> list[Opinion]:
        """One page of them."""
        return list(db.session.scalars(self._ordered().limit(size).offset((number - 1) * size)))

    def every_row(self) -> Iterator[Opinion]:
        """All of them, in the order of the list."""
        yield from db.session.scalars(self._ordered())

    def _narrowed(self) -> Select[Any]:
        query, asked = Opinion.visible_to(self.user), self.filter
        if asked.kind is not None:
            query = query.where(Opinion.kind_id == asked.kind)
        if asked.common:
            query = query.where(Opinion.common.is_(asked.common == "1"))
        if asked.firm is not None:
            query = query.where(Opinion.firm_id == asked.firm)
        if asked.area is not None:
            query = query.where(Firm.area_id.in_(sorted(subtree([asked.area]))))
        if asked.silent is not None:
            since = func.coalesce(Opinion.passed_on, Opinion.collected_on)
            query = query.where(Opinion.state.in_(rules.OPEN), since < rules.silent_before(self.today, asked.silent))
        return query

    def _ordered(self) -> Select[Any]:
        query = self._narrowed()
        if self.filter.state == "open":
            query = query.where(Opinion.state.in_(rules.OPEN))
        elif self.filter.state != "all":
            query = query.where(Opinion.state == self.filter.state)
        if self.filter.state in ("open", *rules.OPEN):
            return query.order_by(func.coalesce(Opinion.passed_on, Opinion.collected_on), Opinion.id)
        return query.order_by(Opinion.collected_on.desc(), Opinion.id.desc())
