"""The trace of an issue: one row for every move and every event, never changed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base import Key, Model, Moment, Name, db, one_of
from models.rules.issue import STATES
from models.rules.issue_kinds import VIAS
from models.unit import Unit
from models.user import User


class IssueMove(Model):
    """What happened, when, by whom, through what; a state that does not change stands in both columns."""

    __tablename__ = "issue_move"
    __table_args__ = (
        CheckConstraint(f"from_state IS NULL OR {one_of('from_state', STATES)}", name="from_state"),
        CheckConstraint(one_of("to_state", STATES), name="to_state"),
        CheckConstraint(one_of("via", VIAS), name="via"),
        Index("ix_issue_move_issue_id", "issue_id", "id"),
        Index("ix_issue_move_event", "event", "moved_on"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    #: A key of models/rules/issue.EVENTS.
    event: Mapped[str] = mapped_column(Key)
    #: None for the first.
    from_state: Mapped[str | None] = mapped_column(Key)
    to_state: Mapped[str] = mapped_column(Key)
    round: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(Moment)
    #: The same moment as a day of the bureau.
    moved_on: Mapped[date] = mapped_column(Date)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: Who it was when no account acted: a contact of the firm, a person of another unit, 系统.
    by_label: Mapped[str] = mapped_column(Name, default="")
    via: Mapped[str] = mapped_column(Key, default="form")
    words: Mapped[str] = mapped_column(Text, default="")
    #: To whom it went, where the event says so.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    due_before: Mapped[date | None] = mapped_column(Date)
    due_after: Mapped[date | None] = mapped_column(Date)

    by: Mapped[User | None] = relationship(User, foreign_keys=by_id)
    person: Mapped[User | None] = relationship(User, foreign_keys=person_id)
    unit: Mapped[Unit | None] = relationship(Unit)

    @classmethod
    def list_of(cls, issue_id: int) -> list["IssueMove"]:
        """What happened to an issue, in order, with the people."""
        query = select(cls).where(cls.issue_id == issue_id).order_by(cls.id)
        return list(db.session.scalars(query.options(joinedload(cls.by), joinedload(cls.person), joinedload(cls.unit))))
