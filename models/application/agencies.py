"""Service agencies (申报服务机构): a register, which application each served and when, a yearly judgement."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models import vault
from models.application.record import Application
from models.base import Model, Moment, Name, SortKey, db
from models.errors import NotFound, Refused
from models.figures.base import Share
from models.pinyin import sort_key
from models.rules import uscc
from models.user import User

DAY = timedelta(days=1)


class Agency(Model):
    """An agency that prepares applications."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    sort_key: Mapped[str] = mapped_column(SortKey)
    code: Mapped[str] = mapped_column(String(32), default="")
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: What it may do, where it was chosen, on which contract.
    note: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    #: Why it is no longer offered.
    removed_reason: Mapped[str] = mapped_column(Name, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def contact_name(self) -> str:
        """The person there, opened."""
        return vault.unseal(self.name_sealed).decode() if self.name_sealed else ""

    @property
    def contact_phone(self) -> str:
        """The person's number, opened."""
        return vault.unseal(self.phone_sealed).decode() if self.phone_sealed else ""

    @property
    def masked(self) -> str:
        """The person without what identifies them: 王** 尾号 1234."""
        name, phone = self.contact_name, self.contact_phone
        words = (f"{name[0]}{'*' * (len(name) - 1)}" if name else "", f"尾号 {phone[-4:]}" if phone else "")
        return " ".join(filter(None, words))

    def write(self, name: str, code: str, note: str, *, active: bool, reason: str) -> None:
        """Set what the register says; the caller commits. Raises Refused for a name or code that is there, for a code
        that is none (GB 32100-2015), or when it goes without a reason."""
        code = _checked(code)
        twin = select(Agency.id).where(Agency.name == name, Agency.id.is_distinct_from(self.id))
        with db.session.no_autoflush:
            if db.session.scalar(twin.limit(1)) is not None:
                raise Refused(f"已有这家机构：{name}")
            if code and (held := db.session.scalar(select(Agency.name).where(
                Agency.code == code, Agency.id.is_distinct_from(self.id)
            ).order_by(Agency.id).limit(1))):  # fmt: skip
                raise Refused(f"{held}已用这个信用代码；是同一家的，用那一条，不用再加")
        if not active and not reason.strip():
            raise Refused("停用请写原因")
        self.name, self.sort_key, self.code, self.note = name, sort_key(name), code, note
        self.active, self.removed_reason = active, "" if active else reason.strip()
        db.session.add(self)
        db.session.flush()

    def seal_contact(self, name: str, phone: str) -> None:
        """Keep the person there, encrypted; what is left empty stays as it was."""
        if name and name != self.contact_name:
            self.name_sealed = vault.seal(name.encode())
        if phone and phone != self.contact_phone:
            self.phone_sealed = vault.seal(phone.encode())

    @classmethod
    def list_all(cls) -> list["Agency"]:
        """Every agency, those in use first, by name."""
        return list(db.session.scalars(select(cls).order_by(cls.active.desc(), cls.sort_key, cls.id)))

    @classmethod
    def get(cls, agency_id: int) -> "Agency":
        """The agency, or NotFound."""
        found = db.session.get(cls, agency_id)
        if found is None:
            raise NotFound
        return found


def _checked(code: str) -> str:
    found = uscc.classify(code)
    if found.kind == "blank":
        return ""
    if found.kind != "uscc":
        raise Refused(f"信用代码不对：{found.reason or '应是 18 位统一社会信用代码'}。不知道就空着")
    return found.code


class ApplicationAgency(Model):
    """An agency served an application from–to; the open one stands on the application too."""

    __tablename__ = "application_agency"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="from_before_to"),
        Index("ix_application_agency_application_id", "application_id", "from_on"),
        Index("ix_application_agency_agency_id", "agency_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    from_on: Mapped[date] = mapped_column(Date)
    #: The last day; None while it serves.
    to_on: Mapped[date | None] = mapped_column(Date)

    agency: Mapped[Agency] = relationship(Agency)

    @classmethod
    def list_of(cls, application_id: int) -> list["ApplicationAgency"]:
        """Who served an application, the first first. One statement."""
        query = select(cls).where(cls.application_id == application_id).options(joinedload(cls.agency))
        return list(db.session.scalars(query.order_by(cls.from_on, cls.id)))


class AgencyJudgement(Model):
    """What the bureau says of an agency's work in a year."""

    __tablename__ = "agency_judgement"
    __table_args__ = (UniqueConstraint("agency_id", "year"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[User | None] = relationship(User)

    @classmethod
    def list_of(cls, agency_id: int) -> list["AgencyJudgement"]:
        """All of them, the latest year first. One statement."""
        query = select(cls).where(cls.agency_id == agency_id).options(joinedload(cls.by).lazyload(User.roles))
        return list(db.session.scalars(query.order_by(cls.year.desc(), cls.id)))

    @classmethod
    def keep(cls, agency: Agency, year: int, words: str, by: User, at: datetime) -> None:
        """Say it, or say it anew for the same year; the caller commits."""
        row = db.session.scalar(select(cls).where(cls.agency_id == agency.id, cls.year == year))
        if row is None:
            row = cls(agency_id=agency.id, year=year)
            db.session.add(row)
        row.words, row.by_id, row.at = words, by.id, at
        db.session.flush()


def serve(application: Application, agency: Agency | None, on: date) -> None:
    """From a day on this agency serves it, or none; the caller commits."""
    if application.agency_id == (agency.id if agency else None):
        return
    query = select(ApplicationAgency).where(
        ApplicationAgency.application_id == application.id, ApplicationAgency.to_on.is_(None)
    )
    for row in db.session.scalars(query.order_by(ApplicationAgency.id)):
        if row.from_on >= on:
            db.session.delete(row)  # begun today: a slip of the hand, no service
        else:
            row.to_on = on - DAY
    application.agency_id = agency.id if agency else None
    if agency is not None:
        db.session.add(ApplicationAgency(application_id=application.id, agency_id=agency.id, from_on=on))
    db.session.flush()


@dataclass(frozen=True, slots=True)
class Record:
    """What came of the applications an agency serves or served last."""

    all: int
    success: Share


def records(user: User) -> dict[int, Record]:
    """By agency, of the applications this person sees: how many, and granted of those decided. One statement."""
    granted = func.count().filter(Application.stage == "granted")
    decided = func.count().filter(Application.stage.in_(("granted", "refused")))
    query = select(Application.agency_id, func.count(), granted, decided).where(Application.agency_id.is_not(None))
    mine = Application.visible_to(user).with_only_columns(Application.id)
    if mine.whereclause is not None:
        query = query.where(Application.id.in_(mine))
    rows = db.session.execute(query.group_by(Application.agency_id))
    return {agency_id: Record(number, Share(part, whole)) for agency_id, number, part, whole in rows if agency_id}
