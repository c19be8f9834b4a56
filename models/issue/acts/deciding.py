"""What a supervisor decides: extensions, 提级, slips (督办单), 解释说明; and the handler's word on a slip."""

from datetime import date, datetime

from sqlalchemy import select

from models.base import db
from models.errors import NotFound, Refused
from models.issue.acts.actor import Actor
from models.issue.acts.handling import park, unpark, waiting_extension
from models.issue.acts.stand import Stand, allow, stand
from models.issue.parts import IssueSlip
from models.issue.record import Issue
from models.issue.trace import IssueMove
from models.rules.issue_clock import ESCALATION, SLIP_COLOUR, SLIPS
from models.user import User

__all__ = [
    "answer_slip", "decide_extension", "escalate", "explain", "find_slip", "park", "put_slip", "slip", "unpark",
]  # fmt: skip


def decide_extension(issue: Issue, actor: Actor, at: datetime, granted: bool, words: str = "") -> IssueMove:
    """审批延期 of the one that waits, by somebody else than the one who asked. The original date is kept.

    The firm has to be told (`firm_word.tell`) when it is granted.
    """
    here = stand(issue, actor, at)
    waits = waiting_extension(issue)
    asked = waits is not None and waits.asked_by_id is not None and waits.asked_by_id == actor.user_id
    step = allow(here, "decide_extension", words=words, extension_waits=waits is not None, asker_is_actor=asked)
    assert waits is not None
    if not granted and not words.strip():
        raise Refused("不同意延期的，请写理由")
    waits.decided_by_id, waits.decided_at = actor.user_id, at
    waits.granted, waits.decision = granted, words.strip()
    if granted:
        issue.extensions += 1
        if issue.due_on is None or waits.new_due_on > issue.due_on:
            issue.due_on, issue.due_known = waits.new_due_on, True
        if here.lead is not None:
            here.lead.due_on = issue.due_on
    said = f"同意延至 {waits.new_due_on}" if granted else "不同意"
    return step.write(f"{said}：{words.strip()}" if words.strip() else said)


def escalate(
    issue: Issue, actor: Actor, at: datetime, words: str = "", *, reason: str = "decided", leader: User | None = None
) -> IssueMove:
    """提级: the matter goes up one level, to a leader when one is named; the dates and the light stay as they are.

    `reason` is a key of ESCALATION. KeyError for no such reason.
    """
    here = stand(issue, actor, at)
    why = ESCALATION[reason] if reason != "decided" else ""
    step = allow(here, "escalate", words=words or why)
    issue.level += 1
    if leader is not None:
        issue.leader_id = leader.id
    until = here.ticks.due("escalated", here.on).on
    said = "；".join(part for part in (why, words.strip(), f"上一级 {until} 前办结") if part)
    return step.write(said, person_id=issue.leader_id)


def slip(
    issue: Issue, actor: Actor, at: datetime, why: str, words: str = "", about_on: date | None = None
) -> IssueMove:
    """督办单 for a reason of SLIPS: one matter, one slip. Refused when this matter has one already."""
    if why not in SLIPS:
        raise Refused("请选督办的事由")
    here = stand(issue, actor, at)
    step = allow(here, "slip", words=words)
    about_on = about_on or _about(here, why)
    if find_slip(issue, why, about_on) is not None:
        raise Refused(f"这件事（{SLIPS[why]}，{about_on}）已发过督办单，一事一单")
    put_slip(here, why, about_on, words)
    return step.write(f"{SLIPS[why]}：{words.strip()}" if words.strip() else SLIPS[why], unit_id=issue.lead_unit_id,
                      person_id=issue.handler_id)  # fmt: skip


def answer_slip(issue: Issue, actor: Actor, at: datetime, slip_id: int, words: str) -> IssueMove:
    """答复督办单: what was done about it. NotFound for a slip of another issue."""
    here = stand(issue, actor, at)
    step = allow(here, "answer_slip", words=words)
    row = db.session.get(IssueSlip, slip_id)
    if row is None or row.issue_id != issue.id:
        raise NotFound
    if row.answered_on is not None:
        raise Refused("这张督办单已经答复过")
    row.answered_on, row.answer = here.on, words.strip()
    return step.write()


def explain(issue: Issue, actor: Actor, at: datetime, words: str) -> IssueMove:
    """解释说明: why it cannot be solved, as the firm is told. It ends here, and is no 销号."""
    step = allow(stand(issue, actor, at), "explain", "explained", words=words)
    return step.write(outcome="explained", parked_until=None, next_reply_on=None)


def find_slip(issue: Issue, why: str, about_on: date) -> IssueSlip | None:
    """The slip of this matter in this round."""
    query = select(IssueSlip).where(
        IssueSlip.issue_id == issue.id, IssueSlip.round == issue.round, IssueSlip.why == why,
        IssueSlip.about_on == about_on,
    )  # fmt: skip
    return db.session.scalar(query.limit(1))


def put_slip(here: Stand, why: str, about_on: date, words: str = "") -> IssueSlip:
    """The row of a slip; the caller writes the trace."""
    issue = here.issue
    row = IssueSlip(
        issue_id=issue.id, round=issue.round, colour=SLIP_COLOUR[why], why=why, about_on=about_on, words=words.strip(),
        unit_id=issue.lead_unit_id, person_id=issue.handler_id, raised_by_id=here.actor.user_id, raised_at=here.at,
        raised_on=here.on,
    )  # fmt: skip
    db.session.add(row)
    return row


def _about(here: Stand, why: str) -> date:
    """The date a matter is about: the reply's, the due date, or the day it was returned."""
    issue = here.issue
    if why == "reply_missed" and issue.next_reply_on is not None:
        return issue.next_reply_on
    return here.on if why == "returned" or issue.due_on is None else issue.due_on
