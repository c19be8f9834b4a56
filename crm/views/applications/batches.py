"""申报批次: all batches with what has become of their firms; adding, correcting and closing one."""

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.applications.base import bp
from forms.application import DAY_FIELDS, ApplicationBatchForm
from forms.base import ConfirmForm
from models import clock
from models.application.batch import ApplicationBatch
from models.application.listing import counts_of_batches
from models.base import db
from models.errors import Refused
from models.rules.application import DATES, STAGES
from models.title import TitleType


@bp.get("/")
@needs("applications.view")
def index() -> str:
    """Every batch, the running ones first, with its firms by stage."""
    return render_template("applications/index.html", batches=ApplicationBatch.list_all(), stages=STAGES,
                           date_names=DATES, counts=counts_of_batches(g.user), today=clock.today())  # fmt: skip


@bp.route("/batches/new", methods=["GET", "POST"])
@needs("applications.setup")
def new_batch() -> str | Response:
    """A new batch."""
    form = ApplicationBatchForm([kind for kind in TitleType.list_all() if kind.active], clock.today())
    if form.validate_on_submit():
        batch = ApplicationBatch(created_by_id=g.user.id, created_at=clock.now())
        if _saved(form, batch):
            return redirect(url_for(".show_batch", application_batch_id=batch.id))
    return render_template("applications/batch_form.html", form=form, batch=None, day_fields=DAY_FIELDS)


@bp.route("/batches/<int:application_batch_id>/edit", methods=["GET", "POST"])
@needs("applications.setup")
def edit_batch(application_batch_id: int) -> str | Response:
    """Correct a batch and its dates."""
    batch = ApplicationBatch.get(application_batch_id)
    form = ApplicationBatchForm(TitleType.list_all(), clock.today(), batch)
    if form.validate_on_submit() and _saved(form, batch):
        return redirect(url_for(".show_batch", application_batch_id=application_batch_id))
    return render_template("applications/batch_form.html", form=form, day_fields=DAY_FIELDS,
                           batch=ApplicationBatch.get(application_batch_id))  # fmt: skip


@bp.post("/batches/<int:application_batch_id>/close")
@needs("applications.setup")
def close_batch(application_batch_id: int) -> Response:
    """No more firms are entered; pressed again, the batch runs once more."""
    batch = ApplicationBatch.get(application_batch_id)
    if ConfirmForm().validate_on_submit():
        batch.close_or_open(clock.today())
        said = f"{batch.name}已结束，不再列入企业。" if batch.closed_on else f"{batch.name}重新打开，可以列入企业。"
        db.session.commit()
        flash(said, "success")
    return redirect(url_for(".show_batch", application_batch_id=application_batch_id))


def _saved(form: ApplicationBatchForm, batch: ApplicationBatch) -> bool:
    """Whether the batch could be kept; otherwise the form says why."""
    try:
        with db.session.no_autoflush:
            form.fill(batch)
            batch.check()
            batch.date_them(form.days)
        db.session.add(batch)
        db.session.commit()
    except Refused as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return False
    flash(f"已存：{batch.name}。", "success")
    return True
