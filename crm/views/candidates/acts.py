"""What is done with candidates: they enter a pool."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.candidates.base import Chosen, bp
from forms.pool import EnterForm, list_owners
from models import clock, pool
from models.base import db
from models.firm.editing import may_change
from models.firm.record import Firm
from models.pool import PoolType
from models.title import TitleType


@bp.route("/pool", methods=["GET", "POST"])
@needs("pool.edit")
def enter_pool() -> str | Response:
    """Candidates enter a pool: first a POST from the list shows the form, then the form acts."""
    if request.method == "GET":
        return redirect(url_for(".index"))
    chosen = Chosen.of_request()
    form = EnterForm(PoolType.list_active(), TitleType.list_all(), list_owners(), clock.today(), g.user.id)
    if "type_id" in request.form and form.validate():
        kind, ids = PoolType.get(form.type_id.data), _changeable(chosen.firm_ids())
        number = pool.enter(
            ids, kind, form.on.data or clock.today(), g.user, plan_year=form.plan_year.data,
            target_type_id=form.target_type_id.data or None, reason=form.reason.data or "",
            owner_id=form.owner_id.data or None, batch=form.batch.data or "",
        )  # fmt: skip
        db.session.commit()
        left = len(chosen.firm_ids()) - len(ids)
        flash(
            f"{number} 家进入{kind.name}"
            + (f"；{len(ids) - number} 家本来就在库" if number < len(ids) else "")
            + (f"；{left} 家不由您联系，没有动" if left else "")
        )
        return redirect(f"{url_for('.index')}?{chosen.back}")
    return render_template("candidates/pool.html", form=form, chosen=chosen, count=len(chosen.firm_ids()),
                           all_count=chosen.listing.count())  # fmt: skip


def _changeable(ids: list[int]) -> list[int]:
    """The firms among these that the person may also change."""
    if "firms.assign" in g.user.permissions:
        return ids
    return [firm.id for firm in Firm.list_by_ids(ids) if may_change(g.user, firm)]
