"""Saved views: the state of a list under a name."""

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from models.base import db
from models.saved_view import SavedView

bp = Blueprint("saved_views", __name__, url_prefix="/saved-views")

#: The lists that keep views, and the page each opens.
PAGES = {"firms": "firms.index", "visits": "visits.index", "issues": "issues.index"}


@bp.post("/<page>")
@needs("self")
def save(page: str) -> Response:
    """Keep the filters, order and columns of a list under a name; the same name is written anew."""
    if page not in PAGES:
        abort(404)
    name, query = request.form.get("name", "").strip()[:40], request.form.get("query", "")[:2000]
    address = url_for(PAGES[page]) + (f"?{query}" if query else "")
    if not name:
        flash("请给视图起个名字", "error")
        return redirect(address)
    # Only who arranges the work of others gives everybody a tab.
    shared = request.form.get("shared") == "1" and "firms.assign" in g.user.permissions
    SavedView.keep(g.user, page, name, query, shared)
    db.session.commit()
    flash(f"已存成视图“{name}”", "success")
    return redirect(address)


@bp.post("/<int:view_id>/delete")
@needs("self")
def delete(view_id: int) -> Response:
    """Give up a view of one's own."""
    view = SavedView.get_own(g.user, view_id)
    page = PAGES[view.page]
    db.session.delete(view)
    db.session.commit()
    flash(f"已删除视图“{view.name}”", "success")
    return redirect(url_for(page))
