"""How the secret of a link leaves the house when a page's act makes one: by mail, where there is a way."""

from datetime import datetime

from flask import current_app
from sqlalchemy import select

from crm.mail.issue_links import Ways
from models import clock
from models.base import db
from models.issue import Issue
from models.issue.acts import firm_word
from models.issue.acts.actor import Actor
from models.issue.acts.stand import HANDLER_LINK
from models.issue.parts import IssueAssignment
from models.link import Link


def ways() -> Ways:
    """The public address and the mail server of this process."""
    config = current_app.config["TIDU"]
    return Ways.of(config.public_base_url, config.mail_url)


def deliver(issue: Issue, token: str) -> bool:
    """Whether the link was put into the outbox for the firm; without a way somebody outside the handling unit brings
    it by hand, or phones."""
    return ways().to_firm(issue, token, clock.now())


def mail_handlers(issue: Issue, actor: Actor, at: datetime) -> int:
    """Mail a link to each outside handler of a part that runs and who has none yet; how many. The office can send it
    again or copy it on the page of links."""
    if not ways().by_mail:
        return 0
    query = select(IssueAssignment).where(
        IssueAssignment.issue_id == issue.id, IssueAssignment.ended_at.is_(None),
        IssueAssignment.outside_id.is_not(None),
    )  # fmt: skip
    parts = [part for part in db.session.scalars(query.order_by(IssueAssignment.id)) if not _has_link(part.id, at)]
    sent = 0
    for part in parts:
        if part.outside is not None and part.outside.email:
            _, token = firm_word.send_handler_link(issue, actor, at, part)
            sent += ways().to_handler(issue, part.outside, token, at)
    return sent


def _has_link(part_id: int, at: datetime) -> bool:
    links = Link.list_for("issue_assignment", part_id)
    return any(link.purpose == HANDLER_LINK and link.is_open(at) for link in links)
