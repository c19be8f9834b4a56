"""Editions of the demo district: the last month issued, with a visit that came late, and drafts on their way."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from models import calendar, clock
from models.base import db
from models.report import drafting
from models.report.listing import sections
from models.report.record import Report
from models.rules import report as rules
from models.unit import Unit
from models.user import User
from models.visit import Visit


def add_reports(today: date) -> None:
    """Issue the last month of the bureau, draft this month for the bureau and each section, and last quarter."""
    workdays = calendar.load()
    office, manager = _person("he@"), _person("fang@")
    month = rules.before(rules.of_day("month", today))
    issued_on = max(rules.issue_from(month, workdays), month.last)
    visits = list(db.session.scalars(
        select(Visit).where(Visit.visit_on.between(month.first, month.last)).order_by(Visit.visit_on.desc(), Visit.id)
    ))  # fmt: skip
    for visit in visits:
        visit.received_at = _at(visit.visit_on)
    db.session.flush()
    if issued_on <= today:
        report = _draft(month, None, office, _at(rules.draft_due(month, workdays)))
        report.state, report.submitted_at, report.submitted_by_id = "signed", _at(issued_on), office.id
        report.signed_at, report.signed_by_id = _at(issued_on), manager.id
        db.session.flush()
        for visit in visits[:2]:  # written after the month was printed
            visit.visit_on = visit.visit_on + timedelta(days=400)
        db.session.flush()
        drafting.issue(report, report.version, manager, _at(issued_on))
        for visit in visits[:2]:
            visit.visit_on, visit.received_at = visit.visit_on - timedelta(days=400), _at(today, 9)
    now = rules.of_day("month", today)
    for unit in (None, *sections(today)):
        part = _draft(now, unit, office, _at(today, 9))
        if unit is not None and unit.code == "gqk":
            part.state, part.submitted_at, part.submitted_by_id = "in_review", _at(today, 10), manager.id
    _draft(rules.before(rules.of_day("quarter", today)), None, office, _at(today, 9))
    _draft(rules.after(rules.of_day("week", today)), None, office, _at(today, 9))
    db.session.flush()


def _draft(span: rules.Span, unit: Unit | None, by: User, at: datetime) -> Report:
    return drafting.draft(span, unit, by, at)


def _person(mailbox: str) -> User:
    return db.session.scalars(select(User).where(User.email.startswith(mailbox)).order_by(User.id)).one()


def _at(day: date, hour: int = 17) -> datetime:
    return datetime.combine(day, time(hour), clock.ZONE)
