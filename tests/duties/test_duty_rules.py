"""What falls due for a firm, against calendars written by hand from rules.md 11."""

from datetime import date, timedelta

import pytest

from models.rules import duty
from models.rules.duty import Change, Firm, Window, duties_of
from models.rules.duty_table import RULES
from models.rules.ladder import Grant
from models.rules.title_types import TITLE_TYPES
from models.title import TitleType
from tests.calendar.test_workday_rules import YEAR

TYPES = {
    row.key: TitleType(key=row.key, rung=row.rung, validity=row.validity, renewal_window=row.window).rule
    for row in TITLE_TYPES
}
#: A firm with four titles: what it holds, by hand.
FOUR = Firm(
    grants=(
        Grant("tech_sme", date(2026, 7, 20), date(2026, 12, 31), id=1),
        Grant("innovative_sme", date(2025, 11, 8), date(2028, 11, 7), id=2),
        Grant("srdi_sme", date(2026, 12, 1), date(2029, 11, 30), id=3),
        Grant("hnte", date(2024, 10, 28), date(2027, 10, 28), id=4),
    ),
    changes=(Change("更名", date(2026, 11, 30)),),
)
#: 31 May 2026 is a Sunday, 15 July a Wednesday, 15 October 2026 a Thursday; 31 May 2027 a Monday; 31 May 2028 a
#: Wednesday; 15 July 2028 and 15 October 2028 are a Saturday and a Sunday; 15 July and 15 October 2029 a Sunday and a
#: Monday.
CALENDAR = """
2026-04-30 ladder_update
2026-05-31 hnte_report
2026-06-01 tax_settlement
2026-06-30 company_report
2026-07-15 deduction_july
2026-10-15 deduction_october
2026-12-31 tech_sme_end
2027-02-28 change_report
2027-03-31 tech_sme_update
2027-04-30 ladder_update
2027-05-25 little_giant_filing
2027-05-31 hnte_report
2027-05-31 tax_settlement
2027-06-30 company_report
2027-07-15 deduction_july
2027-08-31 tech_sme_filing
2027-09-30 hnte_filing
2027-10-15 deduction_october
2027-10-28 hnte_end
2027-12-31 hnte_year_end
2028-04-30 ladder_update
2028-05-25 little_giant_filing
2028-05-31 tax_settlement
2028-06-30 company_report
2028-07-17 deduction_july
2028-10-16 deduction_october
2028-11-07 ladder_end
2029-04-30 ladder_update
2029-05-25 little_giant_filing
2029-05-31 tax_settlement
2029-06-30 company_report
2029-07-16 deduction_july
2029-10-15 deduction_october
2029-11-30 ladder_end
"""


def found(firm: Firm, first: str, last: str, windows: dict[tuple[str, int], Window] | None = None) -> list[str]:
    days = date.fromisoformat(first), date.fromisoformat(last)
    duties = duties_of(firm, RULES, TYPES, windows or {}, *days, YEAR)
    return [f"{one.due_on} {one.rule.key}" for one in duties]


def test_the_duties_of_a_firm_with_four_titles_are_those_written_by_hand() -> None:
    assert found(FOUR, "2026-01-01", "2029-12-31") == CALENDAR.split("\n")[1:-1]


@pytest.mark.parametrize(
    "ends_on, reports",
    [
        (date(2026, 5, 30), []),
        (date(2026, 5, 31), ["2026-05-31"]),
        (date(2027, 5, 31), ["2026-05-31", "2027-05-31"]),
    ],
)
def test_the_annual_report_is_owed_while_the_title_is_in_force_on_its_day(ends_on: date, reports: list[str]) -> None:
    firm = Firm((Grant("hnte", date(2025, 10, 1), ends_on, id=1),))
    assert [row[:10] for row in found(firm, "2026-01-01", "2027-12-31") if "hnte_report" in row] == reports


