"""设置 → 走访方式与服务: kinds of contact and services, as the office keeps them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from crm.access import needs
from forms.opinion import OpinionKindForm
from forms.service import KindForm, ServiceForm
from forms.team import OutcomeKindForm
from models.base import db
from models.opinion import OpinionKind
from models.visit import OutcomeKind, Service, VisitKind

bp = Blueprint("services", __name__, url_prefix="/services")
Form = KindForm | ServiceForm | OutcomeKindForm | OpinionKindForm
Row = VisitKind | Service | OutcomeKind | OpinionKind
TAKEN = "已有同名的，请换一个"


@bp.get("/")
@needs("types.edit")
def index() -> str:
    """All kinds and services."""
    return render_template("services/index.html", kinds=VisitKind.list_all(), services=Service.list_all(),
                           outcomes=OutcomeKind.list_all(), opinions=OpinionKind.list_all())  # fmt: skip


@bp.route("/kinds/new", methods=["GET", "POST"])
@needs("types.edit")
def new_kind() -> str | Response:
    """A new kind of contact."""
    return _page(KindForm(), None, VisitKind, "加一种方式")


@bp.route("/kinds/<int:kind_id>/edit", methods=["GET", "POST"])
@needs("types.edit")
def edit_kind(kind_id: int) -> str | Response:
    """Change a kind; whether it counts as a visit changes the figures of any period."""
    row = VisitKind.get(kind_id)
    return _page(KindForm(obj=row), row, VisitKind, "改走访方式")


@bp.route("/new", methods=["GET", "POST"])
@needs("types.edit")
def new() -> str | Response:
    """A new service or purpose."""
    return _page(ServiceForm(), None, Service, "加一项服务")


@bp.route("/<int:service_id>/edit", methods=["GET", "POST"])
@needs("types.edit")
def edit(service_id: int) -> str | Response:
    """Change a service or purpose."""
    row = Service.get(service_id)
    return _page(ServiceForm(obj=row), row, Service, "改服务")


@bp.route("/outcomes/new", methods=["GET", "POST"])
@needs("types.edit")
def new_outcome() -> str | Response:
    """A new kind of result."""
    return _page(OutcomeKindForm(), None, OutcomeKind, "加一种成效")


@bp.route("/outcomes/<int:outcome_kind_id>/edit", methods=["GET", "POST"])
@needs("types.edit")
def edit_outcome(outcome_kind_id: int) -> str | Response:
    """Change a kind of result."""
    row = OutcomeKind.get(outcome_kind_id)
    return _page(OutcomeKindForm(obj=row), row, OutcomeKind, "改成效")


@bp.route("/opinions/new", methods=["GET", "POST"])
@needs("types.edit")
def new_opinion() -> str | Response:
    """A new kind of opinion."""
    return _page(OpinionKindForm(), None, OpinionKind, "加一种意见建议")


@bp.route("/opinions/<int:opinion_kind_id>/edit", methods=["GET", "POST"])
@needs("types.edit")
def edit_opinion(opinion_kind_id: int) -> str | Response:
    """Change a kind of opinion."""
    row = OpinionKind.get(opinion_kind_id)
    return _page(OpinionKindForm(obj=row), row, OpinionKind, "改意见建议的种类")


def _page(form: Form, row: Row | None, model: type, heading: str) -> str | Response:
    if form.validate_on_submit():
        row = row or model.begin()  # type: ignore[attr-defined]
        form.populate_obj(row)
        db.session.add(row)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            form.name.errors = [TAKEN]
        else:
            flash(f"已存：{form.name.data}", "success")
            return redirect(url_for(".index"))
    return render_template("services/form.html", form=form, heading=heading, kind=isinstance(form, KindForm))
