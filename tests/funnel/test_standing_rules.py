"""The spans equal the slow rules on every day, for random histories."""

import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.rules import ladder, standing
from models.rules.ladder import BEGINNING, FOREVER, Grant, GrantKind, History, Rung, Stay, TitleRule, TitleState
from models.rules.title_types import TITLE_TYPES
from tests.support.laws import law

RULES = {t.key: TitleRule(t.key, t.rung, t.validity, t.window) for t in TITLE_TYPES}
FIRST, LAST = date(2019, 1, 1), date(2027, 12, 31)
DAYS = st.dates(FIRST, LAST)
#: Days around which the rules turn, so that borders meet more often than by chance.
EDGES = st.sampled_from(
    [date(y, m, d) for y in (2022, 2023, 2024, 2025) for m, d in ((1, 1), (10, 31), (11, 1), (12, 31))]
)


@st.composite
def grants(draw: st.DrawFn) -> Grant:
    key = draw(st.sampled_from(["tech_sme", "srdi_sme", "little_giant", "hnte", "innovative_sme", "hnte", "tech_sme"]))
    issued_on = draw(DAYS | EDGES)
    ends_on = ladder.last_day_of(RULES[key].validity, issued_on)
    revoked_on = draw(st.none() | st.none() | st.dates(issued_on, LAST))
    provisional = draw(st.sampled_from([False, False, False, True]))
    noticed_on = draw(st.none() | st.integers(0, 60).map(lambda n: issued_on - timedelta(days=n)))
    return Grant(key, issued_on, ends_on, revoked_on, noticed_on, provisional, draw(st.integers(1, 10**6)))


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    start = draw(DAYS | EDGES)
    return Stay(start, draw(st.none() | st.dates(start, LAST)))


@st.composite
def histories(draw: st.DrawFn) -> History:
    unique = st.lists(grants(), max_size=6, unique_by=lambda g: g.id)
    founded_on = draw(st.none() | st.dates(date(2015, 1, 1), date(2022, 1, 1)))
    given_grants = tuple(draw(unique))
    away = draw(st.lists(stays(), max_size=2))
    presence = standing.presence(founded_on, away, [g.issued_on for g in given_grants])
    return History(given_grants, tuple(draw(st.lists(stays(), max_size=2))), presence)


def interesting(history: History) -> set[date]:
    """The days on which anything may turn, and their neighbours: what holds there holds on all days between."""
    days = {BEGINNING, FOREVER, FIRST, LAST}
    for g in history.grants:
        days.update(d for d in (g.issued_on, g.ends_on, g.revoked_on, g.noticed_on) if d)
    for s in (*history.pools, *history.presence):
        days.update(d for d in (s.from_on, s.to_on) if d)
    days.update(date(y, m, d) for y in range(2019, 2032) for m, d in ((1, 1), (10, 31), (12, 31), (6, 15)))
    near = {d + timedelta(days=n) for d in days if date(2000, 1, 1) < d < date(2090, 1, 1) for n in (-1, 0, 1)}
    return near | {BEGINNING, FOREVER}


@law(80)
@given(histories())
def test_rung_spans_are_disjoint_cover_all_days_and_agree_with_the_slow_rules(history):
    spans = standing.rung_spans(history, RULES)
    assert spans[0].from_on == BEGINNING and spans[-1].to_on == FOREVER
    for before, after in itertools.pairwise(spans):
        assert after.from_on == before.to_on + timedelta(days=1)
        assert (before.rung, before.rung_with_pending) != (after.rung, after.rung_with_pending)
    for day in interesting(history):
        (span,) = [s for s in spans if s.from_on <= day <= s.to_on]
        assert span.rung == ladder.rung_on(history, RULES, day)
        assert span.rung_with_pending == ladder.rung_on(history, RULES, day, with_pending=True)
        assert span.rung_with_pending.height >= span.rung.height


@law(12)
@given(histories())
def test_rung_spans_agree_with_the_slow_rules_on_every_single_day(history):
    spans = standing.rung_spans(history, RULES)
    day = FIRST
    while day <= LAST:
        (span,) = [s for s in spans if s.from_on <= day <= s.to_on]
        assert span.rung == ladder.rung_on(history, RULES, day)
        assert span.rung_with_pending == ladder.rung_on(history, RULES, day, with_pending=True)
        day += timedelta(days=1)


