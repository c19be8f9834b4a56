"""Firms of every kind for hypothesis: flat values near the borders of the rules, with gaps and open declarations."""

from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

#: Numbers near which something changes, and how far from them the others lie.
_BORDERS = (0, 5, 9.99, 10, 49.99, 50, 60, 99.99, 100, 150, 250, 300, 500, 1000, 1200, 1500, 2000, 5000, 20000)


def money(least: int = 0) -> SearchStrategy[Fraction]:
    """Amounts with two decimals: on borders, beside them, or anywhere."""
    on_border = st.sampled_from(_BORDERS).map(lambda edge: Fraction(str(edge)))
    beside = st.tuples(on_border, st.integers(-2, 2)).map(
        lambda pair: max(Fraction(least), pair[0] + Fraction(pair[1], 100))
    )
    return on_border | beside | st.integers(least * 100, 3_000_000).map(lambda cents: Fraction(cents, 100))


def count(most: int) -> SearchStrategy[Fraction]:
    """Whole numbers."""
    return st.integers(0, most).map(Fraction)


def _yes_no(open_too: bool = True) -> SearchStrategy[bool | None]:
    return st.sampled_from([True, False, None] if open_too else [True, False])


_STRATEGIES: dict[str, SearchStrategy[Any]] = {
    "staff_total": st.sampled_from([5, 6, 10, 100, 500, 501]).map(Fraction) | count(600),
    "tech_staff": st.sampled_from([0, 1, 10, 15, 20, 25, 30, 50]).map(Fraction) | count(150),
    **{f"sales_revenue_{year}": money() for year in (2023, 2024, 2025)},
    **{f"operating_revenue_{year}": money() for year in (2023, 2024, 2025)},
    **{f"main_revenue_{year}": money() for year in (2024, 2025)},
    **{f"rd_expense_{year}": money() for year in (2023, 2024, 2025)},
    **{f"net_assets_{year}": money(-100) for year in (2023, 2024, 2025)},
    **{f"{name}_2025": money() for name in ("total_income", "hightech_income", "cost_and_expense", "total_assets",
                                            "total_liabilities")},
    "rd_domestic_three_years": money(),
    "rd_domestic_three_years_2025": money(),
    "ip.class1_self": count(5),
    "ip.class1_transferred": count(2),
    "ip.class2_any": count(6),
    "segment_years": st.sampled_from([Fraction(29, 10), Fraction(3), Fraction(8)]),
    "market_share": st.sampled_from([Fraction(0), Fraction(999, 10000), Fraction(1, 10), Fraction(1, 2)]),
    "market_rank": st.sampled_from([Fraction(1), Fraction(3), Fraction(4), None]),
    "quality_score_2026": st.sampled_from([Fraction(x) for x in (0, 49, 50, 59, 60, 100)]),
    "registered": st.sampled_from([date(2018, 3, 1), date(2024, 1, 1), date(2025, 11, 22), date(2025, 11, 23)]),
    "conversions_three_years": count(18),
    "expert_points.ip": count(30),
    "expert_points.conversion": count(30),
    "expert_points.organisation": count(20),
    "expert_points.growth": count(20),
    **dict.fromkeys(("strategic_industry", "market_position_ok", "key_link_ok"), _yes_no(open_too=False)),
    **dict.fromkeys(
        ("compliance_ok", "resident", "industry_excluded", "standard_led_within_five_years", "hightech_field_ok",
         "titles.tech_or_innovative_sme", "titles.srdi_sme", "titles.hnte"), _yes_no(),
    ),
    "industry_code": st.sampled_from(["16", "5211", "3670", "89"]),
    "rd_institution_level": st.sampled_from(["none", "own", "city", "provincial", "national", None]),
    "equity_paid_in.two_years": st.none() | money(),
    "equity_paid_in.three_years": st.none() | money(),
    **dict.fromkeys(
        ("awards.national_rank_within_five_years", "awards.national_rank_within_three_years",
         "awards.provincial_rank_within_three_years"), st.sampled_from([Fraction(1), Fraction(3), Fraction(4), None]),
    ),
}  # fmt: skip


@st.composite
def some_firm(draw: st.DrawFn) -> dict[str, Any]:
    """The flat values of a firm: most figures there, some missing; parts never above their wholes."""
    lacking = draw(st.sets(st.sampled_from(sorted(_STRATEGIES)), max_size=12))
    unusual = draw(st.booleans())
    found = {}
    for name, strategy in _STRATEGIES.items():
        declared = "." in name and not name.startswith(("ip.", "expert_points."))
        if name in lacking or (declared and not unusual) or (name.startswith("operating") and not unusual):
            continue
        found[name] = draw(strategy)
    if "ip.class1_self" in found and draw(st.booleans()):
        found["ip.class1_high_value"] = draw(st.integers(0, int(found["ip.class1_self"])).map(Fraction))
    if "ip.class2_any" in found and draw(st.booleans()):
        found["ip.class2_kept_two_years"] = draw(st.integers(0, int(found["ip.class2_any"])).map(Fraction))
    return found
