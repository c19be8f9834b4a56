"""For every type of title: 新增, 重新认定, 有效, 公示中, 待续, 累计, 失去, 净增, counted in firms."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from models.base import db
from models.figures.base import Figure, Kind, Period, Rows
from models.figures.rungs import standing_on
from models.figures.scope import AnySelect, Scope
from models.rules.ladder import GrantKind, TitleState
from models.standing import StandingTitle, TitleIssue, TitleLapse
from models.title import TitleType

#: What is counted of each type, in the order of the contract.
MEASURES = (
    "in_force", "provisional", "pending_renewal", "new", "first", "regained", "renewed", "issued", "ended", "ever",
    "net", "ends_next_year",
)  # fmt: skip
STOCKS = {
    TitleState.IN_FORCE: ("有效", "当日有效（发证日起至有效期最后一天，未撤销）的企业。"),
    TitleState.PROVISIONAL: ("公示中", "当日已公示、还没有公告或没有人确认的企业；不算有效。"),
    TitleState.PENDING: ("待续", "上一张已到期、续期窗口还开着、新的还没下来的企业；不算有效。"),
}
FRESH = (GrantKind.FIRST, GrantKind.REGAINED)
#: What a firm with several grants in one period counts as: the first of these.
ORDER = {GrantKind.FIRST: 0, GrantKind.REGAINED: 1, GrantKind.RENEWED: 2}


def figures(kinds: Sequence[TitleType]) -> list[Figure]:
    """title.TYPE.MEASURE for every type."""
    return [figure for kind in kinds for figure in _of_type(kind)]


def _of_type(kind: TitleType) -> list[Figure]:
    found = [
        Figure(f"title.{kind.key}.{state}", f"{word}{kind.name}", Kind.STOCK, text, _stock(kind.id, state))
        for state, (word, text) in STOCKS.items()
    ]

    def add(measure: str, name: str, how: Kind, text: str, rows: Any) -> None:
        found.append(Figure(f"title.{kind.key}.{measure}", name.format(kind.name), how, text, rows))

    add("new", "新增{}", Kind.FLOW, "期内获得、不是重新认定的企业：首次的加失效后再认定的。", _issued(kind.id, FRESH))
    add("first", "首次获得{}", Kind.FLOW, "期内获得，此前从没有过的企业。", _issued(kind.id, (GrantKind.FIRST,)))
    add(
        "regained",
        "失效后再认定{}",
        Kind.FLOW,
        "期内获得，以前有过但已失效的企业。",
        _issued(kind.id, (GrantKind.REGAINED,)),
    )
    add("renewed", "重新认定{}", Kind.FLOW, _renewed_text(kind), _issued(kind.id, (GrantKind.RENEWED,)))
    add("issued", "获得{}", Kind.FLOW, "新增加重新认定；一家企业只算一次。", _issued(kind.id, tuple(GrantKind)))
    add(
        "ended",
        "到期未续或撤销{}",
        Kind.FLOW,
        "期内失去的企业：到期且续期窗口已关，或被撤销；待续的不算。",
        _ended(kind.id),
    )
    add("ever", "累计获得{}", Kind.EVER, "到当日为止获得过的企业，一家只算一次，现在失效、迁出的也算。", _ever(kind.id))
    add("ends_next_year", "明年到期{}", Kind.STOCK, "当日有效、下一自然年内到期的企业。", _ends_next_year(kind.id))
    found.append(_net(kind))
    return found


def _renewed_text(kind: TitleType) -> str:
    if kind.rule.yearly:
        return "期内获得，且有上一年编号的企业；单列，不算新增。"
    return "期内获得，且同一资质在当年或以后到期的企业；单列，不算新增。"


def tally(period: Period, scope: Scope, kinds: Sequence[TitleType]) -> dict[str, int]:
    """Every measure of every type. A fixed number of statements, however many types and firms."""
    keys = {kind.id: kind.key for kind in kinds}
    found = {f"title.{key}.{measure}": 0 for key in keys.values() for measure in MEASURES}
    for day, sign in ((period.on, 1), (period.since, -1)):
        for type_id, state, number in db.session.execute(_stock_counts(day, scope)):
            if sign > 0:
                found[f"title.{keys[type_id]}.{state}"] = number
            if state == TitleState.IN_FORCE:
                found[f"title.{keys[type_id]}.net"] += sign * number
    for type_id, rank, number in db.session.execute(_issue_counts(period, scope)):
        kind = tuple(ORDER)[rank]
        for measure in (kind, "issued", *(("new",) if kind in FRESH else ())):
            found[f"title.{keys[type_id]}.{measure}"] += number
    for measure, rows in (("ended", _lapsed(period)), ("ever", _granted(period)), ("ends_next_year", _ending(period))):
        table = rows.column_descriptions[0]["entity"]
        rows = scope.restrict(rows, table.firm_id).with_only_columns(table.firm_id, table.type_id).distinct()
        part = rows.subquery()
        for type_id, number in db.session.execute(select(part.c.type_id, func.count()).group_by(part.c.type_id)):
            found[f"title.{keys[type_id]}.{measure}"] = number
    return found


def _stock_counts(day: Any, scope: Scope) -> AnySelect:
    query = select(StandingTitle.type_id, StandingTitle.state, func.count()).where(standing_on(day, StandingTitle))
    return scope.restrict(query.group_by(StandingTitle.type_id, StandingTitle.state), StandingTitle.firm_id)


def _issue_counts(period: Period, scope: Scope) -> AnySelect:
    rank = func.min(case(ORDER, value=TitleIssue.kind)).label("rank")
    best = select(TitleIssue.type_id, TitleIssue.firm_id, rank).where(_in_period(period))
    best = scope.restrict(best, TitleIssue.firm_id).group_by(TitleIssue.type_id, TitleIssue.firm_id)
    part = best.subquery()
    return select(part.c.type_id, part.c.rank, func.count()).group_by(part.c.type_id, part.c.rank)


def _in_period(period: Period) -> ColumnElement[bool]:
    return (TitleIssue.issued_on > period.since) & (TitleIssue.issued_on <= period.on) & TitleIssue.present


def _stock(type_id: int, state: TitleState) -> Rows:
    def rows(period: Period, scope: Scope) -> AnySelect:
        query = select(StandingTitle.firm_id).where(StandingTitle.type_id == type_id, StandingTitle.state == state)
        return scope.restrict(query.where(standing_on(period.on, StandingTitle)), StandingTitle.firm_id)

    return rows


def _issued(type_id: int, kinds: tuple[GrantKind, ...]) -> Rows:
    """Firms whose foremost grant of the period is one of these kinds."""
    ranks = [ORDER[kind] for kind in kinds]

    def rows(period: Period, scope: Scope) -> AnySelect:
        query = select(TitleIssue.firm_id).where(TitleIssue.type_id == type_id, _in_period(period))
        query = scope.restrict(query, TitleIssue.firm_id).group_by(TitleIssue.firm_id)
        return query.having(func.min(case(ORDER, value=TitleIssue.kind)).in_(ranks))

    return rows


def _lapsed(period: Period) -> AnySelect:
    """The first day without the title lies in the period, and by its end the loss is certain."""
    return select(TitleLapse.firm_id).where(
        TitleLapse.last_on >= period.since, TitleLapse.last_on < period.on, TitleLapse.known_on <= period.on
    )


def _granted(period: Period) -> AnySelect:
    return select(TitleIssue.firm_id).where(TitleIssue.issued_on <= period.on)


def _ending(period: Period) -> AnySelect:
    year = period.on.year + 1
    return select(StandingTitle.firm_id).where(
        StandingTitle.state == TitleState.IN_FORCE,
        standing_on(period.on, StandingTitle),
        StandingTitle.to_on >= period.on.replace(year=year, month=1, day=1),
        StandingTitle.to_on <= period.on.replace(year=year, month=12, day=31),
    )


def _ended(type_id: int) -> Rows:
    return lambda period, scope: _distinct(_lapsed(period), TitleLapse, type_id, scope)


def _ever(type_id: int) -> Rows:
    return lambda period, scope: _distinct(_granted(period), TitleIssue, type_id, scope)


def _ends_next_year(type_id: int) -> Rows:
    return lambda period, scope: _distinct(_ending(period), StandingTitle, type_id, scope)


def _distinct(query: AnySelect, table: Any, type_id: int, scope: Scope) -> AnySelect:
    rows: AnySelect = scope.restrict(query.where(table.type_id == type_id), table.firm_id)
    return rows.distinct()


def _net(kind: TitleType) -> Figure:
    held = _stock(kind.id, TitleState.IN_FORCE)

    def gained(period: Period, scope: Scope) -> AnySelect:
        return held(period, scope).where(
            StandingTitle.firm_id.not_in(held(Period(period.since, period.since), Scope()))
        )

    def lost(period: Period, scope: Scope) -> AnySelect:
        before = held(Period(period.since, period.since), scope)
        return before.where(StandingTitle.firm_id.not_in(held(period, Scope())))

    return Figure(
        f"title.{kind.key}.net",
        f"{kind.name}净增",
        Kind.CHANGE,
        "期末有效家数减期初有效家数；打开是两头不同的企业，新到的和离开的都在内。",
        lambda period, scope: gained(period, scope).union(lost(period, scope)).subquery().select(),
        gained=gained,
        lost=lost,
    )
