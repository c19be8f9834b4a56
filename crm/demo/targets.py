"""Targets of the demo district: what the year is to bring, raised once, shared out to towns and officers."""

from datetime import date, datetime
from decimal import Decimal
from itertools import cycle, islice

from sqlalchemy import select

from models.base import db
from models.figures import registry
from models.figures.base import Kind, Period
from models.figures.scope import Scope
from models.pool.planning import towns
from models.rules.target import Goal
from models.target.record import Whose, put
from models.user import Role, User

#: Figure, kind, what it is set to: so many per cent of last year's number (of a stock, of today's).
WHOLE = (
    ("title.hnte.new", "at_least", 115), ("title.tech_sme.in_force", "number", 108),
    ("climb.sme_to_hnte", "number", 150), ("visits.count", "at_least", 110), ("issues.on_time", "at_least", 0),
)  # fmt: skip
SHARED = "title.hnte.new"
ON_TIME = Decimal(90)


def add_targets(today: date, at: datetime) -> None:
    """This year's, by somebody of the office. The caller commits."""
    office = select(User).join(User.roles).where(Role.name == "office").order_by(User.id).limit(1)
    by, year = db.session.scalars(office).one(), today.year
    first, known = date(year, 1, 1), registry.all_figures()
    # A year's number is set by the year before; what stands on a day by that day.
    before, now = Period(date(year - 2, 12, 31), date(year - 1, 12, 31)), Period.up_to(today)
    for key, kind, per_cent in WHOLE:
        figure = known[key]
        period = before if figure.kind is Kind.FLOW else now
        number = figure.count(period, Scope()) * (per_cent or 0)
        low = ON_TIME if figure.kind is Kind.RATIO else Decimal(-(-number // 100))
        if not low:
            continue
        put(year, key, Whose(), Goal(kind, low), on=first, reason=f"演示：{year} 年目标责任书", by=by, at=at)
        if key == SHARED:
            _share(year, key, int(low), first, by, at)
            raised = Goal(kind, low + 2)
            put(year, key, Whose(), raised, on=max(first, date(year, 6, 30)) if today >= date(year, 6, 30) else today,
                reason="演示：年中追加 2 家", by=by, at=at)  # fmt: skip


def _share(year: int, key: str, whole: int, first: date, by: User, at: datetime) -> None:
    """One after another gets one until all are given."""
    areas = [Whose(area_id=area.id) for area in towns()]
    found = select(User.id).join(User.roles).where(Role.name == "officer").order_by(User.id)
    officers = [Whose(officer_id=user_id) for user_id in db.session.scalars(found)]
    for parts in (areas, officers):
        given = list(islice(cycle(parts), whole)) if parts else []
        for part in parts:
            number = given.count(part)
            if number:
                put(year, key, part, Goal("number", Decimal(number)), on=first, reason="演示：目标分解表", by=by, at=at)
