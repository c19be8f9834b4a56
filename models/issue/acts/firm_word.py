"""The firm's own word (企业确认): by a link that is sent again and again, or by telephone from somebody outside the
handling unit; what the firm adds; and its wish to take the matter back, which is always phoned."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models import clock
from models.base import db
from models.errors import Refused
from models.issue.acts.actor import Actor
from models.issue.acts.handling import ProposeInput, propose
from models.issue.acts.stand import FIRM_LINK, HANDLER_LINK, Stand, Step, agreed, allow, revoke_links, stand, whole
from models.issue.clocks import flow_of, load, reply_by, start_clock
from models.issue.kinds import OutsideHandler
from models.issue.parts import IssueAnswer, IssueAssignment, IssueCall, IssueClosing
from models.issue.record import Issue
from models.issue.trace import IssueMove
from models.link import Link
from models.rules.issue_clock import CALLS, counted_attempts
from models.rules.issue_kinds import CALL_ABOUT

#: Takes an issue and the secret of the firm's link to the firm, by mail or otherwise; whether that worked.
Deliver = Callable[[Issue, str], bool]


@dataclass(frozen=True)
class CallInput:
    """A call to the firm: what it was about, whether somebody was reached, and what they said."""

    about: str = "confirm"
    reached: bool = False
    #: confirm: yes, partly or no, and 1 to 5 where the firm said so.
    solved: str = ""
    attitude: int | None = None
    words: str = ""
    #: withdrawal: whether the firm said again that it takes the matter back.
    confirms: bool | None = None
    #: None: now.
    called_at: datetime | None = None


def send_link(
    issue: Issue, actor: Actor, at: datetime, *, contact_id: int | None = None, label: str = ""
) -> tuple[Link, str]:
    """A link for the firm and its secret, by somebody outside the handling unit, who brings it to the firm; the links
    before it end. After 申请办结 this asks the firm to confirm. It acts once, for seven days."""
    with whole(issue):
        here = stand(issue, actor, at)
        _ask(here)
        step = allow(here, "send_link")
    revoke_links(issue.id, at, handlers=False)
    valid = here.ticks.clocks["link_valid"].number
    link, token = Link.make(
        FIRM_LINK, "issue", issue.id, at=at, by=actor.user, contact_id=contact_id or issue.contact_id,
        label=label.strip() or "企业", expires_at=at + timedelta(days=valid), uses=1,
    )  # fmt: skip
    step.write(f"有效期 {valid} 天")
    return link, token


def ask_firm(issue: Issue, at: datetime, deliver: Deliver) -> bool:
    """Ask the firm by a link that `deliver` brings to it; whether that worked. Nothing is kept when it did not."""
    nested = db.session.begin_nested()
    _, token = send_link(issue, Actor.job(), at)
    if deliver(issue, token):
        nested.commit()
        return True
    nested.rollback()
    db.session.refresh(issue)
    return False


def propose_and_ask(issue: Issue, actor: Actor, at: datetime, said: ProposeInput, deliver: Deliver) -> IssueMove:
    """申请办结; in the simple flow the firm is asked by the same act when the link can be brought to it. The secret is
    not shown to the handling unit."""
    move = propose(issue, actor, at, said)
    if flow_of(issue) == "simple":
        ask_firm(issue, at, deliver)
    return move


def send_handler_link(
    issue: Issue, actor: Actor, at: datetime, assignment: IssueAssignment | None = None
) -> tuple[Link, str]:
    """A link for the outside handler of the lead's part (or of another part) and its secret; earlier ones end."""
    here = stand(issue, actor, at)
    step = allow(here, "send_handler_link")
    part = assignment or here.lead
    if part is None or part.issue_id != issue.id or part.outside is None or part.ended_at is not None:
        raise Refused("责任人有账号，登录就能办理，不用发链接")
    for link in Link.list_for("issue_assignment", part.id):
        link.revoke(at)
    valid = here.ticks.clocks["handler_link"].number
    link, token = Link.make(
        HANDLER_LINK, "issue_assignment", part.id, at=at, by=actor.user, label=part.outside.name,
        expires_at=at + timedelta(days=valid),
    )  # fmt: skip
    step.write(f"{part.outside.name}，有效期 {valid} 天", unit_id=part.unit_id)
    return link, token


def holder_of(link: Link) -> tuple[Issue, OutsideHandler] | None:
    """The issue and the person of a handler's link; None when the part was given to somebody else since."""
    part = db.session.get(IssueAssignment, link.subject_id)
    if link.purpose != HANDLER_LINK or part is None or part.ended_at is not None or part.outside is None:
        return None
    issue = db.session.get(Issue, part.issue_id)
    return (issue, part.outside) if issue is not None and part.outside.active else None


