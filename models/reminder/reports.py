"""The month's parts that are due or overdue, and editions that wait for who signs."""

from datetime import date, timedelta

from sqlalchemy import select

from models import calendar
from models.base import db
from models.report.composing import month_from
from models.report.listing import sections
from models.report.record import Report
from models.rules import report as rules
from models.rules.reminder import Due
from models.user import Role, User

#: How far ahead and back the working days are read.
NEAR = timedelta(days=80)
#: What is still to be handed in.
OPEN = ("drafted",)


def due_reminders(on: date) -> list[Due]:
    """For the head of each section the part of this month that is not handed in, from its draft day on, and of last
    month until it is missed; for who signs what was handed in. A fixed number of statements."""
    workdays, start = calendar.load(on - NEAR, on + NEAR), month_from()
    now = rules.of_day("month", on, start)
    months = [rules.before(now, start), now]
    query = select(Report.period, Report.owner, Report.state).where(
        Report.kind == "month", Report.period.in_([one.key for one in months])
    )
    states = {(row[0], row[1]): row[2] for row in db.session.execute(query)}
    found = []
    for month in months:
        due_on = rules.draft_due(month, workdays)
        late = month is months[0]
        for unit in sections(on):
            state = states.get((month.key, unit.id), "")
            if unit.head_id is None or state not in ("", *OPEN):
                continue
            rule = "report-overdue" if late else "report-due"
            said = f"{unit.name}{month.title}{'还没有交，已过期' if late else f'{due_on:%m-%d} 前交审'}"
            found.append(
                Due(rule, "unit", unit.id, unit.head_id, month.key, due_on, None, said, "/reports/?kind=month")
            )
    return found + _waiting(on)


def _waiting(on: date) -> list[Due]:
    query = select(Report).where(Report.state.in_(("in_review", "signed")), Report.first_on >= on - 5 * NEAR)
    waiting = list(db.session.scalars(query.order_by(Report.first_on, Report.owner, Report.id)))
    signers = select(User.id, Role.permissions).join(User.roles).where(User.active).order_by(User.id)
    people = sorted({row[0] for row in db.session.execute(signers) if rules.SIGN in row[1]}) if waiting else []
    word = {"in_review": "待审签", "signed": "待签发"}
    return [
        Due("report-sign", "report", report.id, user_id, f"{report.state} {report.version}", on, None,
            f"{report.name}{word[report.state]}", f"/reports/{report.id}")
        for report in waiting for user_id in people
    ]  # fmt: skip
