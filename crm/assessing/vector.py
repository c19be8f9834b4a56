"""Measures, tests and points of a rule book over columns: the same trees and steps as the exact evaluator reads.

Computed in float64. A row so near a border that float64 cannot be trusted with it is asked again exactly, by
``judge.measured_exactly``; points are whole numbers and add up exactly.
"""

import numpy as np
import numpy.typing as npt

from crm.assessing.columns import NO, UNSURE, YES, Answers, Columns, Floats, Pair
from models.rules.assess.book import AT_LEAST, AT_MOST, MORE_THAN, Book, Points, Test
from models.rules.assess.judge import measured_exactly
from models.rules.assess.measures import ASK, MEASURES, TOO_LOW, Figure, Growth, Quotient, Total, Tree, Window

#: Of a border, relative (of one, for borders below it): rows nearer than this are judged exactly.
NEAR = 1e-9
Rows = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int16]
#: Least and greatest points of every row.
Range = tuple[Whole, Whole]


#: An exact answer as the columns keep it.
CODES = {True: YES, False: NO, None: UNSURE}


def all_of(answers: list[Answers]) -> Answers:
    """No where one is no; else unsure where one is unsure; else yes."""
    found = np.stack(answers)
    return np.where((found == NO).any(axis=0), NO, found.min(axis=0)).astype(np.int8)


def any_of(answers: list[Answers]) -> Answers:
    """Yes where one is yes; else unsure where one is unsure; else no."""
    found = np.stack(answers)
    return np.where((found == YES).any(axis=0), YES, found.min(axis=0)).astype(np.int8)


