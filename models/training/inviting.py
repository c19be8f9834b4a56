"""Inviting firms to a session, and noting who came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models import clock
from models.base import among, db
from models.errors import Refused
from models.firm.record import Firm
from models.rules.training import ANSWERS
from models.training.record import Training, TrainingFirm
from models.user import User


@dataclass(frozen=True, slots=True)
class Invited:
    """How many firms were invited now, and how many stood on the list before."""

    new: int
    there: int


@dataclass(frozen=True, slots=True)
class Came:
    """What was noted of one firm: its answer, how many people came (None: not known), a word on it."""

    answer: str
    people: int | None
    note: str = ""


def invite(user: User, session: Training, firm_ids: Sequence[int], at: datetime) -> Invited:
    """Put firms on the list of a session; those there stay as they are, those this person may not see are left out.
    Refused for a session that was called off; the caller commits."""
    return _add(user, session, firm_ids, at, invited=True)


def walk_in(user: User, session: Training, firm_id: int, people: int, at: datetime) -> Invited:
    """A firm came without being invited; the caller commits."""
    added = _add(user, session, [firm_id], at, invited=False)
    query = select(TrainingFirm).where(TrainingFirm.training_id == session.id, TrainingFirm.firm_id == firm_id)
    row = db.session.scalar(query)
    if row is not None:
        row.people = people
    db.session.flush()
    return added


def _add(user: User, session: Training, firm_ids: Sequence[int], at: datetime, *, invited: bool) -> Invited:
    if session.called_off:
        raise Refused("这场培训已经取消，不能再加企业")
    seen = Firm.visible_to(user).with_only_columns(Firm.id).where(among(Firm.id, list(firm_ids) or [0]))
    ids = list(db.session.scalars(seen.order_by(Firm.id)))
    held = set(db.session.scalars(select(TrainingFirm.firm_id).where(TrainingFirm.training_id == session.id)))
    new = [firm_id for firm_id in ids if firm_id not in held]
    today = clock.local(at).date()
    db.session.add_all(
        TrainingFirm(training_id=session.id, firm_id=firm_id, invited_on=today if invited else None,
                     created_by_id=user.id, created_at=at)
        for firm_id in new
    )  # fmt: skip
    db.session.flush()
    return Invited(len(new), len(ids) - len(new))


def note(user: User, session: Training, said: Mapping[int, Came]) -> int:
    """Note what firms answered and how many came, by the number of their row; how many rows changed. Rows of firms this
    person may not see are left out; the caller commits."""
    query = TrainingFirm.of_session(user, session.id).where(among(TrainingFirm.id, list(said) or [0]))
    changed = 0
    for row in db.session.scalars(query):
        came = said[row.id]
        if came.answer not in ANSWERS:
            raise Refused("请选答复")
        before = (row.answer, row.people, row.note)
        row.answer, row.people, row.note = came.answer, came.people, came.note.strip()[:200]
        changed += before != (row.answer, row.people, row.note)
    db.session.flush()
    return changed


def remove(session: Training, firm_id: int) -> None:
    """Take a firm off the list. Refused for one that came; the caller commits."""
    query = select(TrainingFirm).where(TrainingFirm.training_id == session.id, TrainingFirm.firm_id == firm_id)
    row = db.session.scalar(query)
    if row is None:
        return
    if row.people:
        raise Refused(f"这家企业到场 {row.people} 人，不能拿掉；记错了先把人数改成 0")
    db.session.delete(row)
    db.session.flush()
