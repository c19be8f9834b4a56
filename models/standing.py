"""Where each firm stood on the ladder, as disjoint spans of days: an index made from titles, pools and status, for
every date at once. It is never edited and can be rebuilt at any time; `check` compares it with the records."""

from datetime import date

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model

#: The open end of a span.
FOREVER = date(9999, 12, 31)


class Standing(Model):
    """A firm stood on a rung from–to, both days included; days without a span are 在册 or outside the district."""

    __tablename__ = "standing"
    __table_args__ = (Index("ix_standing_rung", "rung", "from_on", "to_on"),)

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), primary_key=True)
    from_on: Mapped[date] = mapped_column(Date, primary_key=True)
    to_on: Mapped[date] = mapped_column(Date)
    rung: Mapped[str] = mapped_column(Key)
    #: in_force or pending (待续).
    state: Mapped[str] = mapped_column(Key)
