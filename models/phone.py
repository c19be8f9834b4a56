"""Phones that their owner registered: a longer session there for visits and today (foundations 13)."""

import secrets
from datetime import datetime
from typing import Self

from sqlalchemy import ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Moment, Name, db
from models.errors import NotFound
from models.user import User
from models.user_session import UserSession, hash_of


class Phone(Model):
    """A device whose cookie says that its owner registered it. It opens nothing by itself: signing in does."""

    __tablename__ = "phone"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: How its browser names itself.
    device: Mapped[str] = mapped_column(Name, default="")
    registered_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def register(cls, user: User, device: str, at: datetime) -> tuple[Self, str]:
        """A newly registered phone and the secret its cookie carries; the database keeps only a hash of it."""
        token = secrets.token_urlsafe(32)
        row = cls(user_id=user.id, token_hash=hash_of(token), device=device[:200], registered_at=at)
        db.session.add(row)
        db.session.flush()
        return row, token

    @classmethod
    def find(cls, user: User, token: str) -> Self | None:
        """The phone of this person whose cookie this is; None for a revoked one and for another person's."""
        query = select(cls).where(cls.token_hash == hash_of(token), cls.user_id == user.id, cls.revoked_at.is_(None))
        return db.session.scalar(query)

    @classmethod
    def list_of(cls, user: User) -> list[Self]:
        """The phones of a person that are registered now, the newest first."""
        query = select(cls).where(cls.user_id == user.id, cls.revoked_at.is_(None))
        return list(db.session.scalars(query.order_by(cls.registered_at.desc(), cls.id.desc())))

    @classmethod
    def get_for(cls, user: User, phone_id: int) -> Self:
        """A registered phone of this person; NotFound for anybody else's."""
        row = db.session.scalar(select(cls).where(cls.id == phone_id, cls.user_id == user.id, cls.revoked_at.is_(None)))
        if row is None:
            raise NotFound
        return row

    def revoke(self, at: datetime) -> int:
        """Take the registration back and end every session of this phone; how many there were. The caller commits."""
        self.revoked_at = at
        query = select(UserSession).where(UserSession.phone_id == self.id, UserSession.ended_at.is_(None))
        rows = list(db.session.scalars(query.order_by(UserSession.id)))
        for row in rows:
            row.ended_at = at
        return len(rows)
