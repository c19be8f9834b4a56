"""All firms at once answer as each one alone: the same books, on every border, with gaps and open declarations."""

from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.assessing.batch import VERDICTS, judge_all, judge_by, table
from crm.assessing.columns import NO, UNSURE, YES, Columns, frame_of
from crm.assessing.vector import Vector
from models.rules.assess.firm import Firm
from models.rules.assess.judge import Judge
from models.rules.assess.shelf import shipped
from tests.assess.firms import ON, figures, firm
from tests.assess.some_firms import some_firm
from tests.support.laws import law

CODES = {True: YES, False: NO, None: UNSURE}


def same(values: list[dict[str, Any]], on: date = ON) -> None:
    """Fail where the batch says anything else than the evaluator of one firm."""
    outcomes = judge_all(frame_of(values), on, shipped())
    for regime, outcome in outcomes.items():
        book = shipped().in_force(regime, on)
        for row, one in enumerate(values):
            if book is None or not book.scoring:
                assert VERDICTS[int(outcome.verdict[row])] == "unknown"
                continue
            alone = Judge(book, Firm(one, on))
            where = f"{book.version} row {row}: {one}"
            assert {key: met[row] for key, met in outcome.conditions.items()} == {
                key: CODES[met] for key, met in alone.conditions.items()
            }, where
            for ranges, right in ((outcome.points, alone.points), (outcome.bands, alone.bands)):
                assert {key: (low[row], high[row]) for key, (low, high) in ranges.items()} == right, where
            assert VERDICTS[int(outcome.verdict[row])] == alone.verdict, where
            assert outcome.direct[row] == CODES[alone.direct], where


@pytest.mark.slow
@law(60)
@given(values=st.lists(some_firm(), min_size=1, max_size=8))
def test_the_batch_says_what_the_evaluator_of_one_firm_says(values: list[dict[str, Any]]):
    same(values)


@law(40)
@given(
    values=some_firm(), on=st.sampled_from([date(2016, 1, 1), date(2024, 5, 5), date(2026, 3, 31), date(2026, 4, 1)])
)
def test_on_other_days_too(values: dict[str, Any], on: date):
    same([values], on)


@law(60)
@given(tenths=st.lists(st.integers(1, 400), min_size=1, max_size=20), shift=st.sampled_from([0, 0, 1, -1]))
def test_on_the_border_of_a_share_with_odd_decimals(tenths: list[int], shift: int):
    # R&D of exactly 3, 4, 5 or 6 % of awkward sales, or a hundredth of a 分 beside it.
    values = []
    for number, count in enumerate(tenths):
        sales = Fraction(count * 1007, 100)
        spent = sales * (3 + number % 4) / 100 + Fraction(shift, 10**8)
        values.append(firm({"sales_revenue.2025": float(sales), "main_revenue.2025": float(sales),
                            "rd_expense.2025": float(spent)}).values)  # fmt: skip
    same([dict(one) for one in values])


@pytest.mark.parametrize(
    "changes",
    [
        {"net_assets": {2023: 100, 2024: Fraction(110), 2025: 120}},
        {"net_assets": {}, "total_assets": {2023: 10**7, 2024: 10**7, 2025: 10**7},
         "total_liabilities": {2023: 10**7 - 1, 2024: "9999998.95", 2025: "9999998.8975"}},
        {"market_rank": None, "market_share": 0},
        {"staff_total": {2026: 10, 2025: 20}, "tech_staff": {2026: 1}},
        {"rd_institution_level": "ministerial", "industry_code": "7090"},
    ],
)  # fmt: skip
def test_odd_firms(changes: dict[str, Any]):
    raw = figures()
    for name in ("total_assets_2025", "total_liabilities_2025"):
        if name.removesuffix("_2025") in changes:
            del raw[name]
    from models.rules.assess.reading import flatten

    flat = flatten(raw | {key: _plain(value) for key, value in changes.items()})
    assert flat.problems == []
    same([dict(flat.values)])


def _plain(value: Any) -> Any:
    return {key: _plain(one) for key, one in value.items()} if isinstance(value, dict) else (
        str(float(value)) if isinstance(value, Fraction) else value
    )  # fmt: skip


def test_a_border_is_judged_exactly_and_only_a_border(monkeypatch: pytest.MonkeyPatch):
    on_border = dict(firm({"rd_expense.2025": 5.35, "sales_revenue.2025": 107, "cost_and_expense_2025": 1000}).values)
    beside = dict(firm({"rd_expense.2025": 5.36, "sales_revenue.2025": 107, "cost_and_expense_2025": 1000}).values)
    book = shipped().in_force("tech_sme", ON)
    assert book
    assert Vector(book, Columns(frame_of([on_border, beside]), ON)).near.tolist() == [True, True]  # 20/100 people too
    frame = frame_of([one | {"tech_staff": Fraction(21)} for one in (on_border, beside)])
    outcome = judge_all(frame, ON, shipped(), ["tech_sme"])["tech_sme"]
    assert outcome.points["rd_by_sales"][0].tolist() == [40, 40] and outcome.exact == 1
    # float64 alone says 4 % here: that is why the row is asked again.
    monkeypatch.setattr("crm.assessing.vector.NEAR", -1.0)
    alone = Vector(book, Columns(frame, ON))
    assert alone.near.tolist() == [False, False] and alone.points["rd_by_sales"][0].tolist() == [30, 40]


def test_the_table_for_lists():
    rows = [dict(firm().values), dict(firm({"compliance_ok": False, "hightech_income_2025": 0}).values), {}]
    frame = frame_of(rows)
    found = table(judge_all(frame, ON, shipped()), frame.index)
    assert list(found["hnte.verdict"]) == ["eligible", "not_eligible", "unknown"]
    assert list(found["hnte.gaps"]) == [0, 2, 0]
    assert found["tech_sme.total"][0] == 92 and np.isnan(found["tech_sme.total"][2])
    assert found["srdi_sme.verdict"][2] == "not_eligible"  # no title was named


def test_a_version_can_be_tried_on_all_firms_before_it_is_in_force():
    frame = frame_of([dict(firm({"tech_staff": 10}).values)])
    book = shipped().version("hnte-2016")
    assert book
    from models.rules.assess.book_reader import read_book
    from models.rules.assess.shelf import FOLDER

    text = (FOLDER / "hnte-2016.toml").read_text(encoding="utf-8")
    stricter = read_book(
        text.replace('"hnte-2016"', '"hnte-2030"').replace("2016-01-01", "2030-01-01").replace(
            'measure = "tech_staff_share_now"\nat_least = 0.10', 'measure = "tech_staff_share_now"\nat_least = 0.12'
        ), "row",
    )  # fmt: skip
    assert judge_by(book, frame, ON).verdict.tolist() == [1]
    assert judge_by(stricter, frame, ON).verdict.tolist() == [0]


def test_nobody_at_all():
    assert len(table(judge_all(frame_of([]), ON, shipped()), frame_of([]).index)) == 0
