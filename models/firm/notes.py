"""What lists say of a firm in words: remarks, needs, how far something has come; each with its source."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Moment, Name


class FirmNote(Model):
    """One remark of one source on a firm; `label` is what its column was called."""

    __tablename__ = "firm_note"
    __table_args__ = (Index("ix_firm_note_firm_id", "firm_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    label: Mapped[str] = mapped_column(Name, default="")
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Name, default="")
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)
