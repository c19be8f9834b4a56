"""A line of the week's plan: who goes to which firm on which day, and why. Each is a commitment with an end."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

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
    false,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship, selectinload

from models import clock
from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound, Refused
from models.firm.record import Firm
from models.rules import plan as rules
from models.user import User

if TYPE_CHECKING:
    from models.visit import Visit


class PlanLine(Model):
    """One commitment of a week. Open until it is done, moved or dropped."""

    __tablename__ = "plan_line"
    __table_args__ = (
        CheckConstraint("outcome IS NULL OR " + one_of("outcome", rules.OUTCOMES), name="outcome"),
        CheckConstraint("(outcome IS NULL) = (outcome_on IS NULL)", name="outcome_has_a_day"),
        CheckConstraint("outcome NOT IN ('moved', 'dropped') OR outcome_words <> ''", name="reason"),
        CheckConstraint("(moved_to_id IS NULL) OR outcome = 'moved'", name="moved"),
        CheckConstraint("visit_id IS NULL OR outcome = 'done'", name="visited"),
        CheckConstraint("firm_id IS NOT NULL OR what <> ''", name="says_what"),
        Index("ix_plan_line_planned_on", "planned_on", "id"),
        Index("ix_plan_line_firm_id", "firm_id", "planned_on"),
        Index("ix_plan_line_visit_id", "visit_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: None: a matter without a firm, such as a meeting.
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    planned_on: Mapped[date] = mapped_column(Date)
    what: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(Name, default="")
    outcome: Mapped[str | None] = mapped_column(Key)
    outcome_on: Mapped[date | None] = mapped_column(Date)
    #: How it was done, or why it was moved or dropped.
    outcome_words: Mapped[str] = mapped_column(Text, default="")
    outcome_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("plan_line.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    firm: Mapped[Firm | None] = relationship(Firm)
    moved_to: Mapped["PlanLine | None"] = relationship("PlanLine", remote_side=[id])
    officers: Mapped[list["PlanOfficer"]] = relationship(
        "PlanOfficer", back_populates="line", order_by="PlanOfficer.user_id", cascade="all, delete-orphan"
    )

    @property
    def officer_names(self) -> str:
        """Who goes, as a page writes it."""
        return "、".join(one.user.name for one in self.officers)

    def state_word(self, today: date) -> str:
        """How it stands on a day, in an officer's words."""
        return rules.state_word(self.outcome or "", self.planned_on, today)

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        """The condition that nothing has become of it yet."""
        return cls.outcome.is_(None)

    @classmethod
    def visible_to(cls, user: User) -> Select["PlanLine"]:
        """Select the lines this person may see, with firms and officers, unordered: those to firms that exist for
        them, their own, and (for who sees the whole bureau) those without a firm. Every page and feed starts here."""
        # Of firms and people only the names are shown; what people may do need not be read.
        names = selectinload(cls.officers).joinedload(PlanOfficer.user).load_only(User.name, User.sort_key)
        query = select(cls).outerjoin(cls.firm).options(contains_eager(cls.firm).load_only(Firm.name))
        query = query.options(names.lazyload(User.roles), joinedload(cls.moved_to))
        if "visits.view" not in user.permissions:
            return query.where(false())
        if Firm.all_visible_to(user):
            return query
        seen = cls.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id))
        own = and_(cls.firm_id.is_(None), cls.is_of([user.id]))
        return query.where(or_(seen, own))

    @classmethod
    def is_of(cls, user_ids: Sequence[int]) -> ColumnElement[bool]:
        """The condition that one of these people goes."""
        return cls.id.in_(select(PlanOfficer.line_id).where(PlanOfficer.user_id.in_(user_ids)))

    @classmethod
    def get_for(cls, user: User, line_id: int) -> "PlanLine":
        """The line, or NotFound when it does not exist for this person."""
        line = db.session.scalar(cls.visible_to(user).where(cls.id == line_id))
        if line is None:
            raise NotFound
        return line

    def may_change(self, user: User) -> bool:
        """Whether this person may move, drop or tick it: who goes, who wrote it, and whoever plans for others."""
        goes = user.id == self.created_by_id or any(one.user_id == user.id for one in self.officers)
        return "visits.edit" in user.permissions and (goes or "firms.assign" in user.permissions)

    @classmethod
    def add(
        cls,
        planned_on: date,
        what: str,
        officers: Sequence[User],
        *,
        by: User | None,
        at: datetime,
        firm: Firm | None = None,
        place: str = "",
    ) -> "PlanLine":
        """A new line; the caller commits. Refused for a day that is over, without officers, or with nothing to do."""
        fault = rules.day_fault(planned_on, clock.local(at).date())
        if not officers:
            fault = "请选谁去"
        if firm is None and not what.strip():
            fault = "没有企业的安排要写明做什么"
        if fault:
            raise Refused(fault)
        line = cls(planned_on=planned_on, what=what.strip(), place=place.strip(), created_at=at,
                   created_by_id=by.id if by else None, firm_id=firm.id if firm else None)  # fmt: skip
        line.officers = [PlanOfficer(user_id=officer.id) for officer in officers]
        db.session.add(line)
        db.session.flush()
        return line

    def done(self, how: str, on: date, by: User) -> None:
        """Done without a visit that ticks it: a meeting held, a firm phoned. Refused unless open, or without how."""
        if not how.strip():
            raise Refused("请写怎么落实的；去过企业的，记一次走访会自动勾掉")
        self._end("done", on, how.strip(), by)

    def drop(self, reason: str, on: date, by: User) -> None:
        """It will not happen. Refused unless open, or without a reason."""
        if not reason.strip():
            raise Refused("请写取消的原因")
        self._end("dropped", on, reason.strip(), by)

    def move(self, to_on: date, reason: str, by: User, at: datetime) -> "PlanLine":
        """Put it off to a later day with a reason; returns the new line. Refused unless open, or without a reason."""
        today = clock.local(at).date()
        fault = "请写顺延的原因" if not reason.strip() else rules.move_fault(self.planned_on, to_on, today)
        if fault:
            raise Refused(fault)
        self._end("moved", today, reason.strip(), by)
        later = PlanLine(planned_on=to_on, what=self.what, place=self.place, firm_id=self.firm_id,
                         created_at=at, created_by_id=by.id)  # fmt: skip
        later.officers = [PlanOfficer(user_id=one.user_id) for one in self.officers]
        db.session.add(later)
        db.session.flush()
        self.moved_to_id = later.id
        return later

    def reopen(self) -> None:
        """Ended by mistake: it waits again. Refused for an open line and for one that goes on elsewhere."""
        self._check("")
        self.outcome = self.outcome_on = self.outcome_by_id = self.visit_id = None
        self.outcome_words = ""

    def _end(self, outcome: str, on: date, words: str, by: User | None) -> None:
        self._check(outcome)
        self.outcome, self.outcome_on, self.outcome_words = outcome, on, words
        self.outcome_by_id = by.id if by else None

    def _check(self, outcome: str) -> None:
        if (self.outcome or "", outcome) not in rules.MOVES:
            said = rules.OUTCOMES.get(self.outcome or "", "还没有做")
            raise Refused(f"这一项{said}，请刷新后再看")


