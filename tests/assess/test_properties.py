"""What holds for every firm: a better figure never lowers a verdict where the rule is monotone; to know more never
turns one decided answer into the other."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.assess.answer import assess
from models.rules.assess.book import REGIMES
from models.rules.assess.firm import Firm
from models.rules.assess.judge import ELIGIBLE, NOT_ELIGIBLE, UNKNOWN, Judge
from models.rules.assess.shelf import shipped
from tests.assess.some_firms import some_firm
from tests.support.laws import law

ORDER = {NOT_ELIGIBLE: 0, UNKNOWN: 1, ELIGIBLE: 2}
ON = date(2026, 11, 22)
#: Figures that can only help, by regime. R&D of another year may push the domestic share of hnte below its limit.
HELPS: dict[str, tuple[str, ...]] = {
    "tech_sme": ("rd_expense_2025", "tech_staff", "ip.class1_self", "ip.class1_transferred", "ip.class2_any"),
    "innovative_sme": ("rd_expense_2025", "main_revenue_2025", "ip.class1_self", "equity_paid_in.three_years"),
    "srdi_sme": ("rd_expense_2025", "rd_expense_2024", "main_revenue_2025", "ip.class1_self", "quality_score_2026",
                 "segment_years", "equity_paid_in.two_years"),
    "little_giant": ("rd_expense_2025", "rd_expense_2024", "main_revenue_2025", "ip.class1_self", "quality_score_2026",
                     "market_share", "segment_years"),
    "hnte": ("tech_staff", "rd_domestic_three_years", "hightech_income_2025", "ip.class2_any", "expert_points.growth"),
}  # fmt: skip


def judge(values: dict[str, Any], regime: str) -> Judge:
    book = shipped().in_force(regime, ON)
    assert book
    return Judge(book, Firm(values, ON))


@pytest.mark.parametrize("regime", REGIMES)
@law(150)
@given(values=some_firm(), more=st.integers(0, 4000), data=st.data())
def test_more_of_what_helps_never_lowers_a_verdict(regime: str, values: dict[str, Any], more: int, data: st.DataObject):
    figure = data.draw(st.sampled_from(HELPS[regime]))
    before = values.get(figure)
    if not isinstance(before, Fraction):
        return
    most = {"market_share": 1, "quality_score_2026": 100, "expert_points.growth": 20}.get(figure, 10**9)
    better = {**values, figure: min(Fraction(most), before + Fraction(more, 100 if figure == "market_share" else 1))}
    assert ORDER[judge(better, regime).verdict] >= ORDER[judge(values, regime).verdict]


@law(150)
@given(values=some_firm(), more=st.integers(0, 4000))
def test_more_domestic_rd_never_lowers_hnte(values: dict[str, Any], more: int):
    figures = ("rd_expense_2025", "rd_domestic_three_years")
    if not all(isinstance(values.get(name), Fraction) for name in figures):
        return
    better = {**values, **{name: values[name] + more for name in figures}}
    assert ORDER[judge(better, "hnte").verdict] >= ORDER[judge(values, "hnte").verdict]


@pytest.mark.parametrize("regime", REGIMES)
@law(150)
@given(values=some_firm(), data=st.data())
def test_a_figure_taken_away_never_turns_one_answer_into_the_other(
    regime: str, values: dict[str, Any], data: st.DataObject
):
    # Declarations are taken as the ordinary case when they are missing: here they are left open instead.
    if not values:
        return
    name = data.draw(st.sampled_from(sorted(values)))
    if values[name] is None:
        return  # left open already: there is nothing to take away
    open_ones = ("titles.", "awards.", "equity_paid_in.")
    less = {key: value for key, value in values.items() if key != name}
    if name.startswith(open_ones) or isinstance(values[name], str) or (name, type(values[name])) in _DECLARED:
        less[name] = None
    if name in ("registered", "hightech_income_2025", "market_rank", "industry_code"):
        return  # which years count, and what is taken for granted, hang on these
    known, unknown = judge(values, regime).verdict, judge(less, regime).verdict
    assert unknown in (known, UNKNOWN)


_DECLARED = {
    (name, bool)
    for name in ("compliance_ok", "resident", "industry_excluded", "standard_led_within_five_years",
                 "hightech_field_ok")
}  # fmt: skip


@law(100)
@given(values=some_firm())
def test_an_answer_is_whole_and_agrees_with_itself(values: dict[str, Any]):
    for result in assess(Firm(values, ON), shipped()).values():
        met = [condition["met"] for condition in result["conditions"].values()]
        expected = NOT_ELIGIBLE if False in met else UNKNOWN if None in met else ELIGIBLE
        assert result["verdict"] == expected
        assert all(condition["why"] for condition in result["conditions"].values())
        assert all(change["text"] and result["conditions"][change["condition"]]["met"] is False
                   for change in result["nearest"])  # fmt: skip
        if result["verdict"] == ELIGIBLE:
            assert result["nearest"] == [] and result["unknown"] == []
