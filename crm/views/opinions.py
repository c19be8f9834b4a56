"""意见建议: collected from firms and others, passed on, answered, and the firm told."""

from collections.abc import Callable
from math import ceil

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from crm import web
from crm.access import needs
from crm.documents import excel
from forms.opinion import AnswerForm, KeepOpinionForm, OpinionForm, PassForm, TellForm
from models import audit_log, clock, setting
from models.base import db
from models.errors import Refused
from models.firm import Firm
from models.firm.choices import Choices
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.opinion import Opinion, OpinionKind
from models.opinion_list import STATES, OpinionFilter, OpinionListing
from models.rules.opinion import LONG, SILENT_DAYS
from models.visit import Visit

bp = Blueprint("opinions", __name__, url_prefix="/opinions")
PAGE_SIZE, FOUND = 50, 10
Page = str | Answer | tuple[str, int]
Step = PassForm | AnswerForm | TellForm | KeepOpinionForm


@bp.get("/")
@needs("visits.view")
def index() -> str:
    """Opinions in one state, the longest without an answer first."""
    listing = OpinionListing(g.user, OpinionFilter.parse(request.args), clock.today())
    counts = listing.counts()
    total = counts[listing.filter.state]
    pages = max(1, ceil(total / PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "opinions/index.html", f=listing.filter, rows=listing.page(number, PAGE_SIZE), counts=counts, total=total,
        number=number, pages=pages, states=STATES, kinds=OpinionKind.list_all(), choices=Choices.load(),
        silent_days=SILENT_DAYS, long=LONG, today=clock.today(),
    )  # fmt: skip


EXPORTED = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "企业或来源": 36, "意见建议": 60, "关于": 10, "共性或个性": 10, "收集日期": 12, "收集人": 12, "状态": 16,
        "转给": 24, "转出日期": 12, "答复": 48, "答复日期": 12, "怎么告知的": 32, "告知日期": 12, "为什么不转出": 24,
    }.items()
)  # fmt: skip


@bp.get("/export")
@needs("firms.export")
def export() -> Response:
    """Exactly the filtered opinions as a workbook."""
    listing, now = OpinionListing(g.user, OpinionFilter.parse(request.args), clock.today()), clock.now()
    rows = (
        [row.whose, row.words, row.kind.name, "共性" if row.common else "个性", row.collected_on,
         row.collected_by.name if row.collected_by else "", row.state_word, row.passed_to, row.passed_on, row.answer,
         row.answered_on, row.told_how, row.told_on, row.kept_reason]
        for row in listing.every_row()
    )  # fmt: skip
    mark = excel.watermark("意见建议", g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("意见建议", mark, EXPORTED, rows)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="opinion",
                   detail={"rows": count, "filter": listing.filter.query()})  # fmt: skip
    db.session.commit()
    return web.download(data, f"意见建议_{clock.local(now):%Y%m%d_%H%M}.xlsx", excel.MEDIA_TYPE)


@bp.get("/<int:opinion_id>")
@needs("visits.view")
def show(opinion_id: int) -> str:
    """One opinion and what became of it."""
    opinion = Opinion.get_for(g.user, opinion_id)
    return render_template("opinions/show.html", opinion=opinion, may_change=opinion.may_change(g.user),
                           waits=opinion.waits(clock.today()))  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs("visits.edit")
