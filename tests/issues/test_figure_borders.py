"""Both sides of every border of the figures: the last day of a limit counts, the day after does not."""

from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask

from models import clock
from models.base import db
from models.figures import registry
from models.figures.base import Period
from models.figures.scope import Scope
from models.firm.record import Firm
from models.issue.parts import IssueAnswer, IssueClosing
from models.issue.record import Issue
from models.issue.trace import IssueMove
from tests.support.factories import make_firm, make_user
from tests.support.issue_factories import make_assignment, make_issue, make_topic

DAY = timedelta(days=1)
DUE = date(2026, 4, 10)


def moment(on: date, hour: int = 23) -> datetime:
    """Late in the evening of the bureau, which is the day before in UTC until eight in the morning."""
    return datetime.combine(on, time(hour, 30), clock.ZONE)


def close(issue: Issue, on: date, solved: str = "yes", turn: int = 1) -> IssueClosing:
    answer = IssueAnswer(issue_id=issue.id, round=turn, how="link", at=moment(on), answered_on=on, solved=solved)
    db.session.add(answer)
    db.session.flush()
    row = IssueClosing(
        issue_id=issue.id, round=turn, reviewer_id=make_user(role="manager").id, reviewed_at=moment(on),
        reviewed_on=on, basis="link", answer_id=answer.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    issue.state, issue.closing_id, issue.closed_on = "closed_out", row.id, on
    return row


def given(firm: Firm | None = None, due: date = DUE, first: date | None = None) -> Issue:
    """Given to a unit with a date."""
    issue = make_issue(firm, state="in_progress", first_due_on=first or due, due_on=due, dispatched_on=date(2026, 4, 1))
    db.session.add(
        IssueMove(issue_id=issue.id, event="dispatch", from_state="admitted", to_state="in_progress",
                  at=moment(date(2026, 4, 1)), moved_on=date(2026, 4, 1), due_after=due)
    )  # fmt: skip
    db.session.flush()
    return issue


def share(key: str, since: date = date(2026, 3, 31), on: date = date(2026, 12, 31)) -> tuple[int, int]:
    found = registry.find(f"issues.{key}").share(Period(since, on), Scope())
    return found.part, found.whole


@pytest.mark.parametrize("closed_on, kept", [(DUE - DAY, 1), (DUE, 1), (DUE + DAY, 0)])
def test_the_original_due_date_is_the_last_day_that_counts(app: Flask, closed_on: date, kept: int) -> None:
    close(given(), closed_on)
    assert share("on_time") == (kept, 1)
    # Extended by a week, the approved date has another border.
    close(given(due=DUE + 7 * DAY, first=DUE), closed_on + 7 * DAY)
    assert share("on_time_approved") == (2 * kept, 2)
    assert share("on_time") == (kept, 2)


@pytest.mark.parametrize(
    "since, on, counted", [(DUE - DAY, DUE, 1), (DUE, DUE + DAY, 0), (DUE - 2 * DAY, DUE - DAY, 0)]
)
def test_a_period_begins_the_day_after_and_ends_with_its_last(app: Flask, since: date, on: date, counted: int) -> None:
    close(given(), DUE)
    assert share("on_time", since, on) == (counted, counted)
    assert registry.find("issues.closed").count(Period(since, on), Scope()) == counted


def test_a_closing_that_was_undone_keeps_no_date(app: Flask) -> None:
    close(given(), DUE).undone_at = moment(DUE + 5 * DAY)
    assert share("on_time", on=DUE + 4 * DAY) == (1, 1)
    assert share("on_time", on=DUE + 5 * DAY) == (0, 1)


def test_a_closing_undone_at_midnight_stood_the_day_before(app: Flask) -> None:
    close(given(), DUE).undone_at = clock.day_begins(DUE + 5 * DAY)
    assert share("on_time", on=DUE + 4 * DAY) == (1, 1)
    assert share("on_time", on=DUE + 5 * DAY) == (0, 1)


@pytest.mark.parametrize("days, again", [(-1, 0), (0, 1), (90, 1), (91, 0)])
def test_the_same_topic_within_ninety_days_came_back(app: Flask, days: int, again: int) -> None:
    firm = make_firm()
    close(given(firm), DUE)
    make_issue(firm, raised_on=DUE + days * DAY)
    assert share("recurred") == (again, 1)


def test_another_firm_or_topic_is_no_coming_back(app: Flask) -> None:
    close(given(), DUE)
    make_issue(make_firm(), raised_on=DUE + DAY)
    other = given()
    close(other, DUE)
    make_issue(db.session.get_one(Firm, other.firm_id), raised_on=DUE + DAY, topic_id=make_topic("finance").id)
    assert share("recurred") == (0, 2)


@pytest.mark.parametrize("signed_on, hour, kept", [(DUE, 23, 1), (DUE + DAY, 0, 0), (DUE + DAY, 7, 0)])
def test_signing_for_ends_with_the_day_of_the_bureau(app: Flask, signed_on: date, hour: int, kept: int) -> None:
    make_assignment(assigned_on=DUE - DAY, sign_due_on=DUE, signed_at=moment(signed_on, hour))
    assert share("signed_on_time") == (kept, 1)


def test_what_is_not_decided_yet_is_in_no_rate(app: Flask) -> None:
    part = make_assignment(assigned_on=DUE - DAY, sign_due_on=DUE)
    assert share("signed_on_time", on=DUE) == (0, 0)
    assert share("signed_on_time", on=DUE + DAY) == (0, 1)
    part.signed_at, part.signed_by_silence = moment(DUE), True
    assert share("signed_on_time", on=DUE) == (0, 1)


def test_the_first_round_and_a_yes_make_once_and_done(app: Flask) -> None:
    for solved, turn in (("yes", 1), ("partly", 1), ("yes", 2)):
        close(given(), DUE, solved, turn)
    assert share("first_time") == (1, 3)
