"""What a page shows of an import: columns recognised, rows, changes, problems. Cells of persons are masked."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from crm.imports import personal
from crm.imports.kinds.all import KINDS
from crm.imports.mapping import letters
from models import import_rows
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
NOT_YOURS = "认作的企业不在您能看的范围里，库里的内容不显示"


class Shape:
    """How the rows of a sheet are shown: headers, what each column became at a row, which speak of persons."""

    def __init__(self, sheet: Mapping[str, Any] | None) -> None:
        self.headers: list[str] = sheet["headers"] if sheet else []
        self.kind = KINDS[sheet["kind"]] if sheet and sheet["kind"] in KINDS else None
        self.places: dict[str, int] = sheet["places"] if sheet else {}
        self.blocks: list[tuple[int, dict[str, int]]] = [(one[0], one[1]) for one in (sheet or {}).get("blocks", ())]
        self.hidden = personal.columns(self.kind, self.places, self.headers) if self.kind else frozenset()
        named = sheet["columns"] if sheet else {}
        #: Header word of a problem → column.
        self.columns = {named.get(key, ""): column for key, column in self.places.items()}

    def places_at(self, row: int) -> dict[str, int]:
        """Field → column in this row: further down another header may put the columns in another order."""
        return next((places for first, places in reversed(self.blocks) if first <= row), self.places)

    def cell(self, cells: Sequence[Any], column: int) -> str:
        """A cell as a page shows it; those of persons masked."""
        return personal.shown(cells[column], column in self.hidden) if column < len(cells) else ""

    def header(self, column: int) -> str:
        """What stands over a column."""
        return self.headers[column] if column < len(self.headers) else ""

    def label(self, key: str) -> str:
        """What a field is called."""
        return self.kind.field(key).label if self.kind else ""


def shapes_of(run: ImportRun) -> dict[str, Shape]:
    """The shapes of the sheets of an import, by name."""
    return {sheet["name"]: Shape(sheet) for sheet in json.loads(run.sheets)}


NO_SHAPE = Shape(None)


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One field goes from old to new."""

    firm: str
    firm_id: int | None
    field: str
    old: str
    new: str
    sheet: str
    row: int
    row_id: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row: the letters over its column, the header, what it became (empty: not imported), its text."""

    letters: str
    header: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of an import as a page shows it; firm, changes and losers are empty where the person may not see them."""

    id: int
    sheet: str
    row: int
    name: str
    how: str
    reason: str
    effect: str
    firm_id: int | None
    firm: str
    decision: str | None
    cells: list[Cell]
    #: What changes: (label, old, new).
    changes: list[tuple[str, str, str]]
    #: What the list says otherwise and what stays: (label, what the list says, why it stays).
    kept: list[tuple[str, str, str]]
    problems: list["ShownProblem"]


def changes_of(rows: Sequence[ImportRow], visible: set[int] | None, limit: int) -> list[ShownChange]:
    """The changes that these rows make to known firms; `visible` are the firms this person may see, None for all. One
    statement."""
    names = _names({row.firm_id for row in rows if row.firm_id})
    found = [
        ShownChange(names.get(row.firm_id or 0, ""), row.firm_id, label, old, new, row.sheet, row.row, row.id)
        for row in rows
        if visible is None or row.firm_id in visible
        for label, old, new in json.loads(row.plan).get("changes", ())
    ]
    return found[:limit]


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """What is wrong with one cell; what a cell of a person says is masked."""

    sheet: str
    row: int
    column: str
    value: str
    message: str


def problems_of(run: ImportRun, limit: int) -> list[ShownProblem]:
    """The first problems of cells of an import, in the order of the file. One statement."""
    shapes = shapes_of(run)
    return [_problem(one, shapes.get(one.sheet, NO_SHAPE)) for one in ImportProblem.list_of(run.id, limit)]


def _problem(one: ImportProblem, shape: Shape) -> ShownProblem:
    value = personal.shown(one.value, shape.columns.get(one.column) in shape.hidden)
    return ShownProblem(one.sheet, one.row, one.column, value, one.message)


