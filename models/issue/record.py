"""An issue: what a firm needs, in its own words, who answers for it and by when. models/issue/acts changes it."""

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Select,
    String,
    Text,
    UniqueConstraint,
    false,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound
from models.firm.record import Firm
from models.issue.groups import IssueGroup
from models.issue.kinds import IssueClass, IssueTopic, OutsideHandler
from models.rules.issue import ENDED, STATES
from models.rules.issue_kinds import CHANNELS, FLOWS, KINDS, OUTCOMES
from models.unit import Unit
from models.user import User
from models.visit.demands import VisitDemand
from models.visit.record import Visit


class Issue(Model):
    """One problem or demand of one firm. The three lists are views of it; its light is computed for a date."""

    __tablename__ = "issue"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(f"flow IS NULL OR {one_of('flow', FLOWS)}", name="flow"),
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', OUTCOMES)}", name="outcome"),
        CheckConstraint("(state = 'closed_out') = (closing_id IS NOT NULL)", name="closed_with_its_closing"),
        CheckConstraint("(state = 'closed_out') = (closed_on IS NOT NULL)", name="closed_has_a_date"),
        CheckConstraint("(state = 'parked') = (parked_until IS NOT NULL)", name="parked_until_a_date"),
        CheckConstraint("(first_due_on IS NULL) = (due_on IS NULL)", name="due_from_a_first_date"),
        CheckConstraint(
            "state IN ('registered', 'admitted', 'declined', 'explained', 'withdrawn') OR due_on IS NOT NULL",
            name="dispatched_has_a_date",
        ),
        CheckConstraint("handler_id IS NULL OR outside_id IS NULL", name="one_handler"),
        CheckConstraint("round >= 1", name="round"),
        ForeignKeyConstraint(
            ["closing_id", "id"], ["issue_closing.id", "issue_closing.issue_id"], name="fk_issue_closing",
            use_alter=True, deferrable=True, initially="DEFERRED",
        ),
        UniqueConstraint("year", "serial"),
        Index("ix_issue_firm_id", "firm_id", "raised_on"),
        Index("ix_issue_state", "state", "due_on"),
        Index("ix_issue_raised_on", "raised_on", "id"),
        Index("ix_issue_handler_id", "handler_id", "state"),
        Index("ix_issue_lead_unit_id", "lead_unit_id", "state"),
        Index("ix_issue_closed_on", "closed_on", "id"),
        Index("ix_issue_due_on", "due_on", "id"),
        Index("ix_issue_topic_id", "topic_id", "firm_id"),
        Index("ix_issue_visit_id", "visit_id"),
        Index("ix_issue_demand_id", "demand_id"),
        Index("ix_issue_group_id", "group_id"),
    )  # fmt: skip

    #: Said aloud, because it is part of a reference too (with closing_id).
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    #: Made by the client, so that sending twice is noticed.
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    #: Its number on paper is 2026-0001.
    year: Mapped[int] = mapped_column(Integer)
    serial: Mapped[int] = mapped_column(Integer)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    kind: Mapped[str] = mapped_column(Key, default="problem")
    topic_id: Mapped[int] = mapped_column(ForeignKey("issue_topic.id"))
    #: None until the office classed it.
    class_id: Mapped[int | None] = mapped_column(ForeignKey("issue_class.id"))
    #: The flow of its class when it was dispatched; a class edited later changes nothing here.
    flow: Mapped[str | None] = mapped_column(Key)
    channel: Mapped[str] = mapped_column(Key, default="visit")
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    demand_id: Mapped[int | None] = mapped_column(ForeignKey("visit_demand.id"))
    #: Who at the firm speaks for this issue.
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    #: The firm's own words (原话), never reworded.
    words: Mapped[str] = mapped_column(Text)
    #: The matter in one line, for lists.
    title: Mapped[str] = mapped_column(Name)
    #: 首次提出.
    raised_on: Mapped[date] = mapped_column(Date)
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    import_row_id: Mapped[int | None] = mapped_column(Integer)

    state: Mapped[str] = mapped_column(Key, default="registered")
    #: Counts from 1; 重办 adds one.
    round: Mapped[int] = mapped_column(default=1)
    #: The lead of the present round, as its assignment says.
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    outside_id: Mapped[int | None] = mapped_column(ForeignKey("outside_handler.id"))
    #: 牵头领导 and 解决措施.
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    measures: Mapped[str] = mapped_column(Text, default="")

    dispatched_on: Mapped[date | None] = mapped_column(Date)
    sign_due_on: Mapped[date | None] = mapped_column(Date)
    signed_on: Mapped[date | None] = mapped_column(Date)
    #: From which day the clock runs, and how many working days it has.
    clock_from: Mapped[date | None] = mapped_column(Date)
    clock_days: Mapped[int | None] = mapped_column(Integer)
    #: The first date, kept through every extension and reopening; the present approved one beside it.
    first_due_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    #: False when a year on the way has no notice yet: 暂按法定节假日推算.
    due_known: Mapped[bool] = mapped_column(default=True)
    #: The first day on which its light is yellow unless it is red: little is left, nobody took it in time, or a reply
    #: is due. A date of the calendar, not a status.
    yellow_on: Mapped[date | None] = mapped_column(Date)
    #: The date the firm was told; nothing moves the due date before it.
    told_due_on: Mapped[date | None] = mapped_column(Date)
    #: By when the next 阶段答复 is due.
    next_reply_on: Mapped[date | None] = mapped_column(Date)
    extensions: Mapped[int] = mapped_column(default=0)
    parked_until: Mapped[date | None] = mapped_column(Date)
    park_conditions: Mapped[str] = mapped_column(Text, default="")
    #: How often it was carried upward (提级).
    level: Mapped[int] = mapped_column(default=0)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("issue_group.id"))

    proposed_on: Mapped[date | None] = mapped_column(Date)
    #: When the firm was first asked in this round, by link or telephone; links and calls count from it.
    asked_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str | None] = mapped_column(Key)
    #: What was done, as 申请办结 says.
    result: Mapped[str] = mapped_column(Text, default="")
    closing_id: Mapped[int | None] = mapped_column(Integer)
    closed_on: Mapped[date | None] = mapped_column(Date)
    #: When it ended otherwise: 不予受理, 解释说明, 撤回.
    ended_on: Mapped[date | None] = mapped_column(Date)
    end_reason: Mapped[str] = mapped_column(Text, default="")
    #: The firm asked to take it back and has not been phoned yet.
    withdrawal_asked_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Counts saves.
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    firm: Mapped[Firm] = relationship(Firm)
    topic: Mapped[IssueTopic] = relationship(IssueTopic)
    class_: Mapped[IssueClass | None] = relationship(IssueClass)
    visit: Mapped[Visit | None] = relationship(Visit)
    demand: Mapped[VisitDemand | None] = relationship(VisitDemand)
    raised_by: Mapped[User | None] = relationship(User, foreign_keys=raised_by_id)
    lead_unit: Mapped[Unit | None] = relationship(Unit)
    handler: Mapped[User | None] = relationship(User, foreign_keys=handler_id)
    outside: Mapped[OutsideHandler | None] = relationship(OutsideHandler)
    leader: Mapped[User | None] = relationship(User, foreign_keys=leader_id)
    group: Mapped[IssueGroup | None] = relationship(IssueGroup)

    @property
    def number(self) -> str:
        """Its number on paper."""
        return f"{self.year}-{self.serial:04d}"

    @property
    def handler_name(self) -> str:
        """The one person who answers for it; empty before 交办."""
        if self.handler is not None:
            return self.handler.name
        return self.outside.name if self.outside is not None else ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state not in ENDED

    @classmethod
    def visible_to(cls, user: User) -> Select["Issue"]:
        """Select the issues this person may see, with their firms, unordered.

        Every page, count, file and export starts here. Who handles issues of other units sees those given to them.
        """
        query = select(cls).join(cls.firm).options(contains_eager(cls.firm))
        mine: list[ColumnElement[bool]] = []
        if "issues.handle" in user.permissions:
            mine.append(cls.id.in_(assigned_to(user.id)))
        if "issues.view" not in user.permissions:
            return query.where(or_(false(), *mine))
        if Firm.all_visible_to(user):
            return query
        if "firms.all" in user.permissions:
            mine.append(cls.raised_by_id == user.id)
        return query.where(or_(cls.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id)), *mine))

    @classmethod
    def get_for(cls, user: User, issue_id: int) -> "Issue":
        """The issue, or NotFound when it does not exist for this person."""
        found = db.session.scalar(cls.visible_to(user).where(cls.id == issue_id))
        if found is None:
            raise NotFound
        return found


def assigned_to(user_id: int) -> Select[int]:
    """Select the ids of the issues a person was given, as lead or assisting, and still holds."""
    from models.issue.parts import IssueAssignment

    return select(IssueAssignment.issue_id).where(
        IssueAssignment.user_id == user_id, IssueAssignment.ended_at.is_(None)
    )
