"""群机器人: which groups are told how many reminders there are; the administrator enters their addresses."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm import trail
from crm.access import needs
from forms.base import ConfirmForm
from forms.robot import RobotForm
from models import clock, robot, setting, unit
from models.base import db
from models.errors import Refused
from models.reminder import settings
from models.robot import KINDS, Robot, RobotPost

bp = Blueprint("robots", __name__, url_prefix="/robots")

Answer = str | Response | tuple[str, int]


@bp.get("/")
@needs("settings.edit")
def index() -> str:
    """Every robot."""
    return render_template("robots/index.html", robots=Robot.list_all(), kinds=KINDS, rules=settings.in_force())


@bp.route("/new", methods=["GET", "POST"])
@needs("settings.edit")
def new() -> Answer:
    """One more."""
    return _edit(Robot(name="", kind="wecom", rules=frozenset(), active=True, host="", created_at=clock.now()))


@bp.route("/<int:robot_id>", methods=["GET", "POST"])
@needs("settings.edit")
def edit(robot_id: int) -> Answer:
    """One robot, and what it was told."""
    return _edit(Robot.get(robot_id))


@bp.post("/<int:robot_id>/try")
@needs("settings.edit")
def try_out(robot_id: int) -> Response:
    """试发: one post at once, which the worker brings."""
    one, now = Robot.get(robot_id), clock.now()
    if not one.is_on:
        raise Refused("这个机器人停着，请先填地址并启用。")
    words = f"{setting.get('bureau_name')}：提醒试发，收到即设置正确。"
    robot.put(one, f"try:{one.id}:{now.isoformat()}", words, now)
    trail.note("robot.try", subject="robot", subject_id=one.id)
    db.session.commit()
    flash("已试发，几秒后在下面看结果。", "success")
    return redirect(url_for(".edit", robot_id=robot_id) + "#posts")


def _edit(one: Robot) -> Answer:
    form = RobotForm(data={
        "name": one.name, "kind": one.kind, "unit_id": str(one.unit_id or ""), "rules": sorted(one.rules),
        "active": one.active,
    })  # fmt: skip
    form.offer([(row.id, row.name) for row, _ in unit.list_tree()], settings.list_rules(), one.host)
    if form.validate_on_submit():
        try:
            _take(form, one)
            db.session.flush()
            trail.note("robot.edit", subject="robot", subject_id=one.id, detail={"name": one.name, "host": one.host})
            db.session.commit()
            flash("已保存。" + ("" if one.is_on else "没有地址或没有启用，不会发。"), "success")
            return redirect(url_for(".edit", robot_id=one.id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
    posts = RobotPost.list_of(one.id) if one.id else []
    page = render_template("robots/edit.html", form=form, robot=one, posts=posts, confirm=ConfirmForm())
    return (page, 422) if form.errors else page


def _take(form: RobotForm, one: Robot) -> None:
    """What was typed; an empty address leaves the one that is there."""
    one.name, one.kind, one.active = form.name.data or "", form.kind.data, form.active.data
    one.unit_id = int(form.unit_id.data) if form.unit_id.data else None
    one.rules = frozenset(form.rules.data or [])
    if form.remove.data:
        one.put_address("")
        one.put_secret("")
    else:
        if form.address.data:
            one.put_address(form.address.data)
        if form.secret.data:
            one.put_secret(form.secret.data)
    one.check_name()
    db.session.add(one)
