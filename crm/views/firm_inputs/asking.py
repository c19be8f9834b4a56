"""Asking: one firm for chosen figures, many for what each lacks; the link to the firm; the telephone."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from crm import trail
from crm.access import needs
from crm.mail import input_links
from crm.views.firm_inputs.base import Answer, bp, changing
from crm.views.issues import delivery
from crm.views.issues.sending import qr_svg
from crm.views.pool import Chosen
from forms.firm_input import AskForm, ManyAskForm, PhoneForm, SendForm, VoidForm, phone_form
from models import clock
from models.base import db
from models.errors import Refused
from models.firm import Firm
from models.firm.contacts import Contact
from models.firm.editing import check_may_change
from models.firm_input import asking, filling
from models.firm_input.filling import By
from models.firm_input.known import all_cells, missing, register_of, years_to_ask
from models.firm_input.record import FirmInput
from models.link import Link, last_openings
from models.outbox import Mail


@bp.route("/new/<int:firm_id>", methods=["GET", "POST"])
@needs("firms.edit")
def new(firm_id: int) -> Answer:
    """Which figures one firm is asked for; those that the titles look at and nobody gave are ticked."""
    firm, today = Firm.get_for(g.user, firm_id), clock.today()
    check_may_change(g.user, firm)
    years = years_to_ask(today)
    form = AskForm(today=today, days=asking.DAYS)
    lacking = missing([firm.id], years[:1], today)[firm.id] or missing([firm.id], years, today)[firm.id]
    form.offer(all_cells(years), lacking)
    if form.validate_on_submit():
        try:
            row = asking.ask_one(firm, form.chosen(), g.user, clock.now(), form.due_on.data, form.words.data or "")
            db.session.commit()
            return redirect(url_for(".show", input_id=row.id))
        except Refused as error:
            db.session.rollback()
            firm = Firm.get_for(g.user, firm_id)
            form.form_errors.append(str(error))
    page = render_template("firm_inputs/new.html", firm=firm, form=form, years=years, register=register_of(firm_id))
    return page, 422 if form.errors else 200


@bp.route("/many", methods=["GET", "POST"])
@needs("firms.edit")
def ask_many() -> Answer:
    """Firms ticked on a list are asked for what each lacks: first a POST from the list shows the form, then it acts."""
    if request.method == "GET":
        return redirect(url_for(".index"))
    chosen, years = Chosen.of_request(), years_to_ask(clock.today())
    form = ManyAskForm(today=clock.today(), days=asking.DAYS)
    form.offer(years)
    sent = "due_on" in request.form
    if not sent:
        form.years.data = [str(years[0])]
    if sent and form.validate():
        try:
            asked = asking.ask(g.user, chosen.firm_ids(), [int(year) for year in form.years.data], clock.now(),
                               due_on=form.due_on.data, words=form.words.data or "")  # fmt: skip
            db.session.commit()
            flash(_told(asked), "success")
            return redirect(url_for(".index", tab="unsent"))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
    page = render_template("firm_inputs/many.html", form=form, chosen=chosen, count=len(chosen.firm_ids()),
                           all_count=chosen.listing.count())  # fmt: skip
    return page, 422 if sent else 200


def _told(asked: asking.Asked) -> str:
    parts = [f"请 {len(asked.new)} 家补数，接着发链接或打电话"]
    for firms, words in (
        (asked.there, "家已在请补"),
        (asked.complete, "家不缺数"),
        (asked.left, "家不由您联系或已不在存续"),
    ):
        if firms:
            parts.append(f"{len(firms)} {words}")
    return "；".join(parts)


@bp.get("/<int:input_id>/send")
@needs("firms.edit")
def send_link(input_id: int) -> Answer:
    """How the firm can be asked: by mail to a contact, with a link to copy, by telephone."""
    return _send_page(changing(input_id))


@bp.post("/<int:input_id>/send")
@needs("firms.edit")
def make_link(input_id: int) -> Answer:
    """A new link; the ones before it end. By mail nobody here sees it; else it is shown this once."""
    row, ways, at = changing(input_id), delivery.ways(), clock.now()
    form = _send_form(row)
    if not ways.base:
        raise Refused(ways.missing)
    if not form.validate():
        return _send_page(row, form), 422
    by_mail = form.how.data == "mail"
    contact = _contact(row, form.contact_id.data or "") if by_mail else None
    link, token = asking.send(row, g.user, at, contact=contact, label=form.label.data or "", due_on=form.due_on.data)
    trail.note("link.make", subject="link", subject_id=link.id)
    if by_mail:
        if contact is None or not input_links.to_contact(ways, row, contact, link, token, at):
            db.session.rollback()
            raise Refused("邮件发不出去：没有设置邮件服务器，或联系人没有邮箱。请改用复制链接，或打电话。")
        db.session.commit()
        flash(f"给{contact.masked_name}的邮件已排队，马上发出。", "success")
        return redirect(url_for(".show", input_id=input_id))
    db.session.commit()
    url = input_links.url_of(ways, token)
    return _send_page(row, url=url, qr=qr_svg(url), made=link)


@bp.post("/<int:input_id>/links/<int:input_link_id>/revoke")
@needs("firms.edit")
def revoke_link(input_id: int, input_link_id: int) -> Response:
    """End a link at once; the request stays."""
    row = changing(input_id)
    for link in Link.list_for(asking.SUBJECT, row.id):
        if link.id == input_link_id:
            link.revoke(clock.now())
            trail.note("link.revoke", subject="link", subject_id=link.id)
    db.session.commit()
    flash("已停用，这个链接再也打不开。", "success")
    return redirect(url_for(".send_link", input_id=input_id))


@bp.route("/<int:input_id>/phone", methods=["GET", "POST"])
@needs("firms.edit")
def phone(input_id: int) -> Answer:
    """What the firm says on the telephone, in the same fields; what is asked about is asked there and then."""
    row = changing(input_id)
    if not row.may("save"):
        raise Refused(f"这份填报{row.word_on(clock.today())}，不能再填")
    figures = [figure for group in row.groups for figure in row.of_group(group.key)]
    form = phone_form(figures)
    if not form.validate_on_submit():
        return _phone_page(row, form), 422 if form.errors else 200
    by, at = By("form", g.user), clock.now()
    filling.save(row, form.answers(), by, at)
    row.label = form.label.data or ""
    db.session.commit()
    try:
        filling.submit(row, form.confirmed.data or (), form.remark.data or "", by, at)
        asking.end_links([row.id], at)
        db.session.commit()
        return redirect(url_for(".show", input_id=input_id))
    except Refused as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return _phone_page(changing(input_id), form), 422


def _phone_page(row: FirmInput, form: PhoneForm) -> str:
    return render_template("firm_inputs/phone.html", row=row, form=form, register=register_of(row.firm_id),
                           doubts=filling.doubts_of(row), ticked=set(form.confirmed.data or ()))  # fmt: skip


@bp.post("/<int:input_id>/void")
@needs("firms.edit")
def void(input_id: int) -> Answer:
    """It is not wanted any more."""
    row, form = changing(input_id), VoidForm()
    if not form.validate_on_submit():
        raise Refused("请写为什么作废")
    asking.void(row, g.user, clock.now(), form.reason.data or "")
    db.session.commit()
    flash("已作废，发出的链接再也打不开。", "success")
    return redirect(url_for(".show", input_id=input_id))


def _send_form(row: FirmInput) -> SendForm:
    today = clock.today()
    form = SendForm(today=today, days=asking.DAYS, data={"due_on": row.due_on} if row.due_on >= today else {})
    form.contact_id.choices = [SelectChoice(str(contact.id), contact.masked_name) for contact in _contacts(row)]
    return form


def _contacts(row: FirmInput) -> list[Contact]:
    """The contacts of the firm that can be written to."""
    return [contact for contact in Contact.list_of(row.firm_id) if input_links.has_address(contact)]


def _contact(row: FirmInput, number: str) -> Contact | None:
    return next((contact for contact in _contacts(row) if str(contact.id) == number), None)


def _send_page(
    row: FirmInput, form: SendForm | None = None, url: str = "", qr: str = "", made: Link | None = None
) -> str:
    links = Link.list_for(asking.SUBJECT, row.id)
    mails = {mail.link_id: mail for mail in reversed(Mail.list_of("firm_input", row.id))}
    return render_template(
        "firm_inputs/send.html", row=row, form=form or _send_form(row), url=url, qr=qr, made=made,
        ways=delivery.ways(), contacts=_contacts(row), links=links, mails=mails, at=clock.now(),
        opened=last_openings([link.id for link in links]),
    )  # fmt: skip
