"""A decision about a held row is taken back, before it was written and after."""

from sqlalchemy import select

from crm.imports import apply
from crm.imports.engine import candidates_json
from crm.imports.match import Candidate, spelling
from crm.imports.plan import as_json
from crm.imports.staged import count, plan_staged, row_of
from crm.imports.undo.carry import carry_out
from crm.imports.undo.judge import judge
from crm.imports.undo.trace import trace
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.importing import ImportProblem, ImportRow, ImportRun, MatchDecision


def take_back(run_id: int, row_id: int, person_id: int | None) -> ImportRow:
    """Take back what a person said of a row: it waits again, and with it the rows of the import that followed the
    decision; the decision is not remembered any more, and what the rows wrote is undone. Raises NotFound, or Refused
    when nobody decided the row, or when something leans on what it wrote. The caller commits."""
    apply.begin_writing()
    run = db.session.get(ImportRun, run_id)
    staged = db.session.scalar(select(ImportRow).where(ImportRow.id == row_id, ImportRow.import_id == run_id))
    if run is None or staged is None:
        raise NotFound
    if staged.decision is None or run.state not in ("planned", "applied"):
        raise Refused("这一行没有人认过，或者整个文件已经撤回")
    key = spelling(row_of(run, staged)[1])
    rows = [staged]
    if staged.decision.isdigit() and key:
        rows += [other for other in _followers(run) if spelling(row_of(run, other)[1]) == key]
        known = db.session.scalar(select(MatchDecision).where(MatchDecision.match_key == key))
        if known is not None and known.firm_id == int(staged.decision):
            db.session.delete(known)
    if run.state == "applied":
        _unwrite(run, rows, person_id)
    staged.decision = staged.decided_by_id = staged.decided_at = None
    db.session.flush()
    _hold_again(run, rows)
    count(run)
    db.session.flush()
    return staged


def _unwrite(run: ImportRun, rows: list[ImportRow], person_id: int | None) -> None:
    """Undo what rows of a written import did: all of it, or nothing."""
    verdict = judge(trace(run, row_ids=[row.id for row in rows]))
    if verdict.kept:
        raise Refused(f"这一行写入的内容撤不回来：{verdict.kept[0].reason}")
    carry_out(verdict, person_id, clock.now())


def _followers(run: ImportRun) -> list[ImportRow]:
    """Rows of an import that were matched by what a person had said of a name, not decided themselves."""
    query = select(ImportRow).where(
        ImportRow.import_id == run.id, ImportRow.how == "chosen", ImportRow.decision.is_(None)
    )
    return list(db.session.scalars(query.order_by(ImportRow.id)))


def _hold_again(run: ImportRun, rows: list[ImportRow]) -> None:
    """Put rows back among those that wait, with their candidates looked for anew; nothing is written."""
    plan = plan_staged(run, rows, {})
    for row, one in zip(rows, plan.rows, strict=True):
        if one.effect != "held":
            firm_id = one.firm_id if one.firm_id is not None and one.firm_id > 0 else None
            one.hold("撤销了认领，请再认一次", [Candidate(firm_id, 100, "原来认作这家")] if firm_id else ())
        row.effect, row.how, row.score, row.reason, row.firm_id = "held", "none", 0.0, one.reason, None
        row.plan = as_json(plan, one)
        row.candidates = candidates_json(one)
        where = {"import_id": run.id, "sheet": row.sheet, "row": row.row}
        db.session.add(ImportProblem(**where, column="", value=one.row.name, message=one.reason))
