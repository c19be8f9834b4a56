"""Many at a time: class, give, strike off. Each issue by the same act as one alone; those refused stay as they are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from models.base import db
from models.errors import Refused
from models.issue.acts import closing, desk
from models.issue.acts.actor import Actor
from models.issue.acts.closing import CloseInput
from models.issue.acts.desk import DispatchInput
from models.issue.kinds import IssueClass, IssueTopic
from models.issue.record import Issue


@dataclass
class BulkResult:
    """What was done, and what was refused in an officer's words."""

    done: list[Issue] = field(default_factory=list)
    refused: list[tuple[Issue, str]] = field(default_factory=list)


def each(issues: Iterable[Issue], act: Callable[[Issue], object]) -> BulkResult:
    """Let an act be tried on each issue; one that is refused leaves nothing behind."""
    result = BulkResult()
    for issue in issues:
        nested = db.session.begin_nested()
        try:
            act(issue)
        except Refused as refused:
            nested.rollback()
            db.session.refresh(issue)
            result.refused.append((issue, str(refused)))
        else:
            nested.commit()
            result.done.append(issue)
    return result


def class_many(
    issues: Iterable[Issue],
    actor: Actor,
    at: datetime,
    class_: IssueClass | None = None,
    topic: IssueTopic | None = None,
) -> BulkResult:
    """受理 and class, or class alone where it was accepted before."""

    def act(issue: Issue) -> None:
        if issue.state == "registered":
            desk.admit(issue, actor, at, class_, topic)
        else:
            desk.reclass(issue, actor, at, class_, topic)

    return each(issues, act)


def assign_many(issues: Iterable[Issue], actor: Actor, at: datetime, to: DispatchInput) -> BulkResult:
    """交办 to the same unit and person; not yet accepted ones are accepted by the same act."""
    return each(issues, lambda issue: desk.dispatch(issue, actor, at, to))


def close_many(issues: Iterable[Issue], actor: Actor, at: datetime, said: CloseInput) -> BulkResult:
    """销号 with the same four answers."""
    return each(issues, lambda issue: closing.close(issue, actor, at, said))
