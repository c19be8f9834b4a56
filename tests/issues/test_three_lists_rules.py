"""What a row of the three lists says, and what is new about it against an edition before."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from models.rules import three_lists
from models.rules.issue import ENDED, STATES
from models.rules.issue_age import BANDS, lasted
from models.rules.issue_clock import Light
from models.rules.three_lists import Before, Line, marks, spans, tally

GREEN, RED = Light("green"), Light("red", True)
LINE = Line(
    7, "2026-0007", 1, "云澜精密有限公司", "贷款额度卡住了", "协同", "融资", date(2026, 3, 2), "visit",
    "in_progress", GREEN,
    measures="对接两家银行", leader="方启明", unit="金融服务中心", person="王晓",
    assisting=("高企科（陆宁）", "石桥镇"),
    dispatched_on=date(2026, 3, 3), first_due_on=date(2026, 3, 24), due_on=date(2026, 4, 3), extensions=1,
    progress=("2026-03-04 签收", "2026-03-12 阶段答复：已约行长"), evidence=("会议纪要.pdf",),
    opinion="部分解决，态度 4 分",
)  # fmt: skip


def test_each_list_prints_its_columns() -> None:
    assert [column.heading for column in three_lists.COLUMNS["problem"]] == [
        "企业", "原话", "类别", "专题", "首次提出", "来源", "灯",
    ]  # fmt: skip
    assert [column.heading for column in three_lists.COLUMNS["responsibility"]] == [
        "企业", "问题", "解决措施", "牵头领导", "责任单位", "责任人", "协办单位",
        "交办日期", "完成时限（原/现）", "延期次数",
    ]  # fmt: skip
    assert [column.heading for column in three_lists.COLUMNS["follow_through"]] == [
        "企业", "问题", "工作进展（按日期）", "办理结果", "佐证材料", "企业评价", "销号日期",
    ]  # fmt: skip
    assert list(three_lists.cells("problem", LINE).values()) == [
        "云澜精密有限公司", "贷款额度卡住了", "协同", "融资", "2026-03-02", "走访", "● 正常",
    ]  # fmt: skip
    assert list(three_lists.cells("responsibility", LINE).values()) == [
        "云澜精密有限公司", "贷款额度卡住了", "对接两家银行", "方启明", "金融服务中心", "王晓",
        "高企科（陆宁）\n石桥镇",
        "2026-03-03", "原 2026-03-24\n现 2026-04-03", 1,
    ]  # fmt: skip
    assert list(three_lists.cells("follow_through", LINE).values()) == [
        "云澜精密有限公司", "贷款额度卡住了", "2026-03-04 签收\n2026-03-12 阶段答复：已约行长", "办理中",
        "会议纪要.pdf",
        "部分解决，态度 4 分", "",
    ]  # fmt: skip


def test_a_due_date_that_never_moved_stands_alone() -> None:
    assert three_lists.due_words(replace(LINE, due_on=LINE.first_due_on)) == "2026-03-24"
    assert three_lists.due_words(replace(LINE, due_on=None, first_due_on=None)) == ""


@pytest.mark.parametrize(
    "state, outcome, said",
    [
        ("closed_out", "solved", "已解决"), ("closed_out", None, "已解决"), ("explained", None, "解释说明"),
        ("parked", None, "计划解决"), ("withdrawn", None, "撤回"), ("declined", None, "不予受理"),
        ("in_progress", None, "办理中"), ("awaiting_firm", "solved", "办理中（企业确认）"),
    ],
)  # fmt: skip
def test_a_result_is_solved_planned_or_explained(state: str, outcome: str | None, said: str) -> None:
    assert three_lists.result_words(state, outcome) == said


@pytest.mark.parametrize(
    "light, said",
    [
        (Light("green"), "● 正常"), (Light("yellow", True), "▲ 临期，◇ 曾逾期"), (Light("red", True), "■ 逾期"),
        (Light("", True), "◇ 曾逾期"), (Light(""), ""),
    ],
)  # fmt: skip
def test_a_light_is_a_shape_and_a_word(light: Light, said: str) -> None:
    assert three_lists.light_words(light) == said


@pytest.mark.parametrize(
    "before, state, light, extended, said",
    [
        (None, "in_progress", GREEN, False, ("new",)),
        (None, "in_progress", RED, True, ("overdue", "extended", "new")),
        (None, "closed_out", Light(""), False, ("closed", "new")),
        (None, "withdrawn", Light(""), False, ("new",)),
        (Before("in_progress", "green"), "in_progress", GREEN, False, ()),
        (Before("in_progress", "green"), "in_progress", RED, False, ("overdue",)),
        (Before("in_progress", "red"), "in_progress", RED, False, ()),
        (Before("in_progress", "red"), "in_progress", GREEN, True, ("extended",)),
        (Before("in_progress", "red"), "closed_out", Light(""), True, ("closed",)),
        (Before("in_progress", "red"), "explained", Light(""), False, ()),
        (Before("closed_out", ""), "in_progress", GREEN, False, ("new",)),
        (Before("closed_out", ""), "closed_out", Light(""), False, ("closed", "new")),
    ],
)  # fmt: skip
def test_what_is_new_about_a_row(
    before: Before | None, state: str, light: Light, extended: bool, said: tuple[str, ...]
) -> None:
    assert marks(before, replace(LINE, state=state, light=light), extended) == said


def test_the_counts_lead_from_one_edition_to_the_next() -> None:
    """上期 ＋ 新增 － 销号 － 其他了结 ＝ 本期, whatever happened between."""
    befores = [None, *(Before(state, light) for state in STATES for light in ("green", "red"))]
    rows, open_before = [], 0
    for before, state in product(befores, STATES):
        open_before += before is not None and before.is_open
        line = replace(LINE, state=state, light=RED if state not in ENDED else Light(""))
        rows.append((state, line.light.colour, marks(before, line, False)))
    counted = tally(rows)
    assert counted.gone(open_before) == 0
    # One that no longer falls under the filter is missing, and told.
    kept = [row for row in rows if row != ("in_progress", "red", ())]
    assert tally(kept).gone(open_before) == len(rows) - len(kept) > 0


def test_only_neighbouring_rows_of_a_firm_are_merged() -> None:
    assert spans([1, 1, 2, 3, 3, 3, 1]) == [(0, 1), (3, 5)]
    assert spans([1]) == spans([]) == []
    assert spans(["甲", "甲"]) == [(0, 1)]


@pytest.mark.parametrize("days, key", [(0, "7"), (7, "7"), (8, "15"), (15, "15"), (16, "30"), (30, "30"), (31, "60"),
                                       (60, "60"), (61, "90"), (90, "90"), (91, "over"), (900, "over")])  # fmt: skip
def test_an_age_belongs_to_one_band(days: int, key: str) -> None:
    on, raised = date(2026, 11, 20), date.fromordinal(date(2026, 11, 20).toordinal() - days)
    within = [b.key for b in BANDS if (b.days(on)[0] or raised) <= raised <= b.days(on)[1]]
    assert within == [key]


def test_of_lengths_the_middle_the_mean_and_the_longest() -> None:
    found = lasted([(9, 1), (1, 2), (2, 1)])
    assert found is not None
    assert (found.stays, found.median, found.mean, found.longest) == (4, 1, 3.25, 9)
    assert lasted([]) is None
