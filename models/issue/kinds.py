"""Classes with their flow and clock, clocks, topics, and people of other units: rows that the office edits."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import pinyin
from models.base import Key, Model, Moment, Name, SortKey, db, one_of
from models.errors import NotFound
from models.rules.issue_kinds import CLASSES, FLOWS, TOPICS
from models.unit import Unit
from models.visit.kinds import Choice


class IssueClass(Choice, Model):
    """类别: which flow an issue takes, and how many working days it has."""

    __tablename__ = "issue_class"
    __table_args__ = (
        CheckConstraint(one_of("flow", FLOWS), name="flow"),
        CheckConstraint("clock_days >= 1", name="clock_days"),
    )

    flow: Mapped[str] = mapped_column(Key, default="simple")
    #: Working days from 交办 to 申请办结.
    clock_days: Mapped[int] = mapped_column(default=5)


class IssueTopic(Choice, Model):
    """专题: what it is about (技术, 融资, 人才 …), and who usually answers."""

    __tablename__ = "issue_topic"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))

    unit: Mapped[Unit | None] = relationship(Unit)


class IssueClock(Model):
    """A row that overrides one clock of models/rules/issue_clock.py."""

    __tablename__ = "issue_clock"

    key: Mapped[str] = mapped_column(Key, primary_key=True)
    value: Mapped[str] = mapped_column(Name)


class OutsideHandler(Model):
    """经办人 of another unit who has no account and answers through a link."""

    __tablename__ = "outside_handler"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(Name)
    sort_key: Mapped[str] = mapped_column(SortKey)
    email: Mapped[str] = mapped_column(String(255), default="")
    #: An office telephone, which the firm is told.
    phone: Mapped[str] = mapped_column(String(40), default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)

    unit: Mapped[Unit] = relationship(Unit)

    def rename(self, name: str) -> None:
        """Give a name, and the key that lists sort by."""
        self.name, self.sort_key = name.strip(), pinyin.sort_key(name.strip(), person=True)

    @classmethod
    def get(cls, row_id: int) -> "OutsideHandler":
        """The person, or NotFound."""
        found = db.session.get(cls, row_id)
        if found is None:
            raise NotFound
        return found

    @classmethod
    def list_active(cls) -> list["OutsideHandler"]:
        """Those who may be given an issue, by name."""
        query = select(cls).where(cls.active.is_(True)).order_by(cls.sort_key, cls.id)
        return list(db.session.scalars(query))


def seed_defaults() -> None:
    """Add the default classes and topics that are missing. The caller commits."""
    held = set(db.session.scalars(select(IssueClass.key)))
    for position, row in enumerate(CLASSES):
        if row.key not in held:
            db.session.add(
                IssueClass(key=row.key, name=row.name, flow=row.flow, clock_days=row.days, position=position)
            )
    held = set(db.session.scalars(select(IssueTopic.key)))
    for position, (key, name) in enumerate(TOPICS.items()):
        if key not in held:
            db.session.add(IssueTopic(key=key, name=name, position=position))
    db.session.flush()
