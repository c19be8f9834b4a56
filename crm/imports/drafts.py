"""The firms a plan makes, made ready before the transaction that writes them.

A few are rows in memory. Many are put on a shelf, a temporary table of the connection: filling it holds up no other
writer, it needs no room in memory, it is gone with the connection when the process is killed, and from it the firms,
their names, places and search rows are written by one set statement each."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, insert, literal, select, text, update

from crm.imports.plan import Draft, Plan
from models import bulk, pinyin
from models.base import db
from models.firm import search
from models.firm.names import FirmName
from models.firm.places import FirmPlace
from models.firm.record import Firm
from models.importing import ImportRow
from models.rules import firm_name

if TYPE_CHECKING:
    from crm.imports.writer import Writer

#: From so many firms on a shelf is quicker.
MANY = 1_000
CHUNK = 5_000
DEFAULTS: dict[str, Any] = {
    "status": "active",
    "founded_on": None,
    "capital": None,
    "capital_currency": None,
    "kind": "",
    "address": "",
    "scope": "",
    "industry_code": None,
    "care_level": None,
    "park_id": None,
    "officer_a_id": None,
    "officer_b_id": None,
}
#: What the lists give of a firm, as it is kept.
GIVEN = ("code", "code_kind", "name", "unverified", *DEFAULTS, "sort_key", "area_id", "import_row_id")
#: Numbers of import rows by sheet and row.
Staged = Mapping[tuple[str, int], int]


class Drafts:
    """The firms of a plan as rows in memory."""

    def __init__(self, plan: Plan, staged: Staged) -> None:
        self.plan = plan
        self.staged = staged
        self._names: dict[int, list[str]] = defaultdict(list)
        for new in plan.new_names:
            self._names[new.firm_id].append(new.name)
        self.rows = self.prepare()

    def prepare(self) -> list[dict[str, Any]]:
        """The rows, without what is known only when writing."""
        return [self.row(number, draft) for number, draft in enumerate(self.plan.drafts.values(), 1)]

    def row(self, number: int, draft: Draft) -> dict[str, Any]:
        """All that is written of one firm; its number counts the firms of the plan."""
        values = draft.values
        name = values["name"]
        lines, grams = search.prepare(search.lines_of(name, self._names.get(draft.id, ()), values["code"]))
        return DEFAULTS | values | {
            "id": number,
            "sort_key": pinyin.sort_key(name),
            "area_id": draft.area_id,
            "import_row_id": self.staged[draft.plan.row.sheet, draft.plan.row.row],
            "match_key": firm_name.match_key(name),
            "area_source": draft.area_source,
            "lines": lines,
            "grams": grams,
        }  # fmt: skip

    def ids(self) -> dict[int, int]:
        """Take the numbers of the firms: id of the draft → id of the firm."""
        return dict(zip(self.plan.drafts, next_ids("firm", len(self.plan.drafts)), strict=True))

    def write(self, writer: "Writer") -> None:
        """Write the firms, their names, places and search rows."""
        firms, names, places, lines = [], [], [], []
        stamp = {"created_at": writer.at, "updated_at": writer.at, "version": 1}
        for row, firm_id in zip(self.rows, writer.ids.values(), strict=True):
            mine = {"firm_id": firm_id, "from_on": None, "to_on": None, "import_row_id": row["import_row_id"]}
            firms.append({key: row[key] for key in GIVEN} | stamp | {"id": firm_id})
            named = {"kind": "registered", "name": row["name"], "match_key": row["match_key"], "source": writer.source}
            names.append(mine | named)
            if row["area_id"] is not None:
                places.append(mine | {"tree": "area", "area_id": row["area_id"], "source": row["area_source"]})
            lines.append((firm_id, search.Prepared(row["lines"], row["grams"])))
        writer.insert("firm", firms)
        writer.insert("firm_name", names)
        writer.insert("firm_place", places)
        search.put(lines)

    def wrote_row(self, one: Any) -> bool:
        """Whether the import row of a row of the plan points at its new firm already."""
        return False


class Shelf(Drafts):
    """The firms of a plan in a temporary table."""

    def prepare(self) -> list[dict[str, Any]]:
        """Fill the shelf and let go of the values of the drafts."""
        self.table = _shelf()
        self.first = 0
        self._taken: dict[int, int] | None = None
        connection = db.session.connection()
        connection.execute(text(f"DROP TABLE IF EXISTS {self.table.name}"))
        self.table.create(connection, checkfirst=False)
        if not _on_sqlite():
            self._taken = super().ids()
        drafts = iter(enumerate(self.plan.drafts.values(), 1))
        while chunk := list(islice(drafts, CHUNK)):
            rows = [self.row(number, draft) for number, draft in chunk]
            if self._taken is not None:
                for row, (_, draft) in zip(rows, chunk, strict=True):
                    row["id"] = self._taken[draft.id]
            bulk.put_dicts(self.table, rows)
            for _, draft in chunk:
                draft.values = {}
        # The connection stays with the session: the shelf is its own.
        _driver_connection().commit()
        return []

    def ids(self) -> dict[int, int]:
        """On PostgreSQL numbers were drawn when the shelf was filled; on SQLite they follow the last one."""
        if self._taken is None:
            self._taken = super().ids()
            self.first = next(iter(self._taken.values())) - 1
        return self._taken

    def write(self, writer: "Writer") -> None:
        """Write the firms and what belongs to them by one statement each, and take the shelf away."""
        shelf, at = self.table.c, writer.at
        firm_id = shelf.id + self.first
        stamps = [literal(at, Firm.created_at.type), literal(at, Firm.updated_at.type), literal(1)]
        self._copy(
            Firm.__table__,
            ["id", *GIVEN, "created_at", "updated_at", "version"],
            [firm_id, *(shelf[name] for name in GIVEN), *stamps],
        )
        self._copy(
            FirmName.__table__,
            ["firm_id", "kind", "name", "match_key", "source", "import_row_id"],
            [firm_id, literal("registered"), shelf.name, shelf.match_key, literal(writer.source), shelf.import_row_id],
        )
        self._copy(
            FirmPlace.__table__,
            ["firm_id", "tree", "area_id", "source", "import_row_id"],
            [firm_id, literal("area"), shelf.area_id, shelf.area_source, shelf.import_row_id],
            shelf.area_id.is_not(None),
        )
        search.put_from(self.table, firm_id)
        rows = update(db.metadata.tables["import_row"]).where(ImportRow.id == shelf.import_row_id)
        db.session.execute(rows.values(firm_id=firm_id))
        db.session.execute(text(f"DROP TABLE {self.table.name}"))

    def _copy(self, into: Any, names: list[str], values: list[Any], *which: Any) -> None:
        rows = select(*values).where(*which).order_by(self.table.c.id)
        db.session.execute(insert(into).from_select(names, rows, include_defaults=False))

    def wrote_row(self, one: Any) -> bool:
        """The row that made a firm points at it by the same statement as all of them."""
        draft = self.plan.drafts.get(one.firm_id)
        return draft is not None and draft.plan is one


def prepare(plan: Plan, staged: Staged) -> Drafts:
    """The firms of a plan made ready; on a shelf when they are many, which begins a transaction of the session's
    connection and ends it, so that nothing may wait in it."""
    return Shelf(plan, staged) if len(plan.drafts) >= MANY else Drafts(plan, staged)


def _shelf() -> Table:
    firm = Firm.__table__
    return Table(
        "new_firm",
        MetaData(),
        Column("id", Integer, primary_key=True, autoincrement=False),
        *(Column(name, firm.c[name].type) for name in GIVEN),
        Column("match_key", String),
        Column("area_source", String),
        Column("lines", Text),
        Column("grams", Text),
        prefixes=["TEMPORARY"],
    )


def next_ids(name: str, count: int) -> list[int]:
    """Ids that no row of a table has had (on SQLite, that none has), within the transaction that uses them."""
    if not count:
        return []
    if not _on_sqlite():
        drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return list(db.session.scalars(drawn, {"name": f'"{name}"', "count": count}))
    last = db.session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": name}) or 0
    table = db.metadata.tables[name]
    last = max(last, db.session.scalar(select(table.c.id).order_by(table.c.id.desc()).limit(1)) or 0)
    return list(range(last + 1, last + count + 1))


def _on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _driver_connection() -> Any:
    return db.session.connection().connection.driver_connection
