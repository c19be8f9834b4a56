"""How a sheet is read, put right by hand: its kind, its header, what each column is; and what was learned so far."""

from collections.abc import Mapping, Sequence

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.imports import mapping
from crm.imports.kinds import Field
from crm.imports.kinds.all import KINDS
from crm.views.imports.base import bp, is_busy, kind_names, labels_of, tasks_of
from forms.base import ConfirmForm
from forms.imports import SheetForm
from models import import_rows
from models.base import db
from models.errors import NotFound, Refused
from models.import_mapping import ImportMapping
from models.importing import ImportRun, MatchDecision

Answer = Response | str | tuple[str, int]


@bp.route("/<int:import_id>/sheets/<int:number>", methods=["GET", "POST"])
@needs("imports.run")
def sheet(import_id: int, number: int) -> Answer:
    """One sheet with three cells of each column. What is refused is said on top, and what was chosen stays."""
    run = ImportRun.get_for(g.user, import_id)
    shown = _sheet(run, number)
    form = SheetForm(kind_names(), data=_as_read(shown))
    chosen = {column.place: column.field for column in shown.columns}
    if request.method == "GET":
        return _page(run, number, shown, form, chosen)
    if not form.validate():
        return _page(run, number, shown, form, _chosen(shown)), 422
    try:
        _correct(run, shown, form)
        db.session.commit()
    except (Refused, ValueError) as error:
        db.session.rollback()
        form.form_errors = [str(error)]
        return _page(run, number, shown, form, _chosen(shown)), 422
    flash("照改过的认法重新核对" + ("，也记住了" if form.remember.data else ""), "success")
    return redirect(url_for(".show", import_id=run.id))


def _sheet(run: ImportRun, number: int) -> mapping.ShownSheet:
    sheets = mapping.sheets_of(run)
    if not 1 <= number <= len(sheets):
        raise NotFound
    return sheets[number - 1]


def _as_read(shown: mapping.ShownSheet) -> dict[str, object]:
    rows = shown.header_rows
    said = f"{rows[0]}-{rows[-1]}" if len(rows) > 1 else str(rows[0]) if rows else ""
    return {"kind": shown.kind, "header_rows": said, "notice": "", "remember": True}


def _chosen(shown: mapping.ShownSheet) -> dict[int, str]:
    """Column → field, as the form sent it."""
    return {column.place: request.form.get(f"col-{column.place}", "") for column in shown.columns}


def _correct(run: ImportRun, shown: mapping.ShownSheet, form: SheetForm) -> None:
    """Have the sheet read so. Columns count only for the kind and header they were shown for: after another choice they
    are looked for anew. Raises Refused or ValueError, in an officer's words."""
    if is_busy(tasks_of([run]).get(run.id)):
        raise Refused("这个文件正在处理，请等它做完再改")
    kind = form.kind.data
    rows = form.rows() if form.header_rows.data else list(shown.header_rows)
    same = kind == shown.kind and rows == list(shown.header_rows)
    columns = _columns(shown, _offered(shown)) if same else {}
    notice = {"1": True, "0": False}.get(form.notice.data)
    mapping.correct(
        run, shown.name, kind, columns, g.user.id,
        header_rows=rows if rows != list(shown.header_rows) else None, notice=notice, remember=form.remember.data,
    )  # fmt: skip


def _offered(shown: mapping.ShownSheet) -> list[Field]:
    """What a column can be: the fields of the kind, and those it named by keys of its own (a figure of a year)."""
    if shown.kind not in KINDS:
        return []
    kind = KINDS[shown.kind]
    known = {field.key for field in kind.fields}
    return [*kind.fields, *(kind.field(one.field) for one in shown.columns if one.field and one.field not in known)]


def _columns(shown: mapping.ShownSheet, fields: Sequence[Field]) -> Mapping[str, int | None]:
    """Field → its column, None for a field that no column was chosen for. Raises Refused when two were."""
    found: dict[str, int | None] = {field.key: None for field in fields}
    labels = {field.key: field.label for field in fields}
    names = {column.place: column.header or f"第 {column.letters} 列" for column in shown.columns}
    for place, key in _chosen(shown).items():
        if not key:
            continue
        taken = found.get(key)
        if taken is not None:
            raise Refused(f"“{names[taken]}”和“{names[place]}”两列都选了“{labels[key]}”，请只留一列")
        found[key] = place
    return found


def _page(run: ImportRun, number: int, shown: mapping.ShownSheet, form: SheetForm, chosen: Mapping[int, str]) -> str:
    return render_template(
        "imports/sheet.html",
        run=run,
        number=number,
        sheet=shown,
        form=form,
        chosen=chosen,
        fields=_offered(shown),
        open=run.state in mapping.OPEN,
    )


@bp.post("/<int:import_id>/sheets/<int:number>/leave")
@needs("imports.run")
def leave_out(import_id: int, number: int) -> Response:
    """Do not import a sheet; the others of the file go on. Correcting it brings it back."""
    run = ImportRun.get_for(g.user, import_id)
    shown = _sheet(run, number)
    if ConfirmForm().validate():
        mapping.leave_out(run, shown.name, g.user.id)
        db.session.commit()
        flash(f"表“{shown.name.strip() or run.file_name}”不导入", "success")
    return redirect(url_for(".show", import_id=run.id))


@bp.get("/learned")
@needs("imports.run")
def learned() -> str:
    """What imports have learned from people: how lists are read, and which firm a written name means."""
    mappings = mapping.list_all()
    return render_template(
        "imports/learned.html",
        mappings=mappings,
        decisions=import_rows.decisions_for(g.user) if "imports.decide" in g.user.permissions else [],
        labels=labels_of(one.kind for one in mappings),
        kind_names=kind_names(),
    )


@bp.post("/learned/<int:mapping_id>/forget")
@needs("imports.run")
def forget(mapping_id: int) -> Response:
    """Lists with such a header are guessed anew from now on."""
    if ConfirmForm().validate():
        mapping.forget(ImportMapping.get(mapping_id).id)
        db.session.commit()
        flash("忘掉了，以后这样的表重新认", "success")
    return redirect(url_for(".learned"))


@bp.post("/learned/names/<int:decision_id>/forget")
@needs("imports.decide")
def forget_name(decision_id: int) -> Response:
    """Who is meant by this written name is asked again from now on; what was written so far stays."""
    found = db.session.get(MatchDecision, decision_id)
    if found is None:
        raise NotFound
    if ConfirmForm().validate():
        db.session.delete(found)
        db.session.commit()
        flash("忘掉了，以后这个写法再问一次", "success")
    return redirect(url_for(".learned"))
