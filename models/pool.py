"""Pools (培育后备库, 小升高 …): dated membership with plan year, target title, owner, reason and exit."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    and_,
    distinct,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from models import clock
from models.base import Key, Model, Moment, Name, db
from models.errors import NotFound, Refused
from models.firm.record import Firm
from models.rules.title_types import POOL_TYPES
from models.title import TitleType
from models.user import User


class PoolType(Model):
    """A kind of pool; members of a cultivation pool stand on 潜力企业 while they hold no ladder title."""

    __tablename__ = "pool_type"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    makes_potential: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def begin(cls) -> "PoolType":
        """A new kind with an identifier of its own."""
        return cls(key=f"pool_{uuid4().hex[:12]}")

    @classmethod
    def list_all(cls) -> list["PoolType"]:
        """Every kind in the order the office gave them."""
        return list(db.session.scalars(select(cls).order_by(cls.position, cls.id)))

    @classmethod
    def list_active(cls) -> list["PoolType"]:
        """The types a firm can enter, in the order the office gave them."""
        return list(db.session.scalars(select(cls).where(cls.active).order_by(cls.position, cls.id)))

    @classmethod
    def get(cls, type_id: int) -> "PoolType":
        """The type, or NotFound."""
        found = db.session.get(cls, type_id)
        if found is None:
            raise NotFound
        return found


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
    firm: Mapped[Firm] = relationship(Firm)
    owner: Mapped[User | None] = relationship(User)
    target: Mapped[TitleType | None] = relationship(TitleType)

    @classmethod
    def counts_for(cls, user: User, on: date) -> dict[int, int]:
        """How many firms this person sees in each pool on a day. One statement."""
        query = select(cls.type_id, func.count(distinct(cls.firm_id)).label("firms")).where(
            cls._on(on), cls._visible(user)
        )
        return {row.type_id: row.firms for row in db.session.execute(query.group_by(cls.type_id))}

    @classmethod
    def count_for(cls, user: User, type_id: int, on: date, *, past: bool) -> int:
        """How many stays the list holds."""
        query = select(func.count()).select_from(cls).where(cls.type_id == type_id, cls._visible(user))
        return db.session.scalar(query.where(*cls._when(on, past))) or 0

    @classmethod
    def list_for(cls, user: User, type_id: int, on: date, *, past: bool, page: int, size: int) -> list["PoolMember"]:
        """A page of the stays in a pool, by the firm's name: those on the day, or those that are over."""
        query = select(cls).join(cls.firm).where(cls.type_id == type_id, cls._visible(user), *cls._when(on, past))
        query = query.options(contains_eager(cls.firm), joinedload(cls.owner), joinedload(cls.target))
        query = query.order_by(Firm.sort_key, cls.from_on.desc(), cls.id).limit(size).offset((page - 1) * size)
        return list(db.session.scalars(query))

    @classmethod
    def _on(cls, on: date) -> ColumnElement[bool]:
        return and_(cls.from_on <= on, or_(cls.to_on.is_(None), cls.to_on >= on))

    @classmethod
    def _when(cls, on: date, past: bool) -> list[ColumnElement[bool]]:
        return [cls.to_on < on] if past else [cls._on(on)]

    @classmethod
    def _visible(cls, user: User) -> ColumnElement[bool]:
        return cls.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id))


def enter(firm_ids: Sequence[int], kind: PoolType, on: date, **values: Any) -> int:
    """Put firms into a pool from a day on; who is in it stays as it is. How many came in; the caller commits."""
    inside = _members_on(firm_ids, kind, on)
    new = [firm_id for firm_id in firm_ids if firm_id not in inside]
    db.session.add_all(
        PoolMember(firm_id=firm_id, type_id=kind.id, from_on=on, created_at=clock.now(), **values) for firm_id in new
    )
    db.session.flush()
    return len(new)


def leave(firm_ids: Sequence[int], kind: PoolType, on: date, reason: str) -> int:
    """Take firms out of a pool: ``on`` is their last day in it. How many left; the caller commits.

    Raises Refused when a firm came in later than that day.
    """
    inside = _members_on(firm_ids, kind, on)
    for member in inside.values():
        if member.from_on > on:
            raise Refused(f"有企业 {member.from_on} 才入库，出库日期不能早于这一天")
        member.to_on, member.exit_reason = on, reason
    db.session.flush()
    return len(inside)


def _members_on(firm_ids: Sequence[int], kind: PoolType, on: date) -> dict[int, PoolMember]:
    """The members among these firms whose stay lasts, or will last, on that day."""
    query = select(PoolMember).where(
        PoolMember.firm_id.in_(firm_ids),
        PoolMember.type_id == kind.id,
        or_(PoolMember.to_on.is_(None), PoolMember.to_on >= on),
    )
    return {
        member.firm_id: member
        for member in db.session.scalars(query.order_by(PoolMember.from_on.desc(), PoolMember.id))
    }


def seed_defaults() -> None:
    """Add the default pool types that are missing. The caller commits."""
    held = set(db.session.scalars(select(PoolType.key)))
    for position, row in enumerate(POOL_TYPES):
        if row.key not in held:
            db.session.add(PoolType(key=row.key, name=row.name, makes_potential=row.cultivation, position=position))
    db.session.flush()
