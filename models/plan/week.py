"""A week, a month and what was left undone, as pages and feeds show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from models import setting
from models.base import db
from models.plan.lines import PlanLine, PlanOfficer
from models.rules.plan import monday_of
from models.rules.workday import Day, Workdays, span
from models.user import User

#: How far back undone lines are asked for.
BACK = timedelta(days=62)


@dataclass(slots=True)
class PlanDay:
    """A day with its lines; `survey`: the bureau's fixed day for firms (企业调研日)."""

    day: Day
    survey: bool = False
    lines: list[PlanLine] = field(default_factory=list)


def days(user: User, first: date, last: date, calendar: Workdays, whose: Sequence[int] | None = None) -> list[PlanDay]:
    """Every day from the first to the last with the lines this person may see, of some people or of the whole bureau.

    A fixed number of statements.
    """
    return _by_day(_lines(user, PlanLine.planned_on.between(first, last), whose), first, last, calendar)


def week(
    user: User, monday: date, today: date, calendar: Workdays, whose: Sequence[int] | None = None
) -> tuple[list[PlanDay], list[PlanLine]]:
    """The days of a week, and the open lines of the days before it that are over, the oldest first: each of these is to
    be moved or dropped, with a reason. Both are read at once, in a fixed number of statements."""
    sunday, over = monday + timedelta(days=6), min(today, monday)
    undone = and_(PlanLine.is_open(), PlanLine.planned_on < over, PlanLine.planned_on >= over - BACK)
    lines = _lines(user, or_(PlanLine.planned_on.between(monday, sunday), undone), whose)
    held = [line for line in lines if line.planned_on >= monday]
    return _by_day(held, monday, sunday, calendar), [line for line in lines if line.planned_on < monday]


def _lines(user: User, wanted: ColumnElement[bool], whose: Sequence[int] | None) -> list[PlanLine]:
    query = PlanLine.visible_to(user).where(wanted)
    if whose is not None:
        query = query.where(PlanLine.is_of(whose))
    return list(db.session.scalars(query.order_by(PlanLine.planned_on, PlanLine.id)).unique())


def _by_day(lines: Iterable[PlanLine], first: date, last: date, calendar: Workdays) -> list[PlanDay]:
    survey = survey_days(first, last, calendar)
    found = {on: PlanDay(calendar.day(on), on in survey) for on in span(first, last)}
    for line in lines:
        found[line.planned_on].lines.append(line)
    return list(found.values())


def survey_days(first: date, last: date, calendar: Workdays) -> set[date]:
    """The 企业调研日 between two days: each week's fixed weekday when people work on it (setting, 0 for none)."""
    weekday = setting.get_int("survey_weekday") - 1
    return {on for on in span(first, last) if on.weekday() == weekday and calendar.works(on)}


def offered_day(today: date, calendar: Workdays) -> date:
    """The day a new line is offered for: the next 企业调研日 within two weeks, else the next working day."""
    tomorrow = today + timedelta(days=1)
    fixed = survey_days(tomorrow, today + timedelta(days=14), calendar)
    return min(fixed) if fixed else calendar.on_or_after(tomorrow)


def weeks_of_month(month: date) -> tuple[date, date]:
    """The Monday on or before the first of a month and the Sunday on or after its last day."""
    first = month.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return monday_of(first), monday_of(last) + timedelta(days=6)


def people_of(lines: Iterable[PlanLine]) -> list[User]:
    """Everybody who goes somewhere, by name."""
    found = {one.user_id: one.user for line in lines for one in line.officers}
    return sorted(found.values(), key=lambda user: (user.sort_key, user.id))


def planned_firms(user_id: int, on: date) -> list[int]:
    """The firms a person has planned for a day and not visited yet, in the order they were planned."""
    query = (
        select(PlanLine.firm_id)
        .join(PlanOfficer, PlanOfficer.line_id == PlanLine.id)
        .where(PlanOfficer.user_id == user_id, PlanLine.planned_on == on, PlanLine.is_open())
        .order_by(PlanLine.id)
    )
    return [firm_id for firm_id in db.session.scalars(query) if firm_id is not None]
