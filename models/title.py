"""Titles (资质) as intervals, their types and batches: what a firm was granted, until when (product.md)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Key, Model, Moment, Name


class TitleType(Model):
    """A kind of title. Rung, validity and renewal window are data that the office edits."""

    __tablename__ = "title_type"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    short_name: Mapped[str] = mapped_column(Name)
    #: tech_sme, srdi or hnte for a ladder title; None for a badge such as 瞪羚.
    rung: Mapped[str | None] = mapped_column(Key)
    level: Mapped[str] = mapped_column(Name, default="")
    #: +3y (that day is the last), +3y-1d, year_end, or none.
    validity: Mapped[str] = mapped_column(Key)
    #: Rule for the last day on which a new title still counts as a renewal; none when there is no window.
    renewal_window: Mapped[str] = mapped_column(Key, default="none")
    #: Yearly types renew the number of the year before.
    yearly: Mapped[bool] = mapped_column(default=False)
    owner_department: Mapped[str] = mapped_column(Name, default="")
    document: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Title(Model):
    """A title granted to a firm for an interval. Whether it is in force is computed for a day, never stored."""

    __tablename__ = "title"
    __table_args__ = (
        CheckConstraint("ends_on >= issued_on", name="ends_after_issue"),
        CheckConstraint("revoked_on IS NULL OR revoked_on >= issued_on", name="revoked_after_issue"),
        Index("ix_title_firm_id", "firm_id"),
        Index("ix_title_type_id", "type_id", "issued_on", "ends_on"),
        Index("ix_title_number", "number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("title_type.id"))
    number: Mapped[str] = mapped_column(String(64), default="")
    batch: Mapped[str] = mapped_column(Name, default="")
    field: Mapped[str] = mapped_column(Name, default="")
    issued_on: Mapped[date] = mapped_column(Date)
    #: day, month or year: how exactly the source gave the date of issue.
    issued_precision: Mapped[str] = mapped_column(Key, default="day")
    #: The last day in force.
    ends_on: Mapped[date] = mapped_column(Date)
    revoked_on: Mapped[date | None] = mapped_column(Date)
    revoked_reason: Mapped[str] = mapped_column(Name, default="")
    #: 公示中: from a 公示, in force only once the 公告 or a person confirms it.
    provisional: Mapped[bool] = mapped_column(default=False)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    source: Mapped[str] = mapped_column(Name, default="")
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)

    type: Mapped[TitleType] = relationship(TitleType, lazy="joined")


class Batch(Model):
    """When the titles of a batch were announced and end, for lists that give no dates of their own."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("title_type.id"), index=True)
    name: Mapped[str] = mapped_column(Name)
    announced_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