def new() -> Page:
    """A new opinion: of a visit, of a firm, or (`?source=1`) of somebody else."""
    today, free = clock.today(), request.args.get("source") == "1"
    visit_id, firm_id = _number("visit"), _number("firm")
    visit = Visit.get_for(g.user, visit_id) if visit_id else None
    firm = visit.firm if visit else Firm.get_for(g.user, firm_id) if firm_id else None
    if firm is None and not free:
        wanted = request.args.get("q", "").strip()[:100]
        found = Listing(g.user, FirmFilter(q=wanted), today).page(1, FOUND) if wanted else []
        return render_template("opinions/choose.html", wanted=wanted, found=found, free=Firm.all_visible_to(g.user))
    form = OpinionForm(OpinionKind.list_active(), firm=firm is not None,
                       data={"collected_on": visit.visit_on if visit else today})  # fmt: skip
    name = firm.name if firm else "不是企业提的"
    if form.validate_on_submit():
        try:
            row = Opinion.collect(
                form.words.data or "", OpinionKind.get(form.kind_id.data), form.collected_on.data, g.user, clock.now(),
                today, firm=firm, visit=visit, source=(form.source.data or "") if firm is None else "",
                common=bool(form.common.data),
            )  # fmt: skip
            db.session.commit()
            flash("已记下这条意见建议。", "success")
            if visit_id:
                return redirect(url_for("visits.show", visit_id=visit_id) + "#opinions")
            return redirect(url_for(".show", opinion_id=row.id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
    back = url_for("visits.show", visit_id=visit_id) if visit_id else url_for(".index")
    page = render_template("opinions/form.html", form=form, heading="记一条意见建议", note=name, back=back, words="")
    return (page, 422) if form.errors else page


@bp.route("/<int:opinion_id>/edit", methods=["GET", "POST"])
@needs("visits.edit")
def edit(opinion_id: int) -> Page:
    """Correct the words, the kind, or whether it is common."""
    opinion = _mine(opinion_id)
    kinds = OpinionKind.list_active()
    kinds += [opinion.kind] if opinion.kind not in kinds else []
    form = OpinionForm(kinds, firm=opinion.firm_id is not None, obj=opinion)
    del form.collected_on
    if form.validate_on_submit():
        form.populate_obj(opinion)
        db.session.commit()
        flash("已改。", "success")
        return redirect(url_for(".show", opinion_id=opinion_id))
    return _form_page(opinion, form, "改意见建议")


@bp.route("/<int:opinion_id>/pass", methods=["GET", "POST"])
@needs("visits.edit")
def pass_on(opinion_id: int) -> Page:
    """Passed on: to whom, on which day."""
    form = PassForm(data={"on": clock.today()})
    return _step(opinion_id, form, "转出", lambda row: row.pass_on(form.words.data or "", form.on.data, clock.today()))


@bp.route("/<int:opinion_id>/answer", methods=["GET", "POST"])
@needs("visits.edit")
def answer(opinion_id: int) -> Page:
    """Answered: in which words, on which day."""
    form = AnswerForm(data={"on": clock.today()})
    return _step(opinion_id, form, "记答复",
                 lambda row: row.set_answer(form.words.data or "", form.on.data, clock.today()))  # fmt: skip


@bp.route("/<int:opinion_id>/tell", methods=["GET", "POST"])
@needs("visits.edit")
def tell(opinion_id: int) -> Page:
    """Whoever gave it was told."""
    form = TellForm(data={"on": clock.today()})
    return _step(opinion_id, form, "告知", lambda row: row.tell(form.words.data or "", form.on.data, clock.today()))


@bp.route("/<int:opinion_id>/keep", methods=["GET", "POST"])
@needs("visits.edit")
def keep(opinion_id: int) -> Page:
    """It goes nowhere, and why."""
    form = KeepOpinionForm()
    return _step(opinion_id, form, "留作记录", lambda row: row.keep(form.words.data or "", clock.today()))


@bp.post("/<int:opinion_id>/back")
@needs("visits.edit")
def take_back(opinion_id: int) -> Answer:
    """The last step was entered by mistake."""
    _mine(opinion_id).take_back()
    db.session.commit()
    flash("已退回一步。", "success")
    return redirect(url_for(".show", opinion_id=opinion_id))


def _step(opinion_id: int, form: Step, heading: str, act: Callable[[Opinion], None]) -> Page:
    opinion = _mine(opinion_id)
    if form.validate_on_submit():
        try:
            act(opinion)
            db.session.commit()
            flash(f"已存：{heading}。", "success")
            return redirect(url_for(".show", opinion_id=opinion_id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            opinion = Opinion.get_for(g.user, opinion_id)
    return _form_page(opinion, form, heading)


def _form_page(opinion: Opinion, form: Step | OpinionForm, heading: str) -> Page:
    page = render_template("opinions/form.html", form=form, heading=heading, note=opinion.whose,
                           back=url_for(".show", opinion_id=opinion.id),
                           words="" if isinstance(form, OpinionForm) else opinion.words)  # fmt: skip
    return (page, 422) if form.errors else page


def _mine(opinion_id: int) -> Opinion:
    opinion = Opinion.get_for(g.user, opinion_id)
    if not opinion.may_change(g.user):
        raise Refused("这条由收集人、企业的联系干部或综合科来办。")
    return opinion


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
