"""材料清单: what each title asks for, kept by the office, and what a firm has brought."""

from flask import Response, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from crm import papers as kinds_of_files
from crm import web
from crm.access import needs
from crm.views.applications.base import bp
from crm.views.applications.state import WORDS
from forms.application_parts import PaperForm, PaperRuleForm
from forms.base import ConfirmForm
from models import clock, file, setting
from models.application import Application, ApplicationPaper, PaperRule
from models.application import papers as acts
from models.application.acts import check_works
from models.base import db
from models.errors import NotFound, Refused
from models.file import StoredFile
from models.rules.application import NEEDS
from models.title import TitleType

Answer = str | Response | tuple[str, int]


def _type() -> TitleType:
    kinds = TitleType.list_all()
    chosen = request.args.get("type", type=int)
    return next((kind for kind in kinds if kind.id == chosen), next(kind for kind in kinds if kind.key == "hnte"))


@bp.get("/papers")
@needs("applications.setup")
def papers() -> str:
    """The papers of one title."""
    kind = _type()
    return render_template(
        "applications/papers.html", kind=kind, rules=PaperRule.list_of(kind.id, active=False), needs_words=NEEDS,
        kinds_of_titles=[one for one in TitleType.list_all() if one.active], **WORDS,
    )  # fmt: skip


@bp.route("/papers/new", methods=["GET", "POST"])
@needs("applications.setup")
def new_paper() -> Answer:
    """One more paper of a title."""
    return _rule_page(PaperRule(type_id=_type().id), PaperRuleForm(), "加一份材料")


@bp.route("/papers/<int:paper_rule_id>/edit", methods=["GET", "POST"])
@needs("applications.setup")
def edit_paper(paper_rule_id: int) -> Answer:
    """Correct a paper, or ask for it no longer."""
    rule = PaperRule.get(paper_rule_id)
    return _rule_page(rule, PaperRuleForm(obj=rule), "改材料")


def _rule_page(rule: PaperRule, form: PaperRuleForm, heading: str) -> Answer:
    type_id = rule.type_id
    if form.validate_on_submit():
        try:
            with db.session.no_autoflush:
                form.populate_obj(rule)
                rule.check()
            db.session.add(rule)
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
        else:
            flash(f"已存：{form.name.data}。", "success")
            return redirect(url_for(".papers", type=type_id))  # type: ignore[return-value]
    return render_template("applications/paper_rule.html", form=form, heading=heading,
                           back=url_for(".papers", type=type_id))  # fmt: skip


@bp.route("/<int:application_id>/papers/<int:paper_rule_id>", methods=["GET", "POST"])
@needs("applications.edit")
def bring_paper(application_id: int, paper_rule_id: int) -> Answer:
    """Note that a paper came, with its file when there is one."""
    found, rule = Application.get_for(g.user, application_id), PaperRule.get(paper_rule_id)
    form = PaperForm(clock.today())
    if form.validate_on_submit():
        try:
            check_works(found, g.user, clock.now())
            kept = _kept(form.file.data)
            acts.bring(found.id, rule, g.user, clock.now(), form.got_on.data, form.note.data or "", kept)
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            found, rule = Application.get_for(g.user, application_id), PaperRule.get(paper_rule_id)
        else:
            return redirect(url_for(".show", application_id=application_id, _anchor="papers"))  # type: ignore[return-value]
    page = render_template("applications/paper.html", it=found, rule=rule, form=form)
    return (page, 422) if form.errors else page


def _kept(upload: FileStorage | None) -> StoredFile | None:
    """The file that was chosen, stored sealed. Raises Refused for one that is too large or no paper."""
    if upload is None or not upload.filename:
        return None
    largest = setting.get_int("photo_megabytes") * 1024 * 1024
    name, data = upload.filename[-200:], upload.read(largest + 1)
    if len(data) > largest:
        raise Refused(f"{name}：一个文件最大 {largest // 1024 // 1024} MB")
    return file.store(data, name, kinds_of_files.kind_of(data), owner_table="application_paper", at=clock.now(),
                      person_id=g.user.id, sealed=True)  # fmt: skip


@bp.post("/<int:application_id>/papers/<int:paper_rule_id>/back")
@needs("applications.edit")
def take_paper_back(application_id: int, paper_rule_id: int) -> Response:
    """The paper is not there after all."""
    found, rule = Application.get_for(g.user, application_id), PaperRule.get(paper_rule_id)
    if ConfirmForm().validate_on_submit():
        try:
            check_works(found, g.user, clock.now())
            acts.take_back(found.id, rule)
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
    return redirect(url_for(".show", application_id=application_id, _anchor="papers"))  # type: ignore[return-value]


@bp.get("/<int:application_id>/papers/<int:paper_rule_id>/file")
@needs("applications.view")
def paper_file(application_id: int, paper_rule_id: int) -> Response:
    """The file of a paper."""
    found = Application.get_for(g.user, application_id)
    row = ApplicationPaper.list_of(found.id).get(paper_rule_id)
    if row is None or row.file is None:
        raise NotFound
    return web.download(file.read(row.file), row.file.name, row.file.content_type)
