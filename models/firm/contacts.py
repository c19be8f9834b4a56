"""People at a firm: name and phone encrypted in the column, masked unless opened (foundations 11)."""

from datetime import date, datetime
from typing import Self

from sqlalchemy import Date, ForeignKey, Index, Integer, LargeBinary, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import clock, setting, vault
from models.base import Model, Moment, Name, db
from models.errors import NotFound
from models.firm.record import Firm
from models.user import User


class Contact(Model):
    """A contact person of a firm, kept no longer than its purpose needs (个人信息保护法 第十九条)."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_firm_id", "firm_id"),
        Index("ix_contact_phone_tail", "phone_tail"),
        Index("ix_contact_keep_until", "keep_until", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The last four digits, so that a caller can be found without opening anything.
    phone_tail: Mapped[str | None] = mapped_column(String(4))
    #: Where a link may be sent to.
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    post: Mapped[str] = mapped_column(Name, default="")
    is_main: Mapped[bool] = mapped_column(default=False)
    keep_until: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Name, default="")
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)
    ended_on: Mapped[date | None] = mapped_column(Date)

    firm: Mapped[Firm] = relationship(Firm, viewonly=True)

    @classmethod
    def add(cls, firm: Firm, name: str, phone: str, post: str, source: str, is_main: bool = False) -> Self:
        """A contact of this firm, kept as long as the setting says; the same person again changes only the post."""
        for row in cls.list_of(firm.id):
            if (row.open_name(), row.open_phone()) == (name, phone):
                row.post, row.ended_on = post or row.post, None
                return row
        row = cls(firm_id=firm.id, source=source, created_at=clock.now(), keep_until=keep_until(clock.today()))
        row.write(name, phone, post)
        db.session.add(row)
        row.set_main(is_main)
        return row

    @classmethod
    def list_of(cls, firm_id: int) -> list[Self]:
        """The contacts of a firm, the main one first."""
        return list(db.session.scalars(select(cls).where(cls.firm_id == firm_id).order_by(cls.is_main.desc(), cls.id)))

    @classmethod
    def visible_to(cls, user: User) -> Select["Contact"]:
        """Select the contacts of the firms this person may see."""
        return select(cls).where(cls.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id)))

    @classmethod
    def get_for(cls, user: User, contact_id: int) -> "Contact":
        """The contact, or NotFound when its firm does not exist for this person."""
        contact = db.session.scalar(cls.visible_to(user).where(cls.id == contact_id))
        if contact is None:
            raise NotFound
        return contact

    @classmethod
    def list_due(cls, user: User, on: date) -> list["Contact"]:
        """Those whose time is over by a day, the longest over first."""
        query = cls.visible_to(user).where(cls.keep_until <= on)
        return list(db.session.scalars(query.order_by(cls.keep_until, cls.id)))

    def write(self, name: str, phone: str, post: str) -> None:
        """Seal a name and a phone; unchanged ones keep their seal, so that the log notes only what changed."""
        if not self.name_sealed or self.open_name() != name:
            self.name_sealed = vault.seal(name.encode())
        if self.open_phone() != phone:
            self.phone_sealed = vault.seal(phone.encode()) if phone else None
            digits = "".join(filter(str.isdigit, phone))
            self.phone_tail = digits[-4:] if len(digits) >= 4 else None
        self.post = post

    def write_email(self, email: str) -> None:
        """Seal an e-mail address; an unchanged one keeps its seal, an empty one goes."""
        if self.open_email() != email.strip():
            self.email_sealed = vault.seal(email.strip().encode()) if email.strip() else None

    def set_main(self, is_main: bool) -> None:
        """Make this the one to call first, in place of another."""
        db.session.flush()
        if is_main:
            for row in self.list_of(self.firm_id):
                row.is_main = row is self
        else:
            self.is_main = False
        db.session.flush()

    def open_name(self) -> str:
        """The whole name: whoever shows it writes an audit entry. Raises CannotOpen under another key."""
        return vault.unseal(self.name_sealed).decode()

    def open_phone(self) -> str:
        """The whole phone number, empty without one: whoever shows it writes an audit entry."""
        return vault.unseal(self.phone_sealed).decode() if self.phone_sealed else ""

    def open_email(self) -> str:
        """The whole address, empty without one. Raises CannotOpen under another key."""
        return vault.unseal(self.email_sealed).decode() if self.email_sealed else ""

    @property
    def masked_name(self) -> str:
        """张*: the first character alone; *** when the key does not fit."""
        try:
            return mask_name(self.open_name())
        except vault.CannotOpen:
            return "***"

    @property
    def masked_phone(self) -> str:
        """138****1234; the last four when the key does not fit; empty without a phone."""
        if not self.phone_sealed:
            return ""
        try:
            return mask_phone(self.open_phone())
        except vault.CannotOpen:
            return f"****{self.phone_tail or ''}"


def mask_name(name: str) -> str:
    """The first character and a star for each of the others."""
    return name[:1] + "*" * (len(name) - 1)


def mask_phone(phone: str) -> str:
    """The first three (a mobile's) and the last four characters with stars between; of a short number the last four."""
    digits = "".join(filter(str.isdigit, phone))
    head = digits[:3] if len(digits) >= 11 else ""
    return f"{head}****{digits[-4:]}" if len(digits) > 4 else "****"


def keep_until(today: date) -> date:
    """The last day a contact entered today is kept: setting contact_months."""
    months = today.month - 1 + setting.get_int("contact_months")
    year, month = today.year + months // 12, months % 12 + 1
    return date(year, month, min(today.day, 28))


def may_call(user: User, firm: Firm) -> bool:
    """Whether this person looks after the firm (A 角 or B 角) and so may dial without giving a reason."""
    return user.id in (firm.officer_a_id, firm.officer_b_id)
