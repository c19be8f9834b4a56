"""The record of a firm."""

from flask import g, render_template

from crm.access import needs
from crm.views.firms.base import bp
from models.firm.record import Firm


@bp.get("/<int:firm_id>")
@needs("firms.view")
def show(firm_id: int) -> str:
    """The record of one firm."""
    firm = Firm.get_for(g.user, firm_id)
    return render_template("firms/show.html", firm=firm)
