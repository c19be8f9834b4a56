"""Who is in a pool, from when to when: plan year, target, owner, stage, next step, and why it left."""

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
    and_,
    distinct,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base import Model, Moment, Name, db
from models.errors import NotFound
from models.firm.editing import may_change
from models.firm.record import Firm
from models.pool.kinds import PoolExit, PoolStage, PoolType
from models.title import TitleType
from models.user import User


class PoolMember(Model):
    """A firm was in a pool from–to."""

    __tablename__ = "pool_member"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="from_before_to"),
        Index("ix_pool_member_firm_id", "firm_id"),
        Index("ix_pool_member_type_id", "type_id", "from_on", "to_on"),
        Index("ix_pool_member_owner_id", "owner_id", "to_on"),
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
    #: Which of the reasons the office keeps, and how it reads; imported and older stays have only the words.
    exit_id: Mapped[int | None] = mapped_column(ForeignKey("pool_exit.id"))
    exit_reason: Mapped[str] = mapped_column(Name, default="")
    #: Where it stands and since when; None in a pool without stages.
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("pool_stage.id"))
    stage_on: Mapped[date | None] = mapped_column(Date)
    #: The batch it is expected to apply in, as the office calls it.
    batch: Mapped[str] = mapped_column(Name, default="")
    next_step: Mapped[str] = mapped_column(Name, default="")
    next_on: Mapped[date | None] = mapped_column(Date)
    #: The day the next step was last said anew.
    next_set_on: Mapped[date | None] = mapped_column(Date)
    #: What is done for the firm.
    measures: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Name, default="")
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)

    type: Mapped[PoolType] = relationship(PoolType, lazy="joined")
    stage: Mapped[PoolStage | None] = relationship(PoolStage)
    exit: Mapped[PoolExit | None] = relationship(PoolExit)
    firm: Mapped[Firm] = relationship(Firm)
    owner: Mapped[User | None] = relationship(User)
    target: Mapped[TitleType | None] = relationship(TitleType)

    @classmethod
    def counts_for(cls, user: User, on: date) -> dict[int, int]:
        """How many firms this person sees in each pool on a day. One statement."""
        query = select(cls.type_id, func.count(distinct(cls.firm_id)).label("firms")).where(
            cls.running_on(on), cls.is_visible(user)
        )
        return {row.type_id: row.firms for row in db.session.execute(query.group_by(cls.type_id))}

    @classmethod
    def visible_to(cls, user: User) -> Select["PoolMember"]:
        """Select the stays whose firms exist for this person, unordered."""
        return select(cls).where(cls.is_visible(user))

    @classmethod
    def get_for(cls, user: User, member_id: int) -> "PoolMember":
        """The stay with firm, stage and people, or NotFound when it does not exist for this person."""
        options = [joinedload(getattr(cls, name)) for name in ("firm", "stage", "target", "exit")]
        query = cls.visible_to(user).where(cls.id == member_id)
        found = db.session.scalar(query.options(*options, joinedload(cls.owner).lazyload(User.roles)))
        if found is None:
            raise NotFound
        return found

    def steps(self) -> list["PoolStep"]:
        """The stages it went through, the latest first, with who said so. One statement."""
        query = select(PoolStep).where(PoolStep.member_id == self.id)
        query = query.options(joinedload(PoolStep.stage), joinedload(PoolStep.person).lazyload(User.roles))
        return list(db.session.scalars(query.order_by(PoolStep.reached_on.desc(), PoolStep.id.desc())))

    def may_change(self, user: User) -> bool:
        """Whether this person keeps the stay: its owner, and who may change the firm."""
        return "pool.edit" in user.permissions and (self.owner_id == user.id or may_change(user, self.firm))

    @classmethod
    def running_on(cls, on: date) -> ColumnElement[bool]:
        """The condition that the stay lasts on a day."""
        return and_(cls.from_on <= on, or_(cls.to_on.is_(None), cls.to_on >= on))

    @classmethod
    def is_visible(cls, user: User) -> ColumnElement[bool]:
        """The condition that its firm exists for this person."""
        if Firm.all_visible_to(user):
            return true()
        return cls.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id))


class PoolStep(Model):
    """A member reached a stage on a day, and what was said of it."""

    __tablename__ = "pool_step"
    __table_args__ = (Index("ix_pool_step_member_id", "member_id", "reached_on"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("pool_member.id", ondelete="CASCADE"))
    stage_id: Mapped[int] = mapped_column(ForeignKey("pool_stage.id"))
    reached_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Name, default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    stage: Mapped[PoolStage] = relationship(PoolStage)
    person: Mapped[User | None] = relationship(User)
