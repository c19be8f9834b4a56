"""答复承诺: what was promised to firms, whose it is, what is overdue; kept or dropped with words."""

from math import ceil

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from crm import web
from crm.access import needs
from crm.documents import excel
from forms.visit import DropForm, KeptForm, PromiseForm
from models import audit_log, clock, people, setting, unit
from models.base import db
from models.errors import Refused
from models.firm.choices import CARING_ROLES, Choices
from models.promise import Promise
from models.promise_list import STATES, PromiseFilter, PromiseListing, may_settle
from models.visit import Visit
from models.visit.editing import check_may_change

bp = Blueprint("promises", __name__, url_prefix="/promises")
PAGE_SIZE = 50


def _listing() -> PromiseListing:
    return PromiseListing(g.user, PromiseFilter.parse(request.args), clock.today())


@bp.get("/")
@needs("visits.view")
def index() -> str:
    """Promises in one state: mine first, or anybody's."""
    listing, number = _listing(), max(request.args.get("page", 1, type=int), 1)
    rows, total = listing.look(number, PAGE_SIZE)
    pages = max(1, ceil(total / PAGE_SIZE))
    away = unit.acted_for(g.user.id, clock.today())
    return render_template(
        "promises/index.html", listing=listing, f=listing.filter, rows=rows, total=total, number=min(number, pages),
        pages=pages, counts=listing.counts(), states=STATES, today=clock.today(), choices=Choices.load(),
        mine={row.id: may_settle(g.user, row, away) for row in rows}, base=url_for(".index"),
    )  # fmt: skip


EXPORTED = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "企业名称": 36, "答应了什么": 48, "谁答复": 12, "答应日期": 12, "答复期限": 12, "状态": 10, "答复日期": 12,
        "怎么答复／为什么取消": 40,
    }.items()
)  # fmt: skip


@bp.get("/export")
@needs("firms.export")
def export() -> Response:
    """Exactly the filtered promises as a workbook."""
    listing, now = _listing(), clock.now()
    rows = (
        [row.firm.name, row.words, row.person.name, row.made_on, row.due_on, row.state_word(listing.today),
         row.done_on or row.dropped_on, row.done_how or row.dropped_reason]
        for row in listing.every_row()
    )  # fmt: skip
    mark = excel.watermark("答复承诺", g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("答复承诺", mark, EXPORTED, rows)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="promise",
                   detail={"rows": count, "filter": listing.filter.query()})  # fmt: skip
    db.session.commit()
    return web.download(data, f"答复承诺_{clock.local(now):%Y%m%d_%H%M}.xlsx", excel.MEDIA_TYPE)


@bp.route("/new/<int:visit_id>", methods=["GET", "POST"])
@needs("visits.edit")
def new(visit_id: int) -> str | Answer | tuple[str, int]:
    """One more promise made at a visit."""
    visit = Visit.get_for(g.user, visit_id)
    check_may_change(g.user, visit)
    staff = {person.id: person for person in (g.user, *people.list_active(CARING_ROLES))}
    form = PromiseForm(staff.values(), visit.visit_on, data={"person_id": g.user.id})
    if form.validate_on_submit():
        try:
            Promise.make(visit.firm_id, form.words.data or "", form.person_id.data, form.due_on.data, g.user,
                         clock.now(), visit)  # fmt: skip
            db.session.commit()
            flash("已记下这项承诺，到期前提醒。", "success")
            return redirect(url_for("visits.show", visit_id=visit_id) + "#promises")
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            visit = Visit.get_for(g.user, visit_id)
    page = render_template("visits/part.html", visit=visit, form=form, heading="加一项答复承诺")
    return (page, 422) if form.errors else page


@bp.route("/<int:promise_id>/done", methods=["GET", "POST"])
@needs("visits.edit")
def done(promise_id: int) -> str | Answer | tuple[str, int]:
    """It was kept: how, and when."""
    promise = _mine(promise_id)
    form = KeptForm(data={"on": clock.today()})
    return _settle(promise, form, "已答复", lambda row: row.keep(form.how.data or "", form.on.data, g.user,
                                                             clock.today()))  # fmt: skip


@bp.route("/<int:promise_id>/drop", methods=["GET", "POST"])
@needs("visits.edit")
def drop(promise_id: int) -> str | Answer | tuple[str, int]:
    """It will not be kept, and why."""
    form = DropForm()
    return _settle(
        _mine(promise_id), form, "不再答复", lambda row: row.drop(form.reason.data or "", g.user, clock.today())
    )


@bp.post("/<int:promise_id>/reopen")
@needs("visits.edit")
def reopen(promise_id: int) -> Answer:
    """Settled by mistake: it waits again."""
    promise = _mine(promise_id)
    promise.reopen()
    db.session.commit()
    flash("已恢复，等着答复。", "success")
    return redirect(url_for(".index", firm=promise.firm_id))


def _mine(promise_id: int) -> Promise:
    promise = Promise.get_for(g.user, promise_id)
    if not may_settle(g.user, promise, unit.acted_for(g.user.id, clock.today())):
        raise Refused(f"这项由{promise.person.name}答复，请本人或综合科来办。")
    return promise


def _settle(promise: Promise, form: KeptForm | DropForm, heading: str, act: object) -> str | Answer | tuple[str, int]:
    promise_id = promise.id
    if form.validate_on_submit():
        try:
            act(promise)  # type: ignore[operator]
            db.session.commit()
            flash(f"已存：{heading}。", "success")
            return redirect(url_for(".index"))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            promise = Promise.get_for(g.user, promise_id)
    page = render_template("promises/settle.html", promise=promise, form=form, heading=heading)
    return (page, 422) if form.errors else page
