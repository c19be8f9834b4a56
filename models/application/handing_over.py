"""Handover of the applications somebody coaches."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import clock
from models.application.record import Application
from models.application.trace import ApplicationMove
from models.base import db
from models.firm.record import Firm
from models.rules.application import OPEN, STAGES
from models.user import User


def held(user_id: int) -> list[tuple[int, int, str]]:
    """The running applications a person coaches: id, firm, words. One statement beside the batches' own."""
    query = select(Application).join(Firm, Firm.id == Application.firm_id)
    query = query.where(Application.coach_id == user_id, Application.stage.in_(OPEN))
    query = query.options(joinedload(Application.firm), joinedload(Application.batch))
    rows = db.session.scalars(query.order_by(Firm.sort_key, Application.id))
    return [(row.id, row.firm_id, f"{row.batch.name} {row.firm.name}（{STAGES[row.stage]}）"[:200]) for row in rows]


def hand_over(application_ids: Sequence[int], taker: User, at: datetime) -> None:
    """Give these applications to another coach and note it in their traces; the caller commits."""
    rows = db.session.scalars(select(Application).where(Application.id.in_(list(application_ids))))
    for row in rows:
        row.coach_id = taker.id
        db.session.add(ApplicationMove(
            application_id=row.id, event="coach", from_stage=row.stage, to_stage=row.stage, at=at, by_id=taker.id,
            moved_on=clock.local(at).date(), words=f"工作移交，交给{taker.name}",
        ))  # fmt: skip
    db.session.flush()
