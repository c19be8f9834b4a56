"""Which figures an answer rests on, so that each condition can name where its values come from."""

from collections.abc import Iterable

from models.rules.assess.book import Condition, Test
from models.rules.assess.firm import Firm
from models.rules.assess.judge import Judge
from models.rules.assess.measures import MEASURES, Figure, Growth, Quotient, Total, Tree, Window, stands_as
from models.rules.assess.names import RANKS

#: Declarations that are answered by other values.
_ANSWERED_BY: dict[str, tuple[str, ...]] = {
    "industry_not_excluded": ("industry_excluded",),
    "rd_institution_provincial": ("rd_institution_level",),
    "award_within_three_years": tuple(RANKS),
    "titles.tech_or_innovative_sme": ("titles.tech_sme", "titles.innovative_sme"),
}


def figures_of(tree: Tree, firm: Firm) -> list[str]:
    """The flat names of the figures a measure is made of, known or not, in the order they stand in it."""
    match tree:
        case Figure(name, back):
            return _net_assets(firm, back) if name == "net_assets" else [stands_as(tree, firm)]
        case Total(parts):
            return [figure for part in parts for figure in figures_of(part, firm)]
        case Window(name) | Growth(name):
            return [figure for back in firm.years() for figure in figures_of(Figure(name, back), firm)]
        case Quotient(top, bottom):
            return figures_of(top, firm) + ([] if isinstance(bottom, int) else figures_of(bottom, firm))


def _net_assets(firm: Firm, back: int) -> list[str]:
    written = firm.key("net_assets", back)
    parts = [firm.key("total_assets", back), firm.key("total_liabilities", back)]
    return parts if written not in firm.values and all(part in firm.values for part in parts) else [written]


def figures_behind(judge: Judge, condition: Condition) -> list[str]:
    """The flat names behind a condition, each once: of points all that give some."""
    found: list[str] = []
    for test in (*condition.tests, *condition.unless):
        found += _of_test(judge, test)
    return list(dict.fromkeys(found))


def figures_of_points(judge: Judge, key: str) -> list[str]:
    """The flat names behind one item of points, each once."""
    item = next(item for item in judge.book.points if item.key == key)
    if item.expert:
        return [f"expert_points.{item.expert}"]
    found = [figure for part in (*item.best_of, *item.sum_of) for figure in figures_of_points(judge, part)]
    found += _of_tests(judge, (step.test for step in item.steps))
    return list(dict.fromkeys(found))


def _of_tests(judge: Judge, tests: Iterable[Test]) -> list[str]:
    return [figure for test in tests for figure in _of_test(judge, test)]


def _of_test(judge: Judge, test: Test) -> list[str]:
    if test.points:
        return figures_of_points(judge, test.points)
    if test.industry_outside:
        return ["industry_code"]
    if test.measure:
        tier = figures_of(MEASURES[test.tier_by].tree, judge.firm) if test.tier_by else []
        return figures_of(MEASURES[test.measure].tree, judge.firm) + tier
    if test.declared == "hightech_field_ok" and "hightech_field_ok" not in judge.firm.values:
        return [f"hightech_income_{judge.firm.year}"]
    return list(_ANSWERED_BY.get(test.declared, (test.declared,)))
