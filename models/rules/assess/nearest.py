"""The smallest changes that would pass: for every condition that fails, which figures would have to change, to what.

A change is a lever: a figure under its name in the contract and the value it needs. Conditions on one figure are
solved (every measure is linear in its lever); conditions on points are searched over the few values at which some
item gives more points. Cheapest first, by what `efforts.toml` says a unit is worth.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import ceil, floor

from models.rules.assess.book import AT_LEAST, MORE_THAN, Condition, Points, Test
from models.rules.assess.firm import Firm
from models.rules.assess.judge import Judge, compare
from models.rules.assess.measures import MEASURES, Measure, evaluate, stands_as
from models.rules.assess.names import NUMBERS, with_year

#: How many ways are told of each condition.
MOST_WAYS = 5
Changes = dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to pass a condition: the figures to change with their new values, and what that is worth in 万元.

    `title` names a title to obtain first; `days` is how long to wait.
    """

    condition: str
    changes: Mapping[str, Fraction]
    cost: Fraction
    title: str = ""
    days: int = 0


def ways(judge: Judge, efforts: Mapping[str, Fraction]) -> list[Way]:
    """The ways to pass each failing condition, cheapest first. Empty for a firm that fails in none."""
    found: list[Way] = []
    for condition in judge.book.conditions:
        if judge.conditions[condition.key] is False:
            found += _minimal(judge.firm, _ways_of(judge, condition, efforts))
    failing = [
        condition
        for condition in judge.book.conditions
        if judge.conditions[condition.key] is False and condition.tests[0].points
    ]
    if len(failing) > 1:
        # Points count for several conditions at once: what passes them all may be other than what passes each.
        joint = _minimal(judge.firm, _by_points(judge, failing, efforts))
        found += [way for way in joint if all(way.changes != other.changes for other in found)]
    return sorted(found, key=lambda way: (way.cost, len(way.changes)))


def cost(judge: Judge, changes: Mapping[str, Fraction], efforts: Mapping[str, Fraction]) -> Fraction:
    """What changes are worth: the difference of each figure times its rate; 1 where no rate is given."""
    return sum(
        (abs(to - now(judge.firm, key)) * efforts.get(with_year(key)[0], Fraction(1)) for key, to in changes.items()),
        Fraction(0),
    )


def now(firm: Firm, key: str) -> Fraction:
    """What a figure is at present; nothing for one that was taken as none."""
    value = firm.values.get(key)
    return value if isinstance(value, Fraction) else Fraction(0)


def _minimal(firm: Firm, found: Iterator[Way]) -> list[Way]:
    """The cheapest few, without those that do all that a cheaper one does, and more."""
    kept: list[Way] = []
    for way in sorted(found, key=lambda way: (way.cost, len(way.changes), sorted(way.changes))):
        if not any(_contains(firm, way, other) for other in kept):
            kept.append(way)
        if len(kept) == MOST_WAYS:
            break
    return kept


def _contains(firm: Firm, more: Way, less: Way) -> bool:
    # Only one direction is ever sought of a figure, so that the greater distance does all that the smaller does.
    return bool(less.changes) and all(
        key in more.changes and abs(more.changes[key] - now(firm, key)) >= abs(to - now(firm, key))
        for key, to in less.changes.items()
    )


# --- one figure --------------------------------------------------------------------------------------------------


def _ways_of(judge: Judge, condition: Condition, efforts: Mapping[str, Fraction]) -> Iterator[Way]:
    if condition.tests[0].points:
        yield from _by_points(judge, [condition], efforts)
        return
    if condition.every:
        yield from _together(judge, condition, efforts)
        return
    for test in condition.tests:
        changes = solve(judge, test)
        if changes:
            yield Way(condition.key, changes, cost(judge, changes, efforts))


