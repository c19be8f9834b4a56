"""What the office sets: the stages of a kind of pool, the reasons for leaving."""

from flask import flash, redirect, render_template, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.pool.base import bp
from forms.pool import ExitSetupForm, StageSetupForm
from models.base import db
from models.pool import PoolExit, PoolStage, PoolType

Answer = str | Response | tuple[str, int]
TAKEN = "已有同名的，请换一个"


@bp.get("/setup")
@needs("types.edit")
def setup() -> str:
    """Every kind with its stages, and the reasons for leaving."""
    return render_template("pool/setup.html", kinds=PoolType.list_all(), exits=PoolExit.list_all())


@bp.route("/setup/<int:pool_type_id>/stages/new", methods=["GET", "POST"])
@needs("types.edit")
def new_stage(pool_type_id: int) -> Answer:
    """A new stage of a kind."""
    kind = PoolType.get(pool_type_id)
    return _saved(StageSetupForm(PoolExit.list_active()), PoolStage(type_id=kind.id), f"{kind.name}：加阶段")


@bp.route("/setup/stages/<int:stage_id>", methods=["GET", "POST"])
@needs("types.edit")
def edit_stage(stage_id: int) -> Answer:
    """Change a stage; who stands in it stays there."""
    row = PoolStage.get(stage_id)
    return _saved(StageSetupForm(PoolExit.list_active(), row), row, f"{row.type.name}：改阶段")


@bp.route("/setup/exits/new", methods=["GET", "POST"])
@needs("types.edit")
def new_exit() -> Answer:
    """A new reason for leaving."""
    return _saved(ExitSetupForm(), PoolExit.begin(), "加出库原因")


@bp.route("/setup/exits/<int:exit_id>", methods=["GET", "POST"])
@needs("types.edit")
def edit_exit(exit_id: int) -> Answer:
    """Change a reason for leaving."""
    row = PoolExit.get(exit_id)
    return _saved(ExitSetupForm(row), row, "改出库原因")


def _saved(form: StageSetupForm | ExitSetupForm, row: PoolStage | PoolExit, heading: str) -> Answer:
    if form.validate_on_submit():
        form.populate_obj(row)
        if isinstance(row, PoolStage):
            row.exit_id = row.exit_id or None
        db.session.add(row)
        try:
            db.session.commit()
            flash(f"已存：{form.name.data}", "success")
            return redirect(url_for(".setup"))
        except IntegrityError:
            db.session.rollback()
            form.name.errors = [TAKEN]
    page = render_template("pool/setup_form.html", form=form, heading=heading)
    return (page, 422) if form.errors else page
