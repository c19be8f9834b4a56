"""Rule books: what ships, which is in force when, and how a wrong one is refused."""

from datetime import date
from fractions import Fraction as F

import pytest

from models.rules.assess.book import CONFIDENCE, CONTRACT, REGIMES
from models.rules.assess.book_reader import BookRefused, read_book, read_efforts
from models.rules.assess.shelf import EFFORTS, FOLDER, read_folder, shipped


def text(version: str) -> str:
    return (FOLDER / f"{version}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "regime, on, version",
    [
        ("tech_sme", date(2017, 5, 2), None),
        ("tech_sme", date(2017, 5, 3), "tech_sme-2017"),
        ("tech_sme", date(2026, 11, 22), "tech_sme-2017"),
        ("innovative_sme", date(2022, 7, 31), None),
        ("innovative_sme", date(2022, 8, 1), "innovative_sme-2022"),
        ("srdi_sme", date(2026, 3, 31), "srdi_sme-2022"),
        ("srdi_sme", date(2026, 4, 1), "srdi_sme-2026"),
        ("little_giant", date(2026, 3, 31), "little_giant-2022"),
        ("little_giant", date(2026, 4, 1), "little_giant-2026"),
        ("hnte", date(2015, 12, 31), None),
        ("hnte", date(2016, 1, 1), "hnte-2016"),
    ],
)
def test_the_book_in_force(regime: str, on: date, version: str | None):
    book = shipped().in_force(regime, on)
    assert (book.version if book else None) == version


def test_every_entry_of_every_book_names_its_source_and_how_sure_we_are():
    for book in shipped().books:
        assert book.documents and book.validity.source and book.origin == f"{book.version}.toml"
        for entry in (*book.conditions, *book.points, *book.bands, *book.direct, *book.triggers):
            assert entry.source and entry.confidence in CONFIDENCE, (book.version, entry.key)
        if book.scoring:
            assert book.test_keys() == CONTRACT[book.regime][0]


def test_validity_is_the_one_of_the_types_of_titles():
    from models.rules.title_types import TITLE_TYPES

    rules = {kind.key: kind.validity for kind in TITLE_TYPES}
    assert {(book.regime, book.validity.rule) for book in shipped().books} == {
        (regime, rules[regime]) for regime in REGIMES
    }


def test_limits_are_exact():
    book = shipped().version("hnte-2016")
    assert book
    limits = {condition.key: condition.tests[0] for condition in book.conditions}
    assert limits["rd_ratio"].tiers == ((F(5000), F(1, 20)), (F(20000), F(1, 25)), (None, F(3, 100)))
    assert limits["tech_staff"].limit == F(1, 10)


def test_an_administrators_version_overrides_a_file_or_stands_beside_it():
    newer = text("hnte-2016").replace('"hnte-2016"', '"hnte-2027"').replace("2016-01-01", "2027-01-01")
    shelf = shipped().with_texts({"row 1": newer})
    assert {shelf.in_force("hnte", date(2026, 12, 31)).version, shelf.in_force("hnte", date(2027, 1, 1)).version} == {  # type: ignore[union-attr]
        "hnte-2016", "hnte-2027",
    }  # fmt: skip
    # The assessment of last year still finds its rules.
    assert shelf.version("hnte-2016") == shipped().version("hnte-2016")
    changed = shipped().with_texts({"row 2": text("hnte-2016").replace("at_least = 365", "at_least = 400")})
    book = changed.in_force("hnte", date(2026, 1, 1))
    assert book and book.conditions[0].tests[0].limit == 400 and book.origin == "row 2"
    assert len(changed.books) == len(shipped().books)


