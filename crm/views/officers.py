"""责任人: people whom a ledger names as looking after firms and for whom there is no account, or two."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from forms.officers import DecideForm
from models import clock, people
from models.base import db
from models.errors import NotFound
from models.firm import officer_waits

bp = Blueprint("officers", __name__, url_prefix="/officers")


@bp.get("/")
@needs("firms.assign")
def index() -> str:
    """The names that firms wait for, and the firms that wait for one of them."""
    name = request.args.get("name", "")
    return render_template(
        "officers/index.html",
        waiting=officer_waits.list_waiting(g.user),
        accounts=people.list_active(officer_waits.CARING_ROLES),
        name=name,
        firms=officer_waits.firms_waiting(g.user, name) if name else [],
    )


@bp.post("/decide")
@needs("firms.assign")
def decide() -> Response:
    """A name means an account: its firms get their officer, and the next ledger is understood."""
    form = DecideForm()
    form.user_id.choices = [(user.id, user.name) for user in people.list_active(officer_waits.CARING_ROLES)]
    if not form.validate_on_submit():
        flash("请选这个名字是哪个账号", "error")
        return redirect(url_for(".index"))
    try:
        count = officer_waits.decide(form.name.data, form.user_id.data, g.user.id, clock.now(), clock.today())
    except NotFound:
        db.session.rollback()
        flash("这个名字已经有人认过了", "error")
        return redirect(url_for(".index"))
    db.session.commit()
    flash(f"已认：{form.name.data}，{count} 家企业有了联系干部；以后的台账照此认", "success")
    return redirect(url_for(".index"))
