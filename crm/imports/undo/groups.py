"""Fields and rows that only mean something together: all of a group go back, or none."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from crm.imports import state
from crm.imports.undo import words
from crm.imports.undo.fields import Bad, Wanted
from crm.imports.undo.trace import Place
from crm.imports.undo.verdict import DATED, Kept, Verdict
from models.base import db

#: Columns of a firm that repeat the open entry of a dated table, and fields that only mean something together: all of a
#: group go back, or none.
GROUPS: dict[str, dict[str, str]] = {
    "firm": {
        "name": "name", "area_id": "area", "park_id": "park", "status": "status", "officer_a_id": "A",
        "officer_b_id": "B", "code": "code", "code_kind": "code", "capital": "capital", "capital_currency": "capital",
    },
    "title": dict.fromkeys(
        ("issued_on", "issued_precision", "ends_on", "provisional", "noticed_on", "source"), "dates"
    )
    | dict.fromkeys(("revoked_on", "revoked_reason"), "revoked"),
}  # fmt: skip
#: Dated tables of several kinds of entry, each repeated by a column of the firm of its own.
VALUED = frozenset({"firm_place", "firm_officer"})
Group = tuple[Any, ...]


def settle(verdict: Verdict, bad: Bad, wanted: Wanted) -> None:
    """Give the verdict the fields that go back; what belongs to something that stays, stays with it."""
    dated = _groups_of_dated(verdict, bad, wanted)
    broken: dict[Group, str] = {}
    for (place, name), why in bad.items():
        reason = words.with_field(place[0], name, why)
        broken[_group(place, name, dated)] = reason
        verdict.kept.append(Kept(*place, reason))
    for one in verdict.kept:
        if (one.table, one.id) in dated:
            broken.setdefault(dated[one.table, one.id], one.reason)
    for place, found in wanted.items():
        left = []
        for back in found:
            group = _group(place, back.field, dated)
            if group in broken:
                verdict.kept.append(Kept(*place, broken[group]))
            else:
                left.append(back)
        if left:
            verdict.restore[place] = left
    for place, group in dated.items():
        if group in broken and verdict.goes(*place):
            verdict.remove[place[0]].discard(place[1])
            verdict.kept.append(Kept(*place, broken[group]))


def _groups_of_dated(verdict: Verdict, bad: Bad, wanted: Wanted) -> dict[Place, Group]:
    """The group of each entry of a dated table that the import made or changed, where its firm is not its own."""
    places: dict[str, set[int]] = defaultdict(set)
    for name in DATED:
        places[name] |= set(verdict.trace.made.get(name, ()))
    for place in (*wanted, *(place for place, _ in bad)):
        if place[0] in DATED:
            places[place[0]].add(place[1])
    found: dict[Place, Group] = {}
    for name, ids in places.items():
        table = db.metadata.tables[name]
        aspect = table.c[DATED[name] or "id"]
        for chunk in state.chunks(sorted(ids)):
            query = select(table.c.id, table.c.firm_id, aspect).where(table.c.id.in_(chunk))
            for row_id, firm_id, value in db.session.execute(query):
                if not verdict.trace.has_made("firm", firm_id) and value != "alias":
                    found[name, row_id] = (firm_id, value if name in VALUED else name.removeprefix("firm_"))
    return found


def _group(place: Place, name: str, dated: Mapping[Place, Group]) -> Group:
    if place in dated:
        return dated[place]
    table, row_id = place
    aspect = GROUPS.get(table, {}).get(name)
    if aspect is None:
        return (table, row_id, name)
    return (row_id, aspect) if table == "firm" else (table, row_id, aspect)
