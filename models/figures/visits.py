"""How many visits, to how many firms, and what was promised there: by the day of the visit, whoever wrote it when."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from models import clock
from models.figures.base import Figure, Kind, Period
from models.figures.scope import AnySelect, Scope
from models.figures.units import firms_only, members, of_unit
from models.promise import Promise
from models.visit.record import Visit, VisitOfficer


def figures() -> list[Figure]:
    """visits.count, visits.contacts (rows: visits), visits.firms, visits.again (rows: firms), promises.* (promises)."""
    return [
        Figure("visits.count", "走访次数", Kind.FLOW,
               "期内按走访日期计、方式算作走访（走访、企业来访、座谈会，可在走访方式里改）且没有撤回的走访，一次去几个人都算一次。",
               _visits, unit="次", of="visit"),
        Figure("visits.contacts", "联系次数", Kind.FLOW,
               "期内全部走访和联系，电话、微信、线上也算；撤回的不算。", _contacts, unit="次", of="visit"),
        Figure("visits.firms", "走访企业数", Kind.FLOW, "期内至少走访过一次的企业，一家只算一次。", _firms),
        Figure("visits.again", "重复走访企业数", Kind.FLOW, "期内走访过两次及以上的企业。", _again),
        Figure("promises.open", "未了结的答复承诺", Kind.STOCK, "当日还没有答复、也没有取消的答复承诺。",
               _open_promises, unit="项", of="promise"),
        Figure("promises.overdue", "逾期未答复的承诺", Kind.STOCK, "当日还没有了结、答应的日期已过的答复承诺。",
               _overdue_promises, unit="项", of="promise"),
    ]  # fmt: skip


def _in(period: Period, scope: Scope, column: Any) -> AnySelect:
    query = select(column).where(Visit.visit_on > period.since, Visit.visit_on <= period.on)
    unit_id = of_unit(scope)
    if unit_id is not None:
        query = query.where(Visit.id.in_(select(VisitOfficer.visit_id).where(VisitOfficer.unit_id == unit_id)))
    return firms_only(scope).restrict(query, Visit.firm_id)


def _visits(period: Period, scope: Scope) -> AnySelect:
    return _in(period, scope, Visit.id).where(Visit.is_visit())


def _contacts(period: Period, scope: Scope) -> AnySelect:
    return _in(period, scope, Visit.id).where(Visit.counted())


def _firms(period: Period, scope: Scope) -> AnySelect:
    return _in(period, scope, Visit.firm_id).where(Visit.is_visit()).distinct()


def _again(period: Period, scope: Scope) -> AnySelect:
    query = _in(period, scope, Visit.firm_id).where(Visit.is_visit())
    return query.group_by(Visit.firm_id).having(func.count() > 1)


def _open_promises(period: Period, scope: Scope) -> AnySelect:
    made = clock.day_begins(period.on + timedelta(days=1))
    query = select(Promise.id).where(Promise.open_on(period.on), Promise.created_at < made)
    return _of_scope(query, period, scope)


def _overdue_promises(period: Period, scope: Scope) -> AnySelect:
    return _of_scope(select(Promise.id).where(Promise.overdue_on(period.on)), period, scope)


def _of_scope(query: AnySelect, period: Period, scope: Scope) -> AnySelect:
    """Promises to firms in scope; of a unit, by those who belong to it at the end of the period."""
    unit_id = of_unit(scope)
    if unit_id is not None:
        query = query.where(Promise.person_id.in_(members(unit_id, period.on)))
    return firms_only(scope).restrict(query, Promise.firm_id)
