"""Pools (培育后备库, 小升高 …): dated membership with plan year, target title, owner, reason and exit."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Key, Model, Moment, Name


class PoolType(Model):
    """A kind of pool; members of a cultivation pool stand on 潜力企业 while they hold no ladder title."""

    __tablename__ = "pool_type"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    makes_potential: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class PoolMember(Model):
    """A firm was in a pool from–to."""

    __tablename__ = "pool_member"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="from_before_to"),
        Index("ix_pool_member_firm_id", "firm_id"),
        Index("ix_pool_member_type_id", "type_id", "from_on", "to_on"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("pool_type.id"))
    from_on: Mapped[date] = mapped_column(Date)
    #: The last day in the pool; None while it lasts.
    to_on: Mapped[date | None] = mapped_column(Date)
    plan_year: Mapped[int | None] = mapped_column(Integer)
    target_type_id: Mapped[int | None] = mapped_column(ForeignKey("title_type.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(Name, default="")
    exit_reason: Mapped[str] = mapped_column(Name, default="")
    source: Mapped[str] = mapped_column(Name, default="")
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)

    type: Mapped[PoolType] = relationship(PoolType, lazy="joined")
