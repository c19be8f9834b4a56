"""Everything a record page shows of one firm as of a day, in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models.area import Area
from models.base import db
from models.errors import NotFound
from models.firm.contacts import Contact
from models.firm.names import FirmName
from models.firm.officers import FirmOfficer
from models.firm.places import FirmPlace
from models.firm.record import Firm
from models.firm.status import FirmFlag, FirmStatus
from models.firm.tags import FirmTag, Tag
from models.firm.yearly import YEARLY, FirmFigure
from models.importing import ImportRow, ImportRun
from models.pool import PoolMember
from models.standing import Standing
from models.title import Title
from models.user import User
from models.visit import Visit, visit_officer

#: The newest of these are on the record; the rest behind a link.
VISITS_SHOWN = 10


@dataclass(slots=True)
class Series:
    """One yearly figure through the years: the value that is shown for each, and every source of it."""

    key: str
    name: str
    unit: str
    values: dict[int, Decimal]
    rows: list[FirmFigure]

    @property
    def latest(self) -> FirmFigure:
        """The figure of the last year."""
        return self.rows[0]


@dataclass(slots=True)
class Profile:
    """One firm on a day, and all its dated rows with newest first."""

    firm: Firm
    on: date
    names: Sequence[FirmName] = ()
    places: Sequence[FirmPlace] = ()
    officers: Sequence[FirmOfficer] = ()
    statuses: Sequence[FirmStatus] = ()
    flags: Sequence[FirmFlag] = ()
    titles: Sequence[Title] = ()
    pools: Sequence[PoolMember] = ()
    series: list[Series] = field(default_factory=list)
    tags: Sequence[Tag] = ()
    contacts: Sequence[Contact] = ()
    visits: Sequence[Visit] = ()
    visitors: dict[int, list[str]] = field(default_factory=dict)
    visit_count: int = 0
    standing: Standing | None = None
    people: dict[int, str] = field(default_factory=dict)
    areas: dict[int, str] = field(default_factory=dict)
    #: Import row id → the file, sheet and row a value came from.
    origins: dict[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name borne on the day."""
        return next(
            (row.name for row in self.names if row.kind == "registered" and covers(row, self.on)), self.firm.name
        )

    @property
    def former_names(self) -> list[FirmName]:
        """Every other name, those that ended last first."""
        return [row for row in self.names if row.name != self.name]

    @property
    def status(self) -> str:
        """The registration status on the day; before the first entry it is taken as 存续."""
        if not self.statuses:
            return self.firm.status
        return next((row.status for row in self.statuses if covers(row, self.on)), "active")

    @property
    def flags_now(self) -> list[FirmFlag]:
        """The lists the firm stood on that day."""
        return [row for row in self.flags if covers(row, self.on)]

    def place(self, tree: str) -> FirmPlace | None:
        """Where the firm lay on the day; None for nowhere known."""
        return next((row for row in self.places if row.tree == tree and covers(row, self.on)), None)

    def officer(self, position: str) -> str:
        """Who was A 角 or B 角 on the day; empty for nobody."""
        held = (row for row in self.officers if row.position == position and covers(row, self.on))
        return next((self.people.get(row.user_id, "") for row in held), "")

    @property
    def rung(self) -> str | None:
        """The rung on the day; None outside the district."""
        return self.standing.rung if self.standing else None


def covers(row: Any, on: date) -> bool:
    """Whether a dated row holds on a day; no beginning means always before, no end until further notice."""
    return (row.from_on is None or row.from_on <= on) and (row.to_on is None or row.to_on >= on)


def load(user: User, firm_id: int, on: date) -> Profile:
    """The firm as this person may see it. Raises NotFound when it does not exist for them."""
    others = [joinedload(Firm.area), joinedload(Firm.park)]
    # Only their names are shown; what they may do need not be read.
    others += [joinedload(officer).lazyload(User.roles) for officer in (Firm.officer_a, Firm.officer_b)]
    firm = db.session.scalar(Firm.visible_to(user).where(Firm.id == firm_id).options(*others))
    if firm is None:
        raise NotFound
    found = Profile(firm, on)
    for part, table, order in (
        ("names", FirmName, (FirmName.to_on.desc().nulls_first(), FirmName.id.desc())),
        ("statuses", FirmStatus, (FirmStatus.from_on.desc().nulls_last(), FirmStatus.id.desc())),
        ("flags", FirmFlag, (FirmFlag.from_on.desc(), FirmFlag.id.desc())),
        ("titles", Title, (Title.issued_on.desc(), Title.id.desc())),
        ("contacts", Contact, (Contact.is_main.desc(), Contact.id)),
    ):
        query: Any = select(table).where(table.firm_id == firm_id).order_by(*order)
        setattr(found, part, db.session.scalars(query).all())
    _named(found)
    # What came only after the day is not there yet.
    found.titles = [row for row in found.titles if (row.noticed_on or row.issued_on) <= on]
    found.pools = [row for row in found.pools if row.from_on <= on]
    _figures(found)
    _tags(found)
    _visits(found)
    dated: list[Any] = [*found.names, *found.places, *found.statuses, *found.titles, *found.pools, *found.contacts]
    dated += [found.firm, *(row for series in found.series for row in series.rows)]
    found.origins = origins({row.import_row_id for row in dated if row.import_row_id})
    found.standing = db.session.scalars(
        select(Standing).where(Standing.firm_id == firm_id, Standing.from_on <= on, Standing.to_on >= on)
    ).first()
    return found