@pytest.mark.parametrize(
    "version, old, new, where, words",
    [
        ("hnte-2016", 'regime = "hnte"', 'regime = "gaoqi"', "", "regime 应是"),
        ("hnte-2016", "effective_from = 2016-01-01", "", "", "缺 effective_from"),
        ("hnte-2016", "2016-01-01", '"2016-01-01"', "", "日期"),
        ("hnte-2016", "effective_from = 2016-01-01", "effective_from = 2016-01-01\neffective_to = 2015-01-01", "",
         "早于"),
        ("hnte-2016", "at_least = 365", 'at_least = "一年"', "条件 age", "at_least 应是数字"),
        ("hnte-2016", "at_least = 365", "at_leest = 365", "条件 age", "没有“at_leest”"),
        ("hnte-2016", "at_least = 365", "", "条件 age", "界限"),
        ("hnte-2016", 'measure = "days_registered"', 'measure = "days"', "条件 age", "没有“days”这个指标"),
        ("hnte-2016", 'key = "age"', 'key = "alter"', "", "缺条件 age"),
        ("hnte-2016", 'key = "age"', 'key = "ip"', "条件 ip", "写了两次"),
        ("hnte-2016", 'source = "32号 第十一条（一）"', "", "条件 age", "缺 source"),
        ("hnte-2016", 'confidence = "V"', 'confidence = "sure"', "validity", "confidence 应是"),
        ("hnte-2016", "{ up_to = 5000, limit = 0.05 }", "{ limit = 0.05 }", "条件 rd_ratio 第 1 档", "up_to"),
        ("hnte-2016", "up_to = 20000", "up_to = 4000", "条件 rd_ratio 第 2 档", "一档比一档大"),
        ("hnte-2016", 'declared = "compliance_ok"', 'declared = "good"', "条件 compliance", "没有“good”"),
        ("hnte-2016", 'points = "total"', 'points = "sum"', "score", "没有得分项“sum”"),
        ("hnte-2016", "gives = [7, 8]", "gives = [8, 7]", "分数区间 ip_quantity 第 1 档", "从小到大"),
        ("hnte-2016", "gives = [7, 8]", "gives = [7, 9]", "分数区间 ip_quantity 第 1 档", "0 到 8"),
        ("hnte-2016", '["net_asset_growth", "sales_growth"]', '["growth"]', "分数区间 growth", "前面"),
        ("hnte-2016", "max = 100", "", "", "max"),
        ("hnte-2016", 'rule = "+3y"', 'rule = "+4y"', "validity", "rule 应是"),
        ("tech_sme-2017", "0.25, gives = 16", "0.35, gives = 16", "得分项 staff 第 2 档", "一档比一档低"),
        ("tech_sme-2017", "0.25, gives = 16", "0.25, gives = 24", "得分项 staff 第 2 档", "0 到 20"),
        ("tech_sme-2017", "0.30, gives = 20", "0.30, gives = 6", "得分项 staff 第 2 档", "高分"),
        ("tech_sme-2017", '["rd_by_sales", "rd_by_cost"]', '["rd_by_sale"]', "得分项 rd", "rd_by_sale"),
        ("tech_sme-2017", "documents = [", "documents = 3 # [", "", "documents"),
        ("srdi_sme-2022", "scoring = false", 'scoring = "no"', "", "scoring"),
        ("srdi_sme-2026", "any = [", "some = [", "条件 revenue_or_equity", "some"),
        ("srdi_sme-2026", "regime", "regime =", "", "TOML"),
    ],
)  # fmt: skip
def test_a_wrong_book_is_refused_with_file_entry_and_reason(version: str, old: str, new: str, where: str, words: str):
    right = text(version)
    assert old in right
    with pytest.raises(BookRefused) as refused:
        read_book(right.replace(old, new, 1), "x.toml")
    said = str(refused.value)
    assert said.startswith("规则文件 x.toml") and where in said and words in said


def test_efforts_are_positive_numbers():
    assert all(rate > 0 for rate in shipped().efforts.values())
    for wrong in ("rd_expense = 0", 'rd_expense = "1"', "rd_expense = -1"):
        with pytest.raises(BookRefused):
            read_efforts(wrong, EFFORTS)


def test_two_files_of_one_version_are_refused(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(text("hnte-2016"), encoding="utf-8")
    with pytest.raises(BookRefused, match=r"已经在 a\.toml"):
        read_folder(tmp_path)
