"""Files dropped in: each becomes an import of its own; those dropped together are shown, and written, together."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from crm.access import needs
from crm.imports import directory, drop, work
from crm.imports.plan import Options
from crm.imports.read import MOST_BYTES
from crm.views.imports.base import bp, is_busy, kind_names, page_of, tasks_of
from forms.base import ConfirmForm
from forms.imports import UploadForm
from models import import_rows
from models.base import db
from models.errors import Refused
from models.importing import ImportRun
from models.task import Task

#: So many imports stand on a page.
PER_PAGE = 20

Answer = Response | str | tuple[str | dict[str, str], int] | dict[str, str | int]


@bp.get("/")
@needs("imports.run")
def index() -> str:
    """Imports so far, and the place to drop files."""
    return _index(UploadForm(kind_names()))


def _index(upload: UploadForm) -> str:
    total = ImportRun.count_for(g.user)
    number, pages = page_of(total, PER_PAGE)
    runs = ImportRun.list_for(g.user, PER_PAGE, (number - 1) * PER_PAGE)
    tasks = tasks_of(runs)
    return render_template(
        "imports/index.html",
        runs=runs,
        total=total,
        number=number,
        pages=pages,
        tasks=tasks,
        busy=any(map(is_busy, tasks.values())),
        waiting=import_rows.count_waiting(g.user) if "imports.decide" in g.user.permissions else 0,
        upload=upload,
        kind_names=kind_names(),
    )


@bp.post("/")
@needs("imports.run")
def upload() -> Answer:
    """Keep the files and have each read, in the order that fits; a file that is not taken is named, the others go on.

    Script sends one file at a time and asks for JSON: {drop, url} or {error}."""
    form = UploadForm(kind_names())
    if not form.validate():
        error = next(iter(form.errors.values()), ["没有收到文件"])[0]
        return ({"error": str(error)}, 422) if _scripted() else (_index(form), 422)
    options = Options(form.kind.data or None, None, form.on_date.data, form.confirm_notice.data)
    together, runs, refused = _drop_given(), [], []
    for given in sorted(form.files.data, key=lambda one: drop.rank_of_name(one.filename or "")):
        try:
            runs.append(_take(given, options))
        except Refused as error:
            refused.append(str(error))
    if not runs:
        db.session.rollback()
        form.files.errors = refused
        return ({"error": refused[0]}, 422) if _scripted() else (_index(form), 422)
    if together is not None or len(runs) > 1 or _scripted():
        together = together or runs[0].id
        for run in runs:
            run.drop_id = together
    db.session.commit()
    for message in refused:
        flash(f"{message}。其余文件照常读", "error")
    if together is None:
        return redirect(url_for(".show", import_id=runs[0].id))
    url = url_for(".dropped", drop_id=together)
    return {"drop": together, "url": url} if _scripted() else redirect(url)


def _scripted() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _drop_given() -> int | None:
    """The drop that this file belongs to, when script sends one after another; only one's own."""
    number = request.form.get("drop", type=int)
    if number is None:
        return None
    first = ImportRun.get_for(g.user, number)
    return first.id if first.person_id == g.user.id else None


def _take(given: FileStorage, options: Options) -> ImportRun:
    """The import of one file, which a task will read. Raises Refused when it cannot be one."""
    name = given.filename or "未命名"
    data = given.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused(f"“{name}”超过 60 MB，请拆成几个文件")
    listed = directory.kind_of(data, name, options.kind)
    if listed is not None:
        raise Refused(f"“{name}”是{listed.name}名单，请到“设置 › 批量导入名册”里导入")
    return work.upload(data, name, options, g.user.id)[0]


@bp.get("/drop/<int:drop_id>")
@needs("imports.run")
def dropped(drop_id: int) -> str:
    """The files of one drop, a card each, in the order in which they are to be written."""
    ImportRun.get_for(g.user, drop_id)
    runs = drop.list_for(g.user, drop_id)
    tasks = tasks_of(runs)
    # One task writes them all: those it has done, or passed over, are free.
    busy = {run.id for run in runs if is_busy(tasks.get(run.id)) and not _passed(run, tasks[run.id])}
    return render_template(
        "imports/drop.html",
        drop_id=drop_id,
        runs=runs,
        tasks=tasks,
        ready=[run for run in runs if drop.is_ready(run) and not is_busy(tasks.get(run.id))],
        busy=busy,
        waiting=sum(run.held_count for run in runs if run.state == "applied"),
        kind_names=kind_names(),
    )


def _passed(run: ImportRun, task: Task) -> bool:
    return task.kind == "import.drop" and run.state in ("applied", "refused")


@bp.post("/drop/<int:drop_id>/apply")
@needs("imports.run")
def apply_drop(drop_id: int) -> Response:
    """Have every file of a drop written that asks nothing first, one after another."""
    ImportRun.get_for(g.user, drop_id)
    if ConfirmForm().validate():
        if drop.order(g.user, drop_id) is None:
            raise Refused("这一批里没有可以直接写入的文件，请刷新后再看")
        db.session.commit()
    return redirect(url_for(".dropped", drop_id=drop_id))
