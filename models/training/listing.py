"""The sessions, the latest first, and the firms of one."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models.base import db
from models.training.record import Training, TrainingFirm
from models.user import User


def count_sessions() -> int:
    """How many sessions there are. One statement."""
    return db.session.scalar(select(func.count()).select_from(Training)) or 0


def list_sessions(number: int, size: int) -> list[Training]:
    """A page of sessions, the latest first. One statement."""
    query = select(Training).options(joinedload(Training.target))
    query = query.order_by(Training.held_on.desc(), Training.id.desc()).limit(size).offset((number - 1) * size)
    return list(db.session.scalars(query))


def rows_of(user: User, session: Training) -> list[TrainingFirm]:
    """The firms of a session that this person sees, by name. One statement."""
    return list(db.session.scalars(TrainingFirm.of_session(user, session.id)))
