"""Pages of the import: drop a file, look what it would do, write it, decide the rows that wait for a person."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm import trail, web
from crm.access import needs
from crm.documents import excel
from crm.imports import decide as deciding
from crm.imports import directory, preview, work
from crm.imports.kinds.all import KINDS
from crm.imports.plan import Options
from crm.imports.read import MOST_BYTES
from forms.base import ConfirmForm
from forms.imports import UploadForm
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.firm import Firm
from models.importing import EFFECTS, ImportProblem, ImportRow, ImportRun
from models.task import Task

bp = Blueprint("imports", __name__, url_prefix="/imports")

PER_PAGE = 50
SHOWN = 20
STEPS = ("传文件", "认列", "核对", "写入")
#: State → how many steps are done.
REACHED = {"reading": 1, "planned": 2, "applying": 3, "applied": 4, "refused": 1, "failed": 1, "undone": 4}


def kind_names() -> dict[str, str]:
    """What each kind of list is called."""
    return {kind.key: kind.name for kind in KINDS.values()}


@bp.get("/")
@needs("imports.run")
def index() -> str:
    """Imports so far, and the place to drop files."""
    return _index(UploadForm(kind_names()))


def _index(upload: UploadForm) -> str:
    return render_template(
        "imports/index.html", runs=ImportRun.list_for(g.user), upload=upload, kind_names=kind_names()
    )


@bp.post("/")
@needs("imports.run")
def upload() -> Response | str | tuple[str, int]:
    """Keep the files and have each read; a file that is too large is named at its field."""
    form = UploadForm(kind_names())
    if not form.validate():
        return _index(form), 422
    options = Options(form.kind.data or None, None, form.on_date.data, form.confirm_notice.data)
    runs = []
    for given in form.files.data:
        data = given.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            form.files.errors = [f"“{given.filename}”超过 60 MB，请拆成几个文件"]
            db.session.rollback()
            return _index(form), 422
        listed = directory.kind_of(data, given.filename or "", form.kind.data or None)
        if listed is not None:
            form.files.errors = [f"“{given.filename}”是{listed.name}名单，请到“设置 › 批量导入名册”里导入"]
            db.session.rollback()
            return _index(form), 422
        run, _ = work.upload(data, given.filename or "未命名", options, g.user.id)
        runs.append(run.id)
    db.session.commit()
    if len(runs) == 1:
        return redirect(url_for(".show", import_id=runs[0]))
    flash(f"收到 {len(runs)} 个文件，正在读", "success")
    return redirect(url_for(".index"))


@bp.get("/<int:import_id>")
@needs("imports.run")
def show(import_id: int) -> str:
    """How far an import is, and what it would do or did."""
    run = ImportRun.get_for(g.user, import_id)
    reached = REACHED[run.state]
    steps = [(label, "done" if n < reached else "here" if n == reached else "") for n, label in enumerate(STEPS)]
    changes = preview.changes_of(run, _visible(run), SHOWN)
    notes = {
        "created": "还没有的企业和资质",
        "updated": f"前 {SHOWN} 处改动列在下面" if run.count("updated") else "",
    }
    return render_template(
        "imports/show.html",
        run=run,
        task=db.session.get(Task, run.task_id) if run.task_id else None,
        steps=steps,
        notes=notes,
        kind_names=kind_names(),
        sheets=preview.sheets_of(run) if run.has_rows else [],
        problems=ImportProblem.list_of(run.id, SHOWN),
        problem_count=ImportProblem.count_of(run.id),
        changes=changes,
    )


def _visible(run: ImportRun) -> set[int] | None:
    """Of the firms an import changes, those this person may see; None when they see all."""
    if Firm.all_visible_to(g.user):
        return None
    ids = [row.firm_id for row in ImportRow.list_of(run.id, ("updated",), 0, SHOWN * 2) if row.firm_id]
    return set(db.session.scalars(Firm.visible_to(g.user).with_only_columns(Firm.id).where(Firm.id.in_(ids))))


@bp.post("/<int:import_id>/apply")
@needs("imports.run")
def apply(import_id: int) -> Response:
    """Have a planned import written. Raises Refused when it is not planned."""
    run = ImportRun.get_for(g.user, import_id)
    if ConfirmForm().validate():
        if run.state != "planned":
            raise Refused("这个文件不在待写入的状态，请刷新后再看")
        work.order_writing(run, g.user.id)
        db.session.commit()
    return redirect(url_for(".show", import_id=run.id))


@bp.get("/<int:import_id>/rows/<effect>")
@needs("imports.run")
def rows(import_id: int, effect: str) -> str:
    """The rows with one effect, a page at a time."""
    run = ImportRun.get_for(g.user, import_id)
    if effect not in EFFECTS:
        raise NotFound
    effects = ("unchanged", "skipped") if effect == "unchanged" else (effect,)
    total = ImportRow.count_of(run.id, effects)
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(1, request.args.get("page", 1, int)), pages)
    found = ImportRow.list_of(run.id, effects, (number - 1) * PER_PAGE, PER_PAGE)
    return render_template(
        "imports/rows.html",
        run=run,
        effect_name=EFFECTS[effect],
        rows=[preview.shown_row(run, row) for row in found],
        how_names=preview.HOW_NAMES,
        page_number=number,
        pages=pages,
        total=total,
    )


@bp.get("/<int:import_id>/held")
@needs("imports.decide")
def held(import_id: int) -> str:
    """One row that waits for a person, and the firms it may mean."""
    run = ImportRun.get_for(g.user, import_id)
    total = ImportRow.count_of(run.id, ("held",)) if run.has_rows else 0
    place = min(max(1, request.args.get("place", 1, int)), max(1, total))
    found = ImportRow.list_of(run.id, ("held",), place - 1, 1) if total else []
    row = preview.shown_row(run, found[0]) if found else None
    return render_template("imports/held.html", run=run, row=row, place=place, total=total)


@bp.post("/<int:import_id>/held/<int:row_id>")
@needs("imports.decide")
def decide(import_id: int, row_id: int) -> Response:
    """Decide a held row; the next one follows. What is refused is said on the page of the row."""
    run = ImportRun.get_for(g.user, import_id)
    row = ImportRow.get_of(run, row_id)
    place = request.form.get("place", 1, int)
    choice = request.form.get("choice", "").strip()
    if ConfirmForm().validate() and choice:
        try:
            decided = deciding.decide(run.id, row.sheet, row.row, choice, g.user.id)
            db.session.commit()
            flash(f"第 {decided.row} 行：{decided.reason}", "success")
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
    return redirect(url_for(".held", import_id=import_id, place=place))


@bp.get("/<int:import_id>/problems")
@needs("imports.run")
def problems(import_id: int) -> Response:
    """The rows that are held or have a problem, as a workbook: to be put right and dropped in again."""
    run, now = ImportRun.get_for(g.user, import_id), clock.now()
    columns = [excel.Column("表"), excel.Column("行", 8), excel.Column("怎么回事", 48)]
    columns += [excel.Column(header or "（无表头）", 20) for header in preview.headers_of(run)]
    mark = excel.watermark(f"有问题和待认领的行：{run.file_name}", g.user.name, clock.local(now))
    data, count = excel.workbook("有问题的行", mark, columns, preview.problem_rows(run))
    trail.note("export", subject="import_run", subject_id=run.id, detail={"rows": count})
    db.session.commit()
    return web.download(data, f"有问题的行_{run.id}.xlsx", excel.MEDIA_TYPE)
