"""The ladder rules, case by case: both sides of every border."""

from datetime import date

import pytest

from models.rules.ladder import (
    FOREVER,
    Grant,
    GrantKind,
    History,
    Move,
    RuleRefused,
    Rung,
    Stay,
    TitleRule,
    check_rule,
    grant_kind,
    in_force,
    is_provisional,
    last_day_of,
    move_between,
    pending,
    rung_on,
    window_closes_on,
)
from models.rules.title_types import POOL_TYPES, TITLE_TYPES

RULES = {t.key: TitleRule(t.key, t.rung, t.validity, t.window) for t in TITLE_TYPES}
HNTE, TECH, SRDI = RULES["hnte"], RULES["tech_sme"], RULES["srdi_sme"]


def day(text: str) -> date:
    return date.fromisoformat(text)


def grant(key: str, issued: str | None, ends: str | None = None, **more: object) -> Grant:
    dates = {name: day(value) if isinstance(value, str) else value for name, value in more.items()}
    return Grant(key, day(issued) if issued else None, day(ends) if ends else None, **dates)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("validity", "issued", "year", "ends"),
    [
        ("+3y", "2023-12-08", None, "2026-12-08"),
        ("+3y", "2024-02-29", None, "2027-02-28"),  # no such day: the end of the month
        ("+4y", "2024-02-29", None, "2028-02-29"),
        ("+3y-1d", "2025-11-08", None, "2028-11-07"),  # the worked example of 63号
        ("+3y−1d", "2025-11-08", None, "2028-11-07"),  # the typographic minus of a notice
        ("+3y-1d", "2024-01-01", None, "2026-12-31"),
        ("+3y-1d", "2024-03-01", None, "2027-02-28"),
        ("year_end", "2025-08-15", None, "2025-12-31"),
        ("year_end", "2026-01-05", 2025, "2025-12-31"),  # the year in the number rules
        ("none", "2025-08-15", None, None),
    ],
)
def test_the_last_day_follows_from_the_validity_rule(validity, issued, year, ends):
    assert last_day_of(validity, day(issued), year) == (day(ends) if ends else None)


@pytest.mark.parametrize("rule", ["", "3y", "+y", "+3y-1", "ever", "+3m", "+3y+1d"])
def test_a_validity_rule_nobody_can_read_is_refused(rule):
    with pytest.raises(RuleRefused):
        check_rule(rule, "none")


@pytest.mark.parametrize("window", ["", "02-30+1y", "13-01", "2025-10-31", "later"])
def test_a_window_nobody_can_read_is_refused(window):
    with pytest.raises(RuleRefused):
        check_rule("+3y", window)


@pytest.mark.parametrize(
    ("window", "ends", "closes"),
    [
        ("year_end_of_ends_on", "2025-11-18", "2025-12-31"),
        ("year_end_of_ends_on", "2025-12-31", "2025-12-31"),
        ("10-31+1y", "2025-12-31", "2026-10-31"),
        ("06-30", "2025-03-01", "2025-06-30"),
        ("none", "2025-11-18", None),
    ],
)
def test_the_window_closes_on_its_day(window, ends, closes):
    assert window_closes_on(window, day(ends)) == (day(closes) if closes else None)


@pytest.mark.parametrize(
    ("more", "on", "expected"),
    [
        ({}, "2022-11-17", False),
        ({}, "2022-11-18", True),
        ({}, "2025-11-18", True),  # ends_on is the last day in force
        ({}, "2025-11-19", False),
        ({"revoked_on": "2024-05-01"}, "2024-04-30", True),
        ({"revoked_on": "2024-05-01"}, "2024-05-01", False),
        ({"provisional": True}, "2023-01-01", False),
    ],
)
def test_a_title_is_in_force_from_its_issue_to_its_last_day_unless_revoked(more, on, expected):
    assert in_force(grant("hnte", "2022-11-18", "2025-11-18", **more), day(on)) is expected


def test_a_title_without_an_end_stays_in_force():
    assert in_force(grant("gazelle", "2022-01-01"), FOREVER)


