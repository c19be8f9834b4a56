"""成效: what a visit brought, so many of each kind, and the team it belonged to."""

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.visits.base import bp
from forms.team import NOBODY, outcomes_form
from models.base import db
from models.errors import Refused
from models.team import Team
from models.visit import Visit
from models.visit.editing import check_may_change
from models.visit.outcomes import OutcomeKind, VisitOutcome, set_outcomes


@bp.route("/<int:visit_id>/outcomes", methods=["GET", "POST"])
@needs("visits.edit")
def edit_outcomes(visit_id: int) -> str | Response | tuple[str, int]:
    """The numbers of one visit, and its team."""
    visit = Visit.get_for(g.user, visit_id)
    check_may_change(g.user, visit)
    held = {row.kind_id: row for row in VisitOutcome.list_of(visit.id)}
    kinds = OutcomeKind.list_active()
    kinds += [row.kind for row in held.values() if row.kind not in kinds]
    teams = Team.list_running(visit.visit_on)
    if visit.team is not None and visit.team not in teams:
        teams.append(visit.team)
    data = {f"kind_{kind_id}": row.number for kind_id, row in held.items()}
    form = outcomes_form(kinds, teams, data={**data, "team_id": visit.team_id or NOBODY})
    if form.validate_on_submit():
        try:
            set_outcomes(visit, {kind.id: form[f"kind_{kind.id}"].data or 0 for kind in kinds})
            if teams:
                visit.team_id = form["team_id"].data or None
            db.session.commit()
            flash("已记下成效。", "success")
            return redirect(url_for(".show", visit_id=visit_id) + "#outcomes")
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            visit = Visit.get_for(g.user, visit_id)
    page = render_template("visits/part.html", visit=visit, form=form, heading="记成效")
    return (page, 422) if form.errors else page
