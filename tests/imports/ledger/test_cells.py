"""The cells of a ledger, in the ways offices write them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crm.imports.kinds.ledger import cells
from crm.imports.kinds.ledger.cells import Person
from crm.imports.kinds.ledger.fields import day_of
from crm.imports.kinds.ledger.people import NAMELESS, paired
from crm.imports.kinds.ledger.pools import wishes

NOTHING = ("", None, "/", "—", "无", "未提供", "不详", " - ", "N/A", "待补")


@pytest.mark.parametrize(
    ("written", "unit", "value", "approximate", "own"),
    [
        ("约3000", "万", "3000", True, False),
        ("1.20亿", "万", "12000", False, True),
        ("581.30万元", "万", "581.3", False, True),
        ("581.30万元", "元", "581.3", False, True),
        ("5813000元", "万", "581.3", False, True),
        (5813000, "元", "581.3", False, False),
        ("8,576.16", "万", "8576.16", False, False),
        ("１，２３４．５", "万", "1234.5", False, False),
        (10763.94, "万", "10763.94", False, False),
        ("1.5", "亿", "15000", False, False),
        ("300千元", "万", "30", False, True),
        ("近2000万", "万", "2000", True, True),
        ("0", "万", "0", False, False),
        ("-35.5", "万", "-35.5", False, False),
    ],
)
def test_money_is_in_ten_thousands(written: Any, unit: str, value: str, approximate: bool, own: bool) -> None:
    found = cells.money(written, unit)
    assert found == cells.Money(Decimal(value), approximate, own)


@pytest.mark.parametrize("written", ["3000-4000", "三千", "30万美元", "约", "3000万斤"])
def test_what_is_no_amount_is_named(written: str) -> None:
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        cells.money(written, "万")


@pytest.mark.parametrize("written", NOTHING)
def test_nothing_is_nothing(written: Any) -> None:
    assert cells.money(written, "万") is None
    assert cells.count(written) is None
    assert cells.share(written, True) is None
    assert cells.care_level(written) is None
    assert cells.plan_year(written) is None
    assert cells.people(written) == []
    assert cells.phones(written) == []
    assert cells.names(written) == []


@pytest.mark.parametrize(
    ("written", "value", "approximate"),
    [
        ("47人", 47, False),
        ("3项", 3, False),
        (12, 12, False),
        (12.0, 12, False),
        ("约50", 50, True),
        ("50人左右", 50, True),
        ("1,200", 1200, False),
        ("０", 0, False),
    ],
)
def test_counts_are_whole(written: Any, value: int, approximate: bool) -> None:
    assert cells.count(written) == cells.Number(Decimal(value), approximate)


@pytest.mark.parametrize("written", ["12.5", "50-60", "10+2", "几个", "-3", "12万元"])
def test_what_is_no_count_is_named(written: Any) -> None:
    with pytest.raises(ValueError, match="整数"):
        cells.count(written)


@pytest.mark.parametrize(
    ("written", "in_percent", "value"),
    [
        ("5.2%", True, "5.2"),
        ("5.2％", False, "5.2"),
        (5.2, True, "5.2"),
        (0.052, False, "5.2"),
        (1, True, "1"),
        (1, False, "100"),
        (0, True, "0"),
        ("0.5%", True, "0.5"),
    ],
)
def test_shares_are_in_percent(written: Any, in_percent: bool, value: str) -> None:
    found = cells.share(written, in_percent)
    assert found is not None
    assert found.value == Decimal(value)


@pytest.mark.parametrize(("written", "in_percent"), [(0.052, True), ("120%", False), ("很高", True)])
def test_a_share_that_may_be_either_is_named(written: Any, in_percent: bool) -> None:
    with pytest.raises(ValueError, match=r"百分"):
        cells.share(written, in_percent)


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("张三", [Person("张三")]),
        ("张三 15400000001", [Person("张三", "15400000001")]),
        ("张三15400000001", [Person("张三", "15400000001")]),
        ("张三（总经理）154 0000 0001", [Person("张三", "15400000001", "总经理")]),
        ("总经理 张三：154-0000-0001", [Person("张三", "15400000001", "总经理")]),
        ("张三、李四", [Person("张三"), Person("李四")]),
        ("联系人0005、联系人5005", [Person("0005"), Person("5005")]),
        ("张三15400000001、李四15400000002", [Person("张三", "15400000001"), Person("李四", "15400000002")]),
        ("张三15400000001 李四15400000002", [Person("张三", "15400000001"), Person("李四", "15400000002")]),
        ("张三\n15400000001", [Person("张三", "15400000001")]),
        ("张 三", [Person("张三")]),
        ("王女士 0000-88880001", [Person("王", "0000-88880001")]),
        ("张三 15400000001/0000-88880001", [Person("张三", "15400000001"), Person("张三", "0000-88880001")]),
        ("+86 15400000001 张三", [Person("张三", "15400000001")]),
        ("15400000001", [Person("", "15400000001")]),
    ],
)
def test_people_of_one_cell(written: str, people: list[Person]) -> None:
    found = cells.people(written)
    if written.startswith("联系人"):
        found = [Person(one.name.removeprefix("联系人"), one.phone, one.post) for one in found]
    assert found == people


@pytest.mark.parametrize(
    ("written", "phones"),
    [
        ("154 0000 0001", ["15400000001"]),
        ("154-0000-0001", ["15400000001"]),
        (15400000001.0, ["15400000001"]),
        ("15400000025/0000-00000025", ["15400000025", "0000-00000025"]),
        ("(0000)88880001转8", ["0000-88880001-8"]),
        ("88880001", ["88880001"]),
        ("+86-15400000001", ["15400000001"]),
    ],
)
def test_phones_of_one_cell(written: Any, phones: list[str]) -> None:
    assert cells.phones(written) == phones


@pytest.mark.parametrize("written", ["1540000001E+10", "1.54E+10", "1540000", "找前台", "15400000001、1540000"])
def test_a_phone_that_cannot_be_is_named(written: str) -> None:
    if written == "1540000":
        assert cells.phones(written) == ["1540000"], "seven digits are a number of the town"
        return
    if written.endswith("、1540000"):
        assert cells.phones(written) == ["15400000001", "1540000"]
        return
    with pytest.raises(ValueError, match="号码"):
        cells.phones(written)


MOBILES, BOTH = ["15400000001", "15400000002"], ["15400000001", "0000-88880001"]


@pytest.mark.parametrize(
    ("names", "phones", "expected"),
    [
        (["张三"], [], [Person("张三")]),
        (["张三"], ["15400000001"], [Person("张三", "15400000001")]),
        (["张三"], BOTH, [Person("张三", BOTH[0]), Person("张三", BOTH[1])]),
        (["张三", "李四"], MOBILES, [Person("张三", MOBILES[0]), Person("李四", MOBILES[1])]),
        (["张三", "李四"], BOTH, [Person("张三", BOTH[0]), Person("张三", BOTH[1]), Person("李四")]),
        (["张三", "李四"], ["15400000001"], [Person("张三", "15400000001"), Person("李四")]),
        ([], ["15400000001"], [Person(NAMELESS, "15400000001")]),
        ([], [], []),
    ],
)
def test_names_and_phones_of_two_columns(names: list[str], phones: list[str], expected: list[Person]) -> None:
    assert paired([Person(name) for name in names], phones, "") == expected


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("A", "A"),
        ("Ａ类", "A"),
        ("b类", "B"),
        ("C级", "C"),
        ("储备", "reserve"),
        ("储备库", "reserve"),
        ("后备类", "reserve"),
        ("一类", "A"),
        ("Ⅱ类", "B"),
        (3, "C"),
        ("B 类企业", "B"),
        ("重点", "A"),
    ],
)
def test_levels_however_written(written: Any, level: str) -> None:
    assert cells.care_level(written) == level


@pytest.mark.parametrize("written", ["E", "民营", "A或B", "AB"])
def test_no_level_is_named(written: str) -> None:
    with pytest.raises(ValueError, match="层级"):
        cells.care_level(written)


@pytest.mark.parametrize(
    ("written", "year"),
    [(2026, 2026), ("2026年", 2026), ("26年", 2026), ("2026年度", 2026), ("2026年6月", 2026), ("2026-06-30", 2026)],
)
def test_years_of_plans(written: Any, year: int) -> None:
    assert cells.plan_year(written) == year


@pytest.mark.parametrize("written", ["明年", "1999", 3, "2100年"])
def test_no_year_is_named(written: Any) -> None:
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        cells.plan_year(written)


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("张三", ["张三"]),
        ("张三、李四", ["张三", "李四"]),
        ("张 三", ["张三"]),
        ("张三（科长）", ["张三"]),
        ("张三/李四", ["张三", "李四"]),
    ],
)
def test_people_of_the_bureau(written: str, names: list[str]) -> None:
    assert cells.names(written) == names


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("35 专用设备制造业", "35"),
        ("C26化学原料和化学制品制造业", "26"),
        ("I65 软件和信息技术服务业", "65"),
        ("38", "38"),
        (38, "38"),
        ("7721 水污染治理", "7721"),
        ("医药制造业", "27"),
        ("软件和信息技术服务业", "65"),
    ],
)
def test_industries(written: Any, code: str) -> None:
    assert cells.industry(written) == code


@pytest.mark.parametrize("written", ["99 外星产业", "A35 专用设备制造业", "高端装备", "12345"])
def test_no_industry_is_named(written: str) -> None:
    with pytest.raises(ValueError, match="行业"):
        cells.industry(written)


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [
        ("23.12.8", date(2023, 12, 8), "day"),
        ("23年12月8日", date(2023, 12, 8), "day"),
        ("98-05-12", date(1998, 5, 12), "day"),
        ("26年12月", date(2026, 12, 1), "month"),
        ("2028年11月", date(2028, 11, 1), "month"),
        ("20281208", date(2028, 12, 8), "day"),
        ("40.1.1", date(2040, 1, 1), "day"),
        ("41.1.1", date(1941, 1, 1), "day"),
    ],
)
def test_dates_with_two_digits_for_the_year(written: str, day: date, precision: str) -> None:
    found = day_of(written)
    assert found is not None
    assert (found.first, found.precision) == (day, precision)


def test_a_date_that_can_be_read_two_ways_is_not_read() -> None:
    with pytest.raises(ValueError, match="两位"):
        day_of("8/12/23")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("高企首次认定", [("sme_to_hnte", "hnte")]),
        ("高企重新认定", [("cultivation_pool", "hnte")]),
        ("小升高", [("sme_to_hnte", "hnte")]),
        ("高企、专精特新", [("sme_to_hnte", "hnte"), ("srdi_pool", "srdi_sme")]),
        ("小巨人", [("srdi_pool", "little_giant")]),
        ("专精特新小巨人", [("srdi_pool", "little_giant")]),
        ("专精特新/小巨人", [("srdi_pool", "srdi_sme")]),
        ("科小入库", [("cultivation_pool", "tech_sme")]),
        ("瞪羚", [("cultivation_pool", "gazelle")]),
        ("上市", [("listing_pool", None)]),
        ("暂不申报", []),
        ("否", []),
        ("省民营科技企业", [("cultivation_pool", "pste")]),
    ],
)
def test_what_a_firm_is_to_apply_for(written: str, found: list[tuple[str, str | None]]) -> None:
    assert [(wish.pool, wish.target) for wish in wishes(written, {"省民营科技企业": "pste"})] == found


def test_an_unknown_plan_is_named() -> None:
    with pytest.raises(ValueError, match="火星计划"):
        wishes("火星计划", {})
