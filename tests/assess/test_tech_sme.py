"""科技型中小企业, worked by hand: 115号 第六至八条 with 67号. Both sides of every border, every direct route."""

from decimal import Decimal as D
from typing import Any

import pytest

from tests.assess.firms import GONE, judged

#: Nothing but staff and R&D: no IP at all.
NO_IP = {"ip.class1_self": 0, "ip.class2_any": 0, "ip.class2_kept_two_years": 0}
#: 4 + 0 + 0 points: fails on points and on nothing else.
POOR: dict[str, Any] = {"tech_staff": 10, "rd_expense.2025": D("99.99"), **NO_IP}


def test_the_good_firm_has_92_points_and_is_eligible():
    found = judged("tech_sme")
    # 20/100 = 20 %: 12. 700/5000 = 14 %: 50; 700/4000 = 17.5 %: 20; the higher counts. Ⅰ类: 30. Together 92.
    assert found["sub"] == {"staff": 12, "rd_by_sales": 50, "rd_by_cost": 20, "rd": 50, "ip": 30}
    assert (found["verdict"], found["total"], found["max"], found["direct"]) == ("eligible", 92, 100, [])
    assert found["rule_version"] == "tech_sme-2017" and found["nearest"] == [] and found["unknown"] == []


@pytest.mark.parametrize(
    "key, changes, met",
    [
        ("staff_cap", {"staff_total": 500, "tech_staff": 150}, True),
        ("staff_cap", {"staff_total": 501, "tech_staff": 151}, False),
        ("sales_cap", {"sales_revenue.2025": 20000}, True),
        ("sales_cap", {"sales_revenue.2025": D("20000.01")}, False),
        ("assets_cap", {"total_assets_2025": 20000}, True),
        ("assets_cap", {"total_assets_2025": D("20000.01")}, False),
        ("resident", {"resident": False}, False),
        ("compliance", {"compliance_ok": False}, False),
        ("industry", {"industry_excluded": True}, False),
        ("industry", {"industry_code": "5211"}, False),  # 零售
        ("industry", {"industry_code": "16"}, False),  # 烟草制造
        ("industry", {"industry_code": "9011"}, False),  # 娱乐
        ("industry", {"industry_code": "7320"}, True),  # 工程和技术研究
        ("industry", {"industry_code": "89"}, True),  # 体育, beside 娱乐
    ],
)  # fmt: skip
def test_a_hard_condition_decides_alone(key: str, changes: dict[str, Any], met: bool):
    found = judged("tech_sme", changes)
    assert found["conditions"][key]["met"] is met
    assert found["verdict"] == ("eligible" if met else "not_eligible")
    assert [name for name, one in found["conditions"].items() if one["met"] is not True] == ([] if met else [key])


@pytest.mark.parametrize(
    "tech, total, points",
    [
        (30, 100, 20), (D("29.99"), 100, 16), (25, 100, 16), (D("24.99"), 100, 12), (20, 100, 12), (D("19.99"), 100, 8),
        (15, 100, 8), (D("14.99"), 100, 4), (10, 100, 4), (D("9.99"), 100, 0), (0, 100, 0), (100, 100, 20),
    ],
)  # fmt: skip
def test_points_for_staff(tech: Any, total: Any, points: int):
    found = judged("tech_sme", {"tech_staff": tech, "staff_total": total})
    assert found["sub"]["staff"] == points
    assert found["conditions"]["staff_positive"]["met"] is (points > 0)
    # 50 for R&D and 30 for IP are enough; without any points for staff the firm fails all the same.
    assert found["verdict"] == ("eligible" if points else "not_eligible")


@pytest.mark.parametrize(
    "spent, points",
    [(300, 50), (D("299.99"), 40), (250, 40), (D("249.99"), 30), (200, 30), (D("199.99"), 20), (150, 20),
     (D("149.99"), 10), (100, 10), (D("99.99"), 0), (0, 0)],
)  # fmt: skip
def test_points_for_rd_by_sales_and_by_cost(spent: Any, points: int):
    by_sales = judged(
        "tech_sme", {"rd_expense.2025": spent, "sales_revenue.2025": 5000, "cost_and_expense_2025": 10**6}
    )
    assert (by_sales["sub"]["rd_by_sales"], by_sales["sub"]["rd_by_cost"], by_sales["sub"]["rd"]) == (points, 0, points)
    by_cost = judged("tech_sme", {"rd_expense.2025": spent, "sales_revenue.2025": 20000, "cost_and_expense_2025": 1000})
    assert (by_cost["sub"]["rd_by_sales"], by_cost["sub"]["rd_by_cost"], by_cost["sub"]["rd"]) == (0, points, points)


