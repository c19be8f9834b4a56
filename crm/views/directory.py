"""批量导入名册: areas, units and people by file, looked at before anything is written."""

import json

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.imports import account, directory, undo, work
from crm.imports.kinds.directory import KINDS
from crm.imports.plan import Options
from crm.imports.read import MOST_BYTES
from forms.base import ConfirmForm
from forms.directory import DirectoryForm
from models import clock
from models.base import db
from models.change_log import Actor, acting
from models.errors import NotFound, Refused
from models.importing import DIRECTORY_RIGHTS, EFFECTS, ImportProblem, ImportRow, ImportRun

bp = Blueprint("directory", __name__, url_prefix="/directory")

#: Past files shown below the form.
SHOWN = 20
#: Rows and problems shown of one file; such lists are short.
MOST = 500


@bp.route("/", methods=["GET", "POST"])
@needs("units.edit")
def index() -> str | Response:
    """Choose a file; it is read and shown, nothing is written yet."""
    form = DirectoryForm(_kinds())
    if form.validate_on_submit():
        data, name = form.file.data.read(MOST_BYTES + 1), form.file.data.filename or "未命名"
        try:
            run = _look(data, name, form.kind.data or None)
        except Refused as error:
            db.session.rollback()
            form.file.errors = [str(error)]
        else:
            db.session.commit()
            return redirect(url_for(".show", import_id=run.id))
    runs = db.session.scalars(ImportRun.directory_for(g.user).limit(SHOWN)).all()
    fields = {kind.name: [known.label for known in kind.fields] for key, kind in KINDS.items() if key in _kinds()}
    return render_template("directory/index.html", form=form, runs=runs, kinds=_kinds(), fields=fields)


@bp.get("/<int:import_id>")
@needs("units.edit")
def show(import_id: int) -> str:
    """What a file would do, or did, row by row."""
    return _show(_get(import_id))


@bp.post("/<int:import_id>/apply")
@needs("units.edit")
def apply(import_id: int) -> str | Response:
    """Write a list that was looked at. First passwords of new people are shown on the answer, once."""
    run = _get(import_id)
    if not ConfirmForm().validate() or run.state != "planned":
        flash("这个文件已经写入过了。", "info")
        return redirect(url_for(".show", import_id=run.id))
    act = directory.Act(clock.now(), clock.today(), grant=False, real=True)
    with acting(Actor("import", g.user.id, run.id)):
        lines = directory.write(run, work.data_of(run), KINDS[run.kind or ""], act, g.user)
        db.session.commit()
    flash(f"已写入：新建 {run.count('created')}，更新 {run.count('updated')}。", "success")
    return _show(run, [line for line in lines if line.secret])


@bp.post("/<int:import_id>/undo")
@needs("units.edit")
def take_back(import_id: int) -> Response:
    """Take a written list back at once; such lists are short. What stays is named on its page."""
    run = _get(import_id)
    if ConfirmForm().validate():
        try:
            with acting(Actor("undo", g.user.id, run.id)):
                answer = undo.undo(run.id, g.user.id)
                db.session.commit()
            flash(
                f"已撤回：恢复 {answer['restored']}，去掉 {answer['removed']}，留下 {len(answer['kept'])}。", "success"
            )
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
    return redirect(url_for(".show", import_id=import_id))


def _look(data: bytes, name: str, wanted: str | None) -> ImportRun:
    """The kept file with what it would do."""
    if len(data) > MOST_BYTES:
        raise Refused("文件超过 60 MB，请拆成几个文件")
    kind = directory.kind_of(data, name, wanted)
    if kind is None:
        raise Refused("认不出是镇街园区、单位还是人员名单，请选种类后再传")
    if kind.key not in _kinds():
        raise Refused(f"“{kind.name}”名单由系统管理员导入")
    act = directory.Act(clock.now(), clock.today(), grant=False, real=False)
    outcome = directory.perform(data, name, kind, act)
    db.session.rollback()
    run = work.begin(data, name, Options(kind.key), g.user.id)
    directory.keep(run, outcome, act.at)
    run.state, run.applied_at = "planned", None
    return run


def _get(import_id: int) -> ImportRun:
    run = db.session.scalar(ImportRun.directory_for(g.user).where(ImportRun.id == import_id))
    if run is None:
        raise NotFound
    return run


def _kinds() -> dict[str, str]:
    """The kinds this person may bring in."""
    return {key: KINDS[key].name for key, right in DIRECTORY_RIGHTS.items() if right in g.user.permissions}


def _show(run: ImportRun, fresh: list[directory.Line] | None = None) -> str:
    rows = ImportRow.list_of(run.id, tuple(EFFECTS), 0, MOST)
    columns = json.loads(run.sheets)[0]["columns"] if json.loads(run.sheets) else {}
    return render_template(
        "directory/show.html",
        run=run,
        kind=KINDS[run.kind or ""].name,
        columns=list(columns.values()),
        rows=[(row, json.loads(row.cells), json.loads(row.plan).get("changes", [])) for row in rows],
        problems=ImportProblem.list_of(run.id, MOST),
        effects=EFFECTS,
        kept=account.told(g.user, run.undoing.get("kept", [])[:MOST]),
        fresh=fresh or [],
    )
