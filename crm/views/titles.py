"""Titles of a firm: record, correct, confirm what was announced, revoke."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.pool import Chosen
from forms.title import ConfirmManyForm, ConfirmTitleForm, RevokeForm, TitleForm
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.firm.editing import check_may_change, may_change
from models.firm.profile import origins
from models.firm.record import Firm
from models.rules.ladder import RUNG_NAMES
from models.title import LEVELS, STATE_NAMES, Title, TitleType
from models.title_source import TitleSource, disagreements

bp = Blueprint("titles", __name__, url_prefix="/titles")


@bp.get("/<int:title_id>")
@needs("firms.view")
def show(title_id: int) -> str:
    """One title: what it is today, and everything known about it."""
    title = Title.get_for(g.user, title_id)
    state = title.state_on(clock.today())
    sources = TitleSource.list_of(title.id)
    rows = {row_id for row_id in (title.import_row_id, *(one.import_row_id for one in sources)) if row_id}
    return render_template(
        "titles/show.html", title=title, state=state, state_names=STATE_NAMES, levels=LEVELS, rung_names=RUNG_NAMES,
        changeable=may_change(g.user, title.firm), sources=sources, origins=origins(rows) if rows else {},
        disagreements=disagreements(title, sources),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs("titles.edit")
def new() -> str | Response:
    """Record a title of the firm named by ``firm_id`` in the address."""
    firm_id = request.args.get("firm_id", type=int)
    if firm_id is None:
        raise NotFound
    firm = Firm.get_for(g.user, firm_id)
    check_may_change(g.user, firm)
    form = TitleForm([kind for kind in TitleType.list_all() if kind.active], clock.today())
    if form.validate_on_submit():
        values = {
            name: value for name, value in form.data.items() if name not in ("csrf_token", "type_id", "issued_on")
        }
        try:
            title = Title.award(firm, TitleType.get(form.type_id.data), form.issued_on.data, **values)
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
        else:
            flash(f"已登记{title.type.name}")
            return redirect(url_for(".show", title_id=title.id))
    return render_template("titles/new.html", form=form, firm=firm)


@bp.route("/<int:title_id>/edit", methods=["GET", "POST"])
@needs("titles.edit")
def edit(title_id: int) -> str | Response:
    """Correct what was recorded wrongly; the log keeps what stood there."""
    title = _changeable(title_id)
    form = TitleForm(TitleType.list_all(), clock.today(), obj=title)
    del form.provisional  # confirming has a page of its own
    if form.validate_on_submit():
        try:
            title.correct(**{name: value for name, value in form.data.items() if name != "csrf_token"})
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
        else:
            flash("已存")
            return redirect(url_for(".show", title_id=title.id))
    return render_template("titles/edit.html", form=form, title=title)


@bp.route("/<int:title_id>/confirm", methods=["GET", "POST"])
@needs("titles.edit")
def confirm(title_id: int) -> str | Response:
    """The announcement is out: the title is in force from its day."""
    title = _changeable(title_id)
    form = ConfirmTitleForm(data={"issued_on": clock.today(), "number": title.number})
    if form.validate_on_submit():
        try:
            title.confirm(form.issued_on.data, g.user, form.number.data or "")
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
        else:
            flash(f"已确认，自 {title.issued_on} 起有效")
            return redirect(url_for(".show", title_id=title.id))
    return render_template("titles/confirm.html", form=form, title=title)


@bp.route("/<int:title_id>/revoke", methods=["GET", "POST"])
@needs("titles.edit")
def revoke(title_id: int) -> str | Response:
    """The title was withdrawn."""
    title = _changeable(title_id)
    form = RevokeForm(data={"revoked_on": clock.today()})
    if form.validate_on_submit():
        try:
            title.revoke(form.revoked_on.data, form.reason.data or "")
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
        else:
            flash(f"已撤销，自 {title.revoked_on} 起不再有效")
            return redirect(url_for(".show", title_id=title.id))
    return render_template("titles/revoke.html", form=form, title=title)


@bp.post("/confirm")
@needs("titles.edit")
def confirm_many() -> str | Response | tuple[str, int]:
    """The announcement of a whole list is out: first a POST from the list of firms shows the form, then it acts."""
    chosen = Chosen.of_request()
    form = ConfirmManyForm([kind for kind in TitleType.list_all() if kind.active], clock.today())
    sent = "type_id" in request.form
    if sent and form.validate():
        kind, ids = TitleType.get(form.type_id.data), chosen.changeable_ids()
        try:
            number = Title.confirm_all(ids, kind, form.issued_on.data, g.user)
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
        else:
            left = len(chosen.firm_ids()) - len(ids)
            flash(
                f"{number} 项{kind.name}已确认，自 {form.issued_on.data} 起有效"
                + (f"；{left} 家不由您联系，没有动" if left else "")
            )
            return redirect(url_for("firms.index") + (f"?{chosen.back}" if chosen.back else ""))
    page = render_template("titles/confirm_many.html", form=form, chosen=chosen, count=len(chosen.firm_ids()),
                           all_count=chosen.listing.count())  # fmt: skip
    return page, 422 if sent else 200


def _changeable(title_id: int) -> Title:
    """The title, when its firm is one this person may change. Raises NotFound, Refused."""
    title = Title.get_for(g.user, title_id)
    check_may_change(g.user, title.firm)
    return title
