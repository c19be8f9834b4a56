"""Sends what the outbox holds: claim one, commit, speak to the server, write how it ended (foundations 3)."""

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import OperationalError

from crm.mail import smtp
from crm.mail.message import message
from crm.mail.server import Server, parse
from jobs import reminders
from models import clock, outbox, setting
from models.base import db

if TYPE_CHECKING:
    from flask import Flask

log = structlog.get_logger()

#: Seconds between two looks into an outbox with nothing to send.
POLL = 1.0
#: Between two looks for reminders that may go out now.
GATHER = timedelta(seconds=15)


class Post:
    """One worker's hold on the outbox. Without a mail server in the configuration it does nothing."""

    def __init__(self, app: "Flask", holder: str, stopping: threading.Event) -> None:
        self.app, self.holder, self.stopping = app, holder, stopping
        self.lease = outbox.LEASE
        self.gather_next = datetime.min.replace(tzinfo=UTC)
        self.server: Server | None = parse(app.config["TIDU"].mail_url)

    def run(self) -> None:
        """Send until told to stop."""
        while not self.stopping.is_set():
            try:
                now = clock.now()
                self.gather(now)
                worked = self.run_one(now)
            except Exception:
                # The database may be away for a while; the outbox waits for it.
                log.exception("outbox")
                worked = False
            if not worked:
                self.stopping.wait(POLL)

    def gather(self, now: datetime) -> int:
        """Every quarter of a minute: put the reminders that waited for this moment into the outbox; how many mails."""
        if now < self.gather_next:
            return 0
        self.gather_next = now + GATHER
        with self.app.app_context():
            return reminders.hand_over(now)

    def run_one(self, now: datetime) -> bool:
        """Send the oldest mail that is due; False when there is nothing to do, or nothing may be sent."""
        if self.server is None:
            return False
        with self.app.app_context():
            if not outbox.any_due(now) or not outbox.may_send(now):
                return False
            mail = outbox.take(self.holder, now, self.lease)
            db.session.commit()
            if mail is not None:
                self._send(mail.id, self.server, now)
        return True

    def _send(self, mail_id: int, server: Server, now: datetime) -> None:
        mail = db.session.get_one(outbox.Mail, mail_id)
        letter, message_id = mail.open(), mail.message_id
        sender_name = setting.get("bureau_name")
        db.session.rollback()
        try:
            wire = message(letter, message_id, server.sender, sender_name, now)
            smtp.send(server, wire, letter.to)
        except smtp.NotSent as error:
            final, unsure = isinstance(error, smtp.Bounced), isinstance(error, smtp.Unsure)
            state = outbox.not_sent(mail_id, self.holder, clock.now(), str(error), final=final, unsure=unsure)
            log.warning("mail not sent", id=mail_id, state=state, error=str(error))
        except ValueError as error:
            state = outbox.not_sent(mail_id, self.holder, clock.now(), f"收件地址不对：{error}", final=True)
        else:
            self._note_sent(mail_id)
            return
        db.session.commit()

    def _note_sent(self, mail_id: int) -> None:
        """Write it down, and try again when the database is busy: what went out is not to go out again."""
        for tries_left in reversed(range(3)):
            try:
                if not outbox.sent(mail_id, self.holder, clock.now()):
                    log.warning("mail was taken over meanwhile", id=mail_id)
                db.session.commit()
            except OperationalError:
                db.session.rollback()
                if not tries_left:
                    raise
            else:
                log.info("mail sent", id=mail_id)
                return
