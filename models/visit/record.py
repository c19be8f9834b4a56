"""A visit (走访): who called on which firm on which day, how, and what was heard. models/visit/writing.py writes it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    and_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from models import clock
from models.base import Key, Model, Moment, Name, db, one_of
from models.campaign import Campaign
from models.errors import NotFound, Refused
from models.firm.record import Firm
from models.rules.visit import COMPANIONS, SOURCES, day_fault
from models.team import Team
from models.unit import Unit, unit_ids_on
from models.user import User
from models.visit.kinds import Service, VisitKind

visit_purpose = Table(
    "visit_purpose",
    db.metadata,
    Column("visit_id", ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True),
    Column("service_id", ForeignKey("service.id"), primary_key=True, index=True),
)
visit_service = Table(
    "visit_service",
    db.metadata,
    Column("visit_id", ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True),
    Column("service_id", ForeignKey("service.id"), primary_key=True, index=True),
)


class Visit(Model):
    """Officers met a firm on a day."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint(one_of("source", SOURCES), name="source"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_with_a_reason"),
        Index("ix_visit_firm_id", "firm_id", "visit_on"),
        Index("ix_visit_visit_on", "visit_on", "id"),
        Index("ix_visit_campaign_id", "campaign_id"),
        Index("ix_visit_team_id", "team_id"),
        # Counts by firm and the last visit of each are read from it alone.
        Index(
            "ix_visit_counted",
            "firm_id",
            "visit_on",
            "kind_id",
            postgresql_where=text("withdrawn_at IS NULL"),
            sqlite_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: Made by the client, so that sending twice is noticed; the server makes one for a page.
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    visit_on: Mapped[date] = mapped_column(Date)
    #: HH:MM by the bureau's clock; empty when nobody noted it.
    start_time: Mapped[str] = mapped_column(String(5), default="")
    kind_id: Mapped[int] = mapped_column(ForeignKey("visit_kind.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    #: The team that went; None for one that no team made.
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    place: Mapped[str] = mapped_column(Name, default="")
    #: What was heard, what was answered on the spot, what comes next.
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(Text, default="")
    #: The author as the old log wrote it, where that is not an account.
    recorded_by_text: Mapped[str] = mapped_column(Name, default="")
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(Key, default="form")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: When it was written (a phone without signal says when), and when the server had it.
    created_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    #: Taken back: it counts nowhere, and its record says why.
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    #: Counts saves: 1 as first written; earlier ones are in visit_version.
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}

    firm: Mapped[Firm] = relationship(Firm)
    kind: Mapped[VisitKind] = relationship(VisitKind)
    campaign: Mapped[Campaign | None] = relationship(Campaign)
    team: Mapped[Team | None] = relationship(Team)
    created_by: Mapped[User | None] = relationship(User, foreign_keys=created_by_id)
    officers: Mapped[list["VisitOfficer"]] = relationship(
        "VisitOfficer", back_populates="visit", order_by="VisitOfficer.user_id", cascade="all, delete-orphan"
    )
    companions: Mapped[list["VisitCompanion"]] = relationship(
        "VisitCompanion", order_by="VisitCompanion.id", cascade="all, delete-orphan"
    )
    purposes: Mapped[list[Service]] = relationship(
        Service, secondary=visit_purpose, order_by=(Service.position, Service.id)
    )
    services: Mapped[list[Service]] = relationship(
        Service, secondary=visit_service, order_by=(Service.position, Service.id)
    )

    @classmethod
    def counted(cls) -> ColumnElement[bool]:
        """The condition that a visit was not taken back; every count and list asks it."""
        return cls.withdrawn_at.is_(None)

    @classmethod
    def is_visit(cls) -> ColumnElement[bool]:
        """The condition that it counts as a visit (走访次数, 上次走访): not taken back, and of a kind that counts."""
        kinds = select(VisitKind.id).where(VisitKind.counts.is_(True))
        return and_(cls.counted(), cls.kind_id.in_(kinds))

    @classmethod
    def visible_to(cls, user: User) -> Select["Visit"]:
        """Select the visits this person may see, with their firms, unordered; withdrawn ones too.

        Every page, count, file and export starts here.
        """
        query = select(cls).join(cls.firm).options(contains_eager(cls.firm))
        if "visits.view" not in user.permissions:
            return query.where(cls.id.is_(None))
        if Firm.all_visible_to(user):
            return query
        return query.where(cls.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id)))

    @classmethod
    def get_for(cls, user: User, visit_id: int) -> "Visit":
        """The visit, or NotFound when it does not exist for this person."""
        visit = db.session.scalar(cls.visible_to(user).where(cls.id == visit_id))
        if visit is None:
            raise NotFound
        return visit

    @classmethod
    def find_by_uuid(cls, uuid: str) -> "Visit | None":
        """The visit a client made this identifier for, whoever may see it; None when there is none."""
        return db.session.scalar(select(cls).where(cls.uuid == uuid))

    @classmethod
    def add(
        cls,
        firm: Firm,
        visit_on: date,
        text: str,
        officers: Sequence[User],
        by: User | None,
        at: datetime,
        **values: object,
    ) -> "Visit":
        """Record that these officers met the firm, each with the unit of that day; the caller commits.

        `values` are further columns of Visit. Raises Refused for a day to come.
        """
        fault = day_fault(visit_on, clock.local(at).date())
        if fault:
            raise Refused(fault)
        defaults: dict[str, object] = {"received_at": at}
        if "kind_id" not in values:
            defaults["kind_id"] = VisitKind.default().id
        visit = cls(firm_id=firm.id, visit_on=visit_on, text=text, created_by_id=by.id if by else None, created_at=at,
                    **{**defaults, **values})  # fmt: skip
        units = unit_ids_on([officer.id for officer in officers], visit_on)
        visit.officers = [VisitOfficer(user_id=officer.id, unit_id=units.get(officer.id)) for officer in officers]
        db.session.add(visit)
        db.session.flush()
        return visit


class VisitOfficer(Model):
    """One of the officers who were there, and the unit they belonged to on that day."""

    __tablename__ = "visit_officer"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)

    visit: Mapped[Visit] = relationship(Visit, back_populates="officers")
    user: Mapped[User] = relationship(User)
    unit: Mapped[Unit | None] = relationship(Unit)


#: The table itself, for queries that need no row objects.
visit_officer = VisitOfficer.__table__


class VisitCompanion(Model):
    """An expert or a department that came along, as written."""

    __tablename__ = "visit_companion"
    __table_args__ = (CheckConstraint(one_of("kind", COMPANIONS), name="kind"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Name)
    organisation: Mapped[str] = mapped_column(Name, default="")
    kind: Mapped[str] = mapped_column(Key, default="expert")
