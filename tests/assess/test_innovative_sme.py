"""创新型中小企业, worked by hand: 63号 附件1 with the border rule of 附件4. Both sides of every border, every route."""

from decimal import Decimal as D
from typing import Any

import pytest

from tests.assess.firms import GONE, judged

#: Without IP and with R&D of 0.98 %: no points for innovation.
DULL: dict[str, Any] = {"ip": {"class1_self": 0, "class1_transferred": 0, "class2_any": 0}, "rd_expense.2025": 49}


def test_the_good_firm_has_95_points():
    found = judged("innovative_sme")
    # Ⅰ类 of its own 15, 700/5000 = 14 %: 20, 4600/4000 = +15 %: 20, 50 % debt: 10, field 10, 92 % main: 20.
    assert found["sub"] == {
        "ip": 15, "rd": 20, "innovation": 35, "main_growth": 20, "debt": 10, "growth": 30, "field": 10,
        "main_share": 20, "specialisation": 30,
    }  # fmt: skip
    assert (found["verdict"], found["total"], found["max"], found["direct"]) == ("eligible", 95, 100, [])


@pytest.mark.parametrize(
    "own, high, transferred, second, kept, points",
    [(1, 1, 0, 0, 0, 20), (1, 0, 0, 0, 0, 15), (0, 0, 1, 0, 0, 10), (0, 0, 0, 1, 1, 5), (0, 0, 0, 9, 0, 0),
     (0, 0, 0, 0, 0, 0), (3, 0, 2, 9, 9, 15), (0, 0, 1, 4, 4, 10)],
)  # fmt: skip
def test_points_for_ip(own: int, high: int, transferred: int, second: int, kept: int, points: int):
    counts = {"class1_self": own, "class1_high_value": high, "class1_transferred": transferred, "class2_any": second,
              "class2_kept_two_years": kept}  # fmt: skip
    assert judged("innovative_sme", {"ip": counts})["sub"]["ip"] == points


@pytest.mark.parametrize(
    "spent, points",
    [(250, 20), (D("249.99"), 15), (150, 15), (D("149.99"), 10), (100, 10), (D("99.99"), 5), (50, 5), (D("49.99"), 0)],
)
def test_points_for_rd(spent: Any, points: int):
    assert judged("innovative_sme", {"rd_expense.2025": spent})["sub"]["rd"] == points


def test_revenue_is_what_is_called_so_and_sales_where_it_is_missing():
    # 700 of 23 334 are below 3 %; of 5000 sales they would be 14 %.
    found = judged("innovative_sme", {"operating_revenue_2025": 23334})
    assert found["sub"]["rd"] == 10
    assert judged("innovative_sme", {"operating_revenue_2024": 23334})["sub"]["rd"] == 20


@pytest.mark.parametrize(
    "last, points",
    [(4600, 20), (D("4599.99"), 15), (4400, 15), (D("4399.99"), 10), (4200, 10), (D("4199.99"), 5), (4000, 5),
     (D("3999.99"), 0)],
)  # fmt: skip
def test_points_for_growth_of_the_main_business(last: Any, points: int):
    assert judged("innovative_sme", {"main_revenue.2025": last})["sub"]["main_growth"] == points


@pytest.mark.parametrize(
    "debts, points", [(3300, 10), (D("3300.01"), 5), (4500, 5), (D("4500.01"), 0), (0, 10), (7000, 0)]
)
def test_points_for_debt(debts: Any, points: int):
    assert judged("innovative_sme", {"total_liabilities_2025": debts})["sub"]["debt"] == points


@pytest.mark.parametrize(
    "main, points",
    [(3500, 20), (D("3499.99"), 15), (3000, 15), (D("2999.99"), 10), (2750, 10), (D("2749.99"), 5), (2500, 5),
     (D("2499.99"), 0)],
)  # fmt: skip
def test_points_for_the_main_share(main: Any, points: int):
    assert judged("innovative_sme", {"main_revenue.2025": main})["sub"]["main_share"] == points


@pytest.mark.parametrize("strategic, points", [(True, 10), (False, 5), (GONE, None)])
def test_points_for_the_field(strategic: Any, points: int | None):
    assert judged("innovative_sme", {"strategic_industry": strategic})["sub"]["field"] == points


