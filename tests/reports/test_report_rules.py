"""Periods, their dates, their moves, the words around numbers: pure."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import report as rules
from models.rules import report_words as words
from models.rules.report import BadPeriod, Span
from models.rules.workday import Workdays
from tests.support.laws import law

#: National day 2026 as announced: off 1–8 October, working on 27 September and 10 October.
HOLIDAYS = {date(2026, 10, day): (False, "国庆节") for day in range(1, 9)} | {
    date(2026, 9, 20): (True, "国庆节"), date(2026, 10, 10): (True, "国庆节"),
    date(2026, 1, 1): (False, "元旦"), date(2026, 1, 2): (False, "元旦"), date(2026, 1, 4): (True, "元旦"),
}  # fmt: skip
YEAR = Workdays(HOLIDAYS, frozenset({2025, 2026, 2027}))


@pytest.mark.parametrize(
    ("kind", "key", "month_from", "first", "last"),
    [
        ("week", "2026-W47", 1, date(2026, 11, 16), date(2026, 11, 22)),
        ("week", "2026-W01", 1, date(2025, 12, 29), date(2026, 1, 4)),
        ("week", "2026-W53", 1, date(2026, 12, 28), date(2027, 1, 3)),
        ("month", "2026-10", 1, date(2026, 10, 1), date(2026, 10, 31)),
        ("month", "2026-02", 1, date(2026, 2, 1), date(2026, 2, 28)),
        ("month", "2028-02", 1, date(2028, 2, 1), date(2028, 2, 29)),
        ("month", "2026-10", 26, date(2026, 9, 26), date(2026, 10, 25)),
        ("month", "2026-01", 26, date(2025, 12, 26), date(2026, 1, 25)),
        ("quarter", "2026-Q3", 1, date(2026, 7, 1), date(2026, 9, 30)),
        ("quarter", "2026-Q4", 26, date(2026, 9, 26), date(2026, 12, 25)),
        ("halfyear", "2026-H1", 1, date(2026, 1, 1), date(2026, 6, 30)),
        ("halfyear", "2026-H2", 1, date(2026, 7, 1), date(2026, 12, 31)),
        ("year", "2026", 1, date(2026, 1, 1), date(2026, 12, 31)),
        ("year", "2026", 26, date(2025, 12, 26), date(2026, 12, 25)),
    ],
)
def test_a_period_has_these_days(kind: str, key: str, month_from: int, first: date, last: date) -> None:
    assert rules.span(kind, key, month_from) == Span(kind, key, first, last)


@pytest.mark.parametrize(
    ("kind", "key"),
    [("week", "2026-W54"), ("week", "2025-W53"), ("week", "2026-47"), ("month", "2026-13"), ("month", "2026-1"),
     ("month", "2026"), ("quarter", "2026-Q5"), ("quarter", "2026-10"), ("halfyear", "2026-H3"), ("year", "26"),
     ("year", "1989"), ("day", "2026-10-01")],
)  # fmt: skip
def test_a_period_that_cannot_be_read_is_refused(kind: str, key: str) -> None:
    with pytest.raises(BadPeriod):
        rules.span(kind, key)


@law(60)
@given(st.sampled_from(sorted(rules.KINDS)), st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from([1, 26]))
def test_periods_of_a_kind_cover_every_day_once(kind: str, on: date, month_from: int) -> None:
    found = rules.of_day(kind, on, month_from)
    assert found.first <= on <= found.last
    assert found == rules.span(kind, found.key, month_from)
    assert rules.after(found, month_from).first == found.last + rules.DAY
    assert rules.before(rules.after(found, month_from), month_from) == found
    if kind in rules.MONTHS:
        months = list(rules.spans_between("month", found.first, found.last, month_from))
        assert len(months) == rules.MONTHS[kind] and (months[0].first, months[-1].last) == (found.first, found.last)


@pytest.mark.parametrize(
    ("kind", "key", "before", "year"),
    [("week", "2026-W53", "2026-W52", "2025-W52"), ("week", "2026-W01", "2025-W52", "2025-W01"),
     ("month", "2026-01", "2025-12", "2025-01"), ("quarter", "2026-Q1", "2025-Q4", "2025-Q1"),
     ("halfyear", "2026-H1", "2025-H2", "2025-H1"), ("year", "2026", "2025", "2025")],
)  # fmt: skip
def test_what_it_is_compared_with(kind: str, key: str, before: str, year: str) -> None:
    found = rules.span(kind, key)
    assert (rules.before(found).key, rules.year_before(found).key) == (before, year)


@pytest.mark.parametrize(
    ("kind", "key", "due", "issue", "late"),
    [
        # The 25th of October is a Sunday; the month ends on a Saturday.
        ("month", "2026-10", date(2026, 10, 23), date(2026, 11, 2), date(2026, 11, 6)),
        ("month", "2026-11", date(2026, 11, 25), date(2026, 12, 1), date(2026, 12, 7)),
        # September ends before a week off.
        ("month", "2026-09", date(2026, 9, 25), date(2026, 10, 9), date(2026, 10, 14)),
        ("quarter", "2026-Q3", date(2026, 10, 14), date(2026, 10, 14), date(2026, 10, 21)),
        ("year", "2025", date(2026, 1, 8), date(2026, 1, 8), date(2026, 1, 15)),
        ("week", "2026-W47", date(2026, 11, 13), date(2026, 11, 13), date(2026, 11, 22)),
        # The Monday's week follows a week off: its plan is due before it.
        ("week", "2026-W41", date(2026, 9, 30), date(2026, 9, 30), date(2026, 10, 11)),
    ],
)
def test_when_it_is_due_issued_and_late(kind: str, key: str, due: date, issue: date, late: date) -> None:
    found = rules.span(kind, key)
    assert rules.draft_due(found, YEAR) == due
    assert rules.issue_from(found, YEAR) == issue
    assert rules.late_after(found, YEAR) == late
    assert not rules.is_missed(found, late, YEAR) and rules.is_missed(found, late + rules.DAY, YEAR)


#: Written by hand: (from > to) and who may.
ALLOWED = {
    "drafted>in_review": {"reports.draft", "reports.compile"},
    "in_review>drafted": {"reports.compile", "reports.sign"},
    "in_review>signed": {"reports.sign"},
    "signed>drafted": {"reports.sign"},
    "signed>issued": {"reports.sign"},
}


@pytest.mark.parametrize(("old", "new"), list(product(rules.STATES, repeat=2)))
@pytest.mark.parametrize("right", ["reports.view", "reports.draft", "reports.compile", "reports.sign"])
def test_only_these_moves_are_allowed(old: str, new: str, right: str) -> None:
    assert rules.may_move(old, new, {right}) == (right in ALLOWED.get(f"{old}>{new}", set()))


def test_an_officer_edits_names_and_the_text_keeps_keys() -> None:
    names = {"visits.count": "走访次数", "visits.count@before": "上期·走访次数"}
    text = "当月走访{visits.count}次，上月{visits.count@before}次。"
    assert words.shown(text, names) == "当月走访{走访次数}次，上月{上期·走访次数}次。"
    assert words.stored(words.shown(text, names), names) == (text, [])
    assert words.stored("走访{走访数}次", names)[1] == ["走访数"]
    assert words.slots(text) == ["visits.count", "visits.count@before"]
    assert words.spoken(text, {"visits.count": "214", "visits.count@before": "187"}.__getitem__) == (
        "当月走访214次，上月187次。"
    )
    assert "".join(part.text for part in words.parts("没有{}和{\n}")) == "没有{}和{\n}"


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [(110, 100, "＋10.0%"), (90, 100, "−10.0%"), (100, 100, "0.0%"), (5, 0, "—"), (0, 3, "−100.0%"),
     (2001, 2000, "＋0.1%"), (20001, 20000, "0.0%"), (-5, 10, "−150.0%"), (5, -1, "—")],
)  # fmt: skip
def test_growth_is_said_with_one_decimal(now: int, then: int, said: str) -> None:
    assert words.growth(now, then) == said


@law(60)
@given(st.frozensets(st.integers(1, 30)), st.frozensets(st.integers(1, 30)))
def test_what_came_later_adds_up(printed: frozenset[int], now: frozenset[int]) -> None:
    found = words.reconcile(printed, now)
    assert found.today == len(now)
    assert (printed | found.late) - found.gone == now and not found.late & printed and found.gone <= printed


def test_slots_are_taken_apart_as_they_were_put_together() -> None:
    for made in [
        ("visits.count", "", ""),
        ("a.b", "before", ""),
        ("a.b", "", "area:5"),
        ("a.b", "year_before", "unit:3"),
    ]:
        assert words.split(words.slot(*made)) == made
