"""What teams and campaigns have brought: visits, firms, visits with experts, sums of outcomes, as far as one sees."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from models.base import db
from models.firm.record import Firm
from models.team.record import TeamFirm
from models.user import User
from models.visit.outcomes import VisitOutcome
from models.visit.record import Visit, VisitCompanion


@dataclass(slots=True)
class Brought:
    """The figures of one team or one campaign."""

    visits: int = 0
    firms: int = 0
    #: Visits an expert came along to.
    with_experts: int = 0
    #: Outcome kind → sum.
    outcomes: dict[int, int] = field(default_factory=dict)

    @property
    def share(self) -> int | None:
        """How much of the visits experts were at, in whole per cent; None without a visit."""
        return round(self.with_experts * 100 / self.visits) if self.visits else None


def by_team(user: User) -> dict[int, Brought]:
    """Team → what it brought. Two statements."""
    return _brought(user, Visit.team_id)


def by_campaign(user: User) -> dict[int, Brought]:
    """Campaign → what all its visits brought, with a team or without. Two statements."""
    return _brought(user, Visit.campaign_id)


def firms_by_team(user: User) -> dict[int, int]:
    """Team → how many firms it looks after. One statement."""
    query = TeamFirm.visible_to(user).with_only_columns(TeamFirm.team_id, func.count(TeamFirm.id))
    return {team_id: number for team_id, number in db.session.execute(query.group_by(TeamFirm.team_id))}  # noqa: C416


def firms_of(user: User, team_id: int) -> list[tuple[TeamFirm, Firm, int, date | None]]:
    """The team's firms with the number of its visits there and the last one, by name. One statement."""
    met = (
        select(Visit.firm_id, func.count(Visit.id).label("visits"), func.max(Visit.visit_on).label("last_on"))
        .where(Visit.team_id == team_id, Visit.is_visit())
        .group_by(Visit.firm_id)
        .subquery()
    )
    query = (
        TeamFirm.visible_to(user)
        .join(Firm, Firm.id == TeamFirm.firm_id)
        .outerjoin(met, met.c.firm_id == Firm.id)
        .with_only_columns(TeamFirm, Firm, func.coalesce(met.c.visits, 0), met.c.last_on)
        .where(TeamFirm.team_id == team_id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in db.session.execute(query.order_by(Firm.sort_key, Firm.id))]


def expert_visits(user: User, team_id: int) -> list[tuple[str, str, int]]:
    """(expert, organisation, visits they came along to), the busiest first. One statement."""
    number = func.count(Visit.id.distinct())
    query = (
        select(VisitCompanion.name, func.max(VisitCompanion.organisation), number)
        .join(Visit, Visit.id == VisitCompanion.visit_id)
        .where(VisitCompanion.kind == "expert", Visit.team_id == team_id, Visit.is_visit(), *_scope(user))
        .group_by(VisitCompanion.name)
        .order_by(number.desc(), VisitCompanion.name)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def _scope(user: User) -> Sequence[ColumnElement[bool]]:
    if "visits.view" not in user.permissions:
        return [Visit.id.is_(None)]
    if Firm.all_visible_to(user):
        return []
    return [Visit.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id))]


def _brought(user: User, by: Any) -> dict[int, Brought]:
    expert = select(VisitCompanion.visit_id).where(VisitCompanion.kind == "expert")
    counts: Select[Any] = select(
        by, func.count(Visit.id), func.count(Visit.firm_id.distinct()),
        func.count(Visit.id).filter(Visit.id.in_(expert)),
    )  # fmt: skip
    found: dict[int, Brought] = {}
    for key, visits, firms, experts in db.session.execute(
        counts.where(by.is_not(None), Visit.is_visit(), *_scope(user)).group_by(by)
    ):
        found[key] = Brought(visits, firms, experts)
    sums = select(by, VisitOutcome.kind_id, func.sum(VisitOutcome.number))
    sums = sums.join(VisitOutcome, VisitOutcome.visit_id == Visit.id)
    sums = sums.where(by.is_not(None), Visit.counted(), *_scope(user)).group_by(by, VisitOutcome.kind_id)
    for key, kind_id, number in db.session.execute(sums):
        found.setdefault(key, Brought()).outcomes[kind_id] = int(number)
    return found
