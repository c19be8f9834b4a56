"""The rungs by area and by industry: a row is the same figures in a narrower scope, so its numbers open as they do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from models.area import Area
from models.base import db
from models.figures import rungs
from models.figures.base import Period
from models.figures.scope import Scope
from models.firm.record import Firm
from models.rules.industry import SECTIONS, section_of


@dataclass(slots=True)
class Group:
    """One row: its name, the filters that narrow to it (None: it cannot be asked for alone), its counts by figure."""

    name: str
    narrowing: Mapping[str, Any] | None
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, counts: Mapping[str, int]) -> None:
        """Count these firms, too."""
        for key, number in counts.items():
            self.counts[key] = self.counts.get(key, 0) + number


def area_groups(scope: Scope) -> tuple[list[Group], Callable[[int | None], Group]]:
    """A group for each area just below the one in question (or of the district), then 未细分 and 未定区; and which of
    them an area belongs to. One statement (two for an area)."""
    rows = db.session.scalars(select(Area).where(Area.tree == "area").order_by(Area.sort_key, Area.id)).all()
    groups = {area.id: Group(area.name, {"area": area.id}) for area in _shown(rows, scope)}
    rest, nowhere = Group("未细分", None), Group("未定区", {"area": 0})
    above = {area.id: area.parent_id for area in rows}

    def group_of(area_id: int | None) -> Group:
        place = area_id
        while place is not None and place not in groups:
            place = above.get(place)
        return nowhere if area_id is None else rest if place is None else groups[place]

    return [*groups.values(), rest, nowhere], group_of


def by_area(period: Period, scope: Scope) -> list[Group]:
    """The areas just below the one in question (or of the district), 未定区 last. A fixed number of statements."""
    groups, group_of = area_groups(scope)
    for area_id, counts in rungs.tally_by(Firm.area_id, period, scope).items():
        group_of(area_id).add(counts)
    return [group for group in groups if any(group.counts.values())]


def by_industry(period: Period, scope: Scope) -> list[Group]:
    """The sections of GB/T 4754-2017, 未填 last. One statement."""
    groups = {letter: Group(name, {"industry": letter}) for letter, name in SECTIONS.items()}
    unknown, odd = Group("未填", {"industry": "none"}), Group("代码不在国标", None)
    for code, counts in rungs.tally_by(Firm.industry_code, period, scope).items():
        group = unknown if code is None else groups.get(section_of(code) or "", odd)
        group.add(counts)
    return [group for group in (*groups.values(), odd, unknown) if any(group.counts.values())]


def _shown(rows: Sequence[Area], scope: Scope) -> Sequence[Area]:
    """The children of the area asked for; else the towns: the top of the tree, or what is below a single top."""
    if scope.area_id:
        below = [area for area in rows if area.parent_id == scope.area_id]
        return below or [area for area in rows if area.id == scope.area_id]
    tops = [area for area in rows if area.parent_id is None]
    below = [area for area in rows if tops and area.parent_id == tops[0].id]
    return below if len(tops) == 1 and below else tops
