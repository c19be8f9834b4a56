"""应办事项: what firms must do by when because of their titles; done with proof; the table and the notices of years."""

from math import ceil

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from crm import papers, web
from crm.access import needs
from crm.documents import excel
from forms.base import ConfirmForm
from forms.duty import DutyDoneForm, DutyRuleForm, DutyWindowForm
from models import audit_log, clock, duty, file, setting
from models.base import db
from models.duty import DutyDone, DutyRule, DutyWindow
from models.duty_list import SPANS, STATES, DutyFilter, DutyListing
from models.errors import NotFound, Refused
from models.firm.choices import Choices
from models.firm.editing import check_may_change, may_change
from models.firm.record import Firm
from models.rules.duty import KINDS, SHIFTS, WHO
from models.title import TitleType

bp = Blueprint("duties", __name__, url_prefix="/duties")
PAGE_SIZE = 50


def _listing() -> DutyListing:
    return DutyListing(g.user, DutyFilter.parse(request.args), clock.today())


@bp.get("/")
@needs("firms.view")
def index() -> str:
    """What falls due for my firms, or anybody's: by date, then firm by firm."""
    listing, number = _listing(), max(request.args.get("page", 1, type=int), 1)
    rows, total = listing.look(number, PAGE_SIZE)
    pages = max(1, ceil(total / PAGE_SIZE))
    return render_template(
        "duties/index.html", f=listing.filter, rows=rows, total=total, pages=pages, number=min(number, pages),
        counts=listing.counts(), stages=listing.stages(), states=STATES, spans=SPANS, who=WHO, today=listing.today,
        choices=Choices.load(), mine={firm.id: may_change(g.user, firm) for _, firm in rows}, base=url_for(".index"),
    )  # fmt: skip


EXPORTED = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "截止日期": 12, "事项": 36, "企业名称": 36, "统一社会信用代码": 22, "街镇": 16, "谁来办": 10, "关于": 26,
        "依据": 36, "说明": 30, "办理日期": 12, "怎么知道的": 36,
    }.items()
)  # fmt: skip


@bp.get("/export")
@needs("firms.export")
def export() -> Response:
    """Exactly the filtered duties as a workbook."""
    listing, now = _listing(), clock.now()
    rows = (
        [row.duty.due_on, row.duty.rule.name, firm.name, firm.code, firm.area.name if firm.area else "",
         WHO[row.duty.rule.who], row.duty.about, row.duty.basis, row.duty.note,
         row.done.done_on if row.done else None, row.done.how if row.done else ""]
        for row, firm in listing.rows()
    )  # fmt: skip
    mark = excel.watermark("应办事项", g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("应办事项", mark, EXPORTED, rows)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="duty",
                   detail={"rows": count, "filter": listing.filter.query()})  # fmt: skip
    db.session.commit()
    return web.download(data, f"应办事项_{clock.local(now):%Y%m%d_%H%M}.xlsx", excel.MEDIA_TYPE)


@bp.route("/<int:firm_id>/done/<rule_key>/<period>", methods=["GET", "POST"])
@needs("firms.edit")
def done(firm_id: int, rule_key: str, period: str) -> str | Answer | tuple[str, int]:
    """Note that a firm did it."""
    firm = Firm.get_for(g.user, firm_id)
    check_may_change(g.user, firm)
    owed = duty.find(firm.id, rule_key, period, clock.today())
    form = DutyDoneForm(data={"done_on": clock.today()})
    if form.validate_on_submit():
        try:
            _note(firm, owed, form)
            db.session.commit()
            flash(f"已记下：{owed.rule.name}已办", "success")
            return redirect(url_for(".index", who="all"))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            firm = Firm.get_for(g.user, firm_id)
    page = render_template("duties/done.html", form=form, firm=firm, owed=owed)
    return (page, 422) if form.errors else page


def _note(firm: Firm, owed: duty.Duty, form: DutyDoneForm) -> None:
    now, kept, given = clock.now(), None, form.proof.data
    if given is not None and given.filename:
        data = given.read()
        kept = file.store(data, given.filename, papers.kind_of(data), owner_table="duty_done", at=now,
                          person_id=g.user.id)  # fmt: skip
    DutyDone.note(firm, owed.rule.key, owed.period, form.done_on.data, form.how.data or "", g.user, now,
                  clock.today(), kept)  # fmt: skip


@bp.get("/done/<int:done_id>/proof")
@needs("firms.view")
def proof(done_id: int) -> Response:
    """The receipt, for saving."""
    row = DutyDone.get_for(g.user, done_id)
    if row.file is None:
        raise NotFound
    return web.download(file.read(row.file), row.file.name, row.file.content_type)


@bp.post("/done/<int:done_id>/undo")
@needs("firms.edit")
def undo(done_id: int) -> Answer:
    """Noted by mistake: it is owed again."""
    row = DutyDone.get_for(g.user, done_id)
    check_may_change(g.user, Firm.get_for(g.user, row.firm_id))
    db.session.delete(row)
    db.session.commit()
    flash("已恢复为没办")
    return redirect(url_for(".index", who="all"))


@bp.get("/table")
@needs("types.edit")
def table() -> str:
    """The table of duties, and the notices of each year."""
    names = {kind.key: kind.short_name for kind in TitleType.list_all()}
    return render_template(
        "duties/table.html", table=DutyRule.list_all(), windows=DutyWindow.list_all(), kinds=KINDS, who=WHO,
        shifts=SHIFTS, names=names,
    )  # fmt: skip


@bp.route("/table/<int:duty_rule_id>", methods=["GET", "POST"])
@needs("types.edit")
def edit_rule(duty_rule_id: int) -> str | Answer:
    """Change a line of the table."""
    row = DutyRule.get(duty_rule_id)
    form = DutyRuleForm(TitleType.list_all(), row)
    if form.validate_on_submit():
        form.populate_obj(row)
        row.types = frozenset(form.types.data or ())
        db.session.commit()
        flash(f"已存：{row.name}")
        return redirect(url_for(".table"))
    return render_template("duties/rule.html", form=form, row=row, kinds=KINDS)


@bp.route("/notices/new", methods=["GET", "POST"])
@needs("types.edit")
def new_window() -> str | Answer:
    """The dates that the notice of a year gives for a duty."""
    form = DutyWindowForm(DutyRule.list_all(), data={"year": clock.today().year})
    if form.validate_on_submit() and _saved(form, DutyWindow()):
        return redirect(url_for(".table"))
    return render_template("duties/window.html", form=form, window=None)


@bp.route("/notices/<int:window_id>", methods=["GET", "POST"])
@needs("types.edit")
def edit_window(window_id: int) -> str | Answer:
    """Correct the dates of a notice."""
    window = DutyWindow.get(window_id)
    form = DutyWindowForm(DutyRule.list_all(), obj=window)
    if form.validate_on_submit() and _saved(form, window):
        return redirect(url_for(".table"))
    return render_template("duties/window.html", form=form, window=window, remove=ConfirmForm())


@bp.post("/notices/<int:window_id>/remove")
@needs("types.edit")
def remove_window(window_id: int) -> Answer:
    """Take a notice out: the dates of the table hold again."""
    db.session.delete(DutyWindow.get(window_id))
    db.session.commit()
    flash("已删除，日期按规则表算")
    return redirect(url_for(".table"))


def _saved(form: DutyWindowForm, window: DutyWindow) -> bool:
    form.populate_obj(window)
    try:
        window.check()
        db.session.add(window)
        db.session.commit()
    except Refused as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return False
    flash("已存，应办事项的日期照这份通知")
    return True
