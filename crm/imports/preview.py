"""What a page shows of an import: columns recognised, changes, held rows with the firms they may mean."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from crm.imports.kinds import text
from crm.imports.kinds.all import KINDS
from models.base import db
from models.firm import Firm
from models.importing import ImportProblem, ImportRow, ImportRun

HOW_NAMES = {
    "code": "信用代码",
    "name": "企业名称",
    "former_name": "曾用名",
    "repaired": "名称写法略有不同",
    "chosen": "有人认过",
    "new": "新企业",
    "none": "",
}
#: Likeness from which a candidate is called 很像.
CLOSE = 86
MASK = "＊＊＊"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its header, what it became (empty: not imported), its first cell."""

    header: str
    field: str
    sample: str


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """A sheet with its columns and what its titles say of all rows."""

    name: str
    columns: list[Column]
    facts: str

    @property
    def total(self) -> int:
        """How many columns there are."""
        return len(self.columns)

    @property
    def recognised(self) -> int:
        """How many of them are imported."""
        return sum(bool(column.field) for column in self.columns)


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One field goes from old to new."""

    firm: str
    field: str
    old: str
    new: str
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A firm that a held row may mean; value is what deciding for it sends."""

    value: str
    name: str
    code: str | None
    why: str
    close: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of an import: cells under their headers, the firm's name as written, the firms offered."""

    id: int
    sheet: str
    row: int
    name: str
    how: str
    reason: str
    firm_id: int | None
    shown: list[tuple[str, str]]
    offered: list[Offer]


def sheets_of(run: ImportRun) -> list[ShownSheet]:
    """The sheets of an import as they were understood."""
    shown = []
    for sheet in json.loads(run.sheets):
        first = db.session.scalar(
            select(ImportRow.cells)
            .where(ImportRow.import_id == run.id, ImportRow.sheet == sheet["name"])
            .order_by(ImportRow.id)
            .limit(1)
        )
        cells = json.loads(first) if first else []
        fields = _fields(sheet)
        width = max(len(sheet["headers"]), *(column + 1 for column in fields), 1)
        columns = [
            Column(
                _at(sheet["headers"], column),
                fields[column][0] if column in fields else "",
                _cell(sheet, cells, column),
            )
            for column in range(width)
        ]
        shown.append(ShownSheet(sheet["name"] or run.file_name, columns, _facts(sheet["facts"])))
    return shown


def changes_of(run: ImportRun, visible: set[int] | None, limit: int = 20) -> list[ShownChange]:
    """The first changes of known firms; `visible` are the firms this person may see, None for all."""
    found: list[ShownChange] = []
    for row in ImportRow.list_of(run.id, ("updated",), 0, limit * 2):
        if visible is not None and row.firm_id not in visible:
            continue
        name = db.session.scalar(select(Firm.name).where(Firm.id == row.firm_id)) or ""
        for label, old, new in json.loads(row.plan).get("changes", ()):
            found.append(ShownChange(name, label, old, new, row.sheet, row.row))
    return found[:limit]


def shown_row(run: ImportRun, row: ImportRow) -> ShownRow:
    """A row with what a person needs to decide it."""
    sheet = next(sheet for sheet in json.loads(run.sheets) if sheet["name"] == row.sheet)
    cells = json.loads(row.cells)
    width = max(len(cells), len(sheet["headers"]))
    shown = [(_at(sheet["headers"], column), _cell(sheet, cells, column)) for column in range(width)]
    name = sheet["places"].get("name")
    return ShownRow(
        id=row.id,
        sheet=row.sheet or run.file_name,
        row=row.row,
        name=_cell(sheet, cells, name) if name is not None else "",
        how=row.how or "",
        reason=row.reason,
        firm_id=row.firm_id,
        shown=[(header, value) for header, value in shown if header or value],
        offered=_offers(row),
    )


def problem_rows(run: ImportRun) -> Iterator[list[Any]]:
    """Rows held or refused, for the file of problem rows: sheet, row, what is wrong, then the cells as they stood."""
    said = ImportProblem.of_rows(run.id)
    sheets = {sheet["name"]: sheet for sheet in json.loads(run.sheets)}
    wanted = sorted(said)
    for name in sheets:
        rows = [row for sheet, row in wanted if sheet == name]
        for start in range(0, len(rows), 500):
            query = select(ImportRow).where(
                ImportRow.import_id == run.id, ImportRow.sheet == name, ImportRow.row.in_(rows[start : start + 500])
            )
            for row in db.session.scalars(query.order_by(ImportRow.row, ImportRow.id)):
                cells = json.loads(row.cells)
                values = [_cell(sheets[name], cells, column) for column in range(len(cells))]
                yield [row.sheet.strip(), row.row, said[row.sheet, row.row], *values]


def headers_of(run: ImportRun) -> list[str]:
    """The longest header of the sheets, for the file of problem rows."""
    return max((sheet["headers"] for sheet in json.loads(run.sheets)), key=len, default=[])


def _offers(row: ImportRow) -> list[Offer]:
    offers = []
    for firm_id, likeness, why in json.loads(row.candidates):
        firm = db.session.get(Firm, firm_id)
        if firm is not None and firm.merged_into_id is None:
            offers.append(Offer(firm.code or f"id:{firm.id}", firm.name, firm.code, why, likeness >= CLOSE))
    return offers


def _fields(sheet: Mapping[str, Any]) -> dict[int, tuple[str, bool]]:
    """Column → (what it became, whether it is a person's)."""
    kind = KINDS[sheet["kind"]]
    return {column: (kind.field(key).label, kind.field(key).personal) for key, column in sheet["places"].items()}


def _cell(sheet: Mapping[str, Any], cells: list[Any], column: int) -> str:
    if column >= len(cells):
        return ""
    value = text(cells[column])
    field = _fields(sheet).get(column)
    return MASK if value and field is not None and field[1] else value


def _at(headers: list[str], column: int) -> str:
    return headers[column] if column < len(headers) else ""


def _facts(facts: Mapping[str, Any]) -> str:
    said = []
    if facts.get("notice"):
        said.append("标题写的是公示：资质先记为公示中")
    elif facts.get("announced"):
        said.append("标题写的是公告：资质按正式认定写入")
    if facts.get("year"):
        said.append(f"年度 {facts['year']}")
    return "；".join(said)
