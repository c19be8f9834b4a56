"""Dated registration status of a firm, and flags such as 经营异常名录."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Name, one_of
from models.firm.record import STATUSES

FLAGS = {"abnormal": "经营异常名录", "dishonest": "严重违法失信"}


class FirmStatus(Model):
    """A firm had a registration status from–to; before its first entry it is taken as 存续."""

    __tablename__ = "firm_status"
    __table_args__ = (
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint("to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name="from_before_to"),
        Index("ix_firm_status_firm_id", "firm_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    status: Mapped[str] = mapped_column(Key)
    from_on: Mapped[date | None] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Name, default="")
    source: Mapped[str] = mapped_column(Name, default="")
    import_row_id: Mapped[int | None] = mapped_column(Integer)


class FirmFlag(Model):
    """A firm stood on a list such as 经营异常名录 from–to."""

    __tablename__ = "firm_flag"
    __table_args__ = (
        CheckConstraint(one_of("flag", FLAGS), name="flag"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="from_before_to"),
        Index("ix_firm_flag_firm_id", "firm_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    flag: Mapped[str] = mapped_column(Key)
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Name, default="")
    source: Mapped[str] = mapped_column(Name, default="")
