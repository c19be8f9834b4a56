"""What several sources say of one title: the strongest is right, whatever came first, and the others are named."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from models.rules.dates import Day
from models.rules.title_sources import GIVEN_UP, Said, settle, speaks_of, year_in

NOTICE = Said("公示", True, issued=Day(date(2024, 10, 12)), noticed_on=date(2024, 10, 12))
ANNOUNCED = Said("公告", number="GR202499000001", issued=Day(date(2024, 11, 18)))
LISTED = Said("名单", number="GR202499000009", batch="第一批", issued=Day(date(2024, 11, 1), "month"))
LEDGER = Said("台账", number="GR202499000002", issued=Day(date(2023, 5, 1)), ends_on=date(2026, 12, 28))
TYPED = Said("人工", field="电子信息", issued=Day(date(2024, 1, 1)))


@pytest.mark.parametrize(
    ("said", "issued", "ends", "number", "provisional"),
    [
        ([NOTICE], date(2024, 10, 12), date(2027, 10, 12), "", True),
        ([NOTICE, ANNOUNCED], date(2024, 11, 18), date(2027, 11, 18), "GR202499000001", False),
        ([NOTICE, LISTED], date(2024, 11, 1), date(2027, 11, 1), "GR202499000009", False),
        ([NOTICE, LEDGER], date(2024, 10, 12), date(2027, 10, 12), "GR202499000002", True),  # a ledger confirms nothing
        ([NOTICE, TYPED], date(2024, 1, 1), date(2027, 1, 1), "", False),  # a person does
        ([ANNOUNCED, LEDGER], date(2024, 11, 18), date(2027, 11, 18), "GR202499000001", False),
        ([LISTED, LEDGER], date(2024, 11, 1), date(2027, 11, 1), "GR202499000009", False),
        ([LEDGER], date(2023, 5, 1), date(2026, 12, 28), "GR202499000002", False),
        ([LEDGER, TYPED], date(2023, 5, 1), date(2026, 12, 28), "GR202499000002", False),
    ],
)
def test_the_strongest_source_is_right(
    said: list[Said], issued: date, ends: date, number: str, provisional: bool
) -> None:
    for order in permutations(said):
        values = settle(order, "+3y").values
        assert (values["issued_on"], values["ends_on"]) == (issued, ends)
        assert (values["number"], values["provisional"]) == (number, provisional)


@pytest.mark.parametrize("validity", ["+3y", "+3y-1d", "year_end", "none"])
@pytest.mark.parametrize(
    "said",
    [
        NOTICE, ANNOUNCED, LISTED, LEDGER, TYPED, Said("名单"), replace(LEDGER, ends_on=date(2020, 1, 1)),
        replace(LISTED, number="202532011508001471", field="电子信息"), replace(LISTED, number="", year=2023),
        replace(LISTED, ends_on=date(2027, 11, 30), ends_vague=True), Said(GIVEN_UP, ends_on=date(2024, 1, 1)),
        replace(ANNOUNCED, said_on=date(2024, 12, 1)),
    ],
)  # fmt: skip
def test_what_one_source_says_alone_is_what_it_says_twice(said: Said, validity: str) -> None:
    assert settle([said], validity) == settle([said, said], validity)
    assert settle([replace(said, batch="第二批")], validity).values["batch"] == (said.source != GIVEN_UP) * "第二批"


def test_any_order_of_all_of_them_settles_alike() -> None:
    everything = [NOTICE, ANNOUNCED, LISTED, LEDGER, TYPED, replace(ANNOUNCED, issued=Day(date(2024, 12, 1)))]
    settled = {str(settle(order, "+3y")) for order in permutations(everything)}
    assert len(settled) == 1


def test_the_losers_are_named_with_their_source() -> None:
    settled = settle([ANNOUNCED, LEDGER, LISTED], "+3y")
    assert set(settled.losers) == {
        ("issued_on", date(2023, 5, 1), "台账"),
        ("ends_on", date(2026, 12, 28), "台账"),
        ("number", "GR202499000002", "台账"),
        ("number", "GR202499000009", "名单"),
    }  # the month of the list agrees with the day of the 公告
    assert settled.sources["issued_on"] == "公告"


@pytest.mark.parametrize(
    ("issued", "ends", "vague", "found"),
    [
        (Day(date(2023, 12, 1), "month"), date(2026, 12, 31), True, date(2026, 12, 31)),  # a month ends on its last day
        (Day(date(2024, 12, 12)), date(2027, 12, 31), True, date(2027, 12, 12)),  # the rule's day lies in that month
        (Day(date(2024, 12, 12)), date(2027, 11, 30), True, date(2027, 11, 30)),  # another month is written: it stands
        (Day(date(2024, 12, 12)), date(2027, 12, 10), False, date(2027, 12, 10)),
    ],
)
def test_the_last_day(issued: Day, ends: date, vague: bool, found: date) -> None:
    said = Said("名单", issued=issued, ends_on=ends, ends_vague=vague)
    assert settle([said], "+3y").values["ends_on"] == found


def test_of_two_batches_of_a_year_the_first_granted_the_title() -> None:
    first = Said("公示", True, "202532011508001471", "第一批", issued=Day(date(2025, 8, 10)), year=2025)
    second = Said("公示", True, "202532011508000001", "第二批", issued=Day(date(2025, 9, 10)), year=2025)
    for order in permutations([first, second]):
        values = settle(order, "year_end").values
        assert (values["batch"], values["number"], values["issued_on"]) == ("第一批", first.number, date(2025, 8, 10))
        assert values["ends_on"] == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("said", "known", "yearly", "same"),
    [
        (ANNOUNCED, NOTICE, False, True),
        (Said("公告", issued=Day(date(2025, 1, 15))), NOTICE, False, True),  # the 公告 follows over new year
        (Said("公告", issued=Day(date(2025, 4, 10))), NOTICE, False, True),  # 180 days
        (Said("公告", issued=Day(date(2025, 4, 11))), NOTICE, False, False),
        (Said("公告", issued=Day(date(2025, 1, 15))), NOTICE, True, False),  # a yearly title is of its year
        (Said("名单", number="GR202499000001", issued=Day(date(2023, 1, 1))), ANNOUNCED, False, True),  # the number
        (Said("名单", number="GR202199000001", issued=Day(date(2021, 11, 1))), ANNOUNCED, False, False),
        (Said("名单", year=2024), ANNOUNCED, False, True),
        (Said("名单", year=2023), ANNOUNCED, False, False),
        (Said("名单"), ANNOUNCED, False, False),
    ],
)
def test_which_title_a_source_speaks_of(said: Said, known: Said, yearly: bool, same: bool) -> None:
    assert speaks_of(said, [known], yearly=yearly) is same


@pytest.mark.parametrize(
    ("number", "year"),
    [("GR202432012211", 2024), ("202532011508001471", 2025), ("", None), ("第12号", None), ("GR199932012211", None)],
)
def test_the_year_in_a_number(number: str, year: int | None) -> None:
    assert year_in(number) == year
