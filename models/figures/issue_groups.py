"""The figures of issues counted together: by unit, person, area, topic or class.

A row is the same figures in a narrower scope, so that its numbers open as they do. Names stand in their own order,
never in that of a figure.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from models.base import db
from models.figures.base import Figure, Kind, Period, Rows, Share
from models.figures.groups import Group, area_groups
from models.figures.scope import Scope
from models.firm.record import Firm
from models.issue.kinds import IssueClass, IssueTopic, OutsideHandler
from models.issue.parts import IssueAssignment, SpotCheck
from models.issue.record import Issue
from models.unit import Unit
from models.user import User

DIMENSIONS = {"unit": "责任单位", "area": "街镇", "topic": "专题", "class": "类别", "person": "责任人"}
#: What a rate's whole is counted under, beside the rate's own key.
WHOLE = ".whole"
Key = tuple[Any, ...]


@dataclass(slots=True)
class Tally:
    """Every figure counted: the number of a figure, or of a ratio's part; wholes under ``key.whole``."""

    counts: dict[str, int] = field(default_factory=dict)

    def share(self, key: str) -> Share:
        """A ratio."""
        return Share(self.counts.get(key, 0), self.counts.get(key + WHOLE, 0))


def totals(figures: Iterable[Figure], period: Period, scope: Scope) -> Tally:
    """Every figure of a scope: those of ``count`` and ``share``, each selection counted once."""
    found, counted = Tally(), dict[Rows, int]()
    for key, rows in _asked(figures):
        if rows not in counted:
            counted[rows] = db.session.scalar(select(func.count()).select_from(rows(period, scope).subquery())) or 0
        found.counts[key] = counted[rows]
    return found


def by(dimension: str, figures: Iterable[Figure], period: Period, scope: Scope) -> tuple[Tally, list[Group]]:
    """Every figure in total and by a dimension; groups without a single row are left out. As many statements as there
    are selections, and two for the names. KeyError for no such dimension."""
    groups, group_of = _groups(dimension, scope)
    counted: dict[Rows, Mapping[Key, int]] = {}
    whole = Tally()
    for key, rows, of in ((key, rows, figure.of) for figure in figures for key, rows in _asked([figure])):
        if rows not in counted:
            counted[rows] = _counted(dimension, of, rows, period, scope)
        whole.counts[key] = sum(counted[rows].values())
        for value, number in counted[rows].items():
            group_of(value).add({key: number})
    return whole, [group for group in groups if any(group.counts.values())]


def share(group: Group, key: str) -> Share:
    """A ratio of one group."""
    return Share(group.counts.get(key, 0), group.counts.get(key + WHOLE, 0))


def _asked(figures: Iterable[Figure]) -> Iterable[tuple[str, Rows]]:
    for figure in figures:
        yield figure.key, figure.rows
        if figure.kind is Kind.RATIO and figure.whole is not None:
            yield figure.key + WHOLE, figure.whole


def _counted(dimension: str, of: str, rows: Rows, period: Period, scope: Scope) -> dict[Key, int]:
    found = rows(period, scope).subquery()
    owner: Any = {"issue": Issue, "assignment": IssueAssignment, "spot": SpotCheck}[of]
    columns = _columns(dimension, of)
    query = select(*columns, func.count()).select_from(found).join(owner, owner.id == found.c[0])
    if owner is not Issue:
        query = query.join(Issue, Issue.id == owner.issue_id)
    if dimension == "area":
        query = query.join(Firm, Firm.id == Issue.firm_id)
    return {tuple(row[:-1]): row[-1] for row in db.session.execute(query.group_by(*columns))}


def _columns(dimension: str, of: str) -> tuple[Any, ...]:
    part = IssueAssignment
    held: dict[str, tuple[Any, ...]] = (
        {"unit": (part.unit_id,), "person": (part.user_id, part.outside_id)}
        if of == "assignment"
        else {"unit": (Issue.lead_unit_id,), "person": (Issue.handler_id, Issue.outside_id)}
    )
    return {**held, "area": (Firm.area_id,), "topic": (Issue.topic_id,), "class": (Issue.class_id,)}[dimension]


def _groups(dimension: str, scope: Scope) -> tuple[list[Group], Callable[[Key], Group]]:
    if dimension == "area":
        groups, group_of = area_groups(scope)
        return groups, lambda key: group_of(key[0])
    if dimension == "person":
        return _people()
    model: Any = {"unit": Unit, "topic": IssueTopic, "class": IssueClass}[dimension]
    order = (Unit.sort_key,) if model is Unit else (model.position,)
    rows = db.session.execute(select(model.id, model.name).order_by(*order, model.id)).all()
    field = {"class": "class_id"}.get(dimension, dimension)
    named: dict[Any, Group] = {key: Group(name, {field: key}) for key, name in rows}
    named[None] = Group({"unit": "未交办", "class": "未分类"}.get(dimension, ""), {field: 0})
    return list(named.values()), lambda key: named[key[0]]


def _people() -> tuple[list[Group], Callable[[Key], Group]]:
    found: dict[Key, Group] = {}
    for user_id, name in db.session.execute(select(User.id, User.name).order_by(User.sort_key, User.id)):
        found[user_id, None] = Group(name, {"handler": user_id})
    outside = select(OutsideHandler.id, OutsideHandler.name).order_by(OutsideHandler.sort_key, OutsideHandler.id)
    for outside_id, name in db.session.execute(outside):
        found[None, outside_id] = Group(f"{name}（外单位）", {"outside": outside_id})
    found[None, None] = Group("未交办", {"handler": 0})
    return list(found.values()), lambda key: found[key]
