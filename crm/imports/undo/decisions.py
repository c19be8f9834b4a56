"""What people decided about rows of an import that is undone."""

from sqlalchemy import select

from crm.imports.match import spelling
from crm.imports.staged import row_of
from models.base import db
from models.importing import ImportRow, ImportRun, MatchDecision


def forgotten(run: ImportRun) -> set[str]:
    """The spellings whose remembered decision rests on rows of this import alone: they are forgotten with it."""
    mine = _said(run.id, select(ImportRow).where(ImportRow.import_id == run.id))
    if not mine:
        return set()
    firms = {str(firm_id) for _, firm_id in mine}
    others = (
        select(ImportRow)
        .join(ImportRun, ImportRun.id == ImportRow.import_id)
        .where(ImportRow.import_id != run.id, ImportRun.state != "undone", ImportRow.decision.in_(firms))
    )
    confirmed = _said(None, others)
    remembered = select(MatchDecision.match_key, MatchDecision.firm_id).where(
        MatchDecision.match_key.in_({key for key, _ in mine})
    )
    return {key for key, firm_id in db.session.execute(remembered) if (key, firm_id) in mine - confirmed}


def _said(import_id: int | None, query: object) -> set[tuple[str, int]]:
    """Spelling and firm of each decided row."""
    found: set[tuple[str, int]] = set()
    decided = query.where(ImportRow.decision.is_not(None)).order_by(ImportRow.id)  # type: ignore[attr-defined]
    runs: dict[int, ImportRun] = {}
    for row in db.session.scalars(decided):
        if row.decision and row.decision.isdigit():
            run = runs.setdefault(row.import_id, db.session.get_one(ImportRun, row.import_id))
            found.add((spelling(row_of(run, row)[1]), int(row.decision)))
    return found
