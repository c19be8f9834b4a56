"""名单结果: what the published list did to a batch, and what a person still has to say about it."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.applications.base import bp
from crm.views.applications.state import WORDS
from forms.base import ConfirmForm
from models import clock
from models.application.batch import ApplicationBatch
from models.application.result import confirm_unlisted, keep_waiting, outcome_of
from models.base import db
from models.errors import Refused


@bp.get("/batches/<int:application_batch_id>/result")
@needs("applications.view")
def result(application_batch_id: int) -> str:
    """Who went on by the list, who is not on it, who is on it and in no batch."""
    batch = ApplicationBatch.get(application_batch_id)
    return render_template(
        "applications/result.html", batch=batch, outcome=outcome_of(g.user, batch), today=clock.today(), **WORDS
    )


@bp.post("/batches/<int:application_batch_id>/result")
@needs("applications.decide")
def decide_unlisted(application_batch_id: int) -> Response:
    """Refuse those ticked that are not on the list, or say that they still wait."""
    batch = ApplicationBatch.get(application_batch_id)
    ids = [int(value) for value in request.form.getlist("id") if value.isascii() and value.isdigit()]
    waits = request.form.get("verdict") == "wait"
    if ConfirmForm().validate_on_submit():
        try:
            done = (keep_waiting if waits else confirm_unlisted)(batch, g.user, clock.now(), ids)
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
        else:
            flash(f"{done} 家{'还等下一份名单' if waits else '记为未通过'}。", "success")
    return redirect(url_for(".result", application_batch_id=application_batch_id))
