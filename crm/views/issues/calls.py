"""电话回访: whom to phone today, the number with a log, and from there the form of the call."""

from flask import g, render_template
from werkzeug.wrappers import Response

from crm import trail
from crm.access import needs
from crm.views.issues import delivery
from crm.views.issues.base import bp
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.firm.contacts import Contact
from models.issue import Issue
from models.issue import calls as calling
from models.issue.acts.stand import choices_for

Answer = str | Response | tuple[str, int]


@bp.get("/calls")
@needs("issues.call")
def calls() -> str:
    """The firms that somebody outside the handling unit is to phone, the most urgent first."""
    today = clock.today()
    return render_template("issues/calls.html", rows=calling.to_phone(g.user, today), today=today, ways=delivery.ways())


@bp.post("/<int:issue_id>/dial/<int:contact_id>")
@needs("issues.call")
def dial(issue_id: int, contact_id: int) -> str:
    """拨打: the whole number of the firm's contact, for who may call about this issue; the trail notes it by itself."""
    issue = Issue.get_for(g.user, issue_id)
    if "call" not in choices_for(issue, g.user, clock.now()):
        raise Refused("电话回访由承办单位以外的人来打。")
    contact = db.session.get(Contact, contact_id)
    if contact is None or contact.firm_id != issue.firm_id:
        raise NotFound
    detail = {"firm_id": contact.firm_id, "issue_id": issue.id, "reason": "电话回访"}
    trail.note("contact.call", subject="contact", subject_id=contact.id, detail=detail)
    name, phone = contact.open_name(), contact.open_phone()
    db.session.commit()
    return render_template("issues/dial.html", issue=issue, contact=contact, name=name, phone=phone)
