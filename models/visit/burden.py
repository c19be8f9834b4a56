"""How much a firm was visited lately (近期已走访提醒, promise 8): who was there, what is open, who plans to come."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from models import setting
from models.base import db
from models.plan.lines import PlanLine, PlanOfficer
from models.promise import Promise
from models.visit.demands import VisitDemand
from models.visit.record import Visit, VisitOfficer


@dataclass(frozen=True, slots=True)
class Call:
    """A visit lately, or one that is planned: the day, how far away, who."""

    on: date
    days: int
    who: str
    visit_id: int | None = None
    line_id: int | None = None


@dataclass(slots=True)
class Burden:
    """What to know before going to a firm again."""

    within: int
    firm_id: int
    lately: list[Call] = field(default_factory=list)
    planned: list[Call] = field(default_factory=list)
    demands: int = 0
    promises: int = 0
    #: Open issues.
    issues: int = 0

    @property
    def heavy(self) -> bool:
        """Whether somebody was there lately or is about to come: combine instead."""
        return bool(self.lately or self.planned)


def of(firm_id: int, today: date, besides: int | None = None) -> Burden:
    """What to know before going to this firm, but for one line of the plan. A fixed number of statements.

    The caller has seen to it that the firm exists for who asks.
    """
    within = setting.get_int("burden_days")
    found = Burden(within, firm_id)
    visits = select(Visit).where(
        Visit.firm_id == firm_id, Visit.is_visit(), Visit.visit_on.between(today - timedelta(days=within), today)
    )
    visits = visits.options(selectinload(Visit.officers).joinedload(VisitOfficer.user))
    for visit in db.session.scalars(visits.order_by(Visit.visit_on.desc(), Visit.id.desc())):
        who = "、".join(one.user.name for one in visit.officers) or visit.recorded_by_text
        found.lately.append(Call(visit.visit_on, (today - visit.visit_on).days, who, visit_id=visit.id))
    lines = select(PlanLine).where(
        PlanLine.firm_id == firm_id, PlanLine.is_open(),
        PlanLine.planned_on.between(today, today + timedelta(days=within)),
    )  # fmt: skip
    lines = lines.options(selectinload(PlanLine.officers).joinedload(PlanOfficer.user))
    for line in db.session.scalars(lines.order_by(PlanLine.planned_on, PlanLine.id)):
        if line.id != besides:
            found.planned.append(
                Call(line.planned_on, (line.planned_on - today).days, line.officer_names, line_id=line.id)
            )
    waiting = select(func.count()).select_from(VisitDemand).where(
        VisitDemand.firm_id == firm_id, VisitDemand.state == "to_review",
        VisitDemand.visit_id.in_(select(Visit.id).where(Visit.firm_id == firm_id, Visit.counted())),
    )  # fmt: skip
    found.demands = db.session.scalar(waiting) or 0
    told = select(func.count()).select_from(Promise).where(Promise.firm_id == firm_id, Promise.open_on(today))
    found.promises = db.session.scalar(told) or 0
    # An issue knows the visit it came from.
    from models.issue.record import ENDED, Issue

    told = select(func.count()).select_from(Issue).where(Issue.firm_id == firm_id, Issue.state.not_in(ENDED))
    found.issues = db.session.scalar(told) or 0
    return found
