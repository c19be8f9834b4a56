"""A visit (走访): firm, day, officers, text. Its pages come with a later issue."""

from datetime import date, datetime

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Moment, db

visit_officer = Table(
    "visit_officer",
    db.metadata,
    Column("visit_id", ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("user.id"), primary_key=True, index=True),
)


class Visit(Model):
    """An officer called on a firm on a day."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_firm_id", "firm_id", "visit_on"), Index("ix_visit_visit_on", "visit_on", "id"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    visit_on: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(Text)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
