"""菜单式服务 on the record of an issue: offer a service of the menu in one touch, and write down what came of it."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.issues.base import bp
from forms.issue import whole
from forms.issue_acts import OfferForm
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.issue import Issue, serving


@bp.post("/<int:issue_id>/offers")
@needs("issues.raise")
def offer_service(issue_id: int) -> Response:
    """One service of the menu for this issue."""
    issue = Issue.get_for(g.user, issue_id)
    item_id = whole(request.form.get("item"))
    if item_id is None:
        raise NotFound
    name = serving.offer(issue, item_id, g.user, clock.now()).item.name
    db.session.commit()
    flash(f"已推荐“{name}”。", "success")
    return redirect(url_for(".show", issue_id=issue_id) + "#offers")


@bp.route("/<int:issue_id>/offers/<int:offer_id>", methods=["GET", "POST"])
@needs("issues.raise")
def settle_offer(issue_id: int, offer_id: int) -> str | Response | tuple[str, int]:
    """What the firm said, what came of it, how it rates the service."""
    issue = Issue.get_for(g.user, issue_id)
    row = serving.get_offer(issue, offer_id)
    form = OfferForm(data={"state": row.state, "words": row.outcome, "rating": row.rating})
    if form.validate_on_submit():
        try:
            serving.settle(row, form.state.data or "", form.words.data or "", form.rating.data, clock.today())
            db.session.commit()
            flash("已记下结果。", "success")
            return redirect(url_for(".show", issue_id=issue_id) + "#offers")
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            issue = Issue.get_for(g.user, issue_id)
            row = serving.get_offer(issue, offer_id)
    page = render_template("issues/offer.html", form=form, issue=issue, row=row)
    return (page, 422) if form.errors else page
