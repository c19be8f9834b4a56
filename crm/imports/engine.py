"""The stages in order, for the command line, the tasks and the pages alike."""

import gc
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, select

from crm.imports import clean, mapping, personal, read, recognise, titles, unread
from crm.imports.kinds import TITLE, title_list
from crm.imports.kinds.all import KINDS
from crm.imports.plan import EFFECTS, Options, Plan, RowPlan, as_json, make_plan
from crm.imports.read import ImportRefused
from crm.imports.recognise import Look, Table, Unrecognised
from models import bulk, clock
from models.base import db
from models.importing import ImportProblem, ImportRow, ImportRun

Progress = Callable[[int, int, str], None]
CHUNK = 2_000
MOST_CANDIDATES = 6


def quiet(done: int, total: int, message: str) -> None:
    """No progress is wanted."""


@contextmanager
def no_collecting() -> Iterator[None]:
    """Within the block Python does not look for cycles: an import makes millions of small objects that all stay, and
    looking through them again and again costs two fifths of its time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def prepare(
    data: bytes,
    file_name: str,
    options: Options,
    decisions: Mapping[tuple[str, int], str] | None = None,
    progress: Progress = quiet,
) -> Plan:
    """Read a file and plan what each row would do; writes nothing. Raises ImportRefused when no sheet can be imported;
    the sheets that cannot are in plan.refused."""
    if options.kind is not None and options.kind not in KINDS:
        what = options.kind.removeprefix(TITLE)
        missing = f"没有代号为“{what}”的资质，请先在“设置→资质类型”里加上" if what != options.kind else ""
        raise ImportRefused(missing or f"还不会导入“{what}”这种名单")
    progress(0, 0, "读文件")
    sheets = read.read(data, file_name)
    if options.sheet is not None:
        sheets = [sheet for sheet in sheets if sheet.name.strip() == options.sheet.strip()]
        if not sheets:
            raise ImportRefused(f"文件里没有叫“{options.sheet}”的表")
    tables: list[Table] = []
    refused: list[tuple[str, str]] = []
    looks: list[Look] = []
    known, more = mapping.known(), title_list.others()
    sheets = [half for whole in sheets for half in recognise.halves(whole)]
    for sheet in sheets:
        if sheet.hidden and options.sheet is None and sheet.name not in options.sheets:
            looks += _hidden(sheet, file_name)
            continue
        try:
            choice = options.sheets.get(sheet.name)
            table = recognise.recognise(sheet, file_name, options.kind, choice=choice, known=known, more=more)
        except ImportRefused as error:
            refused.append((sheet.name, str(error)))
            looks += error.looks if isinstance(error, Unrecognised) else []
            continue
        if table is not None:
            tables.append(table)
    if not tables:
        message = "文件里没有认得出的表，请选种类后再导（镇街、单位、人员的名册也要选）"
        raise Unrecognised(refused[0][1] if refused else message, looks)
    sheets.clear()
    plan = make_plan(tables, clean.clean, options, decisions or {}, progress)
    plan.refused, plan.looks = refused, looks
    if any(table.kind.derive is not None for table in plan.tables):
        plan.unread = unread.by_column(plan)
    return plan


def _hidden(sheet: read.Sheet, file_name: str) -> list[Look]:
    """What a sheet holds that the workbook hides: named on the page, read only when a person asks for it."""
    look = recognise.glance(sheet, file_name)
    return [replace(look, hidden=True)] if look is not None else []


def digest_of(data: bytes) -> str:
    """The hash a file is known by."""
    return sha256(data).hexdigest()


def begin(data: bytes, file_name: str, options: Options, person_id: int | None) -> ImportRun:
    """The row of a new import, added and flushed; the caller commits."""
    run = ImportRun(
        file_name=file_name[:200],
        sha256=digest_of(data),
        kind=options.kind,
        on_date=options.on,
        options=json.dumps(
            {"kind": options.kind, "sheet": options.sheet, "confirm_notice": options.confirm_notice}, ensure_ascii=False
        ),
        person_id=person_id,
        created_at=clock.now(),
        state="reading",
    )
    db.session.add(run)
    db.session.flush()
    return run


def options_of(run: ImportRun) -> Options:
    """What was asked for when the import was begun."""
    kept = json.loads(run.options)
    sheets = mapping.choices_of(run)
    return Options(kept.get("kind"), kept.get("sheet"), run.on_date, bool(kept.get("confirm_notice")), sheets)


def decisions_of(run: ImportRun) -> dict[tuple[str, int], str]:
    """What people said about rows of this import so far."""
    query = select(ImportRow.sheet, ImportRow.row, ImportRow.decision).where(
        ImportRow.import_id == run.id, ImportRow.decision.is_not(None)
    )
    return {
        (sheet, row): decision for sheet, row, decision in db.session.execute(query.order_by(ImportRow.id)) if decision
    }


def stage(run: ImportRun, plan: Plan, progress: Progress = quiet) -> None:
    """Keep every row with its raw cells and what it would do, in small commits of its own, and the plan's account in
    the run. What was staged before is replaced; decisions are kept. The plan lets go of the cells it has staged."""
    run_id = run.id
    kept = {
        (row.sheet, row.row): (row.decision, row.decided_by_id, row.decided_at)
        for row in db.session.scalars(
            select(ImportRow)
            .where(ImportRow.import_id == run_id, ImportRow.decision.is_not(None))
            .order_by(ImportRow.id)
        )
    }
    quietly = {"synchronize_session": False}
    db.session.execute(delete(ImportProblem).where(ImportProblem.import_id == run_id), execution_options=quietly)
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == run_id), execution_options=quietly)
    db.session.commit()
    total = len(plan.rows)
    persons = {table.sheet: personal_columns(table) for table in plan.tables}
    for start in range(0, total, CHUNK):
        chunk = plan.rows[start : start + CHUNK]
        bulk.put_dicts(db.metadata.tables["import_row"], [_staged(run_id, plan, one, kept, persons) for one in chunk])
        problems = [problem for one in chunk for problem in _problems(run_id, one)]
        bulk.put_dicts(db.metadata.tables["import_problem"], problems)
        db.session.commit()
        for one in chunk:
            one.row.cells = []
        progress(min(start + CHUNK, total), total, "存下原始行")
    run.kind = main_kind(plan)
    run.sheets = json.dumps([described(table) for table in plan.tables], ensure_ascii=False)
    run.counts = json.dumps({effect: plan.counts[effect] for effect in EFFECTS} | {"rows": total})
    run.message = "；".join(message for _, message in plan.refused)
    told = {"seen": list(plan.fingerprint), "needs_date": titles.needs_date(plan), "unread": plan.unread}
    run.options = json.dumps(json.loads(run.options) | told, ensure_ascii=False)
    mapping.note(run, plan.tables, plan.looks)
    run.state = "planned"
    db.session.commit()


def personal_columns(table: Table) -> frozenset[int]:
    """The columns of a table that speak of persons."""
    return personal.columns(table.kind, table.columns, table.headers)


def main_kind(plan: Plan) -> str:
    """The kind of most sheets, the first of equals."""
    kinds = [table.kind.key for table in plan.tables]
    return max(kinds, key=kinds.count)


def described(table: Table) -> dict[str, Any]:
    """A sheet as contracts.md prints it, with what a single row needs to be planned again."""
    facts = asdict(table.facts)
    facts["day"] = [table.facts.day.first.isoformat(), table.facts.day.precision] if table.facts.day else None
    return {
        "name": table.sheet,
        "kind": table.kind.key,
        "header_rows": table.header_rows,
        "columns": {
            key: (table.headers[column] if column < len(table.headers) else "") or mapping.letters(column)
            for key, column in table.columns.items()
        },
        "places": table.columns,
        "headers": table.headers,
        "facts": facts,
        "by": table.by,
        "learned_id": table.learned_id,
        "blocks": [[block.first, block.columns] for block in table.blocks],
    }


def _staged(
    run_id: int,
    plan: Plan,
    one: RowPlan,
    kept: Mapping[tuple[str, int], Any],
    persons: Mapping[str, frozenset[int]],
) -> dict[str, Any]:
    decision, decided_by_id, decided_at = kept.get((one.row.sheet, one.row.row), (None, None, None))
    return {
        "import_id": run_id,
        "sheet": one.row.sheet,
        "row": one.row.row,
        "cells": _CELLS.encode(personal.seal(one.row.cells, persons[one.row.sheet])),
        "effect": one.effect,
        "how": one.match.how,
        "score": one.match.score,
        "firm_id": one.firm_id if one.firm_id is not None and one.firm_id > 0 else None,
        "reason": one.reason,
        "plan": as_json(plan, one),
        "candidates": candidates_json(one),
        "decision": decision,
        "decided_by_id": decided_by_id,
        "decided_at": decided_at,
    }


def candidates_json(one: RowPlan) -> str:
    """The firms a row may mean, likeliest first, as a staged row keeps them."""
    kept = [[known.firm_id, known.likeness, known.why] for known in one.match.candidates[:MOST_CANDIDATES]]
    return json.dumps(kept, ensure_ascii=False) if kept else "[]"


def _cell(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


_CELLS = json.JSONEncoder(ensure_ascii=False, default=_cell)


def _problems(run_id: int, one: RowPlan) -> list[dict[str, Any]]:
    row = one.row
    where = {"import_id": run_id, "sheet": row.sheet, "row": row.row}
    found = [
        {**where, "column": problem.column[:200], "value": problem.value, "message": problem.message}
        for problem in row.problems
    ]
    if one.effect in ("held", "rejected"):
        found.append({**where, "column": "", "value": row.name, "message": one.reason})
    return found


def report(plan: Plan, *, run_id: int | None, file_name: str, digest: str, seconds: float) -> dict[str, Any]:
    """The import report of contracts.md."""
    counts = plan.counts
    return {
        "id": run_id,
        "file": file_name,
        "sha256": digest,
        "kind": main_kind(plan),
        "sheets": [
            {key: value for key, value in described(table).items() if key in ("name", "kind", "header_rows", "columns")}
            for table in plan.tables
        ],
        "rows": len(plan.rows),
        "created": counts["created"],
        "updated": counts["updated"],
        "unchanged": counts["unchanged"] + counts["skipped"],
        "held": counts["held"],
        "rejected": counts["rejected"],
        "problems": [
            {"sheet": sheet, "row": None, "column": "", "value": "", "message": message}
            for sheet, message in plan.refused
        ]
        + [
            {key: problem[key] for key in ("sheet", "row", "column", "value", "message")}
            for one in plan.rows
            for problem in _problems(0, one)
        ],
        "matches": [
            {
                "sheet": one.row.sheet,
                "row": one.row.row,
                "code": plan.code_of(one.firm_id),
                "how": one.match.how,
                "score": one.match.score,
            }
            for one in plan.rows
        ],
        "needs_date": titles.needs_date(plan),
        "unread": plan.unread,
        "seconds": round(seconds, 3),
    }
