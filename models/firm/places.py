"""Where a firm was: dated assignments to an area and to a park, each with its source."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, one_of

#: A source lower in this list is never overwritten by one above it.
PLACE_SOURCES = {"address": "由地址推定", "list": "名单", "person": "人工"}


class FirmPlace(Model):
    """A firm lay in an area (or a park) from–to; a firm without an entry is in the visible bucket 未定区."""

    __tablename__ = "firm_place"
    __table_args__ = (
        CheckConstraint(one_of("tree", ("area", "park")), name="tree"),
        CheckConstraint(one_of("source", PLACE_SOURCES), name="source"),
        CheckConstraint("to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name="from_before_to"),
        Index("ix_firm_place_firm_id", "firm_id", "tree"),
        Index("ix_firm_place_area_id", "area_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    tree: Mapped[str] = mapped_column(Key)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    #: None: since the firm is known.
    from_on: Mapped[date | None] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Key)
    import_row_id: Mapped[int | None] = mapped_column(Integer)
