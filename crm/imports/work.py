"""Importing as it is run: at once from the command line, as two tasks from the page (read and plan; write)."""

import json
from datetime import date
from time import perf_counter
from typing import Any

from sqlalchemy import select

from crm.imports import apply, engine, mapping
from crm.imports import retry as retrying
from crm.imports import undo as undoing
from crm.imports.engine import Progress, quiet
from crm.imports.plan import EFFECTS, Options, Plan
from crm.imports.read import ImportRefused
from crm.imports.recognise import Unrecognised
from models import clock, file
from models.base import db
from models.change_log import Actor, acting
from models.errors import NotFound, Refused
from models.importing import ImportRun
from models.seed import seed_defaults
from models.task import Task, Work, enqueue, task_kind

#: How often a plan is made anew because others changed the database meanwhile.
TRIES = 3


@engine.no_collecting()
def run_file(
    data: bytes,
    file_name: str,
    options: Options,
    person_id: int | None = None,
    *,
    dry_run: bool = False,
    progress: Progress = quiet,
) -> dict[str, Any]:
    """The whole import of one file, committed; returns the report of contracts.md. With dry_run nothing is written and
    the report has no id. Raises ImportRefused."""
    began = perf_counter()
    seed_defaults()
    if dry_run:
        plan = engine.prepare(data, file_name, options, progress=progress)
        digest = engine.digest_of(data)
        db.session.rollback()
        return engine.report(plan, run_id=None, file_name=file_name, digest=digest, seconds=perf_counter() - began)
    run = begin(data, file_name, options, person_id)
    db.session.commit()
    run_id, digest = run.id, run.sha256
    try:
        plan = _written(run, data, progress)
    except ImportRefused as error:
        db.session.rollback()
        _refuse(run_id, error)
        raise
    seconds = perf_counter() - began
    retrying.retry(person_id, but=run_id, progress=progress)
    return engine.report(plan, run_id=run_id, file_name=file_name, digest=digest, seconds=seconds)


def begin(data: bytes, file_name: str, options: Options, person_id: int | None) -> ImportRun:
    """A new import with its file kept sealed; flushed, the caller commits."""
    run = engine.begin(data, file_name, options, person_id)
    kept = file.store(
        data,
        file_name,
        "application/octet-stream",
        owner_table="import_run",
        owner_id=run.id,
        at=clock.now(),
        person_id=person_id,
        sealed=True,
    )
    run.file_id = kept.id
    db.session.flush()
    return run


def upload(data: bytes, file_name: str, options: Options, person_id: int) -> tuple[ImportRun, Task]:
    """A new import and the task that reads and plans it; the caller commits."""
    run = begin(data, file_name, options, person_id)
    task = enqueue("import.plan", {"import_id": run.id}, person_id, clock.now())
    run.task_id = task.id
    return run, task


def set_date(run: ImportRun, on: date, confirm_notice: bool) -> None:
    """The day of a list that gives none itself, for the next plan, or for the rows of a written import that waited for
    it; the caller commits."""
    run.on_date = on
    kept = {key: value for key, value in json.loads(run.options).items() if key not in ("needs_date", "tried")}
    run.options = json.dumps(kept | {"confirm_notice": confirm_notice}, ensure_ascii=False)


def order_planning(run: ImportRun, person_id: int) -> Task:
    """The task that reads and plans an import again from the original that is kept; the caller commits. Raises
    Refused when the original is not kept any more."""
    if run.file_id is None:
        raise Refused("原件已经不在了，请重新传这个文件")
    task = enqueue("import.plan", {"import_id": run.id}, person_id, clock.now())
    run.state, run.task_id, run.message = "reading", task.id, ""
    return task


def order_planning_of_undated(person_id: int) -> int:
    """Have every planned import that waits for a date looked at again, as a batch may give it now; returns how many.
    The caller commits."""
    runs = db.session.scalars(select(ImportRun).where(ImportRun.state == "planned").order_by(ImportRun.id))
    undated = [run for run in runs if run.needs_date and run.file_id is not None]
    for run in undated:
        order_planning(run, person_id)
    return len(undated)


def order_dating(run: ImportRun, person_id: int) -> Task | None:
    """The task that looks at an import again once its date is known: plans it anew, or, when it is written, tries the
    rows that waited. The caller commits."""
    if run.state != "applied":
        return order_planning(run, person_id)
    db.session.flush()
    task = retrying.order(person_id)
    run.task_id = task.id if task is not None else run.task_id
    return task


def order_writing(run: ImportRun, person_id: int) -> Task:
    """The task that writes a planned import; the caller commits."""
    task = enqueue("import.apply", {"import_id": run.id}, person_id, clock.now())
    run.state, run.task_id, run.message = "applying", task.id, ""
    return task


