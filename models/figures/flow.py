"""Who moved on the ladder between two dates: every pair of rungs, and every kind of move, opens into its firms.

Rungs count 待续 as held, so that a firm between two certificates stays where it is.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true

from models.base import db
from models.figures.base import Figure, Kind, Period, Rows
from models.figures.rungs import standing_on
from models.figures.scope import AnySelect, Scope
from models.rules.ladder import BOARD, LADDER, MOVE_NAMES, RUNG_NAMES, Move, Rung, move_between
from models.standing import Standing

# Tables, not mapped aliases: those would want every model to be imported first.
_old = Standing.__table__.alias("old")
_new = Standing.__table__.alias("new")
Old, New = _old.c, _new.c
from_rung = func.coalesce(Old.rung_with_pending, Rung.OUTSIDE.value)
to_rung = func.coalesce(New.rung_with_pending, Rung.OUTSIDE.value)
#: Where a firm that leaves the board goes.
OFF = (Rung.REGISTERED, Rung.OUTSIDE)
#: Moves that are drawn and listed, in the order of the page.
MOVERS = (Move.CLIMBED, Move.SKIPPED, Move.RETURNED, Move.LAPSED, Move.ENTERED, Move.EXITED, Move.LEFT)

DEFINITIONS = {
    Move.CLIMBED: "比起点高一级。",
    Move.SKIPPED: "比起点高不止一级。",
    Move.RETURNED: "起点时已失去、以前有过的资质，期内又取得，回到那一梯级。",
    Move.LAPSED: "比起点低：高一级的资质到期未续或被撤销；待续的不算。",
    Move.ENTERED: "起点时不在梯队（在册或区外），终点时在梯队。",
    Move.EXITED: "起点是潜力企业，终点在册：出了培育库，或称号到期。",
    Move.LEFT: "起点在梯队，终点已迁出、注销或吊销。",
    Move.UNCHANGED: "两头在同一梯级。",
}


@dataclass(frozen=True, slots=True)
class Step:
    """From one rung to another; ``held``: the firm had a title of the new rung before."""

    old: Rung
    new: Rung
    held: bool = False

    @property
    def move(self) -> Move:
        """What it is called."""
        return _move(self)


@cache
def _move(step: Step) -> Move:
    """There are few steps, and a page asks for each many times."""
    return move_between(step.old, step.new, held_before=step.held)


#: Everything that touches the board. 在册 and outside alone are nobody's news.
ONTO = tuple(
    Step(old, new, held) for new in BOARD for old in Rung for held in ((False, True) if new in LADDER else (False,))
)
OFF_BOARD = tuple(Step(old, new) for old in BOARD for new in OFF)


@dataclass(slots=True)
class Flow:
    """The counted steps between two dates."""

    steps: dict[Step, int] = field(default_factory=dict)

    def count(self, *, move: Move | None = None, old: Rung | None = None, new: Rung | None = None) -> int:
        """How many firms made these steps; None = any."""
        return sum(number for step, number in self.steps.items() if _fits(step, move, old, new))

    @property
    def movers(self) -> int:
        """How many firms changed their rung."""
        return sum(number for step, number in self.steps.items() if step.move is not Move.UNCHANGED)


def figures() -> list[Figure]:
    """flow.FROM.TO for every pair, move.MOVE, move.MOVE.to.RUNG, move.MOVE.from.RUNG, and movers."""
    found = [
        Figure("movers", "梯队变动", Kind.FLOW, "两个时点梯级不同的企业；每家只算一次。", _rows(_mover)),
    ]
    for old in Rung:
        for new in Rung:
            if old in BOARD or new in BOARD:
                name = f"{RUNG_NAMES[old]}到{RUNG_NAMES[new]}"
                found.append(
                    Figure(f"flow.{old}.{new}", name, Kind.FLOW, "两个时点的梯级（待续留在原梯级）。", _pair(old, new))
                )
    for move in Move:
        name, text = MOVE_NAMES[move], DEFINITIONS[move]
        found.append(Figure(f"move.{move}", name, Kind.FLOW, text, _pair(move=move)))
        for rung in Rung:
            found.append(
                Figure(
                    f"move.{move}.to.{rung}", f"{name}到{RUNG_NAMES[rung]}", Kind.FLOW, text, _pair(new=rung, move=move)
                )
            )
            found.append(
                Figure(
                    f"move.{move}.from.{rung}", f"{RUNG_NAMES[rung]}{name}", Kind.FLOW, text, _pair(old=rung, move=move)
                )
            )
    return found


def bands() -> list[Figure]:
    """band.MOVE.FROM.TO: what is drawn as one ribbon; FROM or TO may be ``off``, in 册 or outside the district."""
    found = {}
    for step in (*ONTO, *OFF_BOARD):
        key = band(step)
        old, new = ("在册或区外" if end == "off" else RUNG_NAMES[end] for end in key[1:])
        name = f"{old}到{new}（{MOVE_NAMES[step.move]}）"
        found[key] = Figure(f"band.{'.'.join(key)}", name, Kind.FLOW, DEFINITIONS[step.move], _rows(_in_band(key)))
    return list(found.values())


def band(step: Step) -> tuple[str, str, str]:
    """The ribbon a step belongs to: where a firm came from off the board makes no difference to the eye."""
    return (step.move, "off" if step.old in OFF else step.old, step.new)


def _in_band(key: tuple[str, str, str]) -> Callable[[Step], bool]:
    return lambda step: band(step) == key


def tally(period: Period, scope: Scope) -> Flow:
    """Every step between the two dates with its number of firms. Two statements."""
    flow = Flow()
    for part, firm_id in ((_onto(period), New.firm_id), (_off(period), Old.firm_id)):
        held = _held(period) if firm_id is New.firm_id else false()
        columns = part.with_only_columns(
            from_rung.label("old"), to_rung.label("new"), held.label("held"), firm_id.label("firm_id")
        )
        steps = scope.restrict(columns, firm_id).subquery()
        query = select(steps.c.old, steps.c.new, steps.c.held, func.count())
        for old, new, before, number in db.session.execute(query.group_by(steps.c.old, steps.c.new, steps.c.held)):
            step = Step(Rung(old), Rung(new), bool(before))
            flow.steps[step] = flow.steps.get(step, 0) + number
    return flow


def movers(period: Period) -> dict[int, Step]:
    """Every firm whose rung changed between the two dates, with its step. Two statements."""
    found: dict[int, Step] = {}
    changed = from_rung != to_rung
    for part, firm_id in ((_onto(period), New.firm_id), (_off(period), Old.firm_id)):
        held = _held(period) if firm_id is New.firm_id else false()
        columns = part.with_only_columns(
            firm_id.label("firm_id"), from_rung.label("old"), to_rung.label("new"), held.label("held")
        )
        for row in db.session.execute(columns.where(changed)):
            found[row.firm_id] = Step(Rung(row.old), Rung(row.new), bool(row.held))
    return found


def _onto(period: Period) -> AnySelect:
    """Firms on the board on the second date, with where they came from."""
    came = and_(Old.firm_id == New.firm_id, standing_on(period.since, Old))
    return (
        select(New.firm_id)
        .select_from(_new.outerjoin(_old, came))
        .where(standing_on(period.on, New), New.rung_with_pending.in_(BOARD))
    )


def _off(period: Period) -> AnySelect:
    """Firms on the board on the first date and no longer on the second."""
    went = and_(New.firm_id == Old.firm_id, standing_on(period.on, New))
    query = select(Old.firm_id).select_from(_old.outerjoin(_new, went))
    return query.where(standing_on(period.since, Old), Old.rung_with_pending.in_(BOARD), to_rung.in_(OFF))


def _held(period: Period) -> ColumnElement[bool]:
    """Whether the firm had a title of its new rung on the first date or before."""
    return case((New.held_from <= period.since, true()), else_=false())


def _fits(step: Step, move: Move | None, old: Rung | None, new: Rung | None) -> bool:
    return (move is None or step.move is move) and old in (None, step.old) and new in (None, step.new)


def _mover(step: Step) -> bool:
    return step.move is not Move.UNCHANGED


def _pair(old: Rung | None = None, new: Rung | None = None, move: Move | None = None) -> Rows:
    return _rows(lambda step: _fits(step, move, old, new))


def _rows(wanted: Callable[[Step], bool]) -> Rows:
    """Select the firms that made one of the wanted steps."""

    def rows(period: Period, scope: Scope) -> AnySelect:
        onto = [_is(step, period) for step in ONTO if wanted(step)]
        off = [and_(from_rung == step.old, to_rung == step.new) for step in OFF_BOARD if wanted(step)]
        first = scope.restrict(_onto(period).where(or_(false(), *onto)), New.firm_id)
        second = scope.restrict(_off(period).where(or_(false(), *off)), Old.firm_id)
        return first.union_all(second).subquery().select()

    return rows


def _is(step: Step, period: Period) -> ColumnElement[bool]:
    pair = and_(from_rung == step.old, to_rung == step.new)
    if step.new not in LADDER:
        return pair
    before = New.held_from <= period.since
    return and_(pair, before if step.held else or_(New.held_from.is_(None), New.held_from > period.since))
