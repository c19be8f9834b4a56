"""Opinions and suggestions (意见建议): collected from a firm or elsewhere, passed on, answered, and the firm told."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Select, Text, select
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound, Refused
from models.firm.record import Firm
from models.rules import opinion as rules
from models.user import User
from models.visit.kinds import Choice
from models.visit.record import Visit


class OpinionKind(Choice, Model):
    """What an opinion is about: 政策, 服务, 融资 …"""

    __tablename__ = "opinion_kind"


class Opinion(Model):
    """What somebody thinks or suggests, and what became of it."""

    __tablename__ = "opinion"
    __table_args__ = (
        CheckConstraint(one_of("state", rules.STATES), name="state"),
        CheckConstraint("firm_id IS NOT NULL OR source <> ''", name="says_whose"),
        CheckConstraint("(passed_on IS NULL) = (passed_to = '')", name="passed_says_to_whom"),
        CheckConstraint("(answered_on IS NULL) = (answer = '')", name="answered_says_what"),
        CheckConstraint("(told_on IS NULL) = (told_how = '')", name="told_says_how"),
        CheckConstraint("(state IN ('answered', 'told')) = (answered_on IS NOT NULL)", name="answered"),
        CheckConstraint("(state = 'told') = (told_on IS NOT NULL)", name="told"),
        CheckConstraint("(state = 'kept') = (kept_reason <> '')", name="kept_says_why"),
        CheckConstraint("state <> 'passed' OR passed_on IS NOT NULL", name="passed"),
        Index("ix_opinion_firm_id", "firm_id"),
        Index("ix_opinion_visit_id", "visit_id"),
        Index("ix_opinion_state", "state", "collected_on"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    #: Whose opinion it is when no firm of the register gave it: a meeting, an institute, a letter.
    source: Mapped[str] = mapped_column(Name, default="")
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("opinion_kind.id"))
    #: In their own words.
    words: Mapped[str] = mapped_column(Text)
    #: Whether many have it (共性) or this one only (个性).
    common: Mapped[bool] = mapped_column(default=False)
    collected_on: Mapped[date] = mapped_column(Date)
    collected_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(Key, default="collected")
    passed_to: Mapped[str] = mapped_column(Name, default="")
    passed_on: Mapped[date | None] = mapped_column(Date)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None] = mapped_column(Date)
    told_how: Mapped[str] = mapped_column(Text, default="")
    told_on: Mapped[date | None] = mapped_column(Date)
    kept_reason: Mapped[str] = mapped_column(Name, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)

    firm: Mapped[Firm | None] = relationship(Firm)
    visit: Mapped[Visit | None] = relationship(Visit)
    kind: Mapped[OpinionKind] = relationship(OpinionKind)
    collected_by: Mapped[User | None] = relationship(User, foreign_keys=collected_by_id)

    @classmethod
    def visible_to(cls, user: User) -> Select["Opinion"]:
        """Select the opinions this person may see, with firm, kind and collector, unordered.

        Who sees a part of the district sees the opinions of its firms, and none without a firm.
        """
        query = select(cls).join(cls.kind).outerjoin(cls.firm).outerjoin(cls.collected_by)
        query = query.options(
            contains_eager(cls.kind), contains_eager(cls.firm), contains_eager(cls.collected_by).lazyload(User.roles)
        )
        if "visits.view" not in user.permissions:
            return query.where(cls.id.is_(None))
        if Firm.all_visible_to(user):
            return query
        return query.where(cls.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id)))

    @classmethod
    def get_for(cls, user: User, opinion_id: int) -> "Opinion":
        """The opinion, or NotFound when it does not exist for this person."""
        found = db.session.scalar(cls.visible_to(user).where(cls.id == opinion_id))
        if found is None:
            raise NotFound
        return found

    @classmethod
    def list_of(cls, visit_id: int) -> list["Opinion"]:
        """The opinions collected at one visit, in the order they were written."""
        return list(db.session.scalars(select(cls).where(cls.visit_id == visit_id).order_by(cls.id)))

    @classmethod
    def collect(
        cls, words: str, kind: OpinionKind, on: date, by: User, at: datetime, today: date, *,
        firm: Firm | None = None, source: str = "", visit: Visit | None = None, common: bool = False,
    ) -> "Opinion":  # fmt: skip
        """A new opinion; the caller commits. Refused without words, without saying whose, or for a day to come."""
        if not words.strip():
            raise Refused("请写意见建议的原话")
        if firm is None and not source.strip():
            raise Refused("请选企业，或写是谁提的")
        if firm is None and not Firm.all_visible_to(by):
            raise Refused("请选本辖区的企业")
        fault = rules.day_fault(on, date(1990, 1, 1), today, "收集")
        if fault:
            raise Refused(fault)
        row = cls(firm_id=firm.id if firm else None, source="" if firm else source.strip(), words=words.strip(),
                  visit_id=visit.id if visit else None, kind_id=kind.id, common=common, collected_on=on,
                  collected_by_id=by.id, created_at=at)  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row

    @property
    def whose(self) -> str:
        """The firm, or whoever else gave it."""
        return self.firm.name if self.firm else self.source

    @property
    def state_word(self) -> str:
        """Where it stands, in an officer's words."""
        return rules.STATES[self.state]

    def waits(self, today: date) -> int | None:
        """Days without an answer since it was passed on, else since it was collected; None once answered or kept."""
        return (today - (self.passed_on or self.collected_on)).days if self.state in rules.OPEN else None

    def may_change(self, user: User) -> bool:
        """Whether this person deals with it: whoever arranges the work of others, who collected it, its firm's A 角
        and B 角."""
        if "visits.edit" not in user.permissions:
            return False
        caring = (self.firm.officer_a_id, self.firm.officer_b_id) if self.firm else ()
        return "firms.assign" in user.permissions or user.id in (self.collected_by_id, *caring)

    def pass_on(self, to: str, on: date, today: date) -> None:
        """It was passed on to somebody on a day."""
        self._check("passed", to, "请写转给谁", on, self.collected_on, today, "转出")
        self.state, self.passed_to, self.passed_on = "passed", to.strip(), on

    def set_answer(self, words: str, on: date, today: date) -> None:
        """An answer came on a day."""
        self._check("answered", words, "请写怎么答复的", on, self.passed_on or self.collected_on, today, "答复")
        self.state, self.answer, self.answered_on = "answered", words.strip(), on

    def tell(self, how: str, on: date, today: date) -> None:
        """Whoever gave it was told the answer."""
        self._check("told", how, "请写怎么告知的", on, self.answered_on or self.collected_on, today, "告知")
        self.state, self.told_how, self.told_on = "told", how.strip(), on

    def keep(self, reason: str, today: date) -> None:
        """It goes nowhere, and why."""
        self._check("kept", reason, "请写为什么不转出", today, self.collected_on, today, "处理")
        self.state, self.kept_reason = "kept", reason.strip()

    def take_back(self) -> None:
        """The last step was entered by mistake. Refused for one that has only been collected."""
        before = rules.step_back(self.state, self.passed_on is not None)
        if before is None:
            raise Refused("还没有转出，没有可退回的一步")
        if self.state == "passed":
            self.passed_to, self.passed_on = "", None
        elif self.state == "answered":
            self.answer, self.answered_on = "", None
        elif self.state == "told":
            self.told_how, self.told_on = "", None
        else:
            self.kept_reason = ""
        self.state = before

    def _check(self, state: str, words: str, missing: str, on: date, not_before: date, today: date, what: str) -> None:
        if not rules.may_move(self.state, state):
            raise Refused(f"现在是“{self.state_word}”，不能这样办，请刷新后再看")
        fault = rules.day_fault(on, not_before, today, what) if words.strip() else missing
        if fault:
            raise Refused(fault)


def seed_defaults() -> None:
    """Add the default kinds that are missing. The caller commits."""
    held = set(db.session.scalars(select(OpinionKind.key)))
    for position, row in enumerate(rules.KINDS):
        if row.key not in held:
            db.session.add(OpinionKind(key=row.key, name=row.name, position=position))
    db.session.flush()
