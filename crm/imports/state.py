"""What the database holds, as far as an import needs it: plain values in a fixed number of statements per chunk."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import func, or_, select

from crm.imports.index import Index
from models.area import Area
from models.base import db
from models.change import Change
from models.firm import Firm
from models.firm.names import FirmName
from models.firm.places import FirmPlace
from models.importing import ImportRun, MatchDecision
from models.rules import firm_name
from models.title import Title

T = TypeVar("T")
CHUNK = 5_000


@dataclass(slots=True)
class FirmFacts:
    """A firm as it stands; typed are the fields a person changed by hand, which no list writes over."""

    id: int
    code: str | None
    code_kind: str | None
    name: str
    unverified: bool
    founded_on: date | None
    capital: Decimal | None
    capital_currency: str | None
    kind: str
    address: str
    scope: str
    status: str
    typed: set[str] = field(default_factory=set)
    #: The open entry of the tree of areas: id of the row, area, source.
    place: tuple[int, int, str] | None = None


@dataclass(slots=True)
class TitleFacts:
    """A title as it stands; negative ids are titles that this plan makes."""

    id: int
    firm_id: int
    number: str
    batch: str
    field: str
    issued_on: date
    issued_precision: str
    ends_on: date | None
    noticed_on: date | None
    provisional: bool
    source: str


FIRM_COLUMNS = (
    Firm.id, Firm.code, Firm.code_kind, Firm.name, Firm.unverified, Firm.founded_on, Firm.capital,
    Firm.capital_currency, Firm.kind, Firm.address, Firm.scope, Firm.status,
)  # fmt: skip
TITLE_COLUMNS = (
    Title.id, Title.firm_id, Title.number, Title.batch, Title.field, Title.issued_on, Title.issued_precision,
    Title.ends_on, Title.noticed_on, Title.provisional, Title.source,
)  # fmt: skip


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """The items, a statement's worth at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


#: What a plan reads, as the change log names it.
READ = ("firm", "firm_name", "firm_place", "firm_status", "title", "title_type", "batch", "area")


def fingerprint() -> tuple[int, ...]:
    """Numbers that change whenever a firm, name, title or decision does: a plan made before is then made anew.

    Visits, contacts and the like are recorded all day long and change no plan.
    """
    tables: tuple[Any, ...] = (Firm, FirmName, Title, MatchDecision)
    newest = [db.session.scalar(select(func.max(table.id))) or 0 for table in tables]
    changed = select(Change.id).where(Change.table_name.in_(READ)).order_by(Change.id.desc()).limit(1)
    newest.append(db.session.scalar(changed) or 0)
    applied = db.session.scalar(select(func.count()).select_from(ImportRun).where(ImportRun.applied_at.is_not(None)))
    return (*newest, applied or 0)


def load_index() -> Index:
    """Every firm that was not merged away, with all its names, and what people decided before."""
    index = Index(_area_words())
    query = select(Firm.id, Firm.code, Firm.code_kind, Firm.name).where(Firm.merged_into_id.is_(None))
    for firm_id, code, kind, name in db.session.execute(query.order_by(Firm.id)):
        index.add(firm_id, code, kind, name)
    for firm_id, key, to_on, kind in db.session.execute(
        select(FirmName.firm_id, FirmName.match_key, FirmName.to_on, FirmName.kind).order_by(FirmName.id)
    ):
        if firm_id in index.firms:
            index.add_name(firm_id, key, "name" if to_on is None and kind == "registered" else "former_name")
    for key, firm_id in db.session.execute(
        select(MatchDecision.match_key, MatchDecision.firm_id).order_by(MatchDecision.id)
    ):
        if firm_id in index.firms:
            index.chosen[key] = firm_id
    index.learn_places()
    return index


def _area_words() -> list[str]:
    return [name.rstrip("省市区县") for name in db.session.scalars(select(Area.name)) if 2 < len(name) <= 6]


def firms_of(firm_ids: Iterable[int]) -> dict[int, FirmFacts]:
    """These firms as they stand."""
    found: dict[int, FirmFacts] = {}
    for chunk in chunks(sorted(set(firm_ids))):
        for values in db.session.execute(select(*FIRM_COLUMNS).where(Firm.id.in_(chunk)).order_by(Firm.id)):
            found[values[0]] = FirmFacts(*tuple(values))
        for row_id, name in db.session.execute(
            select(Change.row_id, Change.field).where(
                Change.table_name == "firm",
                Change.source == "form",
                Change.row_id.in_(chunk),
                Change.field.is_not(None),
            )
        ):
            if row_id in found and name:
                found[row_id].typed.add(name)
        for firm_id, place_id, area_id, source in db.session.execute(
            select(FirmPlace.firm_id, FirmPlace.id, FirmPlace.area_id, FirmPlace.source)
            .where(FirmPlace.firm_id.in_(chunk), FirmPlace.tree == "area", FirmPlace.to_on.is_(None))
            .order_by(FirmPlace.id)
        ):
            found[firm_id].place = (place_id, area_id, source)
    return found


def titles_of(firm_ids: Iterable[int], type_id: int) -> dict[int, list[TitleFacts]]:
    """The titles of one type of these firms, by firm."""
    found: dict[int, list[TitleFacts]] = defaultdict(list)
    for chunk in chunks(sorted(set(firm_ids))):
        query = select(*TITLE_COLUMNS).where(Title.firm_id.in_(chunk), Title.type_id == type_id)
        for values in db.session.execute(query.order_by(Title.issued_on, Title.id)):
            facts = TitleFacts(*tuple(values))
            found[facts.firm_id].append(facts)
    return found


def names_taken(keys: Iterable[str]) -> set[str]:
    """Which of these name keys some firm bears already."""
    taken: set[str] = set()
    for chunk in chunks(sorted(set(keys))):
        taken |= set(db.session.scalars(select(FirmName.match_key).where(FirmName.match_key.in_(chunk))))
    return taken


def find_firm(code_or_id: str) -> int | None:
    """The id of the firm with this code (or this name); None when there is none or more than one."""
    from models.rules import uscc

    wanted = uscc.normalise(code_or_id)
    key = firm_name.match_key(code_or_id)
    query = select(Firm.id).where(or_(Firm.code == wanted), Firm.merged_into_id.is_(None))
    firm_id = db.session.scalar(query)
    if firm_id is not None or not key:
        return firm_id
    named = select(FirmName.firm_id).where(FirmName.match_key == key).distinct()
    found = list(db.session.scalars(named))
    return found[0] if len(found) == 1 else None
