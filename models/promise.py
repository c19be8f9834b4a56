"""Promises (答复承诺): "we will answer by Friday" as a dated commitment of a named person."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, Date, ForeignKey, Index, Integer, Select, Text, and_, or_, select
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from models import clock
from models.base import Model, Moment, db
from models.errors import NotFound, Refused
from models.firm.record import Firm
from models.rules.visit import due_fault
from models.user import User
from models.visit.record import Visit


class Promise(Model):
    """Somebody told a firm that it would hear by a day; open until done or dropped. Overdue is never stored."""

    __tablename__ = "promise"
    __table_args__ = (
        CheckConstraint("done_on IS NULL OR dropped_on IS NULL", name="done_or_dropped"),
        CheckConstraint("(done_on IS NULL) = (done_how = '')", name="done_says_how"),
        CheckConstraint("(dropped_on IS NULL) = (dropped_reason = '')", name="dropped_says_why"),
        Index("ix_promise_firm_id", "firm_id"),
        Index("ix_promise_visit_id", "visit_id"),
        Index("ix_promise_person_id", "person_id", "due_on"),
        Index("ix_promise_due_on", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    #: The visit at which it was made; None for one made otherwise.
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    words: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    due_on: Mapped[date] = mapped_column(Date)
    done_on: Mapped[date | None] = mapped_column(Date)
    done_how: Mapped[str] = mapped_column(Text, default="")
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    dropped_on: Mapped[date | None] = mapped_column(Date)
    dropped_reason: Mapped[str] = mapped_column(Text, default="")
    dropped_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    firm: Mapped[Firm] = relationship(Firm)
    visit: Mapped[Visit | None] = relationship(Visit)
    person: Mapped[User] = relationship(User, foreign_keys=person_id)

    @classmethod
    def make(
        cls, firm_id: int, words: str, person_id: int, due_on: date, by: User | None, at: datetime,
        visit: Visit | None = None,
    ) -> "Promise":  # fmt: skip
        """A new promise; the caller commits. Refused when it would be due before the visit it was made at."""
        made_on = visit.visit_on if visit else clock.local(at).date()
        fault = due_fault(due_on, made_on) if words.strip() else "请写答应了什么"
        if fault:
            raise Refused(fault)
        row = cls(firm_id=firm_id, words=words.strip(), person_id=person_id, due_on=due_on, created_at=at,
                  created_by_id=by.id if by else None, visit_id=visit.id if visit else None)  # fmt: skip
        db.session.add(row)
        return row

    @classmethod
    def open_on(cls, on: date) -> ColumnElement[bool]:
        """The condition that a promise still waited at the end of a day."""
        return and_(or_(cls.done_on.is_(None), cls.done_on > on), or_(cls.dropped_on.is_(None), cls.dropped_on > on))

    @classmethod
    def overdue_on(cls, on: date) -> ColumnElement[bool]:
        """The condition that its day had passed unanswered at the end of a day."""
        return and_(cls.open_on(on), cls.due_on < on)

    @classmethod
    def visible_to(cls, user: User) -> Select["Promise"]:
        """Select the promises this person may see, with their firms, unordered: those to firms that exist for them."""
        query = select(cls).join(cls.firm).options(contains_eager(cls.firm))
        if "visits.view" not in user.permissions:
            return query.where(cls.id.is_(None))
        if Firm.all_visible_to(user):
            return query
        return query.where(cls.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id)))

    @classmethod
    def get_for(cls, user: User, promise_id: int) -> "Promise":
        """The promise, or NotFound when it does not exist for this person."""
        found = db.session.scalar(cls.visible_to(user).where(cls.id == promise_id))
        if found is None:
            raise NotFound
        return found

    @classmethod
    def list_of(cls, visit_id: int) -> list["Promise"]:
        """The promises made at one visit, with who made them, in the order they were written."""
        query = select(cls).options(joinedload(cls.person).lazyload(User.roles)).where(cls.visit_id == visit_id)
        return list(db.session.scalars(query.order_by(cls.id)))

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer still."""
        return self.done_on is None and self.dropped_on is None

    def state_word(self, today: date) -> str:
        """Where it stands, in an officer's words."""
        if self.done_on is not None:
            return "已答复"
        if self.dropped_on is not None:
            return "不再答复"
        days = (self.due_on - today).days
        return f"逾期 {-days} 天" if days < 0 else "今天到期" if days == 0 else f"还有 {days} 天"

    def light(self, today: date) -> str:
        """The colour of its light: red past its day, yellow within two days, green before; none once settled."""
        if not self.is_open:
            return ""
        days = (self.due_on - today).days
        return "red" if days < 0 else "yellow" if days <= 2 else "green"

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed unanswered."""
        return self.is_open and self.due_on < today

    def keep(self, how: str, on: date, by: User, today: date) -> None:
        """It was kept on a day, in this way. Refused when it is settled already, without how, or for a day to come."""
        self._refuse_settled()
        if not how.strip():
            raise Refused("请写怎么答复的")
        if on > today:
            raise Refused("答复日期不能晚于今天")
        if on < self.made_on:
            raise Refused(f"答复日期不能早于答应的那天（{self.made_on}）")
        self.done_on, self.done_how, self.done_by_id = on, how.strip(), by.id

    def drop(self, reason: str, by: User, today: date) -> None:
        """It will not be kept. Refused when it is settled already, or without a reason."""
        self._refuse_settled()
        if not reason.strip():
            raise Refused("请写为什么不再答复")
        self.dropped_on, self.dropped_reason, self.dropped_by_id = today, reason.strip(), by.id

    def reopen(self) -> None:
        """Settled by mistake: it waits again. Refused when it never was settled."""
        if self.is_open:
            raise Refused("这项承诺还没有了结")
        self.done_on, self.done_how, self.done_by_id = None, "", None
        self.dropped_on, self.dropped_reason, self.dropped_by_id = None, "", None

    @property
    def made_on(self) -> date:
        """The day it was made: of its visit, else the day it was written down."""
        return self.visit.visit_on if self.visit else clock.local(self.created_at).date()

    def _refuse_settled(self) -> None:
        if not self.is_open:
            raise Refused("这项承诺已经了结，请刷新后再看")
