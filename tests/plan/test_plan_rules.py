"""What a plan line may become, and which visit does it."""

from contextlib import nullcontext
from datetime import date
from itertools import product

import pytest
from flask import Flask

from models import clock
from models.errors import Refused
from models.plan import PlanLine
from models.rules import plan as rules
from tests.support.factories import make_plan_line, make_user

MONDAY, WEDNESDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 22)

ALLOWED = {">done", ">moved", ">dropped", "done>", "dropped>"}  # by hand
STATES = ("", "done", "moved", "dropped")


@pytest.mark.parametrize("old, new", list(product(STATES, repeat=2)))
def test_only_these_moves_are_allowed(app: Flask, old: str, new: str) -> None:
    line, user, at = make_plan_line(), make_user(), clock.now()
    today = clock.today()
    later = line.planned_on.replace(year=line.planned_on.year + 1) if line.planned_on.month < 11 else line.planned_on
    later = max(later, date.fromordinal(line.planned_on.toordinal() + 7))

    def go(state: str) -> None:
        if state == "":
            line.reopen()
        elif state == "done":
            line.done("电话办了", today, user)
        elif state == "dropped":
            line.drop("企业有事", today, user)
        else:
            line.move(later, "企业有事", user, at)

    if old:
        go(old)
    with nullcontext() if f"{old}>{new}" in ALLOWED else pytest.raises(Refused):
        go(new)


TICKS = [
    ("2026-11-18", "2026-11-18", True), ("2026-11-22", "2026-11-18", True), ("2026-11-23", "2026-11-18", False),
    ("2026-11-16", "2026-11-22", True), ("2026-11-08", "2026-11-22", True), ("2026-11-07", "2026-11-22", False),
]  # fmt: skip


@pytest.mark.parametrize("planned, visited, done", TICKS)
def test_a_visit_does_what_was_planned_for_its_week_or_the_two_before(planned: str, visited: str, done: bool) -> None:
    assert rules.ticks(date.fromisoformat(planned), date.fromisoformat(visited)) is done


@pytest.mark.parametrize(
    "day, fault", [("2026-11-15", True), ("2026-11-16", False), ("2027-11-19", False), ("2027-11-20", True)]
)
def test_a_plan_begins_with_this_week_and_reaches_a_year(day: str, fault: bool) -> None:
    assert bool(rules.day_fault(date.fromisoformat(day), WEDNESDAY)) is fault


@pytest.mark.parametrize(
    "planned, to, fault",
    [
        ("2026-11-17", "2026-11-17", True),
        ("2026-11-17", "2026-11-18", False),
        ("2026-11-10", "2026-11-17", True),
        ("2026-11-20", "2026-11-19", True),
        ("2026-11-20", "2026-11-23", False),
    ],
)
def test_a_line_moves_to_a_later_day_that_is_not_over(planned: str, to: str, fault: bool) -> None:
    assert bool(rules.move_fault(date.fromisoformat(planned), date.fromisoformat(to), WEDNESDAY)) is fault


@pytest.mark.parametrize(
    "outcome, planned, word",
    [("", MONDAY, "没做"), ("", WEDNESDAY, "今天"), ("", SUNDAY, "待办"), ("done", MONDAY, "已落实"),
     ("moved", MONDAY, "已顺延"), ("dropped", SUNDAY, "已取消")],
)  # fmt: skip
def test_how_a_line_stands(outcome: str, planned: date, word: str) -> None:
    assert rules.state_word(outcome, planned, WEDNESDAY) == word


def test_a_line_needs_somebody_and_something(app: Flask) -> None:
    user = make_user()
    with pytest.raises(Refused, match="谁去"):
        PlanLine.add(clock.today(), "开会", [], by=user, at=clock.now())
    with pytest.raises(Refused, match="做什么"):
        PlanLine.add(clock.today(), " ", [user], by=user, at=clock.now())
    assert PlanLine.add(clock.today(), "开会", [user], by=user, at=clock.now()).firm_id is None
