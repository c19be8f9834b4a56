"""The list of duties: of my firms or of all I see, in a span of days, open or done; and how far each duty has come."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property
from typing import Self

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from models import duty
from models.area import subtree
from models.base import among, db
from models.duty import FirmDuty
from models.firm.record import Firm
from models.user import User

STATES = {"open": "没办", "overdue": "过期没办", "done": "已办", "all": "全部"}
SPANS = {30: "今后 30 天", 90: "今后 90 天", 180: "今后半年", 366: "今后一年"}
#: What fell due in so many days before today and was not noted as done is still shown.
BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class DutyFilter:
    """What the list is narrowed to; an unreadable value counts as absent."""

    state: str = "open"
    #: A person's number, or `all`; empty for one's own firms.
    who: str = ""
    days: int = 90
    rule: str = ""
    #: One date alone, as the overview links to it.
    due: date | None = None
    area: int | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filter that an address asks for."""

        def whole(name: str) -> int | None:
            text = args.get(name, "")
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

        state, who, days = args.get("state", ""), args.get("who", ""), whole("days") or 90
        try:
            due = date.fromisoformat(args.get("due", ""))
        except ValueError:
            due = None
        who = who if who == "all" or whole("who") is not None else ""
        return cls(
            state if state in STATES else "open", who, days if days in SPANS else 90, args.get("rule", "")[:40], due,
            whole("area"),
        )  # fmt: skip

    def query(self) -> dict[str, str]:
        """The parameters that mean this filter."""
        pairs = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {name: str(value) for name, value in pairs if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class Stage:
    """One duty on one date: how many firms owe it and how many of them have done it."""

    rule: str
    name: str
    due_on: date
    basis: str
    note: str
    firms: int
    done: int


@dataclass(frozen=True)
class DutyListing:
    """The duties of the firms a person may see, narrowed; those due first on top."""

    user: User
    filter: DutyFilter
    today: date

    @cached_property
    def every(self) -> list[FirmDuty]:
        """All duties of the span with the other filters, whatever their state."""
        first, last = self.today - BACK, self.today + timedelta(days=self.filter.days)
        if self.filter.due is not None:
            first = last = self.filter.due
        keys = {self.filter.rule} if self.filter.rule else None
        return duty.list_due(self._firms(), first, last, keys)

    def counts(self) -> dict[str, int]:
        """How many there are in each state."""
        return {state: sum(self._is(state, row) for row in self.every) for state in STATES}

    def stages(self) -> list[Stage]:
        """The duties put together by date, the earliest first."""
        found: dict[tuple[date, str], list[FirmDuty]] = {}
        for row in self.every:
            found.setdefault((row.duty.due_on, row.duty.rule.key), []).append(row)
        return [
            Stage(key, rows[0].duty.rule.name, on, rows[0].duty.basis, rows[0].duty.note, len(rows),
                  sum(row.done is not None for row in rows))
            for (on, key), rows in sorted(found.items())
        ]  # fmt: skip

    def look(self, number: int, size: int) -> tuple[list[tuple[FirmDuty, Firm]], int]:
        """A page of duties with their firms, and the count of all in the state asked for."""
        rows = [row for row in self.every if self._is(self.filter.state, row)]
        number = min(number, max(1, -(-len(rows) // size)))
        shown = rows[(number - 1) * size : number * size]
        ids = [row.firm_id for row in shown]
        query = select(Firm).options(joinedload(Firm.area)).where(among(Firm.id, ids or [0])).order_by(Firm.id)
        firms = {firm.id: firm for firm in db.session.scalars(query)}
        return [(row, firms[row.firm_id]) for row in shown], len(rows)

    def rows(self) -> list[tuple[FirmDuty, Firm]]:
        """All of them, for an export."""
        return self.look(1, max(1, len(self.every)))[0]

    def _is(self, state: str, row: FirmDuty) -> bool:
        if state == "all":
            return True
        if state == "done":
            return row.done is not None
        late = row.duty.due_on < self.today
        if row.done is not None or (late and not row.duty.rule.binding):
            return False
        return state == "open" or late

    def _firms(self) -> Select[int]:
        query = Firm.visible_to(self.user)
        if self.filter.who != "all":
            person = int(self.filter.who) if self.filter.who else self.user.id
            query = query.where(or_(Firm.officer_a_id == person, Firm.officer_b_id == person))
        if self.filter.area is not None:
            query = query.where(Firm.area_id.in_(sorted(subtree([self.filter.area]))))
        return query.with_only_columns(Firm.id)