class PlanOfficer(Model):
    """One of the people who go."""

    __tablename__ = "plan_officer"

    line_id: Mapped[int] = mapped_column(ForeignKey("plan_line.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)

    line: Mapped[PlanLine] = relationship(PlanLine, back_populates="officers")
    user: Mapped[User] = relationship(User)


def tick_off(visit: "Visit", officer_ids: Sequence[int]) -> list[PlanLine]:
    """Tick the open lines that a visit does: of its firm, for one of its officers, planned for its week or not done in
    the two weeks before. Returns them; the caller commits. One statement when there is nothing to tick."""
    if not officer_ids:
        return []
    query = (
        select(PlanLine)
        .where(
            PlanLine.firm_id == visit.firm_id,
            PlanLine.is_open(),
            PlanLine.planned_on.between(visit.visit_on - rules.LATE, rules.sunday_of(visit.visit_on)),
            PlanLine.is_of(officer_ids),
        )
        .order_by(PlanLine.planned_on, PlanLine.id)
    )
    lines = list(db.session.scalars(query))
    for line in lines:
        line._end("done", visit.visit_on, "", None)
        line.visit_id = visit.id
    return lines


def untick(visit_id: int) -> int:
    """Open again what a visit had ticked, because it was taken back or moved to another firm or day; returns how many.
    The caller commits, and ticks anew after a correction."""
    lines = list(db.session.scalars(select(PlanLine).where(PlanLine.visit_id == visit_id).order_by(PlanLine.id)))
    for line in lines:
        line.reopen()
    return len(lines)
