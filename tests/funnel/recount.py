"""The slow, obvious recount: one firm after the other, one day after the other, with nothing but the plain rules."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from models.rules import ladder
from models.rules.ladder import Grant, GrantKind, History, Rung, TitleRule

DAY = timedelta(days=1)
Counts = dict[str, set[int]]


def held(history: History, rule: TitleRule, day: date, *, with_pending: bool = False) -> bool:
    """Of the district that day and holding the type."""
    grants = [g for g in history.grants if g.type == rule.key]
    return ladder.present(history, day) and ladder.holds(rule, grants, day, with_pending=with_pending)


def waiting(history: History, rule: TitleRule, day: date) -> bool:
    """待续 that day."""
    return ladder.present(history, day) and ladder.pending(rule, history.grants, day)


def announced(history: History, rule: TitleRule, day: date) -> bool:
    """公示中 that day."""
    return ladder.present(history, day) and any(
        g.type == rule.key and ladder.is_provisional(g, day) for g in history.grants
    )


def real(grant: Grant) -> bool:
    """Confirmed and in force at least one day."""
    return not grant.provisional and grant.issued_on is not None and grant.issued_on <= grant.last_day


def kinds_in(history: History, rule: TitleRule, since: date, on: date) -> set[GrantKind]:
    """What the grants of a period were for the firm."""
    return {
        ladder.grant_kind(rule, g, history.grants)
        for g in history.grants
        if g.type == rule.key and real(g) and g.issued_on and since < g.issued_on <= on
        and ladder.present(history, g.issued_on)
    }  # fmt: skip


def lost_in(history: History, rule: TitleRule, since: date, on: date) -> bool:
    """Whether on some day of the period the title was newly gone, and by its end for certain."""
    grants = [g for g in history.grants if g.type == rule.key]
    for grant in grants:
        day = grant.last_day + DAY if grant.last_day < ladder.FOREVER else None
        if not real(grant) or day is None or not since < day <= on:
            continue
        if ladder.holds(rule, grants, day) or not ladder.present(history, day):
            continue
        later = day
        while ladder.pending(rule, grants, later):
            later += DAY
        if not ladder.holds(rule, grants, later) and later <= on:
            return True
    return False


def was_granted(history: History, rule: TitleRule, on: date) -> bool:
    """Whether the firm was ever granted the type, up to a day."""
    return any(g.type == rule.key and real(g) and g.issued_on is not None and g.issued_on <= on for g in history.grants)


def titles(stories: Mapping[int, History], rule: TitleRule, since: date, on: date) -> Counts:
    """The firms of every measure of one type."""

    def those(test: Callable[[History], bool]) -> set[int]:
        return {firm_id for firm_id, history in stories.items() if test(history)}

    kinds = {firm_id: kinds_in(history, rule, since, on) for firm_id, history in stories.items()}
    first = {firm_id for firm_id, found in kinds.items() if GrantKind.FIRST in found}
    regained = {firm_id for firm_id, found in kinds.items() if GrantKind.REGAINED in found} - first
    renewed = {firm_id for firm_id, found in kinds.items() if GrantKind.RENEWED in found} - first - regained
    return {
        "in_force": those(lambda h: held(h, rule, on)),
        "provisional": those(lambda h: announced(h, rule, on)),
        "pending_renewal": those(lambda h: waiting(h, rule, on)),
        "first": first, "regained": regained, "renewed": renewed, "new": first | regained,
        "issued": first | regained | renewed,
        "ended": those(lambda h: lost_in(h, rule, since, on)),
        "ever": those(lambda h: was_granted(h, rule, on)),
    }  # fmt: skip


def rungs(stories: Mapping[int, History], rules: Mapping[str, TitleRule], on: date, *, with_pending: bool) -> Counts:
    """The firms of every rung."""
    found: Counts = {rung: set() for rung in Rung}
    for firm_id, history in stories.items():
        found[ladder.rung_on(history, rules, on, with_pending=with_pending)].add(firm_id)
    return found


def moves(stories: Mapping[int, History], rules: Mapping[str, TitleRule], since: date, on: date) -> Counts:
    """The firms of every pair of rungs and of every kind of move, of those that touch the board."""
    found: Counts = {}
    for firm_id, history in stories.items():
        old = ladder.rung_on(history, rules, since, with_pending=True)
        new = ladder.rung_on(history, rules, on, with_pending=True)
        if old not in ladder.BOARD and new not in ladder.BOARD:
            continue
        before = ladder.held_rung_before(history, rules, new, since)
        found.setdefault(f"flow.{old}.{new}", set()).add(firm_id)
        found.setdefault(f"move.{ladder.move_between(old, new, held_before=before)}", set()).add(firm_id)
    return found
