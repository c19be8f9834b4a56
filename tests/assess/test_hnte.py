"""高新技术企业, worked by hand: 32号 第十一条, 195号 三（七）. Both sides of every border, each unknown, odd bases."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from models.rules.assess.measures import growth_rate
from tests.assess.firms import GONE, firm, judged


def outcome(changes: dict[str, Any], on: date = date(2026, 11, 22)) -> tuple[str, list[str], list[str]]:
    """Verdict, the conditions that fail and those that are unknown."""
    found = judged("hnte", changes, on)
    conditions = found["conditions"].items()
    return (
        found["verdict"],
        [key for key, one in conditions if one["met"] is False],
        [key for key, one in conditions if one["met"] is None],
    )


def years(name: str, *values: Any) -> dict[str, Any]:
    """A yearly figure of 2023, 2024 and 2025."""
    return {name: dict(zip((2023, 2024, 2025), values, strict=True))}


def test_the_good_firm_passes():
    found = judged("hnte")
    assert (found["verdict"], found["total"], found["max"], found["direct"]) == ("eligible", 78, 100, [])
    assert found["sub"] == {"ip": 24, "conversion": 25, "organisation": 16, "growth": 13, "total": 78}
    # Ⅰ类 there; 15 conversions in 3 years; ½(2400/2000 + 3000/2400) − 1 = 22.5 %;
    # ½(4500/4000 + 5000/4500) − 1 = 11.80… %: 5–6 and 3–4.
    assert found["bands"] == {
        "ip_quantity": [7, 8], "ip_obtained": [1, 6], "conversion": [25, 30], "net_asset_growth": [5, 6],
        "sales_growth": [3, 4], "growth": [8, 10],
    }  # fmt: skip
    assert found["rates"] == {"net_asset_growth": "22.50", "sales_growth": "11.81"}
    assert found["rule_version"] == "hnte-2016"


@pytest.mark.parametrize(
    "changes, short",
    [
        # 2025-11-22 is 365 days before; nobody that young has three years.
        ({"registered": date(2025, 11, 22)}, []),
        ({"registered": date(2025, 11, 23)}, ["age"]),
        ({"ip": {"class1_self": 0, "class1_transferred": 0, "class2_any": 0}}, ["ip"]),
        ({"ip": {"class1_self": 0, "class1_transferred": 0, "class2_any": 1}}, []),
        ({"ip": {"class1_self": 0, "class1_transferred": 1, "class2_any": 0}}, []),
        ({"hightech_field_ok": False}, ["field"]),
        ({"tech_staff": 10}, []),
        ({"tech_staff": D("9.99")}, ["tech_staff"]),
        ({"rd_domestic_three_years": 1170}, []),  # 60 % of 1950
        ({"rd_domestic_three_years": D("1169.99")}, ["rd_domestic"]),
        ({"hightech_income_2025": 3000}, []),
        ({"hightech_income_2025": D("2999.99")}, ["hightech_income"]),
        ({"expert_points.growth": 6}, []),  # 24 + 25 + 16 + 6 = 71
        ({"expert_points.growth": 5}, ["score"]),  # 70 is not more than 70
        ({"compliance_ok": False}, ["compliance"]),
    ],
)
def test_conditions(changes: dict[str, Any], short: list[str]):
    assert outcome(changes) == ("not_eligible" if short else "eligible", short, [])


@pytest.mark.parametrize(
    "sales, spent, met",
    [
        # The latest year decides: 5000 → 5 % of 13 500 = 675; above 5000 → 4 %; above 20 000 → 3 %.
        ((4000, 4500, 5000), (200, 225, 250), True),
        ((4000, 4500, 5000), (200, 225, D("249.99")), False),
        ((4000, 4500, D("5000.01")), (180, 180, D("180.0004")), True),
        ((4000, 4500, D("5000.01")), (180, 180, D("180.0003")), False),
        ((10000, 20000, 20000), (500, 500, 1000), True),  # 4 % of 50 000 = 2000
        ((10000, 20000, 20000), (500, 500, D("999.99")), False),
        ((10000, 20000, D("20000.01")), (500, 500, D("500.0003")), True),  # 3 % of 50 000.01 = 1500.0003
        ((10000, 20000, D("20000.01")), (500, 500, D("500.0002")), False),
        # Earlier years above 20 000 do not lower the rate of a small latest year.
        ((40000, 30000, 5000), (1250, 1250, 1249), False),
    ],
)
def test_rd_ratio_by_the_sales_of_the_latest_year(sales: Any, spent: Any, met: bool):
    changes = {**years("sales_revenue", *sales), **years("rd_expense", *spent),
               "rd_domestic_three_years": sum(spent)}  # fmt: skip
    found = judged("hnte", changes)["conditions"]["rd_ratio"]
    assert found["met"] is met


@pytest.mark.parametrize(
    "registered, changes, short, unknown",
    [
        # Registered 2024: two years. 600/9500 = 6.3 %, without 2023.
        (date(2024, 2, 1), {"rd_expense": {2024: 300, 2025: 300}, "sales_revenue": {2024: 4500, 2025: 5000}}, [], []),
        # 2023 no longer counts: 10 000 of R&D then would not help.
        (date(2024, 2, 1), {"rd_expense": {2023: 10000, 2024: 100, 2025: 100}}, ["rd_ratio"], []),
        # Registered 2025: one year.
        (date(2025, 3, 1), {"rd_expense": {2025: 250}, "sales_revenue": {2025: 5000}}, [], []),
        (date(2025, 3, 1), {"rd_expense": {2025: 249}, "sales_revenue": {2025: 5000}}, ["rd_ratio"], []),
        # Registered 2018: the year is missing.
        (date(2018, 3, 1), {"sales_revenue": {2024: 4500, 2025: 5000}}, [], ["rd_ratio"]),
        (date(2018, 3, 1), {"rd_expense": {2024: 300, 2025: 300}}, [], ["rd_ratio", "rd_domestic"]),
        # Nobody knows since when: three years are wanted.
        (GONE, {"sales_revenue": {2024: 4500, 2025: 5000}}, [], ["age", "rd_ratio"]),
    ],
)
def test_a_young_firm_uses_the_years_it_has(
    registered: Any, changes: dict[str, Any], short: list[str], unknown: list[str]
):
    found = outcome({"rd_domestic_three_years": 10000, **changes, "registered": registered})
    assert found[1:] == (short, unknown)


@pytest.mark.parametrize(
    "changes, unknown",
    [
        ({"registered": GONE}, ["age"]),
        ({"ip": GONE}, ["ip"]),
        ({"ip": {"class1_self": 0, "class2_any": 0}}, ["ip"]),
        ({"hightech_field_ok": None}, ["field"]),
        ({"hightech_field_ok": GONE, "hightech_income_2025": GONE}, ["field", "hightech_income"]),
        ({"staff_total": GONE}, ["tech_staff"]),
        ({"tech_staff": GONE}, ["tech_staff"]),
        ({"sales_revenue.2025": GONE}, ["rd_ratio"]),
        ({"sales_revenue.2023": GONE}, ["rd_ratio"]),
        ({"rd_expense.2023": GONE}, ["rd_ratio", "rd_domestic"]),
        ({"rd_domestic_three_years": GONE}, ["rd_domestic"]),
        ({"hightech_income_2025": GONE}, ["hightech_income"]),
        ({"total_income_2025": GONE}, ["hightech_income"]),
        ({"expert_points": GONE}, ["score"]),
        ({"expert_points.growth": GONE}, ["score"]),
        ({"compliance_ok": None}, ["compliance"]),
    ],
)
def test_unknown(changes: dict[str, Any], unknown: list[str]):
    assert outcome(changes) == ("unknown", [], unknown)


def test_one_item_is_enough_whatever_else_there_is():
    assert outcome({"ip": {"class2_any": 1}}) == ("eligible", [], [])
    assert outcome({"ip": {"class1_high_value": 1}}) == ("eligible", [], [])


def test_income_of_the_fields_says_that_the_firm_is_in_them():
    found = judged("hnte", {"hightech_field_ok": GONE})
    assert found["verdict"] == "eligible" and "hightech_field_ok" in firm({"hightech_field_ok": GONE}).assumed()


def test_what_the_figures_suggest_of_points_that_nobody_gave_yet():
    # 8–14 of 30 for IP with 16 and 2 for what no figure tells; 25–30; 0–20; 8–10.
    found = judged("hnte", {"expert_points": GONE})
    assert found["suggested"] == [41, 90] and found["total"] is None
    assert found["sub"] == {"ip": None, "conversion": None, "organisation": None, "growth": None, "total": None}
    part = judged("hnte", {"expert_points": {"ip": 24, "conversion": 22, "organisation": 10}})
    assert part["suggested"] == [64, 66] and part["verdict"] == "unknown"
    # Experts are not held to the bands, but nobody gives more than 20 for growth.
    assert judged("hnte", {"expert_points": {"ip": 20, "conversion": 20, "organisation": 10}})["verdict"] == (
        "not_eligible"
    )


@pytest.mark.parametrize(
    "own, transferred, second, quantity, obtained",
    [(1, 0, 0, [7, 8], [1, 6]), (0, 1, 0, [7, 8], [1, 3]), (0, 2, 1, [7, 8], [1, 6]), (0, 0, 5, [5, 6], [1, 6]),
     (0, 0, 4, [3, 4], [1, 6]), (0, 0, 3, [3, 4], [1, 6]), (0, 0, 2, [1, 2], [1, 6]), (0, 0, 1, [1, 2], [1, 6]),
     (0, 0, 0, [0, 0], [0, 0])],
)  # fmt: skip
def test_bands_of_ip(own: int, transferred: int, second: int, quantity: list[int], obtained: list[int]):
    bands = judged("hnte", {"ip": {"class1_self": own, "class1_transferred": transferred, "class2_any": second}})[
        "bands"
    ]
    assert (bands["ip_quantity"], bands["ip_obtained"]) == (quantity, obtained)


@pytest.mark.parametrize(
    "count, band",
    [(16, [25, 30]), (15, [25, 30]), (14, [19, 24]), (12, [19, 24]), (11, [13, 18]), (9, [13, 18]), (8, [7, 12]),
     (6, [7, 12]), (5, [1, 6]), (3, [1, 6]), (2, [0, 6]), (1, [0, 6]), (0, [0, 0]), (GONE, [0, 30])],
)  # fmt: skip
def test_bands_of_conversion(count: Any, band: list[int]):
    found = judged("hnte", {"conversions_three_years": count})
    assert found["bands"]["conversion"] == band
    # An average strictly between 0 and 1 is marked for a person.
    assert ("conversion" in found.get("human", [])) is (count in (1, 2))


@pytest.mark.parametrize(
    "values, band",
    [
        # Two equal steps of the rate: 1000 × (1+r)².
        ((1000, 1350, D("1822.5")), [9, 10]),
        ((1000, 1350, D("1822.4")), [7, 8]),
        ((1000, 1250, D("1562.5")), [7, 8]),
        ((1000, 1250, D("1562.4")), [5, 6]),
        ((1000, 1150, D("1322.5")), [5, 6]),
        ((1000, 1150, D("1322.4")), [3, 4]),
        ((1000, 1050, D("1102.5")), [3, 4]),
        ((1000, 1050, D("1102.4")), [1, 2]),
        ((1000, 1000, D("1000.01")), [1, 2]),
        ((1000, 1000, 1000), [0, 0]),
        ((1000, 1000, 900), [0, 0]),
        ((1000, 500, 1000), [7, 8]),  # ½(0.5 + 2) − 1 = 25 %
        ((0, 1000, 1050), [3, 4]),  # no first base: the last two years
        ((0, 1000, 1350), [9, 10]),
        ((1000, 0, 5000), [0, 0]),  # no base in the middle: no points
        ((0, 0, 5000), [0, 0]),
    ],
)
@pytest.mark.parametrize("name, key", [("net_assets", "net_asset_growth"), ("sales_revenue", "sales_growth")])
def test_bands_of_growth(name: str, key: str, values: Any, band: list[int]):
    assert judged("hnte", years(name, *values))["bands"][key] == band


@pytest.mark.parametrize(
    "values, human",
    [((-10, 100, 200), True), ((100, -10, 200), True), ((0, -10, 200), True), ((100, 200, -10), False),
     ((-10, 0, 200), False)],
)  # fmt: skip
def test_a_negative_base_is_for_a_person_and_prints_no_number(values: Any, human: bool):
    found = judged("hnte", years("net_assets", *values))
    # Sales grow by 11.8 %: 3–4.
    assert found["bands"]["net_asset_growth"] == (None if human else [0, 0])
    assert found["bands"]["growth"] == ([3, 14] if human else [3, 4])
    assert ("net_asset_growth" in found.get("human", [])) is human
    assert found["rates"]["net_asset_growth"] is None or not human


def test_growth_of_a_young_firm():
    # Two years of business: second ÷ first − 1. One: no points.
    two = judged("hnte", {"registered": date(2024, 5, 1), **years("net_assets", 9999, 1000, 1250)})
    assert two["bands"]["net_asset_growth"] == [7, 8]
    nothing = judged("hnte", {"registered": date(2024, 5, 1), **years("net_assets", 9999, 0, 1250)})
    assert nothing["bands"]["net_asset_growth"] == [0, 0]
    one = judged("hnte", {"registered": date(2025, 5, 1)})
    assert one["bands"]["net_asset_growth"] == [0, 0] and one["bands"]["growth"] == [0, 0]


def test_growth_that_nobody_knows_is_the_whole_range():
    found = judged("hnte", {"net_assets.2023": GONE})
    assert found["bands"]["net_asset_growth"] == [0, 10] and found["rates"]["net_asset_growth"] is None
    assert growth_rate("net_assets", firm({"net_assets.2023": GONE})) is None


def test_net_assets_are_assets_less_liabilities_where_nobody_wrote_them():
    found = judged("hnte", {"net_assets.2025": GONE})  # 6000 − 3000, as written before
    assert found["rates"]["net_asset_growth"] == "22.50"


def test_the_current_year_counts_for_staff_where_it_is_given():
    changes = {"staff_total": {2025: 100, 2026: 100}, "tech_staff": {2025: 20, 2026: 9}}
    assert judged("hnte", changes)["conditions"]["tech_staff"]["met"] is False
    assert judged("tech_sme", changes)["sub"]["staff"] == 12
