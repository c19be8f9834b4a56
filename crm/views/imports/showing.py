"""One import: how far it is, what it would do or did, and the button that has it written."""

import json

from flask import g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.imports import mapping, preview, work
from crm.imports.kinds.all import KINDS
from crm.imports.state import fingerprint
from crm.views.imports.base import bp, is_busy, kind_names, labels_of, tasks_of, visible
from forms.base import ConfirmForm
from forms.imports import DateForm
from models import import_rows
from models.base import db
from models.errors import Refused
from models.import_mapping import ImportMapping
from models.importing import ImportProblem, ImportRow, ImportRun
from models.task import Task

Answer = Response | str | tuple[str, int]

#: So many changes and problems stand on the page itself; the rest behind a link.
SHOWN = 20
PROBLEMS_SHOWN = 8
UNREAD_SHOWN = 8
STEPS = ("传文件", "认列", "核对", "写入")
#: State → how many steps are done.
REACHED = {"reading": 1, "planned": 2, "applying": 3, "applied": 4, "refused": 1, "failed": 1, "undone": 4}


@bp.get("/<int:import_id>")
@needs("imports.run")
def show(import_id: int) -> str:
    """How far an import is, and what it would do or did."""
    run = ImportRun.get_for(g.user, import_id)
    return _page(run, DateForm(data={"on_date": mapping.day_in_titles(run)}))


def _page(run: ImportRun, form: DateForm) -> str:
    task = tasks_of([run]).get(run.id)
    reached = REACHED[run.state]
    steps = [(label, "done" if n < reached else "here" if n == reached else "") for n, label in enumerate(STEPS)]
    sheets = mapping.sheets_of(run)
    changed = ImportRow.list_of(run.id, ("updated",), 0, SHOWN) if run.has_rows else []
    changes = preview.changes_of(changed, visible(changed), SHOWN)
    return render_template(
        "imports/show.html",
        run=run,
        form=form,
        task=task,
        busy=is_busy(task),
        steps=steps,
        kind_names=kind_names(),
        sheets=sheets,
        titled={sheet.kind for sheet in sheets if sheet.kind in KINDS and KINDS[sheet.kind].title_type},
        labels=labels_of(sheet.kind for sheet in sheets if sheet.kind),
        learned=ImportMapping.by_ids({sheet.learned_id for sheet in sheets if sheet.learned_id is not None}),
        problems=preview.problems_of(run, PROBLEMS_SHOWN) if run.has_rows else [],
        problem_count=ImportProblem.count_of(run.id) if run.has_rows else 0,
        wrong=import_rows.kinds_of_problems(run, 6) if run.has_rows else [],
        changes=changes,
        in_titles=mapping.day_in_titles(run) if run.needs_date else None,
        unread=run.unread if run.has_rows else [],
        unread_shown=UNREAD_SHOWN,
        stale=_is_stale(run, task),
    )


def _is_stale(run: ImportRun, task: Task | None) -> bool:
    """Whether firms, titles or decisions have changed since the plan was made."""
    if run.state != "planned" or is_busy(task):
        return False
    kinds = {sheet["kind"] for sheet in json.loads(run.sheets) if sheet["kind"] in KINDS}
    return run.seen != fingerprint(tuple(sorted({name for kind in kinds for name in KINDS[kind].reads})))


@bp.post("/<int:import_id>/date")
@needs("imports.run")
def date(import_id: int) -> Answer:
    """Say what day a list is of that gives none itself; it is looked at again. Raises Refused while it is worked on."""
    run = ImportRun.get_for(g.user, import_id)
    form = DateForm()
    if not form.validate():
        return _page(run, form), 422
    if run.state not in ("planned", "applied") or is_busy(tasks_of([run]).get(run.id)):
        raise Refused("这个文件现在不能填日期，请刷新后再看")
    work.set_date(run, form.on_date.data, form.confirm_notice.data)
    work.order_dating(run, g.user.id)
    db.session.commit()
    return redirect(url_for(".show", import_id=run.id))


@bp.post("/<int:import_id>/apply")
@needs("imports.run")
def apply(import_id: int) -> Response:
    """Have a planned import written. Raises Refused when it is not planned."""
    run = ImportRun.get_for(g.user, import_id)
    if ConfirmForm().validate():
        if run.state != "planned" or is_busy(tasks_of([run]).get(run.id)):
            raise Refused("这个文件不在待写入的状态，请刷新后再看")
        work.order_writing(run, g.user.id)
        db.session.commit()
    return redirect(url_for(".show", import_id=run.id))


@bp.post("/<int:import_id>/plan")
@needs("imports.run")
def plan(import_id: int) -> Response:
    """Have an import looked at again: a planned one because the database has changed, one that was refused, failed or
    taken back from the original that is kept. Decisions stay. Raises Refused while it is worked on or written."""
    run = ImportRun.get_for(g.user, import_id)
    if ConfirmForm().validate():
        if run.state == "applied" or is_busy(tasks_of([run]).get(run.id)):
            raise Refused("这个文件现在不能重新核对，请刷新后再看")
        work.order_planning(run, g.user.id)
        db.session.commit()
    return redirect(url_for(".show", import_id=run.id))
