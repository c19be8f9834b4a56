"""专精特新中小企业 and 小巨人, worked by hand: 工信部企业〔2026〕2号 附件1 and 2. Both sides of every border."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from tests.assess.firms import GONE, judged

#: Four years of which every figure is small, for the borders of srdi; 3 % of 3000 is 90, so 100 decides.
SMALL: dict[str, Any] = {
    "sales_revenue": {2023: 2900, 2024: 3000, 2025: 3000}, "main_revenue": {2024: 2400, 2025: 2400},
    "rd_expense": {2024: 100, 2025: 100}, "total_liabilities_2025": 4800,
}  # fmt: skip


def outcome(regime: str, changes: dict[str, Any]) -> tuple[str, list[str], list[str]]:
    """Verdict, the conditions that fail and those that are unknown."""
    found = judged(regime, changes)
    conditions = found["conditions"].items()
    return (
        found["verdict"],
        [key for key, one in conditions if one["met"] is False],
        [key for key, one in conditions if one["met"] is None],
    )


@pytest.mark.parametrize("regime", ["srdi_sme", "little_giant"])
def test_the_good_firm_passes(regime: str):
    assert outcome(regime, {}) == ("eligible", [], [])
    found = judged(regime)
    assert (found["total"], found["max"], found["direct"], found["sub"], found["bands"]) == (None, None, [], {}, {})
    assert found["rule_version"] == f"{regime}-2026"


@pytest.mark.parametrize(
    "changes, short",
    [
        ({"titles.tech_or_innovative_sme": False}, ["title"]),
        ({"titles": {"tech_sme": True}}, []),
        ({"titles": {"innovative_sme": True}}, []),
        ({"titles": {"hnte": True}}, ["title"]),  # no rung of the ministry's ladder
        ({"segment_years": 3}, []),
        ({"segment_years": D("2.9")}, ["segment_years"]),
        ({**SMALL}, []),
        ({**SMALL, "sales_revenue.2025": 1500, "main_revenue.2025": 1200}, []),
        ({**SMALL, "sales_revenue.2025": D("1499.99"), "main_revenue.2025": 1200}, ["revenue_or_equity"]),
        ({**SMALL, "sales_revenue.2025": 900, "main_revenue.2025": 800, "equity_paid_in.two_years": 2000}, []),
        ({**SMALL, "sales_revenue.2025": 900, "main_revenue.2025": 800, "equity_paid_in.two_years": D("1999.99")},
         ["revenue_or_equity"]),
        # Three years of equity are not the last two.
        ({**SMALL, "sales_revenue.2025": 900, "main_revenue.2025": 800, "equity_paid_in.three_years": 5000},
         ["revenue_or_equity"]),
        ({**SMALL, "main_revenue.2025": D("2399.99")}, ["main_share"]),
        ({**SMALL, "total_liabilities_2025": D("4800.01")}, ["debt"]),
        ({**SMALL, "rd_expense.2025": D("99.99")}, ["rd"]),
        ({**SMALL, "rd_expense.2024": D("99.99")}, ["rd"]),
        # 3 % of 4000 is 120.
        ({**SMALL, "sales_revenue.2025": 4000, "main_revenue.2025": 3200, "rd_expense.2025": 120}, []),
        ({**SMALL, "sales_revenue.2025": 4000, "main_revenue.2025": 3200, "rd_expense.2025": D("119.99")}, ["rd"]),
        ({**SMALL, "sales_revenue.2024": 4000, "rd_expense.2024": 120}, []),
        ({**SMALL, "sales_revenue.2024": 4000, "rd_expense.2024": D("119.99")}, ["rd"]),
        ({"ip.class1_self": 1}, []),
        ({"ip.class1_self": 0}, ["ip"]),
        ({"ip.class1_self": 0, "ip.class1_transferred": 5}, ["ip"]),  # transferred items do not count
        ({"ip.class1_self": 0, "awards": {"provincial_rank_within_three_years": 3}}, []),
        ({"ip.class1_self": 0, "awards": {"provincial_rank_within_three_years": 4}}, ["ip"]),
        ({"ip.class1_self": 0, "awards": {"national_rank_within_three_years": 3}}, []),
        ({"ip.class1_self": 0, "awards": {"national_rank_within_five_years": 1}}, ["ip"]),
        ({"ip.class1_self": 0, "rd_institution_level": "provincial"}, []),
        ({"ip.class1_self": 0, "rd_institution_level": "city"}, ["ip"]),
        ({"market_position_ok": False}, ["market"]),
        ({"quality_score_2026": 50}, []),
        ({"quality_score_2026": D("49.99")}, ["quality_score"]),
    ],
)  # fmt: skip
def test_srdi(changes: dict[str, Any], short: list[str]):
    assert outcome("srdi_sme", changes) == ("not_eligible" if short else "eligible", short, [])


@pytest.mark.parametrize(
    "changes, unknown",
    [
        ({"titles.tech_or_innovative_sme": None}, "title"),
        ({"titles": None}, "title"),
        ({"segment_years": GONE}, "segment_years"),
        ({"main_revenue.2025": GONE}, "main_share"),
        ({"total_liabilities_2025": GONE}, "debt"),
        ({"total_assets_2025": GONE}, "debt"),
        ({"rd_expense.2024": GONE}, "rd"),
        ({"sales_revenue.2024": GONE}, "rd"),
        ({"ip.class1_self": GONE}, "ip"),
        ({"ip.class1_self": 0, "awards": None}, "ip"),
        ({"ip.class1_self": 0, "rd_institution_level": None}, "ip"),
        ({"market_position_ok": GONE}, "market"),
        ({"quality_score_2026": GONE}, "quality_score"),
        ({"quality_score_2026": GONE, "quality_score_2025": 80}, "quality_score"),  # the score of this year counts
    ],
)
def test_srdi_unknown(changes: dict[str, Any], unknown: str):
    assert outcome("srdi_sme", changes) == ("unknown", [], [unknown])


def test_enough_equity_needs_no_revenue_and_a_failed_year_needs_no_other():
    equity = {"equity_paid_in.two_years": 2000, "sales_revenue.2025": GONE}
    assert outcome("srdi_sme", equity) == ("unknown", [], ["main_share", "rd"])
    assert outcome("srdi_sme", {"rd_expense.2025": 99, "rd_expense.2024": GONE})[:2] == ("not_eligible", ["rd"])
    assert outcome("srdi_sme", {"sales_revenue.2025": GONE, "equity_paid_in": None})[2] == [
        "revenue_or_equity", "main_share", "rd",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changes, short",
    [
        ({"titles.srdi_sme": False}, ["title"]),
        ({"segment_years": 3}, []),
        ({"segment_years": D("2.99")}, ["segment_years"]),
        ({"sales_revenue.2025": 5000}, []),
        ({"sales_revenue.2025": D("4999.99")}, ["revenue"]),
        ({"main_revenue.2025": 4500}, []),
        ({"main_revenue.2025": D("4499.99")}, ["main_share"]),
        # 4410 × 1.05² = 4862.025; two years back 4535.147… × 1.1025 = 5000.
        ({"sales_revenue.2023": 4000}, []),
        ({"sales_revenue": {2023: 5000, 2024: 5000, 2025: D("5512.5")}, "main_revenue.2025": 5000}, []),
        ({"sales_revenue": {2023: 5000, 2024: 5000, 2025: D("5512.49")}, "main_revenue.2025": 5000},
         ["compound_growth"]),
        # The year between does not matter.
        ({"sales_revenue": {2023: 4000, 2024: 9000, 2025: 5000}}, []),
        ({"total_liabilities_2025": 4500}, []),
        ({"total_liabilities_2025": D("4500.01")}, ["debt"]),
        ({"rd_expense": {2024: 500, 2025: 700}}, []),
        ({"rd_expense": {2024: 500, 2025: D("699.99")}}, ["rd_sum"]),
        # 3 % of 5000 is 150, of 4500 it is 135.
        ({"rd_expense": {2024: 1100, 2025: 150}}, []),
        ({"rd_expense": {2024: 1100, 2025: D("149.99")}}, ["rd_share"]),
        ({"rd_expense": {2024: 135, 2025: 1100}}, []),
        ({"rd_expense": {2024: D("134.99"), 2025: 1100}}, ["rd_share"]),
        ({"ip.class1_self": 4}, []),
        ({"ip.class1_self": 3, "ip.class1_transferred": 9}, ["ip"]),
        ({"ip.class1_self": 0, "awards": {"national_rank_within_three_years": 3}}, []),
        ({"ip.class1_self": 0, "awards": {"national_rank_within_three_years": 4}}, ["ip"]),
        ({"ip.class1_self": 0, "awards": {"provincial_rank_within_three_years": 1}}, ["ip"]),
        ({"ip.class1_self": 3, "rd_institution_level": "national"}, ["ip"]),  # helps srdi, not the little giant
        ({"market_share": D("0.1"), "market_rank": 9}, []),
        ({"market_share": D("0.0999"), "market_rank": 3}, []),
        ({"market_share": D("0.0999"), "market_rank": 4}, ["market"]),
        ({"market_share": D("0.0999"), "market_rank": GONE}, ["market"]),  # no rank is none
        ({"market_position_ok": False}, []),
        ({"key_link_ok": False}, ["field"]),
        ({"quality_score_2026": 60}, []),
        ({"quality_score_2026": D("59.99")}, ["quality_score"]),
    ],
)  # fmt: skip
def test_little_giant(changes: dict[str, Any], short: list[str]):
    assert outcome("little_giant", changes) == ("not_eligible" if short else "eligible", short, [])


@pytest.mark.parametrize(
    "changes, unknown",
    [
        ({"titles.srdi_sme": None}, ["title"]),
        ({"segment_years": GONE}, ["segment_years"]),
        ({"sales_revenue.2025": GONE}, ["revenue", "main_share", "compound_growth", "rd_share"]),
        ({"sales_revenue.2023": GONE}, ["compound_growth"]),
        ({"sales_revenue.2024": GONE}, ["rd_share"]),
        ({"main_revenue.2025": GONE}, ["main_share"]),
        ({"total_assets_2025": GONE}, ["debt"]),
        ({"rd_expense.2024": GONE}, ["rd_sum", "rd_share"]),
        ({"ip.class1_self": GONE}, ["ip"]),
        ({"ip.class1_self": 0, "awards": None}, ["ip"]),
        ({"market_share": GONE, "market_rank": GONE}, ["market"]),
        ({"market_share": D("0.05"), "market_rank": None}, ["market"]),
        ({"key_link_ok": GONE}, ["field"]),
        ({"quality_score_2026": GONE}, ["quality_score"]),
    ],
)
def test_little_giant_unknown(changes: dict[str, Any], unknown: list[str]):
    assert outcome("little_giant", changes) == ("unknown", [], unknown)


def test_a_share_left_open_does_not_matter_to_the_third_of_the_market():
    assert outcome("little_giant", {"market_share": GONE, "market_rank": 3}) == ("eligible", [], [])


def test_a_rate_just_below_its_border_is_not_shown_on_it():
    found = judged("little_giant", {"sales_revenue": {2023: 5000, 2024: 5000, 2025: D("5512.4999999999")}})
    growth = found["conditions"]["compound_growth"]
    assert growth["met"] is False and growth["threshold"] == 0.05 and growth["value"] < 0.05
    assert "5%，要求" not in growth["why"]


@pytest.mark.parametrize("regime", ["srdi_sme", "little_giant"])
def test_the_old_measure_is_kept_and_does_not_score(regime: str):
    last, first = judged(regime, on=date(2026, 3, 31)), judged(regime, on=date(2026, 4, 1))
    assert (last["rule_version"], last["verdict"], last["total"]) == (f"{regime}-2022", "unknown", None)
    assert set(last["conditions"]) == set(first["conditions"])
    assert "63号" in last["conditions"]["title"]["why"]
    assert (first["rule_version"], first["verdict"]) == (f"{regime}-2026", "eligible")
    before = judged(regime, on=date(2022, 7, 31))
    assert (before["rule_version"], before["verdict"]) == (None, "unknown")


@pytest.mark.parametrize("regime", ["srdi_sme", "little_giant"])
def test_an_offence_is_a_caution_where_the_contract_names_no_condition_for_it(regime: str):
    assert "caution" not in judged(regime)
    assert "违法" in judged(regime, {"compliance_ok": False})["caution"]
    assert "待核实" in judged(regime, {"compliance_ok": None})["caution"]
    assert "caution" not in judged("hnte", {"compliance_ok": False})


def test_a_share_of_nothing_is_not_reached_and_says_so():
    found = judged("srdi_sme", {"sales_revenue.2025": 0, "main_revenue.2025": 0, "equity_paid_in.two_years": 2000})
    assert found["verdict"] == "not_eligible" and found["conditions"]["revenue_or_equity"]["met"] is True
    assert found["conditions"]["main_share"] == {
        "met": False, "value": None, "threshold": 0.8, "gap": None,
        "why": "主营业务收入占比：分母为 0，算不出，按未达到计",
    }  # fmt: skip
