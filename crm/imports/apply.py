"""Stage 6: the plan is written by set statements in one short transaction; the rows were staged before."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, case, insert, select, text, update

from crm.imports import state
from crm.imports.plan import EFFECTS, FieldChange, Plan
from models import audit_log, change_log, claim, clock, pinyin, standing
from models.base import db
from models.errors import Conflict
from models.firm import search
from models.importing import ImportRow, ImportRun
from models.rules import firm_name
from models.user import User

#: One import writes at a time on PostgreSQL; SQLite has one writer anyway. The number only has to be this one's own.
LOCK = 7_203_114
DEFAULTS: dict[str, Any] = {
    "status": "active",
    "founded_on": None,
    "capital": None,
    "capital_currency": None,
    "kind": "",
    "address": "",
    "scope": "",
}


class Stale(Conflict):
    """Something changed since the plan was made; it must be made anew."""


def apply(run: ImportRun, plan: Plan, *, address: str = "") -> dict[str, int]:
    """Write what the plan says and return its counts; the caller commits. Raises Stale when firms, titles or decisions
    changed since the plan was made, with nothing written."""
    at = write(run, plan, run.person_id)
    counts = {effect: plan.counts[effect] for effect in EFFECTS}
    run.state, run.applied_at = "applied", at
    run.counts = json.dumps(counts | {"rows": len(plan.rows)})
    audit_log.note(
        "import.run",
        db.session.get(User, run.person_id) if run.person_id else None,
        at=at,
        address=address,
        subject="import_run",
        subject_id=run.id,
        detail={"file": run.file_name, "kind": "、".join(sorted({one.kind.name for one in plan.rows})), **counts},
    )
    return counts


def write(run: ImportRun, plan: Plan, person_id: int | None) -> datetime:
    """Write the firms, names, areas, fields and titles of a plan in one transaction, begun here, and return its
    moment. Whatever can be computed before it begins is. Raises Stale."""
    prepared = _prepared(plan)
    db.session.rollback()
    begin_writing()
    if state.fingerprint() != plan.fingerprint:
        raise Stale("核对之后库里有了变化，请重新核对")
    return _write(run, plan, person_id, prepared)


def write_more(run: ImportRun, plan: Plan, person_id: int | None) -> datetime:
    """Write some rows of an applied import within the caller's transaction."""
    return _write(run, plan, person_id, _prepared(plan))


Prepared = tuple[list[dict[str, Any]], dict[int, search.Prepared]]


def _prepared(plan: Plan) -> Prepared:
    """The rows of the firms to be made, without what is known only when writing, and what finds them."""
    names: dict[int, list[str]] = defaultdict(list)
    for new in plan.new_names:
        names[new.firm_id].append(new.name)
    rows, lines = [], {}
    for draft in plan.drafts.values():
        values = draft.values
        sort_key = pinyin.sort_key(values["name"])
        rows.append({**DEFAULTS, **values, "sort_key": sort_key, "area_id": draft.area_id})
        lines[draft.id] = search.prepare(search.lines_of(values["name"], names[draft.id], values["code"]))
    return rows, lines


def _write(run: ImportRun, plan: Plan, person_id: int | None, prepared: Prepared) -> datetime:
    firm_rows, lines = prepared
    staged = {
        (sheet, row): row_id
        for sheet, row, row_id in db.session.execute(
            select(ImportRow.sheet, ImportRow.row, ImportRow.id).where(ImportRow.import_id == run.id)
        )
    }
    writer = Writer(run, plan, clock.now(), staged, person_id)
    writer.make_firms(firm_rows)
    search.put([(writer.ids[draft_id], text_lines) for draft_id, text_lines in lines.items()])
    writer.make_names()
    writer.make_places()
    writer.change_fields()
    writer.make_titles()
    writer.point_rows_at_new_firms()
    standing.refresh(writer.touched)
    search.refresh(writer.renamed)
    return writer.at


def begin_writing() -> None:
    """Begin the transaction so that no other import writes until it ends."""
    claim.begin_writing()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


