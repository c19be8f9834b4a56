"""一类事: several firms, one cause, one answer, and every firm is told."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from models import clock
from models.base import db
from models.errors import Refused
from models.issue.acts.actor import Actor
from models.issue.acts.bulk import BulkResult, each
from models.issue.acts.firm_word import Deliver, ask_firm, tell
from models.issue.acts.handling import ProposeInput, propose
from models.issue.groups import IssueGroup
from models.issue.record import Issue
from models.rules.issue import ENDED
from models.unit import Unit
from models.user import User


def make_group(
    actor: Actor, at: datetime, name: str, cause: str, issues: Iterable[Issue] = (), *, unit: Unit | None = None,
    person: User | None = None,
) -> IssueGroup:  # fmt: skip
    """A cause that several firms share, with the issues that have it. Refused without a name or the office's right."""
    _may(actor)
    if not name.strip():
        raise Refused("请写这一类事的名称")
    group = IssueGroup(
        name=name.strip()[:200], cause=cause.strip(), unit_id=unit.id if unit else None,
        person_id=person.id if person else None, created_by_id=actor.user_id, created_at=at,
    )  # fmt: skip
    db.session.add(group)
    db.session.flush()
    add_to_group(group, actor, issues)
    return group


def add_to_group(group: IssueGroup, actor: Actor, issues: Iterable[Issue]) -> None:
    """Put issues under a common cause; one of another cause moves."""
    _may(actor)
    for issue in issues:
        if issue.state in ENDED:
            raise Refused(f"{issue.number} 已经结束，不能并入一类事")
        issue.group_id = group.id
    db.session.flush()


def leave_group(issue: Issue, actor: Actor) -> None:
    """Take an issue out of its common cause."""
    _may(actor)
    issue.group_id = None
    db.session.flush()


def members(group: IssueGroup) -> list[Issue]:
    """The issues of a common cause, in the order in which they were raised."""
    query = select(Issue).where(Issue.group_id == group.id).order_by(Issue.raised_on, Issue.id)
    return list(db.session.scalars(query))


def answer_group(
    group: IssueGroup, actor: Actor, at: datetime, answer: str, file_ids: Sequence[int] = (),
    deliver: Deliver | None = None,
) -> BulkResult:  # fmt: skip
    """One answer for every firm: each open issue says that its firm was told, and those in the actor's own hands are
    proposed as done with the same evidence; with `deliver` each firm is asked by its own link.

    Refused without an answer. Issues that an act refuses are in the result, with why.
    """
    if not answer.strip():
        raise Refused("请写统一的答复")
    if group.person_id != actor.user_id:
        _may(actor)
    group.answer, group.answered_on = answer.strip(), clock.local(at).date()

    def act(issue: Issue) -> None:
        tell(issue, actor, at, answer)
        if issue.state == "in_progress":
            propose(issue, actor, at, ProposeInput(answer, file_ids=file_ids))
            if deliver is not None:
                ask_firm(issue, at, deliver)

    return each([issue for issue in members(group) if issue.state not in ENDED], act)


def _may(actor: Actor) -> None:
    if "issues.dispatch" not in actor.permissions:
        raise Refused("一类事由综合科归并")
