"""One application: a firm in a batch, where it stands, who coaches it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Select, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.application.batch import ApplicationBatch
from models.application.reasons import RefusalReason
from models.base import Key, Model, Moment, db, one_of
from models.errors import NotFound
from models.firm.record import Firm
from models.rules.application import ENDED, KINDS, STAGES, Deadline, Move, choices, next_deadline, relations
from models.unit import acted_for
from models.user import User


class Application(Model):
    """A firm applies in a batch, once."""

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint(one_of("stage", STAGES), name="stage"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(f"({one_of('stage', ENDED)}) = (ended_on IS NOT NULL)", name="ended_has_a_date"),
        CheckConstraint("stage <> 'refused' OR reason_id IS NOT NULL", name="refused_says_why"),
        CheckConstraint("before_id <> id", name="not_before_itself"),
        UniqueConstraint("firm_id", "batch_id"),
        Index("ix_application_batch_id", "batch_id", "stage"),
        Index("ix_application_coach_id", "coach_id", "stage"),
        Index("ix_application_before_id", "before_id"),
        Index("ix_application_agency_id", "agency_id", "stage"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("application_batch.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    stage: Mapped[str] = mapped_column(Key, default="intention")
    #: The day it came to this stage.
    stage_on: Mapped[date] = mapped_column(Date)
    #: first or renewal.
    kind: Mapped[str] = mapped_column(Key, default="first")
    coach_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    entered_on: Mapped[date] = mapped_column(Date)
    #: When the firm means to file.
    expected_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("refusal_reason.id"))
    #: What was said beside the reason.
    reason_words: Mapped[str] = mapped_column(Text, default="")
    #: The agency that serves it now, repeated from the open row of ApplicationAgency, which holds it to the register.
    agency_id: Mapped[int | None] = mapped_column(Integer)
    #: The application it takes up again.
    before_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    #: The published list that it is not on and in spite of which it still waits; no key, for lists can be taken back.
    waits_result_id: Mapped[int | None] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    __mapper_args__ = {"version_id_col": version}

    batch: Mapped[ApplicationBatch] = relationship(ApplicationBatch)
    firm: Mapped[Firm] = relationship(Firm)
    coach: Mapped[User | None] = relationship(User, foreign_keys=coach_id)
    reason: Mapped[RefusalReason | None] = relationship(RefusalReason)
    before: Mapped["Application | None"] = relationship("Application", remote_side=[id])

    @property
    def is_open(self) -> bool:
        """Whether it still runs."""
        return self.stage not in ENDED

    def deadline(self, today: date) -> Deadline | None:
        """The date of its batch that concerns it next."""
        return next_deadline(self.stage, self.batch.days.items(), today)

    @classmethod
    def visible_to(cls, user: User) -> Select["Application"]:
        """Select the applications this person may see, unordered: those of the firms they see."""
        query = select(cls)
        if "applications.view" not in user.permissions:
            return query.where(cls.id.is_(None))
        if Firm.all_visible_to(user):
            return query
        return query.where(cls.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id)))

    @classmethod
    def get_for(cls, user: User, application_id: int) -> "Application":
        """The application with batch, firm and coach, or NotFound when it does not exist for this person."""
        query = cls.visible_to(user).where(cls.id == application_id)
        people = (joinedload(cls.coach).lazyload(User.roles), joinedload(cls.reason))
        found = db.session.scalar(query.options(joinedload(cls.batch), joinedload(cls.firm), *people))
        if found is None:
            raise NotFound
        return found

    @classmethod
    def list_of(cls, user: User, firm_id: int) -> list["Application"]:
        """The applications of a firm that this person sees, the latest first. A fixed number of statements."""
        query = cls.visible_to(user).where(cls.firm_id == firm_id).join(cls.batch)
        query = query.options(
            joinedload(cls.batch), joinedload(cls.coach).lazyload(User.roles), joinedload(cls.reason)
        )  # fmt: skip
        order = (ApplicationBatch.year.desc(), ApplicationBatch.round.desc(), cls.id.desc())
        return list(db.session.scalars(query.order_by(*order)))

    def relations_of(self, user: User, today: date) -> set[str]:
        """What a person is towards it, deputies included. One statement."""
        officers = (self.firm.officer_a_id, self.firm.officer_b_id)
        return relations(user.id, self.coach_id, officers, acted_for(user.id, today))

    def choices_for(self, user: User, today: date) -> dict[str, Move]:
        """The stages this person may move it to now."""
        return choices(self.stage, self.relations_of(user, today), user.permissions)

    def may_work(self, user: User, today: date) -> bool:
        """Whether this person keeps its papers, notes and dates."""
        if "applications.decide" in user.permissions:
            return True
        return "applications.edit" in user.permissions and "coach" in self.relations_of(user, today)