class Writer:
    """Writes one plan; `ids` turns its ids below zero into those of the database."""

    def __init__(
        self, run: ImportRun, plan: Plan, at: datetime, staged: Mapping[tuple[str, int], int], person_id: int | None
    ) -> None:
        self.run = run
        self.person_id = person_id
        self.plan = plan
        self.at = at
        self.staged = staged
        self.ids: dict[int, int] = {}
        self.touched: set[int] = set()
        self.renamed: set[int] = set()

    def _row_id(self, one: Any) -> int:
        return self.staged[one.row.sheet, one.row.row]

    def _firm(self, firm_id: int) -> int:
        found = self.ids.get(firm_id, firm_id)
        self.touched.add(found)
        return found

    def _insert(self, name: str, rows: list[dict[str, Any]]) -> None:
        for chunk in state.chunks(rows):
            db.session.execute(insert(_table(name)), list(chunk))

    def make_firms(self, rows: list[dict[str, Any]]) -> None:
        """Insert the new firms under ids taken beforehand: asking for each one's id back would be a statement each."""
        drafts = list(self.plan.drafts.values())
        self.ids = dict(zip((draft.id for draft in drafts), _next_ids("firm", len(drafts)), strict=True))
        stamp = {"created_at": self.at, "updated_at": self.at, "version": 1}
        for draft, row in zip(drafts, rows, strict=True):
            row |= stamp | {"id": self.ids[draft.id], "import_row_id": self._row_id(draft.plan)}
        self._insert("firm", rows)
        self.touched |= set(self.ids.values())

    def make_names(self) -> None:
        """The registered name of each new firm, and every further name a list gave."""
        rows = [
            self._name(draft.id, draft.values["name"], "registered", draft.plan) for draft in self.plan.drafts.values()
        ]
        rows += [self._name(new.firm_id, new.name, "alias", new.plan) for new in self.plan.new_names if not new.renamed]
        for new in self.plan.new_names:
            self.renamed |= {self._firm(new.firm_id)} if new.firm_id > 0 else set()
            if new.renamed:
                rows.append(self._close_name(new.firm_id, new.name, new.plan))
        self._insert("firm_name", rows)

    def _name(self, firm_id: int, name: str, kind: str, one: Any) -> dict[str, Any]:
        return {
            "firm_id": self._firm(firm_id),
            "kind": kind,
            "name": name,
            "match_key": firm_name.match_key(name),
            "from_on": None,
            "to_on": None,
            "source": self.run.file_name[:200],
            "import_row_id": self._row_id(one),
        }

    def _close_name(self, firm_id: int, name: str, one: Any) -> dict[str, Any]:
        """End the name the firm bore until yesterday and return the row of the one it bears from today: when it was
        really renamed a register does not say, an announcement of renamings does."""
        table = _table("firm_name")
        today = clock.local(self.at).date()
        yesterday = today - timedelta(days=1)
        before = case((table.c.from_on > yesterday, table.c.from_on), else_=yesterday)
        db.session.execute(
            update(table)
            .where(table.c.firm_id == firm_id, table.c.kind == "registered", table.c.to_on.is_(None))
            .values(to_on=before)
        )
        return self._name(firm_id, name, "registered", one) | {"from_on": today}

    def make_places(self) -> None:
        """The area of new firms, and of known ones for which a better source was found."""
        rows = [
            self._place(draft.id, draft.area_id, draft.area_source, draft.plan)
            for draft in self.plan.drafts.values()
            if draft.area_id is not None
        ]
        table = _table("firm_place")
        for firm_id, (area_id, source, one) in self.plan.new_places.items():
            place = self.plan.firms[firm_id].place
            if place is None:
                rows.append(self._place(firm_id, area_id, source, one))
                continue
            values = {"area_id": area_id, "source": source, "import_row_id": self._row_id(one)}
            db.session.execute(update(table).where(table.c.id == place[0]).values(values))
            if place[1] != area_id:
                change = FieldChange("firm_place", place[0], "area_id", "", place[1], area_id)
                change_log.write([self._entry(change, firm_id, self._row_id(one))])
        self._insert("firm_place", rows)

    def _place(self, firm_id: int, area_id: int, source: str, one: Any) -> dict[str, Any]:
        return {
            "firm_id": self._firm(firm_id),
            "tree": "area",
            "area_id": area_id,
            "from_on": None,
            "to_on": None,
            "source": source,
            "import_row_id": self._row_id(one),
        }

    def change_fields(self) -> None:
        """Update firms and titles, and write each change into the log with its import row."""
        entries = []
        values: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
        for one in self.plan.rows:
            for change in one.changes:
                if change.table not in ("firm", "title"):
                    continue
                assert one.firm_id is not None
                values[change.table, change.row_id][change.field] = change.new
                entries.append(self._entry(change, self._firm(one.firm_id), self._row_id(one)))
                if change.table == "firm" and change.field in ("name", "code"):
                    self.renamed.add(change.row_id)
        for (table, _), changed in values.items():
            if table == "firm":
                changed |= {"updated_at": self.at}
                if "name" in changed:
                    changed["sort_key"] = pinyin.sort_key(changed["name"])
        for table in ("firm", "title"):
            self._update(table, {row_id: changed for (name, row_id), changed in values.items() if name == table})
        for chunk in state.chunks(entries):
            change_log.write(list(chunk))

    def _update(self, name: str, values: Mapping[int, Mapping[str, Any]]) -> None:
        """One statement per set of fields that change together."""
        table = _table(name)
        together: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for row_id, changed in values.items():
            together[tuple(sorted(changed))].append(
                {"row_id": row_id, **{f"new_{key}": v for key, v in changed.items()}}
            )
        for fields, rows in together.items():
            new: dict[Any, Any] = {table.c[key]: bindparam(f"new_{key}", type_=table.c[key].type) for key in fields}
            if name == "firm":
                new[table.c.version] = table.c.version + 1
            db.session.execute(update(table).where(table.c.id == bindparam("row_id")).values(new), rows)

    def _entry(self, change: FieldChange, firm_id: int, row_id: int) -> dict[str, Any]:
        return {
            "at": self.at,
            "act": "updated",
            "table_name": change.table,
            "row_id": change.row_id,
            "firm_id": firm_id,
            "field": change.field,
            "old": change_log.text_of(change.old),
            "new": change_log.text_of(change.new),
            "source": "import",
            "source_id": row_id,
            "person_id": self.person_id,
        }

    def make_titles(self) -> None:
        """Insert the new titles, each pointing at its row."""
        fields = ("number", "batch", "field", "issued_on", "issued_precision", "ends_on", "noticed_on", "provisional")
        rows = [
            {
                **{field: getattr(title, field) for field in fields},
                "source": title.source,
                "firm_id": self._firm(title.firm_id),
                "type_id": type_id,
                "revoked_on": None,
                "revoked_reason": "",
                "import_row_id": self._row_id(one),
                "created_at": self.at,
            }
            for title, one, type_id in self.plan.new_titles.values()
        ]
        self._insert("title", rows)

    def point_rows_at_new_firms(self) -> None:
        """Staged rows whose firm had no id yet get it."""
        table = _table("import_row")
        rows = [
            {"row_id": self._row_id(one), "new_firm_id": self.ids[one.firm_id]}
            for one in self.plan.rows
            if one.firm_id is not None and one.firm_id in self.ids
        ]
        if rows:
            db.session.execute(
                update(table).where(table.c.id == bindparam("row_id")).values(firm_id=bindparam("new_firm_id")), rows
            )


def _next_ids(name: str, count: int) -> list[int]:
    """Ids that no row of a table has had, within the transaction that uses them."""
    if not count:
        return []
    if db.engine.dialect.name == "postgresql":
        drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return list(db.session.scalars(drawn, {"name": name, "count": count}))
    last = db.session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": name}) or 0
    return list(range(last + 1, last + count + 1))


def _table(name: str) -> Table:
    return db.metadata.tables[name]
