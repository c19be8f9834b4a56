"""What the address of the ladder asks: a day, a day to compare with, filters, a view."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from flask import current_app, url_for

from models.figures.base import Period
from models.figures.scope import Scope
from models.funnel import CARDS
from models.rules.ladder import BOARD, add_years
from models.user import User

VIEWS = {"board": "看板", "table": "表格", "matrix": "变动"}
#: Filters that the firm list understands, too, by the same names.
NUMBERS = ("area", "park", "officer", "tag")
DAYS = ("founded_from", "founded_to")
MOST_CARDS = 200


@dataclass(frozen=True)
class Question:
    """The state of the page; all of it stands in the address."""

    on: date
    since: date
    today: date
    view: str
    filters: Mapping[str, Any]
    sizes: Mapping[str, int]

    @classmethod
    def parse(cls, args: Mapping[str, str], today: date) -> Self:
        """What these arguments ask; what cannot be read counts as absent."""
        on = _day(args.get("on")) or today
        since = _day(args.get("since"))
        period = Period.up_to(on, since if since is not None and since <= on else None)
        filters: dict[str, Any] = {name: _number(args.get(name)) for name in NUMBERS}
        filters |= {name: _day(args.get(name)) for name in DAYS}
        filters["industry"] = args.get("industry", "").strip()[:10]
        view = args.get("view", "board")
        sizes = {str(rung): min(max(_number(args.get(f"n_{rung}")) or CARDS, CARDS), MOST_CARDS) for rung in BOARD}
        kept = {name: value for name, value in filters.items() if value not in (None, "")}
        return cls(on, period.since, today, view if view in VIEWS else "board", kept, sizes)

    @property
    def period(self) -> Period:
        """The days compared."""
        return Period(self.since, self.on)

    def scope(self, user: User) -> Scope:
        """The firms asked about, as this person may see them."""
        get = self.filters.get
        return Scope(
            user, get("area"), get("park"), get("industry", ""), get("officer"), get("founded_from"),
            get("founded_to"), get("tag"),
        )  # fmt: skip

    def parameters(self) -> dict[str, str]:
        """The days and filters as parameters of an address; defaults are left out."""
        found = {name: str(value) for name, value in self.filters.items()}
        if self.on != self.today:
            found["on"] = self.on.isoformat()
        if self.since != Period.up_to(self.on).since:
            found["since"] = self.since.isoformat()
        return found

    def page(self, **changes: Any) -> str:
        """The address of this page with some of it changed; None removes."""
        state = {**self.parameters(), "view": self.view if self.view != "board" else None}
        state |= {f"n_{rung}": str(size) for rung, size in self.sizes.items() if size != CARDS}
        return _address("funnel.index", {**state, **changes})

    def firms(self, key: str, on: date | None = None, **narrowing: Any) -> str | None:
        """The address of the firms a figure counts; None while there is no list of firms."""
        if "firms.index" not in current_app.view_functions:
            return None
        days = {"on": on or self.on, "since": self.since}
        return _address("firms.index", {**self.parameters(), **narrowing, "figure": key, **days})

    @property
    def comparisons(self) -> list[tuple[str, str, bool]]:
        """Days that are often compared with: name, address, whether it is the one."""
        days = {
            "今年以来": Period.up_to(self.on).since,
            "去年同日": add_years(self.on, -1),
            "三年前": add_years(self.on, -3),
        }
        return [(name, self.page(since=day.isoformat()), day == self.since) for name, day in days.items()]


def _address(endpoint: str, state: Mapping[str, Any]) -> str:
    pairs = [(name, str(value)) for name, value in state.items() if value not in (None, "")]
    return url_for(endpoint) + (f"?{urlencode(pairs)}" if pairs else "")


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return day if date(1950, 1, 1) <= day <= date(2200, 1, 1) else None


def _number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
