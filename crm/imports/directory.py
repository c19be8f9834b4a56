"""Lists of areas, units and people: small files that whoever keeps the bureau's own directory brings in at once.

What a row does is the same act as on the pages, done within a transaction: a preview does it and takes it back, so that
it cannot promise anything else than what is written.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from time import perf_counter
from typing import Any

from sqlalchemy import delete, insert

from crm.imports import propose, read
from crm.imports.engine import begin, digest_of
from crm.imports.kinds import Field, plain_text
from crm.imports.personal import without_mobiles
from crm.imports.plan import Options
from crm.imports.read import ImportRefused, Sheet
from crm.imports.writer import next_ids
from models import audit_log, change_log, clock
from models.base import db
from models.change_log import Actor, acting
from models.claim import begin_writing
from models.errors import Refused
from models.importing import ImportProblem, ImportRow, ImportRun
from models.user import User

#: Headers stand within so many rows of the top.
HEAD = 20
EFFECTS = ("created", "updated", "unchanged", "rejected")


@dataclass(slots=True)
class Line:
    """One row of a list and what became of it."""

    sheet: str
    row: int
    cells: list[Any]
    values: dict[str, str]
    effect: str = "unchanged"
    reason: str = ""
    #: What the row is known by: a code or an address.
    code: str = ""
    how: str = "none"
    #: Label, old, new of each change.
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    #: Column and message of what was left out; the row itself went in.
    notes: list[tuple[str, str]] = field(default_factory=list)
    #: A first password, for handing over once.
    secret: str = ""
    #: The number of its import row, taken beforehand: the change log names it, so that undo finds what it did.
    row_id: int | None = None

    def change(self, label: str, old: Any, new: Any) -> bool:
        """Note that a value goes from old to new; True when it does."""
        if (old or "") == (new or ""):
            return False
        self.changes.append((label, str(old or ""), str(new or "")))
        return True


@dataclass(slots=True)
class Act:
    """Under which circumstances rows are written."""

    at: datetime
    on: date
    #: Whether roles take effect: from the command line. From the page they are proposed.
    grant: bool
    #: Whether this is the real thing: a preview makes no passwords.
    real: bool


@dataclass(frozen=True, slots=True)
class DirectoryKind:
    """One kind of list: its columns, and what a row does. `first` is done for every row before `then` for any: a row
    may speak of one further down."""

    key: str
    name: str
    fields: tuple[Field, ...]
    needs: tuple[str, ...]
    #: One of each group must stand in the header too, for a file whose kind nobody named.
    marks: tuple[tuple[str, ...], ...]
    first: Callable[[Line, Act], None]
    then: Callable[[Line, Act], None]


@dataclass(slots=True)
class Outcome:
    """What a whole file did, or would do."""

    kind: DirectoryKind
    lines: list[Line]
    sheets: list[dict[str, Any]]

    @property
    def counts(self) -> Counter[str]:
        """Rows by effect."""
        return Counter(line.effect for line in self.lines)


def kind_of(data: bytes, file_name: str, wanted: str | None) -> DirectoryKind | None:
    """The kind asked for, or the one whose needed columns all stand in the header; None for any other list."""
    from crm.imports.kinds.directory import KINDS

    if wanted is not None:
        return KINDS.get(wanted)
    try:
        sheets = read.read(data, file_name)
    except ImportRefused:
        return None
    for kind in KINDS.values():
        for found in (_header(sheet, kind) for sheet in sheets):
            if found is not None and all(any(key in found[1] for key in group) for group in kind.marks):
                return kind
    return None


def perform(data: bytes, file_name: str, kind: DirectoryKind, act: Act) -> Outcome:
    """Do what every row says, flushed but not committed. Raises ImportRefused when no sheet has the needed columns.

    A row that cannot be is rejected with its reason, and leaves nothing behind; the others go in.
    """
    sheets = read.read(data, file_name)
    begin_writing()
    barred: dict[tuple[str, int], str] = {}
    while True:
        lines, described = _lines(sheets, kind)
        ids = next_ids("import_row", len(lines)) if act.real else [None] * len(lines)
        for line, row_id in zip(lines, ids, strict=True):
            line.row_id = row_id
            if reason := barred.get((line.sheet, line.row)):
                line.effect, line.reason = "rejected", reason
        whole = db.session.begin_nested()
        late = _steps(lines, kind, act)
        if not late:
            whole.commit()
            break
        # A row made first and refused then is gone again, and whatever leaned on it must be asked anew.
        whole.rollback()
        barred |= {(line.sheet, line.row): line.reason for line in late}
    for line in lines:
        if line.effect == "unchanged" and line.changes:
            line.effect = "updated"
    return Outcome(kind, lines, described)


def _steps(lines: list[Line], kind: DirectoryKind, act: Act) -> list[Line]:
    """Do both steps of every row; returns the rows that the second refused after the first had made something."""
    late = []
    for step in (kind.first, kind.then):
        for line in lines:
            if line.effect == "rejected":
                continue
            actor = db.session().info.get("actor") or Actor("import")
            try:
                with db.session.begin_nested(), acting(replace(actor, source="import", source_id=line.row_id)):
                    step(line, act)
                    db.session.flush()
            except Refused as error:
                if step is kind.then and (line.effect == "created" or line.changes):
                    late.append(line)
                line.effect, line.reason, line.changes = "rejected", str(error), []
    return late


def run_file(
    data: bytes, file_name: str, options: Options, kind: DirectoryKind, act: Act, person: User | None, dry_run: bool
) -> tuple[dict[str, Any], list[Line]]:
    """The whole import, flushed; with `dry_run` taken back. Returns the report of contracts.md and the lines, whose
    first passwords the caller hands over once. The caller commits."""
    began = perf_counter()
    outcome = perform(data, file_name, kind, act)
    run_id = None
    if dry_run:
        db.session.rollback()
    else:
        run = begin(data, file_name, options, person.id if person else None)
        keep(run, outcome, act.at)
        _note(run, outcome, act, person)
        run_id = run.id
    return _report(outcome, run_id, file_name, digest_of(data), perf_counter() - began), outcome.lines


def write(run: ImportRun, data: bytes, kind: DirectoryKind, act: Act, person: User) -> list[Line]:
    """Do what the file of a planned import says, flushed; returns the lines with their first passwords. The caller
    commits."""
    outcome = perform(data, run.file_name, kind, act)
    for table in (ImportProblem, ImportRow):
        db.session.execute(delete(table).where(table.import_id == run.id))
    keep(run, outcome, act.at)
    _note(run, outcome, act, person)
    return outcome.lines


def _note(run: ImportRun, outcome: Outcome, act: Act, person: User | None) -> None:
    detail = {"kind": outcome.kind.name, "file": run.file_name, "rows": len(outcome.lines)}
    audit_log.note("import.run", person, at=act.at, subject="import_run", subject_id=run.id, detail=detail)


def keep(run: ImportRun, outcome: Outcome, at: datetime) -> None:
    """Keep every row of a list that was written, with what it did; personal cells are masked."""
    run.kind, run.state, run.applied_at = outcome.kind.key, "applied", at
    run.sheets = json.dumps(outcome.sheets, ensure_ascii=False)
    run.counts = json.dumps({key: outcome.counts[key] for key in EFFECTS} | {"rows": len(outcome.lines)})
    rows = [
        {
            **({"id": line.row_id} if line.row_id else {}),
            "import_id": run.id,
            "sheet": line.sheet,
            "row": line.row,
            "cells": json.dumps([_masked(cell) for cell in line.cells], ensure_ascii=False, default=str),
            "effect": line.effect,
            "how": line.how,
            "reason": _masked(line.reason),
            "plan": json.dumps({"changes": [[label, _masked(old), _masked(new)] for label, old, new in line.changes]},
                               ensure_ascii=False),
        }
        for line in outcome.lines
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(ImportRow.__table__), rows)  # type: ignore[arg-type]
    problems = [
        {"import_id": run.id, "sheet": line.sheet, "row": line.row, **problem}
        for line in outcome.lines
        for problem in _problems(line)
    ]
    if problems:
        db.session.execute(insert(ImportProblem.__table__), problems)  # type: ignore[arg-type]
    if outcome.kind.key == "areas" and outcome.counts["created"] + outcome.counts["updated"]:
        # The register may have come first: its firms would stay without an area, and whoever keeps the tree may not
        # be somebody who may see or place firms.
        propose.order_for_new_areas(run.person_id)


def note_pairs(table: str, first: int, column: str, before: Iterable[int], after: Iterable[int]) -> None:
    """Write into the change log which rows without a number came and went: the session's log knows only rows with."""
    actor = db.session().info.get("actor") or Actor("import")
    entry = {
        "at": clock.now(), "table_name": table, "row_id": first, "firm_id": None, "field": column,
        "source": actor.source, "source_id": actor.source_id, "person_id": actor.person_id,
    }  # fmt: skip
    went, came = set(before), set(after)
    gone = [entry | {"act": "deleted", "old": str(one), "new": None} for one in sorted(went - came)]
    change_log.write(gone + [entry | {"act": "created", "old": None, "new": str(one)} for one in sorted(came - went)])


