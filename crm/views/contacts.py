"""联系人: masked by default; dialling and opening are acts of their own, each in the audit trail."""

import json
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from sqlalchemy import select

from crm import trail, web
from crm.access import needs
from crm.documents import excel
from forms.firm import ContactForm, ReasonForm
from models import clock
from models.audit import AuditEntry
from models.audit_log import ACTS
from models.base import db
from models.errors import Refused
from models.firm import Firm
from models.firm.contacts import Contact, keep_until, may_call
from models.firm.editing import check_may_change

bp = Blueprint("contacts", __name__, url_prefix="/contacts")

#: Days ahead that the list of those due looks.
DUE_AHEAD = 30

Answer = str | Any | tuple[str, int]


@bp.route("/new/<int:firm_id>", methods=["GET", "POST"])
@needs("firms.edit")
def new(firm_id: int) -> Answer:
    """A contact person of a firm."""
    firm = _firm(firm_id)
    form = ContactForm()
    if form.validate_on_submit():
        contact = Contact.add(firm, form.name.data, form.phone.data or "", form.post.data or "", "人工登记",
                              form.is_main.data)  # fmt: skip
        contact.write_email(form.email.data or contact.open_email())
        db.session.commit()
        flash("已存联系人", "success")
        return redirect(url_for("firms.show", firm_id=firm.id))
    return render_template("contacts/form.html", form=form, firm=firm, heading="加联系人"), _code()


@bp.route("/<int:contact_id>/edit", methods=["GET", "POST"])
@needs("firms.edit")
def edit(contact_id: int) -> Answer:
    """Type a contact anew: what is kept is not shown here, an empty phone leaves it as it is."""
    contact = Contact.get_for(g.user, contact_id)
    firm = _firm(contact.firm_id)
    form = ContactForm(post=contact.post, is_main=contact.is_main)
    if form.validate_on_submit():
        contact.write(form.name.data, form.phone.data or contact.open_phone(), form.post.data or "")
        contact.write_email(form.email.data or contact.open_email())
        contact.set_main(form.is_main.data)
        contact.keep_until = keep_until(clock.today())
        db.session.commit()
        flash("已存联系人", "success")
        return redirect(url_for("firms.show", firm_id=firm.id))
    return render_template("contacts/form.html", form=form, firm=firm, contact=contact, heading="改联系人"), _code()


@bp.post("/<int:contact_id>/call")
@needs("firms.view")
def call(contact_id: int) -> str:
    """拨打: A 角 and B 角 see the number of their own firms; the trail notes it by itself."""
    contact = Contact.get_for(g.user, contact_id)
    if not may_call(g.user, contact.firm):
        raise Refused("只有这家的 A 角、B 角可以直接拨打。要看电话，请写明用途再看。")
    trail.note("contact.call", subject="contact", subject_id=contact.id, detail={"firm_id": contact.firm_id})
    opened = _opened(contact)
    db.session.commit()
    return render_template("contacts/opened.html", contact=contact, firm=contact.firm, **opened)


@bp.route("/<int:contact_id>/reveal", methods=["GET", "POST"])
@needs("contacts.reveal")
def reveal(contact_id: int) -> Answer:
    """Anybody else opens a contact with a reason; the page that asks shows nothing yet."""
    contact = Contact.get_for(g.user, contact_id)
    form = ReasonForm()
    if form.validate_on_submit():
        detail = {"firm_id": contact.firm_id, "reason": form.reason.data}
        trail.note("contact.reveal", subject="contact", subject_id=contact.id, detail=detail)
        opened = _opened(contact)
        db.session.commit()
        return render_template("contacts/opened.html", contact=contact, firm=contact.firm, **opened)
    return render_template("contacts/reveal.html", form=form, contact=contact, firm=contact.firm), _code()


@bp.get("/due")
@needs("firms.edit")
def due() -> str:
    """Those whose time of keeping is over, or soon will be."""
    on = clock.today().fromordinal(clock.today().toordinal() + DUE_AHEAD)
    return render_template("contacts/due.html", contacts=Contact.list_due(g.user, on), on=on, today=clock.today())


@bp.post("/<int:contact_id>/keep")
@needs("firms.edit")
def keep(contact_id: int) -> Any:
    """Still needed: keep it for another span."""
    contact = Contact.get_for(g.user, contact_id)
    _firm(contact.firm_id)
    contact.keep_until = keep_until(clock.today())
    db.session.commit()
    flash(f"已续存到 {contact.keep_until}", "success")
    return redirect(url_for(".due"))


@bp.post("/<int:contact_id>/delete")
@needs("firms.edit")
def delete(contact_id: int) -> Any:
    """No longer needed, or the person asked: the sealed name and phone are gone for good."""
    contact = Contact.get_for(g.user, contact_id)
    firm = _firm(contact.firm_id)
    trail.note("contact.delete", subject="contact", subject_id=contact.id, detail={"firm_id": firm.id})
    db.session.delete(contact)
    db.session.commit()
    flash("已删除联系人", "success")
    return redirect(url_for("firms.show", firm_id=firm.id))


@bp.post("/<int:contact_id>/export")
@needs("contacts.reveal")
def export(contact_id: int) -> Response:
    """What is kept about a person, for that person: the data, its source, and who opened it when (第四十五条)."""
    contact, now = Contact.get_for(g.user, contact_id), clock.now()
    trail.note("export", subject="contact", subject_id=contact.id, detail={"firm_id": contact.firm_id, "rows": 1})
    rows: list[list[Any]] = [
        ["企业", contact.firm.name], ["姓名", contact.open_name()], ["电话", contact.open_phone()],
        ["邮箱", contact.open_email()], ["职务", contact.post], ["来源", contact.source],
        ["登记时间", clock.local(contact.created_at)], ["保存到", contact.keep_until], *_openings(contact),
    ]  # fmt: skip
    mark = excel.watermark("个人信息", g.user.name, clock.local(now))
    data, _ = excel.workbook("个人信息", mark, [excel.Column("项目", 24), excel.Column("内容", 48)], rows)
    db.session.commit()
    return web.download(data, f"个人信息_{contact.id}.xlsx", excel.MEDIA_TYPE)


def _firm(firm_id: int) -> Firm:
    firm = Firm.get_for(g.user, firm_id)
    check_may_change(g.user, firm)
    return firm


def _opened(contact: Contact) -> dict[str, str]:
    return {"name": contact.open_name(), "phone": contact.open_phone(), "email": contact.open_email()}


def _openings(contact: Contact) -> list[list[Any]]:
    """Who opened this contact, when and what for."""
    query = select(AuditEntry).where(
        AuditEntry.subject == "contact", AuditEntry.subject_id == contact.id,
        AuditEntry.act.in_(("contact.call", "contact.reveal")),
    )  # fmt: skip
    return [
        [
            ACTS[entry.act],
            f"{clock.local(entry.at):%Y-%m-%d %H:%M} {entry.person_name} {json.loads(entry.detail).get('reason', '')}",
        ]
        for entry in db.session.scalars(query.order_by(AuditEntry.id))
    ]


def _code() -> int:
    return 422 if request.method == "POST" else 200
