"""设置 → 资质类型: types of title and kinds of pool, as the office keeps them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from crm.access import needs
from forms.title_type import PoolTypeForm, TitleTypeForm
from models.base import db
from models.pool import PoolType
from models.rules.ladder import RUNG_NAMES
from models.title import LEVELS, TitleType

bp = Blueprint("types", __name__, url_prefix="/types")
TAKEN = "已有同名或同标识的，请换一个"


@bp.get("/")
@needs("types.edit")
def index() -> str:
    """All types and pools."""
    return render_template("types/index.html", kinds=TitleType.list_all(), pools=PoolType.list_all(), levels=LEVELS,
                           rung_names=RUNG_NAMES)  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs("types.edit")
def new() -> str | Response:
    """A new type of title."""
    form = TitleTypeForm()
    if form.validate_on_submit():
        return _saved(form, TitleType(), "types/new.html")
    return render_template("types/new.html", form=form)


@bp.route("/<int:type_id>/edit", methods=["GET", "POST"])
@needs("types.edit")
def edit(type_id: int) -> str | Response:
    """Change a type; what its rule changes on the ladder is computed anew at once."""
    kind = TitleType.get(type_id)
    form = TitleTypeForm(obj=kind)
    if form.validate_on_submit():
        return _saved(form, kind, "types/edit.html")
    return render_template("types/edit.html", form=form, kind=kind)


@bp.route("/pools/new", methods=["GET", "POST"])
@needs("types.edit")
def new_pool() -> str | Response:
    """A new kind of pool."""
    form = PoolTypeForm(TitleType.list_all())
    if form.validate_on_submit():
        return _saved(form, PoolType.begin(), "types/new_pool.html")
    return render_template("types/new_pool.html", form=form)


@bp.route("/pools/<int:pool_type_id>/edit", methods=["GET", "POST"])
@needs("types.edit")
def edit_pool(pool_type_id: int) -> str | Response:
    """Change a kind of pool."""
    kind = PoolType.get(pool_type_id)
    form = PoolTypeForm(TitleType.list_all(), kind)
    if form.validate_on_submit():
        return _saved(form, kind, "types/edit_pool.html")
    return render_template("types/edit_pool.html", form=form, kind=kind)


def _saved(form: TitleTypeForm | PoolTypeForm, row: TitleType | PoolType, template: str) -> str | Response:
    form.populate_obj(row)
    if isinstance(row, TitleType):
        row.rung = row.rung or None
    else:
        row.target_type_id = row.target_type_id or None
    name = row.name
    db.session.add(row)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        form.name.errors = [TAKEN]
        return render_template(template, form=form, kind=row)
    flash(f"已存：{name}")
    return redirect(url_for(".index"))
