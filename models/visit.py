"""A visit (走访): firm, day, officers, text. Its pages come with a later issue."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, insert
from sqlalchemy.orm import Mapped, mapped_column

from models import clock
from models.base import Model, Moment, db
from models.errors import Refused
from models.firm.record import Firm
from models.user import User

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

    @classmethod
    def add(cls, firm: Firm, visit_on: date, text: str, officers: Sequence[User], by: User, at: datetime) -> "Visit":
        """Record that these officers called on the firm; the caller commits. Raises Refused for a day to come."""
        if visit_on > clock.local(at).date():
            raise Refused("走访日期不能晚于今天，请改日期或改记到周安排")
        visit = cls(firm_id=firm.id, visit_on=visit_on, text=text, created_by_id=by.id, created_at=at)
        db.session.add(visit)
        db.session.flush()
        present = [{"visit_id": visit.id, "user_id": officer.id} for officer in officers]
        if present:
            db.session.execute(insert(visit_officer), present)
        return visit
