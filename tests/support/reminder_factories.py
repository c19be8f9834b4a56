"""Rows of the ledger with full defaults."""

from datetime import date
from typing import Any

from models import clock
from models.base import db
from models.reminder.record import Reminder, ReminderDelivery
from models.robot import Robot
from models.rules.reminder import period_key
from models.user import User
from tests.support.factories import make_promise, make_user


def make_reminder(person: User | None = None, **values: Any) -> Reminder:
    """A person was told of a promise, on the page; `mail` (state, reason) adds a door."""
    person = person or make_user()
    mail = values.pop("mail", None)
    due_on = values.pop("due_on", date(2026, 11, 24))
    defaults: dict[str, Any] = {
        "rule": "promise-due", "record_table": "promise", "matter": str(due_on), "stage": 0, "level": 0,
        "recipient_id": person.id, "about_id": person.id, "why": "", "due_on": due_on, "words": "答应的事要答复",
        "path": "/promises/", "raised_at": clock.now(), "raised_on": clock.today(),
    }  # fmt: skip
    found = {**defaults, **values}
    if "record_id" not in found:
        found["record_id"] = make_promise().id
    found.setdefault("period", period_key(found["matter"], found["stage"], found["level"]))
    row = Reminder(person_id=person.id, **found)
    db.session.add(row)
    db.session.flush()
    doors = [("app", "sent", "")] + ([("mail", *mail)] if mail else [])
    for channel, state, reason in doors:
        db.session.add(
            ReminderDelivery(
                reminder_id=row.id, channel=channel, state=state, reason=reason, not_before=row.raised_at,
                at=row.raised_at,
            )
        )  # fmt: skip
    db.session.flush()
    return row


def make_robot(**values: Any) -> Robot:
    """A robot of a group without an address, so that nothing is ever posted."""
    number = db.session.query(Robot).count() + 1
    one = Robot(**{"name": f"群{number}", "kind": "wecom", "rules": frozenset(), "created_at": clock.now(), **values})
    db.session.add(one)
    db.session.flush()
    return one
