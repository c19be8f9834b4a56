"""走访前看 as a page: what to read before going to a firm, on the desktop, on paper and without script."""

from flask import g, render_template

from crm.access import needs
from crm.views.visits.base import bp
from models import clock
from models.firm import Firm
from models.visit import burden
from models.visit.before import cards


@bp.get("/before/<int:firm_id>")
@needs("visits.view")
def before(firm_id: int) -> str:
    """What is owed, what to ask, what ends, what need not be asked again."""
    firm, today = Firm.get_for(g.user, firm_id), clock.today()
    card = cards([firm.id], today, "issues.view" in g.user.permissions)[firm.id]
    return render_template("visits/before.html", firm=firm, card=card,
                           guard=burden.of(firm.id, today))  # fmt: skip
