"""Two rows that were one firm: what moved, so that it can move back."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Moment


class FirmMerge(Model):
    """One merge: the firm kept, the firm gone, and what moved (opaque JSON); undone at most once."""

    __tablename__ = "firm_merge"
    __table_args__ = (CheckConstraint("kept_id <> gone_id", name="two_firms"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    moved: Mapped[str] = mapped_column(Text)
    merged_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    merged_at: Mapped[datetime] = mapped_column(Moment)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
