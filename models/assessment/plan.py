"""一企一策: which title a firm goes for, the figures that have to change, the steps, who sees to it and until when."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound, Refused
from models.firm.record import Firm
from models.rules.assess.book import REGIMES
from models.user import User

STATES = {"open": "进行中", "reached": "已达成", "dropped": "不做了"}
#: How many steps a plan may have.
MOST_STEPS = 6


@dataclass(frozen=True, slots=True)
class Aim:
    """One figure a plan changes: as it was when the plan was made (empty: nobody knew) and what it has to be."""

    key: str
    start: str
    to: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wrote for a new plan; steps are (words, due)."""

    regime: str
    aims: Sequence[Aim]
    owner_id: int | None
    due_on: date
    note: str = ""
    steps: Sequence[tuple[str, date | None]] = ()


class FirmPlan(Model):
    """One plan of a firm towards one title; a firm has one open plan for each title."""

    __tablename__ = "firm_plan"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("regime", REGIMES), name="regime"),
        CheckConstraint("(state = 'open') = (ended_on IS NULL)", name="ended"),
        CheckConstraint("state <> 'dropped' OR ended_reason <> ''", name="dropped_says_why"),
        Index("ix_firm_plan_firm_id", "firm_id", "state"),
        Index("ix_firm_plan_owner_id", "owner_id", "state"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    regime: Mapped[str] = mapped_column(Key)
    #: The version of the rules it was made with.
    rule_version: Mapped[str] = mapped_column(String(64), default="")
    #: {figure: [as it was, as it has to be]}, as typed.
    changes: Mapped[str] = mapped_column(Text, default="{}")
    note: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    made_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Key, default="open")
    ended_on: Mapped[date | None] = mapped_column(Date)
    ended_reason: Mapped[str] = mapped_column(Name, default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    owner: Mapped[User | None] = relationship(User, foreign_keys=owner_id)
    steps: Mapped[list["FirmPlanStep"]] = relationship("FirmPlanStep", order_by="FirmPlanStep.position")

    @property
    def aims(self) -> list[Aim]:
        """The figures it changes."""
        return [Aim(key, start, to) for key, (start, to) in json.loads(self.changes).items()]

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.done_on is not None for step in self.steps)

    @property
    def state_word(self) -> str:
        """Where it stands, in an officer's words."""
        return STATES[self.state]

    def late(self, today: date) -> bool:
        """Whether it is still open after its day."""
        return self.state == "open" and self.due_on < today

    @classmethod
    def make(cls, firm: Firm, draft: Draft, version: str, by: User, at: datetime, today: date) -> "FirmPlan":
        """A new plan; the caller commits. Refused beside an open one for the same title, or for a day gone by."""
        if draft.regime not in REGIMES:
            raise Refused("请选目标资质")
        if draft.due_on < today or any(due and due < today for _, due in draft.steps):
            raise Refused(f"日期不能早于今天（{today}）")
        if any(due and due > draft.due_on for _, due in draft.steps):
            raise Refused(f"步骤的日期不能晚于总的完成日期（{draft.due_on}）")
        steps = [(words.strip(), due) for words, due in draft.steps if words.strip()]
        if not draft.aims and not steps:
            raise Refused("至少写一个要改的数，或一个步骤")
        twin = select(cls.id).where(cls.firm_id == firm.id, cls.regime == draft.regime, cls.state == "open")
        if db.session.scalar(twin.limit(1)) is not None:
            raise Refused("这项资质已有一份进行中的一企一策，请先结束那一份")
        changes = {aim.key: [aim.start, aim.to] for aim in draft.aims}
        plan = cls(firm_id=firm.id, regime=draft.regime, rule_version=version, note=draft.note.strip(),
                   changes=json.dumps(changes, ensure_ascii=False), owner_id=draft.owner_id, made_on=today,
                   due_on=draft.due_on, made_by_id=by.id, created_at=at)  # fmt: skip
        db.session.add(plan)
        db.session.flush()
        for position, (words, due) in enumerate(steps[:MOST_STEPS]):
            db.session.add(FirmPlanStep(plan_id=plan.id, position=position, words=words, due_on=due))
        db.session.flush()
        return plan

    @classmethod
    def list_of(cls, firm_id: int) -> list["FirmPlan"]:
        """The plans of a firm, the open ones first, with owner and steps. Two statements."""
        query = select(cls).where(cls.firm_id == firm_id).options(
            joinedload(cls.owner).lazyload(User.roles), selectinload(cls.steps)
        )  # fmt: skip
        return list(db.session.scalars(query.order_by(cls.state != "open", cls.made_on.desc(), cls.id.desc())))

    @classmethod
    def get_of(cls, firm: Firm, plan_id: int) -> "FirmPlan":
        """A plan of this firm, or NotFound."""
        found = db.session.scalar(select(cls).where(cls.id == plan_id, cls.firm_id == firm.id))
        if found is None:
            raise NotFound
        return found

    def end(self, state: str, reason: str, on: date) -> None:
        """It was reached, or is given up and why. Refused for one that ended, or given up without a reason."""
        if self.state != "open":
            raise Refused(f"这份一企一策 {self.ended_on} 已经结束")
        if state not in ("reached", "dropped"):
            raise Refused("请选结果")
        if state == "dropped" and not reason.strip():
            raise Refused("请写为什么不做了")
        self.state, self.ended_reason, self.ended_on = state, reason.strip(), on

    def tick(self, step_id: int, on: date) -> None:
        """A step is done; done once more it is open again. Refused for a plan that ended, NotFound for another's."""
        if self.state != "open":
            raise Refused(f"这份一企一策 {self.ended_on} 已经结束，不用再记步骤")
        step = next((step for step in self.steps if step.id == step_id), None)
        if step is None:
            raise NotFound
        step.done_on = None if step.done_on else on


class FirmPlanStep(Model):
    """One thing to do."""

    __tablename__ = "firm_plan_step"
    __table_args__ = (Index("ix_firm_plan_step_plan_id", "plan_id", "position"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("firm_plan.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Name)
    due_on: Mapped[date | None] = mapped_column(Date)
    done_on: Mapped[date | None] = mapped_column(Date)


def aims_of(typed: Mapping[str, str], present: Mapping[str, str]) -> list[Aim]:
    """What a trial changes, as a plan keeps it; `present` in words."""
    return [Aim(key, present.get(key, ""), text) for key, text in typed.items()]
