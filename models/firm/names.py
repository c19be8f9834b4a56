"""Dated names of a firm, and the narrow table that finds it by any of them."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Name, SortKey, one_of

NAME_KINDS = {"registered": "登记名称", "former": "曾用名", "alias": "又一个叫法"}


class FirmName(Model):
    """A name a firm bore from–to. The registered one without an end is its name now; a former one it bore until nobody
    knows when; an alias is what lists and people call it."""

    __tablename__ = "firm_name"
    __table_args__ = (
        CheckConstraint(one_of("kind", NAME_KINDS), name="kind"),
        CheckConstraint("to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name="from_before_to"),
        Index("ix_firm_name_firm_id", "firm_id"),
        Index("ix_firm_name_match_key", "match_key"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    kind: Mapped[str] = mapped_column(Key, default="registered")
    name: Mapped[str] = mapped_column(Name)
    #: The name as matching compares it: one width, no spaces, one kind of bracket.
    match_key: Mapped[str] = mapped_column(Name)
    #: None: since nobody knows when.
    from_on: Mapped[date | None] = mapped_column(Date)
    #: The last day it was borne; None while it is.
    to_on: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Name, default="")
    import_row_id: Mapped[int | None] = mapped_column(Integer)


class FirmSearch(Model):
    """What the search box looks through, one row per firm that can be found. Made from the firm by
    models/firm/search.py, never edited; a merged firm has none."""

    __tablename__ = "firm_search"

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), primary_key=True)
    #: As the firm's: so that the best of many hits are found without looking at the firms.
    sort_key: Mapped[str] = mapped_column(SortKey)
    #: Lines between newlines, each normalised: names, former names, their initials and syllables, the code.
    lines: Mapped[str] = mapped_column(Text)
