"""What is done to an edition: drafted, edited, handed in, sent back, signed, issued, sent to its readers, explained."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from crm.access import needs
from crm.views.reports.base import bp
from forms.report import PART, ExplainForm, ReadersForm, ReportStepForm, ReturnReportForm, text_form
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.report import drafting, editing, opening, readers, reading
from models.report.composing import month_from
from models.report.record import Report
from models.rules import report as rules
from models.rules.report import SIGN, STATES

Page = str | Answer | tuple[str, int]
VERBS = {"in_review": "交审", "signed": "审签", "issued": "签发", "drafted": "退回"}


@bp.post("/draft")
@needs("reports.draft")
def draft() -> Answer:
    """Draft a period for the bureau or one's own unit; when it is drafted already, open that."""
    kind, period = request.form.get("kind", ""), request.form.get("period", "")
    try:
        unit = editing.unit_for(g.user, request.form.get("unit", ""), clock.today())
        report = drafting.draft(rules.span(kind, period, month_from()), unit, g.user, clock.now())
    except (Refused, rules.BadPeriod) as error:
        db.session.rollback()
        there = editing.find_there(g.user, kind, period, request.form.get("unit", ""), clock.today())
        if there is not None:
            return redirect(url_for(".show", report_id=there.id))
        flash(str(error), "error")
        return redirect(url_for(".index", kind=kind if kind in rules.KINDS else None))
    db.session.commit()
    flash(f"已起草{report.name}，数随记录变。", "success")
    return redirect(url_for(".show", report_id=report.id))


@bp.route("/<int:report_id>/edit", methods=["GET", "POST"])
@needs("reports.draft")
def edit(report_id: int) -> Page:
    """The texts of a draft, with the numbers they may name beside them."""
    report = reading.get_for(g.user, report_id, clock.today())
    texts, names = editing.texts(report)
    sections = [(row.key, row.heading) for row in report.sections]
    values = {PART + key: text for key, text in texts.items()}
    form = text_form(sections, data={"title": report.title, "version": str(report.version), **values})
    if request.method == "POST" and form.validate():
        typed = {key: form[PART + key].data or "" for key, _ in sections}
        try:
            drafting.edit(report, form["title"].data, typed, _version(form), g.user)
            db.session.commit()
            flash("已存。", "success")
            return redirect(url_for(".show", report_id=report_id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            report = reading.get_for(g.user, report_id, clock.today())
    elif not reading.may_edit(report, g.user):
        raise NotFound
    found = opening.opened(report, clock.today())
    said = {slot: one.words for slot, one in found.numbers.items()}
    answer = render_template(
        "reports/edit.html", report=report, form=form, names=names, values=said,
        sections=[(PART + key, heading) for key, heading in sections],
    )  # fmt: skip
    return (answer, 422) if form.errors else answer


@bp.route("/<int:report_id>/to/<to>", methods=["GET", "POST"])
@needs("reports.draft")
def step(report_id: int, to: str) -> Page:
    """Hand in, sign, issue or send back, after a page that says what happens."""
    report = reading.get_for(g.user, report_id, clock.today())
    if to not in VERBS or (to == "issued" and SIGN not in g.user.permissions):
        raise NotFound
    form = ReturnReportForm() if to == "drafted" else ReportStepForm()
    if request.method == "POST" and form.validate():
        name = report.name
        try:
            if to == "issued":
                drafting.issue(report, _version(form), g.user, clock.now())
            else:
                words = form.words.data if isinstance(form, ReturnReportForm) else ""
                drafting.move(report, to, _version(form), g.user, clock.now(), words or "")
            db.session.commit()
            flash(_told(to, name), "success")
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
        return redirect(url_for(".show", report_id=report_id))
    form.version.data = form.version.data or str(report.version)
    answer = render_template(
        "reports/step.html", report=report, form=form, verb=VERBS[to], what=_what(report, to), states=STATES
    )
    return (answer, 422) if form.errors else answer


@bp.route("/<int:report_id>/readers", methods=["GET", "POST"])
@needs("reports.compile")
def send_to(report_id: int) -> Page:
    """Who may read it once it is issued."""
    report = reading.get_for(g.user, report_id, clock.today())
    units, people = readers.choices()
    held = readers.held(report)
    form = ReadersForm(data={"units": held.units, "people": held.people})
    form.units.choices, form.people.choices = units, people
    if request.method == "POST" and form.validate():
        drafting.send_to(report, form.units.data or [], form.people.data or [])
        db.session.commit()
        flash("收件已存。", "success")
        return redirect(url_for(".show", report_id=report_id))
    answer = render_template("reports/send_to.html", report=report, form=form)
    return (answer, 422) if form.errors else answer


@bp.route("/<int:report_id>/explain", methods=["GET", "POST"])
@needs("reports.compile")
def explain(report_id: int) -> Page:
    """差异说明 of an issued edition."""
    report = reading.get_for(g.user, report_id, clock.today())
    form = ExplainForm(obj=None, data={"words": report.difference_words})
    if request.method == "POST" and form.validate():
        try:
            drafting.explain(report, form.words.data or "")
            db.session.commit()
            flash("差异说明已存，这一期的数不变。", "success")
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
        return redirect(url_for(".show", report_id=report_id))
    answer = render_template("reports/explain.html", report=report, form=form)
    return (answer, 422) if form.errors else answer


def _what(report: Report, to: str) -> str:
    if to == "issued":
        count = len(opening.opened(report, clock.today()).numbers)
        return f"签发后 {count} 个数和名单不再变，收件人能看到。以后补录、更正只进下一期和对账，不改这一期。"
    if to == "in_review":
        return "交审后不能再改文字，退回了才能改。数仍随记录变，签发时冻结。"
    if to == "signed":
        return "审签后等签发。数签发时才冻结。"
    return "退回后由起草的人改了再交。写的都在。"


def _told(to: str, name: str) -> str:
    return {"in_review": f"{name}已交审。", "signed": f"{name}已审签，等签发。",
            "issued": f"{name}已签发，数和名单已冻结。", "drafted": f"{name}已退回。"}[to]  # fmt: skip


def _version(form: object) -> int:
    text = str(form["version"].data or "")  # type: ignore[index]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
