"""What pre-review said of an application, as the conditions of a list (models/rules/prereview.RESULTS)."""

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from models.application.meeting import ReviewFinding, ReviewItem
from models.application.record import Application
from models.rules.prereview import VERDICTS


def reviewed(key: str) -> ColumnElement[bool]:
    """The condition that this is so of an application; `key` is one of RESULTS."""
    item = ReviewItem
    mine = item.application_id == Application.id
    if key == "findings":
        return exists().where(ReviewFinding.application_id == Application.id, ReviewFinding.done_on.is_(None))
    if key == "seen":
        return exists().where(mine, item.verdict.is_not(None))
    if key in VERDICTS:
        later = aliased(ReviewItem)
        newer = exists().where(
            later.application_id == item.application_id, later.verdict.is_not(None), later.round > item.round
        )  # fmt: skip
        return exists().where(mine, item.verdict == key, ~newer)
    return exists().where(mine, item.verdict == "cleared", item.round <= (1 if key == "first" else 2))
