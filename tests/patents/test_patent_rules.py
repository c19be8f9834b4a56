"""Numbers with their check digits, words for kinds and states, terms, and when a right counts."""

from datetime import date
from typing import Any

import pytest

from models.rules import patent


@pytest.mark.parametrize(
    "digits, last",
    [("202221497952", "5"), ("202430371076", "X"), ("02144686", "5"), ("201710195015", "1")],
)
def test_the_check_digit_is_the_weighted_sum_modulo_eleven(digits: str, last: str) -> None:
    assert patent.check_digit(digits) == last


@pytest.mark.parametrize(
    "written",
    [
        "ZL202221497952.5", "CN202221497952.5", "ZL 2022 2 1497952.5", "202221497952.5", "2022214979525",
        "ＺＬ２０２２２１４９７９５２．５", "zl2022 2 1497952.5 ", "专利号：ZL202221497952.5",
        202221497952.5, 2022214979525,
        "ZL2022-2-1497952.5", "CN 2022214979525",
    ],
)  # fmt: skip
def test_a_number_written_many_ways_is_one(written: Any) -> None:
    found = patent.read_number(written)
    assert found is not None
    assert (found.number, found.reason, found.kind) == ("202221497952.5", "", "utility_model")


@pytest.mark.parametrize(
    "written, number, kind, broken",
    [
        ("02144686.5", "02144686.5", "invention", False),
        ("ZL02144686.4", "02144686.4", "invention", True),
        ("ZL202221497952.6", "202221497952.6", "utility_model", True),
        ("202430371076.X", "202430371076.X", "design", False),
        ("202221497952", "202221497952", "", True),
        ("BS.205012345", "BS.205012345", "ic_layout", False),
        ("2023SR0123456", "2023SR0123456", "software_copyright", False),
        ("软著登字第1234567号", "软著登字第1234567号", "software_copyright", False),
        ("CNA20180123.4", "CNA20180123.4", "plant_variety", False),
        ("国药准字H20200001", "国药准字H20200001", "national_drug", False),
        ("国审稻20200001", "国审稻20200001", "crop_variety", False),
        ("CN217812345U", "CN217812345U", "utility_model", False),
        ("CN110123456B", "CN110123456B", "invention", False),
        ("甲乙丙", "甲乙丙", "", True),
    ],
)
def test_other_numbers_are_kept_as_written(written: str, number: str, kind: str, broken: bool) -> None:
    found = patent.read_number(written)
    assert found is not None
    assert (found.number, found.kind, found.broken) == (number, kind, broken)


@pytest.mark.parametrize("cell", [None, "", " ", "/", "无"])
def test_an_empty_cell_is_no_number(cell: Any) -> None:
    assert patent.read_number(cell) is None


@pytest.mark.parametrize("cell", ["2.02221E+12", "2.0222E12"])
def test_a_rounded_number_names_nothing(cell: str) -> None:
    with pytest.raises(ValueError, match="科学计数"):
        patent.read_number(cell)


def test_a_cell_of_numbers_loses_only_a_zero() -> None:
    digits = next(f"20201000{n:04d}" for n in range(1000) if patent.check_digit(f"20201000{n:04d}") == "0")
    other = next(f"20201000{n:04d}" for n in range(1000) if patent.check_digit(f"20201000{n:04d}") != "0")
    kept, short = patent.read_number(float(digits)), patent.read_number(float(other))
    assert kept is not None and short is not None
    assert (kept.number, kept.broken) == (f"{digits}.0", False)
    assert (short.number, short.broken) == (other, True)


@pytest.mark.parametrize(
    "text, kind, ip_class",
    [
        ("发明", "invention", 1), ("发明专利", "invention", 1), ("国防发明专利", "defence_invention", 1),
        ("实用新型", "utility_model", 2), ("外观设计专利", "design", 2), ("软件著作权", "software_copyright", 2),
        ("计算机软件", "software_copyright", 2), ("集成电路布图设计专有权", "ic_layout", 1),
        ("植物新品种", "plant_variety", 1), ("国家新药", "national_drug", 1), ("国家级农作物品种", "crop_variety", 1),
        ("国家一级中药保护品种", "protected_tcm", 1), ("商标", "", 0), ("", "", 0),
    ],
)  # fmt: skip
def test_a_kind_has_its_class(text: str, kind: str, ip_class: int) -> None:
    assert patent.read_kind(text) == kind
    assert patent.ip_class(kind) == ip_class


@pytest.mark.parametrize(
    "text, status",
    [
        ("授权", "granted"), ("有效", "granted"), ("专利权维持", "granted"), ("专利权的转移", "granted"),
        ("部分无效", "granted"), ("实质审查", "examination"), ("实质审查的生效", "examination"),
        ("公开", "examination"),
        ("未缴年费专利权终止", "lapsed"), ("专利权终止", "lapsed"), ("失效", "lapsed"), ("期限届满", "lapsed"),
        ("放弃", "abandoned"), ("视为放弃取得专利权", "abandoned"), ("驳回", "rejected"), ("视为撤回", "withdrawn"),
        ("宣告专利权全部无效", "invalidated"), ("有权", "granted"), ("无权", "lapsed"), ("其他", "unknown"),
        ("", "unknown"),
    ],
)  # fmt: skip
def test_the_words_of_a_state(text: str, status: str) -> None:
    assert patent.read_status(text) == status


@pytest.mark.parametrize(
    "texts, obtained",
    [
        (("自主研发",), "self"), (("原始取得",), "self"), (("受让",), "transferred"),
        (("自主", "2023年转让"), "transferred"),
        (("", ""), ""), (("授权",), ""), (("专利权的转移",), "transferred"),
    ],
)  # fmt: skip
def test_how_a_right_was_obtained(texts: tuple[str, ...], obtained: str) -> None:
    assert patent.read_obtained(*texts) == obtained


@pytest.mark.parametrize(
    "kind, filed_on, last",
    [
        ("invention", date(2000, 6, 6), date(2020, 6, 5)),
        ("utility_model", date(1999, 9, 6), date(2009, 9, 5)),
        ("design", date(2021, 5, 31), date(2031, 5, 30)),
        ("design", date(2021, 6, 1), date(2036, 5, 31)),
        ("utility_model", date(2020, 2, 29), date(2030, 2, 28)),
        ("software_copyright", date(2020, 1, 1), None),
        ("invention", None, None),
        ("", date(2020, 1, 1), None),
    ],
)
def test_how_long_a_right_can_last(kind: str, filed_on: date | None, last: date | None) -> None:
    assert patent.expires_on(kind, filed_on) == last


DAY = date(2026, 1, 10)


@pytest.mark.parametrize(
    "status, granted_on, expires, ended_on, counts",
    [
        ("granted", date(2026, 1, 10), None, None, True),
        ("granted", date(2026, 1, 11), None, None, False),
        ("granted", None, None, None, False),
        ("granted", date(2020, 1, 1), date(2026, 1, 10), None, True),
        ("granted", date(2020, 1, 1), date(2026, 1, 9), None, False),
        ("lapsed", date(2020, 1, 1), None, None, False),
        ("lapsed", date(2020, 1, 1), None, date(2026, 1, 10), False),
        ("lapsed", date(2020, 1, 1), None, date(2026, 1, 11), True),
        ("examination", None, None, None, False),
        ("abandoned", date(2020, 1, 1), None, None, False),
    ],
)
def test_when_a_right_counts(
    status: str, granted_on: date | None, expires: date | None, ended_on: date | None, counts: bool
) -> None:
    assert patent.in_force(status, granted_on, expires, ended_on, DAY) is counts
