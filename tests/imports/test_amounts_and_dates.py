"""Amounts and dates in every way lists write them."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from models.rules import amounts, dates


@pytest.mark.parametrize(
    ("written", "value", "currency"),
    [
        ("500(万元人民币)", "500", "CNY"),
        ("1,500(万元人民币)", "1500", "CNY"),
        ("27,359.2600(万元人民币)", "27359.26", "CNY"),
        ("1,200,000(万元人民币)", "1200000", "CNY"),
        ("83万人民币", "83", "CNY"),
        ("58.1万人民币", "58.1", "CNY"),
        ("200000万元人民币", "200000", "CNY"),
        ("10万人民币元", "10", "CNY"),
        ("30(万美元)", "30", "USD"),
        ("1,881.9988(万美元)", "1881.9988", "USD"),
        ("30(万元美元)", "30", "USD"),
        ("250(万港元)", "250", "HKD"),
        ("143(万香港元)", "143", "HKD"),
        ("755.6459(万欧元)", "755.6459", "EUR"),
        ("108(万)", "108", "CNY"),
        ("4(万元)", "4", "CNY"),
        ("５００（万元人民币）", "500", "CNY"),
        ("500", "500", "CNY"),
        (500, "500", "CNY"),
        (581.3, "581.3", "CNY"),
        ("1.20亿", "12000", "CNY"),
        ("1.2亿元", "12000", "CNY"),
        ("5000000元", "500", "CNY"),
        ("人民币500万元", "500", "CNY"),
    ],
)
def test_an_amount_is_read_exactly(written: object, value: str, currency: str) -> None:
    found = amounts.parse(written)
    assert found == amounts.Amount(Decimal(value), currency)


def test_a_bare_number_is_counted_in_what_the_header_says() -> None:
    assert amounts.parse("5000000", "元") == amounts.Amount(Decimal(500))
    assert amounts.parse("约3000") == amounts.Amount(Decimal(3000), approximate=True)


@pytest.mark.parametrize("written", [None, "", " ", "N/A", "-", "—", "/", "无"])
def test_an_empty_amount_is_nothing(written: object) -> None:
    assert amounts.parse(written) is None


@pytest.mark.parametrize("written", ["很多", "5吨", "五百万"])
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="看不懂"):
        amounts.parse(written)


@pytest.mark.parametrize(
    ("written", "first", "precision"),
    [
        (date(2024, 10, 12), date(2024, 10, 12), "day"),
        (datetime(2024, 10, 12, 8, 30), date(2024, 10, 12), "day"),
        ("2024-10-12", date(2024, 10, 12), "day"),
        ("2024/10/12", date(2024, 10, 12), "day"),
        ("2024.10.12", date(2024, 10, 12), "day"),
        ("2024年10月12日", date(2024, 10, 12), "day"),
        ("2024 年 1 月 2 日", date(2024, 1, 2), "day"),
        ("２０２４年１０月１２日", date(2024, 10, 12), "day"),
        ("2024-10-12 00:00:00", date(2024, 10, 12), "day"),
        ("20241012", date(2024, 10, 12), "day"),
        (20241012, date(2024, 10, 12), "day"),
        (20241012.0, date(2024, 10, 12), "day"),
        (45577, date(2024, 10, 12), "day"),
        ("2024年10月", date(2024, 10, 1), "month"),
        ("2024-10", date(2024, 10, 1), "month"),
        ("2024.1", date(2024, 1, 1), "month"),
        ("202410", date(2024, 10, 1), "month"),
        ("2024年", date(2024, 1, 1), "year"),
        (2024, date(2024, 1, 1), "year"),
        ("二〇二四年十月十二日", date(2024, 10, 12), "day"),
        ("二〇二四年十二月三十一日", date(2024, 12, 31), "day"),
        ("二○二四年二月二十日", date(2024, 2, 20), "day"),
        ("二〇二四年十月十日", date(2024, 10, 10), "day"),
    ],
)
def test_a_date_is_read_with_its_precision(written: object, first: date, precision: str) -> None:
    assert dates.parse(written) == dates.Day(first, precision)


def test_the_end_of_a_month_is_its_last_day() -> None:
    assert dates.Day(date(2024, 2, 1), "month").last == date(2024, 2, 29)
    assert dates.Day(date(2023, 1, 1), "year").last == date(2023, 12, 31)
    assert dates.Day(date(2024, 2, 1)).last == date(2024, 2, 1)


@pytest.mark.parametrize("written", [None, "", "/", "—", "长期"])
def test_an_empty_date_is_nothing(written: object) -> None:
    assert dates.parse(written) is None


@pytest.mark.parametrize(
    "written", ["2024-02-30", "2024年13月1日", "20241301", "十月底", "3", 3, "1066-01-01", "2024-1-"]
)
def test_what_is_no_date_is_refused(written: object) -> None:
    with pytest.raises(ValueError):
        dates.parse(written)


def test_a_date_is_found_within_a_line() -> None:
    assert dates.within("第一批（2024 年 10 月 12 日）") == dates.Day(date(2024, 10, 12))
    assert dates.within("第二批") is None
    assert dates.within("第二批（2024年13月40日）") is None


@pytest.mark.parametrize("written", ["3000-5000", "3000~5000", "3000万元至5000万元", "１００－２００", "1亿—2亿"])
def test_a_range_is_no_amount(written: str) -> None:
    with pytest.raises(ValueError, match="范围"):
        amounts.parse(written)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("23年5月1日", date(2023, 5, 1)),
        ("2023年5月1号", date(2023, 5, 1)),
        ("99-01-02", date(1999, 1, 2)),
        ("45000", date(2023, 3, 15)),
    ],
)
def test_short_years_and_numbers_of_spreadsheets_are_read_where_they_are_plain(written: str, day: date) -> None:
    assert dates.parse(written) == dates.Day(day)


@pytest.mark.parametrize("written", ["23-05-01", "05.06.07", float("inf"), float("nan"), -5.0, 1e300])
def test_what_could_be_several_days_or_none_is_a_problem(written: object) -> None:
    with pytest.raises(ValueError, match=r"分不清|不是日期"):
        dates.parse(written)
