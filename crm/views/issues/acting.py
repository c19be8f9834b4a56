"""What every page that acts on one issue shares: who acts, the page with its form, and where to go afterwards."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models import clock
from models.base import db
from models.errors import Refused
from models.issue import Issue
from models.issue.acts.actor import Actor
from models.issue.filters import IssueFilter
from models.issue.listing import IssueListing, chips_of
from models.rules.issue import STATES

Answer = str | Response | tuple[str, int]
#: Pages of lists that lead to an act, and the words of the way back.
PLACES = {
    "index": "全部问题", "desk": "调度", "supervise": "督办", "review": "销号审核", "board": "看板", "spot": "抽查",
    "slips": "督办单", "groups": "一类事",
}  # fmt: skip


def actor() -> Actor:
    """The person at this page."""
    return Actor.of(g.user, address=request.remote_addr or "")


def place() -> str:
    """The list the person came from; empty for the record."""
    named = request.args.get("from", "")
    return named if named in PLACES and f"issues.{named}" in current_app.view_functions else ""


def back_to(issue: Issue) -> str:
    """Where to go after an act: the list, or the record when there is one."""
    if place():
        return url_for(f"issues.{place()}", part=request.args.get("part") or None)
    if "issues.show" in current_app.view_functions:
        return url_for("issues.show", issue_id=issue.id)
    return url_for("issues.index")


def act_page(
    issue: Issue, form: Any, heading: str, act: Callable[[], object], said: str, *, notice: str = "", **more: Any
) -> Answer:
    """The form before an act, or the act itself when the form was sent well: one commit, and back to where the person
    came from. What the act refuses is said on the form, which keeps what was typed."""
    if form.validate_on_submit():
        try:
            act()
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            form.form_errors.append(str(refused))
            issue = Issue.get_for(g.user, issue.id)
        else:
            flash(f"{issue.number} {said}", "success")
            return redirect(back_to(issue))
    today = clock.today()
    # The row that lists show, so that the head of this page says the same.
    row = IssueListing(g.user, IssueFilter(), today, extra=(Issue.id == issue.id,)).page(1, 1)[0]
    page = render_template(
        "issues/act.html", issue=row, form=form, heading=heading, notice=notice, back=back_to(issue), states=STATES,
        chips=chips_of([row], today)[issue.id], place=PLACES.get(place(), ""), **more,
    )  # fmt: skip
    return (page, 422) if form.errors else page
