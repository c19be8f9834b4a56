"""A target and its revisions. The target bears the value in force, its revisions every value it ever had."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.area import Area
from models.base import Key, Model, Moment, Money, Name, db, one_of
from models.errors import NotFound, Refused
from models.firm.record import Firm
from models.rules.target import KINDS, Goal
from models.user import User


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose part a target is: the whole bureau's (nothing set), an area's, an officer's."""

    area_id: int | None = None
    officer_id: int | None = None

    @property
    def key(self) -> str:
        """What tells it from others in the table."""
        if self.area_id is not None:
            return f"area:{self.area_id}"
        return "all" if self.officer_id is None else f"officer:{self.officer_id}"

    @classmethod
    def of(cls, key: str) -> "Whose":
        """Read back. Raises ValueError for what is none."""
        kind, _, number = key.partition(":")
        if key == "all":
            return cls()
        if kind not in ("area", "officer") or not (number.isascii() and number.isdigit()):
            raise ValueError(key)
        return cls(int(number), None) if kind == "area" else cls(None, int(number))


class Target(Model):
    """What a figure is to reach in a year, of the whole bureau, of an area or of an officer's firms."""

    __tablename__ = "target"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("low IS NOT NULL OR high IS NULL", name="high_needs_low"),
        CheckConstraint("area_id IS NULL OR officer_id IS NULL", name="one_whose"),
        UniqueConstraint("year", "figure_key", "whose"),
        Index("ix_target_whose", "whose", "year"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    year: Mapped[int] = mapped_column(Integer)
    figure_key: Mapped[str] = mapped_column(Name)
    #: Whose.key: the two columns beside it as one, so that the same target is there once.
    whose: Mapped[str] = mapped_column(Key)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(Key)
    #: None: taken back. Of a rate in per cent.
    low: Mapped[Decimal | None] = mapped_column(Money)
    high: Mapped[Decimal | None] = mapped_column(Money)
    created_at: Mapped[datetime] = mapped_column(Moment)

    area: Mapped[Area | None] = relationship(Area)
    officer: Mapped[User | None] = relationship(User)
    revisions: Mapped[list["TargetRevision"]] = relationship(
        "TargetRevision", order_by="(TargetRevision.revised_on, TargetRevision.id)", cascade="all, delete-orphan"
    )

    @property
    def goal(self) -> Goal | None:
        """What is to be reached; None when it was taken back."""
        return None if self.low is None else Goal(self.kind, self.low, self.high)

    @property
    def whose_words(self) -> str:
        """Whose it is, as a page says it."""
        if self.area is not None:
            return self.area.name
        return "全区" if self.officer is None else self.officer.name

    @classmethod
    def visible(cls, user: User) -> ColumnElement[bool]:
        """Whose targets a person sees: everybody's who sees all firms; a town its own areas'; else one's own."""
        if Firm.all_visible_to(user):
            return cls.id.is_not(None)
        if user.area_ids:
            return cls.area_id.in_(sorted(user.area_ids))
        return cls.officer_id == user.id if "firms.view" in user.permissions else false()

    @classmethod
    def get_for(cls, user: User, target_id: int) -> "Target":
        """The target, when this person may see it. Raises NotFound."""
        row = db.session.scalar(select(cls).where(cls.id == target_id, cls.visible(user)))
        if row is None:
            raise NotFound
        return row

    @classmethod
    def find(cls, year: int, figure_key: str, whose: Whose) -> "Target | None":
        """The target of a figure's year and part, also one that was taken back; None when there never was one."""
        return db.session.scalar(
            select(cls).where(cls.year == year, cls.figure_key == figure_key, cls.whose == whose.key)
        )

    @classmethod
    def years(cls, user: User, today: date) -> list[int]:
        """The years somebody has a target for, this one and the next, the latest first. One statement."""
        found = set(db.session.scalars(select(cls.year).where(cls.visible(user)).distinct()))
        return sorted(found | {today.year, today.year + 1}, reverse=True)


class TargetRevision(Model):
    """A value a target had from a day on: who set it and why."""

    __tablename__ = "target_revision"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        Index("ix_target_revision_target_id", "target_id", "revised_on"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id", ondelete="CASCADE"))
    revised_on: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(Key)
    low: Mapped[Decimal | None] = mapped_column(Money)
    high: Mapped[Decimal | None] = mapped_column(Money)
    reason: Mapped[str] = mapped_column(String(400))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[User | None] = relationship(User)

    @property
    def goal(self) -> Goal | None:
        """The value; None: taken back."""
        return None if self.low is None else Goal(self.kind, self.low, self.high)


def put(
    year: int, figure_key: str, whose: Whose, goal: Goal | None, *, on: date, reason: str, by: User | None,
    at: datetime,
) -> Target | None:  # fmt: skip
    """Set a target or revise it (None takes it back); nothing happens when it is so already. The caller commits.

    Raises Refused for a day before its last revision, so that the order of its values stays true.
    """
    row = Target.find(year, figure_key, whose)
    if row is None:
        if goal is None:
            return None
        row = Target(year=year, figure_key=figure_key, whose=whose.key, area_id=whose.area_id,
                     officer_id=whose.officer_id, kind=goal.kind, created_at=at)  # fmt: skip
        db.session.add(row)
    elif row.goal == goal:
        return row
    elif row.revisions and on < row.revisions[-1].revised_on:
        raise Refused(f"{row.whose_words}的目标 {row.revisions[-1].revised_on} 才改过，新的日期不能更早")
    row.kind = goal.kind if goal else row.kind
    row.low, row.high = (goal.low, goal.high) if goal else (None, None)
    row.revisions.append(
        TargetRevision(revised_on=on, kind=row.kind, low=row.low, high=row.high, reason=reason,
                       person_id=by.id if by else None, created_at=at)
    )  # fmt: skip
    db.session.flush()
    return row


def shares_of(user: User, year: int, figure_key: str) -> list[Target]:
    """The parts of a figure's year this person sees, areas first, by name; the whole is not among them."""
    query = select(Target).where(
        Target.year == year, Target.figure_key == figure_key, Target.whose != "all", Target.low.is_not(None),
        Target.visible(user),
    ).outerjoin(Target.area).outerjoin(Target.officer)  # fmt: skip
    order = (Target.area_id.is_(None), Area.sort_key, User.sort_key, Target.id)
    return list(db.session.scalars(query.order_by(*order)))


def sum_of(rows: Iterable[Target]) -> Decimal:
    """What the lower ends of these targets add up to."""
    return sum((row.low for row in rows if row.low is not None), Decimal(0))
