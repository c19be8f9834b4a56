"""Common causes (一类事) with how many of their issues somebody sees; of nobody's issues there is no cause."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, or_, select

from models.base import db
from models.errors import NotFound
from models.issue.groups import IssueGroup
from models.issue.lights import is_open
from models.issue.listing import visible
from models.issue.record import Issue
from models.unit import Unit
from models.user import User

SIZE = 50


def _seen(user: User) -> Any:
    """Numbers by cause over the issues this person sees."""
    counted = select(
        Issue.group_id, func.count().label("issues"), func.count(Issue.firm_id.distinct()).label("firms"),
        func.count().filter(is_open()).label("waiting"),
    )  # fmt: skip
    return counted.where(Issue.group_id.is_not(None), *visible(user)).group_by(Issue.group_id).subquery()


def _listed(user: User, *columns: Any) -> Any:
    """Select these columns of the causes that exist for this person; without any, what a row of the list shows."""
    seen = _seen(user)
    row = (IssueGroup, Unit.name.label("unit"), User.name.label("person"), seen.c.issues, seen.c.firms, seen.c.waiting)
    query: Any = select(*(columns or row)).select_from(IssueGroup)
    query = query.outerjoin(seen, seen.c.group_id == IssueGroup.id).outerjoin(Unit, Unit.id == IssueGroup.unit_id)
    query = query.outerjoin(User, User.id == IssueGroup.person_id)
    if "issues.dispatch" in user.permissions:
        return query
    return query.where(or_(seen.c.issues.is_not(None), IssueGroup.person_id == user.id))


def count_groups(user: User) -> int:
    """How many causes there are for this person. One statement."""
    return db.session.scalar(_listed(user, func.count(IssueGroup.id))) or 0


def list_groups(user: User, number: int, size: int = SIZE) -> Sequence[Row[Any]]:
    """A page of causes, the last first: (cause, unit, person, issues, firms, waiting). One statement."""
    query = _listed(user).order_by(IssueGroup.id.desc()).limit(size).offset((number - 1) * size)
    return db.session.execute(query).all()


def group_for(user: User, group_id: int) -> IssueGroup:
    """The cause, or NotFound when this person sees none of its issues and does not arrange them."""
    found = db.session.execute(_listed(user).where(IssueGroup.id == group_id)).first()
    if found is None:
        raise NotFound
    group: IssueGroup = found[0]
    return group
