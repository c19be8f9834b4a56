"""街镇园区: where firms are. Two trees, with the names an address may use."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.imports import propose as proposing
from forms.base import ConfirmForm
from forms.place import AreaForm
from models import area
from models.area import TREES, Area
from models.base import db
from models.errors import Refused
from models.firm import place_counts

bp = Blueprint("areas", __name__, url_prefix="/areas")


@bp.get("/")
@needs("areas.view")
def index() -> str:
    """Both trees, with how many firms lie where (for whoever may see firms) and how many lie nowhere yet."""
    closed = request.args.get("closed") == "1"
    sees_firms = "firms.view" in g.user.permissions
    return render_template(
        "areas/index.html",
        trees={tree: area.list_tree(tree, closed=closed) for tree in TREES},
        names=TREES,
        counts=place_counts.by_area(g.user) if sees_firms else None,
        nowhere=place_counts.nowhere(g.user) if sees_firms else 0,
        closed=closed,
    )


@bp.route("/<tree>/new", methods=["GET", "POST"])
@needs("areas.edit")
def new(tree: str) -> str | Response:
    """A new area or park."""
    if tree not in TREES:
        abort(404)
    return _edit(Area(tree=tree), f"加{TREES[tree]}")


@bp.route("/<int:area_id>/edit", methods=["GET", "POST"])
@needs("areas.edit")
def edit(area_id: int) -> str | Response:
    """Name, place in the tree, aliases, closed or not."""
    row = area.get(area_id)
    return _edit(row, f"改{TREES[row.tree]}")


@bp.post("/propose")
@needs("firms.assign")
def propose() -> Response:
    """Have the areas of all firms proposed anew from their addresses, by the worker."""
    if not ConfirmForm().validate():
        return redirect(url_for(".index"))
    task = proposing.order(g.user.id)
    db.session.commit()
    flash("正在按地址重新推定，名单和人工指定的不动。", "success")
    return redirect(url_for("tasks.show", task_id=task.id) if "tasks.view" in g.user.permissions else url_for(".index"))


def _edit(row: Area, title: str) -> str | Response:
    parents = [(other.id, "　" * depth + other.name) for other, depth in area.list_tree(row.tree) if other.id != row.id]
    form = AreaForm(
        parents,
        data={
            "name": row.name or "",
            "code": row.code or "",
            "parent": str(row.parent_id or ""),
            "aliases": row.aliases or "",
            "closed": bool(row.closed),
        },
    )
    if form.validate_on_submit():
        try:
            _fill(row, form)
        except Refused as error:
            db.session.rollback()
            form.parent.errors = [str(error)]
        else:
            proposing.order_for_new_areas(g.user.id)
            db.session.commit()
            flash("已保存。", "success")
            return redirect(url_for(".index"))
    return render_template("areas/edit.html", form=form, area=row, title=title)


def _fill(row: Area, form: AreaForm) -> None:
    area.check_code(form.code.data, row)
    row.rename(form.name.data)
    row.code = form.code.data
    row.move_below(int(form.parent.data) if form.parent.data else None)
    row.aliases = "\n".join(line.strip() for line in (form.aliases.data or "").splitlines() if line.strip())
    row.closed = form.closed.data
    db.session.add(row)
    db.session.flush()
