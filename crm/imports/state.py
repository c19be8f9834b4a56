"""What the database holds, as far as an import needs it: plain values in a fixed number of statements per chunk."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Select, Table, and_, func, or_, select

from crm.imports.index import Facts, Index
from models.area import Area
from models.base import among, db
from models.change import Change
from models.firm import Firm
from models.firm.names import FirmName
from models.firm.places import FirmPlace
from models.importing import ImportRun, MatchDecision
from models.rules import firm_name

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
    care_level: str | None
    industry_code: str | None
    officer_a_id: int | None
    officer_b_id: int | None
    park_id: int | None
    typed: set[str] = field(default_factory=set)
    #: The open entry of the tree of areas: id of the row, area, source.
    place: tuple[int, int, str] | None = None


#: Of tables, not of classes: rows by the hundred thousand are read in half the time.
FIRM, FIRM_NAME = db.metadata.tables["firm"].c, db.metadata.tables["firm_name"].c
FIRM_COLUMNS = (
    FIRM.id, FIRM.code, FIRM.code_kind, FIRM.name, FIRM.unverified, FIRM.founded_on, FIRM.capital,
    FIRM.capital_currency, FIRM.kind, FIRM.address, FIRM.scope, FIRM.status, FIRM.care_level, FIRM.industry_code,
    FIRM.officer_a_id, FIRM.officer_b_id, FIRM.park_id,
)  # fmt: skip


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """The items, a statement's worth at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


#: What a plan reads, as the change log names it.
READ = ("firm", "firm_name", "firm_place", "firm_status", "title", "title_type", "batch", "area")


def fingerprint(reads: Iterable[str] = ()) -> tuple[int, ...]:
    """Numbers that change whenever a firm, name, title or decision does, or a row of the tables in `reads`: a plan made
    before is then made anew.

    Visits, contacts and the like are recorded all day long and change no plan but that of a kind that reads them.
    """
    more = sorted(set(reads))
    names = ["firm", "firm_name", "title", "match_decision", *more]
    newest = [db.session.scalar(_newest(db.metadata.tables[name])) or 0 for name in names]
    changed = select(Change.id).where(Change.table_name.in_((*READ, *more))).order_by(Change.id.desc()).limit(1)
    newest.append(db.session.scalar(changed) or 0)
    done = select(func.count()).select_from(ImportRun)
    newest.append(db.session.scalar(done.where(ImportRun.applied_at.is_not(None))) or 0)
    newest.append(db.session.scalar(done.where(ImportRun.state == "undone")) or 0)
    return tuple(newest)


def names_mark() -> tuple[int, ...]:
    """Numbers that change whenever a row could be matched to another firm than before: by a new firm, name, code or
    decision, or by a firm merged or taken away."""
    names = ("firm", "firm_name", "match_decision")
    newest = [db.session.scalar(_newest(db.metadata.tables[name])) or 0 for name in names]
    renamed = and_(
        Change.table_name == "firm", or_(Change.field.in_(("code", "merged_into_id")), Change.act == "deleted")
    )
    for which in (Change.table_name.in_(("firm_name", "area")), renamed):
        last = select(Change.id).where(which).order_by(Change.id.desc()).limit(1)
        newest.append(db.session.scalar(last) or 0)
    return tuple(newest)


def _newest(table: Table) -> Select[Any]:
    """The newest row of a table, or how many there are where rows have no number."""
    return select(func.max(table.c.id) if "id" in table.c else func.count()).select_from(table)


def load_index() -> Index:
    """Every firm that was not merged away, with all its names, and what people decided before."""
    index = Index(_area_words())
    query: Select[Any] = select(FIRM.id, FIRM.code, FIRM.code_kind, FIRM.name).where(FIRM.merged_into_id.is_(None))
    firms = map(tuple, db.session.execute(query.order_by(FIRM.id)))
    of_names: Select[Any] = select(
        FIRM_NAME.firm_id, FIRM_NAME.name, FIRM_NAME.match_key, FIRM_NAME.to_on, FIRM_NAME.kind
    )
    names = db.session.execute(of_names.order_by(FIRM_NAME.id))
    index.fill(firms, ((firm_id, name, key, _borne(to_on, kind)) for firm_id, name, key, to_on, kind in names))
    for key, firm_id in db.session.execute(
        select(MatchDecision.match_key, MatchDecision.firm_id).order_by(MatchDecision.id)
    ):
        if firm_id in index.firms:
            index.chosen[key] = firm_id
    index.learn_places()
    index.facts.update(_telling(index.namesakes()))
    index.guessed = False
    return index


def _borne(to_on: date | None, kind: str) -> str:
    """How a firm bears a name, as matching calls it."""
    if kind == "alias":
        return "alias"
    return "name" if to_on is None and kind == "registered" else "former_name"


def _telling(firm_ids: Iterable[int]) -> dict[int, Facts]:
    """What tells these firms from their namesakes."""
    found: dict[int, Facts] = {}
    for chunk in chunks(sorted(set(firm_ids))):
        areas = {  # noqa: C416
            firm_id: name
            for firm_id, name in db.session.execute(
                select(FirmPlace.firm_id, Area.name)
                .join(Area, Area.id == FirmPlace.area_id)
                .where(among(FirmPlace.firm_id, chunk), FirmPlace.tree == "area", FirmPlace.to_on.is_(None))
                .order_by(FirmPlace.id)
            )
        }
        query = select(Firm.id, Firm.address, Firm.founded_on, Firm.capital).where(among(Firm.id, chunk))
        for firm_id, address, founded_on, capital in db.session.execute(query.order_by(Firm.id)):
            found[firm_id] = Facts(address or "", areas.get(firm_id, ""), founded_on, capital)
    return found


def _area_words() -> list[str]:
    return [name.rstrip("省市区县") for name in db.session.scalars(select(Area.name)) if 2 < len(name) <= 6]


def firms_of(firm_ids: Iterable[int]) -> dict[int, FirmFacts]:
    """These firms as they stand."""
    found: dict[int, FirmFacts] = {}
    for chunk in chunks(sorted(set(firm_ids))):
        for values in db.session.execute(select(*FIRM_COLUMNS).where(among(FIRM.id, chunk)).order_by(FIRM.id)):
            found[values[0]] = FirmFacts(*tuple(values))
        for row_id, name in db.session.execute(
            select(Change.row_id, Change.field).where(
                Change.table_name == "firm",
                Change.source == "form",
                among(Change.row_id, chunk),
                Change.field.is_not(None),
            )
        ):
            if row_id in found and name:
                found[row_id].typed.add(name)
        for firm_id, place_id, area_id, source in db.session.execute(
            select(FirmPlace.firm_id, FirmPlace.id, FirmPlace.area_id, FirmPlace.source)
            .where(among(FirmPlace.firm_id, chunk), FirmPlace.tree == "area", FirmPlace.to_on.is_(None))
            .order_by(FirmPlace.id)
        ):
            found[firm_id].place = (place_id, area_id, source)
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
