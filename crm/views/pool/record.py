"""One firm in a pool: gaps, next step, stages, and a click when it reached its target."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.pool.base import bp, gaps
from forms.base import ConfirmForm
from forms.pool import MemberForm, StageForm, list_owners
from models import clock
from models.assessment.plan import FirmPlan
from models.base import db
from models.errors import Refused
from models.pool import PoolExit, PoolMember, PoolStage, moving
from models.pool.listing import look
from models.title import TitleType

Answer = str | Response | tuple[str, int]


@bp.get("/<int:member_id>")
@needs("firms.view")
def show(member_id: int) -> str:
    """Where the firm stands in the pool, what it lacks, what is next, and how it came here."""
    member = PoolMember.get_for(g.user, member_id)
    line = look(member, clock.today())
    plans = [plan for plan in FirmPlan.list_of(member.firm_id) if plan.state == "open"]
    return render_template(
        "pool/show.html", member=member, line=line, gap=gaps([line]).get(member.id), steps=member.steps(), plans=plans,
        may_change=member.may_change(g.user), today=clock.today(),
        form=StageForm(_ahead(member), clock.today()) if member.may_change(g.user) else None,
    )  # fmt: skip


@bp.route("/<int:member_id>/edit", methods=["GET", "POST"])
@needs("pool.edit")
def edit(member_id: int) -> Answer:
    """Change plan year, target, batch, owner, next step and measures."""
    member = _mine(member_id)
    form = MemberForm(list_owners(member.owner), TitleType.list_all(), member)
    if form.validate_on_submit():
        member.plan_year = form.plan_year.data
        member.target_type_id, member.owner_id = form.target_type_id.data or None, form.owner_id.data or None
        member.batch, member.reason = form.batch.data or "", form.reason.data or ""
        member.measures = form.measures.data or ""
        moving.set_next(member, moving.Next(form.next_step.data or "", form.next_on.data), clock.today())
        db.session.commit()
        flash("已存。", "success")
        return redirect(url_for(".show", member_id=member_id))
    page = render_template("pool/edit.html", form=form, member=member)
    return (page, 422) if form.errors else page


@bp.post("/<int:member_id>/stage")
@needs("pool.edit")
def reach(member_id: int) -> Answer:
    """The firm reached a stage; one that leads out ends its stay."""
    member = _mine(member_id)
    form = StageForm(_ahead(member), clock.today())
    if form.validate():
        stage = PoolStage.get(form.stage_id.data)
        try:
            changed = moving.reach(member, stage, form.reached_on.data, g.user, clock.today(), form.note.data or "")
            db.session.commit()
            flash(f"{member.firm.name}到{stage.name}" if changed else "原来就在这个阶段", "success")
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
    else:
        flash("阶段没有改：" + "；".join(str(text) for texts in form.errors.values() for text in texts), "error")
    return redirect(_back(member_id))


@bp.route("/<int:member_id>/graduate", methods=["GET", "POST"])
@needs("pool.edit")
def graduate(member_id: int) -> Answer:
    """The target was granted: the firm leaves as graduated, on the day of the grant."""
    member, form = _mine(member_id), ConfirmForm()
    granted = look(member, clock.today()).granted_on
    if request.method == "POST" and form.validate():
        if granted is None:
            flash("没有毕业：入库以后还没有登记到目标资质，或已经出库。", "error")
        else:
            moving.end(member, granted, PoolExit.graduation(), f"{granted} 获{_target(member)}")
            db.session.commit()
            flash(f"{member.firm.name}毕业出库", "success")
        return redirect(_back(member_id))
    return render_template("pool/graduate.html", member=member, form=form, granted=granted)


@bp.post("/<int:member_id>/return")
@needs("pool.edit")
def come_back(member_id: int) -> Answer:
    """Leaving was a mistake: the stay goes on."""
    member = _mine(member_id)
    try:
        moving.come_back(member)
        db.session.commit()
        flash("已恢复在库", "success")
    except Refused as error:
        db.session.rollback()
        flash(str(error), "error")
    return redirect(url_for(".show", member_id=member_id))


def _mine(member_id: int) -> PoolMember:
    member = PoolMember.get_for(g.user, member_id)
    if not member.may_change(g.user):
        who = member.owner.name if member.owner else "综合科"
        raise Refused(f"这家企业由{who}负责培育，要改请告诉负责人。")
    return member


def _ahead(member: PoolMember) -> list[PoolStage]:
    return [stage for stage in member.type.stages if stage.active and stage.id != member.stage_id]


def _target(member: PoolMember) -> str:
    return member.target.name if member.target else "目标资质"


def _back(member_id: int) -> str:
    """The board when the click came from there, else the record."""
    if request.form.get("from") == "board":
        return url_for(".board", type=request.form.get("type", type=int))
    return url_for(".show", member_id=member_id)
