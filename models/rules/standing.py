"""One firm's history as spans: the index that the board, the figures and the flow count from.

A span is a longest run of days on which nothing about the firm's standing changes. The spans are found by asking the
slow rules of ``ladder.py`` once for every stretch between two days on which anything begins or ends, so they cannot
disagree with them; a property test still asks day by day.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from models.rules.ladder import (
    BEGINNING,
    FOREVER,
    LADDER,
    Grant,
    GrantKind,
    History,
    Rung,
    Stay,
    TitleRule,
    TitleState,
    grant_kind,
    in_force,
    is_provisional,
    of_type,
    pending,
    rung_on,
    window_closes_on,
)

DAY = timedelta(days=1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RungSpan:
    """Days on which a firm stands on one rung, counted by titles in force and counted with 待续."""

    from_on: date
    to_on: date
    rung: Rung
    rung_with_pending: Rung


@dataclass(frozen=True, slots=True)
class TitleSpan:
    """Days on which a type of title is in force, 待续 or 公示中 for a firm of the district."""

    from_on: date
    to_on: date
    type: str
    state: TitleState


@dataclass(frozen=True, slots=True)
class Issue:
    """A grant and what it was for the firm."""

    type: str
    on: date
    kind: GrantKind
    title_id: int
    present: bool


@dataclass(frozen=True, slots=True)
class Lapse:
    """A type of title that a firm lost: ``last_on`` the last day in force, ``known_on`` the first day it is certain.

    Between the two the firm was 待续. A revoked title is certain at once.
    """

    type: str
    last_on: date
    known_on: date


def next_day(day: date) -> date:
    """The day after, or FOREVER itself."""
    return day if day == FOREVER else day + DAY


def _edges(history: History, rules: Mapping[str, TitleRule]) -> list[date]:
    """Every day on which the answer of a rule may change, in order, beginning with BEGINNING."""
    edges = {BEGINNING}
    for grant in history.grants:
        rule = rules.get(grant.type)
        if rule is None:
            continue
        edges.update(day for day in (grant.noticed_on, grant.issued_on, grant.revoked_on) if day is not None)
        if grant.ends_on is not None:
            edges.add(next_day(grant.ends_on))
            closes_on = window_closes_on(rule.window, grant.ends_on)
            if closes_on is not None:
                edges.add(next_day(closes_on))
    for stay in (*history.pools, *history.presence):
        edges.add(stay.from_on)
        if stay.to_on is not None:
            edges.add(next_day(stay.to_on))
    edges.discard(FOREVER)
    return sorted(edges)


def _runs(edges: list[date], answer: Callable[[date], T]) -> list[tuple[date, date, T]]:
    """(from, to, answer) for the longest runs of days with the same answer; together they cover all days."""
    runs: list[tuple[date, date, T]] = []
    for number, start in enumerate(edges):
        end = edges[number + 1] - DAY if number + 1 < len(edges) else FOREVER
        value = answer(start)
        if runs and runs[-1][2] == value:
            runs[-1] = (runs[-1][0], end, value)
        else:
            runs.append((start, end, value))
    return runs


def rung_spans(history: History, rules: Mapping[str, TitleRule]) -> list[RungSpan]:
    """The firm's rungs over all days, disjoint and in order; days outside the district are spans too."""
    rules = {rule.key: rule for rule in _rules_of(history, rules)}  # most firms hold nothing: nothing to ask

    def both(day: date) -> tuple[Rung, Rung]:
        rung = rung_on(history, rules, day)
        if rung is Rung.OUTSIDE:
            return rung, rung
        # What is 待续 matters only above what is in force.
        above = [rule for rule in rules.values() if rule.rung is not None and rule.rung.height > rung.height]
        waiting = [rule.rung for rule in above if rule.rung is not None and pending(rule, history.grants, day)]
        return rung, max([rung, *waiting], key=lambda one: one.height)

    return [RungSpan(start, end, *rungs) for start, end, rungs in _runs(_edges(history, rules), both)]


