"""The board of a batch: columns by stage with counts from the database, and a page of cards in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, literal, select, union_all

from models.application.filters import ApplicationFilter
from models.application.listing import COLUMNS as ROW_COLUMNS
from models.application.listing import ApplicationListing, deadlines_of, joined
from models.application.record import Application
from models.base import db
from models.firm.record import Firm
from models.rules.application import Deadline, Move, choices, relations
from models.unit import acted_for
from models.user import User

#: Cards a column shows, and how many more at a time.
CARDS = 15


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, its name, and the stages it holds in the order of the way."""

    key: str
    name: str
    stages: tuple[str, ...]


COLUMNS = (
    Column("intention", "意向", ("intention",)),
    Column("coaching", "辅导", ("coaching",)),
    Column("pre_review", "预评审", ("pre_review",)),
    Column("filed", "申报中", ("submitted", "accepted", "in_review")),
    Column("public_notice", "公示", ("public_notice",)),
    Column("ended", "已有结果", ("granted", "refused", "abandoned")),
)
COLUMN_OF = {stage: column.key for column in COLUMNS for stage in column.stages}


@dataclass(frozen=True, slots=True)
class Card:
    """One application on the board: its row, its next date, the moves this person may try."""

    row: Row[Any]
    deadline: Deadline | None
    moves: Mapping[str, Move]


@dataclass(frozen=True, slots=True)
class Board:
    """Cards by column, counts by stage."""

    cards: Mapping[str, list[Card]]
    stages: Mapping[str, int]

    def count(self, column: Column) -> int:
        """How many applications a column holds."""
        return sum(self.stages.get(stage, 0) for stage in column.stages)


def load(user: User, narrowed: ApplicationFilter, today: date, sizes: Mapping[str, int]) -> Board:
    """The board of the applications this person sees, narrowed, with so many cards in each column: who waits longest
    first, of those that are over the latest. A fixed number of statements, however many applications."""
    listing = ApplicationListing(user, narrowed.without("stage"), today)
    rows = _rows(listing, sizes)
    every = [row for column in rows.values() for row in column]
    dates, stands_for = deadlines_of(every, today), acted_for(user.id, today)
    cards = {
        key: [Card(row, dates[row.id], choices_of(row, user, stands_for)) for row in column]
        for key, column in rows.items()
    }
    return Board(cards, listing.stages())


def choices_of(row: Any, user: User, stands_for: frozenset[int]) -> dict[str, Move]:
    """The stages this person may move a row to."""
    who = relations(user.id, row.coach_id, (row.officer_a_id, row.officer_b_id), stands_for)
    return choices(row.stage, who, user.permissions)


def _rows(listing: ApplicationListing, sizes: Mapping[str, int]) -> dict[str, list[Row[Any]]]:
    """The first rows of each column. Two statements."""
    parts = []
    for column in COLUMNS:
        query = listing.narrowed(literal(column.key).label("column"), Application.id)
        query = query.where(Application.stage.in_(column.stages))
        first = Application.stage_on.desc() if column.key == "ended" else Application.stage_on.asc()
        query = query.order_by(first, Firm.sort_key, Application.id).limit(sizes.get(column.key, CARDS))
        parts.append(select(query.subquery()))
    placed = {row.id: place for place, row in enumerate(db.session.execute(union_all(*parts)))}
    query = joined(listing.narrowed(*ROW_COLUMNS)).where(Application.id.in_(list(placed)))
    found: dict[str, list[Row[Any]]] = {column.key: [] for column in COLUMNS}
    rows = db.session.execute(query.order_by(Application.id)).all()
    for row in sorted(rows, key=lambda row: placed[row.id]):
        found[COLUMN_OF[row.stage]].append(row)
    return found