def parts(text: str) -> list[str]:
    """The names in a cell that holds several: 青禾街道、石桥镇."""
    return [part.strip() for part in re.split(r"[、,，;；/|\n]+|\s{2,}", text) if part.strip()]


def _lines(sheets: list[Sheet], kind: DirectoryKind) -> tuple[list[Line], list[dict[str, Any]]]:
    lines: list[Line] = []
    described: list[dict[str, Any]] = []
    for sheet in sheets:
        found = None if sheet.hidden else _header(sheet, kind)
        if found is None:
            continue
        top, columns = found
        header = [plain_text(cell) for cell in sheet.rows[top]]
        described.append({"name": sheet.name, "kind": kind.key, "header_rows": [top + 1],
                          "columns": {key: header[column] for key, column in columns.items()}})  # fmt: skip
        for index, cells in enumerate(sheet.rows[top + 1 :], top + 2):
            values = {key: plain_text(cells[column]) if column < len(cells) else "" for key, column in columns.items()}
            if any(values.values()):
                lines.append(Line(sheet.name, index, list(cells), values))
    if not lines:
        labels = "、".join(known.label for known in kind.fields if known.key in kind.needs)
        raise ImportRefused(f"找不到{labels}这几列，不能按“{kind.name}”导入")
    return lines, described


