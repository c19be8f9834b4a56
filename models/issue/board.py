"""The board of issues: columns by state with counts from the database, and a page of cards in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, literal, select, union_all

from models.base import db
from models.issue import lights
from models.issue.choices import choices_of
from models.issue.filters import IssueFilter
from models.issue.listing import IssueListing, chips_of, columns_of, joined
from models.issue.record import Issue
from models.rules.issue import MOVES, Choices
from models.rules.issue_chip import Chip
from models.user import User

#: Cards a column shows, and how many more at a time.
CARDS = 15


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, its name, and the states it holds in the order of the way."""

    key: str
    name: str
    states: tuple[str, ...]


COLUMNS = (
    Column("give", "待交办", ("registered", "admitted", "objected")),
    Column("accept", "待签收", ("dispatched",)),
    Column("work", "办理", ("signed_for", "in_progress", "parked")),
    Column("firm", "企业确认", ("resolution_proposed", "awaiting_firm")),
    Column("review", "销号审核", ("in_review",)),
    Column("closed", "本月销号", ("closed_out",)),
)
COLUMN_OF = {state: column.key for column in COLUMNS for state in column.states}


@dataclass(frozen=True, slots=True)
class Card:
    """One issue on the board: its row, its chips, and the moves this person may try: (event, column it leads to)."""

    row: Row[Any]
    chips: tuple[Chip, ...]
    moves: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Cards and counts by column, counts by state."""

    cards: Mapping[str, list[Card]]
    states: Mapping[str, int]
    red: Mapping[str, int]

    def count(self, column: Column) -> int:
        """How many issues a column holds."""
        return sum(self.states[state] for state in column.states)


def load(user: User, narrowed: IssueFilter, at: datetime, today: date, sizes: Mapping[str, int]) -> Board:
    """The board of the issues this person sees, narrowed, with so many cards in each column: the most urgent first,
    of those struck off the latest. A fixed number of statements, however many issues."""
    listing = IssueListing(user, narrowed, today)
    states, red = _counts(listing, today)
    rows = _rows(listing, today, sizes)
    every = [row for column in rows.values() for row in column]
    chips, found = chips_of(every, today), choices_of(every, user, at)
    cards = {
        key: [Card(row, chips[row.id], moves(row.state, found[row.id])) for row in column]
        for key, column in rows.items()
    }
    return Board(cards, states, red)


def moves(state: str, found: Choices) -> tuple[tuple[str, str], ...]:
    """The moves that leave a state, each with the column it leads to (empty: off the board)."""
    return tuple(
        (event, COLUMN_OF.get(new, ""))
        for event, new in found.moves.items()
        if (state, new) in MOVES and event != "raise"
    )


def _held(column: Column, today: date) -> ColumnElement[bool]:
    if column.key == "closed":
        return (Issue.state == "closed_out") & (Issue.closed_on >= today.replace(day=1))
    return Issue.state.in_(column.states)


def _counts(listing: IssueListing, today: date) -> tuple[dict[str, int], dict[str, int]]:
    """Issues by state, and red ones by column. One statement."""
    red = lights.shows("red", today)
    found = dict.fromkeys(COLUMN_OF, 0)
    late = {column.key: 0 for column in COLUMNS}
    shown = [_held(column, today) for column in COLUMNS]
    query = listing.narrowed(Issue.state, func.count(Issue.id), func.count(Issue.id).filter(red))
    for state, number, reds in db.session.execute(query.where(shown[0] | _any(shown[1:])).group_by(Issue.state)):
        found[state] = number
        late[COLUMN_OF[state]] += reds
    return found, late


def _any(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *rest = conditions
    for condition in rest:
        first = first | condition
    return first


def _rows(listing: IssueListing, today: date, sizes: Mapping[str, int]) -> dict[str, list[Row[Any]]]:
    """The first rows of each column. Two statements."""
    parts = []
    for column in COLUMNS:
        query = listing.narrowed(literal(column.key).label("column"), Issue.id).where(_held(column, today))
        order: tuple[Any, ...] = (Issue.due_on.asc().nulls_last(), Issue.raised_on, Issue.id)
        if column.key == "closed":
            order = (Issue.closed_on.desc(), Issue.id.desc())
        parts.append(select(query.order_by(*order).limit(sizes.get(column.key, CARDS)).subquery()))
    placed = [row.id for row in db.session.execute(union_all(*parts))]
    columns = columns_of(today)
    query = joined(select(*columns.values(), Issue.raised_by_id).select_from(Issue)).where(Issue.id.in_(placed))
    late = (columns["due_on"].asc().nulls_last(), Issue.raised_on, Issue.id)
    found: dict[str, list[Row[Any]]] = {column.key: [] for column in COLUMNS}
    for row in db.session.execute(query.order_by(Issue.closed_on.desc(), *late)):
        found[COLUMN_OF[row.state]].append(row)
    return found
