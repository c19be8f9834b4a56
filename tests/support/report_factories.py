"""Editions of reports as tests need them."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from models import clock
from models.base import db
from models.report import drafting
from models.report.record import Report
from models.rules import report as rules
from models.unit import Unit
from models.user import User
from tests.support.factories import make_user


def at(day: date, hour: int = 17) -> datetime:
    """A moment of a day in the bureau's time."""
    return datetime.combine(day, time(hour), clock.ZONE)


def make_report(
    kind: str = "month", period: str = "", unit: Unit | None = None, by: User | None = None, **values: Any
) -> Report:
    """A draft of last month, or of the period asked for."""
    today = clock.today()
    found = rules.span(kind, period) if period else rules.before(rules.of_day(kind, today))
    report = drafting.draft(found, unit, by, clock.now())
    for name, value in values.items():
        setattr(report, name, value)
    db.session.flush()
    return report


def make_issued(kind: str = "month", period: str = "", unit: Unit | None = None, **values: Any) -> Report:
    """An issued edition of last month, or of the period asked for; issued when it may be first."""
    report = make_report(kind, period, unit, **values)
    issue(report)
    return report


def an_issued() -> Report:
    """Last month's edition as it was issued, made once: a period has one."""
    span = rules.before(rules.of_day("month", clock.today()))
    held = db.session.scalar(select(Report).where(Report.kind == "month", Report.period == span.key))
    return held or make_issued()


def issue(report: Report, moment: datetime | None = None) -> Report:
    """Sign and issue a draft, on the first day it may be or at this moment."""
    from models import calendar

    signer = make_user(role="manager")
    report.state = "signed"
    db.session.flush()
    day = rules.issue_from(report.span, calendar.load())
    drafting.issue(report, report.version, signer, moment or at(day))
    db.session.flush()
    return report
