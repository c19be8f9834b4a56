"""The rows of teams: the team, its officers and experts, its firms."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Select, Text, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from models.base import Model, Moment, Name, db
from models.campaign import Campaign
from models.errors import NotFound, Refused
from models.firm.record import Firm
from models.user import User


class Team(Model):
    """Officers and experts who visit firms together for a while, often for a campaign."""

    __tablename__ = "team"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="from_before_to"),
        Index("ix_team_campaign_id", "campaign_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)
    goal: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    campaign: Mapped[Campaign | None] = relationship(Campaign)
    leader: Mapped[User | None] = relationship(User, foreign_keys=leader_id)
    members: Mapped[list["TeamMember"]] = relationship(
        "TeamMember", order_by="TeamMember.id", cascade="all, delete-orphan"
    )

    @classmethod
    def list_all(cls) -> list["Team"]:
        """Every team with its people, running ones first. A fixed number of statements."""
        query = select(cls).options(
            joinedload(cls.campaign),
            joinedload(cls.leader).lazyload(User.roles),
            selectinload(cls.members).joinedload(TeamMember.user).lazyload(User.roles),
        )
        return list(db.session.scalars(query.order_by(cls.to_on.is_not(None), cls.from_on.desc(), cls.id.desc())))

    @classmethod
    def list_running(cls, on: date) -> list["Team"]:
        """Those a visit on this day may be tagged to, by name."""
        query = select(cls).where(cls.from_on <= on, or_(cls.to_on.is_(None), cls.to_on >= on))
        return list(db.session.scalars(query.order_by(cls.name, cls.id)))

    @classmethod
    def get(cls, team_id: int) -> "Team":
        """The team, or NotFound."""
        found = db.session.get(cls, team_id)
        if found is None:
            raise NotFound
        return found

    @property
    def officers(self) -> list[User]:
        """Members with an account."""
        return [row.user for row in self.members if row.user is not None]

    @property
    def experts(self) -> list["TeamMember"]:
        """Members without one: from institutes, universities, agencies."""
        return [row for row in self.members if row.user_id is None]

    def may_change(self, user: User) -> bool:
        """Whether this person keeps the team: whoever arranges the work of others, and its leader."""
        rights = user.permissions
        return "visits.edit" in rights and ("firms.assign" in rights or user.id == self.leader_id)

    def set_members(self, officer_ids: Iterable[int], experts: Sequence[tuple[str, str, str]]) -> None:
        """Make these its members: accounts, and experts as (name, organisation, field). Who stays keeps their row."""
        wanted = dict.fromkeys(officer_ids)
        asked = list(dict.fromkeys(experts))
        kept = [row for row in self.members if row.user_id in wanted]
        kept += [row for row in self.experts if (row.name, row.organisation, row.field) in asked]
        there = {row.user_id for row in kept}
        known = {(row.name, row.organisation, row.field) for row in kept if row.user_id is None}
        kept += [TeamMember(user_id=user_id) for user_id in wanted if user_id not in there]
        kept += [TeamMember(name=name, organisation=place, field=field) for name, place, field in asked
                 if (name, place, field) not in known]  # fmt: skip
        self.members = kept


class TeamMember(Model):
    """An officer with an account, or an expert as written."""

    __tablename__ = "team_member"
    __table_args__ = (
        CheckConstraint("(user_id IS NOT NULL) = (name = '')", name="officer_or_expert"),
        Index("ix_team_member_team_id", "team_id"),
        Index("ix_team_member_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(Name, default="")
    organisation: Mapped[str] = mapped_column(Name, default="")
    field: Mapped[str] = mapped_column(Name, default="")

    user: Mapped[User | None] = relationship(User)


class TeamFirm(Model):
    """A firm the team looks after, and what for."""

    __tablename__ = "team_firm"
    __table_args__ = (
        Index("ix_team_firm_team_id", "team_id", "firm_id", unique=True),
        Index("ix_team_firm_firm_id", "firm_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    need: Mapped[str] = mapped_column(Name, default="")

    firm: Mapped[Firm] = relationship(Firm)

    @classmethod
    def visible_to(cls, user: User) -> Select["TeamFirm"]:
        """Select the rows whose firms exist for this person, unordered."""
        query = select(cls)
        if Firm.all_visible_to(user):
            return query
        return query.where(cls.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id)))

    @classmethod
    def add(cls, team: Team, firm: Firm, need: str = "") -> "TeamFirm":
        """Give the team a firm; the caller commits. Refused when it has it already."""
        if db.session.scalar(select(cls.id).where(cls.team_id == team.id, cls.firm_id == firm.id)) is not None:
            raise Refused("这家企业已经在这个小组里")
        row = cls(team_id=team.id, firm_id=firm.id, need=need.strip())
        db.session.add(row)
        db.session.flush()
        return row

    @classmethod
    def get_for(cls, user: User, row_id: int) -> "TeamFirm":
        """The row, or NotFound when its firm does not exist for this person."""
        found = db.session.scalar(cls.visible_to(user).where(cls.id == row_id))
        if found is None:
            raise NotFound
        return found
