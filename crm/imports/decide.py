"""A person says which firm a held row means: the page and the command line call the same function."""

import json
from datetime import date

from sqlalchemy import func, select

from crm.imports import apply, clean, state
from crm.imports.engine import options_of
from crm.imports.kinds import Row
from crm.imports.kinds.all import KINDS
from crm.imports.match import Match, spelling
from crm.imports.places import Places
from crm.imports.plan import EFFECTS, NEW, SKIP, Plan, RowPlan, as_json, plan_rows
from crm.imports.recognise import Facts, Table
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.importing import ImportProblem, ImportRow, ImportRun, MatchDecision
from models.rules import uscc
from models.rules.dates import Day


def decide(run_id: int, sheet: str, row: int, choice: str, person_id: int | None) -> ImportRow:
    """Decide a held row: a code (or `id:` and a number, for a firm without one), `new` or `skip`. Other held rows of
    the import that write the name alike follow. Raises NotFound, or Refused when the row is not held or the firm is
    not there. The caller commits; nothing is written to firms before the import itself is applied."""
    apply.begin_writing()
    run = db.session.get(ImportRun, run_id)
    if run is None:
        raise NotFound
    staged = db.session.scalar(
        select(ImportRow).where(
            ImportRow.import_id == run_id, func.trim(ImportRow.sheet) == sheet.strip(), ImportRow.row == row
        )
    )
    if staged is None:
        raise NotFound
    if staged.effect != "held":
        raise Refused("这一行已经认过，或者不用认")
    decision = _decision(choice)
    plan = _plan(run, [staged], {(staged.sheet, staged.row): decision})
    one = plan.rows[0]
    if one.effect == "held":
        raise Refused(one.reason)
    _finish(run, plan, [staged], person_id)
    staged.decision, staged.decided_by_id, staged.decided_at = decision, person_id, clock.now()
    if decision not in (NEW, SKIP):
        _remember(one.row, int(decision), person_id)
        _others(run, one.row, person_id)
    _count(run)
    db.session.flush()
    return staged


def held_rows(run_id: int | None = None) -> list[ImportRow]:
    """Rows that wait for a person, of one import or of all that are not undone; by import and row."""
    query = select(ImportRow).join(ImportRun, ImportRun.id == ImportRow.import_id)
    query = query.where(ImportRow.effect == "held", ImportRun.state.in_(("planned", "applied")))
    if run_id is not None:
        query = query.where(ImportRow.import_id == run_id)
    return list(db.session.scalars(query.order_by(ImportRow.import_id, ImportRow.id)))


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
    )
    kept = json.loads(staged.plan)
    cells = json.loads(staged.cells)
    return table, clean.Cleaner(table).row(staged.row, cells, kept.get("batch", ""), _day(kept.get("batch_on")))


def _day(kept: list[str] | None) -> Day | None:
    return Day(date.fromisoformat(kept[0]), kept[1]) if kept else None


def _decision(choice: str) -> str:
    """What is kept: new, skip, or the id of the firm."""
    choice = choice.strip()
    if choice in (NEW, SKIP):
        return choice
    if choice.startswith("id:") and choice[3:].isdigit():
        return choice[3:]
    firm_id = state.find_firm(choice)
    if firm_id is None:
        shown = uscc.normalise(choice)
        raise Refused(f"册里没有信用代码或注册号为“{shown}”的企业，请核对，或选新建一家")
    return str(firm_id)


def _plan(run: ImportRun, staged: list[ImportRow], decisions: dict[tuple[str, int], str]) -> Plan:
    """The plan of some rows of an import alone."""
    plan = Plan(state.load_index(), Places.load(), options_of(run), decisions)
    for one in staged:
        table, row = row_of(run, one)
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


def _finish(run: ImportRun, plan: Plan, staged: list[ImportRow], person_id: int | None) -> None:
    """Write decided rows when their import is applied already, and say what became of each."""
    applied = run.state == "applied"
    if applied:
        db.session.flush()
        apply.write_more(run, plan, person_id)
    for row, one in zip(staged, plan.rows, strict=True):
        row.effect, row.how, row.score, row.reason = one.effect, one.match.how, one.match.score, one.reason
        row.plan, row.candidates = as_json(plan, one), row.candidates if one.effect == "held" else "[]"
        if one.firm_id is not None and one.firm_id > 0:
            row.firm_id = one.firm_id
        _drop_problem(run, row)


def _drop_problem(run: ImportRun, row: ImportRow) -> None:
    for problem in db.session.scalars(
        select(ImportProblem).where(
            ImportProblem.import_id == run.id,
            ImportProblem.sheet == row.sheet,
            ImportProblem.row == row.row,
            ImportProblem.column == "",
        )
    ):
        if row.effect != "held":
            db.session.delete(problem)


def _remember(row: Row, firm_id: int, person_id: int | None) -> None:
    """The next file that writes the name so is matched without asking."""
    key = spelling(row)
    if not row.name or len(key) > 200:
        return
    known = db.session.scalar(select(MatchDecision).where(MatchDecision.match_key == key))
    if known is None:
        known = MatchDecision(match_key=key)
        db.session.add(known)
    known.firm_id, known.decided_by_id, known.decided_at = firm_id, person_id, clock.now()
    db.session.flush()


def _others(run: ImportRun, row: Row, person_id: int | None) -> None:
    """Held rows of the same import that write the name alike are tried again, and written when they are certain now."""
    key = spelling(row)
    waiting = [other for other in held_rows(run.id) if spelling(row_of(run, other)[1]) == key]
    if not key or not waiting:
        return
    plan = _plan(run, waiting, {})
    certain = [place for place, one in enumerate(plan.rows) if one.effect != "held"]
    if not certain:
        return
    plan.rows = [plan.rows[place] for place in certain]
    _finish(run, plan, [waiting[place] for place in certain], person_id)


def _count(run: ImportRun) -> None:
    """Counts of the run as its rows now are."""
    query = select(ImportRow.effect, func.count()).where(ImportRow.import_id == run.id).group_by(ImportRow.effect)
    found = {effect: number for effect, number in db.session.execute(query)}  # noqa: C416
    counts = {effect: found.get(effect, 0) for effect in EFFECTS}
    run.counts = json.dumps(counts | {"rows": sum(counts.values())})
