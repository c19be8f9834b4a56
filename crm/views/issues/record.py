"""The record of an issue, and every act that this person may do on it now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
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
from models.issue import Issue, serving, sheet
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
#: From this attitude on a firm is content.
CONTENT = 4
#: Names that the page shows for identifiers.
WORDS: dict[str, Any] = {
    "states": STATES, "flows": FLOWS, "kinds": KINDS, "channels": CHANNELS, "outcomes": OUTCOMES, "solved": SOLVED,
    "bases": BASES, "events": EVENTS, "vias": VIAS, "call_about": CALL_ABOUT, "colours": COLOURS, "slip_causes": SLIPS,
    "roles": ASSIGNMENTS, "spot_results": SPOT_RESULTS, "offer_states": OFFER_STATES, "ended": ENDED,
}  # fmt: skip
#: Acts that have a page of their own: event → endpoint and the word of its button. The review has one for three.
ELSEWHERE: dict[str, tuple[str, str]] = {
    "dispatch": ("issues.dispatch", "交办"), "admit": ("issues.reclass", "受理、分类"),
    "reclass": ("issues.reclass", "改类别"), "settle": ("issues.settle", "裁定"),
    "decline": ("issues.decline", "不予受理"),
    "reassign": ("issues.reassign", "改派"), "close": ("issues.review_one", "销号审核"),
    "return": ("issues.review_one", "退回补充"), "redo": ("issues.review_one", "重办"),
    "decide_extension": ("issues.decide_extension", "批延期"), "park": ("issues.park", "挂账推进"),
    "escalate": ("issues.escalate", "提级"), "slip": ("issues.slip", "发督办单"),
    "explain": ("issues.explain", "解释说明"),
    "spot_result": ("issues.spot_result", "记抽查结果"), "send_link": ("issues.send_link", "发确认链接"),
    "send_handler_link": ("issues.send_handler_link", "经办人链接"),
}  # fmt: skip


@dataclass(frozen=True)
class Act:
    """A button of the record: a link to a form, or one that posts at once."""

    event: str
    word: str
    url: str
    at_once: bool = False


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
    # 交办 accepts what was not accepted yet by the same act.
    both = ["dispatch"] if issue.state == "registered" and "admit" in choices else []
    events = offered([*both, *choices], waiting(found))
    acts = [act for event in events if (act := _act(event, found)) is not None]
    # The review has one page for three acts: it is called by the usual one.
    acts.sort(key=lambda act: act.event != "close")
    once = {act.url: act for act in reversed(acts)}
    acts = [act for act in acts if once[act.url] is act]
    return {
        "sheet": found, "issue": issue, "next": next_words(next_facts(found)), "acts": acts,
        "likely": likeliest([act.event for act in acts], issue.state), "events_now": events,
        "services": serving.fitting(issue, found.on) if issue.is_open and "issues.raise" in g.user.permissions else [],
        "plain_close": _plain_close(found, events),
        "flow": FLOWS[issue.flow].name if issue.flow else "",
        "may_call": "firms.view" in g.user.permissions and may_call(g.user, issue.firm),
    }  # fmt: skip


def _act(event: str, found: Sheet) -> Act | None:
    """The button of an event; None for one that this person has no page for."""
    issue_id = found.issue.id
    where, word = ELSEWHERE.get(event, ("", ""))
    view = current_app.view_functions.get(where)
    if view is not None and getattr(view, "permission", "") in g.user.permissions:
        spot = found.waiting_spot
        if event == "spot_result" and spot is None:
            return None
        by: dict[str, Any] = {"spot_check_id": spot.id} if event == "spot_result" and spot else {"issue_id": issue_id}
        return Act(event, word, url_for(where, **by))
    if event not in DOINGS:
        return None
    doing = DOINGS[event]
    return Act(event, doing.verb or EVENTS[event], url_for(".do", issue_id=issue_id, event=event), doing.at_once)


def _plain_close(found: Sheet, events: Sequence[str]) -> bool:
    """Whether the review is a plain one: the simple flow, and the firm says solved and is content; a reviewer may then
    answer the four questions with one button that says so."""
    said = [row for row in found.answers if row.round == found.issue.round]
    content = bool(said) and said[-1].solved == "yes" and (said[-1].attitude or 0) >= CONTENT
    return "close" in events and found.issue.flow == "simple" and content


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
    found = sheet.load(g.user, issue_id, clock.today())
    act = _act(event, found)
    if act is None:
        abort(404)
    if event in ELSEWHERE:
        return redirect(act.url)
    doing = DOINGS[event]
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
