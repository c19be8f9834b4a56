"""What the clocks of the closed loop do by themselves each morning; safe to run twice, or late."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import current_app

from crm.mail.issue_links import Ways
from models import clock
from models.base import db
from models.issue import Issue
from models.issue.acts import timetable


def run_clocks(now: datetime) -> dict[str, Any]:
    """Silence counts as accepted, parked matters come back, slips and escalations of 督办, the month's spot checks, and
    the links that firms are to get. Returns how many of each, links as sent; each kind is committed by itself."""
    on = clock.local(now).date()
    config = current_app.config["TIDU"]
    ways = Ways.of(config.public_base_url, config.mail_url)

    def deliver(issue: Issue, token: str) -> bool:
        return ways.to_firm(issue, token, now)

    kinds: dict[str, Callable[[], int]] = {
        "signed_by_silence": partial(timetable.accept_silence, on, now),
        "resumed": partial(timetable.resume_parked, on, now),
        "slips": partial(timetable.due_slips, on, now),
        "escalated": partial(timetable.due_escalations, on, now),
        "spot_checks": partial(timetable.due_spot_checks, on, now),
        "links": partial(timetable.due_links, on, deliver, now),
    }
    made: dict[str, int] = {}
    for name, function in kinds.items():
        made[name] = function()
        db.session.commit()
    raised = sum(count for name, count in made.items() if name != "links")
    return {"raised": raised, "sent": made["links"], "skipped": [], **made}
