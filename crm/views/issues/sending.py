"""Links of an issue: sent to the firm or to a handler of another unit, listed, revoked. The firm's is seen by nobody of
the handling unit."""

from io import BytesIO
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from crm import trail
from crm.access import needs
from crm.mail.issue_links import with_email
from crm.views.issues import delivery
from crm.views.issues.base import bp
from forms.issue_links import SendForm
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.issue import Issue
from models.issue.acts import firm_word
from models.issue.acts.actor import Actor
from models.issue.acts.stand import FIRM_LINK, HANDLER_LINK, choices_for
from models.issue.parts import IssueAssignment
from models.link import Link, last_openings
from models.outbox import Mail

Answer = str | Response | tuple[str, int]


@bp.get("/<int:issue_id>/send-link")
@needs("issues.call")
def send_link(issue_id: int) -> Answer:
    """How the firm can be asked: by mail, or with a link to copy, for somebody outside the handling unit only."""
    issue = Issue.get_for(g.user, issue_id)
    if "send_link" not in choices_for(issue, g.user, clock.now()):
        flash("确认链接只能由承办单位以外的人发；承办单位看不到。", "error")
        return redirect(url_for(".show", issue_id=issue_id))
    return _firm_page(issue)


@bp.post("/<int:issue_id>/send-link")
@needs("issues.call")
def make_link(issue_id: int) -> Answer:
    """A new link; the ones before it end. By mail it is seen by nobody here; else it is shown this once."""
    issue, ways, at = Issue.get_for(g.user, issue_id), delivery.ways(), clock.now()
    form = SendForm()
    if not form.validate_on_submit():
        return _firm_page(issue), 422
    if not ways.base:
        raise Refused(ways.missing)
    actor = Actor.of(g.user, address=request.remote_addr or "")
    contact = with_email(issue)
    link, token = firm_word.send_link(issue, actor, at, label=form.label.data or "")
    trail.note("link.make", subject="link", subject_id=link.id)
    if form.how.data == "mail":
        if contact is None or not ways.to_firm(issue, token, at):
            db.session.rollback()
            raise Refused("邮件发不出去：没有设置邮件服务器，或联系人没有邮箱。请改用复制链接，或打电话。")
        db.session.commit()
        flash("邮件已排队，马上发出。", "success")
        return redirect(url_for(".send_link", issue_id=issue_id))
    db.session.commit()
    url = ways.firm_url(token)
    return _firm_page(issue, url, qr_svg(url), link)


@bp.get("/<int:issue_id>/links")
@needs("issues.dispatch")
def send_handler_link(issue_id: int) -> Answer:
    """The office's page of links: whom they were given to, when they were opened, whether the mail went out."""
    return _links_page(_office(issue_id))


@bp.post("/<int:issue_id>/links/<int:assignment_id>/send")
@needs("issues.dispatch")
def send_again(issue_id: int, assignment_id: int) -> Answer:
    """A new link for an outside handler, the ones before it end: by mail, or shown this once."""
    issue, ways, at = _office(issue_id), delivery.ways(), clock.now()
    if not ways.base:
        raise Refused(ways.missing)
    part = db.session.get(IssueAssignment, assignment_id)
    if part is None or part.issue_id != issue.id or part.outside is None:
        raise NotFound
    actor = Actor.of(g.user, address=request.remote_addr or "")
    link, token = firm_word.send_handler_link(issue, actor, at, part)
    trail.note("link.make", subject="link", subject_id=link.id)
    mailed = request.form.get("how") != "copy" and ways.to_handler(issue, part.outside, token, at)
    db.session.commit()
    if mailed:
        flash(f"给{part.outside.name}的邮件已排队，马上发出。", "success")
        return redirect(url_for(".send_handler_link", issue_id=issue_id))
    return _links_page(issue, ways.handler_url(token), part.outside.name)


@bp.post("/<int:issue_id>/links/<int:link_id>/revoke")
@needs("issues.dispatch")
def revoke_link(issue_id: int, link_id: int) -> Response:
    """End a link of this issue at once."""
    issue = _office(issue_id)
    link = next((one for one in _links(issue) if one.id == link_id), None)
    if link is None:
        raise NotFound
    link.revoke(clock.now())
    trail.note("link.revoke", subject="link", subject_id=link.id)
    db.session.commit()
    flash("已停用，这个链接再也打不开。", "success")
    return redirect(url_for(".send_handler_link", issue_id=issue_id))


def qr_svg(text: str) -> str:
    """A text as a QR code: one inline SVG element."""
    import qrcode
    import qrcode.image.svg

    with BytesIO() as out:
        image: Any = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, border=2)
        image.save(out)
        found = out.getvalue().decode("utf-8")
    return found[found.index("<svg") :]


def _office(issue_id: int) -> Issue:
    """An issue the person may see with the office's right."""
    return Issue.get_for(g.user, issue_id)


def _parts(issue: Issue) -> list[IssueAssignment]:
    query = select(IssueAssignment).where(IssueAssignment.issue_id == issue.id).order_by(IssueAssignment.id)
    return list(db.session.scalars(query))


def _links(issue: Issue) -> list[Link]:
    """The links of this issue and of its parts, the newest first."""
    ids = [part.id for part in _parts(issue)]
    mine = (Link.purpose == FIRM_LINK) & (Link.subject == "issue") & (Link.subject_id == issue.id)
    parts = (Link.purpose == HANDLER_LINK) & (Link.subject == "issue_assignment") & Link.subject_id.in_(ids)
    return list(db.session.scalars(select(Link).where(mine | parts).order_by(Link.id.desc())))


def _firm_page(issue: Issue, url: str = "", qr: str = "", made: Link | None = None) -> str:
    links = [link for link in _links(issue) if link.purpose == FIRM_LINK]
    contact = with_email(issue)
    return render_template("issues/send_link.html", issue=issue, url=url, qr=qr, made=made, ways=delivery.ways(),
                           contact=contact, form=SendForm(), **_around(issue, links))  # fmt: skip


def _links_page(issue: Issue, url: str = "", name: str = "") -> str:
    links = _links(issue)
    parts = [part for part in _parts(issue) if part.outside is not None and part.ended_at is None]
    return render_template("issues/links.html", issue=issue, url=url, name=name, outside=parts,
                           may_send="send_handler_link" in choices_for(issue, g.user, clock.now()),
                           ways=delivery.ways(), **_around(issue, links))  # fmt: skip


def _around(issue: Issue, links: list[Link]) -> dict[str, Any]:
    mails = {mail.link_id: mail for mail in reversed(Mail.list_of("issue", issue.id))}
    return {"links": links, "opened": last_openings([link.id for link in links]), "mails": mails, "at": clock.now()}
