"""Keeps the results of the assessment up to date; safe to run twice, or late."""

from datetime import datetime
from typing import Any

from crm.assessing import keep
from models import clock
from models.assessment.kept import Freshness
from models.base import db
from models.rule_book import shelf


def keep_all(now: datetime) -> dict[str, Any]:
    """Judge every firm by the figures and books of the day and return how many."""
    firms = keep.keep_all(clock.local(now).date(), now, shelf())
    return {"raised": 0, "sent": 0, "skipped": [], "firms": firms}


def keep_changed(now: datetime) -> dict[str, Any]:
    """Judge the firms of which something changed, all of them where the day, a book or more changed; how many."""
    on, books = clock.local(now).date(), shelf()
    fresh, firms = Freshness(books, on), 0
    if fresh.all_stale:
        firms = keep.keep_all(on, now, books)
    while not fresh.all_stale and (judged := keep.keep_changed(on, now, books, keep.CHUNK)):
        db.session.commit()
        firms += judged
    db.session.rollback()
    return {"raised": 0, "sent": 0, "skipped": [], "firms": firms}
