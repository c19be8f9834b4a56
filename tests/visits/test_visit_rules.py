"""What a visit, a demand and a promise may say: both sides of every border."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask

from models.base import db
from models.errors import Refused
from models.rules.visit import DEMAND_STATES, Reported, day_fault, due_fault, is_late, time_fault
from tests.support.factories import make_demand, make_firm, make_promise, make_user, make_visit

TODAY = date(2026, 11, 20)
FROZEN = Reported(date(2026, 10, 31), datetime(2026, 11, 3, 8, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "good"),
    [(TODAY, True), (TODAY + timedelta(1), False), (date(1990, 1, 1), True), (date(1989, 12, 31), False)],
)
def test_a_visit_is_never_in_the_future_nor_before_the_bureau(day: date, good: bool) -> None:
    assert (day_fault(day, TODAY) is None) == good


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("", True),
        ("00:00", True),
        ("23:59", True),
        ("24:00", False),
        ("9:30", False),
        ("09:60", False),
        ("0930", False),
    ],
)
def test_a_time_is_written_in_one_way(text: str, good: bool) -> None:
    assert (time_fault(text) is None) == good


@pytest.mark.parametrize(
    ("visit_on", "received_at", "late"),
    [
        (date(2026, 10, 31), FROZEN.at + timedelta(seconds=1), True),
        (date(2026, 10, 31), FROZEN.at, False),
        (date(2026, 11, 1), FROZEN.at + timedelta(days=9), False),
        (date(2026, 9, 1), FROZEN.at + timedelta(days=9), True),
    ],
)
def test_late_is_what_came_after_its_period_was_frozen(visit_on: date, received_at: datetime, late: bool) -> None:
    assert is_late(visit_on, received_at, [FROZEN]) == late
    assert not is_late(visit_on, received_at, [])


@pytest.mark.parametrize(("days", "good"), [(0, True), (-1, False), (731, True), (732, False)])
def test_a_promise_is_due_on_or_after_the_day_it_was_made(days: int, good: bool) -> None:
    assert (due_fault(TODAY + timedelta(days), TODAY) is None) == good


ALLOWED = {"to_review>kept", "to_review>raised", "kept>to_review", "kept>raised"}


@pytest.mark.parametrize(("old", "new"), list(product(DEMAND_STATES, repeat=2)))
def test_only_these_moves_of_a_demand_happen(lite_app: Flask, old: str, new: str) -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    demand = make_demand(state=old, decided_at=None if old == "to_review" else at)
    with nullcontext() if f"{old}>{new}" in ALLOWED else pytest.raises(Refused):
        demand.move_to(new, make_user(), at, "已当场答复")
        db.session.flush()
        assert demand.state == new


def test_a_demand_is_kept_only_with_a_reason(lite_app: Flask) -> None:
    with pytest.raises(Refused, match="为什么"):
        make_demand().move_to("kept", make_user(), datetime(2026, 11, 20, tzinfo=UTC), "  ")


def promise(**values: Any) -> Any:
    officer = make_user()
    visit = make_visit(make_firm(), officer, visit_on=date(2026, 11, 10))
    return make_promise(visit=visit, person=officer, due_on=date(2026, 11, 17), **values)


@pytest.mark.parametrize(
    ("how", "on", "good"),
    [
        ("电话答复", date(2026, 11, 10), True),
        ("电话答复", date(2026, 11, 9), False),
        ("电话答复", TODAY, True),
        ("电话答复", TODAY + timedelta(1), False),
        (" ", TODAY, False),
    ],
)
def test_a_promise_is_kept_with_how_and_when(lite_app: Flask, how: str, on: date, good: bool) -> None:
    row = promise()
    with nullcontext() if good else pytest.raises(Refused):
        row.keep(how, on, make_user(), TODAY)
        db.session.flush()
    assert row.is_open is not good


def test_a_settled_promise_is_settled_once(lite_app: Flask) -> None:
    row, user = promise(), make_user()
    with pytest.raises(Refused):
        row.reopen()
    with pytest.raises(Refused):
        row.drop(" ", user, TODAY)
    row.drop("企业已搬走", user, TODAY)
    for again in (lambda: row.drop("再", user, TODAY), lambda: row.keep("再", TODAY, user, TODAY)):
        with pytest.raises(Refused, match="已经了结"):
            again()
    row.reopen()
    db.session.flush()
    assert row.is_open


@pytest.mark.parametrize(("today", "overdue"), [(date(2026, 11, 17), False), (date(2026, 11, 18), True)])
def test_a_promise_is_overdue_on_the_day_after(app: Flask, today: date, overdue: bool) -> None:
    row = promise()
    found = db.session.query(type(row)).filter(type(row).overdue_on(today)).count()
    assert (row.is_overdue(today), found) == (overdue, int(overdue))


def test_a_promise_settled_later_was_open_before(app: Flask) -> None:
    row = promise()
    row.keep("电话答复", date(2026, 11, 15), make_user(), TODAY)
    db.session.flush()
    open_on = [
        day for day in (14, 15, 16) if db.session.query(type(row)).filter(row.open_on(date(2026, 11, day))).count()
    ]
    assert open_on == [14]
