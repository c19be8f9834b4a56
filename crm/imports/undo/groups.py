"""What is taken off of what an import wrote: from the newest statement down, and of what only means something together
all or nothing.

The statements about a field lie one on another. Those of undone imports go as far as nothing that stays lies on them;
what is built on stays until what was built on it goes. Fields and dated rows that only mean something together are one
stack for each firm, in which an import gives up its place whole."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from crm.imports import state
from crm.imports.undo import fields, words
from crm.imports.undo.fields import Cell
from crm.imports.undo.history import Step
from crm.imports.undo.trace import Place
from crm.imports.undo.verdict import DATED, Kept, Verdict
from models.base import db

#: Columns of a firm that repeat the open entry of a dated table, and fields that only mean something together.
GROUPS: dict[str, dict[str, str]] = {
    "firm": {
        "name": "name", "area_id": "area", "park_id": "park", "status": "status", "officer_a_id": "A",
        "officer_b_id": "B", "code": "code", "code_kind": "code", "capital": "capital", "capital_currency": "capital",
    },
    "title": dict.fromkeys(
        ("issued_on", "issued_precision", "ends_on", "provisional", "noticed_on", "source"), "dates"
    )
    | dict.fromkeys(("revoked_on", "revoked_reason"), "revoked"),
    "application": dict.fromkeys(("stage", "stage_on", "ended_on", "reason_id", "reason_words"), "stage"),
}  # fmt: skip
#: Dated tables of several kinds of entry, each repeated by a column of the firm of its own.
VALUED = frozenset({"firm_place", "firm_officer"})
Group = tuple[Any, ...]
#: What an import wrote of a group: all of it stays or none.
Unit = tuple[int, Group]
#: Takes rows from those that go.
Keeper = Callable[[Mapping[Place, str]], None]


@dataclass(slots=True)
class Lane:
    """What lies one on another: the statements about a field, or about all fields of a dated row."""

    place: Place
    group: Group
    steps: list[Step] = field(default_factory=list)
    #: Why all of it stays; empty when nothing is in the way.
    stuck: str = ""


class Stacks:
    """The statements of the undone imports about rows that stay, and which of them are in the way of which."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.found = verdict.trace
        self.cells = list(fields.cells(verdict))
        self.dated = self._dated_rows()
        self.blocked: dict[Unit, str] = {}
        self.lanes = self._lanes()

    def _dated_rows(self) -> dict[Place, Group]:
        """The group of each entry of a dated table that an undone import made or changed, where its firm stays. What a
        firm is only called stands for itself."""
        places: dict[str, set[int]] = defaultdict(set)
        for name in DATED:
            made = self.found.made.get(name, {})
            places[name] |= {row_id for row_id, firm_id in made.items() if not self.verdict.goes("firm", firm_id)}
        for cell in self.cells:
            if cell.place[0] in DATED:
                places[cell.place[0]].add(cell.place[1])
        found: dict[Place, Group] = {}
        for name, ids in places.items():
            table = db.metadata.tables[name]
            aspect = table.c[DATED[name] or "id"]
            for chunk in state.chunks(sorted(ids)):
                said = self.found.history.read(name, chunk)
                query = select(table.c.id, table.c.firm_id, aspect).where(table.c.id.in_(chunk))
                for row_id, firm_id, value in db.session.execute(query):
                    if value in CALLED and row_id not in said:
                        continue
                    found[name, row_id] = (firm_id, value if name in VALUED else name.removeprefix("firm_"))
        return found

    def _lanes(self) -> list[Lane]:
        rows: dict[Place, Lane] = {place: Lane(place, group) for place, group in self.dated.items()}
        by_table: dict[str, list[int]] = defaultdict(list)
        for name, row_id in rows:
            by_table[name].append(row_id)
        for name, ids in by_table.items():
            for chunk in state.chunks(sorted(ids)):
                for row_id, said in self.found.history.read(name, chunk).items():
                    steps = (step for steps in said.values() for step in steps)
                    rows[name, row_id].steps = sorted(steps, key=lambda step: step.id)
        lanes = list(rows.values())
        for cell in self.cells:
            if cell.place in rows:
                rows[cell.place].stuck = rows[cell.place].stuck or cell.stuck
            else:
                lanes.append(Lane(cell.place, _group(cell), cell.steps, cell.stuck))
        return lanes

    def maker(self, place: Place) -> int | None:
        """The undone import that made a row."""
        return self.found.makers.get(place) if self.found.has_made(*place) else None

    def stays(self, step: Step, place: Place, group: Group) -> str:
        """Why a statement stays; empty when it goes."""
        if not self.found.undoes(step):
            return words.with_field(place[0], step.field, words.other_now(place[0], step.field, step.new))
        if step.run_id is None:
            return ""
        if not self.verdict.goes(*place) and self.maker(place) == step.run_id:
            # What an import made of a row of its own stays with the row.
            return words.NEEDED
        return self.blocked.get((step.run_id, group), "")

    def spread(self) -> None:
        """Find all that is in the way: what stays, what it lies on, and what belongs to that."""
        for one in self.verdict.kept:
            place = (one.table, one.id)
            if place in self.dated:
                self.blocked.setdefault((one.run_id, self.dated[place]), one.reason)
            elif one.table == "firm" and self.found.has_made(*place):
                for aspect in set(GROUPS["firm"].values()):
                    self.blocked.setdefault((one.run_id, (one.id, aspect)), words.OF_FIRM)
        before = -1
        while len(self.blocked) > before:
            before = len(self.blocked)
            for lane in self.lanes:
                self._spread_in(lane)

    def _spread_in(self, lane: Lane) -> None:
        why = lane.stuck
        for step in reversed(lane.steps):
            if why and step.run_id is not None and self.found.undoes(step):
                if len(lane.group) < PLAIN:
                    self.blocked.setdefault((step.run_id, lane.group), why)
            else:
                why = why or self.stays(step, lane.place, lane.group)
        maker = self.maker(lane.place)
        if why and maker is not None and lane.place in self.dated:
            self.blocked.setdefault((maker, lane.group), why)

    def rows_in_the_way(self) -> dict[Place, str]:
        """Dated rows that would go and whose import's other statements of the group stay."""
        found = {}
        for place, group in self.dated.items():
            maker = self.maker(place)
            if maker is not None and (maker, group) in self.blocked and self.verdict.goes(*place):
                found[place] = self.blocked[maker, group]
        return found

    def take_off(self) -> None:
        """How many of the newest statements about each field go."""
        for cell in self.cells:
            group = self.dated.get(cell.place) or _group(cell)
            cell.off = 0
            for step in reversed(cell.steps):
                if cell.stuck or self.stays(step, cell.place, group):
                    break
                cell.off += 1


