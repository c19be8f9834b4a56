"""The rows of training: a session, and each firm that was invited to it or came."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    select,
    true,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound
from models.file import StoredFile
from models.firm.record import Firm
from models.rules.training import ANSWERS
from models.title import TitleType
from models.user import User


class Training(Model):
    """One session: what about, when, where, by whom."""

    __tablename__ = "training"
    __table_args__ = (
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        CheckConstraint("others >= 0", name="others"),
        Index("ix_training_held_on", "held_on"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    title: Mapped[str] = mapped_column(Name)
    #: The title it prepares for; None for another topic.
    target_type_id: Mapped[int | None] = mapped_column(ForeignKey("title_type.id"))
    topic: Mapped[str] = mapped_column(Name, default="")
    held_on: Mapped[date] = mapped_column(Date)
    #: 14:00, as the notice says; empty for a day alone.
    begins: Mapped[str] = mapped_column(String(5), default="")
    place: Mapped[str] = mapped_column(Name, default="")
    lecturers: Mapped[str] = mapped_column(Name, default="")
    #: How many people there is room for; None where nobody counts.
    capacity: Mapped[int | None] = mapped_column(Integer)
    #: People who came from elsewhere than firms of the register.
    others: Mapped[int] = mapped_column(Integer, default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    called_off: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    target: Mapped[TitleType | None] = relationship(TitleType)

    @classmethod
    def get(cls, training_id: int) -> "Training":
        """The session, or NotFound."""
        found = db.session.get(cls, training_id)
        if found is None:
            raise NotFound
        return found

    @property
    def about(self) -> str:
        """What it is about, in words."""
        return "，".join(filter(None, (self.target.name if self.target else "", self.topic)))

    def files(self) -> list[StoredFile]:
        """Its materials in the order they came. One statement."""
        query = select(StoredFile).where(StoredFile.owner_table == "training", StoredFile.owner_id == self.id)
        return list(db.session.scalars(query.order_by(StoredFile.id)))

    def file(self, file_id: int) -> StoredFile:
        """One of its materials, or NotFound."""
        found = next((row for row in self.files() if row.id == file_id), None)
        if found is None:
            raise NotFound
        return found


class TrainingFirm(Model):
    """A firm was invited to a session, or came without."""

    __tablename__ = "training_firm"
    __table_args__ = (
        CheckConstraint(one_of("answer", ANSWERS), name="answer"),
        CheckConstraint("people IS NULL OR people >= 0", name="people"),
        Index("ix_training_firm_training_id", "training_id", "firm_id", unique=True),
        Index("ix_training_firm_firm_id", "firm_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    #: None for a firm that came without being invited.
    invited_on: Mapped[date | None] = mapped_column(Date)
    answer: Mapped[str] = mapped_column(Key, default="none")
    #: How many people came; None until somebody noted it, 0 for nobody.
    people: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(Name, default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    firm: Mapped[Firm] = relationship(Firm)
    training: Mapped[Training] = relationship(Training)

    @classmethod
    def is_visible(cls, user: User) -> ColumnElement[bool]:
        """The condition that the firm exists for this person."""
        if Firm.all_visible_to(user):
            return true()
        return cls.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id))

    @classmethod
    def of_session(cls, user: User, training_id: int) -> Select["TrainingFirm"]:
        """Select the firms of a session that this person sees, by name, with area and officer."""
        query = select(cls).join(cls.firm).where(cls.training_id == training_id, cls.is_visible(user))
        firm = joinedload(cls.firm)
        query = query.options(firm.joinedload(Firm.area), firm.joinedload(Firm.officer_a).lazyload(User.roles))
        return query.order_by(Firm.sort_key, cls.id)

    @classmethod
    def of_firm(cls, firm_id: int) -> list["TrainingFirm"]:
        """The sessions a firm was invited to or came to, the latest first. One statement."""
        query = select(cls).join(cls.training).where(cls.firm_id == firm_id).options(joinedload(cls.training))
        return list(db.session.scalars(query.order_by(Training.held_on.desc(), cls.id.desc())))
