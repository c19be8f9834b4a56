"""What the handling unit does: take it or object, reach the firm, reply on the way, ask for more time, propose that it
is done with evidence; and 挂账推进, which a supervisor approves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from models.base import db
from models.errors import Refused
from models.file import StoredFile
from models.issue import clocks
from models.issue.acts.actor import Actor
from models.issue.acts.stand import Stand, allow, stand, whole
from models.issue.parts import IssueAssignment, IssueExtension, IssueFile
from models.issue.record import Issue
from models.issue.trace import IssueMove
from models.rules import issue_clock
from models.rules.issue_kinds import OUTCOMES
from models.visit.record import Visit


@dataclass(frozen=True)
class ProposeInput:
    """申请办结: what was done, how it ended, and what shows it."""

    result: str
    outcome: str = "solved"
    visit_ids: Sequence[int] = ()
    file_ids: Sequence[int] = ()


def sign(issue: Issue, actor: Actor, at: datetime) -> IssueMove:
    """签收 by the named person, or by the deputy while away."""
    here = stand(issue, actor, at)
    step = allow(here, "sign", "signed_for")
    lead = _lead(here)
    lead.signed_at = at
    return step.write(unit_id=lead.unit_id, person_id=lead.user_id, signed_on=here.on)


def object(issue: Issue, actor: Actor, at: datetime, reason: str) -> IssueMove:  # noqa: A001
    """退办: not this unit's matter; the office settles it the same day."""
    here = stand(issue, actor, at)
    lead = here.lead
    settled = lead is not None and lead.settled_at is not None
    step = allow(here, "object", "objected", words=reason, objection_settled=settled)
    lead = _lead(here)
    lead.objected_at, lead.objection = at, reason.strip()
    return step.write(unit_id=lead.unit_id, sign_due_on=here.ticks.due("settle", here.on).on)


def start(
    issue: Issue, actor: Actor, at: datetime, phone: str, contacted_on: date | None = None, words: str = ""
) -> IssueMove:
    """首次联系: the handler's name, this office phone and the date reached the firm; it is being worked on."""
    here = stand(issue, actor, at)
    lead = here.lead
    contacted_on = contacted_on or here.on
    step = allow(here, "start", "in_progress", words=words, phone=phone, contacted_on=contacted_on,
                 assigned_on=lead.assigned_on if lead else None)  # fmt: skip
    said = f"办公电话 {phone.strip()}"
    _begun(here, contacted_on)
    return step.write(f"{said}；{words.strip()}" if words.strip() else said)


def begin(here: Stand) -> IssueMove:
    """The raiser who does it met the firm: nothing more is asked."""
    step = allow(here, "start", "in_progress", by_raiser=True)
    _begun(here, here.on)
    return step.write()


def interim_reply(issue: Issue, actor: Actor, at: datetime, words: str) -> IssueMove:
    """阶段答复: how far it is. The next one is due ten working days later."""
    here = stand(issue, actor, at)
    step = allow(here, "reply", words=words)
    issue.next_reply_on = None if issue.state == "parked" else clocks.reply_by(issue, here.on, here.ticks)
    return step.write()


def assist_answer(issue: Issue, actor: Actor, at: datetime, words: str) -> IssueMove:
    """协办答复 of the assisting unit whose part this actor holds."""
    here = stand(issue, actor, at)
    step = allow(here, "assist_answer", words=words)
    mine = [part for part in here.parts if part.role == "assist" and actor.holds(part, here.on)]
    part = next((part for part in mine if part.answered_at is None), mine[0])
    part.signed_at = part.signed_at or at
    part.answered_at, part.answer = at, words.strip()
    return step.write(unit_id=part.unit_id, person_id=part.user_id)


def ask_extension(issue: Issue, actor: Actor, at: datetime, new_due_on: date, reason: str) -> IssueMove:
    """申请延期, at least a working day before it is due; somebody else decides."""
    here = stand(issue, actor, at)
    before = here.ticks.clocks["extension_before"]
    last = issue_clock.last_day_to_ask(issue.due_on, before, here.ticks.workdays) if issue.due_on else None
    step = allow(
        here, "ask_extension", words=reason, due_on=issue.due_on, new_due_on=new_due_on, last_day_to_ask=last,
        extensions=issue.extensions, extension_waits=waiting_extension(issue) is not None,
    )  # fmt: skip
    assert issue.due_on is not None
    db.session.add(
        IssueExtension(
            issue_id=issue.id, round=issue.round, asked_by_id=actor.user_id, asked_label=actor.label, asked_at=at,
            reason=reason.strip(), old_due_on=issue.due_on, new_due_on=new_due_on,
        )
    )  # fmt: skip
    return step.write(f"延至 {new_due_on}：{reason.strip()}")


def waiting_extension(issue: Issue) -> IssueExtension | None:
    """The extension that was asked for and not decided yet."""
    query = select(IssueExtension).where(IssueExtension.issue_id == issue.id, IssueExtension.decided_at.is_(None))
    return db.session.scalar(query.order_by(IssueExtension.id.desc()).limit(1))


