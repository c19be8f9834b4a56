"""The smallest changes that would pass: each passes, nothing smaller does, and brute force finds nothing cheaper."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal as D
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from models.rules.assess.firm import Firm
from models.rules.assess.judge import Judge
from models.rules.assess.nearest import cost, ways
from models.rules.assess.shelf import shipped
from tests.assess.firms import GONE, ON, firm, judged

NO_IP = {"class1_self": 0, "class1_transferred": 0, "class1_high_value": 0, "class2_any": 0, "class2_kept_two_years": 0}


def told(regime: str, changes: dict[str, Any], on: date = ON) -> list[tuple[str, str]]:
    """Condition and text of what is nearest, cheapest first."""
    return [(one["condition"], one["text"]) for one in judged(regime, changes, on)["nearest"]]


@pytest.mark.parametrize(
    "regime, changes, nearest",
    [
        # 5 % of 13 500 is 675; 651.6 are there.
        ("hnte", {"rd_expense": {2023: 200, 2024: 200, 2025: D("251.6")}, "rd_domestic_three_years": 600},
         [("rd_ratio", "研发费用 +23.4 万元")]),
        ("hnte", {"ip": NO_IP}, [("ip", "1 项 Ⅱ类")]),
        ("hnte", {"tech_staff": 7}, [("tech_staff", "科技人员 +3 人")]),
        ("hnte", {"staff_total": 101, "tech_staff": 10}, [("tech_staff", "科技人员 +1 人")]),
        ("hnte", {"rd_domestic_three_years": 1000}, [("rd_domestic", "近三年境内研发费用 +170 万元")]),
        ("hnte", {"hightech_income_2025": 2500}, [("hightech_income", "高新技术产品（服务）收入 +500 万元")]),
        # 68 of 71: any part with room for 3; of the cheapest first.
        ("hnte", {"expert_points": {"ip": 20, "conversion": 20, "organisation": 18, "growth": 10}},
         [("score", "专家分·成果转化 +3 分"), ("score", "专家分·成长性 +3 分"), ("score", "专家分·知识产权 +3 分")]),
        ("hnte", {"compliance_ok": False}, []),
        ("hnte", {"hightech_field_ok": False}, []),
        ("tech_sme", {"staff_total": 503, "tech_staff": 99}, [("staff_cap", "职工总数 -3 人")]),
        ("tech_sme", {"total_assets_2025": D("20000.01"), "total_liabilities_2025": 100},
         [("assets_cap", "资产总额 -0.01 万元")]),
        ("tech_sme", {"tech_staff": 9}, [("staff_positive", "科技人员 +1 人")]),
        ("srdi_sme", {"sales_revenue": {2024: 1000, 2025: 1400}, "main_revenue.2025": 1300},
         [("revenue_or_equity", "销售收入 +100 万元"), ("revenue_or_equity", "近两年合格机构新增股权融资 +2000 万元")]),
        ("srdi_sme", {"rd_expense": {2024: 90, 2025: 140}},
         [("rd", "2024 年研发费用 +45 万元，研发费用 +10 万元")]),
        ("srdi_sme", {"total_liabilities_2025": 5000}, [("debt", "负债总额 -200 万元")]),
        ("srdi_sme", {"titles.tech_or_innovative_sme": False}, [("title", "先取得科技和创新型中小企业资质")]),
        ("srdi_sme", {"quality_score_2026": 45}, [("quality_score", "2026 年专精特新发展评价得分 +5 分")]),
        ("little_giant", {"ip.class1_self": 1}, [("ip", "3 项 Ⅰ类")]),
        ("little_giant", {"market_share": D("0.08"), "market_rank": 6},
         [("market", "市场占有率 +2 个百分点"), ("market", "国内排名进到第 3 名")]),
        # 4900 × 1.1025 = 5402.25
        ("little_giant", {"sales_revenue": {2023: 4900, 2024: 5000, 2025: 5100}},
         [("compound_growth", "销售收入 +302.25 万元")]),
        # 0.003 are lacking: never less is said than it has to be.
        ("little_giant", {"main_revenue.2025": D("4499.997")}, [("main_share", "主营业务收入 +0.01 万元")]),
        ("innovative_sme", {"ip": NO_IP, "rd_expense.2025": 150},
         [("innovation_floor", "1 项 维持两年以上的Ⅱ类"), ("innovation_floor", "1 项 Ⅰ类"),
          ("innovation_floor", "研发费用 +100 万元")]),
    ],
)  # fmt: skip
def test_what_is_nearest(regime: str, changes: dict[str, Any], nearest: list[tuple[str, str]]):
    assert told(regime, changes) == nearest


def test_a_young_firm_waits():
    found = judged("hnte", {"registered": date(2026, 1, 1)})["nearest"][0]
    assert (found["condition"], found["from"], found["to"], found["delta"]) == ("age", "2026-11-22", "2027-01-01", 40)


def test_a_change_says_what_is_there_and_what_is_wanted():
    found = judged("hnte", {"rd_expense": {2023: 200, 2024: 200, 2025: D("251.6")}, "rd_domestic_three_years": 600})
    assert found["nearest"] == [
        {"condition": "rd_ratio", "figure": "rd_expense_2025", "from": 251.6, "to": 275, "delta": 23.4,
         "text": "研发费用 +23.4 万元", "effort": 23.4, "verdict": "eligible"},
    ]  # fmt: skip


def test_an_item_that_brings_another_along_is_said_once_and_both_are_told():
    found = judged("innovative_sme", {"ip": NO_IP, "rd_expense.2025": 150})["nearest"][0]
    assert (found["figure"], found["to"], found["text"]) == ("ip.class2_kept_two_years", 1, "1 项 维持两年以上的Ⅱ类")
    assert [one["figure"] for one in found["together"]] == ["ip.class2_any"]


def test_what_is_unknown_is_asked_for_and_not_changed():
    found = judged("hnte", {"rd_expense": GONE})
    assert found["nearest"] == [] and found["unknown"] == ["rd_expense_2025", "rd_expense_2024", "rd_expense_2023"]


POOR: list[dict[str, Any]] = [
    {"tech_staff": 10, "rd_expense.2025": 100, "ip": NO_IP},
    {"tech_staff": 9, "rd_expense.2025": D("149.5"), "ip": NO_IP, "cost_and_expense_2025": 1000},
    {"tech_staff": 20, "rd_expense.2025": 240, "ip": {**NO_IP, "class2_any": 1}},
    {"tech_staff": 3, "rd_expense.2025": 0, "ip": {**NO_IP, "class2_any": 2}},
    {"tech_staff": 14, "rd_expense.2025": 60, "ip": {**NO_IP, "class2_any": 3}, "cost_and_expense_2025": 300},
    {"tech_staff": 30, "rd_expense.2025": 199, "ip": {**NO_IP, "class2_any": 0, "class1_transferred": 0}},
]


def grid(firm_now: Firm, key: str, values: Iterable[Any]) -> list[tuple[str, Fraction]]:
    """A figure with the values from what it is upwards."""
    start = firm_now.values.get(key, Fraction(0))
    assert isinstance(start, Fraction)
    return [(key, Fraction(value)) for value in sorted({start, *map(Fraction, values)}) if value >= start]


#: R&D on every border of POOR, and between.
SPENT = (*range(0, 310, 15), *range(0, 1300, 100), 150, 250)


@pytest.mark.parametrize("changes", POOR)
@pytest.mark.parametrize("conditions", [("score",), ("staff_positive",), ("score", "staff_positive")])
def test_brute_force_finds_nothing_cheaper_for_tech_sme(changes: dict[str, Any], conditions: tuple[str, ...]):
    poor, shelf = firm(changes), shipped()
    book = shelf.in_force("tech_sme", ON)
    assert book
    judge = Judge(book, poor)
    if any(judge.conditions[key] for key in conditions):
        return  # passes already: nothing is to be found
    found = [
        way for way in ways(judge, shelf.efforts)
        if all(Judge(book, poor.changed(way.changes)).conditions[key] for key in conditions)
    ]  # fmt: skip
    best = min(
        (
            cost(judge, chosen, shelf.efforts)
            for chosen in map(dict, product(
                grid(poor, "tech_staff", range(31)), grid(poor, "rd_expense_2025", SPENT),
                grid(poor, "ip.class1_self", range(2)), grid(poor, "ip.class2_any", range(5)),
            ))
            if _passes(judge, chosen, conditions)
        ),
    )  # fmt: skip
    assert found and min(way.cost for way in found) == best


def _passes(judge: Judge, chosen: dict[str, Fraction], conditions: tuple[str, ...]) -> bool:
    """The score by a table of its own, so that the grid is quick and independent of the evaluator."""
    total = judge.firm.figure("staff_total").value
    sales, costs = judge.firm.figure("sales_revenue", 1).value, judge.firm.figure("cost_and_expense", 1).value
    assert total and sales and costs
    tech, spent = chosen["tech_staff"] * 100, chosen["rd_expense_2025"] * 100
    staff = sum(tech >= edge * total for edge in (10, 15, 20, 25, 30)) * 4
    by_sales = sum(spent >= edge * sales for edge in (2, 3, 4, 5, 6)) * 10
    by_cost = sum(spent >= edge * costs for edge in (10, 15, 20, 25, 30)) * 10
    results = 30 if chosen["ip.class1_self"] else int(chosen["ip.class2_any"]) * 6
    return not (
        ("score" in conditions and staff + max(by_sales, by_cost) + results < 60)
        or ("staff_positive" in conditions and not staff)
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"ip": NO_IP, "rd_expense.2025": 49, "strategic_industry": False, "main_revenue": {2024: 2600, 2025: 2600}},
        {"ip": NO_IP, "rd_expense.2025": 100, "strategic_industry": False, "main_revenue": {2024: 4000, 2025: 3600},
         "total_liabilities_2025": 4700},
    ],
)  # fmt: skip
def test_brute_force_finds_nothing_cheaper_for_innovative_sme(changes: dict[str, Any]):
    poor, shelf = firm(changes), shipped()
    book = shelf.in_force("innovative_sme", ON)
    assert book
    judge = Judge(book, poor)
    failing = [key for key, met in judge.conditions.items() if met is False]
    best: dict[tuple[str, ...], Fraction] = {}
    # Every border of 63号 lies on this grid.
    for combination in product(
        grid(poor, "ip.class1_self", (0, 1)),
        grid(poor, "ip.class2_kept_two_years", (0, 1)),
        grid(poor, "rd_expense_2025", (50, 100, 150, 250)),
        grid(poor, "main_revenue_2025", (2500, 2600, 2730, 2750, 2860, 2990, 3000, 3500, 4000, 4200, 4400, 4600)),
        [("total_liabilities_2025", Fraction(to)) for to in (3000, 3300, 4500, 4700)],
    ):
        chosen = dict(combination)
        chosen["ip.class2_any"] = chosen["ip.class2_kept_two_years"]
        if chosen["total_liabilities_2025"] > (poor.figure("total_liabilities", 1).value or 0):
            continue
        after = Judge(book, poor.changed(chosen)).conditions
        effort = cost(judge, chosen, shelf.efforts)
        for goal in [(key,) for key in failing] + [tuple(failing)]:
            if all(after[key] for key in goal):
                best[goal] = min(best.get(goal, effort), effort)
    offered = [(way, Judge(book, poor.changed(way.changes)).conditions) for way in ways(judge, shelf.efforts)]
    for goal, effort in best.items():
        assert min(way.cost for way, after in offered if all(after[key] for key in goal)) == effort, goal


@pytest.mark.parametrize("regime", ["tech_sme", "innovative_sme", "srdi_sme", "little_giant", "hnte"])
@pytest.mark.parametrize("changes", POOR)
def test_every_way_passes_its_condition_and_is_in_order(regime: str, changes: dict[str, Any]):
    poor, shelf = firm(changes), shipped()
    book = shelf.in_force(regime, ON)
    assert book
    found = ways(Judge(book, poor), shelf.efforts)
    assert [way.cost for way in found] == sorted(way.cost for way in found)
    for way in found:
        assert Judge(book, poor.changed(way.changes)).conditions[way.condition], way
        # Nothing in it is idle: without any one of its changes the condition fails. (A way for several conditions on
        # points at once does more than its first one asks.)
        if len({other.condition for other in found if other.condition in ON_POINTS}) > 1:
            continue
        for key in way.changes:
            fewer = {name: to for name, to in way.changes.items() if name != key}
            if not _brought_along(key, way.changes):
                assert not Judge(book, poor.changed(fewer)).conditions[way.condition], (way, key)


ON_POINTS = {"score", "staff_positive", "innovation_floor", "growth_floor", "specialisation_floor"}


def _brought_along(key: str, changes: Any) -> bool:
    return (key == "ip.class2_any" and "ip.class2_kept_two_years" in changes) or (
        key == "ip.class1_self" and "ip.class1_high_value" in changes
    )
