"""Open sessions of an account: the cookie alone opens nothing once its row here has ended."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import ForeignKey, Integer, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Moment, Name, db
from models.errors import NotFound
from models.user import User

#: Rows older than this are cleared away at the person's next sign-in; the audit trail keeps who came when.
KEPT = timedelta(days=30)


class UserSession(Model):
    """One sign-in on one device. It ends by sign-out, here or from another device, or when its time is over."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    began_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(String(64), default="")
    device: Mapped[str] = mapped_column(Name, default="")
    #: The registered phone it runs on (models/phone.py); None on every other device.
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("phone.id", ondelete="SET NULL"), index=True)

    user: Mapped[User] = relationship(User)

    @classmethod
    def begin(cls, user: User, at: datetime, address: str = "", device: str = "") -> tuple[Self, str]:
        """A new session and the secret its cookie carries; the database keeps only a hash of it."""
        db.session.execute(
            delete(cls).where(cls.user_id == user.id, cls.began_at < at - KEPT).execution_options(logged=True)
        )
        token = secrets.token_urlsafe(32)
        row = cls(user=user, token_hash=hash_of(token), began_at=at, address=address[:64], device=device[:200])
        db.session.add(row)
        db.session.flush()
        return row, token

    @classmethod
    def list_open(cls, user: User, since: datetime | None = None) -> list[Self]:
        """The sessions of a person that nobody ended and that began after `since`, newest first."""
        query = select(cls).where(cls.user_id == user.id, cls.ended_at.is_(None))
        if since is not None:
            query = query.where(cls.began_at > since)
        return list(db.session.scalars(query.order_by(cls.began_at.desc(), cls.id.desc())))

    @classmethod
    def get_for(cls, user: User, session_id: int) -> Self:
        """A session of this person; NotFound for anybody else's."""
        row = db.session.scalar(select(cls).where(cls.id == session_id, cls.user_id == user.id))
        if row is None:
            raise NotFound
        return row


def hash_of(token: str) -> str:
    """What the database keeps of a random token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def end_all(user: User, at: datetime) -> int:
    """End every open session of a person and return how many there were; no cookie of before opens anything again."""
    rows = UserSession.list_open(user)
    for row in rows:
        row.ended_at = at
    user.fs_uniquifier = secrets.token_hex(32)
    return len(rows)
