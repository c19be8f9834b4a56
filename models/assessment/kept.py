"""Kept results: what every title's rule book says of each firm with figures, judged by crm/assessing/keep.py and read
by lists, charts and the radar. An index like ``models/standing.py``: never edited, not in a backup, made anew at any
time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    Text,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Moment, Name, db, one_of
from models.rules.assess.book import REGIMES
from models.rules.assess.shelf import Shelf

#: What the list calls where a firm stands.
STATES = {"ready": "已达标", "nearly": "差一两项", "blocked": "差得多", "unknown": "不明", "held": "已持有"}
#: What may be asked for: a state, those that do not hold the title, or all.
STATE_NAMES = {**STATES, "open": "没有持有", "all": "全部"}
#: How many conditions fail, as the chart counts them; the last stands for more.
GAPS = (0, 1, 2, 3)
#: Points are told apart by tens.
STEP = 10
#: So many failing conditions are nearly there.
NEARLY = 2
#: What no figure mends: a firm that fails here is blocked, however little else is missing.
FIXED = frozenset({"resident", "industry", "compliance"})


def state_of(verdict: str, short: Sequence[str]) -> str:
    """ready, nearly (at most two conditions fail, and figures can mend them), blocked or unknown."""
    if verdict == "eligible":
        return "ready"
    if verdict == "unknown":
        return "unknown"
    return "nearly" if len(short) <= NEARLY and not FIXED & set(short) else "blocked"


def distance_of(short: int, unknown: int, total: int | None) -> int:
    """What sorts a list: fewer failing conditions, then fewer unknown ones, then more points."""
    return short * 1_000_000 + unknown * 10_000 + 1_000 - (total or 0)


class AssessmentResult(Model):
    """One firm against one title, as of a day and by a version of the rule book."""

    __tablename__ = "assessment_result"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        Index("ix_assessment_result_regime", "regime", "state", "distance", "firm_id"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), primary_key=True)
    regime: Mapped[str] = mapped_column(Key, primary_key=True)
    state: Mapped[str] = mapped_column(Key)
    #: The state without regard to the title being held: what a renewal would find.
    as_new: Mapped[str] = mapped_column(Key)
    verdict: Mapped[str] = mapped_column(Key)
    #: Keys of the conditions that fail, and of those nobody knows, in the order of the book, as words.
    short: Mapped[str] = mapped_column(Text, default="")
    unknown: Mapped[str] = mapped_column(Text, default="")
    shorts: Mapped[int] = mapped_column(Integer)
    #: The points where they are sure.
    total: Mapped[int | None] = mapped_column(Integer)
    #: 至 2027-12-31; empty where the title is not held.
    held: Mapped[str] = mapped_column(Name, default="")
    distance: Mapped[int] = mapped_column(Integer)
    #: The version of the book, the day it was judged for, and when.
    version: Mapped[str] = mapped_column(Name)
    judged_for: Mapped[date] = mapped_column(Date)
    judged_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def short_keys(self) -> list[str]:
        """The conditions that fail."""
        return self.short.split()

    @property
    def unknown_keys(self) -> list[str]:
        """The conditions nobody knows."""
        return self.unknown.split()


@dataclass(frozen=True, slots=True)
class Assessed:
    """Which kept results are asked for: of one title, in a state, so many conditions failing, so many points."""

    regime: str = "hnte"
    state: str = "nearly"
    #: So many conditions fail (the last of GAPS: so many or more); None for any.
    gap: int | None = None
    #: Points from here to nine more (100 alone at the top); None for any.
    points: int | None = None

    @classmethod
    def parse(cls, words: str) -> "Assessed | None":
        """What `hnte.nearly.2.60` asks for; None for what cannot be read."""
        regime, state, gap, points = [*words.split("."), "", "", "", ""][:4]
        if regime not in REGIMES or state not in STATE_NAMES:
            return None
        return cls(
            regime, state, int(gap) if gap in map(str, GAPS) else None,
            int(points) if points in map(str, range(0, 101, STEP)) else None,
        )  # fmt: skip

    @property
    def words(self) -> str:
        """The words that `parse` reads."""
        return ".".join("" if one is None else str(one) for one in (self.regime, self.state, self.gap, self.points))

    def conditions(self, *, with_state: bool = True) -> list[ColumnElement[bool]]:
        """What a result must meet; without state: of the title and the points alone."""
        row = AssessmentResult
        found: list[ColumnElement[bool]] = [row.regime == self.regime]
        if self.points is not None:
            found.append(row.total.between(self.points, self.points + STEP - 1))
        if not with_state:
            return found
        if self.state == "open":
            found.append(row.held == "")
        elif self.state != "all":
            found.append(row.state == self.state)
        if self.gap is not None:
            found.append(row.shorts >= GAPS[-1] if self.gap == GAPS[-1] else row.shorts == self.gap)
        return found

    def firms(self) -> Select[int]:
        """Select the firms of these results."""
        return select(AssessmentResult.firm_id).where(*self.conditions())


class AssessmentPass(Model):
    """The last time all firms were judged for one title."""

    __tablename__ = "assessment_pass"

    regime: Mapped[str] = mapped_column(Key, primary_key=True)
    version: Mapped[str] = mapped_column(Name)
    judged_for: Mapped[date] = mapped_column(Date)
    judged_at: Mapped[datetime] = mapped_column(Moment)


class AssessmentStale(Model):
    """Something changed that a firm's results rest on; without a firm: all of them. Rows are only added and taken
    away, so that a change that is committed while firms are judged leaves its row for the next time."""

    __tablename__ = "assessment_stale"
    __table_args__ = (Index("ix_assessment_stale_firm_id", "firm_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))


TABLES = (AssessmentResult, AssessmentPass, AssessmentStale)


def versions_of(shelf: Shelf, on: date) -> dict[str, str]:
    """The version of the book in force for every title on a day; empty where there is none that scores."""
    books = {regime: shelf.in_force(regime, on) for regime in REGIMES}
    return {regime: book.version if book and book.scoring else "" for regime, book in books.items()}


class Freshness:
    """How fresh the kept results are: three statements at most, made when it is asked for."""

    def __init__(self, shelf: Shelf, today: date) -> None:
        rows = select(*AssessmentPass.__table__.columns)
        passes = {row.regime: row for row in db.session.execute(rows)}
        wanted = versions_of(shelf, today)
        #: The pass that is oldest; None before the first.
        self.last = min(passes.values(), key=lambda row: row.judged_at) if len(passes) == len(REGIMES) else None
        firms = func.count(AssessmentStale.firm_id)
        marks = select(func.count(AssessmentStale.firm_id.distinct()), func.count() - firms)
        self.stale, everybody = db.session.execute(marks.select_from(AssessmentStale)).one()
        old = [
            regime
            for regime, version in wanted.items()
            if regime not in passes or passes[regime].judged_for != today or passes[regime].version != version
        ]
        #: Whether all firms must be judged anew: another day, another book, or a change that touches everybody.
        self.all_stale = bool(everybody or old)

    @property
    def fresh(self) -> bool:
        """Whether nothing is left to be judged."""
        return not self.all_stale and not self.stale


def clear() -> None:
    """Forget every result: they are judged anew when somebody looks or the worker comes by. The caller commits."""
    for table in TABLES:
        db.session.execute(delete(table), execution_options={"synchronize_session": False})


def mark(firm_ids: Sequence[int] | None) -> None:
    """Say that the results of these firms (None: of all) no longer hold. One statement; the caller commits."""
    if firm_ids is None or firm_ids:
        rows = [{"firm_id": None}] if firm_ids is None else [{"firm_id": firm_id} for firm_id in firm_ids]
        db.session.execute(insert(AssessmentStale), rows)


def forget(firm_ids: Sequence[int]) -> None:
    """Take the results of these firms away at once: they are no firms of a list any more. The caller commits."""
    gone = delete(AssessmentResult).where(AssessmentResult.firm_id.in_(firm_ids))
    db.session.execute(gone, execution_options={"synchronize_session": False})
