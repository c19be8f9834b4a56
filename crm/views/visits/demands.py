"""诉求: what firms asked for at visits, waiting for somebody to keep it as it stands or to raise an issue."""

from math import ceil

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.visits.base import bp
from forms.visit import DemandForm, KeepForm
from models import clock
from models.base import db
from models.errors import Refused
from models.issue.recent import raised_from
from models.rules.visit import DEMAND_STATES, HANDLINGS
from models.visit import Visit, VisitDemand, writing
from models.visit.editing import check_may_change, may_change

Answer = str | Response | tuple[str, int]
PAGE_SIZE = 50


@bp.get("/demands")
@needs("visits.view")
def list_demands() -> str:
    """Every demand in one state, newest visits first."""
    state = request.args.get("state", "to_review")
    state = state if state in DEMAND_STATES else "to_review"
    number = max(request.args.get("page", 1, type=int), 1)
    category = request.args.get("category", "").strip()[:200]
    counts = VisitDemand.counts_for(g.user)
    rows, total = VisitDemand.look(g.user, state, category, number, PAGE_SIZE)
    pages = max(1, ceil(total / PAGE_SIZE))
    return render_template("visits/demands.html", rows=rows, counts=counts, states=DEMAND_STATES, state=state,
                           handlings=HANDLINGS, total=total, number=min(number, pages), pages=pages, category=category,
                           categories=VisitDemand.list_categories(g.user),
                           mine={row.id for row in rows if may_change(g.user, row.visit)},
                           raised=raised_from(g.user, [row.id for row in rows]))  # fmt: skip


@bp.route("/<int:visit_id>/demands/new", methods=["GET", "POST"])
@needs("visits.edit")
def add_demand(visit_id: int) -> Answer:
    """One more demand of a visit."""
    visit = Visit.get_for(g.user, visit_id)
    check_may_change(g.user, visit)
    form = DemandForm()
    if form.validate_on_submit():
        writing.add_demand(visit, form.words.data or "", form.category.data or "", clock.now())
        db.session.commit()
        flash("已记下这条诉求。", "success")
        return redirect(url_for(".show", visit_id=visit_id) + "#demands")
    page = render_template("visits/part.html", visit=visit, form=form, heading="加一条诉求")
    return (page, 422) if form.errors else page


@bp.route("/demands/<int:demand_id>/keep", methods=["GET", "POST"])
@needs("visits.edit")
def keep_demand(demand_id: int) -> Answer:
    """It becomes no issue, and why."""
    demand = VisitDemand.get_for(g.user, demand_id)
    check_may_change(g.user, demand.visit)
    form, visit_id = KeepForm(), demand.visit_id
    if form.validate_on_submit():
        try:
            demand.move_to("kept", g.user, clock.now(), form.reason.data or "")
            db.session.commit()
            flash("已留作记录。", "success")
            return redirect(url_for(".show", visit_id=visit_id) + "#demands")
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            demand = VisitDemand.get_for(g.user, demand_id)
    page = render_template("visits/part.html", visit=demand.visit, form=form, heading="留作记录", words=demand.words)
    return (page, 422) if form.errors else page


@bp.post("/demands/<int:demand_id>/reopen")
@needs("visits.edit")
def reopen_demand(demand_id: int) -> Response:
    """Kept by mistake: it waits for review again."""
    demand = VisitDemand.get_for(g.user, demand_id)
    check_may_change(g.user, demand.visit)
    demand.move_to("to_review", g.user, clock.now())
    db.session.commit()
    return redirect(url_for(".show", visit_id=demand.visit_id) + "#demands")