@pytest.mark.parametrize(
    ("title", "on", "expected"),
    [
        # Confirmed: 公示中 from the 公示 until the day before it was issued.
        (grant("hnte", "2025-12-01", "2028-12-01", noticed_on="2025-11-10"), "2025-11-09", False),
        (grant("hnte", "2025-12-01", "2028-12-01", noticed_on="2025-11-10"), "2025-11-10", True),
        (grant("hnte", "2025-12-01", "2028-12-01", noticed_on="2025-11-10"), "2025-11-30", True),
        (grant("hnte", "2025-12-01", "2028-12-01", noticed_on="2025-11-10"), "2025-12-01", False),
        # Never confirmed: until it would have ended, or until somebody withdrew it.
        (grant("hnte", None, None, noticed_on="2025-11-10", provisional=True), "2026-11-10", True),
        (grant("tech_sme", "2025-08-01", "2025-12-31", provisional=True), "2025-12-31", True),
        (grant("tech_sme", "2025-08-01", "2025-12-31", provisional=True), "2026-01-01", False),
        (
            grant("hnte", None, None, noticed_on="2025-11-10", revoked_on="2025-11-20", provisional=True),
            "2025-11-19",
            True,
        ),
        (
            grant("hnte", None, None, noticed_on="2025-11-10", revoked_on="2025-11-20", provisional=True),
            "2025-11-20",
            False,
        ),
        # A list that was a 公告 from the start never was 公示中.
        (grant("hnte", "2025-12-01", "2028-12-01"), "2025-11-30", False),
    ],
)
def test_a_notice_is_not_a_recognition(title, on, expected):
    assert is_provisional(title, day(on)) is expected
    assert not (expected and in_force(title, day(on)))


OLD = grant("hnte", "2022-11-18", "2025-11-18", id=1)
NEW = grant("hnte", "2025-12-20", "2028-12-20", id=2)
NUMBER_2025 = grant("tech_sme", "2025-07-01", "2025-12-31", id=2)
LATE_2025 = grant("tech_sme", "2025-11-20", "2025-12-31", id=2)


@pytest.mark.parametrize(
    ("rule", "grants", "on", "expected"),
    [
        (HNTE, [OLD], "2025-11-18", False),  # still in force
        (HNTE, [OLD], "2025-11-19", True),
        (HNTE, [OLD], "2025-12-31", True),  # the last day of the window counts
        (HNTE, [OLD], "2026-01-01", False),
        (HNTE, [OLD, NEW], "2025-12-19", True),  # between two titles
        (HNTE, [OLD, NEW], "2025-12-20", False),
        (HNTE, [grant("hnte", "2022-12-31", "2025-12-31")], "2026-01-01", False),  # no window left
        (HNTE, [grant("hnte", "2022-11-18", "2025-11-18", revoked_on="2025-10-01")], "2025-11-19", False),
        (HNTE, [grant("hnte", "2022-11-18", "2025-11-18", revoked_on="2025-12-01")], "2025-11-30", True),
        (HNTE, [grant("hnte", "2022-11-18", "2025-11-18", revoked_on="2025-12-01")], "2025-12-01", False),
        # The new title used the window up: when it is revoked the firm does not fall back into it.
        (HNTE, [OLD, grant("hnte", "2025-12-01", "2028-12-01", revoked_on="2025-12-10", id=2)], "2025-12-11", False),
        (HNTE, [grant("hnte", "2022-11-18", "2025-11-18", provisional=True)], "2025-11-19", False),
        (TECH, [grant("tech_sme", "2025-08-15", "2025-12-31")], "2025-12-31", False),
        (TECH, [grant("tech_sme", "2025-08-15", "2025-12-31")], "2026-01-01", True),
        (TECH, [grant("tech_sme", "2025-08-15", "2025-12-31")], "2026-10-31", True),
        (TECH, [grant("tech_sme", "2025-08-15", "2025-12-31")], "2026-11-01", False),
        (SRDI, [grant("srdi_sme", "2022-08-15", "2025-08-14")], "2025-08-15", False),  # no window known
        (HNTE, [], "2025-11-19", False),
        (HNTE, [grant("hnte", "2020-01-01")], "2025-11-19", False),
    ],
)
def test_a_firm_is_pending_between_two_titles_while_the_window_is_open(rule, grants, on, expected):
    assert pending(rule, grants, day(on)) is expected


