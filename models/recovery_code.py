"""Recovery codes: the way in for a person whose phone with the authenticator is gone."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Moment, db
from models.user import User
from models.user_session import hash_of

#: Letters that nobody takes for another; sixteen of them are 80 random bits.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
COUNT = 10


class RecoveryCode(Model):
    """One code of a person's set; it serves once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment)


def renew(user: User) -> list[str]:
    """A fresh set of codes for a person, to be shown once; the set of before is void."""
    clear(user)
    codes = ["-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4)) for _ in range(COUNT)]
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=hash_of(_plain(code))) for code in codes)
    db.session.flush()
    return codes


def clear(user: User) -> None:
    """Void every code of a person."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def count_left(user: User) -> int:
    """How many codes of a person still serve."""
    unused = RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def use(user: User, typed: str, at: datetime) -> bool:
    """Use up a code and return whether it was a good one; of two that use it at once, one succeeds."""
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.code_hash == hash_of(_plain(typed)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.id)
    )
    return used.first() is not None


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter in LETTERS)
