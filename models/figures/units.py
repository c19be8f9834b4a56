"""A unit's part of a figure: visits its people made (by the unit of that day), promises and plan lines of who belongs
to it at the end of the period, issues it leads now, and of titles and rungs the firms whose A 角 belongs to it then."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from sqlalchemy import ColumnElement, or_, select

from models.figures.scope import AnySelect, Scope
from models.firm.record import Firm
from models.issue.scope import IssueScope
from models.unit import Membership
from models.user import User

#: First words of the figures that know who did a thing; the others count firms.
DOINGS = ("visits", "promises", "plan", "issues")


@dataclass(frozen=True)
class FirmsOfUnit(Scope):
    """The firms whose A 角 belongs to a unit on a day."""

    owner_id: int = 0
    owned_on: date = date.min

    @cached_property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What a firm must meet beside being visible."""
        officers = members(self.owner_id, self.owned_on)
        return [*super().conditions, Firm.officer_a_id.in_(officers)]


def scope_of(key: str, unit_id: int, on: date, user: User | None = None) -> Scope:
    """The scope in which a figure counts one unit's part at the end of a period."""
    if key.split(".")[0] in DOINGS:
        return IssueScope(user=user, unit_id=unit_id)
    return FirmsOfUnit(user=user, owner_id=unit_id, owned_on=on)


def of_unit(scope: Scope) -> int | None:
    """The unit whose doings a scope asks for; None for everybody's."""
    return scope.unit_id if isinstance(scope, IssueScope) else None


def firms_only(scope: Scope) -> Scope:
    """The same scope without its unit, for restricting by firm."""
    return replace(scope, unit_id=None) if isinstance(scope, IssueScope) and scope.unit_id is not None else scope


def members(unit_id: int, on: date) -> AnySelect:
    """Select who belongs to a unit on a day."""
    return select(Membership.user_id).where(
        Membership.unit_id == unit_id, Membership.from_on <= on,
        or_(Membership.to_on.is_(None), Membership.to_on >= on),
    )  # fmt: skip
