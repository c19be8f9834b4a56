"""People at a firm: name and phone encrypted in the column, masked unless opened (foundations 11)."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Moment, Name


class Contact(Model):
    """A contact person of a firm, kept no longer than its purpose needs (个人信息保护法 第十九条)."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_firm_id", "firm_id"), Index("ix_contact_phone_tail", "phone_tail"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The last four digits, so that a caller can be found without opening anything.
    phone_tail: Mapped[str | None] = mapped_column(String(4))
    post: Mapped[str] = mapped_column(Name, default="")
    is_main: Mapped[bool] = mapped_column(default=False)
    keep_until: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Name, default="")
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)
    ended_on: Mapped[date | None] = mapped_column(Date)
