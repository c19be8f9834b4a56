"""What a column of the ladder's board shows: its first firms, those whose rung ends soonest first."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import literal, or_, select, union_all
from sqlalchemy.orm import aliased

from models.area import Area
from models.base import db
from models.figures.rungs import standing_on
from models.figures.scope import Scope
from models.firm.record import Firm
from models.pool import PoolMember, PoolType
from models.rules.ladder import FOREVER, TitleState
from models.standing import Standing, StandingTitle
from models.title import TitleType
from models.user import User

#: Cards a column shows, and how many more at a time.
CARDS = 20


@dataclass(slots=True)
class Held:
    """A type of title that a firm holds, awaits or is announced for on the day; ``ends_on`` None = without end."""

    name: str
    short_name: str
    rung: str | None
    state: str
    ends_on: date | None
    badge: bool


@dataclass(slots=True)
class Card:
    """One firm on the board."""

    id: int
    name: str
    place: str
    officer: str
    titles: list[Held] = field(default_factory=list)
    pools: list[str] = field(default_factory=list)

    @property
    def badges(self) -> list[Held]:
        """Badge titles in force, 小巨人 among them."""
        return [held for held in self.titles if held.badge and held.state == TitleState.IN_FORCE]

    def in_force(self, rung: str) -> Held | None:
        """The title that keeps the firm on this rung longest."""
        found = [held for held in self.titles if held.rung == rung and held.state == TitleState.IN_FORCE]
        return max(found, key=lambda held: held.ends_on or FOREVER, default=None)

    def others(self, state: str) -> list[Held]:
        """Titles that are 待续 or 公示中."""
        return [held for held in self.titles if held.state == state]


def cards(on: date, scope: Scope, sizes: Mapping[str, int]) -> dict[str, list[Card]]:
    """The first so many firms of each rung, soonest end first. Four statements, however many firms."""
    parts = []
    for rung, size in sizes.items():
        query = select(literal(rung).label("rung"), Standing.firm_id, Standing.to_on)
        query = scope.restrict(query.where(Standing.rung == rung, standing_on(on)), Standing.firm_id)
        first = query.order_by(Standing.to_on, Standing.firm_id).limit(size).subquery()
        parts.append(select(first))
    placed = db.session.execute(union_all(*parts).order_by("to_on", "firm_id")).all()
    firms = _firms([row.firm_id for row in placed])
    _add_titles(firms, on)
    _add_pools(firms, on)
    found: dict[str, list[Card]] = {rung: [] for rung in sizes}
    for row in placed:
        found[row.rung].append(firms[row.firm_id])
    return found


def _firms(ids: Sequence[int]) -> dict[int, Card]:
    park = aliased(Area)
    query = select(Firm.id, Firm.name, Area.name, park.name, User.name).where(Firm.id.in_(ids))
    query = query.outerjoin(Area, Area.id == Firm.area_id).outerjoin(park, park.id == Firm.park_id)
    rows = db.session.execute(query.outerjoin(User, User.id == Firm.officer_a_id).order_by(Firm.id))
    return {
        firm_id: Card(firm_id, name, area or park_name or "未定区", officer or "未定联系干部")
        for firm_id, name, area, park_name, officer in rows
    }


def _add_titles(firms: Mapping[int, Card], on: date) -> None:
    query = select(StandingTitle.firm_id, TitleType, StandingTitle.state, StandingTitle.to_on)
    query = query.join(TitleType, TitleType.id == StandingTitle.type_id)
    query = query.where(StandingTitle.firm_id.in_(list(firms)), standing_on(on, StandingTitle))
    for firm_id, kind, state, to_on in db.session.execute(query.order_by(TitleType.position, TitleType.id)):
        ends_on = None if to_on == FOREVER else to_on
        firms[firm_id].titles.append(Held(kind.name, kind.short_name, kind.rung, state, ends_on, kind.is_badge))


def _add_pools(firms: Mapping[int, Card], on: date) -> None:
    query = select(PoolMember.firm_id, PoolType.name).join(PoolType, PoolType.id == PoolMember.type_id)
    query = query.where(
        PoolMember.firm_id.in_(list(firms)),
        PoolMember.from_on <= on,
        or_(PoolMember.to_on.is_(None), PoolMember.to_on >= on),
    )
    seen: dict[int, set[str]] = defaultdict(set)
    for firm_id, name in db.session.execute(query.order_by(PoolType.position, PoolMember.id)):
        if name not in seen[firm_id]:
            seen[firm_id].add(name)
            firms[firm_id].pools.append(name)
