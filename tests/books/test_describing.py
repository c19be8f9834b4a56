"""A rule book in words, and what differs between two: each limit, bracket and route, old beside new."""

from dataclasses import replace
from datetime import date

import pytest

from models.rules.assess.book_reader import read_book
from models.rules.assess.describing import SECTIONS, differences, entries
from models.rules.assess.shelf import FOLDER, shipped
from tests.support.book_factories import book_text

BOOKS = shipped().books


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.version)
def test_every_entry_of_every_book_is_said_in_chinese(book) -> None:
    listed = entries(book)
    assert len(listed) == sum(len(getattr(book, section)) for section in SECTIONS)
    for one in listed:
        assert one.lines and one.source and one.sure
        for line in one.lines:
            assert line.words and "_" not in line.words and "None" not in line.words, (one.key, line)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.version)
def test_a_book_does_not_differ_from_itself_nor_by_its_name_and_days(book) -> None:
    assert differences(book, book) == []
    assert differences(book, replace(book, version="x", effective_from=date(2027, 1, 1), effective_to=None)) == []


def changed(*changes: tuple[str, str], based_on: str = "hnte-2016"):
    old = read_book((FOLDER / f"{based_on}.toml").read_text(encoding="utf-8"), "old")
    text = book_text("x", based_on, date(2027, 1, 1), None, *changes)
    return [(one.section, one.label, one.part, one.kind, one.old, one.new, one.source)
            for one in differences(old, read_book(text, "new"))]  # fmt: skip


@pytest.mark.parametrize(
    "old, new, wanted",
    [
        ("at_least = 365", "at_least = 180",
         ("条件", "注册成立满一年", "要求", "改动", "注册至今不低于 365 天", "注册至今不低于 180 天",
          "32号 第十一条（一）")),
        ("more_than = 70", "at_least = 70",
         ("条件", "创新能力评价得分", "要求", "改动", "创新能力评价得分大于 70 分", "创新能力评价得分不低于 70 分",
          "32号 第十一条（七）；195号 三（七）")),
        ("net_asset_growth\", at_least = 0.35", "net_asset_growth\", at_least = 0.40",
         ("分数区间", "净资产增长率", "分档", "改动", "净资产增长率不低于 35%，得 9～10 分",
          "净资产增长率不低于 40%，得 9～10 分",
          "195号 三（七）4")),
        ("    { measure = \"class2\", at_least = 5, gives = [5, 6] },\n", "",
         ("分数区间", "知识产权数量", "分档", "取消", "Ⅱ类不低于 5 项，得 5～6 分", "", "195号 三（七）1")),
        ('rule = "+3y"', 'rule = "+3y-1d"',
         ("总则", "高新技术企业", "资质有效期", "改动", "三年", "三年，到期日前一天止", "32号 第九条")),
    ],
)  # fmt: skip
def test_one_change_is_one_difference(old: str, new: str, wanted: tuple[str, ...]) -> None:
    assert changed((old, new)) == [wanted]


def test_one_tier_of_a_limit_is_one_difference() -> None:
    (one,) = changed(("{ up_to = 5000, limit = 0.05 }", "{ up_to = 5000, limit = 0.06 }"))
    assert one[2:6] == (
        "分档", "改动", "上年销售收入 5000 万元以内，近三年研发费用占销售收入不低于 5%",
        "上年销售收入 5000 万元以内，近三年研发费用占销售收入不低于 6%",
    )  # fmt: skip
    found = changed(("{ up_to = 20000, limit = 0.04 }", "{ up_to = 30000, limit = 0.04 }"))
    assert [one[5] for one in found] == [
        "上年销售收入 30000 万元以内，近三年研发费用占销售收入不低于 4%",
        "上年销售收入 超过 30000 万元，近三年研发费用占销售收入不低于 3%",
    ]


def test_a_route_that_is_new_and_one_that_is_gone() -> None:
    text = (FOLDER / "tech_sme-2017.toml").read_text(encoding="utf-8")
    start = text.index("[[direct]]")
    end = text.index("[[direct]]", start + 1)
    without = text[:start] + text[end:]
    old, new = read_book(text, "old"), read_book(without, "new")
    (gone,) = differences(old, new)
    assert (gone.section, gone.kind, gone.new) == ("直通条件", "取消", "")
    (added,) = differences(new, old)
    assert (added.kind, added.old, added.new) == ("新增", "", gone.old)


def test_a_source_and_a_confidence_are_differences_too() -> None:
    found = changed(('source = "32号 第十一条（一）"\nconfidence = "V"', 'source = "新 第一条"\nconfidence = "M"'))
    assert [(one[2], one[4], one[5]) for one in found] == [
        ("出处", "32号 第十一条（一）", "新 第一条"), ("可信度", "已核原文", "凭记忆，待核"),
    ]  # fmt: skip
