"""How a firm's figures are read and questioned: both sides of every border, and every move of a request."""

from decimal import Decimal
from itertools import product

import pytest

from models.firm.yearly import YEARLY
from models.rules.firm_input import (
    FIGURES,
    FOLLOWS,
    MOVES,
    PARTS,
    STATES,
    Cell,
    after,
    doubts,
    is_old,
    may,
    read,
)


def test_figures_are_called_and_counted_as_on_the_record() -> None:
    assert {key: (asked.label, asked.unit) for key, asked in FIGURES.items()} == {key: YEARLY[key] for key in FIGURES}
    assert set(FOLLOWS) < set(FIGURES) and {key for pair in PARTS for key in pair} < set(FIGURES)


@pytest.mark.parametrize(
    "key, text, value, about",
    [
        ("rd_expense", "3000", "3000", False),
        ("rd_expense", " 3,000.5 万元 ", "3000.5", False),
        ("rd_expense", "３０００", "3000", False),
        ("rd_expense", "约3000", "3000", True),
        ("rd_expense", "3,000万", "3000", False),
        ("rd_expense", "1.2亿元", "12000", False),
        ("rd_expense", "35000000元", "3500", False),
        ("rd_expense", "0", "0", False),
        ("rd_expense", "100000000", "100000000", False),
        ("net_assets", "-120", "-120", False),
        ("staff_total", "120人", "120", False),
        ("staff_total", "约 120 名", "120", True),
        ("staff_total", "1.2万人", "12000", False),
        ("staff_total", "1000000", "1000000", False),
        ("ip_class_1", "3 件", "3", False),
        ("ip_class_2", "100000", "100000", False),
    ],
)
def test_what_a_firm_writes_is_read(key: str, text: str, value: str, about: bool) -> None:
    found = read(key, text)
    assert (found.value, found.approximate, found.problem) == (Decimal(value), about, "")


@pytest.mark.parametrize("text", ["", "  ", "-", "—", "/"])
def test_nothing_written_is_nothing(text: str) -> None:
    assert read("rd_expense", text) == read("staff_total", text) == read("rd_expense", "")
    assert read("rd_expense", text).value is None and not read("rd_expense", text).problem


@pytest.mark.parametrize(
    "key, text, problem",
    [
        ("rd_expense", "-0.000001", "不能是负数"),
        ("rd_expense", "100000000.000001", "太大了"),
        ("net_assets", "-100000001", "太大了"),
        ("rd_expense", "三千", "看不懂这个金额"),
        ("rd_expense", "3000美元", "折成人民币"),
        ("rd_expense", "3000-4000", "范围"),
        ("rd_expense", "3000吨", "单位"),
        ("rd_expense", "无", "没有的请填 0"),
        ("staff_total", "-1", "不能是负数"),
        ("staff_total", "12.5", "整数"),
        ("staff_total", "1000001", "太大了"),
        ("staff_total", "300元", "不是金额"),
        ("staff_total", "三百", "只填数字"),
        ("ip_class_1", "100001", "太大了"),
        ("ip_class_1", "没有", "没有的请填 0"),
    ],
)
def test_what_cannot_be_a_figure_is_refused(key: str, text: str, problem: str) -> None:
    assert problem in read(key, text).problem


def asked_about(filled: dict[str, object], known: dict[Cell, object] | None = None) -> list[str]:
    cells = {(key, 2025): Decimal(str(value)) for key, value in filled.items()}
    return [
        doubt.words for doubt in doubts(cells, {cell: Decimal(str(value)) for cell, value in (known or {}).items()})
    ]


@pytest.mark.parametrize("part, whole", PARTS)
def test_a_part_may_be_the_whole_and_no_more(part: str, whole: str) -> None:
    assert asked_about({part: 100, whole: 100}) == []
    assert len(asked_about({part: 101, whole: 100})) == 1
    assert asked_about({part: 101}) == [] == asked_about({whole: 1})


@pytest.mark.parametrize("net, asks", [(60, 0), (61, 0), (59, 0), ("61.000001", 1), ("58.999999", 1), (-60, 1)])
def test_net_assets_are_assets_less_debts_but_for_rounding(net: object, asks: int) -> None:
    assert len(asked_about({"total_assets": 100, "total_liabilities": 40, "net_assets": net})) == asks
    assert asked_about({"total_assets": 100, "net_assets": net}) == []


