"""工作移交: an officer's firms with what is open there go to another; proposed, confirmed by both, carried out."""

from math import ceil

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from crm.access import needs
from forms.base import ConfirmForm
from forms.handover import AcceptForm, HandoverForm, RefuseForm
from models import clock, handover, people
from models.base import db
from models.errors import Refused
from models.firm.choices import CARING_ROLES
from models.handover import Handover
from models.rules.handover import KINDS
from models.user import User

bp = Blueprint("handovers", __name__, url_prefix="/handovers")
Answer = str | Response | tuple[str, int]
PAGE_SIZE = 30


@bp.get("/")
@needs("visits.edit")
def index() -> str:
    """The record of handovers: what waits first; one's own, and for who assigns officers all."""
    number = max(request.args.get("page", 1, type=int), 1)
    rows, total = Handover.list_for(g.user, number, PAGE_SIZE)
    return render_template("handovers/index.html", rows=rows, total=total, number=number, kinds=KINDS,
                           pages=max(1, ceil(total / PAGE_SIZE)))  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs("visits.edit")
def new() -> Answer:
    """First to whom, then everything the giver has open, with ticks to leave some."""
    takers = people.list_active(CARING_ROLES)
    givers = handover.list_givers() if "firms.assign" in g.user.permissions else [g.user]
    giver = _chosen("giver", givers) or g.user
    taker = _chosen("taker", takers)
    if taker is None or taker.id == giver.id:
        return render_template("handovers/choose.html", givers=givers, takers=takers, giver=giver,
                               same=taker is not None)  # fmt: skip
    held = handover.holdings(giver.id)
    form = HandoverForm(data={"take": [one.key for one in held]})
    form.take.choices = [SelectChoice(one.key, one.words) for one in held]
    if form.validate_on_submit():
        chosen = set(form.take.data or ())
        try:
            row = Handover.propose(giver, taker, by=g.user, at=clock.now(), note=form.note.data or "",
                                   kept={one.key for one in held if one.key not in chosen},
                                   reason=form.reason.data or "")  # fmt: skip
            db.session.commit()
            flash(f"已提交，等{taker.name}确认。确认以前什么都不变。", "success")
            return redirect(url_for(".show", handover_id=row.id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
    firm_ids = [one.row_id for one in held if one.kind == "firm"]
    page = render_template("handovers/new.html", form=form, giver=giver, taker=taker, held=held, kinds=KINDS,
                           demands=handover.demands_of(firm_ids), ticked=set(form.take.data or ()))  # fmt: skip
    return (page, 422) if request.method == "POST" else page


@bp.get("/<int:handover_id>")
@needs("visits.edit")
def show(handover_id: int) -> str:
    """One handover as it prints: what goes over, what stays, who confirmed when."""
    return _record(Handover.get_for(g.user, handover_id), RefuseForm())


@bp.post("/<int:handover_id>/accept")
@needs("visits.edit")
def accept(handover_id: int) -> Response:
    """The taker confirms; all of it goes over at once, or nothing when something changed meanwhile."""
    row, form = Handover.get_for(g.user, handover_id), AcceptForm()
    if form.validate():
        seen = form.version.data or ""
        row.accept(g.user, clock.now(), int(seen) if seen.isascii() and seen.isdigit() else 0)
        db.session.commit()
        flash(f"已移交 {len(row.taken())} 项，从今天起由{row.taker.name}负责。", "success")
    return redirect(url_for(".show", handover_id=handover_id))


@bp.post("/<int:handover_id>/refuse")
@needs("visits.edit")
def refuse(handover_id: int) -> Answer:
    """The taker does not accept, with a reason."""
    row, form = Handover.get_for(g.user, handover_id), RefuseForm()
    if not form.validate():
        return _record(row, form), 422
    row.refuse(g.user, clock.now(), form.reason.data or "")
    db.session.commit()
    flash("已告诉移交人不同意。", "success")
    return redirect(url_for(".show", handover_id=handover_id))


@bp.post("/<int:handover_id>/refresh")
@needs("visits.edit")
def refresh(handover_id: int) -> Response:
    """Bring the list up to date with what changed since."""
    row = Handover.get_for(g.user, handover_id)
    if ConfirmForm().validate():
        row.refresh(g.user, clock.now())
        db.session.commit()
        flash("清单已更新，等接收人确认。", "success")
    return redirect(url_for(".show", handover_id=handover_id))


@bp.post("/<int:handover_id>/withdraw")
@needs("visits.edit")
def withdraw(handover_id: int) -> Response:
    """Take the proposal back."""
    row = Handover.get_for(g.user, handover_id)
    if ConfirmForm().validate():
        row.withdraw(g.user, clock.now())
        db.session.commit()
        flash("已撤回，什么都没有变。", "success")
    return redirect(url_for(".show", handover_id=handover_id))


def _record(row: Handover, form: RefuseForm) -> str:
    waits = row.state == "proposed"
    demands = handover.demands_of([item.row_id for item in row.taken("firm")]) if waits else []
    return render_template("handovers/show.html", row=row, kinds=KINDS, demands=demands, refusing=form,
                           changed=row.changes() if waits else [], mine=waits and g.user.id == row.taker_id,
                           may_change=waits and row.may_change(g.user))  # fmt: skip


def _chosen(name: str, offered: list[User]) -> User | None:
    asked = request.args.get(name, "")
    return next((person for person in offered if str(person.id) == asked), None)
