"""Two rows that were one firm: what moved, so that it can move back."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Moment, db
from models.firm.record import Firm
from models.user import User


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


def went_into(user: User, firm_id: int) -> int | None:
    """The firm that a merged one is now part of, if this person may see it; None when it was never merged."""
    gone = db.session.get(Firm, firm_id)
    while gone is not None and gone.merged_into_id is not None:
        gone = db.session.get(Firm, gone.merged_into_id)
    if gone is None or gone.id == firm_id:
        return None
    return db.session.scalar(Firm.visible_to(user).with_only_columns(Firm.id).where(Firm.id == gone.id))
