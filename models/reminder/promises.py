"""Promises that somebody is to keep."""

from datetime import date

from sqlalchemy import select

from models.base import db
from models.firm.record import Firm
from models.promise import Promise
from models.rules.reminder import HORIZON, Due


def due_reminders(on: date) -> list[Due]:
    """The open promises due within the horizon or overdue, each for the person who made it. One statement."""
    query = select(Promise.id, Promise.person_id, Promise.due_on, Promise.firm_id, Firm.name, Promise.words)
    query = query.join(Firm, Firm.id == Promise.firm_id).where(Promise.open_on(on), Promise.due_on <= on + HORIZON)
    return [
        Due(
            "promise-due", "promise", promise_id, person_id, str(due_on), due_on, firm_id,
            f"答应{name}的事要答复：{words[:80]}", f"/promises/{promise_id}/done",
            f"/promises/?firm={firm_id}",
        )
        for promise_id, person_id, due_on, firm_id, name, words in db.session.execute(
            query.order_by(Promise.due_on, Promise.id)
        )
    ]  # fmt: skip
