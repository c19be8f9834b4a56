"""我的: what lies with the person at this page; for a handler of another unit the only page there is."""

from flask import g, render_template

from crm.access import needs
from crm.views.issues.base import bp
from models import clock
from models.issue import mine as lying
from models.rules.issue import STATES
from models.rules.issue_clock import SLIPS
from models.rules.issue_kinds import COLOURS


@bp.get("/mine")
@needs("issues.handle")
def mine() -> str:
    """To take, to work on, to answer; what is with the firm or the reviewer; what one raised for others."""
    found = lying.load(g.user, clock.today())
    return render_template("issues/mine.html", mine=found, states=STATES, colours=COLOURS, slip_causes=SLIPS)
