"""预评审会: a meeting of experts on applications of one batch, its agenda, marks, verdicts and findings."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.application.batch import ApplicationBatch
from models.application.record import Application
from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound
from models.firm.record import Firm
from models.rules.prereview import IN_PARTS, PARTS, VERDICTS
from models.user import User


class ReviewMeeting(Model):
    """One meeting. Everybody who sees applications sees that it was held; of its agenda, what they see."""

    __tablename__ = "review_meeting"
    __table_args__ = (Index("ix_review_meeting_held_on", "held_on", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("application_batch.id"))
    held_on: Mapped[date] = mapped_column(Date)
    #: 14:00; empty when nobody said.
    begins: Mapped[str] = mapped_column(String(5), default="")
    place: Mapped[str] = mapped_column(Name, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    batch: Mapped[ApplicationBatch] = relationship(ApplicationBatch, lazy="joined")
    experts: Mapped[list["ReviewExpert"]] = relationship(
        "ReviewExpert", order_by="ReviewExpert.position, ReviewExpert.id", lazy="selectin"
    )

    @property
    def name(self) -> str:
        """2026 年高企第 1 批 6 月 3 日预评审会."""
        return f"{self.batch.name} {self.held_on.month} 月 {self.held_on.day} 日预评审会"

    @property
    def in_parts(self) -> bool:
        """Whether the marks are given in the four parts of the innovation score."""
        return self.batch.type.key == IN_PARTS

    @classmethod
    def get(cls, meeting_id: int) -> "ReviewMeeting":
        """The meeting, or NotFound."""
        found = db.session.get(cls, meeting_id)
        if found is None:
            raise NotFound
        return found

    def items_for(self, user: User) -> list["ReviewItem"]:
        """The agenda as far as this person sees it, in its order, with applications and firms. One statement."""
        query = ReviewItem.visible_to(user).where(ReviewItem.meeting_id == self.id)
        return list(db.session.scalars(query.order_by(ReviewItem.position, ReviewItem.id)))


class ReviewExpert(Model):
    """An expert at a meeting."""

    __tablename__ = "review_expert"
    __table_args__ = (Index("ix_review_expert_meeting_id", "meeting_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("review_meeting.id"))
    name: Mapped[str] = mapped_column(Name)
    unit: Mapped[str] = mapped_column(Name, default="")
    position: Mapped[int] = mapped_column(default=0)


class ReviewItem(Model):
    """An application on an agenda: its round, and the verdict once there is one."""

    __tablename__ = "review_item"
    __table_args__ = (
        CheckConstraint(f"verdict IS NULL OR {one_of('verdict', VERDICTS)}", name="verdict"),
        CheckConstraint("(verdict IS NULL) = (decided_on IS NULL)", name="verdict_has_a_day"),
        CheckConstraint("round >= 1", name="round_counts_from_one"),
        UniqueConstraint("application_id", "round"),
        Index("ix_review_item_meeting_id", "meeting_id", "position"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("review_meeting.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    position: Mapped[int] = mapped_column(default=0)
    round: Mapped[int] = mapped_column(Integer, default=1)
    #: The round before.
    before_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"))
    #: A key of models/rules/prereview.VERDICTS.
    verdict: Mapped[str | None] = mapped_column(Key)
    advice: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None] = mapped_column(Date)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    meeting: Mapped[ReviewMeeting] = relationship(ReviewMeeting)
    application: Mapped[Application] = relationship(Application)

    @classmethod
    def visible_to(cls, user: User) -> Select["ReviewItem"]:
        """Select the items of applications this person sees, with application, firm and its town."""
        query = select(cls).options(
            joinedload(cls.application).joinedload(Application.firm).joinedload(Firm.area),
            joinedload(cls.application).joinedload(Application.coach).lazyload(User.roles),
        )  # fmt: skip
        mine = Application.visible_to(user).with_only_columns(Application.id)
        return query if mine.whereclause is None else query.where(cls.application_id.in_(mine))

    @classmethod
    def get_for(cls, user: User, meeting_id: int, item_id: int) -> "ReviewItem":
        """An item of this meeting, or NotFound when it does not exist for this person."""
        found = db.session.scalar(cls.visible_to(user).where(cls.id == item_id, cls.meeting_id == meeting_id))
        if found is None:
            raise NotFound
        return found

    @classmethod
    def list_of(cls, application_id: int) -> list["ReviewItem"]:
        """The rounds of an application, the latest first, with their meetings."""
        query = select(cls).where(cls.application_id == application_id).options(joinedload(cls.meeting))
        return list(db.session.scalars(query.order_by(cls.round.desc())))


class ReviewMark(Model):
    """What one expert thinks of one application: points and a word of advice."""

    __tablename__ = "review_mark"
    __table_args__ = (
        CheckConstraint("total IS NULL OR total BETWEEN 0 AND 100", name="total_of_a_hundred"),
        *(CheckConstraint(f"{key} IS NULL OR {key} BETWEEN 0 AND {most}", name=key)
          for key, (_, most, _) in PARTS.items()),
        UniqueConstraint("item_id", "expert_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("review_expert.id"))
    ip: Mapped[int | None] = mapped_column(Integer)
    conversion: Mapped[int | None] = mapped_column(Integer)
    organisation: Mapped[int | None] = mapped_column(Integer)
    growth: Mapped[int | None] = mapped_column(Integer)
    #: Of a hundred; where the parts are given, their sum.
    total: Mapped[int | None] = mapped_column(Integer)
    advice: Mapped[str] = mapped_column(Text, default="")


class ReviewFinding(Model):
    """One thing to correct, until somebody says that it is."""

    __tablename__ = "review_finding"
    __table_args__ = (
        CheckConstraint("done_on IS NOT NULL OR done_words = ''", name="done_has_a_day"),
        Index("ix_review_finding_application_id", "application_id", "done_on"),
        Index("ix_review_finding_item_id", "item_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"))
    words: Mapped[str] = mapped_column(Text)
    done_on: Mapped[date | None] = mapped_column(Date)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    done_words: Mapped[str] = mapped_column(Name, default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    done_by: Mapped[User | None] = relationship(User, foreign_keys=[done_by_id])

    @classmethod
    def list_of(cls, application_id: int) -> list["ReviewFinding"]:
        """What was found of an application, open ones first, with who corrected. One statement."""
        query = select(cls).where(cls.application_id == application_id)
        query = query.options(joinedload(cls.done_by).lazyload(User.roles))
        return list(db.session.scalars(query.order_by(cls.done_on.is_not(None), cls.id)))

    @classmethod
    def get_of(cls, application_id: int, finding_id: int) -> "ReviewFinding":
        """One of them, or NotFound."""
        found = db.session.get(cls, finding_id)
        if found is None or found.application_id != application_id:
            raise NotFound
        return found
