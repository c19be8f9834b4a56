"""申报培训: sessions, whom to invite, who came, who applied afterwards."""

from math import ceil
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from crm import papers, web
from crm.access import needs
from crm.documents import excel
from forms.base import ConfirmForm
from forms.training import AttendanceForm, TrainingFileForm, TrainingForm, WalkInForm
from models import audit_log, clock, file, setting
from models.assessment.candidate_list import CandidateFilter, CandidateListing
from models.base import db
from models.firm import Firm
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.pool import PoolType
from models.pool.filters import PoolFilter
from models.pool.listing import PoolListing
from models.rules.assess.book import REGIMES
from models.rules.training import ANSWERS
from models.title import TitleType
from models.training import Training, effect, inviting
from models.training.listing import count_sessions, list_sessions, rows_of

bp = Blueprint("trainings", __name__, url_prefix="/trainings")
Page = str | Answer | tuple[str, int]
PAGE_SIZE = 30
#: Where the firms to invite come from, beside the pools.
SOURCES = {"ready": "候选：已达标", "nearly": "候选：差一两项", "search": "按名称找"}
FOUND = 50


@bp.get("/")
@needs("firms.view")
def index() -> str:
    """Every session with the firms and people that came and what came of it."""
    total, today = count_sessions(), clock.today()
    pages = max(1, ceil(total / PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    sessions = list_sessions(number, PAGE_SIZE)
    return render_template("trainings/index.html", sessions=sessions, results=effect.results(g.user, sessions, today),
                           total=total, pages=pages, number=number, today=today)  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs("pool.edit")
def new() -> Page:
    """A new session."""
    row = Training(created_by_id=g.user.id, created_at=clock.now())
    return _form(TrainingForm(TitleType.list_all()), row, "办培训")


@bp.route("/<int:training_id>/edit", methods=["GET", "POST"])
@needs("pool.edit")
def edit(training_id: int) -> Page:
    """Change a session, or call it off."""
    row = Training.get(training_id)
    return _form(TrainingForm(TitleType.list_all(), row), row, "改培训")


def _form(form: TrainingForm, row: Training, heading: str) -> Page:
    if form.validate_on_submit():
        form.populate_obj(row)
        row.target_type_id, row.others = row.target_type_id or None, row.others or 0
        db.session.add(row)
        db.session.commit()
        flash(f"已存：{row.title}", "success")
        return redirect(url_for(".show", training_id=row.id))
    page = render_template("trainings/form.html", form=form, heading=heading)
    return (page, 422) if form.errors else page


@bp.get("/<int:training_id>")
@needs("firms.view")
def show(training_id: int) -> str:
    """One session: who is invited, who came, what is handed out."""
    row, today = Training.get(training_id), clock.today()
    return render_template(
        "trainings/show.html", training=row, rows=rows_of(g.user, row), answers=ANSWERS, files=row.files(), today=today,
        result=effect.results(g.user, [row], today)[row.id], after=effect.went_on([row], today).get(row.id, {}),
        upload=TrainingFileForm(formdata=None), note=AttendanceForm(formdata=None),
    )  # fmt: skip


@bp.post("/<int:training_id>/attendance")
@needs("pool.edit")
def attend(training_id: int) -> Answer:
    """Note who answered and how many came."""
    row, form = Training.get(training_id), AttendanceForm()
    said, wrong = form.said(request.form)
    changed = inviting.note(g.user, row, said)
    db.session.commit()
    flash(f"已记下，{changed} 家有改动", "success")
    if wrong:
        flash(f"人数“{'、'.join(wrong)}”没有记，那几行没有动：请填 0 到 999 的整数", "error")
    return redirect(url_for(".show", training_id=training_id))


@bp.get("/<int:training_id>/invite")
@needs("pool.edit")
def choose(training_id: int) -> str:
    """Whom to invite: a candidate list, a pool or a search; without those trained in the last year."""
    row = Training.get(training_id)
    firms, left = _chosen(row)
    shown = Firm.list_by_ids(firms[:FOUND])
    return render_template(
        "trainings/invite.html", training=row, firms=shown, total=len(firms), left=left, sources=_sources(row),
        source=request.args.get("source", ""), q=request.args.get("q", ""), form=ConfirmForm(formdata=None),
        untrained=request.args.get("all") != "1", walk=WalkInForm(formdata=None),
    )  # fmt: skip


@bp.post("/<int:training_id>/invite")
@needs("pool.edit")
def invite(training_id: int) -> Answer:
    """Put the ticked firms, or all of the list they were ticked on, on the session's list."""
    row = Training.get(training_id)
    ids = [int(value) for value in request.form.getlist("id") if value.isascii() and value.isdigit()]
    if request.form.get("everything") == "1":
        ids = _chosen(row)[0]
    done = inviting.invite(g.user, row, ids, clock.now())
    db.session.commit()
    flash(f"邀请 {done.new} 家" + (f"；{done.there} 家本来就在名单上" if done.there else ""), "success")
    return redirect(url_for(".show", training_id=training_id))


@bp.post("/<int:training_id>/walk-in/<int:firm_id>")
@needs("pool.edit")
def walk_in(training_id: int, firm_id: int) -> Answer:
    """A firm came without being invited."""
    row, firm, form = Training.get(training_id), Firm.get_for(g.user, firm_id), WalkInForm()
    if form.validate():
        inviting.walk_in(g.user, row, firm.id, form.people.data, clock.now())
        db.session.commit()
        flash(f"{firm.name}到场 {form.people.data} 人", "success")
    else:
        flash("没有记：人数请填 1 到 999", "error")
    return redirect(url_for(".show", training_id=training_id))


@bp.post("/<int:training_id>/firms/<int:firm_id>/remove")
@needs("pool.edit")
def remove(training_id: int, firm_id: int) -> Answer:
    """A firm was put on the list by mistake."""
    row, firm = Training.get(training_id), Firm.get_for(g.user, firm_id)
    inviting.remove(row, firm.id)
    db.session.commit()
    flash(f"{firm.name}已从名单拿掉", "success")
    return redirect(url_for(".show", training_id=training_id))


@bp.post("/<int:training_id>/files")
@needs("pool.edit")
def upload(training_id: int) -> Answer:
    """Keep one of the materials."""
    row, form = Training.get(training_id), TrainingFileForm()
    given = form.paper.data
    if not form.validate() or given is None or not given.filename:
        flash("没有存：请选一个文件", "error")
        return redirect(url_for(".show", training_id=training_id))
    data = given.read()
    file.store(data, given.filename, papers.kind_of(data), owner_table="training", owner_id=row.id, at=clock.now(),
               person_id=g.user.id)  # fmt: skip
    db.session.commit()
    flash("材料已存", "success")
    return redirect(url_for(".show", training_id=training_id))


@bp.get("/<int:training_id>/files/<int:file_id>")
@needs("firms.view")
def paper(training_id: int, file_id: int) -> Response:
    """One of the materials, for saving."""
    kept = Training.get(training_id).file(file_id)
    return web.download(file.read(kept), kept.name, kept.content_type)


@bp.get("/<int:training_id>/sheet")
@needs("firms.view")
def sheet(training_id: int) -> str:
    """The attendance sheet, for printing and signing."""
    row = Training.get(training_id)
    return render_template("trainings/sheet.html", training=row, rows=rows_of(g.user, row))


COLUMNS = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "企业": 36, "信用代码": 22, "街镇": 14, "联系干部": 12, "邀请": 12, "答复": 10, "到场人数": 10, "签到": 16,
        "备注": 24, "后来申报": 12,
    }.items()
)  # fmt: skip


