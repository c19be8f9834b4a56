"""What a digest holds and says: borders of days, order, what is left out."""

from datetime import date, timedelta

import pytest

from models.rules import digest as rules
from models.rules.digest import Item, due_light, section, stage_reached

ON = date(2026, 11, 23)
SINCE = ON - timedelta(days=7)


@pytest.mark.parametrize(
    "days, said",
    [(-1, ("red", "逾期 1 天")), (0, ("yellow", "今天到期")), (1, ("yellow", "11-24 前")), (3, ("yellow", "11-26 前")),
     (4, ("", "11-27 前"))],
)  # fmt: skip
def test_the_light_of_a_day(days: int, said: tuple[str, str]) -> None:
    assert due_light(ON + timedelta(days=days), ON) == said


@pytest.mark.parametrize(
    "days, stage",
    [(91, None), (90, 90), (84, 90), (83, None), (60, 60), (54, 60), (53, None), (30, 30), (24, 30), (23, None),
     (7, 7), (1, 7), (0, None)],
)  # fmt: skip
def test_a_title_is_named_once_at_each_stage(days: int, stage: int | None) -> None:
    assert stage_reached(ON + timedelta(days=days), SINCE, ON) == stage


def test_after_a_missed_month_only_the_nearest_stage_is_named() -> None:
    assert stage_reached(ON + timedelta(days=25), ON - timedelta(days=40), ON) == 30


@pytest.mark.parametrize("gone, found", [(30, False), (31, True), (37, True), (38, False)])
def test_a_firm_is_named_in_the_week_its_interval_ran_out(gone: int, found: bool) -> None:
    assert rules.crossed(ON - timedelta(days=gone), 30, SINCE, ON) is found


def items(count: int) -> list[Item]:
    return [Item(f"第 {number} 件", f"/issues/{number}") for number in range(count)]


@pytest.mark.parametrize("count, shown, more", [(0, 0, 0), (6, 6, 0), (7, 6, 1), (40, 6, 34)])
def test_a_section_shows_six_rows_and_counts_the_rest(count: int, shown: int, more: int) -> None:
    made = section("issues", "要办的问题", items(count), "/issues/mine")
    assert (len(made.items), made.more, made.total) == (shown, more, count)


def test_sections_without_rows_fall_away_and_what_needs_the_reader_stands_first() -> None:
    made = rules.digest(1, "何岸", ON, [
        section("moves", "梯队变动", items(2), "/", "2 家梯级变动"),
        section("plan", "本周安排", [], "/", "本周安排 0 项"),
        section("issues", "要办的问题", items(1), "/", "1 件问题逾期"),
    ])  # fmt: skip
    assert [one.key for one in made.sections] == ["issues", "moves"]
    assert made.subject == "1 件问题逾期"


def test_a_digest_without_sections_is_empty_and_says_nothing() -> None:
    made = rules.digest(1, "何岸", ON, [section("plan", "本周安排", [], "/", "本周安排 0 项")])
    assert made.empty and made.subject == ""


def test_a_headline_leaves_out_what_is_zero() -> None:
    assert rules.counted([(0, "件问题逾期"), (2, "件待签收"), (0, "件本周要办")]) == "2 件待签收"
