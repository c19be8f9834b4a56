"""Editions (第 n 期) of the three lists: copies of every printed value, and the ids beside them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Key, Model, Moment, Name, one_of
from models.rules.issue_kinds import LISTS, MARKS
from models.user import User


class IssueEdition(Model):
    """One list as it was printed at a moment."""

    __tablename__ = "issue_edition"
    __table_args__ = (
        CheckConstraint(one_of("list_key", LISTS), name="list_key"),
        UniqueConstraint("list_key", "scope", "number"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    list_key: Mapped[str] = mapped_column(Key)
    #: The filter it was printed with, as the address says it; empty for the whole bureau.
    scope: Mapped[str] = mapped_column(String(400), default="")
    scope_words: Mapped[str] = mapped_column(Name, default="")
    #: 第 n 期 of this list and scope.
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(Name)
    as_of_on: Mapped[date] = mapped_column(Date)
    as_of_at: Mapped[datetime] = mapped_column(Moment)
    before_id: Mapped[int | None] = mapped_column(ForeignKey("issue_edition.id"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    made_by: Mapped[User | None] = relationship(User)


class IssueEditionRow(Model):
    """One printed row: nothing that changes later changes it."""

    __tablename__ = "issue_edition_row"
    __table_args__ = (
        CheckConstraint(f"mark IS NULL OR {one_of('mark', MARKS)}", name="mark"),
        UniqueConstraint("edition_id", "position"),
        Index("ix_issue_edition_row_issue_id", "issue_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("issue_edition.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    #: The printed values by column, as JSON.
    cells: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Key)
    light: Mapped[str] = mapped_column(Key, default="")
    due_on: Mapped[date | None] = mapped_column(Date)
    #: Against the edition before.
    mark: Mapped[str | None] = mapped_column(Key)
