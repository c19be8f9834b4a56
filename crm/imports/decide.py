"""A person says which firm a held row means: the page and the command line call the same function."""

from sqlalchemy import func, select

from crm.imports import apply, state
from crm.imports.kinds import Row
from crm.imports.match import spelling
from crm.imports.plan import NEW, SKIP
from crm.imports.staged import count, finish, plan_staged, row_of
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.importing import ImportRow, ImportRun, MatchDecision
from models.rules import uscc


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
    if run.state == "undone":
        raise Refused("这次导入已经撤回，不用再认")
    if staged.effect != "held":
        raise Refused("这一行已经认过，或者不用认")
    decision = _decision(choice)
    plan = plan_staged(run, [staged], {(staged.sheet, staged.row): decision})
    one = plan.rows[0]
    if one.effect == "held":
        raise Refused(one.reason)
    finish(run, plan, [staged], person_id)
    staged.decision, staged.decided_by_id, staged.decided_at = decision, person_id, clock.now()
    if decision not in (NEW, SKIP):
        _remember(one.row, int(decision), person_id)
        _others(run, one.row, person_id)
    count(run)
    db.session.flush()
    return staged


def held_rows(run_id: int | None = None) -> list[ImportRow]:
    """Rows that wait for a person, of one import or of all that are not undone; by import and row."""
    query = select(ImportRow).join(ImportRun, ImportRun.id == ImportRow.import_id)
    query = query.where(ImportRow.effect == "held", ImportRun.state.in_(("planned", "applied")))
    if run_id is not None:
        query = query.where(ImportRow.import_id == run_id)
    return list(db.session.scalars(query.order_by(ImportRow.import_id, ImportRow.id)))


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
    plan = plan_staged(run, waiting, {})
    certain = [place for place, one in enumerate(plan.rows) if one.effect != "held"]
    if not certain:
        return
    plan.rows = [plan.rows[place] for place in certain]
    finish(run, plan, [waiting[place] for place in certain], person_id)
