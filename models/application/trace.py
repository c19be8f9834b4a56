"""The trace of an application: one row for every move and every event, never changed by hand."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.application.reasons import RefusalReason
from models.base import Key, Model, Moment, db, one_of
from models.rules.application import STAGES, VIAS
from models.user import User


class ApplicationMove(Model):
    """What happened, on which day, noted when and by whom; a stage that does not change stands in both columns."""

    __tablename__ = "application_move"
    __table_args__ = (
        CheckConstraint(f"from_stage IS NULL OR {one_of('from_stage', STAGES)}", name="from_stage"),
        CheckConstraint(one_of("to_stage", STAGES), name="to_stage"),
        CheckConstraint(one_of("via", VIAS), name="via"),
        Index("ix_application_move_application_id", "application_id", "id"),
        Index("ix_application_move_import_row_id", "import_row_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    #: A key of models/rules/application.EVENTS.
    event: Mapped[str] = mapped_column(Key)
    #: None for the first.
    from_stage: Mapped[str | None] = mapped_column(Key)
    to_stage: Mapped[str] = mapped_column(Key)
    #: The day it happened, which may be earlier than the day it was noted.
    moved_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    via: Mapped[str] = mapped_column(Key, default="form")
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("refusal_reason.id"))
    words: Mapped[str] = mapped_column(Text, default="")
    #: The row of the published list that moved it.
    import_row_id: Mapped[int | None] = mapped_column(Integer)

    by: Mapped[User | None] = relationship(User)
    reason: Mapped[RefusalReason | None] = relationship(RefusalReason)

    @property
    def moves(self) -> bool:
        """Whether the stage changed."""
        return self.from_stage != self.to_stage

    @classmethod
    def list_of(cls, application_id: int) -> list["ApplicationMove"]:
        """What happened to an application, in the order it was noted, with the people. One statement."""
        query = select(cls).where(cls.application_id == application_id).order_by(cls.id)
        return list(db.session.scalars(query.options(joinedload(cls.by).lazyload(User.roles), joinedload(cls.reason))))
