"""Writes a plan by set statements, so that undo finds all of it again: rows made point at their import row (or have a
"created" entry in the change log where they cannot), changed fields have an entry with the old and the new value."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Table, bindparam, select, update
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from crm.imports import state
from crm.imports.drafts import Drafts, next_ids
from crm.imports.plan import FieldChange, NewRow, Plan, RowPlan
from models import bulk, change_log, clock, pinyin
from models.assessment import stale
from models.base import among, db
from models.change_log import LOGGED
from models.importing import ImportRun
from models.rules import firm_name

#: Rows of these move a firm on the ladder; of a firm itself these fields do.
STANDING_TABLES = frozenset({"title", "pool_member", "firm_status"})
STANDING_FIELDS = frozenset({"founded_on", "status"})
#: Columns that say when and by whom a row was made or changed, filled in where a row has them.
MOMENTS = ("at", "created_at", "entered_at", "updated_at")
PERSONS = ("by_id", "created_by_id", "entered_by_id")


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
        #: What the names of firms say where they are from.
        self.source = run.file_name[:200]
        self.drafts: Drafts | None = None
        self.ids: dict[int, int] = {}
        #: Firms whose standing must be made anew, and those that are found by other words now.
        self.touched: set[int] = set()
        self.renamed: set[int] = set()
        #: Firms and rights of which something changed that an assessment reads.
        self.reassess: set[int] = set()
        self.rights: set[int] = set()
        self.entries: list[dict[str, Any]] = []

    def _row_id(self, one: RowPlan) -> int:
        return self.staged[one.row.sheet, one.row.row]

    def _firm(self, firm_id: int) -> int:
        found = self._real(firm_id)
        self.touched.add(found)
        return found

    def _real(self, row_id: int) -> int:
        return row_id if row_id > 0 else self.ids[row_id]

    def insert(self, name: str, rows: list[dict[str, Any]]) -> None:
        """Insert rows into a table, a statement's worth at a time."""
        for chunk in state.chunks(rows):
            bulk.put_dicts(_table(name), chunk)

    def make_firms(self, drafts: Drafts) -> None:
        """Insert the new firms under ids taken beforehand: asking for each one's id back would be a statement each."""
        if self.plan.drafts:
            self.drafts = drafts
            self.ids = drafts.ids()
            drafts.write(self)
            self.touched |= set(self.ids.values())

    def make_names(self) -> None:
        """Every further name a list gave."""
        rows = [self._name(new.firm_id, new.name, new.kind, new.plan) for new in self.plan.new_names if not new.renamed]
        self.renamed |= {new.firm_id for new in self.plan.new_names if new.firm_id > 0}
        renamed = {new.firm_id: new for new in self.plan.new_names if new.renamed}
        self._close_names(renamed)
        today = clock.local(self.at).date()
        rows += [self._name(id_, new.name, "registered", new.plan) | {"from_on": today} for id_, new in renamed.items()]
        self.insert("firm_name", rows)

    def _name(self, firm_id: int, name: str, kind: str, one: RowPlan) -> dict[str, Any]:
        return {
            "firm_id": self._firm(firm_id),
            "kind": kind,
            "name": name,
            "match_key": firm_name.match_key(name),
            "from_on": None,
            "to_on": None,
            "source": self.source,
            "import_row_id": self._row_id(one),
        }

    def _close_names(self, renamed: Mapping[int, Any]) -> None:
        """End the names these firms bore until yesterday: when they were really renamed a register does not say, an
        announcement of renamings does."""
        table = _table("firm_name")
        yesterday = clock.local(self.at).date() - timedelta(days=1)
        changed: dict[int, dict[str, Any]] = {}
        for chunk in state.chunks(sorted(renamed)):
            query = select(table.c.id, table.c.firm_id, table.c.from_on).where(
                among(table.c.firm_id, chunk), table.c.kind == "registered", table.c.to_on.is_(None)
            )
            for row_id, firm_id, from_on in db.session.execute(query.order_by(table.c.id)):
                to_on = max(from_on or yesterday, yesterday)
                changed[row_id] = {"to_on": to_on}
                self._note(FieldChange("firm_name", row_id, "to_on", "", None, to_on, firm_id), renamed[firm_id].plan)
        self._update("firm_name", changed)

    def make_places(self) -> None:
        """The area of known firms for which a better source was found."""
        rows = []
        changed: dict[int, dict[str, Any]] = {}
        for firm_id, (area_id, source, one) in self.plan.new_places.items():
            place = self.plan.firms[firm_id].place
            if place is None:
                rows.append(self._place(firm_id, area_id, source, one))
                continue
            changed[place[0]] = {"area_id": area_id, "source": source}
            for field, old, new in (("area_id", place[1], area_id), ("source", place[2], source)):
                if old != new:
                    self._note(FieldChange("firm_place", place[0], field, "", old, new, firm_id), one)
        self._update("firm_place", changed)
        self.insert("firm_place", rows)

    def _place(self, firm_id: int, area_id: int, source: str, one: RowPlan) -> dict[str, Any]:
        return {
            "firm_id": self._firm(firm_id),
            "tree": "area",
            "area_id": area_id,
            "from_on": None,
            "to_on": None,
            "source": source,
            "import_row_id": self._row_id(one),
        }

    # Any table

    def number_rows(self) -> None:
        """Take the ids of the rows that are to be made, so that others may name them."""
        for name, rows in self._made().items():
            if "id" in _table(name).c:
                self.ids |= dict(zip((row.id for row in rows), next_ids(name, len(rows)), strict=True))

    def _made(self) -> dict[str, list[NewRow]]:
        by_table: dict[str, list[NewRow]] = defaultdict(list)
        for row in self.plan.added.values():
            if row.plan.effect not in ("held", "rejected", "skipped"):
                by_table[row.table].append(row)
        return by_table

    def make_rows(self) -> None:
        """Insert the rows of any table that the plan makes, those that others point to first."""
        by_table = self._made()
        for table in db.metadata.sorted_tables:
            made = by_table.get(table.name)
            if made:
                self.insert(table.name, _even(table, self._values(table, made)))

    def log(self) -> None:
        """Write the entries of the change log."""
        for chunk in state.chunks(self.entries):
            change_log.write(list(chunk))

    def _values(self, table: Table, rows: Iterable[NewRow]) -> Iterator[dict[str, Any]]:
        columns = table.c
        pointing = {column.name for column in columns if column.foreign_keys}
        stamps = dict.fromkeys(MOMENTS, self.at) | dict.fromkeys(PERSONS, self.person_id)
        stamps = {name: value for name, value in stamps.items() if name in columns}
        numbered, traced = "id" in columns, "import_row_id" in columns
        for made in rows:
            values: dict[str, Any] = dict(stamps)
            if traced:
                values["import_row_id"] = self._row_id(made.plan)
            for name, value in made.values.items():
                values[name] = self.ids[value] if name in pointing and _is_id(value) and value < 0 else value
            if numbered:
                values["id"] = self.ids[made.id]
            firm_id = values.get("firm_id")
            if firm_id is not None and table.name in STANDING_TABLES:
                self.touched.add(firm_id)
            if firm_id is not None and stale.touches(table.name):
                self.reassess.add(firm_id)
            if firm_id is not None and table.name == "firm_name":
                self.renamed.add(firm_id)
            if not traced:
                self._note_made(table, values, made.plan, firm_id)
            yield values

    def _value(self, column: Column[Any], value: Any) -> Any:
        return self.ids[value] if column.foreign_keys and _is_id(value) and value < 0 else value

    def _note_made(self, table: Table, values: Mapping[str, Any], one: RowPlan, firm_id: int | None) -> None:
        """A row that cannot point at its import row is found again by the log: by its number, or by the first column
        of its key with the second as field and value."""
        first, *rest = [column.name for column in table.primary_key.columns]
        entry = self._entry(FieldChange(table.name, values[first], "", "", None, None, firm_id), one)
        entry |= {"act": "created", "field": None}
        if rest:
            entry |= {"field": rest[0], "new": change_log.text_of(values[rest[0]])}
        self.entries.append(entry)

    def change_fields(self, *, pointing: bool = False) -> None:
        """Update what rows change, and note each change with its import row: first the changes that can be made before
        rows are made, and with `pointing` those that point at rows made."""
        values: dict[str, dict[int, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
        for one in self.plan.rows:
            for change in one.changes:
                if change.told or (change.new in self.plan.added if _is_id(change.new) else False) != pointing:
                    continue
                column = _table(change.table).c[change.field]
                change.new = self._value(column, change.new)
                values[change.table][change.row_id][change.field] = change.new
                self._note(change, one)
        for name, rows in values.items():
            if name == "firm":
                for changed in rows.values():
                    if "name" in changed:
                        changed["sort_key"] = pinyin.sort_key(changed["name"])
            self._update(name, rows)

    def _note(self, change: FieldChange, one: RowPlan) -> None:
        entry = self._entry(change, one)
        self.entries.append(entry)
        if change.table == "patent":
            self.rights.add(change.row_id)
        firm_id = entry["firm_id"]
        if firm_id is None:
            return
        if stale.touches(change.table, change.field):
            self.reassess.add(firm_id)
            if change.field == "firm_id":
                self.reassess |= {one for one in (change.old, change.new) if one is not None and one > 0}
        if change.table in STANDING_TABLES or (change.table == "firm" and change.field in STANDING_FIELDS):
            self.touched.add(firm_id)
        if change.table == "firm_name" or (change.table == "firm" and change.field in ("name", "code")):
            self.renamed.add(firm_id)

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
            if "updated_at" in table.c:
                new[table.c.updated_at] = self.at
            if "version" in table.c:
                new[table.c.version] = table.c.version + 1
            statement = update(table).where(table.c.id == bindparam("row_id")).values(new)
            for chunk in state.chunks(rows):
                db.session.execute(statement, list(chunk))

    def _entry(self, change: FieldChange, one: RowPlan) -> dict[str, Any]:
        firm_id = change.firm_id
        if firm_id is None and change.table in FIRM_TABLES:
            firm_id = one.firm_id
        return {
            "at": self.at,
            "act": "updated",
            "table_name": change.table,
            "row_id": change.row_id,
            "firm_id": self._real(firm_id) if firm_id is not None else None,
            "field": change.field,
            "old": change_log.text_of(change.old),
            "new": change_log.text_of(change.new),
            "source": "import",
            "source_id": self._row_id(one),
            "person_id": self.person_id,
        }

    def point_rows_at_new_firms(self) -> None:
        """Staged rows whose firm had no id yet get it."""
        table = _table("import_row")
        rows = [
            {"row_id": self._row_id(one), "new_firm_id": self.ids[one.firm_id]}
            for one in self.plan.rows
            if one.firm_id in self.ids and self.drafts is not None and not self.drafts.wrote_row(one)
        ]
        if rows:
            db.session.execute(
                update(table).where(table.c.id == bindparam("row_id")).values(firm_id=bindparam("new_firm_id")), rows
            )


#: Tables whose changes belong to the timeline of a firm.
FIRM_TABLES = frozenset(name for name, owner in LOGGED.items() if owner is not None)


def _even(table: Table, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the same columns each, as one statement needs them: what one does not give takes its default."""
    rows = list(rows)
    given = {name for row in rows for name in row}
    blank = {name: _default(table.c[name]) for name in given}
    return [blank | row for row in rows]


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _default(column: Column[Any]) -> Any:
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None


def _table(name: str) -> Table:
    return db.metadata.tables[name]
