"""How figures are read: both ways of writing a year, what is taken for granted, and what cannot be."""

from datetime import date
from decimal import Decimal as D
from fractions import Fraction as F
from typing import Any

import pytest

from models.rules.assess.firm import Firm
from models.rules.assess.reading import flatten
from tests.assess.firms import GOOD, ON, firm


@pytest.mark.parametrize(
    "written",
    [
        {"rd_expense": {2025: 300}},
        {"rd_expense": {"2025": 300}},
        {"rd_expense": {D(2025): D(300)}},
        {"rd_expense_2025": 300},
        {"rd_expense_2025": "300"},
        {"rd_expense_2025": D("300.00")},
        {"rd_expense_2025": 300, "rd_expense": {2025: 300}},
    ],
)
def test_a_year_stands_in_the_name_or_is_the_key(written: dict[str, Any]):
    flat = flatten(written)
    assert flat.problems == [] and flat.values == {"rd_expense_2025": 300}


def test_figures_without_a_year_may_have_one():
    assert flatten({"staff_total": {2025: 90}}).values == {"staff_total_2025": 90}
    assert Firm({"staff_total_2025": F(90)}, ON).figure("staff_total").value == 90
    assert flatten({"conversions_three_years_2025": 9}).values == {"conversions_three_years_2025": 9}
    assert Firm({"rd_domestic_three_years_2025": F(9)}, ON).figure("rd_domestic_three_years").value == 9
    assert Firm({"market_share_2025": F(1, 10)}, ON).figure("market_share").value == F(1, 10)


def test_a_decimal_is_read_exactly():
    assert flatten({"market_share": D("0.1")}).values["market_share"] == F(1, 10)
    assert flatten({"market_share": 0.1}).values["market_share"] == F(1, 10)


@pytest.mark.parametrize(
    "written, figure, words",
    [
        ({"staff_total": "约一百"}, "staff_total", "应是数字"),
        ({"staff_total": True}, "staff_total", "应是数字"),
        ({"staff_total": -1}, "staff_total", "不能是负数"),
        ({"staff_total": D("NaN")}, "staff_total", "说得通"),
        ({"staff_total": D("1e99")}, "staff_total", "说得通"),
        ({"staff_total": {"去年": 3}}, "staff_total", "四位数字"),
        ({"sales_revenue": 5000}, "sales_revenue", "年份"),
        ({"quality_score": 50}, "quality_score", "年份"),
        ({"sales_revenue": {2025: "3,000"}}, "sales_revenue_2025", "应是数字"),
        ({"rd_expense": {2025: 1}, "rd_expense_2025": 2}, "rd_expense_2025", "两个不同"),
        ({"market_share": 8}, "market_share", "0.08"),
        ({"market_rank": 0}, "market_rank", "小于 1"),
        ({"quality_score_2026": 101}, "quality_score_2026", "大于 100"),
        ({"ip": {"class1_self": D("1.5")}}, "ip.class1_self", "整数"),
        ({"ip": 3}, "ip", "分项"),
        ({"ip": {"class1_self": 0, "class1_high_value": 1}}, "ip.class1_high_value", "不能多于"),
        ({"ip": {"class2_any": 1, "class2_kept_two_years": 2}}, "ip.class2_kept_two_years", "不能多于"),
        ({"expert_points": {"ip": 31}}, "expert_points.ip", "大于 30"),
        ({"expert_points": {"growth": D("10.5")}}, "expert_points.growth", "整数"),
        ({"awards": {"national_rank_within_five_years": 0}}, "awards.national_rank_within_five_years", "小于 1"),
        ({"compliance_ok": "是"}, "compliance_ok", "true"),
        ({"titles": {"hnte": 1}}, "titles.hnte", "true"),
        ({"rd_institution_level": "省级"}, "rd_institution_level", "provincial"),
        ({"registered": "2018年3月"}, "registered", "2018-03-01"),
        ({"industry_code": "制造业"}, "industry_code", "2 到 4 位"),
        ({"ip": {"class1_self": {2025: 3}}}, "ip.class1_self", "不分年份"),
    ],
)
def test_what_cannot_be_is_named_in_an_officers_words(written: dict[str, Any], figure: str, words: str):
    (problem,) = flatten(written).problems
    assert problem.figure == figure and words in str(problem)


@pytest.mark.parametrize("written", ["2018-03-01", "2018年3月1日", "2018/3/1", date(2018, 3, 1)])
def test_a_day_is_read_as_officers_write_it(written: Any):
    assert flatten({"registered": written}).values == {"registered": date(2018, 3, 1)}


def test_losses_may_make_net_assets_negative():
    assert flatten({"net_assets_2025": -5}).values == {"net_assets_2025": -5}


def test_an_unknown_name_is_told_and_nothing_else_is_lost():
    flat = flatten({"staf_total": 3, "ip": {"class3": 1, "class2_any": 2}, "tech_staff": 4})
    assert flat.ignored == ["staf_total", "ip.class3"] and flat.problems == []
    assert flat.values == {"ip.class2_any": 2, "tech_staff": 4}


def test_a_missing_declaration_is_the_ordinary_case_and_named():
    assert Firm({}, ON).assumed() == [
        "compliance_ok", "awards", "rd_institution_level", "standard_led_within_five_years", "equity_paid_in",
        "first_time_applicant", "dishonest_or_withdrawn_within_three_years", "titles", "industry_excluded", "resident",
    ]  # fmt: skip
    assert firm().assumed() == []
    part = flatten({"titles": {"srdi_sme": True}, "equity_paid_in": {"two_years": 3}, "awards": {}})
    assumed = Firm(part.values, ON, frozenset(part.groups)).assumed()
    assert {"titles.tech_or_innovative_sme", "titles.hnte", "equity_paid_in.three_years"} <= set(assumed)
    assert not {"titles", "equity_paid_in", "awards", "titles.srdi_sme"} & set(assumed)


@pytest.mark.parametrize(
    "name",
    ["compliance_ok", "first_time_applicant", "industry_excluded", "resident", "standard_led_within_five_years"],
)
def test_a_declaration_left_open_on_purpose_is_unknown_and_not_assumed(name: str):
    open_on_purpose = firm({name: None})
    assert name not in open_on_purpose.assumed()
    question = "industry_not_excluded" if name == "industry_excluded" else name
    assert open_on_purpose.declared(question) is None and firm().declared(question) is not None


def test_null_for_a_figure_is_the_same_as_missing():
    flat = flatten({"staff_total": None, "sales_revenue_2025": None, "strategic_industry": None, "registered": None})
    assert flat.values == {} and flat.problems == []


def test_the_latest_year_is_the_year_before_the_day():
    values = flatten(GOOD).values
    assert Firm(values, date(2026, 1, 1)).figure("sales_revenue", 1).value == 5000
    assert Firm(values, date(2025, 12, 31)).figure("sales_revenue", 1).value == 4500
