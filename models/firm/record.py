"""A firm: what is true of it now. Dated facts (names, places, status, officers) have tables of their own; the
columns here are the open-ended entry of each, kept by the same functions, so that a list needs no join."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Select, String, Text, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import setting
from models.area import Area
from models.base import Key, Model, Moment, Money, Name, SortKey, db, one_of
from models.errors import NotFound
from models.user import User

if TYPE_CHECKING:
    from models.firm.names import FirmName

CODE_KINDS = {"uscc": "统一社会信用代码", "regno": "注册号", "other": "其他证照号"}
STATUSES = {"active": "存续", "moved_out": "迁出", "deregistered": "注销", "revoked": "吊销"}
CARE_LEVELS = {"A": "A", "B": "B", "C": "C", "reserve": "储备"}


class Firm(Model):
    """One firm, for ever: a merged duplicate stays as a row that points to the firm it went into."""

    __tablename__ = "firm"
    __table_args__ = (
        CheckConstraint(one_of("status", STATUSES), name="status"),
        CheckConstraint("care_level IS NULL OR " + one_of("care_level", CARE_LEVELS), name="care_level"),
        CheckConstraint("(code IS NULL) = (code_kind IS NULL)", name="code_has_a_kind"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        Index("ix_firm_sort_key", "sort_key", "id"),
        Index("ix_firm_area_id", "area_id", "sort_key", "id"),
        Index("ix_firm_park_id", "park_id", "sort_key", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str | None] = mapped_column(String(32), unique=True)
    code_kind: Mapped[str | None] = mapped_column(Key)
    name: Mapped[str] = mapped_column(Name)
    sort_key: Mapped[str] = mapped_column(SortKey)
    status: Mapped[str] = mapped_column(Key, default="active")
    #: 名单带入、待核实: made from a list, not yet seen in a register.
    unverified: Mapped[bool] = mapped_column(default=False)
    founded_on: Mapped[date | None] = mapped_column(Date)
    industry_code: Mapped[str | None] = mapped_column(Key, index=True)
    capital: Mapped[Decimal | None] = mapped_column(Money)
    capital_currency: Mapped[str | None] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(Name, default="")
    address: Mapped[str] = mapped_column(Text, default="")
    scope: Mapped[str] = mapped_column(Text, default="")
    care_level: Mapped[str | None] = mapped_column(Key)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    park_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    officer_a_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    officer_b_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"), index=True)
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    #: Counts saves, so that two people editing at once is noticed (not silently overwritten).
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)

    __mapper_args__ = {"version_id_col": version}

    area: Mapped[Area | None] = relationship(Area, foreign_keys=area_id)
    park: Mapped[Area | None] = relationship(Area, foreign_keys=park_id)
    officer_a: Mapped[User | None] = relationship(User, foreign_keys=officer_a_id)
    officer_b: Mapped[User | None] = relationship(User, foreign_keys=officer_b_id)
    names: Mapped[list["FirmName"]] = relationship("FirmName", order_by="FirmName.from_on, FirmName.id", viewonly=True)

    @classmethod
    def visible_to(cls, user: User) -> Select["Firm"]:
        """Select the firms this person may see, unordered; every page, count and export starts here."""
        query = select(cls).where(cls.merged_into_id.is_(None))
        if "firms.view" not in user.permissions:
            return query.where(cls.id.is_(None))
        if cls.all_visible_to(user):
            return query
        if "firms.all" in user.permissions:
            return query.where(or_(cls.officer_a_id == user.id, cls.officer_b_id == user.id))
        return query.where(or_(cls.area_id.in_(user.area_ids), cls.park_id.in_(user.area_ids)))

    @classmethod
    def all_visible_to(cls, user: User) -> bool:
        """Whether this person sees every firm, so that a count need not ask for each."""
        if not {"firms.view", "firms.all"} <= user.permissions:
            return False
        return user.role_names != ["officer"] or setting.get("officer_scope") != "assigned"

    @classmethod
    def list_by_ids(cls, firm_ids: Sequence[int]) -> list["Firm"]:
        """These firms, by id; in chunks, so that a list of any length fits a statement."""
        found: list[Firm] = []
        for start in range(0, len(firm_ids), 5000):
            query = select(cls).where(cls.id.in_(firm_ids[start : start + 5000]))
            found += db.session.scalars(query.order_by(cls.id))
        return found

    @classmethod
    def get_for(cls, user: User, firm_id: int) -> "Firm":
        """The firm, or NotFound when it does not exist for this person."""
        firm = db.session.scalar(cls.visible_to(user).where(cls.id == firm_id))
        if firm is None:
            raise NotFound
        return firm
