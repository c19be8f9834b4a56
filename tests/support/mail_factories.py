"""Mails in the outbox."""

from datetime import datetime
from itertools import count
from typing import Any

from models import clock, outbox
from models.base import db
from models.outbox import Letter, Mail

_numbers = count(1)


def make_mail(at: datetime | None = None, **values: Any) -> Mail:
    """A mail that waits, or stands as `values` say."""
    letter = Letter("gu@firm.example", "请确认：缺一台设备", "正文", "<p>正文</p>", "顾清和")
    mail = outbox.put(f"test:{next(_numbers)}", letter, "bureau.example", at or clock.now(), owner_table="issue")
    for name, value in values.items():
        setattr(mail, name, value)
    db.session.flush()
    return mail
