"""A firm that meets every condition comfortably, and small changes of it. Figures in 万元; the day is 2026-11-22."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

from models.rules.assess.answer import answer_of
from models.rules.assess.firm import Firm
from models.rules.assess.reading import flatten
from models.rules.assess.shelf import shipped

ON = date(2026, 11, 22)
D = Decimal

GOOD: dict[str, Any] = {
    "staff_total": 100,
    "tech_staff": 20,
    "sales_revenue": {2023: 4000, 2024: 4500, 2025: 5000},
    "main_revenue": {2024: 4000, 2025: 4600},
    "total_income_2025": 5000,
    "hightech_income_2025": 3500,
    "rd_expense": {2023: 600, 2024: 650, 2025: 700},
    "rd_domestic_three_years": 1900,
    "cost_and_expense_2025": 4000,
    "total_assets_2025": 6000,
    "total_liabilities_2025": 3000,
    "net_assets": {2023: 2000, 2024: 2400, 2025: 3000},
    "ip": {
        "class1_self": 4, "class1_transferred": 0, "class1_high_value": 0, "class2_any": 2, "class2_kept_two_years": 1,
    },
    "strategic_industry": True,
    "equity_paid_in": {"three_years": 0, "two_years": 0},
    "titles": {"tech_or_innovative_sme": True, "srdi_sme": True, "hnte": False},
    "segment_years": 5,
    "market_position_ok": True,
    "market_share": D("0.12"),
    "market_rank": 5,
    "key_link_ok": True,
    "quality_score_2026": 65,
    "registered": date(2018, 3, 1),
    "conversions_three_years": 15,
    "expert_points": {"ip": 24, "conversion": 25, "organisation": 16, "growth": 13},
    "awards": {},
    "rd_institution_level": "none",
    "standard_led_within_five_years": False,
    "first_time_applicant": False,
    "dishonest_or_withdrawn_within_three_years": False,
    "industry_excluded": False,
    "resident": True,
    "hightech_field_ok": True,
    "compliance_ok": True,
}  # fmt: skip

#: Takes a figure away.
GONE = object()


def figures(changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The good firm with changes: `ip.class2_any`, `sales_revenue.2025` and plain names; GONE takes one away."""
    found: dict[Any, Any] = deepcopy(GOOD)
    for path, value in (changes or {}).items():
        name, _, inner = path.partition(".")
        group: dict[Any, Any] = found[name] if inner else found
        key: int | str = (int(inner) if inner.isdigit() else inner) or name
        if value is GONE:
            del group[key]
        else:
            group[key] = deepcopy(value)
    return found


def firm(changes: Mapping[str, Any] | None = None, on: date = ON) -> Firm:
    """That firm as the rules look at it."""
    flat = flatten(figures(changes))
    assert flat.problems == [], [str(problem) for problem in flat.problems]
    return Firm(flat.values, on, frozenset(flat.groups))


def judged(regime: str, changes: Mapping[str, Any] | None = None, on: date = ON) -> dict[str, Any]:
    """The answer of one regime for that firm."""
    shelf = shipped()
    return answer_of(regime, shelf.in_force(regime, on), firm(changes, on), shelf.efforts)
