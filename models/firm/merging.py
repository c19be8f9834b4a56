"""Merging two rows that are one firm, and taking it back: exactly what moved moves back."""

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from models import clock, standing
from models.assessment import stale
from models.base import Base, db
from models.change_log import Actor, acting, text_of, write
from models.errors import NotFound, Refused
from models.firm import search
from models.firm.merge import FirmMerge
from models.firm.merge_plan import FOREIGN_KEYS, Moves, Plan, plan
from models.firm.names import FirmName
from models.firm.record import Firm
from models.firm.words import FIRM_FIELDS
from models.user import User

#: A set statement on logged tables: the entries are written here.
LOGGED = {"logged": True, "synchronize_session": False}


def merge(kept: Firm, gone: Firm, by: User, from_gone: Iterable[str] = ()) -> FirmMerge:
    """Make the two one and return what was done; the firm gone stays as a row that points to the firm kept.

    Raises Refused as `plan` does. The caller commits.
    """
    now, wanted = clock.now(), plan(kept, gone, from_gone)
    record = FirmMerge(kept_id=kept.id, gone_id=gone.id, moved="{}", merged_by_id=by.id, merged_at=now)
    db.session.add(record)
    db.session.flush()
    with acting(Actor("merge", by.id, record.id, now)):
        aliases = _borne_on(wanted)
        rows = {f"{move.table.name}.{move.column}": move.keys for move in wanted.moves if move.rows}
        for move in wanted.moves:
            _move(move.table.name, move.column, move.moves.key, move.keys, gone.id, kept.id, record, now)
        fields = {column: [text_of(getattr(kept, column)), text_of(value)] for column, value in wanted.taken.items()}
        given = _take(wanted)
        gone.merged_into_id = kept.id
        kept.updated_at = gone.updated_at = now
        record.moved = json.dumps({"rows": rows, "fields": fields, "given": given, "aliases": aliases})
        _settle(kept, gone)
    return record


def unmerge(record: FirmMerge, by: User) -> list[str]:
    """Take a merge back and return, in words, what could not be because it changed since. The caller commits.

    Raises Refused when it was taken back before, or a later merge has to be taken back first.
    """
    kept, gone = db.session.get_one(Firm, record.kept_id), db.session.get_one(Firm, record.gone_id)
    if record.undone_at is not None:
        raise Refused("这次合并已经撤销过了")
    if gone.merged_into_id != kept.id or kept.merged_into_id is not None:
        raise Refused("后来又合并过，请先撤销后来的那一次")
    now, moved, kept_back = clock.now(), json.loads(record.moved), []
    with acting(Actor("merge", by.id, record.id, now)):
        gone.merged_into_id = None
        db.session.flush()
        for name, keys in moved["rows"].items():
            table, column = name.split(".")
            moves = FOREIGN_KEYS[table, column]
            if not isinstance(moves, Moves):
                raise TypeError(name)
            back = _move(table, column, moves.key, keys, kept.id, gone.id, record, now)
            if back < len(keys):
                kept_back.append(f"{moves.name}：{len(keys) - back} 条后来删除或移走了")
        _unname(moved["aliases"])
        kept_back += _give_back(kept, moved["fields"])
        db.session.flush()
        for column, value in moved["given"].items():
            setattr(gone, column, value)
        record.undone_by_id, record.undone_at = by.id, now
        kept.updated_at = gone.updated_at = now
        _settle(kept, gone)
    return kept_back


def get_for(user: User, merge_id: int) -> FirmMerge:
    """The merge, or NotFound when its firm does not exist for this person."""
    visible = Firm.visible_to(user).with_only_columns(Firm.id)
    record = db.session.scalar(select(FirmMerge).where(FirmMerge.id == merge_id, FirmMerge.kept_id.in_(visible)))
    if record is None:
        raise NotFound
    return record


def twins(user: User, firm: Firm) -> list[Firm]:
    """Firms this person may see that bear or bore a name of this one: likely the same."""
    keys = select(FirmName.match_key).where(FirmName.firm_id == firm.id)
    bearers = select(FirmName.firm_id).where(FirmName.match_key.in_(keys))
    query = Firm.visible_to(user).where(Firm.id != firm.id, Firm.id.in_(bearers))
    return list(db.session.scalars(query.order_by(Firm.sort_key, Firm.id).limit(20)))


def list_of(firm_id: int) -> list[FirmMerge]:
    """The merges into a firm, newest first."""
    query = select(FirmMerge).where(FirmMerge.kept_id == firm_id).order_by(FirmMerge.id.desc())
    return list(db.session.scalars(query))


def _move(
    table_name: str, column: str, key: str, keys: list[Any], old: int, new: int, record: FirmMerge, at: datetime
) -> int:
    """Give these rows to the other firm where they are still the first one's; how many were."""
    table = Base.metadata.tables[table_name]
    condition = (table.c[column] == old) & table.c[key].in_(keys)
    found = list(db.session.scalars(select(table.c[key]).where(condition).order_by(table.c[key])))
    db.session.execute(update(table).where(condition).values({column: new}), execution_options=LOGGED)
    write([
        {"at": at, "act": "updated", "table_name": table_name, "row_id": row, "firm_id": new, "field": column,
         "old": str(old), "new": str(new), "source": "merge", "source_id": record.id, "person_id": None}
        for row in found
    ])  # fmt: skip
    return len(found)


def _borne_on(wanted: Plan) -> list[int]:
    """The present name of the firm gone moves as another name of the firm kept; the rows this changes."""
    moving = next((move.keys for move in wanted.moves if move.table.name == "firm_name"), [])
    query = select(FirmName).where(FirmName.id.in_(moving), FirmName.kind == "registered", FirmName.to_on.is_(None))
    rows = db.session.scalars(query.order_by(FirmName.id)).all()
    for row in rows:
        row.kind = "alias"
    db.session.flush()
    return [row.id for row in rows]


def _unname(aliases: list[int]) -> None:
    rows = db.session.scalars(select(FirmName).where(FirmName.id.in_(aliases)).order_by(FirmName.id))
    for row in rows:
        row.kind = "registered"


def _take(wanted: Plan) -> dict[str, str | None]:
    """Fill the firm kept; a code can stand on one row only, so the firm gone gives it up. What it gave up."""
    taken, given = wanted.taken, {}
    if "code" in taken:
        given = {"code": wanted.gone.code, "code_kind": wanted.gone.code_kind}
        wanted.gone.code = wanted.gone.code_kind = None
        db.session.flush()
    for column, value in taken.items():
        setattr(wanted.kept, column, value)
    return given


def _give_back(kept: Firm, fields: dict[str, list[str | None]]) -> list[str]:
    """Set each column to what it was before, unless somebody changed it since; what was left, in words."""
    left = []
    for column, (old, new) in fields.items():
        if text_of(getattr(kept, column)) == new:
            setattr(kept, column, _value(column, old))
        else:
            left.append(f"{FIRM_FIELDS.get(column, column)}：后来改过，没有退回")
    return left


def _value(column: str, text: str | None) -> Any:
    """A value from the text that the log keeps of it."""
    kind = Firm.__table__.c[column].type.python_type if column != "capital" else None
    if text is None:
        return None
    if kind is None:
        return Decimal(text)
    return kind.fromisoformat(text) if hasattr(kind, "fromisoformat") else kind(text)


def _settle(kept: Firm, gone: Firm) -> None:
    db.session.flush()
    # The set statements passed by the objects that this session holds.
    db.session.expire_all()
    search.refresh([kept.id, gone.id])
    standing.refresh([kept.id, gone.id])
    stale.settle_merge(kept.id, gone.id)
