"""What stays of an import: the report for machines, the original file, and both only for those who may."""

import json

from flask import Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirection

from crm import trail, web
from crm.access import needs
from crm.imports import account, undo, work
from crm.views.imports.base import bp, is_busy, page_of, tasks_of
from forms.base import ConfirmForm
from forms.imports import OriginalForm
from models.base import db
from models.errors import Refused
from models.file import Damaged
from models.firm import Firm
from models.importing import ImportRun

#: So many of what stays stand on a page.
PER_PAGE = 20

Answer = Response | str | tuple[str, int]


@bp.get("/<int:import_id>/report")
@needs("imports.run")
def report(import_id: int) -> Response:
    """The report of contracts.md as a JSON file."""
    run = ImportRun.get_for(g.user, import_id)
    text = json.dumps(account.report_of(run, Firm.visible_to(g.user)), ensure_ascii=False, indent=1)
    return web.download(text.encode(), f"导入报告_{run.id}.json", "application/json")


@bp.route("/<int:import_id>/original", methods=["GET", "POST"])
@needs("imports.run")
def original(import_id: int) -> Answer:
    """The file as it was given. It may hold names and phones of persons: opened with a reason, and noted."""
    run = ImportRun.get_for(g.user, import_id)
    form = OriginalForm()
    if form.validate_on_submit():
        if "contacts.reveal" not in g.user.permissions:
            raise Refused("原件里可能有联系人电话，您没有查看联系人电话的权限")
        try:
            data = work.data_of(run)
        except Damaged as error:
            raise Refused(f"{error}。保存期过后原件会清理，需要时请重新传") from error
        trail.note("import.original", subject="import_run", subject_id=run.id, detail={"reason": form.reason.data})
        db.session.commit()
        return web.download(data, run.file_name, "application/octet-stream")
    return render_template("imports/original.html", run=run, form=form), 422 if request.method == "POST" else 200


@bp.route("/<int:import_id>/undo", methods=["GET", "POST"])
@needs("imports.run")
def take_all_back(import_id: int) -> Answer | Redirection:
    """What taking an import back would restore, remove and leave, and why; asked once, then done by a task. Afterwards
    the page says what it did."""
    run = ImportRun.get_for(g.user, import_id)
    task = tasks_of([run]).get(run.id)
    if request.method == "POST" and ConfirmForm().validate():
        if is_busy(task):
            raise Refused("这个文件正在处理，请等它做完")
        work.order_undo(run, g.user.id)
        db.session.commit()
        flash("正在撤回，可以离开", "success")
        return redirect(url_for(".show", import_id=run.id))
    done = run.state == "undone"
    answer = run.undoing if done else undo.look(run)
    kept = answer.get("kept", [])
    number, pages = page_of(len(kept), PER_PAGE)
    return render_template(
        "imports/undo.html",
        run=run,
        done=done,
        busy=is_busy(task),
        restored=answer.get("restored", 0),
        removed=answer.get("removed", 0),
        left=answer.get("left", len(kept)),
        kept=account.told(g.user, kept[(number - 1) * PER_PAGE : number * PER_PAGE]),
        total=len(kept),
        number=number,
        pages=pages,
    )
