"""What is measured: the application as it is, and one more view that adds a visit, which has no page of its own yet."""

from typing import Any

from flask import Blueprint, Flask, Response, g, has_request_context, redirect
from sqlalchemy import event
from wtforms import DateField, TextAreaField
from wtforms.validators import DataRequired

from crm import create_app
from crm.access import needs
from forms.base import BaseForm
from models import clock
from models.base import db
from models.firm import Firm
from models.visit import Visit

bp = Blueprint("bench", __name__)


class VisitForm(BaseForm):
    """What an officer writes after a visit."""

    visit_on = DateField("走访日期", [DataRequired()])
    text = TextAreaField("情况", [DataRequired()])


@bp.post("/bench/firms/<int:firm_id>/visits")
@needs("visits.edit")
def add(firm_id: int) -> tuple[str, int] | Response:
    """Record a visit as a page would: scope, token, form, change log, one commit."""
    firm = Firm.get_for(g.user, firm_id)
    form = VisitForm()
    if not form.validate_on_submit():
        return str(form.errors), 422
    Visit.add(firm, form.visit_on.data, form.text.data, [g.user], g.user, clock.now())
    db.session.commit()
    return redirect(f"/firms/{firm_id}")  # type: ignore[return-value]


def make() -> Flask:
    """The application for gunicorn. Each answer says how many statements it took."""
    app = create_app()
    app.register_blueprint(bp)
    app.after_request(_tell_statements)
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _count_statement)
    return app


def _count_statement(*_: Any) -> None:
    if has_request_context():
        g.statements = g.get("statements", 0) + 1


def _tell_statements(response: Response) -> Response:
    response.headers["X-Statements"] = str(g.get("statements", 0))
    return response
