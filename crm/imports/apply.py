"""Stage 6: the plan is written by set statements in one short transaction; the rows were staged before."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import func, select, text

from crm.imports import state
from crm.imports.drafts import Drafts, Staged, prepare
from crm.imports.plan import EFFECTS, Plan
from crm.imports.writer import Writer
from models import audit_log, claim, clock, standing
from models.assessment import stale
from models.base import db
from models.errors import Conflict
from models.firm import search
from models.importing import ImportRow, ImportRun
from models.user import User

#: One import writes at a time on PostgreSQL; SQLite has one writer anyway. The number only has to be this one's own.
LOCK = 7_203_114
#: KiB of pages that SQLite may keep while an import is written or taken back.
ROOM = 65_536


class Stale(Conflict):
    """Something changed since the plan was made; it must be made anew."""


def apply(run: ImportRun, plan: Plan, *, address: str = "") -> dict[str, int]:
    """Write what the plan says and return its counts; the caller commits. Raises Stale when firms, titles or decisions
    changed since the plan was made, with nothing written."""
    at = write(run, plan, run.person_id)
    counts = {effect: plan.counts[effect] for effect in EFFECTS}
    run.state, run.applied_at = "applied", at
    run.counts = json.dumps(counts | {"rows": len(plan.rows)})
    audit_log.note(
        "import.run",
        db.session.get(User, run.person_id) if run.person_id else None,
        at=at,
        address=address,
        subject="import_run",
        subject_id=run.id,
        detail={"file": run.file_name, "kind": "、".join(sorted({one.kind.name for one in plan.rows})), **counts},
    )
    return counts


def write(run: ImportRun, plan: Plan, person_id: int | None) -> datetime:
    """Write the firms, names, areas, fields and titles of a plan in one transaction, begun here, and return its
    moment. Whatever can be made ready before it begins is. Raises Stale."""
    run_id = run.id
    db.session.rollback()
    staged = _staged(run_id)
    db.session.rollback()
    drafts = prepare(plan, staged)
    begin_writing()
    with roomy():
        if state.fingerprint(plan.reads) != plan.fingerprint or not _same_rows(run_id, staged):
            raise Stale("核对之后库里有了变化，请重新核对")
        return _write(db.session.get_one(ImportRun, run_id), plan, person_id, drafts, staged)


def write_more(run: ImportRun, plan: Plan, person_id: int | None, staged: Staged) -> datetime:
    """Write some rows of an applied import within the caller's transaction; `staged` are the numbers of all of them."""
    return _write(run, plan, person_id, Drafts(plan, staged), staged)


def _staged(run_id: int) -> Staged:
    rows = select(ImportRow.sheet, ImportRow.row, ImportRow.id).where(ImportRow.import_id == run_id)
    return {(sheet, row): row_id for sheet, row, row_id in db.session.execute(rows)}


def _same_rows(run_id: int, staged: Staged) -> bool:
    """Whether the rows of an import are still those that were staged."""
    count, last = func.count(), func.max(ImportRow.id)
    now = db.session.execute(select(count, last).where(ImportRow.import_id == run_id)).one()
    return tuple(now) == (len(staged), max(staged.values(), default=None))


def _write(run: ImportRun, plan: Plan, person_id: int | None, drafts: Drafts, staged: Staged) -> datetime:
    writer = Writer(run, plan, clock.now(), staged, person_id)
    writer.make_firms(drafts)
    writer.make_names()
    writer.make_places()
    writer.number_rows()
    # Before rows are made: where one may be open at a time, the old one has to end first.
    writer.change_fields()
    writer.make_rows()
    writer.change_fields(pointing=True)
    writer.log()
    writer.point_rows_at_new_firms()
    standing.refresh(writer.touched)
    stale.mark_touched(writer.reassess, writer.rights)
    search.refresh(writer.renamed)
    return writer.at


def begin_writing() -> None:
    """Begin the transaction so that no other import writes until it ends."""
    claim.begin_writing()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


@contextmanager
def roomy() -> Iterator[None]:
    """Within the block SQLite may keep many pages in memory: rows by the thousand go into indexes all over the file,
    and pages read and written again and again are most of the time that other writers wait."""
    if db.engine.dialect.name != "sqlite":
        yield
        return
    before = db.session.scalar(text("PRAGMA cache_size"))
    db.session.execute(text(f"PRAGMA cache_size = -{ROOM}"))
    try:
        yield
    finally:
        db.session.execute(text(f"PRAGMA cache_size = {before}"))
