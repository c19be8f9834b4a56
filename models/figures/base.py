"""What a figure is: a number that says which rows it counts (foundations 6)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from models.base import db
from models.errors import NotFound
from models.figures.scope import AnySelect, Scope


class Kind(StrEnum):
    """How a figure relates to time: during a period, on a day, up to a day, a difference, or a part of a whole."""

    FLOW = "flow"
    STOCK = "stock"
    EVER = "ever"
    CHANGE = "change"
    RATIO = "ratio"


class UnknownFigure(NotFound):
    """Nobody defined a figure with this key."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days (since, on]: ``since`` itself is not counted; a stock is taken on ``on``."""

    since: date
    on: date

    @property
    def first(self) -> date:
        """The first day that is counted."""
        return self.since + timedelta(days=1)

    @classmethod
    def up_to(cls, on: date, since: date | None = None) -> "Period":
        """From ``since``, or from 1 January of the year of ``on`` with that day counted."""
        return cls(since or date(on.year - 1, 12, 31), on)


@dataclass(frozen=True, slots=True)
class Share:
    """A part and its whole."""

    part: int
    whole: int

    @property
    def words(self) -> str:
        """As a report says it: 88.2%（30／34）; without a whole there is no rate."""
        return f"{self.percent}（{self.part:,}／{self.whole:,}）" if self.whole else "没有可算的"

    @property
    def percent(self) -> str:
        """Per cent with one decimal, halves away from zero; a dash without a whole."""
        if not self.whole:
            return "—"
        tenths = (self.part * 2000 + self.whole) // (self.whole * 2)
        return f"{tenths // 10}.{tenths % 10}%"


#: Selects the ids of the firms a figure counts, each once.
Rows = Callable[[Period, Scope], AnySelect]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: its key, Chinese name, unit and definition, and the one query that selects its rows."""

    key: str
    name: str
    kind: Kind
    definition: str
    rows: Rows
    unit: str = "家"
    #: What its rows are: firms, or (of their own lists) visits, promises, issues and parts of issues.
    of: str = "firm"
    #: For a change: rows gained minus rows lost; ``rows`` then selects both.
    gained: Rows | None = None
    lost: Rows | None = None
    #: For a ratio: of what ``rows`` are a part.
    whole: Rows | None = None

    def count(self, period: Period, scope: Scope) -> int:
        """How many rows it has; for a change, gained minus lost. One statement (two for a change)."""
        if self.gained is not None and self.lost is not None:
            return _length(self.gained(period, scope)) - _length(self.lost(period, scope))
        return _length(self.rows(period, scope))

    def share(self, period: Period, scope: Scope) -> Share:
        """A ratio's part and whole. Two statements. TypeError for another kind."""
        if self.whole is None:
            raise TypeError(f"{self.key} is no ratio")
        return Share(self.count(period, scope), _length(self.whole(period, scope)))

    def share_sentence(self, period: Period, share: Share, where: str = "全区") -> str:
        """A ratio as a sentence for a report: the rate with its part and its whole."""
        return f"{chinese_day(period.first)}至{chinese_day(period.on)}，{where}{self.name}{share.words}。"

    def sentence(self, period: Period, number: int, where: str = "全区") -> str:
        """The number as a sentence for a report."""
        on = chinese_day(period.on)
        if self.kind in (Kind.STOCK, Kind.EVER):
            return f"截至{on}，{where}{self.name}{number:,}{self.unit}。"
        if self.kind is Kind.CHANGE:
            return f"{on}比{chinese_day(period.since)}，{where}{self.name}{number:+,}{self.unit}。".replace("-", "−")
        return f"{chinese_day(period.first)}至{on}，{where}{self.name}{number:,}{self.unit}。"


def chinese_day(day: date) -> str:
    """A day as a report writes it: 2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _length(rows: AnySelect) -> int:
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