@pytest.mark.parametrize(
    "changes, sums, total, short",
    [
        # 15 + 5 = 20 passes; 10 + 5 = 15 does not.
        ({"rd_expense.2025": 50}, (20, 30, 30), 80, []),
        ({"rd_expense.2025": D("49.99")}, (15, 30, 30), 75, ["innovation_floor"]),
        # 5 + 10 = 15 passes; 0 + 10 does not. 4000/5000 = 80 % and 3999.99 as well.
        ({"main_revenue.2025": 4000}, (35, 15, 30), 80, []),
        ({"main_revenue.2025": D("3999.99")}, (35, 10, 30), 75, ["growth_floor"]),
        ({"main_revenue.2025": 4000, "total_liabilities_2025": 3301}, (35, 10, 30), 75, ["growth_floor"]),
        # 5 + 10 = 15 passes, 5 + 5 does not; main revenue 2024 lowered so that growth stays above 15 %.
        ({"strategic_industry": False, "main_revenue": {2024: 2000, 2025: 2750}}, (35, 30, 15), 80, []),
        ({"strategic_industry": False, "main_revenue": {2024: 2000, 2025: 2749}}, (35, 30, 10), 75,
         ["specialisation_floor"]),
        # 20 + 20 + 20 = 60 passes; 20 + 15 + 20 = 55 keeps all floors and fails.
        ({"rd_expense.2025": 50, "total_liabilities_2025": 5000, "strategic_industry": False,
          "main_revenue": {2024: 2000, 2025: 3000}}, (20, 20, 20), 60, []),
        ({"rd_expense.2025": 50, "main_revenue": {2024: 2900, 2025: 3000}, "strategic_industry": False},
         (20, 15, 20), 55, ["score"]),
    ],
)  # fmt: skip
def test_sixty_points_and_three_floors(
    changes: dict[str, Any], sums: tuple[int, int, int], total: int, short: list[str]
):
    found = judged("innovative_sme", changes)
    assert (found["sub"]["innovation"], found["sub"]["growth"], found["sub"]["specialisation"]) == sums
    assert found["total"] == total
    assert [key for key, one in found["conditions"].items() if one["met"] is False] == short
    assert found["verdict"] == ("not_eligible" if short else "eligible")


@pytest.mark.parametrize(
    "changes, route",
    [
        ({"awards": {"provincial_rank_within_three_years": 7}}, "award"),
        ({"awards": {"national_rank_within_three_years": 9}}, "award"),
        ({"titles.hnte": True}, "hnte"),
        ({"titles.innovation_demo_firm": True}, "innovation_demo"),
        ({"titles.ip_advantage_firm": True}, "ip_advantage"),
        ({"titles.ip_demo_firm": True}, "ip_demo"),
        ({"rd_institution_level": "provincial"}, "rd_institution"),
        ({"rd_institution_level": "national"}, "rd_institution"),
        ({"equity_paid_in.three_years": 500}, "equity"),
        ({"equity_paid_in.two_years": 500}, "equity"),  # within two is within three
    ],
)
def test_each_direct_route_replaces_the_score_alone(changes: dict[str, Any], route: str):
    found = judged("innovative_sme", {**DULL, **changes})
    assert found["direct"] == [route] and found["verdict"] == "eligible"
    assert found["sub"]["innovation"] == 0
    assert judged("innovative_sme", {**DULL, **changes, "compliance_ok": False})["verdict"] == "not_eligible"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"equity_paid_in.three_years": D("499.99")},
        {"awards": {"national_rank_within_five_years": 1}},  # not within three years
        {"rd_institution_level": "city"},
        {"titles.srdi_sme": True},
    ],
)
def test_what_is_no_direct_route(changes: dict[str, Any]):
    assert judged("innovative_sme", {**DULL, **changes})["verdict"] == "not_eligible"


@pytest.mark.parametrize(
    "changes, verdict, asked",
    [
        ({"compliance_ok": None}, "unknown", ["compliance_ok"]),
        # 35 and 30 are there; of growth 10 for debt alone, so the floor of 15 hangs on the main revenue.
        ({"main_revenue.2024": GONE}, "unknown", ["main_revenue_2024"]),
        # 20 for growth without the debt: the floor and the total are kept.
        ({"total_liabilities_2025": GONE}, "eligible", []),
        ({"strategic_industry": GONE}, "eligible", []),
        # 15 for IP is not 20.
        ({"rd_expense.2025": GONE}, "unknown", ["rd_expense_2025"]),
        ({"ip": GONE}, "eligible", []),  # 20 for R&D alone
        ({"ip": GONE, "rd_expense.2025": 249}, "unknown", ["ip.class1_high_value", "ip.class1_self",
         "ip.class1_transferred", "ip.class2_kept_two_years"]),
        # A high-value item is an item of its own: 20 whatever the other counts are.
        ({"ip": {"class1_high_value": 1}, "rd_expense.2025": 0}, "eligible", []),
        ({"main_revenue.2024": 0}, "unknown", ["main_revenue_2024"]),  # growth from nothing is for a person
        ({**DULL, "main_revenue": GONE, "titles.hnte": True}, "eligible", []),
        ({**DULL, "equity_paid_in": None}, "unknown", ["equity_paid_in.three_years"]),
    ],
)  # fmt: skip
def test_unknowns(changes: dict[str, Any], verdict: str, asked: list[str]):
    found = judged("innovative_sme", changes)
    assert (found["verdict"], found["unknown"]) == (verdict, asked)


def test_growth_from_nothing_is_marked_for_a_person():
    found = judged("innovative_sme", {"main_revenue.2024": 0})
    assert found["human"] == ["main_growth"] and found["sub"]["main_growth"] is None
    assert "human" not in judged("innovative_sme", {"main_revenue.2024": GONE})
