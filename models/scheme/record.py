"""The rows of the contact scheme: kinds the office edits, contacts with their turns, touches of what is no firm."""

from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    Text,
    and_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from models.area import Area
from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound, Refused
from models.firm.record import Firm
from models.rules import scheme as rules
from models.user import User
from models.visit.kinds import Choice


class SchemeKind(Choice, Model):
    """A kind of standing contact: 镇街, 项目, 企业, 院所, 人才."""

    __tablename__ = "contact_scheme_kind"
    __table_args__ = (
        CheckConstraint(one_of("subject", rules.SUBJECTS), name="subject"),
        CheckConstraint("interval_days > 0", name="interval"),
        CheckConstraint("each >= 0", name="each"),
    )

    #: What a contact of this kind names; never changed once there are contacts.
    subject: Mapped[str] = mapped_column(Key, default="free")
    #: How many each officer is to have.
    each: Mapped[int] = mapped_column(default=1)
    #: Days after which the next contact is due.
    interval_days: Mapped[int] = mapped_column(default=90)

    @property
    def is_used(self) -> bool:
        """Whether any contact is of this kind."""
        return db.session.scalar(select(SchemeContact.id).where(SchemeContact.kind_id == self.id).limit(1)) is not None


class SchemeContact(Model):
    """One officer's turn with one firm, area or name; ended or handed over, never deleted."""

    __tablename__ = "scheme_contact"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="from_before_to"),
        CheckConstraint("firm_id IS NOT NULL OR area_id IS NOT NULL OR name <> ''", name="names_somebody"),
        Index("ix_scheme_contact_officer_id", "officer_id", "kind_id"),
        Index("ix_scheme_contact_firm_id", "firm_id"),
        Index("ix_scheme_contact_before_id", "before_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("contact_scheme_kind.id"))
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    #: The project, institute or person, as written; empty for a firm or an area.
    name: Mapped[str] = mapped_column(Name, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    from_on: Mapped[date] = mapped_column(Date)
    #: The last day of the turn; None while it runs.
    to_on: Mapped[date | None] = mapped_column(Date)
    ended_reason: Mapped[str] = mapped_column(Name, default="")
    #: The turn of whoever had it before.
    before_id: Mapped[int | None] = mapped_column(ForeignKey("scheme_contact.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    officer: Mapped[User] = relationship(User, foreign_keys=officer_id)
    kind: Mapped[SchemeKind] = relationship(SchemeKind)
    firm: Mapped[Firm | None] = relationship(Firm)
    area: Mapped[Area | None] = relationship(Area)

    @classmethod
    def running_on(cls, on: date) -> ColumnElement[bool]:
        """The condition that a turn covers a day."""
        return and_(cls.from_on <= on, or_(cls.to_on.is_(None), cls.to_on >= on))

    @classmethod
    def visible_to(cls, user: User) -> Select["SchemeContact"]:
        """Select the contacts this person may see, with kind, officer, firm and area, unordered.

        Who sees a part of the district sees the contacts that are its firms, and no others.
        """
        query = select(cls).join(cls.kind).join(cls.officer).outerjoin(cls.firm).outerjoin(cls.area)
        query = query.options(
            contains_eager(cls.kind),
            contains_eager(cls.officer).lazyload(User.roles),
            contains_eager(cls.firm),
            contains_eager(cls.area),
        )
        if "visits.view" not in user.permissions:
            return query.where(cls.id.is_(None))
        if Firm.all_visible_to(user):
            return query
        return query.where(cls.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id)))

    @classmethod
    def get_for(cls, user: User, contact_id: int) -> "SchemeContact":
        """The contact, or NotFound when it does not exist for this person."""
        found = db.session.scalar(cls.visible_to(user).where(cls.id == contact_id))
        if found is None:
            raise NotFound
        return found

    @classmethod
    def begin(
        cls, officer_id: int, kind: SchemeKind, from_on: date, by: User, at: datetime, today: date, *,
        firm: Firm | None = None, area: Area | None = None, name: str = "", note: str = "",
        before: "SchemeContact | None" = None,
    ) -> "SchemeContact":  # fmt: skip
        """A new turn; the caller commits. Refused when nobody is named or the officer has this contact already."""
        named = {"firm": firm is not None, "area": area is not None, "free": bool(name.strip())}
        if not named[kind.subject]:
            raise Refused({"firm": "请选企业", "area": "请选镇街园区", "free": "请写名称"}[kind.subject])
        fault = rules.begin_fault(from_on, None, today)
        if fault:
            raise Refused(fault)
        row = cls(officer_id=officer_id, kind_id=kind.id, kind=kind, firm_id=firm.id if firm else None,
                  area_id=area.id if area else None, name=name.strip() if kind.subject == "free" else "",
                  note=note.strip(), from_on=from_on, before_id=before.id if before else None, created_by_id=by.id,
                  created_at=at)  # fmt: skip
        same = select(cls.id).where(
            cls.officer_id == officer_id, cls.kind_id == kind.id, cls.firm_id.is_not_distinct_from(row.firm_id),
            cls.area_id.is_not_distinct_from(row.area_id), cls.name == row.name,
            or_(cls.to_on.is_(None), cls.to_on >= from_on),
        )  # fmt: skip
        with db.session.no_autoflush:
            if db.session.scalar(same.limit(1)) is not None:
                raise Refused("这位干部已经联系着，不用再加")
        db.session.add(row)
        db.session.flush()
        return row

    @property
    def title(self) -> str:
        """Whom it names."""
        return self.firm.name if self.firm else self.area.name if self.area else self.name

    def may_change(self, user: User) -> bool:
        """Whether this person ends it or hands it over: whoever arranges the work of others, and its officer."""
        return "visits.edit" in user.permissions and ("firms.assign" in user.permissions or user.id == self.officer_id)

    def is_running(self, on: date) -> bool:
        """Whether the turn covers a day."""
        return self.from_on <= on and (self.to_on is None or self.to_on >= on)

    def end(self, on: date, reason: str) -> None:
        """End the turn with a day and a reason. Refused when it has ended or would end before it began."""
        if self.to_on is not None:
            raise Refused(f"已经在 {self.to_on} 结束，请刷新后再看")
        if not reason.strip():
            raise Refused("请写为什么结束")
        fault = rules.begin_fault(self.from_on, on, on)
        if fault:
            raise Refused(fault)
        self.to_on, self.ended_reason = on, reason.strip()

    def hand_over(self, officer: User, on: date, reason: str, by: User, at: datetime, today: date) -> "SchemeContact":
        """End the turn the day before and begin another officer's; both stay to be read. The caller commits."""
        if officer.id == self.officer_id:
            raise Refused("请选另一位干部")
        if on <= self.from_on:
            raise Refused(f"移交日期要晚于开始联系的那天（{self.from_on}）")
        self.end(on - timedelta(days=1), reason.strip() or f"移交给{officer.name}")
        return SchemeContact.begin(officer.id, self.kind, on, by, at, today, firm=self.firm, area=self.area,
                                   name=self.name, note=self.note, before=self)  # fmt: skip

    def turns(self) -> list["SchemeContact"]:
        """Every turn of this chain but this one, the newest first, with the officers; one statement a link."""
        found: list[SchemeContact] = []
        before = self.before_id
        query = select(SchemeContact).options(joinedload(SchemeContact.officer).lazyload(User.roles))
        while before is not None and len(found) < 30:
            row = db.session.scalars(query.where(SchemeContact.id == before)).one()
            found.append(row)
            before = row.before_id
        return found


class SchemeTouch(Model):
    """An officer was in touch with a standing contact that is no firm of the register."""

    __tablename__ = "scheme_touch"
    __table_args__ = (Index("ix_scheme_touch_contact_id", "contact_id", "touched_on"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("scheme_contact.id"))
    touched_on: Mapped[date] = mapped_column(Date)
    words: Mapped[str] = mapped_column(Text)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    @classmethod
    def add(cls, contact: SchemeContact, on: date, words: str, by: User, at: datetime, today: date) -> "SchemeTouch":
        """Log a contact; the caller commits. Refused for a firm (that is a visit), without words, or on a wrong day."""
        if contact.firm_id is not None:
            raise Refused("联系企业请记走访，方式可选电话、微信")
        if contact.to_on is not None and on > contact.to_on:
            raise Refused(f"已经在 {contact.to_on} 结束")
        fault = rules.touch_fault(on, contact.from_on, today) if words.strip() else "请写一句联系了什么"
        if fault:
            raise Refused(fault)
        row = cls(contact_id=contact.id, touched_on=on, words=words.strip(), created_by_id=by.id, created_at=at)
        db.session.add(row)
        db.session.flush()
        return row

    @classmethod
    def list_of(cls, contact_id: int) -> list["SchemeTouch"]:
        """The touches of one contact, the newest first."""
        query = select(cls).where(cls.contact_id == contact_id).order_by(cls.touched_on.desc(), cls.id.desc())
        return list(db.session.scalars(query))


def seed_defaults() -> None:
    """Add the default kinds that are missing. The caller commits."""
    held = set(db.session.scalars(select(SchemeKind.key)))
    for position, row in enumerate(rules.KINDS):
        if row.key not in held:
            db.session.add(SchemeKind(key=row.key, name=row.name, subject=row.subject, each=row.each,
                                      interval_days=row.interval_days, position=position))  # fmt: skip
    db.session.flush()
