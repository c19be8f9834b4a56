"""What a list or ledger says a firm holds without saying since when and under which number: a claim, never a title.

A ledger writes 是, √ or 省级 in a column named after a title. That is worth knowing and worth checking, so it is kept
with its source and shown on the firm's record as 台账自报; no count, rung or reminder looks at it."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Key, Model, Moment, Name
from models.title import LEVELS, TitleType


class TitleClaim(Model):
    """One source claims that a firm holds a title of this type; the same source again claims nothing new."""

    __tablename__ = "title_claim"
    __table_args__ = (
        UniqueConstraint("firm_id", "type_id", "source", "written"),
        Index("ix_title_claim_type_id", "type_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("title_type.id"))
    #: national, provincial, city or district where the source says one; empty otherwise.
    level: Mapped[str] = mapped_column(Key, default="")
    #: What stood in the cell: 是, √, 省级.
    written: Mapped[str] = mapped_column(Name, default="")
    #: The file or ledger that says so.
    source: Mapped[str] = mapped_column(Name, default="")
    #: The day the source is of, where it gives one.
    claimed_on: Mapped[date | None] = mapped_column(Date)
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)

    type: Mapped[TitleType] = relationship(TitleType, lazy="joined")

    @property
    def words(self) -> str:
        """What was claimed, as a page says it: the level where one is known, else what was written."""
        return LEVELS.get(self.level) or self.written