def _together(judge: Judge, condition: Condition, efforts: Mapping[str, Fraction]) -> Iterator[Way]:
    """One way that mends all failing tests of a condition; none when one of them cannot be mended by a figure."""
    changes: Changes = {}
    for test in condition.tests:
        if judge.test(test) is not False:
            continue
        if test.declared.startswith("titles."):
            yield Way(condition.key, {}, efforts.get(test.declared, Fraction(1)), title=test.declared)
            return
        if test.measure == "days_registered":
            days = int(test.limit) - int(judge.measure(test.measure).value or 0)
            yield Way(condition.key, {}, days * efforts.get("on", Fraction(1)), days=days)
            return
        one = solve(judge, test)
        if one is None:
            return
        for key, to in one.items():
            # Two tests on the same figure ask for the greater change.
            there = changes.get(key)
            changes[key] = (
                to if there is None or abs(to - now(judge.firm, key)) > abs(there - now(judge.firm, key)) else there
            )
    if changes:
        yield Way(condition.key, changes, cost(judge, changes, efforts))


def solve(judge: Judge, test: Test) -> Changes | None:
    """The value of the test's lever at which the test just holds, others unchanged; None when there is none."""
    measure = MEASURES.get(test.measure)
    if measure is None or measure.lever is None:
        return None
    firm, key = judge.firm, stands_as(measure.lever, judge.firm)
    limit, value = judge.limit(test), judge.measure(test.measure).value
    start = firm.figure(measure.lever.name, measure.lever.back).value
    if limit is None or value is None or start is None or not isinstance(firm.values.get(key, Fraction(0)), Fraction):
        return None
    moved = evaluate(measure.tree, firm.changed({key: start + 1})).value
    if moved is None or moved == value:
        return None
    to = start + (limit - value) / (moved - value)
    to = _whole(to, measure, test.comparison)
    return _implied(firm, {key: to}) if _possible(firm, key, to) else None


def _whole(to: Fraction, measure: Measure, comparison: str) -> Fraction:
    if not measure.step:
        return to
    if comparison == AT_LEAST:
        return Fraction(ceil(to))
    return Fraction(floor(to) + 1) if comparison == MORE_THAN else Fraction(floor(to))


def _possible(firm: Firm, key: str, to: Fraction) -> bool:
    """Whether a figure can be that: within its own bounds, and no part above its whole."""
    name, _ = with_year(key)
    rule = NUMBERS.get(name)
    if rule and ((rule.most is not None and to > rule.most) or (rule.least is not None and to < rule.least)):
        return False
    whole = {"main_revenue": ("revenue", 1), "tech_staff": ("staff_total", 0), "hightech_income": ("total_income", 1)}
    if name not in whole:
        return True
    most = firm.figure(*whole[name]).value
    return most is None or to <= most


def _implied(firm: Firm, changes: Changes) -> Changes:
    """The changes with those that they bring along: a high-value item of one's own is an item of one's own."""
    found = dict(changes)
    for part, whole in (("class1_high_value", "class1_self"), ("class2_kept_two_years", "class2_any")):
        few = found.get(f"ip.{part}")
        many = found.get(f"ip.{whole}", firm.values.get(f"ip.{whole}"))
        if few is not None and isinstance(many, Fraction) and few > many:
            found[f"ip.{whole}"] = few
    return found


# --- points ------------------------------------------------------------------------------------------------------


def _by_points(judge: Judge, conditions: list[Condition], efforts: Mapping[str, Fraction]) -> Iterator[Way]:
    """Every choice of better figures with which the points pass all these conditions."""
    items = {item.key: item for item in judge.book.points}
    leaves = _leaves(items, [condition.tests[0].points for condition in conditions])
    if any(items[key].expert for key in leaves):
        yield from _by_experts(judge, [items[key] for key in leaves], conditions[0], efforts)
        return
    fixed = {key: judge.points[key].low for key in leaves}
    for options in product(*(_options(judge, group, efforts) for group in _groups(judge, items, leaves))):
        points = fixed | {key: found for option in options for key, found in option.points.items()}
        if all(_passes(items, points, condition.tests[0]) for condition in conditions):
            changes = {key: to for option in options for key, to in option.changes.items()}
            yield Way(conditions[0].key, changes, sum((option.cost for option in options), Fraction(0)))


@dataclass(frozen=True, slots=True)
class _Group:
    """Items that share figures, and the better values of those figures."""

    items: list[Points]
    levers: dict[str, set[Fraction]]


@dataclass(frozen=True, slots=True)
class _Option:
    """One choice of figures for a group: what it changes, costs, and gives for each item."""

    changes: Changes
    cost: Fraction
    points: dict[str, int]