@law(80)
@given(histories())
def test_title_spans_agree_with_the_slow_rules(history):
    spans = standing.title_spans(history, RULES)
    for day in interesting(history):
        for key, rule in RULES.items():
            found = sorted(s.state for s in spans if s.type == key and s.from_on <= day <= s.to_on)
            expected = []
            if ladder.present(history, day):
                mine = [g for g in history.grants if g.type == key]
                held = any(ladder.in_force(g, day) for g in mine)
                expected += [TitleState.IN_FORCE] if held else []
                expected += [TitleState.PENDING] if ladder.pending(rule, mine, day) else []
                expected += [TitleState.PROVISIONAL] if any(ladder.is_provisional(g, day) for g in mine) else []
                assert not (held and ladder.pending(rule, mine, day))
            assert found == sorted(expected)


@law(80)
@given(histories())
def test_lapses_are_the_days_on_which_a_title_was_held_and_then_not_even_pending(history):
    found = {(lapse.type, lapse.known_on) for lapse in standing.lapses(history, RULES)}
    for day in interesting(history) - {BEGINNING}:
        for key, rule in RULES.items():
            mine = [g for g in history.grants if g.type == key]
            before = ladder.holds(rule, mine, day - timedelta(days=1), with_pending=True)
            lost = before and not ladder.holds(rule, mine, day, with_pending=True)
            if not lost:
                assert (key, day) not in found
    for lapse in standing.lapses(history, RULES):
        mine = [g for g in history.grants if g.type == lapse.type]
        assert ladder.holds(RULES[lapse.type], mine, lapse.last_on)
        assert not ladder.holds(RULES[lapse.type], mine, lapse.last_on + timedelta(days=1))
        assert lapse.last_on < lapse.known_on


def test_the_first_grant_of_a_type_is_the_only_first_one():
    titles = tuple(
        Grant("hnte", date(y, 11, 1), date(y + 3, 11, 1), id=y) for y in (2016, 2019, 2023)
    )  # renewed in time, then a year late
    kinds = [issue.kind for issue in standing.issues(History(titles), RULES)]
    assert kinds == [GrantKind.FIRST, GrantKind.RENEWED, GrantKind.REGAINED]


def test_an_expired_title_lapsed_on_its_last_day_and_is_certain_when_the_window_closes():
    history = History((Grant("hnte", date(2022, 11, 18), date(2025, 11, 18)),))
    (lapse,) = standing.lapses(history, RULES)
    assert (lapse.last_on, lapse.known_on) == (date(2025, 11, 18), date(2026, 1, 1))


def test_a_title_renewed_inside_the_window_never_lapsed():
    titles = (
        Grant("hnte", date(2022, 11, 18), date(2025, 11, 18)),
        Grant("hnte", date(2025, 12, 31), date(2028, 12, 31)),
    )
    assert [lapse.last_on for lapse in standing.lapses(History(titles), RULES)] == [date(2028, 12, 31)]


def test_a_firm_is_present_from_its_founding_or_its_first_evidence_without_the_days_away():
    away = [Stay(date(2020, 1, 1), date(2020, 12, 31)), Stay(date(2024, 5, 1))]
    stays = standing.presence(date(2018, 3, 1), away, [date(2017, 1, 1), None])
    assert stays == (Stay(date(2017, 1, 1), date(2019, 12, 31)), Stay(date(2021, 1, 1), date(2024, 4, 30)))
    assert standing.presence(None, [], [date(2017, 1, 1)]) == (Stay(BEGINNING),)


def test_days_outside_the_district_are_spans_too():
    spans = standing.rung_spans(History((), (), (Stay(date(2018, 3, 1), date(2024, 4, 30)),)), RULES)
    assert [(s.rung, s.from_on) for s in spans] == [
        (Rung.OUTSIDE, BEGINNING),
        (Rung.REGISTERED, date(2018, 3, 1)),
        (Rung.OUTSIDE, date(2024, 5, 1)),
    ]
