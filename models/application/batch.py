"""A batch of applications: one title, one year, one round, with its dates."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Key, Model, Moment, db, one_of
from models.errors import NotFound, Refused
from models.rules.application import DATES
from models.title import TitleType


class ApplicationBatch(Model):
    """Where firms apply for one title together."""

    __tablename__ = "application_batch"
    __table_args__ = (
        UniqueConstraint("type_id", "year", "round"),
        CheckConstraint("round >= 1", name="round_counts_from_one"),
        CheckConstraint("plan IS NULL OR plan >= 0", name="plan_is_a_count"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("title_type.id"))
    year: Mapped[int] = mapped_column(Integer)
    round: Mapped[int] = mapped_column(Integer, default=1)
    #: How many firms the bureau means to bring through; None: nobody said.
    plan: Mapped[int | None] = mapped_column(Integer)
    document: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    #: Whether one that has to be corrected after pre-review may not be filed; otherwise that is only a warning.
    review_refuses: Mapped[bool] = mapped_column(default=False)
    #: The day from which nothing more is entered; None while it runs.
    closed_on: Mapped[date | None] = mapped_column(Date)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    type: Mapped[TitleType] = relationship(TitleType, lazy="joined")
    dates: Mapped[list["BatchDate"]] = relationship(
        "BatchDate", order_by="BatchDate.falls_on, BatchDate.id", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def name(self) -> str:
        """2026 年高企第 1 批."""
        return f"{self.year} 年{self.type.short_name}第 {self.round} 批"

    @property
    def round_name(self) -> str:
        """第 1 批, as lists call it."""
        return f"第{self.round}批"

    @property
    def days(self) -> dict[str, date]:
        """Its dates by key, in the order of the table of dates."""
        held = {row.key: row.falls_on for row in self.dates}
        return {key: held[key] for key in DATES if key in held}

    @classmethod
    def get(cls, batch_id: int) -> "ApplicationBatch":
        """The batch, or NotFound."""
        found = db.session.get(cls, batch_id)
        if found is None:
            raise NotFound
        return found

    @classmethod
    def list_all(cls) -> list["ApplicationBatch"]:
        """Every batch, the running ones first, then the latest. Two statements."""
        query = select(cls).join(TitleType, TitleType.id == cls.type_id)
        order = (cls.closed_on.is_not(None), cls.year.desc(), TitleType.position, cls.round.desc(), cls.id)
        return list(db.session.scalars(query.order_by(*order)))

    @classmethod
    def list_running(cls) -> list["ApplicationBatch"]:
        """The batches that firms can still be entered in, in the same order."""
        return [batch for batch in cls.list_all() if batch.closed_on is None]

    def check(self) -> None:
        """Raise Refused when there is such a batch already."""
        twin = select(ApplicationBatch.id).where(
            ApplicationBatch.type_id == self.type_id, ApplicationBatch.year == self.year,
            ApplicationBatch.round == self.round, ApplicationBatch.id.is_distinct_from(self.id),
        )  # fmt: skip
        with db.session.no_autoflush:
            if db.session.scalar(twin.limit(1)) is not None:
                raise Refused(f"已有 {self.year} 年这项资质的第 {self.round} 批，请直接修改那一批")

    def close_or_open(self, on: date) -> None:
        """From a day on nothing more is entered; a closed one runs again."""
        self.closed_on = None if self.closed_on else on

    def date_them(self, days: Mapping[str, date | None]) -> None:
        """Set its dates; None takes one away. Raises Refused when they stand in a wrong order."""
        kept = {key: on for key in DATES if (on := days.get(key)) is not None}
        ordered = list(kept.items())
        for (before, first), (after, then) in pairwise(ordered):
            if then < first:
                raise Refused(f"“{DATES[after][0]}”（{then}）不能早于“{DATES[before][0]}”（{first}）")
        held = {row.key: row for row in self.dates}
        for key, row in held.items():
            if key not in kept:
                self.dates.remove(row)
        for key, on in kept.items():
            if key in held:
                held[key].falls_on = on
            else:
                self.dates.append(BatchDate(key=key, falls_on=on))


class BatchDate(Model):
    """One date of a batch."""

    __tablename__ = "application_date"
    __table_args__ = (CheckConstraint(one_of("key", DATES), name="key"), UniqueConstraint("batch_id", "key"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("application_batch.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(Key)
    falls_on: Mapped[date] = mapped_column(Date)

    @property
    def name(self) -> str:
        """What the day is."""
        return DATES[self.key][0]