def _groups(judge: Judge, items: Mapping[str, Points], leaves: list[str]) -> list[_Group]:
    """Items that can be raised, put together where they hang on the same figure."""
    groups: list[_Group] = []
    for key in leaves:
        levers: dict[str, set[Fraction]] = {}
        for lever, to in _candidates(judge, items[key]):
            levers.setdefault(lever, set()).add(to)
        if not levers:
            continue
        group = _Group([items[key]], levers)
        for other in [other for other in groups if other.levers.keys() & levers.keys()]:
            groups.remove(other)
            merged = {name: group.levers.get(name, set()) | other.levers.get(name, set())
                      for name in {*group.levers, *other.levers}}  # fmt: skip
            group = _Group([*other.items, *group.items], merged)
        groups.append(group)
    return groups


def _options(judge: Judge, group: _Group, efforts: Mapping[str, Fraction]) -> list[_Option]:
    """The choices of a group, cheapest first, without those that cost more than another and give nothing more."""
    found: list[_Option] = []
    names = sorted(group.levers)
    for combination in product(*([None, *sorted(group.levers[name])] for name in names)):
        chosen = {name: to for name, to in zip(names, combination, strict=True) if to is not None}
        changes = _implied(judge.firm, chosen)
        points = {item.key: _points_of(judge, item, changes) for item in group.items}
        found.append(_Option(changes, cost(judge, changes, efforts), points))
    kept: list[_Option] = []
    for option in sorted(found, key=lambda option: (option.cost, len(option.changes))):
        if not any(all(other.points[key] >= given for key, given in option.points.items()) for other in kept):
            kept.append(option)
    return kept


def _leaves(items: Mapping[str, Points], wanted: list[str]) -> list[str]:
    """The items that are not made of others, below the wanted ones, in the order of the book."""
    below = set(wanted)
    for key in reversed(list(items)):
        if key in below:
            below |= {*items[key].best_of, *items[key].sum_of}
    return [key for key, item in items.items() if key in below and not (item.best_of or item.sum_of)]


def _by_experts(
    judge: Judge, parts: list[Points], condition: Condition, efforts: Mapping[str, Fraction]
) -> Iterator[Way]:
    """What is lacking from any one part that has room for it; from several, easiest first, where none has."""
    test = condition.tests[0]
    short = int(test.limit) - judge.points[test.points].low + (test.comparison == MORE_THAN)
    room = {f"expert_points.{part.expert}": part.most - judge.points[part.key].low for part in parts}
    first = {key: Fraction(NUMBERS[key].most or 0) - free for key, free in room.items()}
    singles = [{key: first[key] + short} for key, free in room.items() if free >= short]
    if not singles:
        taken: Changes = {}
        for key in sorted(room, key=lambda key: efforts.get(key, Fraction(1))):
            step = min(room[key], short)
            if step:
                taken[key] = first[key] + step
            short -= step
        singles = [taken]
    for changes in singles:
        yield Way(condition.key, changes, cost(judge, changes, efforts))


def _candidates(judge: Judge, item: Points) -> Iterator[tuple[str, Fraction]]:
    """The figures of an item and the values at which it gives more."""
    for step in item.steps:
        met = judge.test(step.test)
        if met:
            return
        if met is None:
            continue
        yield from (solve(judge, step.test) or {}).items()


def _points_of(judge: Judge, item: Points, changes: Changes) -> int:
    if not changes:
        return judge.points[item.key].low
    firm = judge.firm.changed(changes)
    for step in item.steps:
        limit, test = judge.limit(step.test), step.test
        if test.declared:
            met = firm.declared(test.declared)
        else:
            assert limit is not None
            met = compare(test.comparison, evaluate(MEASURES[test.measure].tree, firm), limit)
        if met:
            return step.low
    return item.otherwise


def _passes(items: Mapping[str, Points], leaves: Mapping[str, int], test: Test) -> bool:
    def total(key: str) -> int:
        item = items[key]
        if item.best_of:
            return max(total(part) for part in item.best_of)
        return sum(total(part) for part in item.sum_of) if item.sum_of else leaves[key]

    found = total(test.points)
    return found > test.limit if test.comparison == MORE_THAN else found >= test.limit