POOL = Stay(day("2024-01-01"), day("2024-12-31"))


@pytest.mark.parametrize(
    ("grants", "pools", "on", "strict", "kept"),
    [
        ([], [], "2024-06-01", Rung.REGISTERED, Rung.REGISTERED),
        ([], [POOL], "2023-12-31", Rung.REGISTERED, Rung.REGISTERED),
        ([], [POOL], "2024-01-01", Rung.POTENTIAL, Rung.POTENTIAL),
        ([], [POOL], "2024-12-31", Rung.POTENTIAL, Rung.POTENTIAL),
        ([], [POOL], "2025-01-01", Rung.REGISTERED, Rung.REGISTERED),
        ([grant("gazelle", "2023-01-01", "2026-01-01")], [], "2024-06-01", Rung.POTENTIAL, Rung.POTENTIAL),
        ([grant("tech_sme", "2024-03-01", "2024-12-31")], [POOL], "2024-06-01", Rung.TECH_SME, Rung.TECH_SME),
        ([grant("little_giant", "2023-07-01", "2026-06-30")], [], "2024-06-01", Rung.SRDI, Rung.SRDI),
        (
            [grant("tech_sme", "2024-03-01", "2024-12-31"), grant("hnte", "2023-11-01", "2026-11-01")],
            [],
            "2024-06-01",
            Rung.HNTE,
            Rung.HNTE,
        ),
        # 待续 for hnte, tech_sme in force: counted once as 科技型 by titles in force, kept on 高企 with pending.
        ([OLD, grant("tech_sme", "2025-07-01", "2025-12-31")], [], "2025-11-19", Rung.TECH_SME, Rung.HNTE),
        ([OLD], [], "2025-11-19", Rung.REGISTERED, Rung.HNTE),
        ([OLD], [Stay(day("2025-01-01"))], "2025-11-19", Rung.POTENTIAL, Rung.HNTE),
        ([OLD], [], "2026-01-01", Rung.REGISTERED, Rung.REGISTERED),
        (
            [grant("hnte", "2025-11-10", "2028-11-10", provisional=True)],
            [],
            "2025-12-01",
            Rung.REGISTERED,
            Rung.REGISTERED,
        ),
        ([grant("unheard_of", "2025-01-01")], [], "2025-12-01", Rung.REGISTERED, Rung.REGISTERED),
    ],
)
def test_the_rung_is_the_highest_ladder_title(grants, pools, on, strict, kept):
    history = History(tuple(grants), tuple(pools))
    assert rung_on(history, RULES, day(on)) is strict
    assert rung_on(history, RULES, day(on), with_pending=True) is kept


def test_a_firm_that_left_the_district_stands_nowhere():
    history = History((NEW,), (), (Stay(day("2020-01-01"), day("2026-03-31")),))
    assert rung_on(history, RULES, day("2026-03-31")) is Rung.HNTE
    assert rung_on(history, RULES, day("2026-04-01")) is Rung.OUTSIDE
    assert rung_on(history, RULES, day("2019-12-31")) is Rung.OUTSIDE


