"""Rows that were staged, planned and written again: one by one for a person, or all that wait."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select

from crm.imports import apply, clean, personal
from crm.imports.engine import options_of
from crm.imports.index import Index
from crm.imports.kinds import Row
from crm.imports.kinds.all import KINDS
from crm.imports.match import Match
from crm.imports.places import Places
from crm.imports.plan import EFFECTS, Plan, RowPlan, as_json, plan_rows
from crm.imports.recognise import Block, Facts, Table
from models.base import db
from models.errors import Refused
from models.importing import ImportProblem, ImportRow, ImportRun
from models.rules.dates import Day


def row_of(run: ImportRun, staged: ImportRow) -> tuple[Table, Row]:
    """A staged row as it was read, with the table it stood in."""
    described = next(sheet for sheet in json.loads(run.sheets) if sheet["name"] == staged.sheet)
    facts = dict(described["facts"])
    facts["day"] = _day(facts["day"])
    table = Table(
        sheet=staged.sheet,
        kind=KINDS[described["kind"]],
        rows=[],
        header_rows=described["header_rows"],
        headers=described["headers"],
        columns=described["places"],
        facts=Facts(**facts),
        first=0,
        blocks=[Block(first, columns) for first, columns in described.get("blocks", [])],
    )
    kept = json.loads(staged.plan)
    cells = personal.unseal(json.loads(staged.cells))
    return table, clean.Cleaner(table).row(staged.row, cells, kept.get("batch", ""), _day(kept.get("batch_on")))


def _day(kept: list[str] | None) -> Day | None:
    return Day(date.fromisoformat(kept[0]), kept[1]) if kept else None


def plan_staged(
    run: ImportRun,
    staged: Sequence[ImportRow],
    decisions: Mapping[tuple[str, int], str],
    looked: tuple[Index, Places] | None = None,
) -> Plan:
    """The plan of some rows of an import alone; `looked` spares reading every firm again."""
    tables = [row_of(run, one) for one in staged]
    plan = Plan(options_of(run), decisions, [table.kind for table, _ in tables], looked)
    for table, row in tables:
        if table.sheet not in {known.sheet for known in plan.tables}:
            plan.tables.append(table)
        plan.rows.append(RowPlan(row, Match("none"), table.kind))
    for decision in decisions.values():
        if decision.isdigit() and int(decision) not in plan.index.firms:
            raise Refused("没有这家企业，可能已经合并到别的企业，请重新选")
    plan.match_rows(plan.rows)
    plan.load()
    plan_rows(plan, plan.rows)
    return plan


def finish(run: ImportRun, plan: Plan, staged: Sequence[ImportRow], person_id: int | None) -> None:
    """Write rows when their import is applied already, and say what became of each."""
    if run.state == "applied":
        db.session.flush()
        apply.write_more(run, plan, person_id, {(row.sheet, row.row): row.id for row in staged})
    for row, one in zip(staged, plan.rows, strict=True):
        row.effect, row.how, row.score, row.reason = one.effect, one.match.how, one.match.score, one.reason
        row.plan, row.candidates = as_json(plan, one), row.candidates if one.effect == "held" else "[]"
        if one.firm_id is not None and one.firm_id > 0:
            row.firm_id = one.firm_id
    _drop_problems(run, {(row.sheet, row.row) for row in staged if row.effect != "held"})


def _drop_problems(run: ImportRun, places: set[tuple[str, int]]) -> None:
    """What was said of these rows as a whole is no longer so."""
    said = select(ImportProblem).where(ImportProblem.import_id == run.id, ImportProblem.column == "")
    if len(places) == 1:
        (sheet, row), *_ = places
        said = said.where(ImportProblem.sheet == sheet, ImportProblem.row == row)
    for problem in db.session.scalars(said):
        if (problem.sheet, problem.row) in places:
            db.session.delete(problem)


def count(run: ImportRun) -> None:
    """Counts of the run as its rows now are."""
    query = select(ImportRow.effect, func.count()).where(ImportRow.import_id == run.id).group_by(ImportRow.effect)
    found = {effect: number for effect, number in db.session.execute(query)}  # noqa: C416
    counts = {effect: found.get(effect, 0) for effect in EFFECTS}
    run.counts = json.dumps(counts | {"rows": sum(counts.values())})
