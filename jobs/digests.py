"""每周要情: one mail to each person, of what changed since the last or needs them; none when nothing is to be said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app

from crm.mail import digest as letters
from crm.mail.server import parse
from models import clock, mail_act, setting, unit
from models.base import db
from models.digest import compose, gather, readers, telling
from models.digest.readers import Reader
from models.digest.telling import Told
from models.reminder import settings
from models.rules import reminder, timetable
from models.rules.digest import Digest
from models.rules.mail_act import Wanted


@dataclass(frozen=True)
class _Week:
    """What all digests of a run share."""

    at: datetime
    server: bool
    away: frozenset[int]
    declined: set[tuple[int, str]]


def weekly_digest(now: datetime) -> dict[str, Any]:
    """Write the digests of the week of this moment: how many people are in the ledger, how many mails wait to go out,
    and who gets none, with why. Who got theirs gets no second one; a missed week is told with the next."""
    on = clock.local(now).date()
    period = timetable.week(on)
    config = current_app.config["TIDU"]
    server = parse(config.mail_url)
    week = gather.gather(telling.since(on), on)
    done = telling.already(period)
    here = _Week(now, server is not None, frozenset(unit.deputies_on(on)), settings.declined())
    made = [(one, compose.compose(one, week)) for one in readers.load(on) if one.id not in done]
    reasons = {one.id: _reason(one, digest, here) for one, digest in made}
    wanted = [act for one, digest in made if not reasons[one.id] for act in _acts(digest)]
    place = letters.Place(
        config.bureau_address, setting.get("bureau_name"), mail_act.make(wanted, now) if config.bureau_address else {}
    )
    told = [
        Told(one, digest, None if reasons[one.id] else letters.letter(digest, one.email, place), reasons[one.id])
        for one, digest in made
    ]
    raised, sent = telling.write(told, period, on, now, server.domain if server else "")
    db.session.commit()
    skipped = [
        {"key": f"{telling.RULE}:{one.reader.id}:{period}", "reason": reminder.REASONS[one.reason]}
        for one in told if one.reason
    ]  # fmt: skip
    return {"raised": raised, "sent": sent, "skipped": skipped}


def _reason(one: Reader, digest: Digest, here: _Week) -> str:
    return telling.reason_of(
        one, digest, server=here.server, away=one.id in here.away, declined=(one.id, telling.RULE) in here.declined
    )


def _acts(digest: Digest) -> list[Wanted]:
    return [item.act for section in digest.sections for item in section.items if item.act is not None]
