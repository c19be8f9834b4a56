"""A step from a mail: opening shows what it is about, the button does it, as the person it was sent to."""

from typing import Any

from flask import redirect, render_template, request, url_for

from crm.access import public
from crm.views.links.base import Answer, bp, opened, used
from forms.base import BaseForm
from forms.mail_act import form_of
from models import clock, mail_act
from models.base import db
from models.change_log import Actor as Changer
from models.errors import Refused
from models.link import Link
from models.rules.mail_act import ACTS


@bp.get("/act/<token>")
@public
def act(token: str) -> str:
    """What the mail asked, and the button that does it. Nothing is changed."""
    link = opened(token, mail_act.PURPOSE, _good)
    return _page(token, link, form_of(link.subject, clock.today()))


@bp.post("/act/<token>")
@public
def do(token: str) -> Answer:
    """Do it once; what is refused spends nothing and keeps what was typed."""
    link = used(token, mail_act.PURPOSE, _good, spend=True)
    now, today = clock.now(), clock.today()
    form, step = form_of(link.subject, today), _step(link)
    if form.validate_on_submit():
        db.session().info["actor"] = Changer(person_id=step.person.id, source="link", source_id=link.id, at=now)
        try:
            mail_act.carry_out(step, now, today, _said(form, "words") or "", _said(form, "day"),
                               request.remote_addr or "")  # fmt: skip
            db.session.commit()
            return redirect(url_for(".thanks", what=link.subject))
        except Refused as error:
            form.form_errors.append(str(error))
    db.session.rollback()
    return _page(token, opened(token, mail_act.PURPOSE, _good), form), 422


def _said(form: BaseForm, name: str) -> Any:
    field = form._fields.get(name)
    return field.data if field is not None else None


def _good(link: Link) -> bool:
    return mail_act.find(link, clock.today()) is not None


def _step(link: Link) -> mail_act.Step:
    found = mail_act.find(link, clock.today())
    assert found is not None, "refused before"
    return found


def _page(token: str, link: Link, form: BaseForm) -> str:
    step = _step(link)
    return render_template(
        "links/act.html", token=token, link=link, step=step, form=form, verb=ACTS[step.act], done=mail_act.is_done(step)
    )
