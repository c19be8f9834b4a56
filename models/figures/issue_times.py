"""How long issues stayed in each state: every stay that ended in a period, in calendar days, from the trace."""

from sqlalchemy import Date, func, or_, select

from models.base import db
from models.figures.base import Period
from models.figures.scope import Scope
from models.issue.record import ENDED, Issue
from models.issue.scope import IssueScope
from models.issue.trace import IssueMove
from models.rules.issue_age import Lasted, lasted


def by_state(period: Period, scope: Scope) -> dict[str, Lasted]:
    """State (but those that end an issue) → how long the stays lasted that ended in the period; their issues are those
    of issues.left.STATE, each of which may have several stays. One statement."""
    wanted = IssueScope.of(scope)
    changes = or_(IssueMove.from_state.is_(None), IssueMove.from_state != IssueMove.to_state)
    moved = select(IssueMove.issue_id).where(IssueMove.moved_on > period.since, IssueMove.moved_on <= period.on)
    left_on = func.lead(IssueMove.moved_on, type_=Date).over(partition_by=IssueMove.issue_id, order_by=IssueMove.id)
    stays = select(IssueMove.to_state, IssueMove.moved_on, left_on.label("left_on"))
    stays = stays.where(changes, IssueMove.moved_on <= period.on, IssueMove.issue_id.in_(moved))
    narrowed = wanted.issues(select(Issue.id))
    if narrowed.whereclause is not None:
        stays = stays.where(IssueMove.issue_id.in_(narrowed))
    stay = stays.subquery()
    query = select(stay.c.to_state, stay.c.moved_on, stay.c.left_on, func.count())
    query = query.where(stay.c.left_on > period.since, stay.c.to_state.not_in(ENDED)).group_by(
        stay.c.to_state, stay.c.moved_on, stay.c.left_on
    )
    lengths: dict[str, list[tuple[int, int]]] = {}
    for state, came_on, gone_on, number in db.session.execute(query):
        lengths.setdefault(state, []).append(((gone_on - came_on).days, number))
    return {state: told for state, found in lengths.items() if (told := lasted(found)) is not None}
