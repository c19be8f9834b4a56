"""Which figures an edition of each kind prints, and in which order."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from crm.access import needs
from crm.views.reports.base import bp
from forms.report import FigureForm
from models.base import db
from models.errors import NotFound, Refused
from models.report import template
from models.rules.report import KINDS


@bp.route("/order/<kind>", methods=["GET", "POST"])
@needs("reports.compile")
def order(kind: str) -> str | Answer | tuple[str, int]:
    """The figures of a kind in their order; a form adds one."""
    if kind not in KINDS:
        raise NotFound
    places, offers = template.places(kind), template.offers(kind)
    form = FigureForm()
    form.section.choices, form.figure.choices = list(offers.sections.items()), offers.figures
    if request.method == "POST" and form.validate():
        try:
            template.add(kind, form.section.data, form.figure.data)
            db.session.commit()
            flash("已加上，正在起草的跟着变。", "success")
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
        return redirect(url_for(".order", kind=kind))
    answer = render_template(
        "reports/order.html", kind=kind, kinds=KINDS, places=places, sections=offers.sections, form=form
    )
    return (answer, 422) if form.errors else answer


@bp.post("/order/<kind>/change")
@needs("reports.compile")
def reorder(kind: str) -> Answer:
    """Move a figure up or down, take it out, or bring the shipped order back."""
    if kind not in KINDS:
        raise NotFound
    try:
        template.change(kind, request.form.get("doing", ""), request.form.get("place", ""))
        db.session.commit()
        flash("顺序已存。", "success")
    except Refused as error:
        db.session.rollback()
        flash(str(error), "error")
    return redirect(url_for(".order", kind=kind))
