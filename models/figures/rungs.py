"""How many firms stand on each rung: by titles in force, with 待续, and what of a rung is 待续 only."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from models.base import db
from models.figures.base import Figure, Kind, Period, Rows
from models.figures.scope import AnySelect, Scope
from models.pool import PoolMember, PoolType
from models.rules.ladder import BOARD, RUNG_NAMES, Rung
from models.standing import Standing

#: The rungs that are counted; outside the district nobody is.
COUNTED = (Rung.REGISTERED, *BOARD)


def standing_on(day: Any, table: Any = Standing) -> ColumnElement[bool]:
    """The spans that cover a day."""
    return and_(table.from_on <= day, table.to_on >= day)


def figures() -> list[Figure]:
    """rung.R, rung_with_pending.R, rung_waiting.R and rung_net.R for every rung, and ``board`` for all columns."""
    found = [
        Figure(
            "board",
            "梯队企业",
            Kind.STOCK,
            "当日站在潜力企业、科技型中小企业、专精特新、高新技术企业任一梯级上的企业，按当日有效资质；待续不计。",
            lambda period, scope: _rows(Standing.rung.in_(BOARD), period.on, scope),
        )
    ]
    for rung in COUNTED:
        name = RUNG_NAMES[rung]
        found.append(Figure(f"rung.{rung}", _plain(name, rung), Kind.STOCK, _definition(rung), _on_rung(rung)))
        found.append(
            Figure(
                f"rung_with_pending.{rung}",
                f"{name}（含待续）",
                Kind.STOCK,
                "待续企业留在原梯级计算：" + _definition(rung),
                _with_pending(rung),
            )
        )
        found.append(_net(rung))
        if rung in BOARD:
            found.append(_waiting(rung))
    found.append(
        Figure(
            "rung_pool.potential",
            "在培育库的潜力企业",
            Kind.STOCK,
            "当日站在潜力企业、并在培育库里的企业；其余是只有称号的。",
            _in_pool,
        )
    )
    return found


def tally(period: Period, scope: Scope) -> dict[str, int]:
    """rung.R, rung_with_pending.R and rung_waiting.R of every rung, board and rung_pool.potential. Two statements."""
    query = select(Standing.rung, Standing.rung_with_pending, func.count()).where(standing_on(period.on))
    query = scope.restrict(query.group_by(Standing.rung, Standing.rung_with_pending), Standing.firm_id)
    found = {f"{kind}.{rung}": 0 for kind in ("rung", "rung_with_pending") for rung in COUNTED}
    found |= {f"rung_waiting.{rung}": 0 for rung in BOARD} | {"board": 0}
    for rung, kept, number in db.session.execute(query):
        found[f"rung.{rung}"] += number
        found[f"rung_with_pending.{kept}"] += number
        if rung != kept:
            found[f"rung_waiting.{kept}"] += number
        if rung in BOARD:
            found["board"] += number
    found["rung_pool.potential"] = (
        db.session.scalar(select(func.count()).select_from(_in_pool(period, scope).subquery())) or 0
    )
    return found


def tally_by(column: Any, period: Period, scope: Scope) -> dict[Any, dict[str, int]]:
    """rung.R of every rung for each value of a column of Firm. One statement."""
    from models.firm.record import Firm

    query = select(column, Standing.rung, func.count()).select_from(Standing).join(Firm, Firm.id == Standing.firm_id)
    query = query.where(standing_on(period.on)).group_by(column, Standing.rung)
    found: dict[Any, dict[str, int]] = {}
    for value, rung, number in db.session.execute(scope.restrict(query, Standing.firm_id)):
        found.setdefault(value, {f"rung.{each}": 0 for each in COUNTED})[f"rung.{rung}"] = number
    return found


def _rows(condition: ColumnElement[bool], day: Any, scope: Scope) -> AnySelect:
    return scope.restrict(select(Standing.firm_id).where(condition, standing_on(day)), Standing.firm_id)


def _on_rung(rung: Rung) -> Rows:
    return lambda period, scope: _rows(Standing.rung == rung, period.on, scope)


def _with_pending(rung: Rung) -> Rows:
    return lambda period, scope: _rows(Standing.rung_with_pending == rung, period.on, scope)


def _in_pool(period: Period, scope: Scope) -> AnySelect:
    on = period.on
    members = select(PoolMember.firm_id).join(PoolType, PoolType.id == PoolMember.type_id)
    members = members.where(
        PoolType.makes_potential, PoolMember.from_on <= on, or_(PoolMember.to_on.is_(None), PoolMember.to_on >= on)
    )
    return _rows(and_(Standing.rung == Rung.POTENTIAL, Standing.firm_id.in_(members)), on, scope)


def _waiting(rung: Rung) -> Figure:
    condition = (Standing.rung_with_pending == rung) & (Standing.rung != rung)
    return Figure(
        f"rung_waiting.{rung}",
        f"{RUNG_NAMES[rung]}待续",
        Kind.STOCK,
        "上一张到期、还在续期窗口内、新的还没下来的企业；不算有效，也不算到期未续。",
        lambda period, scope: _rows(condition, period.on, scope),
    )


def _net(rung: Rung) -> Figure:
    def gained(period: Period, scope: Scope) -> AnySelect:
        return _rows(Standing.rung == rung, period.on, scope).where(~_stood(rung, period.since))

    def lost(period: Period, scope: Scope) -> AnySelect:
        return _rows(Standing.rung == rung, period.since, scope).where(~_stood(rung, period.on))

    return Figure(
        f"rung_net.{rung}",
        f"{RUNG_NAMES[rung]}净增",
        Kind.CHANGE,
        "期末家数减期初家数；打开是两头不同的企业，新到的和离开的都在内。",
        lambda period, scope: gained(period, scope).union(lost(period, scope)).subquery().select(),
        gained=gained,
        lost=lost,
    )


def _stood(rung: Rung, day: Any) -> ColumnElement[bool]:
    other = Standing.__table__.alias()
    return (
        select(other.c.firm_id)
        .where(other.c.firm_id == Standing.firm_id, other.c.rung == rung, standing_on(day, other.c))
        .exists()
    )


def _plain(name: str, rung: Rung) -> str:
    return "在册企业（不在梯队）" if rung is Rung.REGISTERED else name


def _definition(rung: Rung) -> str:
    if rung is Rung.REGISTERED:
        return "当日在本区、不在任何梯级上的企业。"
    if rung is Rung.POTENTIAL:
        return "当日在培育库、没有梯级资质的企业，或只有创新型、瞪羚等称号的企业。"
    return f"当日最高有效梯级资质为{RUNG_NAMES[rung]}的企业；按企业计，不按证书计。"
