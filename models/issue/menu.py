"""菜单式服务: what the bureau and its partners offer, and which demand was answered from it with what outcome."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Key, Model, Moment, Name, Words, one_of
from models.issue.kinds import IssueTopic
from models.issue.record import Issue
from models.rules.issue_kinds import OFFER_STATES
from models.unit import Unit
from models.user import User
from models.visit.kinds import Choice


class MenuItem(Choice, Model):
    """One service on the menu."""

    __tablename__ = "menu_item"

    topic_id: Mapped[int] = mapped_column(ForeignKey("issue_topic.id"), index=True)
    #: Who delivers: a unit of ours, or a partner by name.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    provider: Mapped[str] = mapped_column(Name, default="")
    #: For which rungs of the ladder; empty for every firm.
    rungs: Mapped[frozenset[str]] = mapped_column(Words, default=frozenset())
    conditions: Mapped[str] = mapped_column(Text, default="")
    #: 免费, or what it costs, as the provider says it.
    price: Mapped[str] = mapped_column(Name, default="")
    revised_on: Mapped[date | None] = mapped_column(Date)

    topic: Mapped[IssueTopic] = relationship(IssueTopic)
    unit: Mapped[Unit | None] = relationship(Unit)


class IssueOffer(Model):
    """A demand met with an item of the menu: what came of it."""

    __tablename__ = "issue_offer"
    __table_args__ = (
        CheckConstraint(one_of("state", OFFER_STATES), name="state"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
        UniqueConstraint("issue_id", "item_id"),
        Index("ix_issue_offer_item_id", "item_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("menu_item.id"))
    state: Mapped[str] = mapped_column(Key, default="proposed")
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    settled_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(Text, default="")
    rating: Mapped[int | None] = mapped_column(Integer)

    issue: Mapped[Issue] = relationship(Issue)
    item: Mapped[MenuItem] = relationship(MenuItem)
    proposed_by: Mapped[User | None] = relationship(User)