def _header(sheet: Sheet, kind: DirectoryKind) -> tuple[int, dict[str, int]] | None:
    """The header row (counted from 0) and field → column; None when a needed column is missing."""
    for top, row in enumerate(sheet.rows[:HEAD]):
        columns: dict[str, int] = {}
        for column, cell in enumerate(row):
            word = re.sub(r"[\s*（）()：:]+|必填|选填", "", plain_text(cell))
            known = next((one for one in kind.fields if one.key not in columns and re.fullmatch(one.words, word)), None)
            if word and known is not None:
                columns[known.key] = column
        if all(key in columns for key in kind.needs):
            return top, columns
    return None


def _problems(line: Line) -> list[dict[str, str]]:
    found = [{"column": column, "value": "", "message": message} for column, message in line.notes]
    if line.effect == "rejected":
        found.append({"column": "", "value": line.values.get("name", ""), "message": _masked(line.reason)})
    return found


def _masked(cell: Any) -> Any:
    """A cell without the middle of a mobile number."""
    return without_mobiles(plain_text(cell)) if cell else cell


def _report(outcome: Outcome, run_id: int | None, file_name: str, digest: str, seconds: float) -> dict[str, Any]:
    counts = outcome.counts
    return {
        "id": run_id,
        "file": file_name,
        "sha256": digest,
        "kind": outcome.kind.key,
        "sheets": outcome.sheets,
        "rows": len(outcome.lines),
        "created": counts["created"],
        "updated": counts["updated"],
        "unchanged": counts["unchanged"],
        "held": 0,
        "rejected": counts["rejected"],
        "problems": [
            {"sheet": line.sheet, "row": line.row, **problem} for line in outcome.lines for problem in _problems(line)
        ],
        "matches": [
            {"sheet": line.sheet, "row": line.row, "code": line.code or None, "how": line.how, "score": 1.0}
            for line in outcome.lines
        ],
        "seconds": round(seconds, 3),
    }
