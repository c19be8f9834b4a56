"""The record of a visit: what was heard, photos, demands, promises, and what it said before it was corrected."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.visits.base import bp
from forms.visit import WithdrawForm
from models import clock
from models.base import db
from models.errors import Refused
from models.issue.recent import raised_from
from models.opinion import Opinion
from models.promise import Promise
from models.rules.visit import COMPANIONS, DEMAND_STATES, HANDLINGS
from models.user import User
from models.visit import Visit, VisitDemand, VisitOutcome, VisitPhoto, VisitReceipt, writing
from models.visit.editing import check_may_change, may_change
from models.visit.history import corrections
from models.visit.late import late_among

Answer = str | Response | tuple[str, int]


@bp.get("/<int:visit_id>")
@needs("visits.view")
def show(visit_id: int) -> str:
    """Everything of one visit."""
    visit = Visit.get_for(g.user, visit_id)
    return render_template("visits/show.html", **_everything(visit))


def _everything(visit: Visit) -> dict[str, Any]:
    withdrawn_by = db.session.get(User, visit.withdrawn_by_id) if visit.withdrawn_by_id else None
    demands = VisitDemand.list_of(visit.id)
    return {
        "visit": visit,
        "opinions": Opinion.list_of(visit.id),
        "outcomes": VisitOutcome.list_of(visit.id),
        "photos": VisitPhoto.list_of(visit.id),
        "demands": demands,
        "raised": raised_from(g.user, [row.id for row in demands]),
        "promises": Promise.list_of(visit.id),
        "corrections": corrections(visit),
        "receipt": VisitReceipt.find(visit.uuid),
        "late": bool(late_among([visit])),
        "may_change": may_change(g.user, visit) and visit.withdrawn_at is None,
        "withdrawn_by": withdrawn_by,
        "companion_kinds": COMPANIONS,
        "demand_states": DEMAND_STATES,
        "handlings": HANDLINGS,
    }


@bp.route("/<int:visit_id>/withdraw", methods=["GET", "POST"])
@needs("visits.edit")
def withdraw(visit_id: int) -> Answer:
    """Take a visit back, with a reason; it stays readable and counts nowhere."""
    visit = Visit.get_for(g.user, visit_id)
    check_may_change(g.user, visit)
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            writing.withdraw(visit, g.user, clock.now(), form.reason.data or "")
            db.session.commit()
            flash("已撤回这次走访，不再计入任何数。", "success")
            return redirect(url_for(".show", visit_id=visit_id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            visit = Visit.get_for(g.user, visit_id)
    page = render_template("visits/withdraw.html", visit=visit, form=form)
    return (page, 422) if form.errors else page