def _held(rule: TitleRule, grants: tuple[Grant, ...], day: date) -> TitleState | None:
    if any(in_force(g, day) for g in grants):
        return TitleState.IN_FORCE
    return TitleState.PENDING if pending(rule, grants, day) else None


def title_spans(history: History, rules: Mapping[str, TitleRule]) -> list[TitleSpan]:
    """When each type was in force, 待续 or 公示中 while the firm was in the district; states of a type may overlap
    only as provisional beside one of the others."""
    spans: list[TitleSpan] = []
    for rule in _rules_of(history, rules):
        grants = tuple(g for g in history.grants if g.type == rule.key)
        part = History(grants, (), history.presence)
        edges = _edges(part, rules)

        def held(day: date, rule: TitleRule = rule, part: History = part) -> TitleState | None:
            return _held(rule, part.grants, day) if _present(part.presence, day) else None

        def announced(day: date, part: History = part) -> TitleState | None:
            shown = _present(part.presence, day) and any(is_provisional(g, day) for g in part.grants)
            return TitleState.PROVISIONAL if shown else None

        for answer in (held, announced):
            spans += [TitleSpan(a, b, rule.key, state) for a, b, state in _runs(edges, answer) if state is not None]
    return spans


def issues(history: History, rules: Mapping[str, TitleRule]) -> list[Issue]:
    """Every grant with its kind, and whether the firm was in the district that day; by type and day."""
    return [
        Issue(
            rule.key,
            grant.issued_on,
            grant_kind(rule, grant, history.grants),
            grant.id,
            _present(history.presence, grant.issued_on),
        )
        for rule in _rules_of(history, rules)
        for grant in of_type(history.grants, rule.key)
        if grant.issued_on is not None
    ]


def first_held(history: History, rules: Mapping[str, TitleRule]) -> dict[Rung, date]:
    """The day the firm was first granted a title of each rung of the ladder."""
    found: dict[Rung, date] = {}
    for rule in _rules_of(history, rules):
        for grant in of_type(history.grants, rule.key)[:1]:
            if rule.rung in LADDER and grant.issued_on is not None:
                found[rule.rung] = min(grant.issued_on, found.get(rule.rung, FOREVER))
    return found


def lapses(history: History, rules: Mapping[str, TitleRule]) -> list[Lapse]:
    """Every time the firm lost a type while it was in the district: expired with its window, or revoked."""
    found: list[Lapse] = []
    for rule in _rules_of(history, rules):
        grants = tuple(g for g in history.grants if g.type == rule.key)

        def held(day: date, rule: TitleRule = rule, grants: tuple[Grant, ...] = grants) -> TitleState | None:
            return _held(rule, grants, day)

        last_on: date | None = None
        for start, end, state in _runs(_edges(History(grants), rules), held):
            if state is TitleState.IN_FORCE:
                last_on = end
            elif state is None and last_on is not None:
                if _present(history.presence, next_day(last_on)):
                    found.append(Lapse(rule.key, last_on, start))
                last_on = None
    return found


def presence(founded_on: date | None, away: Iterable[Stay], evidence: Iterable[date | None]) -> tuple[Stay, ...]:
    """The stays in the district: from the founding, or the first title or pool entry if that is known earlier, without
    the days on which the firm was moved out, deregistered or struck off. No date known = always."""
    start = BEGINNING
    if founded_on is not None:
        start = min([founded_on, *(day for day in evidence if day is not None)])
    stays: list[Stay] = []
    for gap in sorted(away, key=lambda stay: stay.from_on):
        if gap.from_on > start:
            stays.append(Stay(start, gap.from_on - DAY))
        if gap.to_on is None:
            return tuple(stays)
        start = max(start, next_day(gap.to_on))
    return (*stays, Stay(start))


def _rules_of(history: History, rules: Mapping[str, TitleRule]) -> list[TitleRule]:
    return [rules[key] for key in sorted({g.type for g in history.grants}) if key in rules]


def _present(stays: tuple[Stay, ...], day: date) -> bool:
    return any(stay.covers(day) for stay in stays)
