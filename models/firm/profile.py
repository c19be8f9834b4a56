"""Everything a record page shows of one firm as of a day, in few statements, however much that is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Date, bindparam, exists, func, select
from sqlalchemy.orm import joinedload

from models.area import Area
from models.base import db
from models.errors import NotFound
from models.firm.contacts import Contact
from models.firm.names import FirmName
from models.firm.notes import FirmNote
from models.firm.officers import FirmOfficer
from models.firm.places import FirmPlace
from models.firm.record import Firm
from models.firm.status import FirmFlag, FirmStatus
from models.firm.tags import FirmTag, Tag
from models.firm.yearly import YEARLY, FirmFigure
from models.importing import ImportRow, ImportRun
from models.patent import Held, PatentOwner, list_of, tally
from models.pool import PoolMember
from models.promise import Promise
from models.promise_list import open_of
from models.standing import Standing
from models.title import Title
from models.title_claim import TitleClaim
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
    def about(self) -> set[int]:
        """The years whose value was given as 约."""
        shown: dict[int, bool] = {}
        for row in self.rows:
            shown.setdefault(row.year, row.approximate)
        return {year for year, approximate in shown.items() if approximate}

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
    claims: Sequence[TitleClaim] = ()
    pools: Sequence[PoolMember] = ()
    series: list[Series] = field(default_factory=list)
    tags: Sequence[Tag] = ()
    patents: Sequence[Held] = ()
    contacts: Sequence[Contact] = ()
    notes: Sequence[FirmNote] = ()
    visits: Sequence[Visit] = ()
    visitors: dict[int, list[str]] = field(default_factory=dict)
    visit_count: int = 0
    #: Promises this firm still waits for, those due first on top.
    promises: Sequence[Promise] = ()
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
    def patent_groups(self) -> dict[str, int]:
        """How many rights count as Ⅰ类, Ⅱ类 and 受让 on the day."""
        return tally(self.patents)

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
    queries, asked = _queries(), {"firm_id": firm_id, "on": on, "year": on.year}
    held = db.session.execute(_seldom(), {"firm_id": firm_id}).mappings().one()

    def ask(part: str) -> list[Any]:
        return list(db.session.execute(queries[part], asked).all()) if held.get(part, True) else []

    for part in ("names", "statuses", "flags", "titles", "claims", "contacts", "notes", "tags"):
        setattr(found, part, [row for (row,) in ask(part)])
    _figures(found, [row for (row,) in ask("figures")])
    _named(found, ask("places"), ask("officers"), ask("pools"))
    _visits(found, ask("visits"))
    if "visits.view" in user.permissions and held["promises"]:
        found.promises = open_of(firm_id, on)
    # What came only after the day is not there yet.
    found.titles = [row for row in found.titles if (row.noticed_on or row.issued_on) <= on]
    found.claims = [row for row in found.claims if row.claimed_on is None or row.claimed_on <= on]
    found.pools = [row for row in found.pools if row.from_on <= on]
    dated: list[Any] = [*found.names, *found.places, *found.statuses, *found.titles, *found.claims, *found.pools]
    dated += [*found.contacts, *found.notes, found.firm, *(row for series in found.series for row in series.rows)]
    found.patents = list_of(firm_id, on) if held["patents"] else ()
    dated += found.visits
    found.origins = origins({row.import_row_id for row in dated if row.import_row_id})
    found.standing = next((row for (row,) in ask("standing")), None)
    return found


@cache
def _seldom() -> Any:
    """Whether a firm has any of what most firms have none of: one statement in place of eight that find nothing."""
    firm_id: Any = bindparam("firm_id")
    tables: dict[str, Any] = {
        "statuses": FirmStatus, "flags": FirmFlag, "claims": TitleClaim, "notes": FirmNote, "tags": FirmTag,
        "pools": PoolMember, "promises": Promise, "patents": PatentOwner,
    }  # fmt: skip
    return select(
        *(exists().where(table.firm_id == firm_id).label(part) for part, table in tables.items()),
    )


@cache
def _queries() -> dict[str, Any]:
    """What hangs on a firm, newest first. Composed once: composing a statement takes longer than running it."""
    firm_id: Any = bindparam("firm_id")
    on: Any = bindparam("on", type_=Date)
    places = select(FirmPlace, Area.name).join(Area, Area.id == FirmPlace.area_id)
    officers = select(FirmOfficer, User.name).join(User, User.id == FirmOfficer.user_id)
    pools = select(PoolMember, User.name).outerjoin(User, User.id == PoolMember.owner_id)
    standing = select(Standing).where(Standing.firm_id == firm_id, Standing.from_on <= on, Standing.to_on >= on)
    # Of several sources of one year what a person entered is shown, then the one last dated, then the one last entered.
    imported = FirmFigure.import_row_id.is_not(None)
    figures = (FirmFigure.year.desc(), imported, FirmFigure.source_on.desc().nulls_last(), FirmFigure.id.desc())
    tags = select(Tag).join(FirmTag, FirmTag.tag_id == Tag.id).where(FirmTag.firm_id == firm_id)
    visits = select(Visit, func.count().over()).where(Visit.firm_id == firm_id, Visit.visit_on <= on)
    visits = visits.where(Visit.counted()).options(joinedload(Visit.kind))
    orders: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {
        "names": (select(FirmName), FirmName, (FirmName.to_on.desc().nulls_first(), FirmName.id.desc())),
        "statuses": (select(FirmStatus), FirmStatus, (FirmStatus.from_on.desc().nulls_last(), FirmStatus.id.desc())),
        "flags": (select(FirmFlag), FirmFlag, (FirmFlag.from_on.desc(), FirmFlag.id.desc())),
        "titles": (select(Title), Title, (Title.issued_on.desc(), Title.id.desc())),
        "claims": (select(TitleClaim), TitleClaim, (TitleClaim.type_id, TitleClaim.id)),
        # Whose phone changed or who left is in the log, not on the page.
        "contacts": (select(Contact).where(Contact.ended_on.is_(None)), Contact, (Contact.is_main.desc(), Contact.id)),
        "notes": (select(FirmNote), FirmNote, (FirmNote.id.desc(),)),
        "places": (places, FirmPlace, (FirmPlace.from_on.desc().nulls_last(), FirmPlace.id.desc())),
        "officers": (officers, FirmOfficer, (FirmOfficer.from_on.desc(), FirmOfficer.id.desc())),
        "pools": (pools, PoolMember, (PoolMember.from_on.desc(), PoolMember.id.desc())),
        "figures": (select(FirmFigure).where(FirmFigure.year <= bindparam("year")), FirmFigure, figures),
    }
    found = {
        part: query.where(table.firm_id == firm_id).order_by(*order) for part, (query, table, order) in orders.items()
    }
    return found | {
        "standing": standing,
        "tags": tags.order_by(Tag.sort_key, Tag.id),
        "visits": visits.order_by(Visit.visit_on.desc(), Visit.id.desc()).limit(VISITS_SHOWN),
    }


def _figures(found: Profile, figures: list[FirmFigure]) -> None:
    rows: dict[str, list[FirmFigure]] = {}
    for row in figures:
        rows.setdefault(row.key, []).append(row)
    for key in sorted(rows, key=lambda key: list(YEARLY).index(key) if key in YEARLY else len(YEARLY)):
        values: dict[int, Decimal] = {}
        for row in rows[key]:
            values.setdefault(row.year, row.value)
        name, unit = YEARLY.get(key, (key, ""))
        found.series.append(Series(key, name, unit, dict(sorted(values.items())), rows[key]))


def _visits(found: Profile, lines: list[Any]) -> None:
    found.visits = [visit for visit, _ in lines]
    found.visit_count = lines[0][1] if lines else 0
    who = select(visit_officer.c.visit_id, User.name).join(User, User.id == visit_officer.c.user_id)
    who = who.where(visit_officer.c.visit_id.in_([visit.id for visit in found.visits]))
    for visit_id, name in db.session.execute(who.order_by(visit_officer.c.visit_id, User.sort_key, User.id)):
        found.visitors.setdefault(visit_id, []).append(name)
    for visit in found.visits:
        if visit.recorded_by_text:
            found.visitors.setdefault(visit.id, []).append(visit.recorded_by_text)


def _named(found: Profile, places: list[Any], officers: list[Any], pools: list[Any]) -> None:
    """Rows that come with the name of the area or person they point to."""
    found.places = [row for row, _ in places]
    found.areas = {row.area_id: name for row, name in places}
    found.officers = [row for row, _ in officers]
    found.pools = [row for row, _ in pools]
    found.people = {row.user_id: name for row, name in officers}
    found.people |= {row.owner_id: name for row, name in pools if row.owner_id}


class Origin(str):
    """A row of an imported file in words, and which row: a page makes a link of it."""

    row_id: int

    def __new__(cls, words: str, row_id: int) -> "Origin":
        """The words, with the id of the import row."""
        made = super().__new__(cls, words)
        made.row_id = row_id
        return made


def origins(row_ids: set[int]) -> dict[int, str]:
    """Where imported values came from: the file, sheet and row of each import row. At most one statement."""
    if not row_ids:
        return {}
    query = select(ImportRow.id, ImportRun.file_name, ImportRow.sheet, ImportRow.row)
    query = query.join(ImportRun, ImportRun.id == ImportRow.import_id).where(ImportRow.id.in_(row_ids))
    rows = db.session.execute(query.order_by(ImportRow.id))
    return {row_id: Origin(origin_text(file, sheet, row), row_id) for row_id, file, sheet, row in rows}


def origin_text(file: str, sheet: str, row: int) -> str:
    """A row of an imported file in words."""
    return f"《{file}》{f' {sheet.strip()}' if sheet else ''} 第 {row} 行"
