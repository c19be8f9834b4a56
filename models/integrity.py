"""Whether the records agree with themselves: what `check` asks of the data (contracts.md). Nothing changes a row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, or_, select

from models import derived, file, setting, standing, vault
from models.all import db
from models.base import Model
from models.file import StoredFile
from models.firm import search
from models.firm.contacts import Contact
from models.firm.names import FirmName, FirmSearch
from models.firm.officers import FirmOfficer
from models.firm.places import FirmPlace
from models.firm.record import Firm
from models.firm.status import FirmStatus
from models.setting import SETTINGS, Setting

#: Firms looked at when not all of them are.
SAMPLE = 300
#: Firms rebuilt in one transaction that is rolled back.
CHUNK = 500
#: Examples named in one message.
NAMED = 5


@dataclass(frozen=True)
class Problem:
    """What is wrong, in Chinese, and which check found it."""

    check: str
    message: str


def problems(full: bool = False) -> Iterator[Problem]:
    """Everything that is wrong with the data; `full` looks at every firm and every byte instead of a sample."""
    yield from references()
    yield from current_values()
    yield from derived_rows(None if full else SAMPLE)
    yield from files(full)
    yield from contacts()
    yield from settings()


def references() -> Iterator[Problem]:
    """Rows that name a row that is not there: enforced ones (SQLite can be opened without), and ids kept plainly."""
    for table in db.metadata.sorted_tables:
        for pairs, parent in (*_enforced(table), *_plain(table)):
            broken = _count_orphans(table, pairs, parent)
            if broken:
                names = "、".join(pairs)
                yield Problem("references", f"表 {table.name} 有 {broken} 行的 {names} 指向不存在的 {parent.name}")


def _enforced(table: Table) -> Iterator[tuple[dict[str, str], Table]]:
    """Column of the row → column of the parent, for each constraint; several together point to one row."""
    for constraint in table.foreign_key_constraints:
        yield {key.parent.name: key.column.name for key in constraint.elements}, constraint.referred_table


def _plain(table: Table) -> Iterator[tuple[dict[str, str], Table]]:
    """Columns that point without a constraint: provenance, which outlives no import."""
    column = table.columns.get("import_row_id")
    if column is not None and not column.foreign_keys:
        yield {"import_row_id": "id"}, db.metadata.tables["import_row"]


def _count_orphans(table: Table, pairs: dict[str, str], parent: Table) -> int:
    target = parent.alias("parent")
    missing = ~exists().where(*(target.c[theirs] == table.c[ours] for ours, theirs in pairs.items()))
    query = select(func.count()).select_from(table)
    return db.session.scalar(query.where(*(table.c[ours].is_not(None) for ours in pairs), missing)) or 0


def current_values() -> Iterator[Problem]:
    """Firms whose name, place, officer or status is not that of their open-ended dated entry."""
    names = and_(FirmName.kind == "registered", FirmName.to_on.is_(None))
    yield from _differing("现名与名称记录", FirmName, names, Firm.name, FirmName.name, required=True)
    for tree, column in (("area", Firm.area_id), ("park", Firm.park_id)):
        open_place = and_(FirmPlace.tree == tree, FirmPlace.to_on.is_(None))
        label = "镇街" if tree == "area" else "园区"
        yield from _differing(f"{label}与归属记录", FirmPlace, open_place, column, FirmPlace.area_id)
    for position, column in (("A", Firm.officer_a_id), ("B", Firm.officer_b_id)):
        held = and_(FirmOfficer.position == position, FirmOfficer.to_on.is_(None))
        yield from _differing(f"{position} 角与联系记录", FirmOfficer, held, column, FirmOfficer.user_id)
    status = FirmStatus.to_on.is_(None)
    yield from _differing("登记状态与状态记录", FirmStatus, status, Firm.status, FirmStatus.status, default="active")


def _differing(
    what: str,
    dated: type[Model],
    is_open: ColumnElement[bool],
    now: Any,
    then: Any,
    *,
    required: bool = False,
    default: str | None = None,
) -> Iterator[Problem]:
    """Firms where the column differs from the open entry; without one it must be empty (or the default)."""
    firm_id: Any = dated.firm_id  # type: ignore[attr-defined]
    mine = and_(firm_id == Firm.id, is_open)
    without = Firm.name.is_not(None) if required else (now.is_not(None) if default is None else now != default)
    wrong = or_(
        and_(exists().where(mine), ~exists().where(mine, then == now)),
        and_(~exists().where(mine), without),
    )
    query = select(Firm.id).where(Firm.merged_into_id.is_(None), wrong)
    count = db.session.scalar(select(func.count()).select_from(query.subquery()))
    if count:
        some = db.session.scalars(query.order_by(Firm.id).limit(NAMED)).all()
        yield Problem("current_values", f"{count} 家企业的{what}不一致，如编号 {'、'.join(map(str, some))}")


def derived_rows(sample: int | None) -> Iterator[Problem]:
    """Whether search and ladder are what a rebuild would make of these firms; the rebuild is rolled back."""
    firms = db.session.scalar(select(func.count(Firm.id)).where(Firm.merged_into_id.is_(None))) or 0
    found = db.session.scalar(select(func.count(FirmSearch.firm_id.distinct()))) or 0
    if firms != found:
        yield Problem("search", f"企业 {firms} 家，检索里有 {found} 家")
    ids = db.session.scalars(select(Firm.id).order_by(Firm.id)).all()
    step = 1 if sample is None else max(1, len(ids) // sample)
    chosen = ids[::step]
    stale: dict[str, list[int]] = {}
    for start in range(0, len(chosen), CHUNK):
        for table, firm_ids in _rebuilt_differently(chosen[start : start + CHUNK]).items():
            stale.setdefault(table, []).extend(firm_ids)
    for table, firm_ids in sorted(stale.items()):
        some = "、".join(map(str, firm_ids[:NAMED]))
        yield Problem("derived", f"{len(firm_ids)} 家企业的 {table} 与重算结果不同，如编号 {some}")


def _rebuilt_differently(firm_ids: Sequence[int]) -> dict[str, list[int]]:
    tables = [db.metadata.tables[name] for name in sorted(derived.tables())]
    tables = [table for table in tables if "firm_id" in table.columns]
    db.session.commit()
    before = _rows_by_firm(tables, firm_ids)
    try:
        search.refresh(firm_ids)
        standing.refresh(firm_ids)
        after = _rows_by_firm(tables, firm_ids)
    finally:
        db.session.rollback()
    return {
        name: wrong
        for name in before
        if (wrong := [firm_id for firm_id in firm_ids if before[name].get(firm_id) != after[name].get(firm_id)])
    }


def _rows_by_firm(tables: Iterable[Table], firm_ids: Sequence[int]) -> dict[str, dict[int, set[tuple[Any, ...]]]]:
    connection: Connection = db.session.connection()
    found: dict[str, dict[int, set[tuple[Any, ...]]]] = {}
    for table in tables:
        by_firm = found.setdefault(table.name, {})
        # A number given by the database differs after every rebuild and says nothing.
        shown = [each for each in table.columns if not (each.primary_key and each.name == "id")]
        for row in connection.execute(select(*shown).where(table.c.firm_id.in_(firm_ids))):
            by_firm.setdefault(row.firm_id, set()).add(tuple(row))
    return found


def files(full: bool) -> Iterator[Problem]:
    """Files that rows name and that are gone or, when all bytes are read, changed."""
    gone = []
    for row in db.session.scalars(select(StoredFile).order_by(StoredFile.id)):
        try:
            if full:
                file.read(row)
            elif not row.path.is_file():
                gone.append(row.name)
        except file.Damaged:
            gone.append(row.name)
    if gone:
        yield Problem("files", f"{len(gone)} 个文件丢失或损坏：{'、'.join(gone[:NAMED])}")


def contacts() -> Iterator[Problem]:
    """Whether the key of this installation opens a contact."""
    contact = db.session.scalars(select(Contact).order_by(Contact.id.desc()).limit(1)).first()
    if contact is not None:
        try:
            vault.unseal(contact.name_sealed)
        except vault.CannotOpen:
            yield Problem("contact_key", "联系人打不开：CONTACT_KEY 不是加密时用的那一个")


def settings() -> Iterator[Problem]:
    """Settings that nobody knows, or with a value they do not allow."""
    for row in db.session.scalars(select(Setting).order_by(Setting.key)):
        kind = SETTINGS.get(row.key)
        if kind is None:
            yield Problem("settings", f"没有这项设置：{row.key}")
        elif not _allowed(kind, row.value):
            yield Problem("settings", f"设置“{kind.name}”的值不对：{row.value}")


def _allowed(kind: setting.SettingKind, value: str) -> bool:
    if kind.choices:
        return value in dict(kind.choices)
    if kind.low is not None and kind.high is not None:
        return value.isdecimal() and kind.low <= int(value) <= kind.high
    return True
