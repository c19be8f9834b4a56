"""The search box of every page."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from models import clock
from models.firm.filters import FirmFilter
from models.firm.listing import Listing, former_names
from models.firm.matching import explain

bp = Blueprint("search", __name__, url_prefix="/search")

#: As many as fit under the box.
SUGGESTED = 8


def typed() -> Listing:
    """The firms found by what was typed."""
    return Listing(g.user, FirmFilter(q=request.args.get("q", "").strip()[:100]), clock.today())


@bp.get("/")
@needs("firms.view")
def find() -> Response:
    """Enter: the first hit, or the list that says why there is none."""
    listing = typed()
    first = listing.page(1, 1) if listing.wanted else []
    if first:
        return redirect(url_for("firms.show", firm_id=first[0].id))
    return redirect(url_for("firms.index", q=listing.filter.q))


@bp.get("/suggest")
@needs("firms.view")
def suggest() -> str:
    """The first hits while somebody types; a fragment."""
    listing = typed()
    rows = listing.page(1, SUGGESTED + 1) if listing.wanted else []
    formers = former_names([row.id for row in rows])
    query = listing.filter.q
    hits = [(row, explain(query, row.name, formers.get(row.id, ()), row.code)) for row in rows[:SUGGESTED]]
    return render_template("search/_suggest.html", query=query, hits=hits, more=len(rows) > SUGGESTED,
                           tail=query if len(query) == 4 and query.isascii() and query.isdigit() else "")  # fmt: skip
