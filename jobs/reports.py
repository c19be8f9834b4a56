"""Drafts that make themselves: the month before the 25th, the quarter's bulletin, the week's plan. Each asks what is
not drafted yet, so a second or late run does nothing twice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jobs.reminders import remind
from models import calendar, clock
from models.base import db
from models.report import drafting
from models.report.composing import month_from
from models.report.listing import sections
from models.rules import report as rules
from models.rules.report import Span
from models.unit import Unit


def month_due(now: datetime) -> dict[str, Any]:
    """Draft this month for every section and the bureau once that is due, and remind the heads; how many drafts."""
    today, start = clock.local(now).date(), month_from()
    month = rules.of_day("month", today, start)
    owners = [*sections(today), None]
    drafted = _draft(month, owners, now) if today >= rules.draft_due(month, calendar.load()) else []
    return {**remind("month-due", now), "drafted": len(drafted)}


def month_overdue(now: datetime) -> dict[str, Any]:
    """Draft what is missing of last month, marked 补报 where it was missed, and remind whose part is not handed in."""
    today, start = clock.local(now).date(), month_from()
    month = rules.before(rules.of_day("month", today, start), start)
    drafted = _draft(month, [*sections(today), None], now)
    return {**remind("month-overdue", now), "drafted": len(drafted)}


def quarter_bulletin(now: datetime) -> dict[str, Any]:
    """Draft the bulletin of the last quarter, and at half-year and year their editions; how many drafts."""
    today, start = clock.local(now).date(), month_from()
    drafted = []
    for kind in ("quarter", "halfyear", "year"):
        span = rules.before(rules.of_day(kind, today, start), start)
        # The longer ones only in the quarter after they end: nobody drafts last year's in autumn.
        quarter = rules.before(rules.of_day("quarter", today, start), start)
        if span.last == quarter.last and today >= rules.issue_from(span, calendar.load()):
            drafted += _draft(span, [None], now)
    return {"raised": len(drafted), "sent": 0, "skipped": []}


def week_plan(now: datetime) -> dict[str, Any]:
    """Draft the plan of the next week once it is due, for every section and the bureau, and remind who planned nothing
    for it; how many drafts."""
    today = clock.local(now).date()
    week = rules.after(rules.of_day("week", today))
    drafted = _draft(week, [*sections(today), None], now) if today >= rules.draft_due(week, calendar.load()) else []
    return {**remind("plan-reminder", now), "drafted": len(drafted)}


def _draft(span: Span, owners: Sequence[Unit | None], now: datetime) -> list[str]:
    """Draft what is not there, each committed by itself."""
    made = []
    for unit in owners:
        if drafting.find(span.kind, span.key, unit.id if unit else None) is None:
            made.append(drafting.draft(span, unit, None, now).name)
            db.session.commit()
    return made
