"""After a bureau acted at random, the three lists and every figure still agree with the slow recount of its rows."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import calendar
from models.base import db
from models.figures import issue_times, issues
from models.figures.base import Period
from models.issue.record import Issue
from models.issue.scope import IssueScope
from models.issue.three_lists import ListQuestion, ThreeLists
from models.rules.three_lists import COLUMNS
from tests.issues import recount
from tests.issues.test_issue_figures import rows
from tests.issues.test_three_lists import check
from tests.issues.walk import Walk, go, make_walk


@pytest.mark.slow
def test_lists_and_figures_agree_after_a_short_walk(app: Flask) -> None:
    walk = make_walk(7)
    walk.at = datetime(2026, 10, 9, 1, 0, tzinfo=UTC)
    go(walk, 25, 16, 110)
    agree(walk)


@pytest.mark.proof
def test_lists_and_figures_agree_after_a_long_walk(app: Flask) -> None:
    walk = make_walk(3)
    go(walk, 400, 16)
    agree(walk)
    states = set(db.session.scalars(select(Issue.state)))
    assert len(states) > 10


def agree(walk: Walk) -> None:
    db.session.commit()
    db.session.expire_all()
    told, today = recount.everything(), walk.on
    first = min(one.issue.raised_on for one in told)
    half = first + (today - first) / 2
    for since, on in ((first - timedelta(1), today), (first - timedelta(1), half), (half, today)):
        period, scope = Period(since, on), IssueScope(today=today)
        expected = recount.figures(told, since, on)
        for key, ids in expected.items():
            assert rows(key, period, scope) == sorted(ids), f"{key} {since}–{on}"
            assert rows(key, period, IssueScope()) == sorted(ids), f"{key} by the trace"
        lengths = recount.stays(told, since, on)
        assert {state: found.stays for state, found in issue_times.by_state(period, scope).items()} == {
            state: len(days) for state, days in lengths.items()
        }
    assert {figure.key.removeprefix("issues.") for figure in issues.figures()} <= set(expected)
    by_id = {one.issue.id: one for one in told}
    for key in COLUMNS:
        for on in (today, half):
            question = ListQuestion(key, IssueScope(today=today), on, first - timedelta(1), which="all")
            for line in ThreeLists(question, calendar.load()).every():
                check(line, by_id[line.issue_id], on, key)
        whole = {one.issue.id for one in told if one.open(today)}
        shown = ThreeLists(ListQuestion("problem", IssueScope(today=today), today, first), calendar.load())
        assert {line.issue_id for line in shown.every()} == whole
