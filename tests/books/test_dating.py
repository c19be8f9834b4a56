"""The lines of a text that say its version and days; two versions that claim the same days; the line of a fault."""

from dataclasses import replace
from datetime import date

import pytest

from models.rules.assess.book import Book
from models.rules.assess.book_lines import line_of
from models.rules.assess.book_reader import BookRefused, read_book
from models.rules.assess.dating import clash, fingerprint, stamped
from models.rules.assess.shelf import FOLDER, shipped

VERSIONS = sorted(book.version for book in shipped().books)
DAY, END = date(2027, 1, 1), date(2028, 12, 31)


def text(version: str = "hnte-2016") -> str:
    return (FOLDER / f"{version}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("end", [None, END])
def test_a_stamp_changes_version_and_days_and_nothing_else(version: str, end: date | None) -> None:
    before = read_book(text(version), "x")
    after = read_book(stamped(text(version), "new-1", DAY, end), "x")
    assert after == replace(before, version="new-1", effective_from=DAY, effective_to=end)
    back = stamped(stamped(text(version), "new-1", DAY, end), version, before.effective_from, before.effective_to)
    assert back == text(version)


def test_lines_that_cannot_be_told_apart_are_refused() -> None:
    inline = text().replace('version = "hnte-2016"', '"version" = "hnte-2016"')
    with pytest.raises(BookRefused):
        stamped(inline, "new-1", DAY, None)


def test_the_days_are_no_part_of_what_was_tried() -> None:
    mine = fingerprint(text())
    assert fingerprint(stamped(text(), "hnte-2016", DAY, END)) == mine
    assert fingerprint(text().replace("at_least = 365", "at_least = 366")) != mine
    assert fingerprint(stamped(text(), "new-1", DAY, None)) != mine


def book(version: str, begin: date, end: date | None = None) -> Book:
    return replace(shipped().books[0], regime="hnte", version=version, effective_from=begin, effective_to=end)


@pytest.mark.parametrize(
    "begin, end, words",
    [
        (date(2026, 4, 1), None, ""),
        (date(2026, 3, 31), None, "日期重叠：old 写明到 2026-03-31 止"),
        (date(2020, 1, 1), None, "同一天只能有一个版本"),
        (date(2019, 1, 1), date(2019, 12, 31), ""),
        (date(2019, 1, 1), date(2020, 1, 1), "日期重叠：new 写明到 2020-01-01 止"),
        (date(2019, 1, 1), None, ""),
    ],
)
def test_two_versions_do_not_claim_the_same_days(begin: date, end: date | None, words: str) -> None:
    found = clash(book("new", begin, end), [book("old", date(2020, 1, 1), date(2026, 3, 31))])
    assert (words in found) if words else found == ""


def test_another_title_and_the_version_itself_do_not_clash() -> None:
    mine = book("new", DAY)
    assert clash(mine, [mine, replace(mine, regime="tech_sme", version="other")]) == ""


@pytest.mark.parametrize(
    "old, new, wanted",
    [
        ("at_least = 365", "at_leest = 365", "at_leest"),
        ("at_least = 365", "at_least = ", "at_least = "),
        ("gives = [7, 8]", "gives = [7, 9]", "gives = [7, 9]"),
        ("gives = [5, 6]", "gives = [6, 5]", "gives = [6, 5]"),
        ("up_to = 20000", "up_to = 4000", "up_to = 4000"),
        ('source = "32号 第十一条（六）"\n', "", '[[conditions]]\nkey = "hightech_income"'),
        ('points = "total"', 'points = "sum"', 'points = "sum"'),
        ("effective_from = 2016-01-01", "effective_from = 2016-13-01", "effective_from"),
        ('rule = "+3y"', 'rule = "+4y"', "validity"),
        ('"net_asset_growth", "sales_growth"]', '"growth"]', 'sum_of = ["growth"]'),
        ('regime = "hnte"', 'regime = "gaoqi"', "regime"),
        ('declared = "compliance_ok"', 'declared = "compliance_ok', 'declared = "compliance_ok'),
    ],
)
def test_a_fault_names_its_line(old: str, new: str, wanted: str) -> None:
    assert old in text()
    wrong = text().replace(old, new, 1)
    with pytest.raises(BookRefused) as refused:
        read_book(wrong, "x")
    line = line_of(wrong, refused.value)
    assert (
        "\n".join(wrong.splitlines()[line - 1 : line + wanted.count("\n")]).startswith(wanted.splitlines()[0])
        or wanted in wrong.splitlines()[line - 1]
    ), (line, wrong.splitlines()[line - 1])
    if "\n" in wanted:
        assert wrong.splitlines()[line - 1 : line + 1] == wanted.splitlines()


def test_a_fault_of_the_reader_of_toml_is_said_in_chinese() -> None:
    for wrong in ("a = ", "a = [1", "a b", "a = 1\na = 2", "[x\n", "a = “一”", "[[conditions]]\nkey = 'x"):
        with pytest.raises(BookRefused) as refused:
            read_book(wrong, "x")
        said = refused.value.reason
        assert "行" in said or "末尾" in said
        assert not any(word in said for word in ("line", "Invalid", "Expected", "Unclosed")), said
        assert 1 <= line_of(wrong, refused.value) <= wrong.count("\n") + 1
