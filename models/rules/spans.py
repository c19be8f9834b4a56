"""Everything the index of standing holds of a firm, computed once for all firms whose histories run alike.

A list grants thousands of firms the same title on the same day: their histories differ in the day of founding and in
the numbers of their titles, and the rules compare days only with each other. So the day a firm came is put on a day of
its own before everything else, the spans of that history are remembered, and each firm's own day is put back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import cast

from models.rules import standing
from models.rules.ladder import BEGINNING, Grant, GrantKind, History, Rung, Stay, TitleRule

#: The day a firm came, in a history that stands for many.
ARRIVAL = BEGINNING + standing.DAY
#: So many histories are remembered.
MOST_KNOWN = 20_000


#: What tells one history from another.
Alike = tuple[tuple[object, ...], tuple[object, ...], tuple[object, ...]]
_DAYS_OF = attrgetter("type", "issued_on", "ends_on", "revoked_on", "noticed_on", "provisional")
IssueOf = tuple[int, str, date, GrantKind, bool]


@dataclass(frozen=True, slots=True)
class Spans:
    """What follows from one history: (first day, last day, rung, with 待续, first held), (type, state, first, last
    day), (number of the title, type, day, kind, present) and (type, last day, day it is certain)."""

    rungs: tuple[tuple[date, date, Rung, Rung, date | None], ...]
    titles: tuple[tuple[str, str, date, date], ...]
    issues: tuple[IssueOf, ...]
    lapses: tuple[tuple[str, date, date], ...]


class Reckoner:
    """Reckons the spans of histories by one set of rules."""

    def __init__(self, rules: Mapping[str, TitleRule]) -> None:
        self.rules = rules
        self._known: dict[Alike, Spans] = {}

    def spans(self, history: History) -> Spans:
        """The spans of a firm: as the rules of standing.py say them, days outside the district left out."""
        came = _came(history)
        alike = _alike(history, came)
        found = self._known.get(alike)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            found = self._known[alike] = self._reckon(_standing_for(history, came))
        rungs = found.rungs
        if came is not None:
            # Before it came the firm was outside: its first span, and no other, begins on that day.
            rungs = ((came, *rungs[0][1:]), *rungs[1:])
        ids = sorted(grant.id for grant in history.grants)
        issues = tuple((ids[place], *rest) for place, *rest in found.issues)
        return Spans(rungs, found.titles, cast(tuple[IssueOf, ...], issues), found.lapses)

    def _reckon(self, history: History) -> Spans:
        held = standing.first_held(history, self.rules)
        rungs = tuple(
            (span.from_on, span.to_on, span.rung, span.rung_with_pending, held.get(span.rung_with_pending))
            for span in standing.rung_spans(history, self.rules)
            if span.rung_with_pending is not Rung.OUTSIDE
        )
        if not history.grants:
            return Spans(rungs, (), (), ())
        return Spans(
            rungs,
            tuple((s.type, s.state, s.from_on, s.to_on) for s in standing.title_spans(history, self.rules)),
            tuple((i.title_id, i.type, i.on, i.kind, i.present) for i in standing.issues(history, self.rules)),
            tuple((lapse.type, lapse.last_on, lapse.known_on) for lapse in standing.lapses(history, self.rules)),
        )


def _came(history: History) -> date | None:
    """The day a firm came, when all else of its history is later; None when its days are to be left as they are."""
    if not history.presence:
        return None
    came = history.presence[0].from_on
    return came if came > BEGINNING and all(came < day for day in _days(history)) else None


def _days(history: History) -> Iterator[date]:
    """Days that nothing else of a history is earlier than. A window closes in the year of the end or later."""
    for grant in history.grants:
        days = (
            grant.noticed_on,
            grant.issued_on,
            grant.revoked_on,
            grant.ends_on and grant.ends_on.replace(month=1, day=1),
        )
        yield from (day for day in days if day is not None)
    for stay in history.pools:
        yield stay.from_on
    for place, stay in enumerate(history.presence):
        if place:
            yield stay.from_on
        if stay.to_on is not None:
            yield stay.to_on


def _alike(history: History, came: date | None) -> Alike:
    """What histories that run alike have in common, as plain values, which are compared fastest."""
    grants = history.grants if len(history.grants) < 2 else sorted(history.grants, key=attrgetter("id"))
    presence = [(stay.from_on, stay.to_on) for stay in history.presence]
    if came is not None:
        presence[0] = (ARRIVAL, presence[0][1])
    return (
        tuple(map(_DAYS_OF, grants)),
        tuple([(stay.from_on, stay.to_on) for stay in history.pools]),
        tuple(presence),
    )


def _standing_for(history: History, came: date | None) -> History:
    """The history that stands for all like it: titles numbered by their order, the firm's coming before all."""
    grants = tuple(
        Grant(one.type, one.issued_on, one.ends_on, one.revoked_on, one.noticed_on, one.provisional, place)
        for place, one in enumerate(sorted(history.grants, key=attrgetter("id")))
    )
    presence = history.presence
    if came is not None:
        presence = (Stay(ARRIVAL, presence[0].to_on), *presence[1:])
    return replace(history, grants=grants, presence=presence)
