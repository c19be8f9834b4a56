"""Notes an act of the person in front of the page in the audit trail."""

from typing import Any

from flask import g, request

from models import audit_log, clock
from models.user import User


def note(act: str, *, person: User | None = None, **details: Any) -> None:
    """Add an entry for this request: who (default: who is signed in), from where, now. The view commits.

    `details` are those of `models.audit_log.note`: subject, subject_id, detail, succeeded.
    """
    audit_log.note(act, person or g.get("user"), at=clock.now(), address=request.remote_addr or "", **details)
