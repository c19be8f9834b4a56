"""The audit trail: who signed in, opened personal data, exported, changed rights, imported (foundations 2)."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Moment, Name


class AuditEntry(Model):
    """One act that must stay known. Written with its transaction, never changed; the worker seals it afterwards."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_at", "at", "id"),
        Index("ix_audit_entry_person_id", "person_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    act: Mapped[str] = mapped_column(Key)
    #: False when the act was refused (a wrong password, a missing right).
    succeeded: Mapped[bool] = mapped_column(default=True)
    person_id: Mapped[int | None] = mapped_column(Integer)
    #: The name as it was then, so that the trail reads alone.
    person_name: Mapped[str] = mapped_column(Name, default="")
    address: Mapped[str] = mapped_column(String(64), default="")
    subject: Mapped[str] = mapped_column(Key, default="")
    subject_id: Mapped[int | None] = mapped_column(Integer)
    #: Opaque JSON: counts, filters, reason.
    detail: Mapped[str] = mapped_column(Text, default="{}")


class AuditSeal(Model):
    """The seal of one entry: hash over the entry and the hash before it.

    Positions follow the order of sealing: on PostgreSQL an entry may be committed after one with a higher id. The row
    outlives its entry, so that the chain can be followed after entries past their time were cleared away.
    """

    __tablename__ = "audit_seal"

    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(Integer, unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(Moment)