@pytest.mark.parametrize(
    "now, before, question",
    [
        (999, 100, ""),
        (1000, 100, "是上一年的 10 倍"),
        (499_999, 100, "是上一年的 5,000 倍"),
        (500_000, 100, "填成了元"),
        (1_000_000, 100, "填成了元"),
        (11, 100, ""),
        (10, 100, "只有上一年的十分之一"),
        ("9.9", 100, "不到上一年的十分之一"),
        ("0.020001", 100, "不到上一年的十分之一"),
        ("0.02", 100, "填成了亿元"),
        (0, 100, ""),
        (100, 0, ""),
    ],
)
def test_a_jump_from_the_year_before_is_asked_about(now: object, before: object, question: str) -> None:
    words = asked_about({"rd_expense": now}, {("rd_expense", 2024): before})
    assert (question in words[0]) if question else words == []


def test_heads_are_never_yuan() -> None:
    assert "倍" in asked_about({"staff_total": 10_000}, {("staff_total", 2024): 1})[0]


@pytest.mark.parametrize(
    "key, value, beside, asks",
    [
        ("cost_and_expense", "999999.999999", {}, 0),
        ("cost_and_expense", 1_000_000, {}, 1),
        ("net_assets", -1_000_000, {}, 1),
        ("cost_and_expense", "49999.999999", {"operating_revenue": 10}, 0),
        ("cost_and_expense", 50_000, {"operating_revenue": 10}, 1),
        ("cost_and_expense", 50_000, {"operating_revenue": 0, "total_assets": 10}, 1),
        ("cost_and_expense", 50_000, {"operating_revenue": 11, "total_assets": 10}, 0),
        ("staff_total", 1_000_000, {"operating_revenue": 10}, 0),
    ],
)
def test_without_a_year_before_an_amount_out_of_all_scale_is_asked_about(
    key: str, value: object, beside: dict[str, object], asks: int
) -> None:
    words = asked_about({key: value, **beside})
    assert len(words) == asks and all("填成了元" in one for one in words)


def test_with_a_year_before_that_alone_decides() -> None:
    assert asked_about({"cost_and_expense": 2_000_000}, {("cost_and_expense", 2024): 1_900_000}) == []


def test_only_the_year_before_counts_and_what_was_just_filled_in_goes_first() -> None:
    assert asked_about({"rd_expense": 1000}, {("rd_expense", 2023): 1}) == []
    filled = {("rd_expense", 2025): Decimal(1000), ("rd_expense", 2024): Decimal(900)}
    assert doubts(filled, {("rd_expense", 2024): Decimal(1), ("rd_expense", 2023): Decimal(800)}) == []
    assert len(doubts(filled, {("rd_expense", 2023): Decimal(1)})) == 1


def test_years_are_not_held_against_each_other_but_by_themselves() -> None:
    filled = {("rd_staff", 2025): Decimal(50), ("staff_total", 2024): Decimal(40)}
    assert doubts(filled, {}) == []


def test_a_confirmation_holds_for_the_values_it_was_given_for() -> None:
    one = doubts({("rd_staff", 2025): Decimal(50), ("staff_total", 2025): Decimal(40)}, {})[0]
    other = doubts({("rd_staff", 2025): Decimal(51), ("staff_total", 2025): Decimal(40)}, {})[0]
    assert one.code != other.code and one.cells == (("rd_staff", 2025), ("staff_total", 2025))


ALLOWED = {
    "asked send sent", "sent send sent", "filling send filling", "returned send returned",
    "asked save filling", "sent save filling", "filling save filling", "returned save filling",
    "asked submit submitted", "sent submit submitted", "filling submit submitted", "returned submit submitted",
    "submitted adopt adopted", "submitted return returned",
    "asked void void", "sent void void", "filling void void", "returned void void", "submitted void void",
}  # fmt: skip


@pytest.mark.parametrize("state, event", list(product(STATES, MOVES)))
def test_only_these_moves_exist(state: str, event: str) -> None:
    found = f"{state} {event} {after(event, state)}"
    assert may(event, state) == (found in ALLOWED)


@pytest.mark.parametrize("latest, year, old", [(2025, 2026, False), (2024, 2026, True), (2024, 2025, False)])
def test_figures_are_old_a_year_after_their_year_ended(latest: int, year: int, old: bool) -> None:
    assert is_old(latest, year) is old
