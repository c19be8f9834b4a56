"""What somebody may do with each of many issues: models/issue/acts/stand asks for one, a board for a page of cards."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models import clock
from models.base import db
from models.issue.acts.actor import Actor
from models.issue.acts.stand import HANDLING, persons_suffice
from models.issue.parts import IssueAssignment
from models.issue.trace import IssueMove
from models.rules.issue import Choices, Towards, choices, relations
from models.user import User


def choices_of(rows: Sequence[Any], user: User, at: datetime) -> dict[int, Choices]:
    """The acts this person may try on each row (id, state, flow, class_flow, raised_by_id); guards may still refuse
    them. A fixed number of statements, the same answer as `stand.choices_for` gives one by one."""
    ids = [row.id for row in rows]
    on, actor = clock.local(at).date(), Actor.of(user)
    parts = _parts(ids)
    handled = _handled(ids)
    suffice, units = persons_suffice(), actor.unit_ids(on)
    me, permissions = frozenset({user.id}), user.permissions
    found = {}
    #: Most cards of a board stand alike.
    known: dict[tuple[str, str, frozenset[str]], Choices] = {}
    for row in rows:
        running = [part for part in parts.get(row.id, ()) if part.ended_at is None]
        mine = {part.role for part in running if actor.holds(part, on)}
        held = {part.unit_id for part in parts.get(row.id, ()) if part.ended_at is None or part.signed_at is not None}
        facts = Towards(
            user.id, unit_ids=units, raised_by_id=row.raised_by_id, handler_ids=me if "lead" in mine else frozenset(),
            assistant_ids=me if "assist" in mine else frozenset(),
            handled_by_ids=handled.get(row.id, frozenset()) | {part.user_id for part in running if part.user_id},
            handling_unit_ids=frozenset(held), persons_suffice=suffice,
        )  # fmt: skip
        key = (row.state, row.flow or row.class_flow or "standard", relations(facts))
        if key not in known:
            known[key] = choices(*key, permissions)
        found[row.id] = known[key]
    return found


def _parts(ids: Collection[int]) -> dict[int, list[Any]]:
    part = IssueAssignment
    query = select(part.issue_id, part.role, part.unit_id, part.user_id, part.outside_id, part.signed_at, part.ended_at)
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(query.where(part.issue_id.in_(ids)).order_by(part.id)):
        found.setdefault(row.issue_id, []).append(row)
    return found


def _handled(ids: Collection[int]) -> dict[int, frozenset[int]]:
    query = select(IssueMove.issue_id, IssueMove.by_id).where(
        IssueMove.issue_id.in_(ids), IssueMove.event.in_(HANDLING), IssueMove.by_id.is_not(None)
    )
    found: dict[int, set[int]] = {}
    for issue_id, by_id in db.session.execute(query.distinct()):
        found.setdefault(issue_id, set()).add(by_id or 0)
    return {issue_id: frozenset(people) for issue_id, people in found.items()}
