"""A handler's link: one issue, for a person of another unit without an account; every act is the same as with one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from crm import trail
from crm.access import public
from crm.views.issues import delivery, evidence
from crm.views.links.base import Answer, bp, opened, saved, used
from forms import issue_acts as forms
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.firm.contacts import Contact
from models.issue import Issue, sheet
from models.issue.acts import firm_word, handling
from models.issue.acts.actor import Actor
from models.issue.acts.stand import HANDLER_LINK, Stand, stand
from models.issue.kinds import OutsideHandler
from models.issue.parts import IssueFile
from models.issue.trace import IssueMove
from models.link import Link
from models.rules.issue import EVENTS, STATES

#: What happened that the handler of this issue has to know.
TOLD = ("add_words", "confirm", "reply", "assist_answer", "ask_extension", "decide_extension", "settle", "return",
        "redo", "propose", "park", "unpark", "slip", "reopen")  # fmt: skip
Run = Callable[[Issue, Actor, datetime, Any], object]


@dataclass(frozen=True)
class Act:
    """One act of the page: its form, how it is done, the words on its button."""

    form: type[forms.ActForm]
    run: Run
    verb: str
    label: str = ""


def _attach(issue: Issue, actor: Actor, at: datetime, form: Any) -> None:
    kept = evidence.keep(issue.id, form.files.data, at)
    if not kept:
        raise Refused("请选一个文件")
    for stored, small in kept:
        handling.attach(issue, actor, at, file=stored, thumbnail=small, caption=form.caption.data or "")


def _propose(issue: Issue, actor: Actor, at: datetime, form: Any) -> None:
    for stored, small in evidence.keep(issue.id, form.files.data, at):
        handling.attach(issue, actor, at, file=stored, thumbnail=small)
    said = handling.ProposeInput(form.words.data, form.outcome.data)
    firm_word.propose_and_ask(issue, actor, at, said, delivery.deliver)


def _words(act: Callable[..., object]) -> Run:
    return lambda issue, actor, at, form: act(issue, actor, at, form.words.data or "")


#: Event → the act, in the order of the page.
ACTS: dict[str, Act] = {
    "sign": Act(forms.ActForm, lambda issue, actor, at, form: handling.sign(issue, actor, at), "签收"),
    "start": Act(
        forms.StartForm,
        lambda issue, actor, at, form: handling.start(issue, actor, at, form.phone.data, form.contacted_on.data,
                                                      form.words.data or ""),
        "已联系企业",
    ),
    "propose": Act(forms.ProposeForm, _propose, "申请办结"),
    "reply": Act(forms.WordsForm, _words(handling.interim_reply), "阶段答复", "办到哪一步"),
    "assist_answer": Act(forms.WordsForm, _words(handling.assist_answer), "协办答复", "协办意见"),
    "ask_extension": Act(
        forms.ExtensionForm,
        lambda issue, actor, at, form: handling.ask_extension(issue, actor, at, form.new_due_on.data, form.words.data),
        "申请延期",
    ),
    "attach": Act(forms.EvidenceForm, _attach, "上传佐证"),
    "object": Act(forms.WordsForm, _words(handling.object), "退办", "退办的理由"),
}  # fmt: skip


@bp.get("/issue/<token>")
@public
def handler(token: str) -> str:
    """The issue, its due date, and what its handler may do now."""
    link = opened(token, HANDLER_LINK, _held)
    return _page(token, link, _forms(_actor(link), ""))


@bp.post("/issue/<token>/<act>")
@public
def handle(token: str, act: str) -> Answer:
    """One act of the handler; what is refused is said beside its form, with what was typed."""
    doing = ACTS.get(act)
    link = used(token, HANDLER_LINK, _held, spend=False)
    if doing is None:
        db.session.rollback()
        raise NotFound
    here = _actor(link)
    made = _forms(here, act)
    form = made.get(act) or doing.form()
    if form.validate_on_submit():
        try:
            doing.run(here.issue, here.actor, clock.now(), form)
            db.session.commit()
            return redirect(url_for(".handler", token=token, done=act))
        except Refused as error:
            form.form_errors.append(str(error))
        except StaleDataError:
            form.form_errors.append("同一时刻有人改了这一条，请看过再做一次。")
    db.session.rollback()
    made[act] = form
    return _page(token, opened(token, HANDLER_LINK, _held), made, act), 422


@bp.post("/issue/<token>/phone")
@public
def handler_phone(token: str) -> str:
    """The whole number of the contact of this issue; that it was opened is in the trail."""
    link = used(token, HANDLER_LINK, _held, spend=False)
    here = _actor(link)
    contact = _contact(here.issue)
    if contact is None:
        raise NotFound
    detail = {"firm_id": contact.firm_id, "link_id": link.id, "reason": here.actor.label}
    trail.note("contact.call", subject="contact", subject_id=contact.id, detail=detail)
    said = f"{contact.open_name()} {contact.open_phone()}"
    db.session.commit()
    return _page(token, link, _forms(_actor(link), ""), phone=said)


@bp.get("/issue/<token>/files/<int:number>")
@public
def handler_file(token: str, number: int) -> Response:
    """One piece of the evidence that the page names."""
    issue = _actor(opened(token, HANDLER_LINK, _held)).issue
    row = next((row for row in _files(issue) if row.id == number), None)
    if row is None:
        raise NotFound
    return saved(row)


def _held(link: Link) -> bool:
    return firm_word.holder_of(link) is not None


def _actor(link: Link) -> Stand:
    """How the holder of the link stands towards the issue now."""
    found = firm_word.holder_of(link)
    assert found is not None, "refused before"
    issue, person = found
    return stand(issue, Actor.outside(link, person, request.remote_addr or ""), clock.now())


def _forms(here: Stand, sent: str) -> dict[str, Any]:
    """The forms of the acts that are open now, what is likely filled in."""
    choices = here.choices()
    data = {"contacted_on": clock.today(), "phone": _person(here).phone, "outcome": "solved"}
    made = {}
    for event, act in ACTS.items():
        if event in choices or event == sent:
            form = act.form(prefix=event, data=data, **({} if event == sent else {"formdata": None}))
            if isinstance(form, forms.EvidenceForm):
                form.offer([])
            if act.label:
                form["words"].label.text = act.label
            made[event] = form
    return made


def _person(here: Stand) -> OutsideHandler:
    return db.session.get_one(OutsideHandler, here.actor.outside_id)


def _page(token: str, link: Link, made: dict[str, Any], failed: str = "", phone: str = "") -> str:
    here = _actor(link)
    issue = here.issue
    moves = [move for move in IssueMove.list_of(issue.id) if move.event in TOLD and move.words]
    mine = [part for part in here.parts if here.actor.holds(part, here.on)]
    done = EVENTS.get(request.args.get("done", ""), "")
    return render_template(
        "links/handler.html", token=token, link=link, issue=issue, forms=made, acts=ACTS, failed=failed, done=done,
        person=_person(here), phone=phone, contact=_contact(issue), files=_files(issue),
        moves=moves, mine=mine, lead=any(part.role == "lead" for part in mine), states=STATES, events=EVENTS,
        chips=sheet.chips_of(issue, here.on), waiting=handling.waiting_extension(issue),
    )  # fmt: skip


def _contact(issue: Issue) -> Contact | None:
    """Who at the firm speaks for this issue: its own contact, else the firm's main one."""
    rows = [row for row in Contact.list_of(issue.firm_id) if row.ended_on is None]
    rows.sort(key=lambda row: row.id != issue.contact_id)
    return rows[0] if rows else None


def _files(issue: Issue) -> Sequence[IssueFile]:
    query = select(IssueFile).where(IssueFile.issue_id == issue.id, IssueFile.file_id.is_not(None))
    return db.session.scalars(query.options(joinedload(IssueFile.file)).order_by(IssueFile.id)).all()
