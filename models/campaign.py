"""Campaigns (专项行动, such as 高企百家行): a name, a period, a quota, areas; visits are tagged to one."""

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, Table, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.area import Area
from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound

#: What a quota counts.
QUOTA_UNITS = {"firms": "家企业", "visits": "次走访"}

campaign_area = Table(
    "campaign_area",
    db.metadata,
    Column("campaign_id", ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True),
    Column("area_id", ForeignKey("area.id"), primary_key=True),
)


class Campaign(Model):
    """A special action with its own period and quota."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="from_before_to"),
        CheckConstraint(one_of("quota_unit", QUOTA_UNITS), name="quota_unit"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: What a phone knows it by; never changed.
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)
    #: How many firms (or visits) it is to reach; None for no quota.
    quota: Mapped[int | None] = mapped_column(Integer)
    quota_unit: Mapped[str] = mapped_column(Key, default="firms")
    #: What it is for, and which departments take part, as the notice says.
    goal: Mapped[str] = mapped_column(Text, default="")
    departments: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)

    #: Where it takes place; none for the whole district.
    areas: Mapped[list[Area]] = relationship(Area, secondary=campaign_area, order_by=(Area.sort_key, Area.id))

    @classmethod
    def begin(cls, at: datetime) -> "Campaign":
        """A new one with an identifier of its own."""
        return cls(key=uuid4().hex[:12], created_at=at)

    @classmethod
    def list_all(cls) -> list["Campaign"]:
        """Every campaign, the one that began last first."""
        return list(db.session.scalars(select(cls).order_by(cls.from_on.desc(), cls.id.desc())))

    @classmethod
    def list_active(cls) -> list["Campaign"]:
        """Those a visit may be tagged to, the one that began last first."""
        query = select(cls).where(cls.active.is_(True)).order_by(cls.from_on.desc(), cls.id.desc())
        return list(db.session.scalars(query))

    @classmethod
    def get(cls, campaign_id: int) -> "Campaign":
        """The campaign, or NotFound."""
        found = db.session.get(cls, campaign_id)
        if found is None:
            raise NotFound
        return found
