"""Plan and done of a pool, year by year and area by area."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, distinct, func, select

from models.area import Area
from models.base import db
from models.figures.base import Period
from models.figures.climbs import climbed
from models.figures.groups import area_groups
from models.figures.scope import Scope
from models.firm.record import Firm
from models.pool.kinds import PoolExit, PoolPlan, PoolType
from models.pool.record import PoolMember
from models.user import User


@dataclass(slots=True)
class Count:
    """One row of the plan: an area (None: the whole), how many it is to bring, are in the pool for that year, reached
    their target; for 小升高 how many climbed in that year, in the pool or not."""

    name: str
    area: int | None
    plan: int | None
    inside: int = 0
    done: int = 0
    climbed: int = 0

    @property
    def gap(self) -> int | None:
        """How many are still to reach it; None without a plan."""
        return None if self.plan is None else max(0, self.plan - self.done)

    @property
    def climb_gap(self) -> int | None:
        """How many are still to climb; None without a plan."""
        return None if self.plan is None else max(0, self.plan - self.climbed)


@dataclass(slots=True)
class YearPlan:
    """A pool's year: the whole first, then its areas."""

    whole: Count
    areas: list[Count] = field(default_factory=list)

    @property
    def split(self) -> int:
        """How many the areas' plans add up to."""
        return sum(row.plan or 0 for row in self.areas)


def year_plan(user: User, kind: PoolType, year: int, on: date) -> YearPlan:
    """Plan against done of the firms a person sees, by the areas below the district. A stay belongs to its plan year;
    where it has none, to none. A fixed number of statements."""
    scope, plans = Scope(user=user), PoolPlan.numbers(kind.id, year)
    period = Period(date(year - 1, 12, 31), min(on, date(year, 12, 31)))
    groups, group_of = area_groups(scope)
    rows = {id(group): Count(group.name, (group.narrowing or {}).get("area"), None) for group in groups}
    for row in rows.values():
        row.plan = plans.get(row.area) if row.area else None
    whole = Count("合计", None, plans.get(None))
    for column, counts in (
        ("inside", _stays(kind, year, scope, PoolMember.running_on(on))),
        ("done", _stays(kind, year, scope, PoolMember.to_on <= on, _graduated())),
        ("climbed", climbed(period, scope) if period.on > period.since else {}),
    ):
        for area_id, number in counts.items():
            for row in (whole, rows[id(group_of(area_id))]):
                setattr(row, column, getattr(row, column) + number)
    everything = Firm.all_visible_to(user)
    # Who sees one town is shown its plan, not the others' and not the district's.
    own = set(user.area_ids)
    planned = {row.area for row in rows.values() if row.plan is not None and (everything or row.area in own)}
    shown = [row for row in rows.values() if row.area in planned or row.inside or row.done or row.climbed]
    if not everything or (whole.plan is None and planned):
        whole.plan = sum(row.plan or 0 for row in shown if row.area in planned) if planned else None
    return YearPlan(whole, shown)


def years(today: date) -> list[int]:
    """The years there is a plan or a stay for, and this one and the next, the latest first. Two statements."""
    found = set(db.session.scalars(select(PoolPlan.year).distinct()))
    found |= {year for year in db.session.scalars(select(PoolMember.plan_year).distinct()) if year}
    return sorted(found | {today.year, today.year + 1}, reverse=True)


def towns() -> list[Area]:
    """The areas a plan is split by: those of the district's first level. One statement."""
    groups, _ = area_groups(Scope())
    ids = [(group.narrowing or {}).get("area") for group in groups]
    query = select(Area).where(Area.id.in_([area_id for area_id in ids if area_id]), Area.closed.is_(False))
    return list(db.session.scalars(query.order_by(Area.sort_key, Area.id)))


def _graduated() -> ColumnElement[bool]:
    return PoolMember.exit_id.in_(select(PoolExit.id).where(PoolExit.graduated.is_(True)))


def _stays(kind: PoolType, year: int, scope: Scope, *conditions: ColumnElement[bool]) -> dict[int | None, int]:
    """Firms by area of today whose stays of this plan year meet the conditions. One statement."""
    query = select(Firm.area_id, func.count(distinct(PoolMember.firm_id)).label("firms")).select_from(PoolMember)
    query = query.join(Firm, Firm.id == PoolMember.firm_id)
    query = query.where(PoolMember.type_id == kind.id, PoolMember.plan_year == year, *conditions)
    query = scope.restrict(query, PoolMember.firm_id).group_by(Firm.area_id)
    return {row.area_id: row.firms for row in db.session.execute(query)}