def answer_by_link(
    issue: Issue, actor: Actor, at: datetime, solved: str, attitude: int | None, words: str = ""
) -> IssueMove:
    """企业确认 through the firm's link, one use of which the caller has spent (models.link.use_link)."""
    here = stand(issue, actor, at)
    step = allow(here, "confirm", "in_review", words=words, solved=solved, attitude=attitude, by_firm=True)
    db.session.add(
        IssueAnswer(
            issue_id=issue.id, round=issue.round, how="link", link_id=actor.link_id, at=at, answered_on=here.on,
            solved=solved, attitude=attitude, words=words.strip(), label=actor.name,
        )
    )  # fmt: skip
    return step.write()


def log_call(issue: Issue, actor: Actor, at: datetime, said: CallInput) -> IssueMove:
    """电话回访 by somebody outside the handling unit: each attempt is a row. An answer leads to the review, and so does
    the third attempt in vain on a working day of its own after day 28."""
    if said.about not in CALL_ABOUT:
        raise Refused("请选为什么打电话")
    with whole(issue):
        here = stand(issue, actor, at)
        call, move = _log(here, said)
        return _confirm(here, call, said, move) if said.about == "confirm" else move


def add_words(issue: Issue, actor: Actor, at: datetime, words: str) -> IssueMove:
    """What the firm adds, by itself or told to an officer. After 未答复销号 any word of the firm opens it again."""
    here = stand(issue, actor, at)
    move = allow(here, "add_words", words=words).write()
    if issue.state == "closed_out" and was_unanswered(issue):
        reopened(here, words)
    return move


def ask_withdrawal(issue: Issue, actor: Actor, at: datetime, words: str = "") -> IssueMove:
    """The firm wants to take the matter back, by itself or told to an officer; it is phoned before anything ends."""
    step = allow(stand(issue, actor, at), "ask_withdrawal", words=words)
    if issue.withdrawal_asked_at is not None:
        raise Refused("企业已经要求撤回，等电话核实")
    issue.withdrawal_asked_at = at
    return step.write()


def withdraw(issue: Issue, actor: Actor, at: datetime, words: str = "") -> IssueMove:
    """撤回, once the firm asked for it and said so again on the telephone."""
    here = stand(issue, actor, at)
    asked_at = issue.withdrawal_asked_at
    step = allow(here, "withdraw", "withdrawn", words=words or "企业撤回", withdrawal_asked=asked_at is not None,
                 withdrawal_confirmed=asked_at is not None and _withdrawal_confirmed(issue, asked_at))  # fmt: skip
    return step.write(parked_until=None, next_reply_on=None, withdrawal_asked_at=None)


def tell(issue: Issue, actor: Actor, at: datetime, words: str = "") -> IssueMove:
    """告知企业: the present due date is what the firm was promised from now on."""
    step = allow(stand(issue, actor, at), "tell", words=words)
    issue.told_due_on = issue.due_on
    return step.write()


def attempts(issue: Issue) -> list[IssueCall]:
    """The calls in vain of this round that count towards 未答复销号, one for each working day, the earliest first.

    None when the firm has answered or was never asked.
    """
    if issue.asked_on is None or last_answer(issue) is not None:
        return []
    query = select(IssueCall).where(
        IssueCall.issue_id == issue.id, IssueCall.round == issue.round, IssueCall.about == "confirm",
        IssueCall.reached.is_(False), IssueCall.handler_id.is_distinct_from(IssueCall.called_by_id),
    )  # fmt: skip
    by_day: dict[date, IssueCall] = {}
    for call in db.session.scalars(query.order_by(IssueCall.called_on, IssueCall.id)):
        by_day.setdefault(call.called_on, call)
    ticks = load()
    days = counted_attempts(issue.asked_on, by_day, ticks.clocks["calls_after"], ticks.workdays)
    return [by_day[day] for day in days]


def last_answer(issue: Issue) -> IssueAnswer | None:
    """What the firm said last in this round."""
    query = select(IssueAnswer).where(IssueAnswer.issue_id == issue.id, IssueAnswer.round == issue.round)
    return db.session.scalar(query.order_by(IssueAnswer.id.desc()).limit(1))


def was_unanswered(issue: Issue) -> bool:
    """Whether it was struck off without a word of the firm."""
    closing = db.session.get(IssueClosing, issue.closing_id) if issue.closing_id is not None else None
    return closing is not None and closing.basis == "no_answer"


