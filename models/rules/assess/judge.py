"""The exact evaluator: one firm against one book. Fractions throughout, ratios unrounded, borders as written.

Every question has three answers: yes, no, and unknown (None). Points lie between a least and a greatest value until
what is missing is known, so that an unknown counts only where it could change the answer.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

from models.rules.assess.book import AT_LEAST, AT_MOST, LESS_THAN, MORE_THAN, Book, Condition, Points, Test
from models.rules.assess.firm import Firm, Interval
from models.rules.assess.measures import MEASURES, Growth, Tree, evaluate, growth_rate, undefined

ELIGIBLE, NOT_ELIGIBLE, UNKNOWN = "eligible", "not_eligible", "unknown"
#: Chinese for the three verdicts.
VERDICTS = {ELIGIBLE: "符合", NOT_ELIGIBLE: "不符合", UNKNOWN: "待补数"}


class Range(NamedTuple):
    """The least and the greatest points that are possible."""

    low: int
    high: int

    @property
    def value(self) -> int | None:
        """The points; None while they are open."""
        return self.low if self.low == self.high else None


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """No when one is no; else unknown when one is unknown; else yes."""
    found: bool | None = True
    for one in answers:
        if one is False:
            return False
        if one is None:
            found = None
    return found


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Yes when one is yes; else unknown when one is unknown; else no."""
    found: bool | None = False
    for one in answers:
        if one:
            return True
        if one is None:
            found = None
    return found


def compare(comparison: str, found: Interval, limit: Fraction) -> bool | None:
    """Whether whatever lies in the interval keeps the limit; None when some of it does."""
    low, high = found
    if comparison == AT_LEAST:
        return True if low >= limit else (False if high < limit else None)
    if comparison == MORE_THAN:
        return True if low > limit else (False if high <= limit else None)
    if comparison == AT_MOST:
        return True if high <= limit else (False if low > limit else None)
    assert comparison == LESS_THAN
    return True if high < limit else (False if low >= limit else None)


def limit_of(test: Test, measured: Callable[[str], Interval]) -> Fraction | None:
    """The limit that applies: of the tier where it has tiers, None while that is unknown; squared for a rate over two
    years."""
    limit: Fraction | None = test.limit
    if test.tier_by:
        by = measured(test.tier_by).value
        limit = None if by is None else next(one for top, one in test.tiers if top is None or by <= top)
    if limit is not None and test.measure and MEASURES[test.measure].squared:
        return (1 + limit) ** 2
    return limit


def measured_exactly(test: Test, firm: Firm) -> bool | None:
    """The exact answer to a test on a measure, for one firm."""
    limit = limit_of(test, lambda name: evaluate(MEASURES[name].tree, firm))
    return None if limit is None else compare(test.comparison, evaluate(MEASURES[test.measure].tree, firm), limit)


class Judge:
    """One firm against one book; each part is worked out when it is asked for, once."""

    def __init__(self, book: Book, firm: Firm) -> None:
        self.book = book
        self.firm = firm
        self._measures: dict[str, Interval] = {}
        self.bands: dict[str, Range] = {}
        self.points: dict[str, Range] = {}
        #: Bands without meaning or beyond the table: a person decides.
        self.human: set[str] = set()
        for band in book.bands:
            self.bands[band.key] = self._range(band, self.bands)
        for item in book.points:
            self.points[item.key] = self._range(item, self.points)
        self.routes = {route.key: self.test(route.test) for route in book.direct}
        #: Whether a direct route holds.
        self.direct = any_of(self.routes.values())
        #: The answer of each condition by itself, before a direct route replaces it.
        self.own = {condition.key: self._condition(condition) for condition in book.conditions}
        self.conditions = {
            condition.key: any_of((self.own[condition.key], self.direct))
            if condition.replaced_by_direct
            else self.own[condition.key]
            for condition in book.conditions
        }

    def suggested(self) -> Range | None:
        """The least and the greatest sum that the figures suggest (195号 三（七）): the parts that experts gave, and
        of the others their bands. None for a book without experts."""
        parts = [item for item in self.book.points if item.expert]
        found = []
        for part in parts:
            bands = _sum([self.bands[key] for key in part.bands], part.most)
            given = self.firm.expert(part.expert)
            found.append(
                Range(bands.low, min(part.most, bands.high + part.rest)) if given is None else Range(given, given)
            )
        return _sum(found, self.book.most or 0) if parts else None

    @property
    def verdict(self) -> str:
        """eligible, not_eligible or unknown: a condition that fails decides, whatever else is unknown."""
        if not self.book.scoring:
            return UNKNOWN
        met = all_of(self.conditions.values())
        return UNKNOWN if met is None else (ELIGIBLE if met else NOT_ELIGIBLE)

    def measure(self, name: str) -> Interval:
        """The exact value of a measure."""
        if name not in self._measures:
            self._measures[name] = evaluate(MEASURES[name].tree, self.firm)
        return self._measures[name]

    def limit(self, test: Test) -> Fraction | None:
        """The limit that applies to this firm; see `limit_of`."""
        return limit_of(test, self.measure)

    def test(self, test: Test) -> bool | None:
        """The answer to one test."""
        if test.declared:
            return self.firm.declared(test.declared)
        if test.industry_outside:
            return self.firm.industry_division not in test.industry_outside
        limit = self.limit(test)
        if limit is None:
            return None
        if test.points:
            low, high = self.points[test.points]
            return compare(test.comparison, Interval(Fraction(low), Fraction(high)), limit)
        return compare(test.comparison, self.measure(test.measure), limit)

    def _condition(self, condition: Condition) -> bool | None:
        answers = [self.test(test) for test in condition.tests]
        met = all_of(answers) if condition.every else any_of(answers)
        return any_of((met, *(self.test(test) for test in condition.unless))) if condition.unless else met

    def _range(self, item: Points, before: dict[str, Range]) -> Range:
        if item.best_of:
            parts = [before[key] for key in item.best_of]
            return Range(max(part.low for part in parts), max(part.high for part in parts))
        if item.sum_of:
            return _sum([before[key] for key in item.sum_of], item.most)
        if item.expert:
            given = self.firm.expert(item.expert)
            # Experts are not held to what the figures suggest: until they have said it, it may be anything.
            return Range(0, item.most) if given is None else Range(given, given)
        return self._steps(item)

    def _steps(self, item: Points) -> Range:
        """Between what the first step that surely holds gives, and what the first that may hold gives."""
        high = None
        for step in item.steps:
            met = self.test(step.test)
            if met is not False and high is None:
                high = step.high
            if met:
                if step.human:
                    self.human.add(item.key)
                return Range(step.low, step.high if high is None else high)
        tree = MEASURES[item.steps[0].test.measure].tree if item.steps[0].test.measure else None
        if tree and (undefined(tree, self.firm) or _negative(tree, self.firm)):
            self.human.add(item.key)
        return Range(item.otherwise, item.otherwise if high is None else high)


def _negative(tree: Tree, firm: Firm) -> bool:
    return isinstance(tree, Growth) and growth_rate(tree.name, firm) == "human"


def _sum(parts: list[Range], most: int) -> Range:
    return Range(min(most, sum(part.low for part in parts)), min(most, sum(part.high for part in parts)))
