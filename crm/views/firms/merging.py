"""Merging duplicates: choose the other, see everything that moves, do it; take it back."""

import json

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm import trail
from crm.access import needs
from crm.views.firms.base import bp
from models import clock
from models.base import db
from models.firm import Firm, merging
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.firm.merge_plan import FOREIGN_KEYS, Moves, plan

#: Hits of the search for the other one.
OFFERED = 10


@bp.get("/<int:firm_id>/merge")
@needs("firms.merge")
def merge(firm_id: int) -> str | tuple[str, int]:
    """Look for the other one; once it is chosen, the preview."""
    kept = Firm.get_for(g.user, firm_id)
    other = request.args.get("other", type=int)
    if other is None:
        query = request.args.get("q", "")
        found = Listing(g.user, FirmFilter(q=query), clock.today()).page(1, OFFERED) if query else []
        return render_template("firms/merge_find.html", firm=kept, query=query, twins=merging.twins(g.user, kept),
                               found=[row for row in found if row.id != kept.id])  # fmt: skip
    gone = Firm.get_for(g.user, other)
    return render_template("firms/merge.html", firm=kept, gone=gone, plan=plan(kept, gone))


@bp.post("/<int:firm_id>/merge")
@needs("firms.merge")
def merge_now(firm_id: int) -> Response:
    """Do what the preview showed; sent twice, the second finds the firm already merged."""
    kept = Firm.get_for(g.user, firm_id)
    gone = Firm.get_for(g.user, request.form.get("other", 0, type=int))
    record = merging.merge(kept, gone, g.user, request.form.getlist("from_gone"))
    trail.note("firm.merge", subject="firm", subject_id=kept.id, detail={"gone": gone.id, "merge": record.id})
    db.session.commit()
    flash(f"“{gone.name}”已并入这一家。不对就撤销合并。", "success")
    return redirect(url_for(".merged", merge_id=record.id))


@bp.get("/merges/<int:merge_id>")
@needs("firms.merge")
def merged(merge_id: int) -> str:
    """What a merge moved."""
    record = merging.get_for(g.user, merge_id)
    moved = json.loads(record.moved)
    names = {
        f"{table}.{column}": moves.name for (table, column), moves in FOREIGN_KEYS.items() if isinstance(moves, Moves)
    }
    return render_template(
        "firms/merged.html", record=record, kept=db.session.get_one(Firm, record.kept_id),
        gone=db.session.get_one(Firm, record.gone_id), fields=moved["fields"],
        counts=[(names[name], len(keys)) for name, keys in moved["rows"].items()],
    )  # fmt: skip


@bp.post("/merges/<int:merge_id>/undo")
@needs("firms.merge")
def unmerge(merge_id: int) -> Response:
    """Move back exactly what moved, and say what could not be."""
    record = merging.get_for(g.user, merge_id)
    left = merging.unmerge(record, g.user)
    trail.note("firm.unmerge", subject="firm", subject_id=record.kept_id, detail={"gone": record.gone_id, "left": left})
    db.session.commit()
    flash(
        "已撤销合并，两家各自恢复" + (f"。没有退回的：{'；'.join(left)}" if left else ""),
        "warning" if left else "success",
    )
    return redirect(url_for(".show", firm_id=record.gone_id))