@task_kind("import.plan", "读取名单")
@engine.no_collecting()
def plan_task(work: Work) -> dict[str, Any]:
    """Read and plan the file of an import; a file that cannot be imported ends the import, not the task."""
    run = _run_of(work)
    data = data_of(run)
    try:
        plan = engine.prepare(data, run.file_name, engine.options_of(run), engine.decisions_of(run), work.progress)
    except ImportRefused as error:
        db.session.rollback()
        _refuse(run.id, error)
        return {"refused": str(error)}
    engine.stage(run, plan, work.progress)
    return {effect: plan.counts[effect] for effect in EFFECTS}


@task_kind("import.apply", "写入名单")
@engine.no_collecting()
def apply_task(work: Work) -> dict[str, Any]:
    """Write a planned import. Where the database changed so that the rows would do something else than the page
    showed, nothing is written and the new plan is shown instead."""
    run = _run_of(work)
    if run.state == "applied":
        return dict(json.loads(run.counts))
    shown = json.loads(run.counts)
    data = data_of(run)
    for _ in range(TRIES):
        plan = engine.prepare(data, run.file_name, engine.options_of(run), engine.decisions_of(run), work.progress)
        counts = {effect: plan.counts[effect] for effect in EFFECTS}
        if list(plan.fingerprint) != json.loads(run.options).get("seen"):
            engine.stage(run, plan, work.progress)
        if counts != {effect: shown.get(effect, 0) for effect in EFFECTS}:
            run.message = "核对之后库里有了变化，请再看一遍再写入"
            db.session.commit()
            return counts
        work.progress(0, len(plan.rows), "写入")
        try:
            with acting(Actor("import", run.person_id, run.id)):
                apply.apply(run, plan)
                retrying.tried_now(run, plan)
                db.session.commit()
        except apply.Stale:
            db.session.rollback()
            continue
        retrying.retry(run.person_id, but=run.id, progress=work.progress)
        work.progress(len(plan.rows), len(plan.rows), "写好了")
        return counts
    run.state, run.message = "planned", "库里一直有别的改动，请过一会儿再写入"
    db.session.commit()
    return {}


def order_undo(run: ImportRun, person_id: int) -> Task:
    """The task that takes a written import back; one that waits or runs already is returned again. Raises Refused when
    there is nothing to take back. The caller commits."""
    undoing.check(run)
    task = db.session.get(Task, run.task_id) if run.task_id else None
    if task is None or task.kind != "import.undo" or task.ended:
        task = enqueue("import.undo", {"import_id": run.id}, person_id, clock.now())
        run.task_id = task.id
    return task


@task_kind("import.undo", "撤回导入")
def undo_task(work: Work) -> dict[str, Any]:
    """Take an import back for whoever ordered it. Safe to run again."""
    run = _run_of(work)
    if run.state != "undone":
        undoing.undo(run.id, work.person_id)
        db.session.commit()
    return {key: value for key, value in run.undoing.items() if key in ("restored", "removed", "left")}


@engine.no_collecting()
def write_now(import_id: int, progress: Progress = quiet) -> dict[str, Any]:
    """Plan an import by the database as it is now and write it, committed; returns its counts, or why it was
    refused."""
    run = db.session.get_one(ImportRun, import_id)
    try:
        _written(run, data_of(run), progress, ask=True)
    except ImportRefused as error:
        db.session.rollback()
        _refuse(import_id, error)
        return {"refused": str(error)}
    return dict(json.loads(run.counts))


def _written(run: ImportRun, data: bytes, progress: Progress, *, ask: bool = False) -> Plan:
    """Plan and write. With `ask`, an import whose rows turn out to need a date is left planned for a person."""
    decisions = engine.decisions_of(run)
    for left in reversed(range(TRIES)):
        plan = engine.prepare(data, run.file_name, engine.options_of(run), decisions, progress)
        engine.stage(run, plan, progress)
        if ask and run.needs_date:
            break
        progress(0, len(plan.rows), "写入")
        try:
            with acting(Actor("import", run.person_id, run.id)):
                apply.apply(run, plan)
                retrying.tried_now(run, plan)
                db.session.commit()
        except apply.Stale:
            db.session.rollback()
            if not left:
                raise
            continue
        break
    return plan


def _refuse(run_id: int, error: ImportRefused) -> None:
    run = db.session.get_one(ImportRun, run_id)
    run.state, run.message = "refused", str(error)
    if isinstance(error, Unrecognised):
        mapping.keep_looks(run, error.looks)
    db.session.commit()


def _run_of(work: Work) -> ImportRun:
    run = db.session.get(ImportRun, work.arguments["import_id"])
    if run is None:
        raise NotFound
    return run


def data_of(run: ImportRun) -> bytes:
    """The bytes of the file an import was begun with. Raises Damaged when they are gone."""
    kept = db.session.get(file.StoredFile, run.file_id)
    if kept is None:
        raise file.Damaged(f"文件打不开：{run.file_name}")
    return file.read(kept)
