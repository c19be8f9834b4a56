"""Receipts and earlier versions: what a client was told it had sent, and what a visit said before it was corrected."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import clock
from models.base import Key, Model, Moment, db
from models.user import User
from models.visit.record import Visit


class VisitReceipt(Model):
    """The server had this body under this UUID: the same body again gets the same receipt, another is refused."""

    __tablename__ = "visit_receipt"

    uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), unique=True)
    #: SHA-256 of the body as canonical JSON.
    body_hash: Mapped[str] = mapped_column(String(64))
    #: What a person reads: 2026-1122-0417.
    number: Mapped[str] = mapped_column(Key, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    received_at: Mapped[datetime] = mapped_column(Moment)

    visit: Mapped[Visit] = relationship(Visit)

    @classmethod
    def find(cls, uuid: str) -> "VisitReceipt | None":
        """The receipt given for this UUID; None when nothing came under it."""
        return db.session.scalar(select(cls).where(cls.uuid == uuid))

    @classmethod
    def find_both(cls, uuid: str) -> "tuple[Visit, VisitReceipt | None] | None":
        """The visit under this UUID and its receipt (none for one written on a page); None when there is neither.

        One statement: two would see the visit of somebody who committed between them, and not the receipt.
        """
        query = select(Visit, cls).outerjoin(cls, cls.visit_id == Visit.id).where(Visit.uuid == uuid)
        found = db.session.execute(query).first()
        return None if found is None else (found[0], found[1])

    @classmethod
    def give(cls, visit: Visit, body_hash: str, person: User, at: datetime) -> "VisitReceipt":
        """A receipt for a visit that was just written; its number begins with the day it came."""
        number = f"{clock.local(at):%Y-%m%d}-{visit.id:04d}"
        row = cls(uuid=visit.uuid, visit_id=visit.id, body_hash=body_hash, number=number, person_id=person.id,
                  received_at=at)  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row


class VisitVersion(Model):
    """What a visit said before a correction, as the JSON a client would send."""

    __tablename__ = "visit_version"
    __table_args__ = (UniqueConstraint("visit_id", "version"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(Integer)
    #: Opaque JSON.
    body: Mapped[str] = mapped_column(Text)
    #: Why it was corrected; may be empty.
    reason: Mapped[str] = mapped_column(Text, default="")
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    replaced_at: Mapped[datetime] = mapped_column(Moment)

    replaced_by: Mapped[User | None] = relationship(User)

    @classmethod
    def list_of(cls, visit_id: int) -> list["VisitVersion"]:
        """The earlier versions of a visit, the last one first."""
        query = select(cls).where(cls.visit_id == visit_id).order_by(cls.version.desc(), cls.id)
        return list(db.session.scalars(query))
