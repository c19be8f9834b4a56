"""The record of an issue, and every act that this person may do on it now."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.issues.base import bp
from crm.views.issues.doing import DOINGS, Doing
from forms.issue_acts import ActForm
from models import clock
from models.base import db
from models.errors import Refused
from models.firm.contacts import may_call
from models.issue import Issue, sheet
from models.issue.acts.actor import Actor
from models.issue.acts.stand import choices_for
from models.issue.sheet import Sheet
from models.rules.issue import ENDED, EVENTS, FLOWS, STATES
from models.rules.issue_clock import SLIPS
from models.rules.issue_kinds import (
    ASSIGNMENTS,
    BASES,
    CALL_ABOUT,
    CHANNELS,
    COLOURS,
    KINDS,
    OFFER_STATES,
    OUTCOMES,
    SOLVED,
    SPOT_RESULTS,
    VIAS,
)
from models.rules.issue_next import NextFacts, likeliest, next_words, offered

Answer = str | Response | tuple[str, int]
#: Names that the page shows for identifiers.
WORDS: dict[str, Any] = {
    "states": STATES, "flows": FLOWS, "kinds": KINDS, "channels": CHANNELS, "outcomes": OUTCOMES, "solved": SOLVED,
    "bases": BASES, "events": EVENTS, "vias": VIAS, "call_about": CALL_ABOUT, "colours": COLOURS, "slip_causes": SLIPS,
    "roles": ASSIGNMENTS, "spot_results": SPOT_RESULTS, "offer_states": OFFER_STATES, "ended": ENDED,
}  # fmt: skip
#: Acts with a page elsewhere, once that page is there: event → endpoint.
ELSEWHERE = {"send_link": "issues.send_link", "send_handler_link": "issues.send_handler_link"}


@bp.get("/<int:issue_id>")
@needs("self")
def show(issue_id: int) -> str:
    """Everything of one issue; it exists for who may see it or was given it."""
    found = sheet.load(g.user, issue_id, clock.today())
    return render_template("issues/show.html", **around(found), **WORDS)


def around(found: Sheet) -> dict[str, Any]:
    """What the record shows beside its rows: whose turn it is, and the acts of this person."""
    issue, at = found.issue, clock.now()
    choices = choices_for(issue, g.user, at)
    events = offered([event for event in DOINGS if event in choices], waiting(found))
    return {
        "sheet": found, "issue": issue, "next": next_words(next_facts(found)), "acts": events, "doings": DOINGS,
        "likely": likeliest(events), "elsewhere": {key: where for key, where in ELSEWHERE.items() if key in choices},
        "flow": FLOWS[issue.flow].name if issue.flow else "",
        "may_call": "firms.view" in g.user.permissions and may_call(g.user, issue.firm),
    }  # fmt: skip


def next_facts(found: Sheet) -> NextFacts:
    """Whose turn it is, as the rule asks for it."""
    issue = found.issue
    return NextFacts(
        issue.state, issue.handler_name, issue.lead_unit.name if issue.lead_unit else "", issue.sign_due_on,
        issue.due_on, issue.signed_on, issue.parked_until, issue.asked_on, issue.closed_on or issue.ended_on,
        issue.end_reason,
    )  # fmt: skip


def waiting(found: Sheet) -> set[str]:
    """The acts for which something waits."""
    things = {
        "decide_extension": found.waiting_extension, "answer_slip": found.waiting_slips,
        "withdraw": found.issue.withdrawal_asked_at, "spot_result": found.waiting_spot,
    }  # fmt: skip
    return {event for event, thing in things.items() if thing}


@bp.route("/<int:issue_id>/do/<event>", methods=["GET", "POST"])
@needs("self")
def do(issue_id: int, event: str) -> Answer:
    """One act: its form, and doing it. What is refused is said on the form, with everything typed still there."""
    doing = DOINGS.get(event)
    if doing is None:
        abort(404)
    found = sheet.load(g.user, issue_id, clock.today())
    if request.method == "GET" and event not in choices_for(found.issue, g.user, clock.now()):
        flash(f"这条问题现在是“{STATES[found.issue.state]}”，您不能“{EVENTS[event]}”。", "error")
        return redirect(url_for(".show", issue_id=issue_id))
    form = _form(doing, found)
    if form.validate_on_submit():
        refused = _done(doing, found.issue, form)
        if not refused:
            flash(f"已{EVENTS[event]}。", "success")
            return redirect(_back(issue_id))
        found = sheet.load(g.user, issue_id, clock.today())
        form.form_errors.append(refused)
    page = render_template("issues/do.html", form=form, sheet=found, issue=found.issue, event=event, doing=doing,
                           back=_back(issue_id), **WORDS)  # fmt: skip
    return (page, 422) if form.errors else page


def _form(doing: Doing, found: Sheet) -> ActForm:
    """The form with what may be chosen, and what is likely filled in."""
    issue, today = found.issue, clock.today()
    lead = found.lead
    form = doing.form(data={
        "class_id": issue.class_id, "topic_id": issue.topic_id, "contacted_on": today, "leader_id": issue.leader_id,
        "measures": issue.measures, "unit_id": issue.lead_unit_id or issue.topic.unit_id, "outcome": "solved",
        "person": f"u{lead.user_id}" if lead and lead.user_id else "", "granted": "yes", "about": _about(issue),
        "to_other": "",
    })  # fmt: skip
    if doing.offer is not None:
        doing.offer(form, found, g.user)
    if doing.label and "words" in form:
        form["words"].label.text = doing.label
    return form


def _about(issue: Issue) -> str:
    """Why this firm would be phoned now."""
    if issue.withdrawal_asked_at is not None:
        return "withdrawal"
    return "spot" if issue.state == "closed_out" else "confirm"


def _done(doing: Doing, issue: Issue, form: ActForm) -> str:
    """Do it; the words of refusal, or nothing."""
    try:
        doing.run(issue, Actor.of(g.user, address=request.remote_addr or ""), clock.now(), form)
        db.session.commit()
    except Refused as error:
        db.session.rollback()
        return str(error)
    except StaleDataError:
        db.session.rollback()
        return "同一时刻有人改了这一条，请看过再做一次。"
    return ""


def _back(issue_id: int) -> str:
    """Where an act leads: the list of one's own matters when it began there, else the record."""
    return url_for(".mine") if request.args.get("from") == "mine" else url_for(".show", issue_id=issue_id)