@pytest.mark.parametrize(
    "revoked_on, ends",
    [(None, True), (date(2027, 10, 28), False), (date(2027, 10, 29), True)],
)
def test_a_revoked_title_has_no_end_to_mind(revoked_on: date | None, ends: bool) -> None:
    firm = Firm((Grant("hnte", date(2024, 10, 28), date(2027, 10, 28), revoked_on, id=1),))
    assert ("2027-10-28 hnte_end" in found(firm, "2027-01-01", "2027-12-31")) is ends


def test_a_title_already_renewed_asks_for_nothing_more() -> None:
    again = Grant("hnte", date(2027, 10, 20), date(2030, 10, 20), id=2)
    firm = Firm((Grant("hnte", date(2024, 10, 28), date(2027, 10, 28), id=1), again))
    assert not [row for row in found(firm, "2027-01-01", "2027-12-31") if "hnte_end" in row or "hnte_year" in row]


def test_a_number_of_the_year_ends_the_filing_of_the_year() -> None:
    old = Grant("tech_sme", date(2026, 7, 1), date(2026, 12, 31), id=1)
    new = Grant("tech_sme", date(2027, 7, 1), date(2027, 12, 31), id=2)
    assert "2027-08-31 tech_sme_filing" in found(Firm((old,)), "2027-01-01", "2027-12-31")
    assert "2027-08-31 tech_sme_filing" not in found(Firm((old, new)), "2027-01-01", "2027-12-31")


def test_the_dates_of_a_notice_stand_before_the_rule() -> None:
    windows = {("ladder_update", 2027): Window(date(2027, 6, 26), date(2027, 3, 1), "某厅通知")}
    duties = duties_of(FOUR, RULES, TYPES, windows, date(2027, 1, 1), date(2027, 12, 31), YEAR)
    moved = next(one for one in duties if one.rule.key == "ladder_update")
    assert (moved.due_on, moved.opens_on, moved.basis, moved.note) == (
        date(2027, 6, 26), date(2027, 3, 1), "某厅通知", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    "day, months, later",
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 11, 28), 3, date(2027, 2, 28)),
        (date(2026, 10, 31), 3, date(2027, 1, 31)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_three_months_end_on_the_same_day_or_the_last_of_the_month(day: date, months: int, later: date) -> None:
    assert duty.add_months(day, months) == later


def test_a_change_before_the_title_need_not_be_reported() -> None:
    title = Grant("hnte", date(2026, 3, 2), date(2029, 3, 2), id=1)
    before, on = Change("更名", date(2026, 3, 1)), Change("更名", date(2026, 3, 2))
    assert not [r for r in found(Firm((title,), (before,)), "2026-01-01", "2026-12-31") if "change" in r]
    assert "2026-06-02 change_report" in found(Firm((title,), (on,)), "2026-01-01", "2026-12-31")


def test_a_firm_without_a_title_owes_what_everybody_owes_only_when_it_is_followed() -> None:
    assert found(Firm(), "2026-01-01", "2026-12-31") == []
    assert found(Firm(pooled=True), "2026-05-01", "2026-06-30") == [
        "2026-06-01 tax_settlement",
        "2026-06-30 company_report",
    ]


def test_a_date_that_rests_on_an_unknown_year_says_so() -> None:
    duties = duties_of(Firm(pooled=True), RULES, TYPES, {}, date(2028, 7, 1), date(2028, 7, 31), YEAR)
    assert [(str(one.due_on), "暂按法定节假日推算" in one.note) for one in duties] == [("2028-07-17", True)]


def test_a_short_span_holds_what_the_whole_calendar_holds_of_it() -> None:
    """Rules whose day is not near are left out beforehand; that may lose nothing, moved days included."""
    whole = duties_of(FOUR, RULES, TYPES, {}, date(2026, 1, 1), date(2029, 12, 31), YEAR)
    for number in range(0, 1400, 5):
        first = date(2026, 1, 10) + timedelta(days=number)
        last = first + timedelta(days=14)
        near = [rule for rule in RULES if duty.can_fall(rule, {}, first, last)]
        found = duties_of(FOUR, near, TYPES, {}, first, last, YEAR)
        assert found == [row for row in whole if first <= row.due_on <= last]