def _figures(found: Profile) -> None:
    query = select(FirmFigure).where(FirmFigure.firm_id == found.firm.id, FirmFigure.year <= found.on.year)
    # Of several sources of one year the one last dated is shown, then the one last entered.
    order = (FirmFigure.year.desc(), FirmFigure.source_on.desc().nulls_last(), FirmFigure.id.desc())
    rows: dict[str, list[FirmFigure]] = {}
    for row in db.session.scalars(query.order_by(*order)):
        rows.setdefault(row.key, []).append(row)
    for key in sorted(rows, key=lambda key: list(YEARLY).index(key) if key in YEARLY else len(YEARLY)):
        values: dict[int, Decimal] = {}
        for row in rows[key]:
            values.setdefault(row.year, row.value)
        name, unit = YEARLY.get(key, (key, ""))
        found.series.append(Series(key, name, unit, dict(sorted(values.items())), rows[key]))


def _tags(found: Profile) -> None:
    query = select(Tag).join(FirmTag, FirmTag.tag_id == Tag.id).where(FirmTag.firm_id == found.firm.id)
    found.tags = db.session.scalars(query.order_by(Tag.sort_key, Tag.id)).all()


def _visits(found: Profile) -> None:
    mine = (Visit.firm_id == found.firm.id, Visit.visit_on <= found.on)
    query = select(Visit, func.count().over()).where(*mine).order_by(Visit.visit_on.desc(), Visit.id.desc())
    lines = db.session.execute(query.limit(VISITS_SHOWN)).all()
    found.visits = [visit for visit, _ in lines]
    found.visit_count = lines[0][1] if lines else 0
    who = select(visit_officer.c.visit_id, User.name).join(User, User.id == visit_officer.c.user_id)
    who = who.where(visit_officer.c.visit_id.in_([visit.id for visit in found.visits]))
    for visit_id, name in db.session.execute(who.order_by(visit_officer.c.visit_id, User.sort_key, User.id)):
        found.visitors.setdefault(visit_id, []).append(name)


def _named(found: Profile) -> None:
    """Places, officers and pools, each with the name of the area or person it points to. Three statements."""
    firm_id = found.firm.id
    places = select(FirmPlace, Area.name).join(Area, Area.id == FirmPlace.area_id).where(FirmPlace.firm_id == firm_id)
    order: tuple[Any, ...] = (FirmPlace.from_on.desc().nulls_last(), FirmPlace.id.desc())
    lines = db.session.execute(places.order_by(*order)).all()
    found.places = [row for row, _ in lines]
    found.areas = {row.area_id: name for row, name in lines}
    officers = select(FirmOfficer, User.name).join(User, User.id == FirmOfficer.user_id)
    officers = officers.where(FirmOfficer.firm_id == firm_id)
    people = db.session.execute(officers.order_by(FirmOfficer.from_on.desc(), FirmOfficer.id.desc())).all()
    found.officers = [row for row, _ in people]
    pools = select(PoolMember, User.name).outerjoin(User, User.id == PoolMember.owner_id)
    pools = pools.where(PoolMember.firm_id == firm_id)
    owners = db.session.execute(pools.order_by(PoolMember.from_on.desc(), PoolMember.id.desc())).all()
    found.pools = [row for row, _ in owners]
    found.people = {row.user_id: name for row, name in people}
    found.people |= {row.owner_id: name for row, name in owners if row.owner_id}


def origins(row_ids: set[int]) -> dict[int, str]:
    """Where imported values came from: the file, sheet and row of each import row. One statement."""
    query = select(ImportRow.id, ImportRun.file_name, ImportRow.sheet, ImportRow.row)
    query = query.join(ImportRun, ImportRun.id == ImportRow.import_id).where(ImportRow.id.in_(row_ids))
    rows = db.session.execute(query.order_by(ImportRow.id))
    return {row_id: origin_text(file, sheet, row) for row_id, file, sheet, row in rows}


def origin_text(file: str, sheet: str, row: int) -> str:
    """A row of an imported file in words."""
    return f"《{file}》{f' {sheet.strip()}' if sheet else ''} 第 {row} 行"
