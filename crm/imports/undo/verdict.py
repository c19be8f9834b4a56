"""What undoing an import would do, as it is being found out."""

from dataclasses import dataclass, field
from typing import Any

from crm.imports.undo.trace import Place, Trace

#: Tables of dated entries of a firm, and the column that says of what kind an entry is.
DATED: dict[str, str | None] = {
    "firm_name": "kind",
    "firm_place": "tree",
    "firm_status": None,
    "firm_officer": "position",
}


#: Rows that only say where the values of another row come from; a reader counts that row.
PARTS = frozenset({"title_source"})


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that stays as it is, with the reason in an officer's words."""

    table: str
    id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Back:
    """One field goes back from what the import wrote to what was there before."""

    field: str
    now: Any
    before: Any


@dataclass(slots=True)
class Verdict:
    """All that undoing would do."""

    trace: Trace
    restore: dict[Place, list[Back]] = field(default_factory=dict)
    remove: dict[str, set[int]] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)

    @property
    def restored(self) -> int:
        """How many rows get back what they had; the dated entries of a firm that is counted are part of it."""
        return sum(not self._part_of_counted(place) for place in self.restore)

    @property
    def removed(self) -> int:
        """How many rows go away, counted in the same way."""
        places = ((table, row_id) for table, ids in self.remove.items() for row_id in ids)
        return sum(not self._part_of_counted(place) for place in places) + len(self.trace.pairs)

    def _part_of_counted(self, place: Place) -> bool:
        if place[0] in PARTS:
            return True
        if place[0] not in DATED:
            return False
        firm_id = self.firm_of(place)
        return self.goes("firm", firm_id) or ("firm", firm_id) in self.restore

    def firm_of(self, place: Place) -> int | None:
        """The firm a row belongs to."""
        return self.trace.made.get(place[0], {}).get(place[1]) or self.trace.firms.get(place)

    def goes(self, table: str, row_id: int | None) -> bool:
        """Whether this row is one that goes away."""
        return row_id is not None and row_id in self.remove.get(table, ())