#: A group of one field alone: table, row and field.
PLAIN = 4
#: Kinds of names that say nothing of the one it bears now.
CALLED = frozenset({"alias", "former"})


def _group(cell: Cell) -> Group:
    table, row_id = cell.place
    aspect = GROUPS.get(table, {}).get(cell.name)
    if aspect is None:
        return (table, row_id, cell.name, "")
    return (row_id, aspect) if table == "firm" else (table, row_id, aspect)


def settle(verdict: Verdict, keep: Keeper) -> None:
    """Give the verdict the fields that go back; what belongs to something that stays, stays with it."""
    stacks = Stacks(verdict)
    while True:
        stacks.spread()
        if rows := stacks.rows_in_the_way():
            keep(rows)
            continue
        stacks.take_off()
        going = [cell for cell in stacks.cells if cell.off]
        refused = list(fields.impossible((cell, cell.back.before) for cell in going))
        if not refused:
            break
        for cell, why in refused:
            cell.stuck = words.with_field(cell.place[0], cell.name, why)
            for lane in stacks.lanes:
                if lane.place == cell.place and lane.steps:
                    lane.stuck = lane.stuck or cell.stuck
    for cell in stacks.cells:
        _tell(verdict, stacks, cell)


def _tell(verdict: Verdict, stacks: Stacks, cell: Cell) -> None:
    """What goes back of a field, and what stays of it."""
    off = cell.steps[len(cell.steps) - cell.off :]
    if off:
        back = cell.back
        if back.now != back.before:
            verdict.restore.setdefault(cell.place, []).append(back)
        verdict.whose[cell.place] |= {step.run_id for step in off if step.run_id is not None}
    group = stacks.dated.get(cell.place) or _group(cell)
    maker = stacks.maker(cell.place)
    left: Sequence[Step] = cell.steps[: len(cell.steps) - cell.off]
    for run_id in sorted({step.run_id for step in left if step.run_id is not None and verdict.trace.undoes(step)}):
        if run_id != maker:
            why = cell.stuck or stacks.stays(left[-1], cell.place, group) or stacks.blocked.get((run_id, group))
            verdict.kept.append(Kept(*cell.place, why or words.NEEDED, run_id))
