"""The queue, one request, and its review: old value beside new, taken figure by figure, or sent back with words."""

from math import ceil

from flask import flash, g, redirect, render_template, request, url_for

from crm.access import needs
from crm.views.firm_inputs.base import Answer, bp, changing
from crm.views.issues import delivery
from forms.firm_input import ReviewForm, VoidForm, name_of
from models import clock
from models.base import db
from models.errors import Refused
from models.firm.choices import Choices
from models.firm.editing import may_change
from models.firm_input import reviewing
from models.firm_input.listing import TABS, InputFilter, InputListing
from models.firm_input.record import DECISIONS, WAYS, FirmInput, FirmInputMove
from models.rules.firm_input import STATES

PAGE_SIZE = 50


@bp.get("/")
@needs("firms.edit")
def index() -> str:
    """What waits: for a review, for a link, for the firm; and what is over."""
    listing = InputListing(g.user, InputFilter.parse(request.args), clock.today())
    counts = listing.counts()
    tab = listing.tab(counts)
    pages = max(1, ceil(counts[tab] / PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "firm_inputs/index.html", f=listing.filter, rows=listing.page(tab, number, PAGE_SIZE), counts=counts, tab=tab,
        tabs=TABS, number=number, pages=pages, total=counts[tab], today=listing.today, choices=Choices.load(),
    )  # fmt: skip


@bp.get("/<int:input_id>")
@needs("firms.edit")
def show(input_id: int) -> str:
    """One request: what was asked, what the firm answered, what was done with it."""
    return _page(FirmInput.get_for(g.user, input_id))


@bp.post("/<int:input_id>/decide")
@needs("firms.edit")
def decide(input_id: int) -> Answer:
    """Adopt what is ticked, or send it back."""
    row, form, at = changing(input_id), ReviewForm(), clock.now()
    if form.validate():
        try:
            if form.decision.data == "return":
                notes = {figure.cell: request.form.get(f"note_{figure.name}", "") for figure in row.figures}
                reviewing.send_back(row, form.words.data or "", notes, g.user, at)
                db.session.commit()
                flash("已退回，请再发一个链接给企业，或打电话。", "success")
                return redirect(url_for(".send_link", input_id=input_id))
            number = reviewing.adopt(row, form.cells(), g.user, at)
            db.session.commit()
            flash(f"已采用 {number} 项，从现在起算数。", "success")
            return redirect(url_for(".show", input_id=input_id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            row = changing(input_id)
    return _page(row, form), 422


def _page(row: FirmInput, form: ReviewForm | None = None) -> str:
    today = clock.today()
    lines = reviewing.lines_of(row)
    # What raises no question is ticked at first.
    ticked = {name_of(line.figure.cell) for line in lines if line.figure.value is not None and not line.questions}
    if form is not None:
        ticked = set(form.accepted.data or ())
    return render_template(
        "firm_inputs/show.html", row=row, lines=lines, form=form or ReviewForm(formdata=None), ticked=ticked,
        today=today, state=row.state_on(today), word=row.word_on(today), moves=FirmInputMove.list_of(row.id),
        mine=may_change(g.user, row.firm), ways=delivery.ways(), how=WAYS, decisions=DECISIONS, states=STATES,
        void_form=VoidForm(formdata=None),
    )  # fmt: skip
