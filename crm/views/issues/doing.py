"""Every act a page offers on an issue: its form, what the form is offered, and how what was typed reaches the act."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.views.issues import delivery, evidence
from forms import issue_acts as forms
from models.base import db
from models.errors import Refused
from models.issue import Issue
from models.issue.acts import closing, deciding, desk, firm_word, handling
from models.issue.acts.actor import Actor
from models.issue.acts.desk import AssistInput, DispatchInput
from models.issue.kinds import IssueClass, IssueTopic, OutsideHandler
from models.issue.offers import IssueOffers
from models.issue.recent import visits_to
from models.issue.sheet import Sheet, waiting_check
from models.unit import get as get_unit
from models.user import User

Form = Any
Run = Callable[[Issue, Actor, datetime, Form], object]


@dataclass(frozen=True)
class Doing:
    """One act: its form and how it is done. `label` names the text field; `hint` says what follows."""

    form: type[forms.ActForm]
    run: Run
    label: str = ""
    hint: str = ""
    verb: str = ""
    #: What the form is offered to choose from.
    offer: Callable[[Form, Sheet, User], None] | None = None
    #: Nothing has to be typed: a button does it from anywhere.
    at_once: bool = False


def _class_of(form: Form) -> IssueClass | None:
    return IssueClass.get(form.class_id.data) if form.class_id.data else None


def _give(form: Form) -> DispatchInput:
    kind, number = form.person.data[:1], form.person.data[1:]
    user = db.session.get(User, int(number)) if kind == "u" else None
    outside = OutsideHandler.get(int(number)) if kind == "o" else None
    units = [get_unit(unit_id) for unit_id in form.assist_units.data or () if unit_id]
    return DispatchInput(
        get_unit(form.unit_id.data) if form.unit_id.data else None, _class_of(form), user, outside,
        [AssistInput(unit) for unit in units], db.session.get(User, form.leader_id.data or 0), form.measures.data or "",
    )  # fmt: skip


def _settle(issue: Issue, actor: Actor, at: datetime, form: Form) -> object:
    to = _give(form) if form.to_other.data else None
    desk.settle_objection(issue, actor, at, form.words.data, to)
    return delivery.mail_handlers(issue, actor, at)


def _dispatch(issue: Issue, actor: Actor, at: datetime, form: Form) -> object:
    desk.dispatch(issue, actor, at, _give(form))
    return delivery.mail_handlers(issue, actor, at)


def _reassign(issue: Issue, actor: Actor, at: datetime, form: Form) -> object:
    desk.reassign(issue, actor, at, _give(form), form.words.data)
    return delivery.mail_handlers(issue, actor, at)


def _attach(issue: Issue, actor: Actor, at: datetime, form: Form) -> object:
    kept = evidence.keep(issue.id, form.files.data, at)
    chosen = _chosen(form)
    visits = [visit for visit in visits_to(actor.user, issue.firm_id) if visit.id in chosen]
    if not kept and not visits:
        raise Refused("请选一个文件，或一次走访")
    words = form.caption.data
    for stored, small in kept:
        handling.attach(issue, actor, at, file=stored, thumbnail=small, caption=words or "")
    for visit in visits:
        handling.attach(issue, actor, at, visit=visit, caption=words or "")
    return None


def _chosen(form: Form) -> list[int]:
    return [number for number in form.visits.data or () if number] if "visits" in form else []


def _propose(issue: Issue, actor: Actor, at: datetime, form: Form) -> object:
    for stored, small in evidence.keep(issue.id, form.files.data, at):
        handling.attach(issue, actor, at, file=stored, thumbnail=small)
    said = handling.ProposeInput(form.words.data, form.outcome.data, _chosen(form))
    return firm_word.propose_and_ask(issue, actor, at, said, delivery.deliver)


def _close(issue: Issue, actor: Actor, at: datetime, form: Form) -> object:
    names = ("solved", "answered", "in_touch", "satisfied")
    answers = {name: {"yes": True, "no": False}.get(form[name].data) for name in names}
    return closing.close(issue, actor, at, closing.CloseInput(**answers, words=form.words.data or ""))


def _call(issue: Issue, actor: Actor, at: datetime, form: Form) -> object:
    confirms = {"yes": True, "no": False}.get(form.confirms.data or "")
    said = firm_word.CallInput(form.about.data, form.reached.data, form.solved.data or "", form.attitude.data,
                               form.words.data or "", confirms)  # fmt: skip
    return firm_word.log_call(issue, actor, at, said)


def _spot(issue: Issue, actor: Actor, at: datetime, form: Form) -> object:
    check = waiting_check(issue)
    if check is None:
        raise Refused("没有等着抽查的，可能已经查过")
    return closing.spot_result(check.id, actor, at, form.result.data, form.words.data or "")


def _offer_class(form: Form, sheet: Sheet, user: User) -> None:
    form.offer(IssueOffers.load())


def _offer_visits(form: Form, sheet: Sheet, user: User) -> None:
    held = {row.visit_id for row in sheet.files if row.round == sheet.issue.round}
    form.offer([visit for visit in visits_to(user, sheet.issue.firm_id) if visit.id not in held])


def _offer_slips(form: Form, sheet: Sheet, user: User) -> None:
    form.offer(sheet.waiting_slips)


def _words(act: Any, label: str, hint: str = "", verb: str = "", form: Any = forms.WordsForm) -> Doing:
    return Doing(form, lambda issue, actor, at, said: act(issue, actor, at, said.words.data or ""), label, hint, verb)


#: Event → how a page does it, in the order of a record's menu.
DOINGS: dict[str, Doing] = {
    "sign": Doing(forms.ActForm, lambda issue, actor, at, form: handling.sign(issue, actor, at), at_once=True),
    "start": Doing(
        forms.StartForm,
        lambda issue, actor, at, form: handling.start(issue, actor, at, form.phone.data, form.contacted_on.data,
                                                      form.words.data or ""),
        hint="把您的名字和办公电话告诉企业，写下是哪天。", verb="已联系企业",
    ),
    "propose": Doing(forms.ProposeForm, _propose, offer=_offer_visits,
                     hint="企业确认以后，由没有经办的人销号。至少要一份佐证：文件，或一次走访。"),
    "reply": _words(handling.interim_reply, "办到哪一步", verb="答复"),
    "assist_answer": _words(handling.assist_answer, "协办意见", verb="答复"),
    "ask_extension": Doing(
        forms.ExtensionForm,
        lambda issue, actor, at, form: handling.ask_extension(issue, actor, at, form.new_due_on.data, form.words.data),
        hint="到期前至少 1 个工作日提出，由别人批；原时限一直留着。",
    ),
    "answer_slip": Doing(
        forms.AnswerSlipForm,
        lambda issue, actor, at, form: deciding.answer_slip(issue, actor, at, form.slip_id.data, form.words.data),
        offer=_offer_slips, verb="答复督办单",
    ),
    "object": _words(handling.object, "退办的理由", "综合科当天裁定；裁定由本单位办的，不能再退。"),
    "attach": Doing(forms.EvidenceForm, _attach, offer=_offer_visits, verb="加佐证"),
    "admit": Doing(
        forms.ClassForm,
        lambda issue, actor, at, form: desk.admit(issue, actor, at, _class_of(form),
                                                  IssueTopic.get(form.topic_id.data) if form.topic_id.data else None),
        offer=_offer_class,
    ),
    "dispatch": Doing(forms.GiveForm, _dispatch, offer=_offer_class),
    "settle": Doing(forms.SettleForm, _settle, offer=_offer_class, verb="裁定"),
    "close": Doing(forms.CloseForm, _close, hint="四个问题都要回答。", verb="销号"),
    "return": _words(closing.review_return, "退回的理由、要补什么"),
    "redo": _words(closing.redo, "重办的理由", "轮次加一，首次时限留着。"),
    "decide_extension": Doing(
        forms.DecideForm,
        lambda issue, actor, at, form: deciding.decide_extension(issue, actor, at, form.granted.data == "yes",
                                                                 form.words.data or ""),
        verb="批延期",
    ),
    "park": Doing(
        forms.ParkForm,
        lambda issue, actor, at, form: handling.park(issue, actor, at, form.words.data, form.until.data),
        hint="算计划解决，不算销号。",
    ),
    "unpark": _words(handling.unpark, "条件怎么到了", form=forms.NoteForm),
    "escalate": Doing(
        forms.EscalateForm,
        lambda issue, actor, at, form: deciding.escalate(issue, actor, at, form.words.data,
                                                         leader=db.session.get(User, form.leader_id.data or 0)),
        offer=_offer_class,
    ),
    "slip": Doing(
        forms.SlipForm,
        lambda issue, actor, at, form: deciding.slip(issue, actor, at, form.why.data or "", form.words.data or ""),
        verb="发督办单",
    ),
    "call": Doing(forms.CallForm, _call, verb="记电话回访"),
    "spot_result": Doing(forms.SpotForm, _spot, verb="记抽查结果"),
    "reopen": _words(closing.reopen, "重新打开的理由"),
    "reclass": Doing(
        forms.ClassForm,
        lambda issue, actor, at, form: desk.reclass(issue, actor, at, _class_of(form),
                                                    IssueTopic.get(form.topic_id.data) if form.topic_id.data else None),
        offer=_offer_class,
    ),
    "reassign": Doing(forms.ReassignForm, _reassign, offer=_offer_class),
    "explain": _words(deciding.explain, "给企业的解释", "到此为止，不算销号。"),
    "decline": _words(desk.decline, "不予受理的理由", "会告知企业；到此为止，不算销号。"),
    "add_words": _words(firm_word.add_words, "企业补充的话", verb="记企业补充"),
    "tell": _words(firm_word.tell, "怎么告知的", "现在的时限就是答应企业的时限。", form=forms.NoteForm),
    "ask_withdrawal": _words(firm_word.ask_withdrawal, "企业怎么说", "撤回以前一定打电话核实。", form=forms.NoteForm),
    "withdraw": _words(firm_word.withdraw, "撤回的原因", form=forms.NoteForm),
}  # fmt: skip
