"""工作移交: what a person holds of issues goes to a colleague as it stands, without 改派: dates and states stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from models import clock
from models.base import db
from models.errors import Refused
from models.firm.record import Firm
from models.issue.parts import IssueAssignment
from models.issue.record import ENDED, Issue
from models.issue.trace import IssueMove
from models.rules.issue_kinds import ASSIGNMENTS
from models.user import User


def held_parts(user_id: int) -> list[tuple[int, int, str]]:
    """The parts of open issues that a person holds: part, firm, what it is in words. One statement."""
    query = running().with_only_columns(
        IssueAssignment.id, IssueAssignment.role, Issue.firm_id, Issue.year, Issue.serial, Issue.title, Firm.name
    )
    query = query.join(Firm, Firm.id == Issue.firm_id).where(IssueAssignment.user_id == user_id)
    rows = db.session.execute(query.order_by(Issue.due_on, IssueAssignment.id))
    return [
        (row.id, row.firm_id, f"{row.year}-{row.serial:04d} {row.name}：{row.title}（{ASSIGNMENTS[row.role]}）"[:200])
        for row in rows
    ]


def running() -> Select[Any]:
    """Select the parts of open issues that somebody with an account holds."""
    query = select(IssueAssignment).join(Issue, Issue.id == IssueAssignment.issue_id)
    return query.where(
        IssueAssignment.user_id.is_not(None), IssueAssignment.ended_at.is_(None), Issue.state.not_in(ENDED)
    )


def hand_over(part_ids: Sequence[int], giver: User, taker: User, at: datetime) -> None:
    """Give these parts to a colleague; the caller commits. Nobody is asked to sign again and no clock begins anew; the
    trace says from whom to whom. Raises Refused for a taker who may not handle issues."""
    if part_ids and "issues.handle" not in taker.permissions:
        raise Refused(f"{taker.name}的账号不能办理问题，请换一位接收人")
    query = running().where(IssueAssignment.id.in_(list(part_ids)), IssueAssignment.user_id == giver.id)
    for part in db.session.scalars(query.order_by(IssueAssignment.id)).all():
        issue = db.session.get_one(Issue, part.issue_id)
        part.user_id = taker.id
        if part.role == "lead":
            issue.handler_id = taker.id
        db.session.add(
            IssueMove(
                issue_id=issue.id, event="hand_over", from_state=issue.state, to_state=issue.state, round=issue.round,
                at=at, moved_on=clock.local(at).date(), by_id=taker.id, words=f"{giver.name}移交给{taker.name}",
                unit_id=part.unit_id, person_id=taker.id, due_before=issue.due_on, due_after=issue.due_on,
            )
        )  # fmt: skip
    db.session.flush()
