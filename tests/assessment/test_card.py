"""The card: verdict in words, each condition with its source, the next bracket, the nearest changes, trials."""

from datetime import date
from typing import Any

import pytest

from models.assessment import trial
from models.assessment.bridge import Inputs, Known
from models.assessment.card import Card, card_of
from models.rules.assess.reading import flatten
from models.rules.assess.shelf import shipped

ON = date(2026, 11, 22)
#: 20 points for staff, 10 for research of 2 % of sales, 24 for four Ⅱ类: 54 of the 60 that are needed.
NEARLY: dict[str, Any] = {
    "staff_total_2025": 100, "tech_staff_2025": 30, "sales_revenue_2025": 1000, "total_assets_2025": 2000,
    "rd_expense_2025": 20, "cost_and_expense_2025": 5000, "ip": {"class1_self": 0, "class1_transferred": 0,
    "class2_any": 4, "class2_kept_two_years": 4, "class1_high_value": 0},
}  # fmt: skip


def inputs(**values: Any) -> Inputs:
    flat = flatten(values).values
    return Inputs(1, ON, {name: Known(value, "企业填报", 2025) for name, value in flat.items()})


def card(found: Inputs, **changes: str) -> Card:
    tried = trial.read({key.replace("__", "."): text for key, text in changes.items()}, ON, found.values("tech_sme"))
    assert tried.problems == {}
    return card_of(found, shipped(), tried.changes)


def word(found: Card, regime: str) -> str:
    return next(part.word for part in found.parts if part.regime == regime)


def test_the_four_words() -> None:
    assert word(card(inputs(**NEARLY)), "tech_sme") == "差 1 项"
    assert word(card(inputs(**NEARLY | {"rd_expense_2025": 30})), "tech_sme") == "已达标"
    assert word(card(inputs()), "tech_sme") == "不明"
    assert word(card(inputs(**NEARLY, compliance_ok=False)), "tech_sme") == "不符合"


def test_each_condition_names_its_figures_and_what_is_short() -> None:
    part = card(inputs(**NEARLY)).parts[0]
    score = next(line for line in part.lines if line.key == "score")
    assert score.met is False and "54 分，要求不低于 60 分，差 6 分" in score.why
    assert {fact.key for fact in score.facts} >= {"tech_staff_2025", "rd_expense_2025", "ip.class2_any"}
    cap = next(line for line in part.lines if line.key == "sales_cap")
    assert [(fact.words, fact.source, fact.year) for fact in cap.facts] == [("1,000 万元", "企业填报", 2025)]


def test_the_next_bracket_of_each_item() -> None:
    items = {item.label: item for item in card(inputs(**NEARLY)).parts[0].items}
    staff = items["科技人员指标"]
    assert (staff.points, staff.most, staff.next) == ("20", 20, "")
    rd = items["研发投入指标（研发费用占销售收入）"]
    assert rd.points == "10" and rd.next == "研发费用占销售收入不低于 3%（差 1 个百分点），得 20 分"
    rights = next(item for label, item in items.items() if item.most == 30)
    assert (rights.points, rights.next) == ("24", "Ⅰ类不低于 1 项（差 1 项），得 30 分")


def test_the_nearest_change_is_enough_when_it_is_tried() -> None:
    found = inputs(**NEARLY)
    steps = card(found).parts[0].nearest
    assert steps[0].enough and steps[0].trial
    for step in steps:
        after = card(found, **{key.replace(".", "__"): text for key, text in step.trial.items()})
        assert (word(after, "tech_sme") == "已达标") == step.enough, step.words


@pytest.mark.parametrize("typed, expected", [("29.99", "差 1 项"), ("30", "已达标"), ("30.01", "已达标")])
def test_a_trial_stops_at_the_border(typed: str, expected: str) -> None:
    assert word(card(inputs(**NEARLY), rd_expense_2025=typed), "tech_sme") == expected


def test_a_trial_takes_operating_revenue_along() -> None:
    present = inputs(operating_revenue_2025=5000, sales_revenue_2025=5000).values("hnte")
    tried = trial.read({"sales_revenue_2025": "6,000"}, ON, present)
    assert tried.changes == {"sales_revenue_2025": 6000, "operating_revenue_2025": 6000}


def test_a_trial_of_the_present_is_none_and_nonsense_is_named() -> None:
    present = inputs(**NEARLY).values("tech_sme")
    tried = trial.read({"rd_expense_2025": "20", "staff_total_2025": "many", "tech_staff_2025": "-1"}, ON, present)
    assert tried.changes == {}
    assert tried.problems == {
        "staff_total_2025": "职工总数：请填数字，现在写的是“many”", "tech_staff_2025": "科技人员：不能是负数",
    }  # fmt: skip


def test_what_is_unknown_is_asked_and_what_is_assumed_is_named() -> None:
    found = card(inputs(**{key: value for key, value in NEARLY.items() if key != "tech_staff_2025"}))
    assert any(key.startswith("tech_staff") for key in found.ask)
    assert "compliance_ok" in found.assumed and "rd_institution_level" in found.assumed
