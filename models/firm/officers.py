"""Who looks after a firm: A 角 and B 角, dated."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, one_of

POSITIONS = {"A": "A 角", "B": "B 角"}


class FirmOfficer(Model):
    """A person was A 角 or B 角 of a firm from–to."""

    __tablename__ = "firm_officer"
    __table_args__ = (
        CheckConstraint(one_of("position", POSITIONS), name="position"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="from_before_to"),
        Index("ix_firm_officer_firm_id", "firm_id"),
        Index("ix_firm_officer_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    position: Mapped[str] = mapped_column(Key)
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)
