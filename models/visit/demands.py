"""Problems and demands raised at a visit, in the firm's own words: each waits until somebody keeps it as it stands or
raises an issue from it (`raise_from` is what the issue loop calls)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Select, Text, func, select
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound, Refused
from models.firm.record import Firm
from models.rules.visit import DEMAND_MOVES, DEMAND_STATES, HANDLINGS
from models.user import User
from models.visit.record import Visit


class VisitDemand(Model):
    """What a firm asked for at a visit."""

    __tablename__ = "visit_demand"
    __table_args__ = (
        CheckConstraint(one_of("state", DEMAND_STATES), name="state"),
        CheckConstraint(f"handling IS NULL OR {one_of('handling', HANDLINGS)}", name="handling"),
        CheckConstraint("(state = 'to_review') = (decided_at IS NULL)", name="decided_or_waiting"),
        Index("ix_visit_demand_visit_id", "visit_id"),
        Index("ix_visit_demand_firm_id", "firm_id"),
        Index("ix_visit_demand_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    position: Mapped[int] = mapped_column(default=0)
    #: The firm's own words, never reworded.
    words: Mapped[str] = mapped_column(Text)
    #: 诉求类别 as written: 人才招聘, 融资需求 …
    category: Mapped[str] = mapped_column(Name, default="")
    #: What the old log said of it; None when it said nothing.
    handling: Mapped[str | None] = mapped_column(Key)
    #: 办结时间 of the old log.
    settled_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Key, default="to_review")
    #: Why it was kept without an issue.
    reason: Mapped[str] = mapped_column(Name, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)

    visit: Mapped[Visit] = relationship(Visit)
    firm: Mapped[Firm] = relationship(Firm)

    @classmethod
    def visible_to(cls, user: User) -> Select["VisitDemand"]:
        """Select the demands this person may see, with visit and firm: those of visits that exist for them."""
        visits = Visit.visible_to(user).with_only_columns(Visit.id)
        query = select(cls).join(cls.visit).join(cls.firm).where(Visit.counted())
        query = query.options(contains_eager(cls.visit), contains_eager(cls.firm))
        if "visits.view" in user.permissions and Firm.all_visible_to(user):
            return query
        return query.where(cls.visit_id.in_(visits))

    @classmethod
    def get_for(cls, user: User, demand_id: int) -> "VisitDemand":
        """The demand, or NotFound when it does not exist for this person."""
        found = db.session.scalar(cls.visible_to(user).where(cls.id == demand_id))
        if found is None:
            raise NotFound
        return found

    @classmethod
    def counts_for(cls, user: User) -> dict[str, int]:
        """How many demands this person sees in each state. One statement."""
        query = cls.visible_to(user).with_only_columns(cls.state, func.count(), maintain_column_froms=True)
        found = dict.fromkeys(DEMAND_STATES, 0)
        found.update({state: number for state, number in db.session.execute(query.group_by(cls.state))})  # noqa: C416
        return found

    @classmethod
    def look(cls, user: User, state: str, category: str, number: int, size: int) -> tuple[list["VisitDemand"], int]:
        """A page of the demands in one state (of one category, when any is named), and the count of all."""
        query = cls.visible_to(user).where(cls.state == state)
        if category:
            query = query.where(cls.category == category)
        counting = query.with_only_columns(func.count(), maintain_column_froms=True)
        total = db.session.scalar(counting) or 0
        number = min(number, max(1, -(-total // size)))
        query = query.order_by(Visit.visit_on.desc(), cls.id.desc()).limit(size).offset((number - 1) * size)
        return list(db.session.scalars(query.options(contains_eager(cls.visit).selectinload(Visit.officers)))), total

    @classmethod
    def list_categories(cls, user: User) -> list[str]:
        """The categories of the demands this person sees, those with most demands first."""
        query = (
            cls.visible_to(user).where(cls.category != "").with_only_columns(cls.category, maintain_column_froms=True)
        )
        return list(db.session.scalars(query.group_by(cls.category).order_by(func.count().desc(), cls.category)))

    @classmethod
    def list_of(cls, visit_id: int) -> list["VisitDemand"]:
        """The demands raised at one visit, in the order they were written."""
        query = select(cls).where(cls.visit_id == visit_id).order_by(cls.position, cls.id)
        return list(db.session.scalars(query))

    def move_to(self, state: str, by: User | None, at: datetime, reason: str = "") -> None:
        """Keep it, raise it, or let it wait again. Refused for a move that cannot happen, and for keeping without why.

        The caller commits; raising writes the issue in the same transaction.
        """
        if (self.state, state) not in DEMAND_MOVES:
            raise Refused(f"这条诉求现在是“{DEMAND_STATES[self.state]}”，不能改成“{DEMAND_STATES[state]}”")
        if state == "kept" and not reason.strip():
            raise Refused("请写为什么不立问题，如：已当场答复")
        waits = state == "to_review"
        self.state, self.reason = state, reason.strip() if state == "kept" else ""
        self.decided_by_id = None if waits or by is None else by.id
        self.decided_at = None if waits else at
