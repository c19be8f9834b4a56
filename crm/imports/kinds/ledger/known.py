"""What a ledger's rows are compared with, read once for all of them, and what this plan has made already."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crm.imports import state
from crm.imports.places import Places
from models import clock, vault
from models.area import Area
from models.base import db
from models.change import Change
from models.firm.contacts import Contact, keep_until
from models.firm.notes import FirmNote
from models.firm.officer_waits import Officers, OfficerWait
from models.firm.officers import FirmOfficer
from models.firm.places import FirmPlace
from models.firm.record import CARE_LEVELS
from models.firm.yearly import FirmFigure
from models.pool import PoolMember, PoolType
from models.title_claim import TitleClaim

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan

#: Tables whose changes make a plan of a ledger stale.
READS = ("firm_figure", "firm_officer", "officer_wait", "pool_member", "title_claim", "contact", "firm_note", "user")


@dataclass(slots=True)
class FigureFacts:
    """A figure as it stands; `row`: the row of this file that said so."""

    id: int
    value: Decimal
    approximate: bool
    row: int | None = None


@dataclass(slots=True)
class ContactFacts:
    """A contact as it stands, opened; typed: a person entered it."""

    id: int
    name: str
    phone: str
    post: str
    is_main: bool
    typed: bool


@dataclass(slots=True)
class MemberFacts:
    """A stay in a pool that lasts; typed: a person entered or changed it."""

    id: int
    type_id: int
    target_type_id: int | None
    plan_year: int | None
    owner_id: int | None
    typed: bool


@dataclass(slots=True)
class Known:
    """Everything the parts of a row look at."""

    today: date
    #: Until when a contact of today is kept.
    keep_until: date
    officers: Officers
    parks: Places
    pools: dict[str, PoolType]
    figures: dict[tuple[int, str, int, str], FigureFacts] = field(default_factory=dict)
    contacts: dict[int, list[ContactFacts]] = field(default_factory=lambda: defaultdict(list))
    members: dict[int, list[MemberFacts]] = field(default_factory=lambda: defaultdict(list))
    #: Firm and position → id of the open row, since when.
    in_charge: dict[tuple[int, str], tuple[int, date]] = field(default_factory=dict)
    waits: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)
    claims: set[tuple[int, int, str, str]] = field(default_factory=set)
    notes: set[tuple[int, str, str]] = field(default_factory=set)
    #: Firm → id of the open row of its park, park, source.
    park_of: dict[int, tuple[int, int, str]] = field(default_factory=dict)
    #: What was said once and need not be said of every row.
    told: set[tuple[str, str]] = field(default_factory=set)


def load(whole: "Plan", rows: list["RowPlan"]) -> None:
    """Read what these rows are compared with into plan.store. A fixed number of statements per chunk of firms."""
    parks = select(Area.id, Area.name, Area.aliases, Area.parent_id).where(Area.tree == "park", Area.closed.is_(False))
    today = clock.today()
    known = Known(
        today,
        keep_until(today),
        Officers.load(),
        Places([(i, n, a, p) for i, n, a, p in db.session.execute(parks.order_by(Area.id))]),
        {kind.key: kind for kind in PoolType.list_active()},
    )
    whole.store["ledger"] = known
    firm_ids = sorted({row.firm_id for row in rows if row.firm_id is not None and row.firm_id > 0})
    for chunk in state.chunks(firm_ids):
        _figures_and_pools(known, chunk)
        _people(known, chunk)
        _words(known, chunk)
    whole.words |= {("care_level", key): name for key, name in CARE_LEVELS.items()}
    whole.words |= {(f"officer_{p}_id", user_id): name for p in "ab" for user_id, name in known.officers.names.items()}
    whole.words |= {("target_type_id", kind.id): kind.name for kind in whole.types.values()}
    whole.words |= {("owner_id", user_id): name for user_id, name in known.officers.names.items()}
    whole.words |= {("park_id", area_id): name for area_id, name in known.parks.names.items()}


def known_of(whole: "Plan") -> Known:
    """What was read for this plan."""
    found: Known = whole.store["ledger"]
    return found


def _figures_and_pools(known: Known, chunk: Collection[int]) -> None:
    figures = select(FirmFigure).where(FirmFigure.firm_id.in_(chunk)).order_by(FirmFigure.id)
    for one in db.session.scalars(figures):
        known.figures[one.firm_id, one.key, one.year, one.source] = FigureFacts(one.id, one.value, one.approximate)
    open_ = or_open(PoolMember, known.today)
    members = list(db.session.scalars(select(PoolMember).where(PoolMember.firm_id.in_(chunk), open_)))
    changed = _typed("pool_member", [row.id for row in members])
    for row in sorted(members, key=lambda row: row.id):
        typed = row.import_row_id is None or row.id in changed
        known.members[row.firm_id].append(
            MemberFacts(row.id, row.type_id, row.target_type_id, row.plan_year, row.owner_id, typed)
        )


def _people(known: Known, chunk: Collection[int]) -> None:
    contacts = select(Contact).where(Contact.firm_id.in_(chunk), Contact.ended_on.is_(None)).order_by(Contact.id)
    rows = list(db.session.scalars(contacts))
    changed = _typed("contact", [row.id for row in rows])
    for row in rows:
        try:
            name, phone = row.open_name(), row.open_phone()
        except vault.CannotOpen:
            continue
        typed = row.import_row_id is None or row.id in changed
        known.contacts[row.firm_id].append(ContactFacts(row.id, name, phone, row.post, row.is_main, typed))
    officers = select(FirmOfficer.firm_id, FirmOfficer.position, FirmOfficer.id, FirmOfficer.from_on)
    officers = officers.where(FirmOfficer.firm_id.in_(chunk), FirmOfficer.to_on.is_(None))
    for firm_id, position, row_id, from_on in db.session.execute(officers.order_by(FirmOfficer.id)):
        known.in_charge[firm_id, position] = (row_id, from_on)
    waits = select(OfficerWait.firm_id, OfficerWait.position, OfficerWait.id, OfficerWait.name)
    for firm_id, position, row_id, name in db.session.execute(waits.where(OfficerWait.firm_id.in_(chunk))):
        known.waits[firm_id, position] = (row_id, name)


def _words(known: Known, chunk: Collection[int]) -> None:
    claims = select(TitleClaim.firm_id, TitleClaim.type_id, TitleClaim.source, TitleClaim.written)
    known.claims |= {(f, t, s, w) for f, t, s, w in db.session.execute(claims.where(TitleClaim.firm_id.in_(chunk)))}
    notes = select(FirmNote.firm_id, FirmNote.label, FirmNote.text).where(FirmNote.firm_id.in_(chunk))
    known.notes |= {(firm_id, label, words) for firm_id, label, words in db.session.execute(notes)}
    parks = select(FirmPlace.firm_id, FirmPlace.id, FirmPlace.area_id, FirmPlace.source).where(
        FirmPlace.firm_id.in_(chunk), FirmPlace.tree == "park", FirmPlace.to_on.is_(None)
    )
    for firm_id, row_id, area_id, source in db.session.execute(parks.order_by(FirmPlace.id)):
        known.park_of[firm_id] = (row_id, area_id, source)


def or_open(table: Any, today: date) -> Any:
    """The condition that a stay lasts on a day."""
    return table.to_on.is_(None) | (table.to_on >= today)


def _typed(table: str, row_ids: Collection[int]) -> set[int]:
    """Rows of a table that a person changed by hand."""
    query = select(Change.row_id).where(
        Change.table_name == table, Change.source == "form", Change.act == "updated", Change.row_id.in_(row_ids)
    )
    return set(db.session.scalars(query))
