"""Carrying an undo out: by set statements, children before what they point at, every step in the change log."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, exists, literal, null, select, update
from sqlalchemy import insert as insert_into

from crm.imports import state
from crm.imports.undo.verdict import Verdict
from crm.imports.writer import FIRM_TABLES, STANDING_FIELDS, STANDING_TABLES
from models import change_log, pinyin, standing
from models.assessment import stale
from models.base import among, db
from models.change import Change
from models.change_log import LOGGED, text_of
from models.firm import search
from models.importing import ImportRow, MatchDecision

QUIET = {"logged": True, "synchronize_session": False}


def carry_out(verdict: Verdict, person_id: int | None, at: datetime) -> None:
    """Do what the verdict says within the caller's transaction, and bring search and standing after it."""
    work = _Carrying(verdict, person_id, at)
    work.restore()
    work.forget()
    work.remove()
    work.settle()


class _Carrying:
    def __init__(self, verdict: Verdict, person_id: int | None, at: datetime) -> None:
        self.verdict = verdict
        self.person_id = person_id
        self.at = at
        self.touched: set[int] = set()
        self.renamed: set[int] = set()
        self.reassess: set[int] = set()
        self.rights: set[int] = set()

    def _entry(self, act: str, table: str, row_id: int, firm_id: int | None) -> dict[str, Any]:
        return {
            "at": self.at, "act": act, "table_name": table, "row_id": row_id, "firm_id": firm_id, "field": None,
            "old": None, "new": None, "source": "undo", "source_id": self.verdict.trace.run.id,
            "person_id": self.person_id,
        }  # fmt: skip

    def _mark(self, table: str, field: str | None, firm_id: int | None) -> None:
        if firm_id is None:
            return
        if table in STANDING_TABLES or (table == "firm" and (field is None or field in STANDING_FIELDS)):
            self.touched.add(firm_id)
        if table == "firm_name" or (table == "firm" and field in ("name", "code")):
            self.renamed.add(firm_id)
        if stale.touches(table, field):
            self.reassess.add(firm_id)

    def restore(self) -> None:
        """Put every field back, one statement per table and set of fields."""
        together: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
        entries = []
        for (table, row_id), backs in self.verdict.restore.items():
            firm_id = self.verdict.trace.firms[table, row_id]
            values = {back.field: back.before for back in backs}
            for back in backs:
                entry = self._entry("updated", table, row_id, firm_id)
                entries.append(entry | {"field": back.field, "old": text_of(back.now), "new": text_of(back.before)})
                self._mark(table, back.field, firm_id)
                if table == "patent":
                    self.rights.add(row_id)
                elif back.field == "firm_id" and stale.touches(table):
                    self.reassess |= {one for one in (back.before, back.now) if one is not None}
            if "name" in values and "sort_key" in db.metadata.tables[table].c:
                values["sort_key"] = pinyin.sort_key(values["name"], person=table == "user")
            fields = tuple(sorted(values))
            together[table, fields].append({"row_id": row_id, **{f"new_{key}": v for key, v in values.items()}})
        for (name, fields), rows in together.items():
            self._update(name, fields, rows)
        for chunk in state.chunks(entries):
            change_log.write(list(chunk))

    def _update(self, name: str, fields: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
        table = db.metadata.tables[name]
        values: dict[Any, Any] = {table.c[key]: bindparam(f"new_{key}", type_=table.c[key].type) for key in fields}
        if "updated_at" in table.c:
            values[table.c.updated_at] = self.at
        if "version" in table.c:
            values[table.c.version] = table.c.version + 1
        statement = update(table).where(table.c.id == bindparam("row_id")).values(values)
        for chunk in state.chunks(rows):
            db.session.execute(statement, list(chunk))

    def forget(self) -> None:
        """Forget the decisions that rest on this import alone."""
        for chunk in state.chunks(sorted(self.verdict.trace.decisions)):
            keys = delete(MatchDecision).where(MatchDecision.match_key.in_(chunk))
            db.session.execute(keys, execution_options=QUIET)

    def remove(self) -> None:
        """Take the rows away, those that point at others first."""
        found, going = self.verdict.trace, self.verdict.remove
        for pair in found.pairs:
            table = db.metadata.tables[pair.table]
            first = next(iter(table.primary_key.columns))
            db.session.execute(delete(table).where(first == pair.first, table.c[pair.column] == pair.second))
        for pair in found.lost:
            table = db.metadata.tables[pair.table]
            name = next(iter(table.primary_key.columns)).name
            db.session.execute(insert_into(table), {name: pair.first, pair.column: pair.second})
        firms = going.get("firm", set())
        for chunk in state.chunks(sorted(firms)):
            rows = update(ImportRow).where(among(ImportRow.firm_id, chunk)).values(firm_id=None)
            db.session.execute(rows, execution_options=QUIET)
        for table in reversed(db.metadata.sorted_tables):
            ids = sorted(going.get(table.name, ()))
            if not ids:
                continue
            self._note_removed(table.name, ids, firms)
            for chunk in state.chunks(ids):
                db.session.execute(delete(table).where(among(table.c.id, chunk)))
            for row_id in ids:
                firm_id = found.made[table.name][row_id]
                if firm_id not in firms:
                    self._mark(table.name, None, firm_id)

    def _note_removed(self, name: str, ids: list[int], firms: set[int]) -> None:
        """One entry for each row, except what goes with its firm, whose own entry says so. What the log spoke of has
        one all the same: the row that gets its number next is another."""
        if name not in LOGGED:
            return
        table, log = db.metadata.tables[name], Change.__table__
        if name == "firm":
            self._note_going(table, ids, table.c.id)
            return
        made = self.verdict.trace.made[name]
        with_firm = [row_id for row_id in ids if made[row_id] is not None and made[row_id] in firms]
        self._note_going(table, with_firm, null(), exists().where(log.c.table_name == name, log.c.row_id == table.c.id))
        entries = [
            self._entry("deleted", name, row_id, made[row_id] if name in FIRM_TABLES else None)
            for row_id in ids
            if made[row_id] is None or made[row_id] not in firms
        ]
        for part in state.chunks(entries):
            change_log.write(list(part))

    def _note_going(self, table: Table, ids: list[int], firm_id: Any, *which: Any) -> None:
        """Entries for these rows, those of them that `which` says, by a set statement."""
        entry = self._entry("deleted", table.name, 0, None)
        columns = [Change.__table__.c[key] for key in entry]
        given = {"row_id": table.c.id, "firm_id": firm_id}
        values = [
            given.get(key, null() if value is None else literal(value, column.type))
            for (key, value), column in zip(entry.items(), columns, strict=True)
        ]
        for chunk in state.chunks(ids):
            rows = select(*values).where(among(table.c.id, chunk), *which).order_by(table.c.id)
            db.session.execute(insert_into(db.metadata.tables["change"]).from_select(list(entry), rows))

    def settle(self) -> None:
        """Bring after it what is made from what changed."""
        # The set statements passed by the objects that this session holds.
        db.session.expire_all()
        gone = self.verdict.remove.get("firm", set())
        search.refresh(self.renamed - gone)
        standing.refresh(self.touched - gone)
        stale.mark_touched(self.reassess - gone, self.rights)
