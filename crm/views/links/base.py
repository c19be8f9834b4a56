"""The blueprint of the pages behind links: whatever is wrong with a secret, one page answers; a GET changes nothing;
no link leads to a second record."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, g, render_template, request
from werkzeug.wrappers import Response as Redirect

from crm import web
from models import clock, file, setting
from models.base import db
from models.change_log import Actor as Changer
from models.errors import NotFound
from models.issue.parts import IssueFile
from models.link import Link, LinkRefused, open_link, too_many_refused, use_link

bp = Blueprint("links", __name__, url_prefix="/l")
Answer = str | Redirect | tuple[str, int]
Allowed = Callable[[Link], bool]


class TooMany(Exception):
    """Too many secrets that open nothing came from this address."""


@bp.before_request
def _only_the_link() -> None:
    """Whoever is signed in here acts through the link alone: nothing of their account is shown or logged."""
    g.user = None
    db.session().info["actor"] = Changer(source="link", at=clock.now())


@bp.context_processor
def _words() -> dict[str, str]:
    return {"bureau_phone": setting.get("bureau_phone")}


@bp.errorhandler(LinkRefused)
def refused(error: LinkRefused) -> Answer:
    """One page for a secret that is wrong, expired, used up, revoked, or another's; the coming is logged."""
    db.session.commit()
    return render_template("links/refused.html"), 404


@bp.errorhandler(TooMany)
def too_many(error: TooMany) -> Answer:
    """The same page to somebody who tries secrets; nothing is looked up or written any more."""
    return render_template("links/refused.html"), 429


def opened(token: str, purpose: str, allowed: Allowed) -> Link:
    """The link of this secret, for showing; logged and committed. Raises LinkRefused or TooMany."""
    now, address = _coming()
    link = open_link(token, purpose, now, address, allowed)
    db.session.commit()
    return link


def used(token: str, purpose: str, allowed: Allowed, *, spend: bool) -> Link:
    """The link of this secret, for acting; the caller commits with the act. Raises LinkRefused or TooMany."""
    now, address = _coming()
    link = use_link(token, purpose, now, address, allowed, spend)
    db.session().info["actor"] = Changer(source="link", source_id=link.id, at=now)
    return link


def _coming() -> tuple[datetime, str]:
    now, address = clock.now(), request.remote_addr or ""
    if too_many_refused(now, address):
        raise TooMany
    return now, address


def saved(row: IssueFile) -> Response:
    """One piece of evidence, only to be saved."""
    if row.file is None:
        raise NotFound
    return web.download(file.read(row.file), row.file.name, row.file.content_type)
