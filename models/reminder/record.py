"""The rows of the ledger: one reminder of one person about one matter at one stage, and what went through each door."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base import Key, Model, Moment, db, one_of
from models.errors import NotFound
from models.firm.record import Firm
from models.outbox import Mail
from models.rules.reminder import CHANNELS, LEVELS, REASONS, Told
from models.user import User

if TYPE_CHECKING:
    from models.robot import RobotPost

#: waiting: held until its moment, or until sending goes on; sent: handed to the outbox or a robot, shown on the page.
DELIVERY_STATES = {"waiting": "等着发", "sent": "已发出", "skipped": "没有发"}


class Reminder(Model):
    """Somebody is told something once: unique by rule, record, person and period in the database."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("rule", "record_table", "record_id", "person_id", "period"),
        CheckConstraint(f"level BETWEEN 0 AND {LEVELS}", name="level"),
        CheckConstraint("why IN ('', 'deputy', 'left')", name="why"),
        CheckConstraint("(recipient_id IS NULL) = (why = 'left')", name="somebody_or_left"),
        CheckConstraint("level > 0 OR person_id = about_id", name="own_matter"),
        CheckConstraint("read_at IS NULL OR recipient_id IS NOT NULL", name="read_by_somebody"),
        Index("ix_reminder_recipient_id", "recipient_id", "settled_on", "read_at"),
        Index("ix_reminder_raised_on", "raised_on", "id"),
        Index("ix_reminder_record", "record_table", "record_id"),
        Index("ix_reminder_person_id", "person_id", "id"),
        Index("ix_reminder_firm_id", "firm_id", "id"),
        Index("ix_reminder_open", "rule", "settled_on"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    rule: Mapped[str] = mapped_column(Key)
    record_table: Mapped[str] = mapped_column(Key)
    record_id: Mapped[int] = mapped_column(Integer)
    #: Who is told: whose matter it is, or who is above them.
    person_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: The matter's own period with stage and level (models/rules/reminder.period_key).
    period: Mapped[str] = mapped_column(String(60))
    #: Whose matter it is; the same person at level 0.
    about_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: The period without stage and level.
    matter: Mapped[str] = mapped_column(Key)
    stage: Mapped[int] = mapped_column(Integer)
    #: How often it went up.
    level: Mapped[int] = mapped_column(default=0)
    #: Who gets it: the person, or their deputy; None: the person has left.
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    why: Mapped[str] = mapped_column(Key, default="")
    due_on: Mapped[date] = mapped_column(Date)
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    words: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(String(300))
    raised_at: Mapped[datetime] = mapped_column(Moment)
    #: The day it was raised for, which a missed run makes earlier than the moment.
    raised_on: Mapped[date] = mapped_column(Date)
    #: The reader opened it; never counted against anybody.
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    #: The day it was noticed that the matter is no longer due.
    settled_on: Mapped[date | None] = mapped_column(Date)
    #: The day the person above was told.
    went_up_on: Mapped[date | None] = mapped_column(Date)

    person: Mapped[User] = relationship(User, foreign_keys=person_id)
    about: Mapped[User] = relationship(User, foreign_keys=about_id)
    recipient: Mapped[User | None] = relationship(User, foreign_keys=recipient_id)
    firm: Mapped[Firm | None] = relationship(Firm)
    deliveries: Mapped[list["ReminderDelivery"]] = relationship(
        "ReminderDelivery", back_populates="reminder", order_by="ReminderDelivery.id"
    )

    @classmethod
    def mine(cls, user: User) -> Select["Reminder"]:
        """Select what was told to this person, unordered. Lists, the bell and the page of one start here."""
        return select(cls).where(cls.recipient_id == user.id)

    @classmethod
    def get_for(cls, user: User, reminder_id: int) -> "Reminder":
        """One of this person's own, or NotFound."""
        people = (joinedload(cls.person), joinedload(cls.about))
        found = db.session.scalar(cls.mine(user).where(cls.id == reminder_id).options(*people))
        if found is None:
            raise NotFound
        return found

    def read(self, at: datetime) -> bool:
        """Its reader opened it at this moment; False when it was read before. The caller commits."""
        if self.read_at is not None:
            return False
        self.read_at = at
        return True

    @property
    def told(self) -> Told:
        """How far it has come, from its own columns and its mail."""
        mail = self.delivery("mail")
        letter = mail.mail if mail else None
        return Told(
            settled=self.settled_on is not None, read=self.read_at is not None, left=self.recipient_id is None,
            mail=mail.state if mail else "", reason=mail.reason if mail else "",
            outbox=letter.state if letter else "", doubtful=letter.doubtful if letter else False,
        )  # fmt: skip

    def delivery(self, channel: str) -> "ReminderDelivery | None":
        """What went through one door; None when that door is none of the rule's."""
        return next((one for one in self.deliveries if one.channel == channel), None)


class ReminderDelivery(Model):
    """One reminder through one door: on the page, by mail, or counted for a robot of a group."""

    __tablename__ = "reminder_delivery"
    __table_args__ = (
        UniqueConstraint("reminder_id", "channel"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(one_of("state", DELIVERY_STATES), name="state"),
        CheckConstraint("reason = '' OR " + one_of("reason", REASONS), name="reason"),
        CheckConstraint("state <> 'skipped' OR reason <> ''", name="skipped_says_why"),
        Index("ix_reminder_delivery_state", "state", "not_before", "id"),
        Index("ix_reminder_delivery_mail_id", "mail_id"),
        Index("ix_reminder_delivery_post_id", "post_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reminder_id: Mapped[int] = mapped_column(ForeignKey("reminder.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(Key)
    state: Mapped[str] = mapped_column(Key)
    #: Why nothing went out, or (waiting) why not yet.
    reason: Mapped[str] = mapped_column(Key, default="")
    not_before: Mapped[datetime] = mapped_column(Moment)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("robot_post.id", ondelete="SET NULL"))
    #: When it was handed over, or given up.
    at: Mapped[datetime | None] = mapped_column(Moment)

    reminder: Mapped[Reminder] = relationship(Reminder, back_populates="deliveries")
    mail: Mapped[Mail | None] = relationship(Mail)
    post: Mapped["RobotPost | None"] = relationship("RobotPost")
