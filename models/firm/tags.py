"""Tags the bureau puts on firms."""

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Model, Name, SortKey


class Tag(Model):
    """A word the bureau groups firms by."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    sort_key: Mapped[str] = mapped_column(SortKey)


class FirmTag(Model):
    """A tag on a firm."""

    __tablename__ = "firm_tag"

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)
