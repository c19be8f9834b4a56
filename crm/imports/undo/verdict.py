"""What undoing an import would do, as it is being found out."""

from collections import defaultdict
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
    #: The import whose undoing left it.
    run_id: int


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
    #: Row that gets something back → the imports whose statements go.
    whose: dict[Place, set[int]] = field(default_factory=lambda: defaultdict(set))

    def runs(self) -> set[int]:
        """The imports of which something goes."""
        makers = self.trace.makers
        made = {makers[table, row_id] for table, ids in self.remove.items() for row_id in ids}
        return made | {run_id for place in self.restore for run_id in self.whose[place]}

    def restored(self, run_id: int) -> int:
        """How many rows get back what they had before this import; the dated entries of a firm that is counted are part
        of it."""
        places = (place for place in self.restore if run_id in self.whose[place])
        return sum(not self._part_of_counted(place) for place in places)

    def removed(self, run_id: int) -> int:
        """How many rows of this import go away, counted in the same way."""
        makers = self.trace.makers
        places = ((table, row_id) for table, ids in self.remove.items() for row_id in ids)
        made = sum(makers[place] == run_id and not self._part_of_counted(place) for place in places)
        return made + sum(pair.run_id == run_id for pair in self.trace.pairs)

    def kept_of(self, run_id: int) -> list[dict[str, Any]]:
        """What stays of this import, with the reason, as `imports undo` prints it."""
        mine = (one for one in self.kept if one.run_id == run_id)
        return [{"table": one.table, "id": one.id, "reason": one.reason} for one in mine]

    def keep(self, table: str, row_id: int, reason: str) -> None:
        """A row that an import made stays."""
        self.remove[table].discard(row_id)
        self.kept.append(Kept(table, row_id, reason, self.trace.makers[table, row_id]))

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
