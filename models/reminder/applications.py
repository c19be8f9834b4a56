"""Dates of batches that applications have not reached."""

from datetime import date

from sqlalchemy import select

from models.application.batch import ApplicationBatch, BatchDate
from models.application.record import Application
from models.base import db
from models.firm.record import Firm
from models.rules.application import DATES, OPEN, next_deadline
from models.rules.reminder import HORIZON, Due


def due_reminders(on: date) -> list[Due]:
    """The next date of its batch for each open application that has not come so far, due within the horizon or gone by,
    for its coach, else for the firm's A 角. Two statements."""
    days: dict[int, list[tuple[str, date]]] = {}
    for batch_id, key, falls_on in db.session.execute(
        select(BatchDate.batch_id, BatchDate.key, BatchDate.falls_on)
        .join(ApplicationBatch, ApplicationBatch.id == BatchDate.batch_id)
        .where(ApplicationBatch.closed_on.is_(None))
        .order_by(BatchDate.falls_on, BatchDate.id)
    ):
        days.setdefault(batch_id, []).append((key, falls_on))
    query = select(Application.id, Application.batch_id, Application.stage, Application.coach_id, Application.firm_id,
                   Firm.name, Firm.officer_a_id)  # fmt: skip
    query = query.join(Firm, Firm.id == Application.firm_id).where(
        Application.stage.in_(OPEN), Application.batch_id.in_(sorted(days) or [0]), Firm.merged_into_id.is_(None)
    )
    found = []
    for row in db.session.execute(query.order_by(Application.id)):
        due = next_deadline(row.stage, days[row.batch_id], on)
        person = row.coach_id or row.officer_a_id
        if due is None or person is None or due.on > on + HORIZON:
            continue
        words = f"{row.name}的申报：{DATES[due.key][0]}"
        found.append(Due("application-date", "application", row.id, person, f"{due.key} {due.on}", due.on, row.firm_id,
                         words, f"/applications/{row.id}"))  # fmt: skip
    return found
