"""Reminders: each entry of the timetable raises its rules, and what may go out is handed to the outbox and the robots.

Each asks what is due and not yet told: a missed night mends itself once, a second run does nothing (promise 1).
"""

from datetime import datetime
from functools import partial
from typing import Any

import structlog
from flask import current_app

from crm.mail import reminders as letters
from crm.mail.server import parse
from models import clock, outbox, setting
from models.base import db
from models.reminder import handing, ledger, settings
from models.reminder.sources import of_rules
from models.rules.reminder_table import DAILY, of_job

log = structlog.get_logger()


def remind(job: str, now: datetime) -> dict[str, Any]:
    """Raise what the rules of an entry ask for on the day of this moment, and hand over what may go out: how many were
    raised and settled, how many mails were put into the outbox, and what no mail tells, with why.

    Each source is committed by itself. One that fails stops no other; the run fails at its end and says which.
    """
    keys, server = of_job(job), parse(current_app.config["TIDU"].mail_url)
    result: dict[str, Any] = {"raised": 0, "settled": 0, "sent": 0, "skipped": []}
    # Until an administrator says from when to go on, only what may have been told before a restore is raised.
    maybe_sent = bool(setting.get("restored_from"))
    failed: list[Exception] = []
    for source in of_rules(keys):
        try:
            here = ledger.load(clock.local(now).date(), now, server=server is not None, maybe_sent=maybe_sent)
            done = ledger.run(source, keys, here)
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            log.exception("reminders", rules=sorted(source.rules))
            failed.append(error)
            continue
        result["raised"] += len(done.raised)
        result["settled"] += done.settled
        result["skipped"] += [{"key": key, "reason": reason} for key, reason in done.skipped]
    result["sent"] = hand_over(now)
    if failed:
        raise ExceptionGroup("有的提醒没有算出来，其他的已照常提醒", failed)
    return result


plan_reminder = partial(remind, "plan-reminder")
survey_day_eve = partial(remind, "survey-day-eve")
duties = partial(remind, DAILY)


def hand_over(now: datetime) -> int:
    """Put what may go out at this moment into the outbox, one mail for each reader, and let the robots be told; how
    many mails. Nothing while sending is paused, in quiet hours and on days off. Commits."""
    if not handing.any_waiting(now):
        db.session.rollback()
        return 0
    if handing.hold_if_quiet(now):
        db.session.commit()
        return 0
    mails = 0
    while (taken := _put(now)) is not None:
        mails += taken
    posts = handing.send_counts(now, letters.list_url(current_app.config["TIDU"].bureau_address))
    db.session.commit()
    log.info("reminders handed over", mails=mails, posts=posts)
    return mails


def put_aside(until: datetime, now: datetime) -> int:
    """After a restore: put the mails of what was raised up to a moment into the outbox as made then, so that they are
    held there as 可能已发, and let no robot tell of it; how many mails. Commits."""
    mails = 0
    while (taken := _put(now, until)) is not None:
        mails += taken
    handing.give_up_counts(until, now)
    db.session.commit()
    return mails


def _put(now: datetime, raised_until: datetime | None = None) -> int | None:
    """One mail for each reader of what is taken now; how many, None when nothing was left. Commits."""
    server = parse(current_app.config["TIDU"].mail_url)
    taken = handing.take_mails(now, raised_until) if server is not None else {}
    rules = settings.in_force() if taken else {}
    for reader, pairs in taken.items():
        assert server is not None
        ids = [delivery_id for delivery_id, _ in pairs]
        mail = letters.letter_for(reader, [row for _, row in pairs], rules, _house(), clock.local(now))
        key = f"reminders:{reader.id}:{ids[0]}"
        put = outbox.put(key, mail, server.domain, raised_until or now, owner_table="user", owner_id=reader.id)
        handing.belongs_to(ids, put.id)
    db.session.commit()
    return len(taken) or None


def _house() -> letters.House:
    config = current_app.config["TIDU"]
    return letters.House(setting.get("bureau_name"), setting.get("bureau_phone"), config.bureau_address)