@pytest.mark.parametrize(
    ("rule", "earlier", "new", "kind"),
    [
        (HNTE, [], NEW, GrantKind.FIRST),
        (HNTE, [OLD], NEW, GrantKind.RENEWED),
        (HNTE, [grant("hnte", "2022-11-18", "2025-01-01", id=1)], NEW, GrantKind.RENEWED),  # this year
        (HNTE, [grant("hnte", "2021-12-31", "2024-12-31", id=1)], NEW, GrantKind.REGAINED),  # the year before
        (HNTE, [grant("hnte", "2023-11-18", "2026-11-18", id=1)], NEW, GrantKind.RENEWED),  # early
        (HNTE, [grant("hnte", "2022-11-18", "2025-11-18", revoked_on="2024-05-01", id=1)], NEW, GrantKind.REGAINED),
        (HNTE, [grant("hnte", "2022-11-18", "2025-11-18", provisional=True, id=1)], NEW, GrantKind.FIRST),
        (HNTE, [grant("tech_sme", "2025-07-01", "2025-12-31", id=1)], NEW, GrantKind.FIRST),
        (
            HNTE,
            [grant("hnte", "2018-11-18", "2021-11-18", id=1), grant("hnte", "2022-12-01", "2025-12-01", id=3)],
            NEW,
            GrantKind.RENEWED,
        ),
        (TECH, [grant("tech_sme", "2024-09-01", "2024-12-31", id=1)], NUMBER_2025, GrantKind.RENEWED),
        (TECH, [grant("tech_sme", "2023-09-01", "2023-12-31", id=1)], NUMBER_2025, GrantKind.REGAINED),
        # Announced after the window had closed: of a yearly type the number of the year before counts, not the day.
        (TECH, [grant("tech_sme", "2024-09-01", "2024-12-31", id=1)], LATE_2025, GrantKind.RENEWED),
    ],
)  # fmt: skip
def test_a_grant_is_first_regained_or_renewed(rule, earlier, new, kind):
    assert grant_kind(rule, new, [*earlier, new]) is kind


#: Written by hand: (from, to) with pending → what happened, for a firm that never held the higher title before.
MOVES = {
    "outside>outside": "unchanged", "outside>registered": "unchanged", "registered>outside": "unchanged",
    "registered>registered": "unchanged", "potential>potential": "unchanged", "tech_sme>tech_sme": "unchanged",
    "srdi>srdi": "unchanged", "hnte>hnte": "unchanged",
    "outside>potential": "entered", "outside>tech_sme": "entered", "outside>srdi": "entered", "outside>hnte": "entered",
    "registered>potential": "entered", "registered>tech_sme": "entered", "registered>srdi": "entered",
    "registered>hnte": "entered",
    "potential>tech_sme": "climbed", "tech_sme>srdi": "climbed", "srdi>hnte": "climbed",
    "potential>srdi": "skipped", "potential>hnte": "skipped", "tech_sme>hnte": "skipped",
    "potential>registered": "exited",
    "tech_sme>registered": "lapsed", "tech_sme>potential": "lapsed",
    "srdi>registered": "lapsed", "srdi>potential": "lapsed", "srdi>tech_sme": "lapsed",
    "hnte>registered": "lapsed", "hnte>potential": "lapsed", "hnte>tech_sme": "lapsed", "hnte>srdi": "lapsed",
    "potential>outside": "left", "tech_sme>outside": "left", "srdi>outside": "left", "hnte>outside": "left",
}  # fmt: skip


@pytest.mark.parametrize("old", Rung)
@pytest.mark.parametrize("new", Rung)
def test_every_pair_of_rungs_is_one_move(old, new):
    assert move_between(old, new) == MOVES[f"{old}>{new}"]


@pytest.mark.parametrize(
    ("old", "new", "move"),
    [
        (Rung.REGISTERED, Rung.TECH_SME, Move.RETURNED),
        (Rung.POTENTIAL, Rung.HNTE, Move.RETURNED),
        (Rung.TECH_SME, Rung.HNTE, Move.RETURNED),
        (Rung.REGISTERED, Rung.POTENTIAL, Move.ENTERED),  # a pool is not a title
        (Rung.OUTSIDE, Rung.HNTE, Move.ENTERED),  # moved in again
        (Rung.HNTE, Rung.HNTE, Move.UNCHANGED),  # 待续 at either end counts as hnte
        (Rung.HNTE, Rung.TECH_SME, Move.LAPSED),
    ],
)
def test_a_firm_that_held_the_title_before_has_returned(old, new, move):
    assert move_between(old, new, held_before=True) is move


def test_every_default_type_can_be_computed_and_has_its_own_key():
    for row in TITLE_TYPES:
        check_rule(row.validity, row.window)
    keys = [row.key for row in TITLE_TYPES] + [row.key for row in POOL_TYPES]
    assert len(keys) == len(set(keys))
