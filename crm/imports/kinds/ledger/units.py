"""Yuan written in a column of 万元: told by what else the row says, and only where that leaves no doubt.

Each thing a figure can be held against votes: the same figure of another year, the other of revenue and research
spending, what there is for each member of staff. A vote for yuan: absurd as written, ordinary when divided by ten
thousand. A vote for 万元: ordinary as written, absurd when divided. Yuan is certain with two votes for it and none
against, and it is doubtful with any vote for it that is not enough: then the figure is left to a person."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

#: Figures that are held against one another: what a firm earns, and what it spends on research.
REVENUE = ("operating_revenue", "main_revenue", "sales_revenue", "total_income", "output_value")
RESEARCH = ("rd_expense", "rd_spend_statistical")
YUAN = Decimal(10_000)
CERTAIN = 2

#: A figure and its year.
Place = tuple[str, int]
Figures = Mapping[Place, Decimal]


class Bounds(NamedTuple):
    """A ratio is mostly between low and high; below least or above most it is absurd."""

    least: Decimal
    low: Decimal
    high: Decimal
    most: Decimal

    @classmethod
    def of(cls, *written: str) -> "Bounds":
        """The bounds as numbers, exactly as written."""
        return cls(*map(Decimal, written))


#: A figure against that of another year: fifty times more is rare, five hundred times more is another unit.
OTHER_YEAR = Bounds.of("0.002", "0.02", "50", "500")
#: Research spending is 0.02 % to 200 % of what a firm earns, and never ten times as much.
RESEARCH_BY_REVENUE = Bounds.of("0.00002", "0.0002", "2", "10")
REVENUE_BY_RESEARCH = Bounds.of("0.1", "0.5", "3000", "10000")
#: 万元 for each member of staff.
REVENUE_BY_STAFF = Bounds.of("0.01", "0.1", "2000", "8000")
RESEARCH_BY_STAFF = Bounds.of("0.0005", "0.001", "200", "800")


def doubtful(figures: Figures, sure: Iterable[Place], staff: Decimal | None) -> dict[Place, bool]:
    """Which amounts (figure and year → 万元 as written) are not what they seem: True for certainly yuan, False for
    perhaps yuan. `sure` are those whose cell named its unit; staff: how many people the firm has."""
    known = set(sure)
    asked = [place for place in figures if place not in known and figures[place]]
    values = dict(figures)
    # What looks like yuan itself is no witness against another.
    suspects = {place for place in asked if _count(place, values, staff, ())[0] >= CERTAIN}
    found: dict[Place, bool] = {}
    # The largest first: once one is known to be yuan the others are held against its true value.
    for place in sorted(asked, key=lambda place: (-figures[place], place)):
        for_yuan, against = _count(place, values, staff, suspects)
        if for_yuan >= CERTAIN and not against:
            found[place] = True
            values[place] = figures[place] / YUAN
            suspects.discard(place)
        elif for_yuan > against:
            found[place] = False
    return found


def _count(place: Place, values: Figures, staff: Decimal | None, suspects: Collection[Place]) -> tuple[int, int]:
    """How many votes there are for yuan, and how many for 万元."""
    votes = [_of_staff(place, values[place] / staff)] if staff else []
    years: list[int] = []
    for other, value in values.items():
        if other == place or not value:
            continue
        vote = _of_figure(place, other, values[place] / value, values)
        if vote < 0 and other in suspects:
            continue
        (years if other[0] == place[0] else votes).append(vote)
    # All other years are one witness: a firm that began to sell last year differs from each of them.
    votes += [max(years)] if years and min(years) >= 0 else [-1] if years else []
    return votes.count(1), votes.count(-1)


def _of_figure(place: Place, other: Place, ratio: Decimal, values: Figures) -> int:
    """What another figure of the firm says of one; of revenue and research the same year, else the one beside."""
    if other[0] == place[0]:
        return _vote(ratio, OTHER_YEAR)
    beside = other[1] != place[1]
    if beside and (abs(other[1] - place[1]) > 1 or values.get((other[0], place[1]))):
        return 0
    if place[0] in RESEARCH and other[0] in REVENUE:
        return _vote(ratio, RESEARCH_BY_REVENUE)
    if place[0] in REVENUE and other[0] in RESEARCH:
        return _vote(ratio, REVENUE_BY_RESEARCH)
    return 0


def _of_staff(place: Place, ratio: Decimal) -> int:
    if place[0] in REVENUE:
        return _vote(ratio, REVENUE_BY_STAFF)
    return _vote(ratio, RESEARCH_BY_STAFF) if place[0] in RESEARCH else 0


def _vote(ratio: Decimal, bounds: Bounds) -> int:
    """1 for yuan, -1 for 万元, 0 for either."""
    as_yuan = ratio / YUAN
    if ratio > bounds.most and bounds.low <= as_yuan <= bounds.high:
        return 1
    if bounds.low <= ratio <= bounds.high and as_yuan < bounds.least:
        return -1
    return 0
