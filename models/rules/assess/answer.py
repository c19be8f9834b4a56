"""An assessment as contracts.md prints it: verdict, conditions with reasons, points, bands, and what is nearest."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from models.rules.assess.book import CONTRACT, REGIMES, Book, Condition, Points, Test
from models.rules.assess.firm import NO_RANK, Firm
from models.rules.assess.judge import UNKNOWN, VERDICTS, Judge
from models.rules.assess.measures import MEASURES, Growth, growth_rate, missing, undefined
from models.rules.assess.names import label_of
from models.rules.assess.nearest import ways
from models.rules.assess.shelf import Shelf
from models.rules.assess.telling import change_of
from models.rules.assess.wording import (
    decimal,
    figures,
    plain,
    quantity,
    short_by,
    shortfall,
    shown,
    wanted,
    wanted_points,
)

#: What a declared test is called by the figure that answers it.
_DECLARED_BY = {
    "industry_not_excluded": "industry_excluded",
    "rd_institution_provincial": "rd_institution_level",
    "award_within_three_years": "awards",
}


def assess(firm: Firm, shelf: Shelf) -> dict[str, dict[str, Any]]:
    """The answer of every regime for one firm, by the books in force on its day."""
    return {regime: answer_of(regime, shelf.in_force(regime, firm.on), firm, shelf.efforts) for regime in REGIMES}


def answer_of(regime: str, book: Book | None, firm: Firm, efforts: Mapping[str, Fraction]) -> dict[str, Any]:
    """The answer of one regime; all unknown where no book is in force or the one in force does not score."""
    if book is None or not book.scoring:
        return _unscored(regime, book)
    judge = Judge(book, firm)
    points, conditions, bands = _points(judge), _conditions(judge), _bands(judge)
    found: dict[str, Any] = {
        "rule_version": book.version,
        "verdict": judge.verdict,
        "total": points.get(book.total) if book.total else None,
        "max": book.most,
        "direct": None if judge.direct is None else [key for key, holds in judge.routes.items() if holds],
        "conditions": conditions,
        "sub": {key: points[key] for key in CONTRACT[regime][1]},
        "bands": bands,
        "nearest": [change_of(way, judge) for way in ways(judge, efforts)],
        "unknown": open_figures(judge),
    }
    if caution := _caution(judge):
        found["caution"] = caution
    if judge.human:
        found["human"] = sorted(judge.human)
    if book.triggers:
        found["site_check_triggers"] = [route.key for route in book.triggers if judge.test(route.test)]
    if suggested := judge.suggested():
        found["rates"], found["suggested"] = _rates(judge), list(suggested)
    return found


def _caution(judge: Judge) -> str:
    """What keeps a firm from applying although no condition of the book asks for it: of the ladder's titles the common
    entry conditions (工信部企业〔2026〕2号 第十一条)."""
    asked = any(test.declared == "compliance_ok" for one in judge.book.conditions for test in one.tests)
    if asked or judge.firm.declared("compliance_ok"):
        return ""
    found = "有事故、违法或失信情形" if judge.firm.declared("compliance_ok") is False else "合规情况待核实"
    return f"{found}：2号 第十一条的基本条件不满足就不能申报"


def _unscored(regime: str, book: Book | None) -> dict[str, Any]:
    why = f"{book.name}按{book.documents[0]}办理，系统不评分" if book else "这一天没有生效的规则"
    return {
        "rule_version": book.version if book else None, "verdict": UNKNOWN, "total": None, "max": None, "direct": [],
        "conditions": {
            key: {"met": None, "value": None, "threshold": None, "gap": None, "why": why}
            for key in CONTRACT[regime][0]
        },
        "sub": {}, "bands": {}, "nearest": [], "unknown": [],
    }  # fmt: skip


# --- points ------------------------------------------------------------------------------------------------------


def _points(judge: Judge) -> dict[str, int | None]:
    """Points that are certain. A firm picks one of two ways, so the best of those that are known counts wherever the
    other one cannot change whether the score is enough."""
    items = {item.key: item for item in judge.book.points}
    found: dict[str, int | None] = {}
    settled = all(
        judge.own[condition.key] is not None for condition in judge.book.conditions if condition.tests[0].points
    )
    for key, item in items.items():
        parts = [found[part] for part in (*item.best_of, *item.sum_of)]
        known = [part for part in parts if part is not None]
        value = judge.points[key].value
        if value is None and settled and item.best_of and known:
            value = max(known)
        if value is None and item.sum_of and len(known) == len(parts):
            value = sum(known)
        found[key] = value
    return found


def _bands(judge: Judge) -> dict[str, list[int] | None]:
    """The ranges; none where a negative base leaves the rate without meaning."""
    found: dict[str, list[int] | None] = {}
    for band in judge.book.bands:
        negative = band.key in judge.human and isinstance(_tree(band), Growth)
        found[band.key] = None if negative else list(judge.bands[band.key])
    return found


def _tree(item: Points) -> object:
    return MEASURES[item.steps[0].test.measure].tree if item.steps and item.steps[0].test.measure else None


def _rates(judge: Judge) -> dict[str, str | None]:
    """The growth rates in percent with two decimals, after the exact value was put into its bracket."""
    found: dict[str, str | None] = {}
    for band in judge.book.bands:
        tree = _tree(band)
        if isinstance(tree, Growth):
            rate = growth_rate(tree.name, judge.firm)
            found[band.key] = f"{float(decimal(rate * 100)):.2f}" if isinstance(rate, Fraction) else None
    return found


# --- conditions --------------------------------------------------------------------------------------------------


def _conditions(judge: Judge) -> dict[str, dict[str, Any]]:
    return {condition.key: _condition(judge, condition) for condition in judge.book.conditions}


def _condition(judge: Judge, condition: Condition) -> dict[str, Any]:
    met = judge.conditions[condition.key]
    parts = [_part(judge, condition, test) for test in condition.tests]
    found: dict[str, Any] = {"met": met}
    if not any(test.measure or test.points for test in condition.tests):
        why = _why(judge, condition, [part[3] for part in parts])
        return {**found, "value": met, "threshold": True, "gap": None, "why": why}
    for place, name in enumerate(("value", "threshold", "gap")):
        found[name] = (
            parts[0][place] if len(parts) == 1 else
            {_name(test): part[place] for test, part in zip(condition.tests, parts, strict=True)}
        )  # fmt: skip
    found["why"] = _why(judge, condition, [part[3] for part in parts])
    return found


def _name(test: Test) -> str:
    return test.measure or test.declared


def _why(judge: Judge, condition: Condition, reasons: list[str]) -> str:
    routes = {route.key: route.label for route in judge.book.direct}
    if condition.replaced_by_direct and judge.direct and judge.own[condition.key] is not True:
        labels = "、".join(routes[key] for key, holds in judge.routes.items() if holds)
        return f"直接确认（{labels}），不看得分；" + "；".join(reasons)
    if condition.replaced_by_direct and judge.direct is None and judge.own[condition.key] is False:
        open_routes = "、".join(routes[key] for key, holds in judge.routes.items() if holds is None)
        return "；".join(reasons) + f"；能否直接确认待核：{open_routes}"
    if condition.unless and judge.conditions[condition.key] and not _itself(judge, condition):
        return (
            "符合免看情形（" + "、".join(_exempt(judge, test) for test in condition.unless if judge.test(test)) + "）"
        )
    if not condition.every:
        return "，或".join(reasons)
    wrong = [reason for reason, test in zip(reasons, condition.tests, strict=True) if judge.test(test) is not True]
    return "；".join(wrong or reasons)


def _itself(judge: Judge, condition: Condition) -> bool:
    return all(judge.test(test) for test in condition.tests)


def _exempt(judge: Judge, test: Test) -> str:
    return MEASURES[test.measure].label if test.measure else label_of(_DECLARED_BY.get(test.declared, test.declared))


def _part(judge: Judge, condition: Condition, test: Test) -> tuple[Any, Any, Any, str]:
    """Value, threshold, gap and reason of one test."""
    if test.points:
        return _points_part(judge, test)
    if test.measure:
        return _measure_part(judge, test)
    met = judge.test(test)
    if test.industry_outside:
        code = judge.firm.values.get("industry_code")
        said = "未填行业代码" if code is None else f"行业代码 {code}{'' if met else '，属于不适用加计扣除的行业'}"
        return met, True, None, said
    name = _DECLARED_BY.get(test.declared, test.declared)
    if met is None:
        return None, True, None, f"{condition.label}：待核实"
    taken = name not in judge.firm.values and f"{name}" in judge.firm.assumed()
    return met, True, None, f"{condition.label}：{'是' if met else '否'}{'（未填，按无处理，待核实）' if taken else ''}"


def _points_part(judge: Judge, test: Test) -> tuple[Any, Any, Any, str]:
    found = judge.points[test.points]
    label = next(item.label for item in judge.book.points if item.key == test.points)
    asked = f"{label} {{}}，要求{wanted_points(test)}"
    if found.value is None:
        value = _points(judge)[test.points]
        said = asked.format(f"在 {found.low}～{found.high} 分之间")
        lacking = figures(_open_points(judge, test.points), judge.firm.year)
        return value, plain(test.limit), None, f"{said}；待补：{lacking}"
    gap = shortfall(test.comparison, Fraction(found.low), test.limit, whole=True)
    said = asked.format(f"{found.value} 分") + (f"，差 {decimal(gap)} 分" if gap else "")
    return found.value, plain(test.limit), plain(gap), said


def _measure_part(judge: Judge, test: Test) -> tuple[Any, Any, Any, str]:
    measure, limit, found = MEASURES[test.measure], judge.limit(test), judge.measure(test.measure)
    bound = None if limit is None else plain(shown(measure, limit))
    value = found.value
    if value is None or limit is None:
        return None, bound, None, _unknown_measure(judge, test)
    if value == NO_RANK:
        return None, bound, None, f"{measure.label}：无，要求{wanted(test, shown(measure, limit))}"
    seen, edge = shown(measure, value), shown(measure, limit)
    gap = shortfall(test.comparison, seen, edge)
    if judge.test(test) is False and gap == 0:
        # Only the rounded root of a rate over two years can meet its limit while the rate itself does not.
        seen, gap = edge - Fraction(1, 10**12), Fraction(1, 10**12)
    said = f"{measure.label} {quantity(measure, seen, edge)}，要求{wanted(test, edge)}"
    return plain(seen), bound, plain(gap), said + (f"，{short_by(measure, gap)}" if gap else "")


def _unknown_measure(judge: Judge, test: Test) -> str:
    measure, found = MEASURES[test.measure], judge.measure(test.measure)
    lacking = missing(measure.tree, judge.firm)
    if test.tier_by:
        lacking = [*lacking, *missing(MEASURES[test.tier_by].tree, judge.firm)]
    if lacking and judge.test(test) is True:
        return f"{measure.label}至少 {quantity(measure, Fraction(found.low))}，已够"
    if lacking:
        return f"{measure.label}：缺{figures(lacking, judge.firm.year)}"
    if found.low == found.high:
        return f"{measure.label}：分母为 0，算不出，按{'达到' if judge.test(test) else '未达到'}计"
    return f"{measure.label}：上年同期为 0 或为负，算不出，由人判断"


# --- what is unknown ---------------------------------------------------------------------------------------------


def open_figures(judge: Judge) -> list[str]:
    """The figures that keep a condition unknown: what is only a matter of asking the firm, each once."""
    found: list[str] = []
    for condition in judge.book.conditions:
        if judge.conditions[condition.key] is None:
            for test in (*condition.tests, *condition.unless):
                found += _open(judge, test)
            if condition.replaced_by_direct and judge.direct is None:
                for route in judge.book.direct:
                    found += _open(judge, route.test)
    return list(dict.fromkeys(found))


def _open(judge: Judge, test: Test) -> list[str]:
    if judge.test(test) is not None:
        return []
    if test.points:
        return _open_points(judge, test.points)
    if test.declared:
        return [_DECLARED_BY.get(test.declared, test.declared)]
    tree = MEASURES[test.measure].tree
    tier = missing(MEASURES[test.tier_by].tree, judge.firm) if test.tier_by else []
    return [*missing(tree, judge.firm), *undefined(tree, judge.firm), *tier]


def _open_points(judge: Judge, key: str) -> list[str]:
    item = next(item for item in judge.book.points if item.key == key)
    if judge.points[key].value is not None:
        return []
    if item.expert:
        return [f"expert_points.{item.expert}"]
    if item.best_of or item.sum_of:
        return [figure for part in (*item.best_of, *item.sum_of) for figure in _open_points(judge, part)]
    return [figure for step in item.steps for figure in _open(judge, step.test)]


def headline(answer: dict[str, Any]) -> str:
    """One line for a person: verdict and points."""
    total = "" if answer["total"] is None else f"，{answer['total']} 分"
    return f"{VERDICTS[answer['verdict']]}{total}"
