"""列入批次: firms enter a batch, one from its page or many from a list."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.applications.base import bp
from crm.views.pool import Chosen
from forms.application import EnterBatchForm
from models import clock
from models.application.adding import Added, add_firms
from models.application.batch import ApplicationBatch
from models.base import db
from models.errors import Refused
from models.firm.record import Firm


@bp.route("/enter", methods=["GET", "POST"])
@needs("applications.edit")
def enter() -> str | Response:
    """Firms of a list enter a batch: first a POST from the list shows the form, then the form acts."""
    if request.method == "GET":
        return redirect(url_for("firms.index"))
    chosen, form = Chosen.of_request(), EnterBatchForm(ApplicationBatch.list_running())
    if "batch_id" in request.form and form.validate():
        batch = ApplicationBatch.get(form.batch_id.data)
        if _added(form, batch, chosen.firm_ids()):
            return redirect(url_for(".show_batch", application_batch_id=form.batch_id.data))
    return render_template("applications/enter.html", form=form, chosen=chosen, count=len(chosen.firm_ids()),
                           all_count=chosen.listing.count(), firm=None)  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs("applications.edit")
def new() -> str | Response:
    """One firm enters a batch; the address names it (firm)."""
    firm = Firm.get_for(g.user, request.args.get("firm", 0, type=int))
    form = EnterBatchForm(ApplicationBatch.list_running())
    if form.validate_on_submit() and _added(form, ApplicationBatch.get(form.batch_id.data), [firm.id]):
        return redirect(url_for("firms.show", firm_id=request.args.get("firm", type=int), _anchor="applications"))
    return render_template("applications/enter.html", form=form, chosen=None, count=1, all_count=1,
                           firm=Firm.get_for(g.user, request.args.get("firm", 0, type=int)))  # fmt: skip


def _added(form: EnterBatchForm, batch: ApplicationBatch, firm_ids: list[int]) -> bool:
    """Whether they were entered; otherwise the form says why."""
    name = batch.name
    try:
        added = add_firms(g.user, batch, firm_ids, clock.now())
        db.session.commit()
    except Refused as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return False
    flash(say(added, name), "success")
    return True


def say(added: Added, name: str) -> str:
    """What came of it, in words."""
    parts = [f"{added.new} 家列入{name}"]
    if added.there:
        parts.append(f"{added.there} 家本来就在")
    if added.others:
        parts.append(f"{added.others} 家不由您联系，没有动")
    return "；".join(parts) + "。"
