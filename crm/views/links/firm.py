"""A firm's link: two questions and words about one issue; adding to it, taking it back, raising another matter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm.access import public
from crm.views.links.base import Answer, bp, opened, saved, used
from forms.issue_links import AnotherForm, AnswerForm, WithdrawForm, WordsForm
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.issue import Issue
from models.issue.acts import firm_word, raising
from models.issue.acts.actor import Actor
from models.issue.acts.raising import RaiseInput
from models.issue.acts.stand import FIRM_LINK
from models.issue.kinds import IssueTopic
from models.issue.parts import IssueFile
from models.link import Link

#: The firm is asked only then.
ASKED = ("awaiting_firm", "in_review")


@dataclass
class Forms:
    """The four forms of the page; one of them was sent."""

    answer: AnswerForm
    words: WordsForm
    withdraw: WithdrawForm
    another: AnotherForm

    @classmethod
    def make(cls, sent: str = "") -> "Forms":
        """The form that was sent filled with what was typed, the others empty."""

        def given(name: str) -> dict[str, object]:
            return {"prefix": name} if name == sent else {"prefix": name, "formdata": None}

        another = AnotherForm(**given("another"))
        another.offer(IssueTopic.list_active())
        return cls(AnswerForm(**given("answer")), WordsForm(**given("words")), WithdrawForm(**given("withdraw")),
                   another)  # fmt: skip


@bp.get("/firm/<token>")
@public
def firm(token: str) -> str:
    """What the firm said and what was done, and the two questions once it is asked."""
    return _page(token, opened(token, FIRM_LINK, _known), Forms.make())


@bp.post("/firm/<token>")
@public
def answer(token: str) -> Answer:
    """The firm's answer: it spends the link."""

    def act(issue: Issue, actor: Actor, forms: Forms) -> None:
        said = forms.answer
        firm_word.answer_by_link(issue, actor, clock.now(), said.solved.data or "", said.attitude.data,
                                 said.words.data or "")  # fmt: skip

    return _done(token, "answer", act, spend=True)


@bp.post("/firm/<token>/words")
@public
def add(token: str) -> Answer:
    """What the firm adds to its issue; the link stays good for the answer."""

    def act(issue: Issue, actor: Actor, forms: Forms) -> None:
        firm_word.add_words(issue, actor, clock.now(), forms.words.words.data or "")

    return _done(token, "words", act)


@bp.post("/firm/<token>/withdraw")
@public
def take_back(token: str) -> Answer:
    """The firm wants to take it back: somebody will phone."""

    def act(issue: Issue, actor: Actor, forms: Forms) -> None:
        firm_word.ask_withdrawal(issue, actor, clock.now(), forms.withdraw.words.data or "")

    return _done(token, "withdraw", act)


@bp.post("/firm/<token>/another")
@public
def another(token: str) -> Answer:
    """Another matter of the same firm."""

    def act(issue: Issue, actor: Actor, forms: Forms) -> None:
        topic = db.session.get(IssueTopic, forms.another.topic_id.data or 0)
        if topic is None:
            raise Refused("请选哪一类")
        said = RaiseInput(issue.firm, forms.another.words.data or "", topic, "link", contact_id=issue.contact_id)
        raising.raise_issue(actor, clock.now(), said)

    return _done(token, "another", act)


@bp.get("/firm/<token>/files/<int:number>")
@public
def firm_file(token: str, number: int) -> Response:
    """One piece of the evidence that the page names."""
    issue = _issue(opened(token, FIRM_LINK, _known))
    row = next((row for row in _evidence(issue) if row.id == number), None)
    if row is None:
        raise NotFound
    return saved(row)


@bp.get("/thanks/<what>")
@public
def thanks(what: str) -> Answer:
    """Said after an act; it tells nothing of any firm."""
    return render_template("links/thanks.html", what=what)


def _done(token: str, name: str, act: Callable[[Issue, Actor, Forms], object], spend: bool = False) -> Answer:
    """Do one act of the firm, or show the page with what is wrong; what is refused spends nothing."""
    link = used(token, FIRM_LINK, _known, spend=spend)
    forms = Forms.make(name)
    form = getattr(forms, name)
    if form.validate_on_submit():
        try:
            act(_issue(link), Actor.firm(link, request.remote_addr or ""), forms)
            db.session.commit()
            return redirect(url_for(".thanks", what=name))
        except Refused as error:
            form.form_errors.append(str(error))
    db.session.rollback()
    return _page(token, opened(token, FIRM_LINK, _known), forms), 422


def _page(token: str, link: Link, forms: Forms) -> str:
    issue = _issue(link)
    files = _evidence(issue) if issue.proposed_on else []
    return render_template("links/firm.html", token=token, link=link, issue=issue, forms=forms, files=files,
                           asked=issue.state in ASKED)  # fmt: skip


def _known(link: Link) -> bool:
    return link.subject == "issue" and db.session.get(Issue, link.subject_id) is not None


def _issue(link: Link) -> Issue:
    return db.session.get_one(Issue, link.subject_id)


def _evidence(issue: Issue) -> Sequence[IssueFile]:
    """The files of this round; visits stay inside."""
    query = select(IssueFile).where(IssueFile.issue_id == issue.id, IssueFile.round == issue.round)
    query = query.where(IssueFile.file_id.is_not(None)).order_by(IssueFile.id)
    return db.session.scalars(query.options(joinedload(IssueFile.file))).all()
