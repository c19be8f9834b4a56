"""The three lists on a day equal a slow recount, and show a person nothing of others."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import calendar, clock
from models.base import db
from models.firm.record import Firm
from models.issue.record import Issue
from models.issue.scope import IssueScope
from models.issue.three_lists import ListQuestion, ThreeLists
from models.rules.three_lists import COLUMNS, Line
from models.user import User
from tests.issues import recount
from tests.issues.histories import LAST, tell
from tests.issues.recount import ENDED, Told
from tests.support.factories import make_user
from tests.support.statements import statements

DAYS = [date(2025, 12, 31), date(2026, 4, 15), date(2026, 9, 30), LAST]


def ask(key: str, on: date = LAST, user: User | None = None, today: date | None = LAST, **values) -> ThreeLists:
    scope = IssueScope(user=user or make_user(role="office"), today=today)
    since = values.pop("since", date(on.year - 1, 12, 31))
    return ThreeLists(ListQuestion(key, scope, on, since, **values), calendar.load())


def lines(asked: ThreeLists) -> dict[int, Line]:
    return {line.issue_id: line for line in asked.every()}


def names(told: Told, on: date) -> tuple[str, str]:
    """The lead unit and person of a day, as the assignments say."""
    found = ("", "")
    for part in told.assignments:
        gone = part.ended_at and clock.local(part.ended_at).date() <= on
        if part.role == "lead" and part.assigned_on <= on and not gone:
            person = part.user or part.outside
            found = (part.unit.name, person.name if person else "")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12])
def test_every_list_on_every_day_equals_the_slow_recount(app: Flask, seed: int) -> None:
    tell(seed, 50)
    told = recount.everything()
    for on in DAYS:
        for key in COLUMNS:
            found = lines(ask(key, on, which="all"))
            expected = {
                one.issue.id: one for one in told
                if one.state(on) is not None
                and (key == "problem" or one.due(on) or (key == "follow_through" and one.state(on) == "explained"))
            }  # fmt: skip
            assert set(found) == set(expected), (key, on)
            for issue_id, line in found.items():
                check(line, expected[issue_id], on, key)
        opened = {one.issue.id for one in told if one.open(on)}
        assert set(lines(ask("problem", on))) == opened
        assert ask("problem", on).count() == len(opened)
        for which in ("", "all", "ended"):
            assert ask("problem", on, which=which).counts() == {
                key: ask(key, on, which=which).count() for key in COLUMNS
            }
        late = {one.issue.id for one in told if one.open(on) and (one.due(on) or on) < on}
        assert set(lines(ask("problem", on, light="red"))) == late


def check(line: Line, one: Told, on: date, key: str) -> None:
    assert line.state == one.state(on)
    assert line.due_on == one.due(on)
    assert line.first_due_on == (one.issue.first_due_on if one.due(on) else None)
    assert (line.unit, line.person) == names(one, on)
    assert (line.light.colour == "red") == (one.open(on) and (one.due(on) or on) < on)
    assert (line.light.colour == "") == (line.state in ENDED)
    if key == "responsibility":
        granted = [e for e in one.extensions if e.granted and e.decided_at and clock.local(e.decided_at).date() <= on]
        assert line.extensions == len(granted)
    if key == "follow_through":
        closing = one.standing_closing(on)
        assert line.closed_on == (closing.reviewed_on if closing and line.state == "closed_out" else None)
        days = [text[:10] for text in line.progress]
        assert days == sorted(days) and all(day <= f"{on}" for day in days)
        answers = [answer for answer in one.answers if answer.answered_on <= on]
        if closing and closing.answer_id is None:
            assert line.opinion == "未答复"
        else:
            assert bool(line.opinion) == bool(answers)


@pytest.mark.slow
def test_today_is_read_from_the_row_and_is_what_the_trace_says(app: Flask) -> None:
    tell(13, 50)
    for key in COLUMNS:
        for which in ("open", "period", "ended", "all"):
            now, traced = lines(ask(key, which=which)), lines(ask(key, which=which, today=None))
            assert list(now) == list(traced), (key, which)
            for issue_id, line in now.items():
                other = traced[issue_id]
                assert line.due_on == other.due_on and line.state == other.state


def test_what_ended_in_a_period_is_shown_when_asked_for(app: Flask) -> None:
    tell(14, 50)
    told, since = recount.everything(), date(2026, 6, 30)
    ended = set()
    for one in told:
        into = [m.moved_on for m in one.moves if m.to_state in ENDED and m.from_state != m.to_state]
        if one.state(LAST) in ENDED and into[-1] > since:
            ended.add(one.issue.id)
    opened = {one.issue.id for one in told if one.open(LAST)}
    assert set(lines(ask("problem", which="ended", since=since))) == ended
    assert set(lines(ask("problem", which="period", since=since))) == ended | opened


def test_rows_of_a_firm_stand_together_and_pages_join_without_a_gap(app: Flask) -> None:
    tell(15, 40)
    asked = ask("problem", which="all")
    every, count = [line.issue_id for line in asked.every()], asked.count()
    assert count == len(every)
    pages = [line.issue_id for number in (1, 2, 3) for line in asked.page(number, count, 15)]
    assert pages == every
    firms = [line.firm_id for line in asked.every()]
    assert len(set(firms)) == sum(1 for a, b in zip(firms, [None, *firms], strict=False) if a != b)
    by_due = [line.due_on for line in ask("problem", which="all", sort="due").every()]
    assert [d for d in by_due if d] == sorted(d for d in by_due if d)


@pytest.mark.slow
def test_lights_of_today_narrow_the_list(app: Flask) -> None:
    tell(16, 50)
    found = {light: set(lines(ask("problem", light=light))) for light in ("red", "yellow", "green")}
    whole = lines(ask("problem"))
    assert set().union(*found.values()) == set(whole)
    assert sum(map(len, found.values())) == len(whole)
    for light, ids in found.items():
        assert ids == {key for key, line in whole.items() if line.light.colour == light}
    was = set(lines(ask("problem", which="all", light="was")))
    assert was == {key for key, line in lines(ask("problem", which="all")).items() if line.light.was_overdue}


@pytest.mark.slow
def test_a_town_sees_its_own_and_a_handler_what_was_given(app: Flask) -> None:
    there = tell(17, 40)
    town = make_user(role="town", area="石桥镇")
    mine = set(db.session.scalars(select(Issue.id).join(Firm).where(Firm.area_id.in_(town.area_ids))))
    assert set(lines(ask("problem", user=town, which="all"))) == mine
    officer = there.people[0]
    scope = IssueScope.parse({"unit": str(there.units[0].id), "class_id": "0", "topic": "x"}, officer, LAST)
    assert scope.query() == {"unit": str(there.units[0].id), "class_id": "0"}
    assert not ask("problem", user=make_user(role="handler"), which="all").count()
    assert not ask("problem", user=make_user(role="auditor"), which="all").count()


def test_a_list_needs_as_many_statements_for_many_rows_as_for_few(app: Flask) -> None:
    tell(18, 60)
    for key in COLUMNS:
        for on in (LAST, LAST - timedelta(days=90)):
            asked = ask(key, on, which="all")
            asked.count()
            counted = []
            for size in (3, 30):
                with statements() as sent:
                    asked.page(1, asked.count(), size)
                counted.append(len(sent))
            assert counted[0] == counted[1] <= 7, (key, on, counted)


def test_a_search_that_finds_no_firm_finds_no_issue(app: Flask) -> None:
    tell(19, 6)
    firm = db.session.scalars(select(Firm).order_by(Firm.id)).first()
    assert firm is not None
    found = ask("problem", which="all", q=firm.name)
    assert {line.firm_id for line in found.every()} <= {firm.id}
    assert not ask("problem", which="all", q="没有这样的企业").count()
