"""The week's plan that is not made yet, and where tomorrow's 企业调研日 leads."""

from datetime import date, timedelta

from sqlalchemy import func, or_, select

from models import calendar, setting
from models.base import db
from models.firm.record import Firm
from models.plan import PlanLine, PlanOfficer
from models.rules.plan import monday_of, plan_week, sunday_of
from models.rules.reminder import Due
from models.user import User

#: How far ahead and back the working days are read.
NEAR = timedelta(days=40)


def due_reminders(on: date) -> list[Due]:
    """Who planned nothing for the week whose plan is due, and who goes where on the next 企业调研日. Six statements."""
    return _unplanned(on) + _eve(on)


def _unplanned(on: date) -> list[Due]:
    """Everybody who looks after firms and has no line in the week whose plan is due by this day."""
    workdays = calendar.load(on - NEAR, on + NEAR)
    monday, due_on = plan_week(on, workdays)
    planned = select(PlanOfficer.user_id).join(PlanLine, PlanLine.id == PlanOfficer.line_id)
    planned = planned.where(PlanLine.planned_on.between(monday, sunday_of(monday)))
    cares = or_(Firm.officer_a_id == User.id, Firm.officer_b_id == User.id)
    query = select(User.id).where(
        User.active, select(Firm.id).where(cares, Firm.merged_into_id.is_(None)).exists(), User.id.not_in(planned)
    )
    year, week, _ = monday.isocalendar()
    said = f"{monday:%m-%d} 至 {sunday_of(monday):%m-%d} 的周安排还没有排走访"
    return [
        Due("plan-week", "user", user_id, user_id, f"{year}-W{week:02d}", due_on, None, said, f"/plan/?week={monday}")
        for user_id in db.session.scalars(query.order_by(User.id))
    ]


def _eve(on: date) -> list[Due]:
    """Everybody with open lines on the next 企业调研日 within a week."""
    weekday = setting.get_int("survey_weekday") - 1
    survey = next((day for day in (on + timedelta(days=n) for n in range(8)) if day.weekday() == weekday), None)
    if survey is None:
        return []
    query = select(PlanOfficer.user_id, func.count()).join(PlanLine, PlanLine.id == PlanOfficer.line_id)
    query = query.where(PlanLine.planned_on == survey, PlanLine.is_open()).group_by(PlanOfficer.user_id)
    said = f"{survey:%m-%d} 周{'一二三四五六日'[weekday]}是企业调研日，您排了"
    return [
        Due("survey-eve", "user", user_id, user_id, str(survey), survey, None, f"{said} {count} 项",
            f"/plan/?week={monday_of(survey)}")
        for user_id, count in db.session.execute(query.order_by(PlanOfficer.user_id))
    ]  # fmt: skip
