"""Files: the bytes lie under instance/files by their hash, the row says what they are (foundations 8)."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Moment, Name


class StoredFile(Model):
    """A file somebody gave us. The bytes are written before the row and swept when no row names them."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_sha256", "sha256"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: Of the bytes as they were given, before sealing.
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(Name)
    content_type: Mapped[str] = mapped_column(Name)
    size: Mapped[int] = mapped_column(Integer)
    #: Encrypted with the secret key: originals that hold personal data.
    sealed: Mapped[bool] = mapped_column(default=False)
    owner_table: Mapped[str] = mapped_column(Key)
    owner_id: Mapped[int | None] = mapped_column(Integer)
    keep_until: Mapped[date | None] = mapped_column(Date)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
