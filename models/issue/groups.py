"""Common issues (一类事): several firms, one cause, one answer, and every firm is told."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Moment, Name, db
from models.errors import NotFound
from models.unit import Unit
from models.user import User


class IssueGroup(Model):
    """One cause behind the issues of several firms."""

    __tablename__ = "issue_group"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    cause: Mapped[str] = mapped_column(Text, default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None] = mapped_column(Date)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    unit: Mapped[Unit | None] = relationship(Unit)
    person: Mapped[User | None] = relationship(User, foreign_keys=person_id)

    @classmethod
    def get(cls, group_id: int) -> "IssueGroup":
        """The group, or NotFound."""
        found = db.session.get(cls, group_id)
        if found is None:
            raise NotFound
        return found
