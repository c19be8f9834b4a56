"""The light of an issue as a condition of SQL: the same answer for every row as models/rules/issue_clock.light gives,
from the days on which it turns (yellow_on, due_on, first_due_on)."""

from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, case, func

from models.issue.record import ENDED, Issue

#: A filter's key and what a page calls it. The last stays, whatever colour shows.
LIGHTS = {"red": "逾期", "yellow": "临期", "green": "正常", "was": "曾逾期"}


def is_open() -> ColumnElement[bool]:
    """Somebody still has to do something."""
    return Issue.state.not_in(ENDED)


@lru_cache(maxsize=256)
def shows(light: str, on: date) -> ColumnElement[bool]:
    """The condition that an issue shows this light (a key of LIGHTS) at the end of a day. KeyError for no such light.

    Ended ones show no colour; `was` holds for every issue that passed its original date while it was open.
    """
    late = and_(Issue.due_on.is_not(None), Issue.due_on < on)
    soon = and_(Issue.yellow_on.is_not(None), Issue.yellow_on <= on)
    conditions = {
        "red": and_(is_open(), late),
        "yellow": and_(is_open(), ~late, soon),
        "green": and_(is_open(), ~late, ~soon),
        "was": was_overdue(on),
    }
    return conditions[light]


@lru_cache(maxsize=64)
def was_overdue(on: date) -> ColumnElement[bool]:
    """The original due date was passed: by the day, or by the day it ended."""
    until = case((is_open(), on), else_=func.coalesce(Issue.closed_on, Issue.ended_on, on))
    return and_(Issue.first_due_on.is_not(None), Issue.first_due_on < until)


@lru_cache(maxsize=64)
def urgency(on: date) -> ColumnElement[int]:
    """For ORDER BY: red, yellow, green, then what has ended."""
    return case((shows("red", on), 0), (shows("yellow", on), 1), (is_open(), 2), else_=3)
