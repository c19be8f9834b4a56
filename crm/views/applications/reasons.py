"""未通过原因: the list of reasons that the office keeps."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.applications.base import bp
from forms.application import ReasonForm
from models.application.listing import uses_of_reasons
from models.application.reasons import RefusalReason
from models.base import db
from models.errors import Refused


@bp.get("/reasons")
@needs("applications.setup")
def reasons() -> str:
    """All reasons with how often each was given."""
    return render_template("applications/reasons.html", reasons=RefusalReason.list_all(), uses=uses_of_reasons())


@bp.route("/reasons/new", methods=["GET", "POST"])
@needs("applications.setup")
def new_reason() -> str | Response:
    """A new reason."""
    form = ReasonForm(data={"active": True})
    if form.validate_on_submit() and _saved(form, RefusalReason.begin()):
        return redirect(url_for(".reasons"))
    return render_template("applications/reason_form.html", form=form, reason=None)


@bp.route("/reasons/<int:reason_id>/edit", methods=["GET", "POST"])
@needs("applications.setup")
def edit_reason(reason_id: int) -> str | Response:
    """Reword a reason, or stop offering it."""
    reason = RefusalReason.get(reason_id)
    form = ReasonForm(obj=reason)
    if form.validate_on_submit() and _saved(form, reason):
        return redirect(url_for(".reasons"))
    return render_template("applications/reason_form.html", form=form, reason=RefusalReason.get(reason_id))


def _saved(form: ReasonForm, reason: RefusalReason) -> bool:
    """Whether it could be kept; otherwise the form says why."""
    try:
        reason.write(form.name.data or "", form.active.data)
        db.session.commit()
    except Refused as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return False
    flash(f"已存：{form.name.data}。", "success")
    return True