def reopened(here: Stand, words: str) -> IssueMove:
    """Open a closed issue again by the firm's word, whoever brings it: a new round, and the first date stays."""
    step = agreed(here, "reopen", "in_progress", words=words, by_firm=True, was_unanswered=was_unanswered(here.issue))
    return begin_round(here, step)


def begin_round(here: Stand, step: Step) -> IssueMove:
    """The next round: the clock of its class runs again, a later approved date stays, nothing of the last counts."""
    issue = here.issue
    closing = db.session.get(IssueClosing, issue.closing_id) if issue.closing_id is not None else None
    if closing is not None:
        closing.undone_at = here.at
    start_clock(issue, here.on, here.ticks)
    if here.lead is not None:
        here.lead.due_on = issue.due_on
    with db.session.no_autoflush:
        issue.asked_on = issue.proposed_on = issue.outcome = issue.withdrawal_asked_at = None
        issue.round += 1
        return step.write(closing_id=None, closed_on=None, next_reply_on=_first_reply(here))


def _ask(here: Stand) -> None:
    """Once it is proposed as done, whoever sends a link or phones asks the firm: day 0 of its clocks."""
    if here.issue.state == "resolution_proposed":
        step = allow(here, "ask_firm", "awaiting_firm")
        step.write(asked_on=here.on)


def _log(here: Stand, said: CallInput) -> tuple[IssueCall, IssueMove]:
    """The row of a call and its trace."""
    issue, called_at = here.issue, said.called_at or here.at
    called_on = clock.local(called_at).date()
    allow(here, "call")
    _check_call(here, said, called_on)
    if said.about == "confirm":
        _ask(here)
    step = allow(here, "call")
    call = IssueCall(
        issue_id=issue.id, round=issue.round, about=said.about, called_by_id=here.actor.user_id,
        handler_id=issue.handler_id, called_at=called_at, called_on=called_on, reached=said.reached,
        note=said.words.strip(),
    )  # fmt: skip
    db.session.add(call)
    db.session.flush()
    if said.about == "withdrawal" and said.reached and said.confirms is False:
        issue.withdrawal_asked_at = None
    return call, step.write(_call_words(said))


def _check_call(here: Stand, said: CallInput, called_on: date) -> None:
    issue = here.issue
    if called_on > here.on:
        raise Refused("通话时间不能晚于现在")
    earliest = here.ticks.workdays.due(here.on, -1).on
    if called_on < earliest:
        raise Refused(f"电话要当天记，最迟下一个工作日补记（{earliest} 以后的）")
    if said.about == "withdrawal" and issue.withdrawal_asked_at is None:
        raise Refused("企业没有要求撤回")
    if said.about == "withdrawal" and said.reached and said.confirms is None:
        raise Refused("请选企业是否确认撤回")
    if said.about == "confirm" and issue.state not in ("resolution_proposed", "awaiting_firm", "in_review"):
        raise Refused("还没有申请办结，不用回访确认")
    if said.about == "spot" and issue.state != "closed_out":
        raise Refused("还没有销号，不用抽查")


def _call_words(said: CallInput) -> str:
    first = f"{CALL_ABOUT[said.about]}，{'接通' if said.reached else '未接通'}"
    return f"{first}：{said.words.strip()}" if said.words.strip() else first


def _confirm(here: Stand, call: IssueCall, said: CallInput, move: IssueMove) -> IssueMove:
    """What a call about the result leads to; without an answer only the third that counts leads anywhere."""
    issue = here.issue
    if said.reached:
        step = allow(here, "confirm", "in_review", words=said.words, solved=said.solved, attitude=said.attitude)
        db.session.add(
            IssueAnswer(
                issue_id=issue.id, round=issue.round, how="call", call_id=call.id, at=here.at,
                answered_on=call.called_on, solved=said.solved, attitude=said.attitude, words=said.words.strip(),
                label="企业（电话）",
            )
        )  # fmt: skip
        return step.write()
    number = len(attempts(issue))
    if issue.state == "awaiting_firm" and number >= CALLS:
        return allow(here, "unanswered", "in_review", attempts=number).write(f"{number} 次电话未接通")
    return move


def _withdrawal_confirmed(issue: Issue, asked_at: datetime) -> bool:
    """Whether the firm was reached about it since it asked: one who said no took the wish away with it."""
    query = select(IssueCall.id).where(
        IssueCall.issue_id == issue.id, IssueCall.about == "withdrawal", IssueCall.reached.is_(True),
        IssueCall.called_on >= clock.local(asked_at).date(),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def _first_reply(here: Stand) -> date | None:
    return reply_by(here.issue, None, here.ticks)
