"""我的: what lies with one person or with somebody they stand in for: parts to take, to work on, to answer; slips."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from models.base import db
from models.issue import clocks
from models.issue.parts import IssueAssignment, IssueSlip
from models.issue.record import ENDED, Issue
from models.issue.sheet import chips_of
from models.rules.issue import IN_HAND, PROPOSED
from models.rules.issue_chip import Chip
from models.unit import acted_for
from models.user import User

#: No more than these of what somebody raised and others work on.
RAISED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Part:
    """An issue that lies with a person: as lead or assisting, and for whom."""

    issue: Issue
    part: IssueAssignment
    chips: tuple[Chip, ...]


@dataclass
class Mine:
    """By what is to do, the most urgent first."""

    to_sign: list[Part] = field(default_factory=list)
    in_hand: list[Part] = field(default_factory=list)
    to_answer: list[Part] = field(default_factory=list)
    proposed: list[Part] = field(default_factory=list)
    slips: dict[int, list[IssueSlip]] = field(default_factory=dict)
    raised: list[Issue] = field(default_factory=list)
    raised_total: int = 0

    @property
    def count(self) -> int:
        """How many wait for this person."""
        return len(self.to_sign) + len(self.in_hand) + len(self.to_answer)


def load(user: User, on: date) -> Mine:
    """Everything that lies with a person on a day. A fixed number of statements."""
    ids = acted_for(user.id, on) | {user.id}
    query = select(IssueAssignment).join(Issue, Issue.id == IssueAssignment.issue_id)
    query = query.where(IssueAssignment.user_id.in_(ids), IssueAssignment.ended_at.is_(None), Issue.state.not_in(ENDED))
    query = query.order_by(Issue.due_on, Issue.id, IssueAssignment.id).options(joinedload(IssueAssignment.unit))
    parts = list(db.session.scalars(query.options(joinedload(IssueAssignment.user))))
    issues = _issues([part.issue_id for part in parts])
    mine, ticks = Mine(), clocks.load()
    for part in parts:
        issue = issues[part.issue_id]
        row = Part(issue, part, chips_of(issue, on, ticks))
        _place(mine, row)
    for slip in db.session.scalars(_slips(list(issues))):
        mine.slips.setdefault(slip.issue_id, []).append(slip)
    if "issues.view" in user.permissions:
        raised = Issue.visible_to(user).where(Issue.raised_by_id == user.id, Issue.state.not_in(ENDED))
        raised = raised.where(or_(Issue.handler_id.is_(None), Issue.handler_id.not_in(ids)))
        counting = raised.with_only_columns(func.count(), maintain_column_froms=True)
        mine.raised_total = db.session.scalar(counting) or 0
        newest = raised.order_by(Issue.raised_on.desc(), Issue.id.desc()).limit(RAISED_SHOWN)
        names = (joinedload(Issue.handler), joinedload(Issue.outside), joinedload(Issue.lead_unit))
        mine.raised = list(db.session.scalars(newest.options(*names)))
    return mine


def _place(mine: Mine, row: Part) -> None:
    if row.part.role == "assist":
        if row.part.answered_at is None and row.issue.state in IN_HAND:
            mine.to_answer.append(row)
    elif row.issue.state == "dispatched":
        mine.to_sign.append(row)
    elif row.issue.state in PROPOSED or row.issue.state == "objected":
        mine.proposed.append(row)
    else:
        mine.in_hand.append(row)


def _issues(ids: list[int]) -> dict[int, Issue]:
    if not ids:
        return {}
    query = select(Issue).join(Issue.firm).options(contains_eager(Issue.firm), joinedload(Issue.topic))
    return {issue.id: issue for issue in db.session.scalars(query.where(Issue.id.in_(ids)))}


def _slips(ids: list[int]) -> Select[Any]:
    return select(IssueSlip).where(IssueSlip.issue_id.in_(ids), IssueSlip.answered_on.is_(None)).order_by(IssueSlip.id)