def shown_rows(run: ImportRun, rows: Sequence[ImportRow], visible: set[int] | None) -> list[ShownRow]:
    """Rows as a page lists them. `visible` are the firms this person may see, None for all: what Tidu knows of another
    firm is left out, what the file says of it stays. Two statements."""
    shapes = shapes_of(run)
    problems = import_rows.problems_of(rows)
    names = _names({row.firm_id for row in rows if row.firm_id})
    found = []
    for row in rows:
        wrong = problems.get((row.sheet, row.row), ())
        found.append(_shown(shapes.get(row.sheet, NO_SHAPE), row, names, visible, wrong, run.file_name))
    return found


def _names(firm_ids: set[int]) -> dict[int, str]:
    query = select(Firm.id, Firm.name).where(Firm.id.in_(firm_ids))
    return {firm_id: name for firm_id, name in db.session.execute(query)}  # noqa: C416


def _shown(
    shape: Shape,
    row: ImportRow,
    names: Mapping[int, str],
    visible: set[int] | None,
    problems: Iterable[ImportProblem],
    file_name: str,
) -> ShownRow:
    cells = json.loads(row.cells)
    places = shape.places_at(row.row)
    fields = {column: shape.label(key) for key, column in places.items()}
    shown = [
        Cell(letters(column), shape.header(column), fields.get(column, ""), shape.cell(cells, column))
        for column in range(max(len(cells), len(shape.headers)))
    ]
    name = places.get("name")
    open_to = visible is None or row.firm_id is None or row.firm_id in visible
    plan = json.loads(row.plan)
    return ShownRow(
        id=row.id,
        sheet=row.sheet.strip() or file_name,
        row=row.row,
        name=shape.cell(cells, name) if name is not None else "",
        how=row.how or "",
        reason=row.reason if open_to else NOT_YOURS,
        effect=row.effect,
        firm_id=row.firm_id if open_to else None,
        firm=names.get(row.firm_id or 0, "") if open_to else "",
        decision=row.decision,
        cells=[cell for cell in shown if cell.header or cell.value],
        changes=[tuple(change) for change in plan.get("changes", ())] if open_to else [],
        kept=[tuple(loser) for loser in plan.get("kept", ())] if open_to else [],
        problems=[_problem(problem, shape) for problem in problems if problem.column],
    )


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A row that has a problem: its number in the file, what is wrong, its cells and which are at fault, from 0."""

    row: int
    said: str
    cells: list[str]
    wrong: set[int]


@dataclass(frozen=True, slots=True)
class ProblemSheet:
    """The rows of one sheet that have a problem, under its header."""

    name: str
    headers: list[str]
    rows: Iterator[ProblemRow]


def problem_sheets(run: ImportRun) -> list[ProblemSheet]:
    """For the file of problem rows: the sheets that have any, cells as they stood, those of persons masked."""
    said: dict[str, dict[int, str]] = {}
    for (name, row), words in ImportProblem.of_rows(run.id).items():
        said.setdefault(name, {})[row] = words
    found = []
    for name, shape in shapes_of(run).items():
        if name in said:
            width = max(len(shape.headers), _width(run, name))
            headers = shape.headers + [""] * (width - len(shape.headers))
            rows = _problem_rows(run, name, shape, said[name], width)
            found.append(ProblemSheet(name.strip() or "有问题的行", headers, rows))
    return found


def _width(run: ImportRun, sheet: str) -> int:
    """How many cells the first row of a sheet has."""
    query = select(ImportRow.cells).where(ImportRow.import_id == run.id, ImportRow.sheet == sheet)
    return len(json.loads(db.session.scalar(query.order_by(ImportRow.id).limit(1)) or "[]"))


def _problem_rows(run: ImportRun, name: str, shape: Shape, said: Mapping[int, str], width: int) -> Iterator[ProblemRow]:
    numbers = sorted(said)
    for start in range(0, len(numbers), 500):
        chunk = numbers[start : start + 500]
        query = select(ImportRow).where(
            ImportRow.import_id == run.id, ImportRow.sheet == name, ImportRow.row.in_(chunk)
        )
        rows = list(db.session.scalars(query.order_by(ImportRow.row, ImportRow.id)))
        faults = import_rows.problems_of(rows)
        for row in rows:
            cells = json.loads(row.cells)
            named = (one.column for one in faults.get((row.sheet, row.row), ()) if one.column)
            wrong = {shape.columns[column] for column in named if column in shape.columns}
            yield ProblemRow(row.row, said[row.row], [shape.cell(cells, at) for at in range(width)], wrong)
