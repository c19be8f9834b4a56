"""Makes rows of the contact scheme, of teams and of what visits brought."""

from datetime import date
from typing import Any

from sqlalchemy import select

from models import clock
from models.base import db
from models.firm import Firm
from models.opinion import Opinion, OpinionKind
from models.scheme import SchemeContact, SchemeKind
from models.team import Team, TeamFirm
from models.user import User
from models.visit import OutcomeKind
from tests.support.factories import make_firm, make_user


def make_scheme_kind(key: str = "firm") -> SchemeKind:
    """A kind of standing contact every database begins with."""
    row = db.session.scalar(select(SchemeKind).where(SchemeKind.key == key))
    if row is None:
        subject = {"firm": "firm", "town": "area"}.get(key, "free")
        row = SchemeKind(key=key, name=key, subject=subject)
        db.session.add(row)
        db.session.flush()
    return row


def make_scheme_contact(officer: User | None = None, kind: str = "talent", **values: Any) -> SchemeContact:
    """An officer's standing contact since the first of January; a talent unless another kind is given."""
    who = officer or make_user()
    defaults: dict[str, Any] = {"from_on": date(clock.today().year, 1, 1), "created_at": clock.now()}
    if kind == "talent":
        defaults["name"] = "沈知微教授"
    row = SchemeContact(officer_id=who.id, kind_id=make_scheme_kind(kind).id, **{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_team(name: str = "功率半导体组", leader: User | None = None, **values: Any) -> Team:
    """A team since the first of January, found again by its name."""
    row = db.session.scalar(select(Team).where(Team.name == name))
    if row is None:
        defaults: dict[str, Any] = {"from_on": date(clock.today().year, 1, 1), "created_at": clock.now()}
        row = Team(name=name, leader_id=leader.id if leader else None, **{**defaults, **values})
        db.session.add(row)
        db.session.flush()
    return row


def make_team_firm(team: Team | None = None, firm: Firm | None = None) -> TeamFirm:
    """A firm the team looks after."""
    return TeamFirm.add(team or make_team(), firm or make_firm(), "样品测试")


def make_outcome_kind(key: str = "agreements") -> OutcomeKind:
    """A kind of result every database begins with."""
    row = db.session.scalar(select(OutcomeKind).where(OutcomeKind.key == key))
    if row is None:
        row = OutcomeKind(key=key, name=key)
        db.session.add(row)
        db.session.flush()
    return row


def make_opinion_kind(key: str = "policy") -> OpinionKind:
    """A kind of opinion every database begins with."""
    row = db.session.scalar(select(OpinionKind).where(OpinionKind.key == key))
    if row is None:
        row = OpinionKind(key=key, name=key)
        db.session.add(row)
        db.session.flush()
    return row


def make_opinion(firm: Firm | None = None, by: User | None = None, **values: Any) -> Opinion:
    """What a firm suggested today; nobody has passed it on."""
    defaults: dict[str, Any] = {"words": "研发费用填报口径年年变，希望提前培训", "collected_on": clock.today()}
    row = Opinion(firm_id=(firm or make_firm()).id, kind_id=make_opinion_kind().id, created_at=clock.now(),
                  collected_by_id=(by or make_user()).id, **{**defaults, **values})  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
