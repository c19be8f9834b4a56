"""What the first page says: where the ladder stands, what waits for a decision, what ends soon."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from models.base import db
from models.figures import rungs
from models.figures.base import Period
from models.figures.scope import Scope
from models.firm import officer_waits
from models.firm.record import Firm
from models.handover import Handover
from models.importing import ImportRow, ImportRun
from models.rules.ladder import BOARD, RUNG_NAMES, TitleState
from models.standing import StandingTitle
from models.title import TitleType
from models.user import User
from models.visit import coverage

#: How far ahead the list of ending titles looks.
AHEAD = timedelta(days=90)
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that waits for this person: a key the page knows, how many rows, and a note."""

    key: str
    count: int
    #: The import that holds the rows, or the type of the titles; None for matters of the whole register.
    about: int | str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """A title whose last day is near."""

    firm_id: int
    firm: str
    title: str
    ends_on: date
    days: int


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the board with its count today and what came on top within a year."""

    key: str
    name: str
    count: int
    net: int


def ladder(user: User, today: date) -> tuple[list[Rung], int]:
    """The rungs, highest first, and how many other firms are registered. Two statements."""
    scope = Scope(user)
    year_ago = today.replace(year=today.year - 1, day=min(today.day, 28))
    now = rungs.tally(Period(year_ago, today), scope)
    then = rungs.tally(Period(year_ago, year_ago), scope)
    found = [
        Rung(rung.value, RUNG_NAMES[rung], now[f"rung.{rung}"], now[f"rung.{rung}"] - then[f"rung.{rung}"])
        for rung in reversed(BOARD)
    ]
    return found, now["rung.registered"]


def noticed(user: User, today: date) -> int:
    """How many firms have a title that is only 公示中 today: not counted on the rung yet. One statement."""
    held_on = StandingTitle.__table__.c
    query = Firm.visible_to(user).join(StandingTitle, StandingTitle.firm_id == Firm.id)
    query = query.where(held_on.state == TitleState.PROVISIONAL.value, held_on.from_on <= today, held_on.to_on >= today)
    return db.session.scalar(query.with_only_columns(func.count(Firm.id.distinct()))) or 0


def matters(user: User, today: date) -> list[Matter]:
    """What waits, the most pressing first; nothing with a count of zero. A fixed number of statements."""
    found: list[Matter] = []
    if "visits.edit" in user.permissions:
        found.append(Matter("handovers", Handover.count_waiting(user)))
    if "imports.decide" in user.permissions:
        found += _held(user)
    visible = Firm.visible_to(user)
    if "titles.edit" in user.permissions:
        held_on = StandingTitle.__table__.c
        waiting = visible.join(StandingTitle, StandingTitle.firm_id == Firm.id).join(
            TitleType, TitleType.id == held_on.type_id
        )
        waiting = waiting.where(
            held_on.state == TitleState.PROVISIONAL.value, held_on.from_on <= today, held_on.to_on >= today
        )
        by_type = waiting.with_only_columns(TitleType.key, TitleType.name, func.count()).group_by(
            TitleType.key, TitleType.name, TitleType.position
        )
        for key, name, count in db.session.execute(by_type.order_by(TitleType.position, TitleType.key)):
            found.append(Matter("provisional", count, key, name))
    if "firms.assign" in user.permissions:
        found.append(Matter("officers", officer_waits.count_waiting(user)))
        counts = visible.with_only_columns(
            func.count().filter(Firm.area_id.is_(None)), func.count().filter(Firm.unverified.is_(True))
        )
        nowhere, unverified = db.session.execute(counts).one()
        found += [Matter("unverified", unverified), Matter("nowhere", nowhere)]
    return [matter for matter in found if matter.count]


def _held(user: User) -> list[Matter]:
    """Rows of imports that nobody has said the firm of, all imports together; and files that wait to be written. Two
    statements."""
    runs = ImportRun.visible_to(user).order_by(None)
    written = runs.with_only_columns(ImportRun.id, ImportRun.file_name).where(ImportRun.state == "applied").subquery()
    rows = select(func.count(ImportRow.id), func.count(written.c.id.distinct()), func.max(written.c.file_name))
    rows = rows.join(written, written.c.id == ImportRow.import_id).where(ImportRow.effect == "held")
    count, files, name = db.session.execute(rows).one()
    waiting = db.session.scalar(runs.with_only_columns(func.count()).where(ImportRun.state == "planned")) or 0
    note = (name or "") if files == 1 else f"{files} 个文件里"
    return [Matter("held", count, None, note), Matter("planned", waiting)]


def endings(user: User, today: date) -> tuple[int, list[Ending]]:
    """How many titles end within ninety days, and the nearest. Two statements."""
    held = StandingTitle.__table__.c
    query = (
        Firm.visible_to(user)
        .join(StandingTitle, StandingTitle.firm_id == Firm.id)
        .join(TitleType, TitleType.id == held.type_id)
        .where(held.state == TitleState.IN_FORCE.value, held.to_on >= today, held.to_on <= today + AHEAD)
    )
    total = db.session.scalar(query.with_only_columns(func.count())) or 0
    rows = db.session.execute(
        query.with_only_columns(Firm.id, Firm.name, TitleType.short_name, held.to_on)
        .order_by(held.to_on, Firm.sort_key, Firm.id)
        .limit(SHOWN)
    )
    return total, [Ending(firm_id, name, title, last, (last - today).days) for firm_id, name, title, last in rows]


def unseen(user: User, today: date) -> tuple[list[coverage.Seen], int]:
    """Firms this person looks after that nobody saw for longer than their care level allows, and how many there are."""
    return coverage.due(user, today, SHOWN)
