"""Every figure by its key. Pages, exports, documents and the command line ask here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.figures import climbs, flow, issues, plans, rungs, titles, visits
from models.figures.base import Figure, Period, UnknownFigure
from models.figures.kept import kept
from models.figures.scope import Scope
from models.title import TitleType


@dataclass(frozen=True, slots=True)
class Ladder:
    """All numbers of the ladder page for one period and scope."""

    period: Period
    scope: Scope
    counts: Mapping[str, int]
    flow: flow.Flow
    kinds: tuple[TitleType, ...]


def all_figures() -> dict[str, Figure]:
    """Every figure by key, with the types of title as their rows stand now. One statement."""
    return {
        figure.key: figure
        for figure in (
            *rungs.figures(),
            *flow.figures(),
            *flow.bands(),
            *titles.figures(TitleType.list_all()),
            *climbs.figures(),
            *visits.figures(),
            *issues.figures(),
            *plans.figures(),
        )
    }


def find(key: str) -> Figure:
    """The figure with this key. Raises UnknownFigure."""
    try:
        return all_figures()[key]
    except KeyError as error:
        raise UnknownFigure(key) from error


def ladder(period: Period, scope: Scope) -> Ladder:
    """Rungs, their net change, every type of title and the flow, in a fixed number of statements.

    The numbers are those of ``find(key).count(period, scope)``, taken together; a test holds them against each other.
    """
    kinds = tuple(TitleType.list_all())
    asked = scope if scope.firms is not None else Scope()
    firms = asked.fingerprint()
    question = ("ladder", period, tuple((kind.id, kind.key) for kind in kinds), firms)
    counts, moves = kept(question, lambda: _count(period, asked, kinds), still_so=lambda: asked.fingerprint() == firms)
    return Ladder(period, scope, counts, moves, kinds)


def _count(period: Period, scope: Scope, kinds: tuple[TitleType, ...]) -> tuple[Mapping[str, int], flow.Flow]:
    counts = rungs.tally(period, scope)
    before = rungs.tally(Period(period.since, period.since), scope)
    counts |= {f"rung_net.{rung}": counts[f"rung.{rung}"] - before[f"rung.{rung}"] for rung in rungs.COUNTED}
    counts |= titles.tally(period, scope, kinds)
    return MappingProxyType(counts), flow.tally(period, scope)