@bp.get("/<int:training_id>/export")
@needs("firms.export")
def export(training_id: int) -> Response:
    """The attendance sheet as a workbook."""
    row, now = Training.get(training_id), clock.now()
    after = effect.went_on([row], clock.today()).get(row.id, {})
    lines = (
        [one.firm.name, one.firm.code, one.firm.area.name if one.firm.area else "",
         one.firm.officer_a.name if one.firm.officer_a else "", one.invited_on or "现场来的", ANSWERS[one.answer],
         one.people, "", one.note, after.get(one.firm_id)]
        for one in rows_of(g.user, row)
    )  # fmt: skip
    mark = excel.watermark(f"签到表 {row.title}", g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("签到表", mark, COLUMNS, lines)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="training",
                   detail={"rows": count, "filter": {"training": row.id}})  # fmt: skip
    db.session.commit()
    return web.download(data, f"签到表_{row.held_on}.xlsx", excel.MEDIA_TYPE)


def _sources(row: Training) -> dict[str, str]:
    pools = {f"pool-{kind.id}": kind.name for kind in PoolType.list_active()}
    judged = row.target is not None and row.target.key in REGIMES
    return {key: name for key, name in SOURCES.items() if judged or key == "search"} | pools


def _chosen(row: Training) -> tuple[list[int], int]:
    """The firms of the source in the address that are not on the list, and how many were left out as trained."""
    source, today = request.args.get("source", ""), clock.today()
    on_list = {one.firm_id for one in rows_of(g.user, row)}
    ids = [firm_id for firm_id in _of_source(row, source) if firm_id not in on_list]
    if request.args.get("all") == "1" or source == "search":
        return ids, 0
    trained = effect.trained(row.target_type_id, today)
    left = [firm_id for firm_id in ids if firm_id not in trained]
    return left, len(ids) - len(left)


def _of_source(row: Training, source: str) -> list[int]:
    today, number = clock.today(), source.removeprefix("pool-")
    if source == "search":
        wanted = request.args.get("q", "").strip()[:100]
        found: list[Any] = list(Listing(g.user, FirmFilter(q=wanted), today).page(1, FOUND)) if wanted else []
        return [one.id for one in found]
    if source != number and number.isascii() and number.isdigit() and len(number) < 10:
        return [line.member.firm_id for line in PoolListing(g.user, PoolFilter(type=int(number)), today).rows()]
    if row.target is not None and row.target.key in REGIMES and source in SOURCES:
        return CandidateListing(g.user, CandidateFilter(row.target.key, source), today).ids()
    return []
