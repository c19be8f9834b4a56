"""设置 → 批次: when the batches of each type were announced, for lists that give no dates of their own."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.imports import work
from forms.base import ConfirmForm
from forms.title import BatchForm
from models.base import db
from models.errors import Refused
from models.title import Batch, TitleType

bp = Blueprint("batches", __name__, url_prefix="/batches")


@bp.get("/")
@needs("types.edit")
def index() -> str:
    """All batches, by type."""
    return render_template("batches/index.html", batches=Batch.list_all())


@bp.route("/new", methods=["GET", "POST"])
@needs("types.edit")
def new() -> str | Response:
    """A new batch."""
    form = BatchForm([kind for kind in TitleType.list_all() if kind.active])
    if form.validate_on_submit() and _saved(form, Batch()):
        return redirect(url_for(".index"))
    return render_template("batches/new.html", form=form)


@bp.route("/<int:batch_id>/edit", methods=["GET", "POST"])
@needs("types.edit")
def edit(batch_id: int) -> str | Response:
    """Correct a batch; titles that were imported with its dates stay as they are."""
    batch = Batch.get(batch_id)
    form = BatchForm(TitleType.list_all(), obj=batch)
    if form.validate_on_submit() and _saved(form, batch):
        return redirect(url_for(".index"))
    return render_template("batches/edit.html", form=form, batch=Batch.get(batch_id), remove=ConfirmForm())


@bp.post("/<int:batch_id>/remove")
@needs("types.edit")
def remove(batch_id: int) -> Response:
    """Take a batch out of the table; titles that were imported with its dates stay as they are."""
    batch = Batch.get(batch_id)
    name = batch.name
    db.session.delete(batch)
    db.session.commit()
    flash(f"已删除：{name}")
    return redirect(url_for(".index"))


def _saved(form: BatchForm, batch: Batch) -> bool:
    """Whether the batch could be kept; otherwise the form says why."""
    form.populate_obj(batch)
    try:
        batch.check()
        db.session.add(batch)
        again = work.order_planning_of_undated(g.user.id)
        db.session.commit()
    except Refused as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return False
    flash(
        f"已存：{form.name.data}。名单里等日期的行会再试一遍{f'，{again} 份待写入的名单正在重新核对' if again else ''}"
    )
    return True
