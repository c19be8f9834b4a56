"""The queue of 企业填报: what waits for an officer, what is with firms, what is over; paged in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self, cast

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import selectinload

from models.area import subtree
from models.base import db
from models.firm.record import Firm
from models.firm_input.record import FirmInput
from models.rules.firm_input import WITH_FIRM
from models.user import User

#: The tabs of the queue, what an officer has to do first.
TABS = {"review": "待审核", "unsent": "待发出", "waiting": "等企业填", "late": "过期", "ended": "已结束"}


@dataclass(frozen=True, slots=True)
class InputFilter:
    """What the queue is narrowed to; an unreadable value counts as absent."""

    tab: str = ""
    #: `all`, or empty for one's own firms and requests.
    who: str = ""
    area: int | None = None
    firm: int | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filter that an address asks for."""

        def whole(name: str) -> int | None:
            text = args.get(name, "")
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

        tab, firm = args.get("tab", ""), whole("firm")
        who = "all" if args.get("who") == "all" or firm is not None else ""
        return cls(tab if tab in TABS else "", who, whole("area"), firm)

    def query(self) -> dict[str, str]:
        """The parameters that mean this filter."""
        pairs = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {name: str(value) for name, value in pairs if value not in (None, "")}


@dataclass(frozen=True)
class InputListing:
    """The requests a person may see, narrowed."""

    user: User
    filter: InputFilter
    today: date

    def counts(self) -> dict[str, int]:
        """How many stand on each tab. One statement."""
        columns = [func.count().filter(self._tab(tab)) for tab in TABS]
        query: Select[Any] = cast("Select[Any]", select(*columns))
        found = db.session.execute(self._narrowed(query.select_from(FirmInput).join(FirmInput.firm))).one()
        return dict(zip(TABS, found, strict=True))

    def tab(self, counts: Mapping[str, int]) -> str:
        """The tab that was asked for, else the first with anything on it."""
        return self.filter.tab or next((tab for tab in TABS if counts[tab]), "review")

    def page(self, tab: str, number: int, size: int) -> list[FirmInput]:
        """A page of one tab with firms and figures: those that wait longest first, of ended ones the last first. Two
        statements."""
        query = self._narrowed(FirmInput.visible_to(self.user)).where(self._tab(tab))
        orders: dict[str, tuple[Any, ...]] = {
            "review": (FirmInput.submitted_on, FirmInput.id),
            "ended": (FirmInput.ended_on.desc(), FirmInput.id.desc()),
        }
        query = query.options(selectinload(FirmInput.figures))
        query = query.order_by(*orders.get(tab, (FirmInput.due_on, FirmInput.id)))
        return list(db.session.scalars(query.limit(size).offset((number - 1) * size)))

    def _narrowed(self, query: Select[Any]) -> Select[Any]:
        query = query.where(FirmInput.firm_id.in_(Firm.visible_to(self.user).with_only_columns(Firm.id)))
        if not self.filter.who:
            mine = self.user.id
            query = query.where(
                or_(FirmInput.asked_by_id == mine, Firm.officer_a_id == mine, Firm.officer_b_id == mine)
            )
        if self.filter.area is not None:
            query = query.where(Firm.area_id.in_(sorted(subtree([self.filter.area]))))
        if self.filter.firm is not None:
            query = query.where(FirmInput.firm_id == self.filter.firm)
        return query

    def _tab(self, tab: str) -> ColumnElement[bool]:
        in_time = FirmInput.due_on >= self.today
        if tab == "late":
            return and_(FirmInput.state.in_(WITH_FIRM), ~in_time)
        if tab == "waiting":
            return and_(FirmInput.state.in_(("sent", "filling", "returned")), in_time)
        if tab == "unsent":
            return and_(FirmInput.state == "asked", in_time)
        return FirmInput.state == "submitted" if tab == "review" else FirmInput.ended_on.is_not(None)