@pytest.mark.parametrize(
    "own, transferred, second, points",
    [(1, 0, 0, 30), (0, 1, 0, 30), (1, 0, 4, 30), (0, 0, 5, 24), (0, 0, 4, 24), (0, 0, 3, 18), (0, 0, 2, 12),
     (0, 0, 1, 6), (0, 0, 0, 0)],
)  # fmt: skip
def test_points_for_results(own: int, transferred: int, second: int, points: int):
    found = judged("tech_sme", {"ip": {"class1_self": own, "class1_transferred": transferred, "class2_any": second}})
    assert found["sub"]["ip"] == points


def test_a_border_that_binary_floats_miss():
    # 5.35/107 is 5 % exactly; as a quotient of binary floats it falls below.
    assert 5.35 / 107 < 0.05
    found = judged("tech_sme", {"rd_expense.2025": D("5.35"), "sales_revenue.2025": 107, "cost_and_expense_2025": 1000})
    assert found["sub"]["rd_by_sales"] == 40


@pytest.mark.parametrize(
    "changes, total, verdict",
    [
        # 12 + 30 + 18 = 60
        ({"rd_expense.2025": 200, "ip": {"class1_self": 0, "class1_transferred": 0, "class2_any": 3}}, 60, "eligible"),
        # 12 + 20 + 24 = 56
        ({"rd_expense.2025": 150, "ip": {"class1_self": 0, "class1_transferred": 0, "class2_any": 4}}, 56,
         "not_eligible"),
        # 4 + 0 + 0
        (POOR, 4, "not_eligible"),
    ],
)  # fmt: skip
def test_sixty_points_pass(changes: dict[str, Any], total: int, verdict: str):
    found = judged("tech_sme", {"cost_and_expense_2025": 10**5, **changes})
    assert (found["total"], found["verdict"]) == (total, verdict)


@pytest.mark.parametrize(
    "changes, route",
    [
        ({"titles.hnte": True}, "hnte"),
        ({"awards": {"national_rank_within_five_years": 3}}, "national_award"),
        ({"awards": {"national_rank_within_five_years": 1}}, "national_award"),
        ({"awards": {"national_rank_within_three_years": 2}}, "national_award"),  # within three is within five
        ({"rd_institution_level": "provincial"}, "rd_institution"),
        ({"rd_institution_level": "ministerial"}, "rd_institution"),
        ({"rd_institution_level": "national"}, "rd_institution"),
        ({"standard_led_within_five_years": True}, "standard"),
    ],
)
def test_each_direct_route_replaces_the_score_alone(changes: dict[str, Any], route: str):
    found = judged("tech_sme", {**POOR, "tech_staff": 0, **changes})
    assert found["direct"] == [route] and found["verdict"] == "eligible"
    assert found["total"] == 0 and found["conditions"]["score"]["met"] is True
    # Not the other conditions: a firm over a size cap is not rescued.
    big = judged("tech_sme", {**POOR, "staff_total": 501, **changes})
    assert big["direct"] == [route] and big["verdict"] == "not_eligible"


@pytest.mark.parametrize(
    "changes",
    [
        {"awards": {"national_rank_within_five_years": 4}},
        {"awards": {"provincial_rank_within_three_years": 1}},
        {"rd_institution_level": "city"},
        {"rd_institution_level": "own"},
        {"titles.srdi_sme": True},
    ],
)
def test_what_is_no_direct_route(changes: dict[str, Any]):
    found = judged("tech_sme", {**POOR, **changes})
    assert found["direct"] == [] and found["verdict"] == "not_eligible"


