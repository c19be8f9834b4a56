"""Random firms with titles, pools, status and places, the same every time: what the ladder is recounted on."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from models import clock
from models.base import db
from models.firm.record import Firm
from models.firm.status import FirmStatus
from models.pool import PoolMember, PoolType
from models.rules.ladder import Grant, History, Stay, TitleRule, last_day_of
from models.rules.standing import presence
from models.title import Title, TitleType
from tests.support.factories import make_area, make_firm

FIRST, LAST = date(2019, 1, 1), date(2027, 12, 31)
KEYS = ("tech_sme", "tech_sme", "tech_sme", "srdi_sme", "little_giant", "hnte", "hnte", "innovative_sme", "gazelle")


@dataclass
class Told:
    """What was put into the database, as plainly as it can be said."""

    firm: Firm
    grants: list[Grant] = field(default_factory=list)
    pools: list[Stay] = field(default_factory=list)
    away: list[Stay] = field(default_factory=list)

    @property
    def history(self) -> History:
        evidence = [g.issued_on for g in self.grants] + [s.from_on for s in self.pools]
        return History(tuple(self.grants), tuple(self.pools), presence(self.firm.founded_on, self.away, evidence))


def some_day(dice: random.Random, low: date = FIRST, high: date = LAST) -> date:
    """A day, often one at which a rule turns."""
    if dice.random() < 0.25:
        day = date(dice.randint(low.year, high.year), *dice.choice([(1, 1), (10, 31), (11, 1), (12, 31), (12, 30)]))
        return min(max(day, low), high)
    return low + timedelta(days=dice.randint(0, (high - low).days))


def tell(seed: int, firms: int) -> tuple[list[Told], dict[str, TitleRule]]:
    """Fill the database with random firms; their plain histories and the rules in force."""
    dice = random.Random(seed)
    kinds = {kind.key: kind for kind in TitleType.list_all()}
    pools = list(db.session.scalars(select(PoolType).order_by(PoolType.id)))
    top = make_area("云澜区")
    areas = [make_area(name, parent=top) for name in ("青禾街道", "石桥镇", "松岭镇")]
    stories = []
    for _ in range(firms):
        founded_on = dice.choice([None, date(2010, 5, 1), some_day(dice, FIRST, date(2023, 1, 1))])
        firm = make_firm(founded_on=founded_on, area_id=dice.choice([None, *[area.id for area in areas]]),
                         industry_code=dice.choice([None, "3511", "3512", "6510"]))  # fmt: skip
        told = Told(firm)
        for _ in range(dice.choice([0, 0, 1, 1, 2, 3, 5])):
            _grant(dice, told, kinds[dice.choice(KEYS)])
        for _ in range(dice.choice([0, 0, 0, 1, 2])):
            _enter(dice, told, dice.choice(pools))
        if dice.random() < 0.2:
            _leave(dice, told)
        stories.append(told)
    db.session.commit()  # rebuilds the standing of every firm it touched
    return stories, {key: kind.rule for key, kind in kinds.items()}


def _grant(dice: random.Random, told: Told, kind: TitleType) -> None:
    issued_on = some_day(dice)
    ends_on = last_day_of(kind.validity, issued_on)
    provisional = dice.random() < 0.15
    noticed_on = issued_on - timedelta(days=dice.randint(0, 40)) if provisional or dice.random() < 0.3 else None
    revoked_on = some_day(dice, issued_on) if dice.random() < 0.15 else None
    title = Title(firm_id=told.firm.id, type_id=kind.id, issued_on=issued_on, ends_on=ends_on, provisional=provisional,
                  noticed_on=noticed_on, revoked_on=revoked_on, created_at=clock.now())  # fmt: skip
    db.session.add(title)
    db.session.flush()
    told.grants.append(Grant(kind.key, issued_on, ends_on, revoked_on, noticed_on, provisional, title.id))


def _enter(dice: random.Random, told: Told, kind: PoolType) -> None:
    from_on = some_day(dice)
    to_on = dice.choice([None, some_day(dice, from_on)])
    db.session.add(
        PoolMember(firm_id=told.firm.id, type_id=kind.id, from_on=from_on, to_on=to_on, created_at=clock.now())
    )
    if kind.makes_potential:
        told.pools.append(Stay(from_on, to_on))


def _leave(dice: random.Random, told: Told) -> None:
    from_on = some_day(dice)
    to_on = dice.choice([None, some_day(dice, from_on)])
    status = dice.choice(["moved_out", "deregistered", "revoked"])
    db.session.add(FirmStatus(firm_id=told.firm.id, status=status, from_on=from_on, to_on=to_on))
    told.away.append(Stay(from_on, to_on))
