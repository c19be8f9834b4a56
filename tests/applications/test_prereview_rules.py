"""Marks, means and what stands in the way of filing, by hand-worked tables."""

from decimal import Decimal

import pytest

from models.rules import prereview
from models.rules.judgement import QUESTIONS
from models.rules.prereview import PARTS, average, expert_of, lines_of, total_of, unready


@pytest.mark.parametrize(
    "parts, wanted",
    [
        ((30, 30, 20, 20), 100), ((0, 0, 0, 0), 0), ((24, 19, 14, 13), 70), ((24, 19, None, 13), None),
        ((None, None, None, None), None),
    ],
)  # fmt: skip
def test_a_total_needs_every_part(parts: tuple[int | None, ...], wanted: int | None) -> None:
    assert total_of(dict(zip(PARTS, parts, strict=True))) == wanted


@pytest.mark.parametrize(
    "points, tenth, whole",
    [
        ((71, 72), "71.5", "72"), ((71, 71, 72), "71.3", "71"), ((80, None), "80.0", "80"), ((0,), "0.0", "0"),
        ((1, 2, 2, 2), "1.8", "2"), ((24, 24, 24, 24, 24, 24, 25, 25, 26), "24.4", "24"),
        # 24.4545…: rounding twice would make 25 of it.
        ((25, 25, 25, 25, 25, 24, 24, 24, 24, 24, 24), "24.5", "24"),
    ],
)  # fmt: skip
def test_means_are_rounded_once_and_halves_up(points: tuple[int | None, ...], tenth: str, whole: str) -> None:
    assert str(average(points)) == tenth and str(average(points, Decimal(1))) == whole
    assert average(()) is None and average((None, None)) is None


@pytest.mark.parametrize(
    "verdict, findings, wanted",
    [("again", 1, True), ("again", 0, False), ("cleared", 3, False), ("postponed", 3, False), (None, 3, False)],
)
def test_only_open_findings_of_come_again_stand_in_the_way(verdict: str | None, findings: int, wanted: bool) -> None:
    assert unready(verdict, findings) is wanted


def test_lines_lose_their_numbers_and_experts_their_unit() -> None:
    assert lines_of("1. 补审计报告\n\n 2、专利缴费证明 \n补审计报告") == ["补审计报告", "专利缴费证明"]
    assert lines_of("2025 年审计报告没有盖章") == ["2025 年审计报告没有盖章"]
    for line, wanted in (
        ("陆明远，苍岭大学", ("陆明远", "苍岭大学")), ("陆明远 苍岭大学 材料学院", ("陆明远", "苍岭大学 材料学院")),
        ("陆明远", ("陆明远", "")),
    ):  # fmt: skip
        assert expert_of(line) == wanted


def test_every_part_becomes_a_question_of_the_gap_card_and_they_make_a_hundred() -> None:
    assert {question for _, _, question in PARTS.values()} <= QUESTIONS.keys()
    assert sum(most for _, most, _ in PARTS.values()) == prereview.MOST