@pytest.mark.parametrize(
    "changes, keys, asked",
    [
        ({"staff_total": GONE}, {"staff_cap", "staff_positive"}, ["staff_total"]),
        ({"sales_revenue.2025": GONE}, {"sales_cap"}, ["sales_revenue_2025"]),
        ({"total_assets_2025": GONE}, {"assets_cap"}, ["total_assets_2025"]),
        ({"tech_staff": GONE}, {"staff_positive"}, ["tech_staff"]),
        ({"resident": None}, {"resident"}, ["resident"]),
        ({"compliance_ok": None}, {"compliance"}, ["compliance_ok"]),
        ({"industry_excluded": None}, {"industry"}, ["industry_excluded"]),
        # 12 + 30 are not 60; IP may bring them.
        ({"rd_expense.2025": 200, "cost_and_expense_2025": 10**5, "ip": GONE}, {"score"}, ["ip.class1_self",
         "ip.class1_transferred", "ip.class2_any"]),
        # 12 + (10 or what the cost brings) + 30
        ({"rd_expense.2025": 100, "cost_and_expense_2025": GONE}, {"score"}, ["cost_and_expense_2025"]),
        ({"rd_expense.2025": GONE}, {"score"}, ["rd_expense_2025"]),
    ],
)  # fmt: skip
def test_an_unknown_that_could_change_the_answer(changes: dict[str, Any], keys: set[str], asked: list[str]):
    found = judged("tech_sme", changes)
    assert found["verdict"] == "unknown"
    assert {key for key, one in found["conditions"].items() if one["met"] is None} == keys
    assert found["unknown"] == asked


@pytest.mark.parametrize(
    "changes",
    [
        {"cost_and_expense_2025": GONE},  # 14 % of sales are all the points there are
        {"ip": {"class1_self": 1}},  # one item of Ⅰ类 is enough
        {"ip": GONE, "tech_staff": 30},  # 20 + 50 without any
        {"cost_and_expense_2025": GONE, "rd_expense.2025": 200},  # 12 + 30 + 30 by sales already
        {**POOR, "titles.hnte": True, "cost_and_expense_2025": GONE},
    ],
)
def test_an_unknown_that_could_not_is_not_asked_for(changes: dict[str, Any]):
    found = judged("tech_sme", changes)
    assert found["verdict"] == "eligible" and found["unknown"] == []


def test_a_failed_condition_decides_whatever_else_is_unknown():
    found = judged("tech_sme", {"staff_total": 501, "ip": GONE, "rd_expense": GONE, "total_assets_2025": GONE})
    assert found["verdict"] == "not_eligible"


def test_a_direct_route_left_open_leaves_a_poor_score_open():
    assert judged("tech_sme", {**POOR, "awards": None})["verdict"] == "unknown"
    assert judged("tech_sme", {**POOR, "awards": None})["direct"] is None
    assert judged("tech_sme", {**POOR, "rd_institution_level": None})["unknown"] == ["rd_institution_level"]
    assert judged("tech_sme", {"awards": None})["verdict"] == "eligible"


def test_points_that_are_open_are_not_printed():
    found = judged("tech_sme", {"rd_expense.2025": 100, "cost_and_expense_2025": GONE})
    assert found["total"] is None and found["sub"]["rd"] is None and found["sub"]["rd_by_sales"] == 10
    assert "52～92" in found["conditions"]["score"]["why"]
    # One of two ways is enough: by sales alone the firm has what it needs, and is shown with it.
    enough = judged("tech_sme", {"rd_expense.2025": 200, "cost_and_expense_2025": GONE})
    assert (enough["sub"]["rd"], enough["total"]) == (30, 72)


def test_no_sales_give_no_points_by_sales():
    found = judged("tech_sme", {"sales_revenue.2025": 0, "rd_expense.2025": 300, "cost_and_expense_2025": 1000})
    assert (found["sub"]["rd_by_sales"], found["sub"]["rd_by_cost"]) == (0, 50)


@pytest.mark.parametrize(
    "changes, triggers",
    [
        ({}, []),
        ({"staff_total": 5, "tech_staff": 2}, ["staff_le_5"]),
        ({"staff_total": 6, "tech_staff": 2}, []),
        (NO_IP, ["no_ip"]),
        ({**NO_IP, "ip.class2_any": 1}, []),
        ({"rd_expense.2025": D("9.99")}, ["rd_lt_10"]),
        ({"rd_expense.2025": 10}, []),
        ({"dishonest_or_withdrawn_within_three_years": True}, ["dishonest_or_withdrawn"]),
        ({"first_time_applicant": True}, ["first_time"]),
    ],
)
def test_triggers_of_a_site_check_are_no_refusal(changes: dict[str, Any], triggers: list[str]):
    found = judged("tech_sme", {"titles.hnte": True, **changes})
    assert found["site_check_triggers"] == triggers and found["verdict"] == "eligible"
