"""What the address of the list of issues says, and the tabs that stand for addresses."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import g, request

from models import clock
from models.issue.filters import IssueFilter
from models.issue.listing import BY_KEY, DEFAULT_COLUMNS, DEFAULT_SORT, SORTS, IssueListing
from models.saved_view import SavedView

#: Where a view of the list is kept among saved views.
PAGE = "issues"
#: Filters that have no control of their own: a link from elsewhere sets them, and they stay.
UNSEEN = ("firm", "raised_by", "outside", "group", "up", "again")


@dataclass(frozen=True, slots=True)
class State:
    """What the address of the list says: filter, order, columns, page."""

    filter: IssueFilter
    sort: str
    columns: tuple[str, ...]
    page: int

    @classmethod
    def of_request(cls) -> "State":
        """The state that this request's address asks for; what is unreadable counts as absent."""
        chosen = tuple(key for key in request.args.getlist("col") if key in BY_KEY)
        sort, number = request.args.get("sort", ""), request.args.get("page", "1")
        return cls(
            IssueFilter.parse(request.args),
            sort if sort.removeprefix("-") in SORTS else "",
            ("firm", *(key for key in chosen if key != "firm")) if chosen else DEFAULT_COLUMNS,
            int(number) if number.isascii() and number.isdigit() and int(number[:7]) > 0 else 1,
        )

    def query(self, **changes: Any) -> str:
        """The address of this list with some of its state changed; back on the first page."""
        pairs = list({**self.filter.query(), "sort": self.sort, **changes}.items())
        if self.columns != DEFAULT_COLUMNS:
            pairs += [("col", key) for key in self.columns]
        return urlencode([(key, value) for key, value in pairs if value not in (None, "")])

    def kept(self, everything: bool = False) -> list[tuple[str, str]]:
        """What the filter form carries along unseen; everything but the columns for the form that chooses these."""
        asked = self.filter.query()
        unseen = asked if everything else {name: value for name, value in asked.items() if name in UNSEEN}
        columns = [("col", key) for key in self.columns] if self.columns != DEFAULT_COLUMNS and not everything else []
        return [*unseen.items(), *([("sort", self.sort)] if self.sort else []), *columns]

    @property
    def listing(self) -> IssueListing:
        """The issues it means, for the person at this page."""
        return IssueListing(g.user, self.filter, clock.today(), self.sort or DEFAULT_SORT)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the list: its address, whether it is what is shown, and its count once somebody asked."""

    name: str
    query: str
    current: bool
    view_id: int | None = None
    own: bool = False
    count: int | None = None


def fixed(today: date) -> tuple[tuple[str, IssueFilter], ...]:
    """The tabs everybody has: by light first."""
    return (
        ("全部", IssueFilter()),
        ("在办", IssueFilter(state="open")),
        ("逾期", IssueFilter(light="red")),
        ("临期", IssueFilter(light="yellow")),
        ("正常", IssueFilter(light="green")),
        ("曾逾期", IssueFilter(state="open", light="was")),
        ("计划解决", IssueFilter(state="parked")),
        ("交给我的", IssueFilter(state="open", mine="1")),
        ("本月销号", IssueFilter(closed_from=today.replace(day=1))),
    )


def tabs(state: State, counted: bool = False) -> list[Tab]:
    """The tabs everybody has and the saved views, with the one that is shown marked."""
    shown, today = state.query(), clock.today()
    found = [Tab(name, urlencode(chosen.query()), shown == urlencode(chosen.query())) for name, chosen in fixed(today)]
    found += [
        Tab(view.name, view.query, shown == view.query, view.id, view.user_id == g.user.id)
        for view in SavedView.list_for(g.user, PAGE)
    ]
    return [replace(tab, count=_count(tab, today)) for tab in found] if counted else found


def _count(tab: Tab, today: date) -> int:
    return IssueListing(g.user, IssueFilter.parse(dict(parse_qsl(tab.query))), today).count()
