"""Many counts at once: figures for periods and scopes of their own, in one statement for a hundred of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, func, select

from models.base import db
from models.figures.base import Figure, Kind, Period, Rows
from models.figures.scope import Scope

#: Counts a statement asks for: databases allow some two thousand columns, and statements of a megabyte.
TOGETHER = 100


@dataclass(frozen=True)
class Asked:
    """One figure for one period and scope; ``whole``: of a rate the whole, not the part."""

    figure: Figure
    period: Period
    scope: Scope
    whole: bool = False


def count_many(asked: Sequence[Asked]) -> list[int]:
    """What ``figure.count(period, scope)`` says of each, in their order."""
    terms: list[tuple[int, int, ScalarSelect[int]]] = []
    for place, one in enumerate(asked):
        terms += [(place, sign, _length(rows, one)) for rows, sign in _parts(one)]
    found = [0] * len(asked)
    for start in range(0, len(terms), TOGETHER):
        some = terms[start : start + TOGETHER]
        row = db.session.execute(select(*(term.label(f"n{i}") for i, (_, _, term) in enumerate(some)))).one()
        for (place, sign, _), number in zip(some, row, strict=True):
            found[place] += sign * number
    return found


def _parts(one: Asked) -> list[tuple[Rows, int]]:
    figure = one.figure
    if one.whole and figure.whole is not None:
        return [(figure.whole, 1)]
    if figure.kind is Kind.CHANGE and figure.gained is not None and figure.lost is not None:
        return [(figure.gained, 1), (figure.lost, -1)]
    return [(figure.rows, 1)]


def _length(rows: Rows, one: Asked) -> Any:
    return select(func.count()).select_from(rows(one.period, one.scope).subquery()).scalar_subquery()
