"""外出与代理: who is away, and who acts meanwhile."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from forms.base import ConfirmForm
from forms.place import AbsenceForm
from models import clock, people, unit
from models.base import db
from models.errors import NotFound, Refused
from models.unit import Absence

bp = Blueprint("absences", __name__, url_prefix="/absences")


@bp.get("/")
@needs("absences.edit")
def index() -> str:
    """Everybody who is or will be away."""
    return render_template(
        "absences/index.html", absences=unit.list_absences(clock.today()), may_change=_may_change, today=clock.today()
    )


@bp.route("/new", methods=["GET", "POST"])
@needs("absences.edit")
def new() -> str | Response:
    """An absence of one's own; of anybody for who keeps the units."""
    return _edit(Absence(user_id=g.user.id), "登记外出")


@bp.route("/<int:absence_id>/edit", methods=["GET", "POST"])
@needs("absences.edit")
def edit(absence_id: int) -> str | Response:
    """Other days, another deputy."""
    return _edit(_get(absence_id), "改外出登记")


@bp.post("/<int:absence_id>/delete")
@needs("absences.edit")
def delete(absence_id: int) -> Response:
    """It came to nothing: the entry goes, the change log keeps it."""
    row = _get(absence_id)
    if ConfirmForm().validate():
        db.session.delete(row)
        db.session.commit()
        flash("已取消。", "success")
    return redirect(url_for(".index"))


def _edit(row: Absence, title: str) -> str | Response:
    everybody = [(user.id, user.name) for user in people.list_active()]
    absent = everybody if _keeps_units() else [(g.user.id, g.user.name)]
    form = AbsenceForm(
        absent,
        everybody,
        clock.today(),
        data={
            "person": str(row.user_id or ""),
            "deputy": str(row.deputy_id or ""),
            "from_on": row.from_on or clock.today(),
            "to_on": row.to_on,
            "reason": row.reason or "",
        },
    )
    if form.validate_on_submit():
        row.user_id, row.deputy_id = int(form.person.data), int(form.deputy.data)
        row.from_on, row.to_on, row.reason = form.from_on.data, form.to_on.data, form.reason.data or ""
        try:
            unit.check_absence(row)
        except Refused as error:
            db.session.rollback()
            form.deputy.errors = [str(error)]
        else:
            db.session.add(row)
            db.session.commit()
            flash("已登记。这几天的提醒和审批转给代理人。", "success")
            return redirect(url_for(".index"))
    return render_template("absences/edit.html", form=form, title=title)


def _keeps_units() -> bool:
    return "units.edit" in g.user.permissions


def _may_change(row: Absence) -> bool:
    return _keeps_units() or row.user_id == g.user.id


def _get(absence_id: int) -> Absence:
    row = unit.get_absence(absence_id)
    if not _may_change(row):
        raise NotFound
    return row
