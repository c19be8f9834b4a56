"""The patents of a firm, each count of its record opened into its rows."""

from flask import g, render_template, request, url_for

from crm.access import needs
from crm.views.firms.base import bp
from crm.views.firms.record import PATENT_GROUPS, day
from models import clock, patent
from models.firm import Firm
from models.firm.profile import origins

PER_PAGE = 50


@bp.get("/<int:firm_id>/patents")
@needs("firms.view")
def patents(firm_id: int) -> str:
    """The rights of a firm as of a day, all or one group, with where each comes from."""
    firm, on = Firm.get_for(g.user, firm_id), day()
    held = patent.list_of(firm.id, on)
    groups, group = patent.tally(held), request.args.get("group", "")
    if group not in {key for key, _, _ in PATENT_GROUPS}:
        group = ""
    chosen = [one for one in held if not group or one.group == group]
    pages = max(1, -(-len(chosen) // PER_PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    rows = chosen[(number - 1) * PER_PAGE : number * PER_PAGE]
    as_of = on != clock.today()
    tabs = [
        {
            "label": label,
            "url": url_for(".patents", firm_id=firm.id, group=key, on=on if as_of else None),
            "count": groups[key],
            "current": key == group,
        }
        for key, label, _ in PATENT_GROUPS
    ]
    return render_template(
        "firms/patents.html", firm=firm, on=on, as_of=as_of, rows=rows, group=group, total=len(held), tabs=tabs,
        others=patent.owners_named(rows, firm.id), pages=pages, number=number,
        origins=origins({one.patent.import_row_id for one in rows if one.patent.import_row_id}),
    )  # fmt: skip