def attach(
    issue: Issue, actor: Actor, at: datetime, *, file: StoredFile | None = None, visit: Visit | None = None,
    thumbnail: StoredFile | None = None, caption: str = "",
) -> IssueMove:  # fmt: skip
    """佐证材料: one file (its bytes are stored already), or one visit to the firm. The same again is no second one."""
    step = allow(stand(issue, actor, at), "attach")
    if (file is None) == (visit is None):
        raise Refused("请选一个文件，或一次走访")
    if file is not None:
        _put_file(issue, actor, at, file, thumbnail, caption)
    if visit is not None:
        _put_visit(issue, actor, at, visit, caption)
    return step.write(caption or (file.name if file is not None else "走访"))


def propose(issue: Issue, actor: Actor, at: datetime, said: ProposeInput) -> IssueMove:
    """申请办结, with evidence of this round; `firm_word.propose_and_ask` sends the firm its link by the same act."""
    here = stand(issue, actor, at)
    if said.outcome not in OUTCOMES:
        raise Refused("请选办理结果")
    named = len(said.visit_ids) + len(said.file_ids)
    step = allow(here, "propose", "resolution_proposed", words=said.result, evidence=_evidence(issue) + named)
    with whole(issue):
        for visit_id in said.visit_ids:
            _put_visit(issue, actor, at, db.session.get(Visit, visit_id))
        for file_id in said.file_ids:
            _put_file(issue, actor, at, db.session.get(StoredFile, file_id))
    issue.result, issue.outcome, issue.proposed_on = said.result.strip(), said.outcome, here.on
    issue.next_reply_on = None
    return step.write()


def park(issue: Issue, actor: Actor, at: datetime, conditions: str, until: date) -> IssueMove:
    """挂账推进: what is missing, and the next reply at most 30 days away; approved by somebody who does not handle it.

    It counts as 计划解决, never as closed; a due date before the reply moves to it.
    """
    here = stand(issue, actor, at)
    latest = here.ticks.due("park", here.on).on
    step = allow(here, "park", "parked", words=conditions, park_until=until, park_latest=latest)
    issue.park_conditions, issue.outcome, issue.next_reply_on = conditions.strip(), "planned", until
    if issue.due_on is not None and until > issue.due_on:
        issue.due_on, issue.due_known = until, True
    return step.write(f"至 {until}：{conditions.strip()}", parked_until=until)


def unpark(issue: Issue, actor: Actor, at: datetime, words: str = "") -> IssueMove:
    """恢复办理: the conditions are there, or the day of the next reply has come."""
    here = stand(issue, actor, at)
    step = allow(here, "unpark", "in_progress", words=words)
    issue.park_conditions, issue.outcome = "", None
    issue.next_reply_on = clocks.reply_by(issue, here.on, here.ticks)
    return step.write(parked_until=None)


def _lead(here: Stand) -> IssueAssignment:
    assert here.lead is not None, "dispatched issues have a lead"
    return here.lead


def _begun(here: Stand, contacted_on: date) -> None:
    """What beginning sets: the firm knows the person and the date, and the first reply has its day."""
    lead, issue = _lead(here), here.issue
    lead.first_contact_on = contacted_on
    issue.told_due_on = issue.due_on
    issue.next_reply_on = clocks.reply_by(issue, None, here.ticks)


def _evidence(issue: Issue) -> int:
    query = select(func.count()).select_from(IssueFile)
    return db.session.scalar(query.where(IssueFile.issue_id == issue.id, IssueFile.round == issue.round)) or 0


def _put_file(
    issue: Issue, actor: Actor, at: datetime, file: StoredFile | None, thumbnail: StoredFile | None = None,
    caption: str = "",
) -> None:  # fmt: skip
    if file is None:
        raise Refused("有一个文件已经没有了，请重新上传")
    same = select(IssueFile).where(IssueFile.issue_id == issue.id, IssueFile.sha256 == file.sha256)
    held = db.session.scalar(same)
    if held is not None:
        held.round = issue.round
        return
    db.session.add(
        IssueFile(
            issue_id=issue.id, round=issue.round, file_id=file.id, thumbnail_id=thumbnail.id if thumbnail else None,
            sha256=file.sha256, caption=caption.strip()[:200], created_by_id=actor.user_id, created_label=actor.label,
            created_at=at,
        )
    )  # fmt: skip
    db.session.flush()


def _put_visit(issue: Issue, actor: Actor, at: datetime, visit: Visit | None, caption: str = "") -> None:
    if visit is None or visit.withdrawn_at is not None:
        raise Refused("这次走访已撤回，请选别的走访")
    if visit.firm_id != issue.firm_id:
        raise Refused("这次走访不是这家企业的，请重新选")
    same = select(IssueFile).where(IssueFile.issue_id == issue.id, IssueFile.visit_id == visit.id)
    held = db.session.scalar(same)
    if held is not None:
        held.round = issue.round
        return
    db.session.add(
        IssueFile(issue_id=issue.id, round=issue.round, visit_id=visit.id, caption=caption.strip()[:200],
                  created_by_id=actor.user_id, created_label=actor.label, created_at=at)
    )  # fmt: skip
    db.session.flush()