class Vector:
    """One book over columns. `near` are the rows that stood at some border and were judged exactly there."""

    def __init__(self, book: Book, columns: Columns) -> None:
        self.book = book
        self.columns = columns
        self.near: Rows = np.zeros(columns.rows, dtype=bool)
        #: Rows whose net assets are a small difference of large figures: digits are lost there.
        self._lossy: Rows = np.zeros(columns.rows, dtype=bool)
        self._measures: dict[str, Pair] = {}
        self.bands: dict[str, Range] = {}
        self.points: dict[str, Range] = {}
        for band in book.bands:
            self.bands[band.key] = self._range(band, self.bands)
        for item in book.points:
            self.points[item.key] = self._range(item, self.points)
        routes = [self.test(route.test) for route in book.direct]
        self.direct = any_of(routes) if routes else np.full(columns.rows, NO)
        self.conditions: dict[str, Answers] = {}
        for condition in book.conditions:
            answers = [self.test(test) for test in condition.tests]
            met = all_of(answers) if condition.every else any_of(answers)
            more = [self.test(test) for test in condition.unless]
            more += [self.direct] if condition.replaced_by_direct else []
            self.conditions[condition.key] = any_of([met, *more])
        self.verdict = all_of(list(self.conditions.values()))

    # --- tests --------------------------------------------------------------------------------------------------

    def test(self, test: Test) -> Answers:
        """The answer to one test in every row."""
        if test.declared:
            return self.columns.declared(test.declared)
        if test.industry_outside:
            return self.columns.industry_outside(test.industry_outside)
        if test.points:
            low, high = self.points[test.points]
            return _compare(test.comparison, (low, high), float(test.limit))
        measure = MEASURES[test.measure]
        found = self.measure(test.measure)
        limit, near = self._limit(test)
        if measure.squared:
            limit = (1 + limit) ** 2
        near |= _near(measure.tree, found, limit)
        if measure.tree == Growth("net_assets"):
            near |= self._lossy
        answers = np.where(np.isnan(limit), UNSURE, _compare(test.comparison, found, limit)).astype(np.int8)
        for row in np.flatnonzero(near):
            answers[row] = CODES[measured_exactly(test, self.columns.firm(int(row)))]
        self.near |= near
        return answers

    def measure(self, name: str) -> Pair:
        """A measure in every row."""
        if name not in self._measures:
            self._measures[name] = self._evaluate(MEASURES[name].tree)
        return self._measures[name]

    def _limit(self, test: Test) -> tuple[Floats, Rows]:
        """The limit in every row, of its tier where there are tiers and NaN while that is unknown; and which rows stand
        at the border of two tiers."""
        near: Rows = np.zeros(self.columns.rows, dtype=bool)
        if not test.tier_by:
            return np.full(self.columns.rows, float(test.limit)), near
        by, high = self.measure(test.tier_by)
        tree, limit = MEASURES[test.tier_by].tree, np.full(self.columns.rows, np.nan)
        for top, one in reversed(test.tiers):
            edge = np.full(self.columns.rows, np.inf if top is None else float(top))
            if top is not None:
                near |= _near(tree, (by, high), edge)
            limit = np.where(by <= edge, float(one), limit)
        return np.where(by == high, limit, np.nan), near

    # --- trees --------------------------------------------------------------------------------------------------

    def _evaluate(self, tree: Tree) -> Pair:
        match tree:
            case Figure(name, back):
                return self.columns.figure(name, back)
            case Total(parts):
                pairs = [self.columns.figure(part.name, part.back) for part in parts]
                return sum(low for low, _ in pairs), sum(high for _, high in pairs)  # type: ignore[return-value]
            case Window(name):
                return self._window(name)
            case Quotient():
                return self._quotient(tree)
            case Growth(name):
                return self._growth(name)

    def _window(self, name: str) -> Pair:
        total, unknown = np.zeros(self.columns.rows), np.ones(self.columns.rows, dtype=bool)
        lacking = np.zeros(self.columns.rows, dtype=bool)
        for back in (1, 2, 3):
            lives, (low, high) = self.columns.lives(back), self.columns.figure(name, back)
            known = low == high
            total += np.where(lives & known, low, 0.0)
            lacking |= lives & ~known
            unknown &= ~lives
        unknown |= lacking
        return np.where(unknown, -np.inf, total), np.where(unknown, np.inf, total)

    def _quotient(self, tree: Quotient) -> Pair:
        top, top_high = self._evaluate(tree.top)
        if isinstance(tree.bottom, int):
            bottom = bottom_high = np.full(self.columns.rows, float(tree.bottom))
        else:
            bottom, bottom_high = self._evaluate(tree.bottom)
        top_known, bottom_known = top == top_high, bottom == bottom_high
        known, empty = top_known & bottom_known, bottom_known & (bottom == 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.where(known & ~empty, top / bottom - tree.less, np.nan)
        if tree.zero is not ASK:
            value = np.where(known & empty, tree.zero, value)
        if tree.zero == TOO_LOW:
            value = np.where(top_known & (top == 0) & ~bottom_known, -float(tree.less), value)
        return np.where(np.isnan(value), -np.inf, value), np.where(np.isnan(value), np.inf, value)

    def _growth(self, name: str) -> Pair:
        """`growth_rate` of the exact evaluator in every row."""
        (last, last_high), (base, base_high), (first, first_high) = (
            self.columns.figure(name, back) for back in (1, 2, 3)
        )
        years = sum(self.columns.lives(back).astype(np.int8) for back in (1, 2, 3))
        three = years == 3
        if name == "net_assets":
            self._cancelled()
        negative = (base < 0) & (base == base_high) | (three & (first < 0) & (first == first_high))
        known = (last == last_high) & (base == base_high) & (~three | (first == first_high))
        with np.errstate(divide="ignore", invalid="ignore"):
            short = last / base - 1
            long = (base / first + last / base) / 2 - 1
        rate = np.where(three & (first != 0), long, short)
        rate = np.where(negative | ~known, np.nan, rate)
        rate = np.where((years < 2) | ((base == 0) & (base == base_high)), 0.0, rate)
        return np.where(np.isnan(rate), -np.inf, rate), np.where(np.isnan(rate), np.inf, rate)

    def _cancelled(self) -> None:
        """Net assets made by subtraction lose digits where nearly nothing is left: those rows are judged exactly."""
        for back in (1, 2, 3):
            assets, debts = (self.columns.of_year(name, back) for name in ("total_assets", "total_liabilities"))
            made = np.isnan(self.columns.of_year("net_assets", back))
            with np.errstate(invalid="ignore"):
                self._lossy |= made & (np.abs(assets - debts) < 1e-3 * np.abs(assets)) & (assets != debts)

    # --- points -------------------------------------------------------------------------------------------------

    def _range(self, item: Points, before: dict[str, Range]) -> Range:
        if item.best_of:
            parts = [before[key] for key in item.best_of]
            return np.max([low for low, _ in parts], axis=0), np.max([high for _, high in parts], axis=0)
        if item.sum_of:
            parts = [before[key] for key in item.sum_of]
            low, high = np.sum([low for low, _ in parts], axis=0), np.sum([high for _, high in parts], axis=0)
            return np.minimum(low, item.most).astype(np.int16), np.minimum(high, item.most).astype(np.int16)
        if item.expert:
            given = self.columns.raw(f"expert_points.{item.expert}")
            missing = np.isnan(given)
            return (
                np.where(missing, 0, np.nan_to_num(given)).astype(np.int16),
                np.where(missing, item.most, np.nan_to_num(given)).astype(np.int16),
            )
        return self._steps(item)

    def _steps(self, item: Points) -> Range:
        low = np.full(self.columns.rows, item.otherwise, dtype=np.int16)
        high = low.copy()
        certain, possible = (np.zeros(self.columns.rows, dtype=bool) for _ in range(2))
        for step in item.steps:
            met = self.test(step.test)
            high = np.where(~possible & (met != NO) & ~certain, np.int16(step.high), high)
            possible |= met != NO
            low = np.where(~certain & (met == YES), np.int16(step.low), low)
            certain |= met == YES
        return low, high


def _near(tree: Tree, found: Pair, limit: Floats) -> Rows:
    """The rows near the limit. A figure as it was written is what it is: on the limit is on the limit."""
    low, high = found
    with np.errstate(invalid="ignore"):
        near = (low == high) & (np.abs(low - limit) <= NEAR * np.maximum(1.0, np.abs(limit)))
    return near & (low != limit) if isinstance(tree, Figure) or _counts(tree) else near


def _counts(tree: Tree) -> bool:
    """Whether a tree only adds whole numbers: float64 adds those exactly."""
    return isinstance(tree, Total) and all(part.name.startswith("class") for part in tree.parts)


def _compare(comparison: str, found: tuple[npt.NDArray[np.generic], npt.NDArray[np.generic]],
             limit: Floats | float) -> Answers:  # fmt: skip
    low, high = found
    with np.errstate(invalid="ignore"):
        if comparison == AT_LEAST:
            yes, no = low >= limit, high < limit  # type: ignore[operator]
        elif comparison == MORE_THAN:
            yes, no = low > limit, high <= limit  # type: ignore[operator]
        elif comparison == AT_MOST:
            yes, no = high <= limit, low > limit  # type: ignore[operator]
        else:
            yes, no = high < limit, low >= limit  # type: ignore[operator]
    return np.where(yes, YES, np.where(no, NO, UNSURE)).astype(np.int8)
