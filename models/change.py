"""The change log: every change of a business row, by field, with its source and person (foundations 1)."""

from datetime import datetime

from sqlalchemy import Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Moment

CHANGE_SOURCES = {"form": "页面", "import": "导入", "link": "链接", "job": "定时任务", "merge": "合并", "undo": "撤回"}


class Change(Model):
    """One field of one row went from old to new. A created or deleted row has one entry, with no field."""

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_firm_id", "firm_id", "id"),
        Index("ix_change_row", "table_name", "row_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    #: created, updated or deleted.
    act: Mapped[str] = mapped_column(Key)
    table_name: Mapped[str] = mapped_column(Key)
    row_id: Mapped[int] = mapped_column(Integer)
    #: The firm whose timeline shows it; None for rows that belong to no firm.
    firm_id: Mapped[int | None] = mapped_column(Integer)
    field: Mapped[str | None] = mapped_column(Key)
    old: Mapped[str | None] = mapped_column(Text)
    new: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Key)
    #: The import row, link, job run or merge behind it.
    source_id: Mapped[int | None] = mapped_column(Integer)
    person_id: Mapped[int | None] = mapped_column(Integer)
