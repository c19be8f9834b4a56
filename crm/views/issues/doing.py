"""Every act a page offers on an issue: its form, what the form is offered, and how what was typed reaches the act."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.views.issues import delivery, evidence
from forms import issue_acts as forms
from models.errors import Refused
from models.issue import Issue
from models.issue.acts import closing, deciding, firm_word, handling
from models.issue.acts.actor import Actor
from models.issue.recent import visits_to
from models.issue.sheet import Sheet
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


def _call(issue: Issue, actor: Actor, at: datetime, form: Form) -> object:
    confirms = {"yes": True, "no": False}.get(form.confirms.data or "")
    said = firm_word.CallInput(form.about.data, form.reached.data, form.solved.data or "", form.attitude.data,
                               form.words.data or "", confirms)  # fmt: skip
    return firm_word.log_call(issue, actor, at, said)


def _offer_visits(form: Form, sheet: Sheet, user: User) -> None:
    held = {row.visit_id for row in sheet.files if row.round == sheet.issue.round}
    free = [visit for visit in visits_to(user, sheet.issue.firm_id) if visit.id not in held]
    form.offer(free)
    since = sheet.issue.raised_on
    if "visits" in form and not form.is_submitted() and not held and free[0].visit_on >= since:
        # The last visit since it was raised is what shows it, most times.
        form.visits.data = [free[0].id]


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
    "unpark": _words(handling.unpark, "条件怎么到了", form=forms.NoteForm),
    "call": Doing(forms.CallForm, _call, verb="记电话回访"),
    "reopen": _words(closing.reopen, "重新打开的理由"),
    "add_words": _words(firm_word.add_words, "企业补充的话", verb="记企业补充"),
    "tell": _words(firm_word.tell, "怎么告知的", "现在的时限就是答应企业的时限。", form=forms.NoteForm),
    "ask_withdrawal": _words(firm_word.ask_withdrawal, "企业怎么说", "撤回以前一定打电话核实。", form=forms.NoteForm),
    "withdraw": _words(firm_word.withdraw, "撤回的原因", form=forms.NoteForm),
}  # fmt: skip
