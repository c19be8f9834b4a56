"""The stages of an application: every pair of them for every role, kinds, next dates."""

from contextlib import nullcontext
from datetime import date
from itertools import product

import pytest

from models.rules.access import ROLES
from models.rules.application import (
    DATES,
    ENDED,
    MOVES,
    STAGES,
    START,
    WAY,
    MoveRefused,
    check_move,
    choices,
    kind_of,
    next_deadline,
    relations,
)

#: Written by hand: what the coach moves, what only those move who note results, what a published list moves.
COACH = {
    "intention>coaching", "coaching>pre_review", "coaching>submitted", "pre_review>submitted",
    "coaching>intention", "pre_review>coaching",
    "intention>abandoned", "coaching>abandoned", "pre_review>abandoned", "abandoned>coaching",
}  # fmt: skip
OFFICE = COACH | {
    "submitted>accepted", "accepted>in_review", "in_review>public_notice", "public_notice>granted",
    "submitted>coaching", "accepted>submitted", "in_review>accepted", "public_notice>in_review",
    "granted>public_notice",
    "submitted>refused", "accepted>refused", "in_review>refused", "public_notice>refused", "refused>in_review",
    "submitted>abandoned", "accepted>abandoned", "in_review>abandoned", "public_notice>abandoned",
}  # fmt: skip
LIST = {
    "intention>public_notice", "coaching>public_notice", "pre_review>public_notice", "submitted>public_notice",
    "accepted>public_notice", "in_review>public_notice", "refused>public_notice", "abandoned>public_notice",
    "intention>granted", "coaching>granted", "pre_review>granted", "submitted>granted", "accepted>granted",
    "in_review>granted", "public_notice>granted", "refused>granted", "abandoned>granted",
}  # fmt: skip
#: Role → (as the coach, as somebody else).
MAY = {
    "officer": (COACH, set()), "office": (OFFICE, OFFICE), "manager": (OFFICE, OFFICE), "town": (set(), set()),
    "handler": (set(), set()), "sysadmin": (set(), set()), "secadmin": (set(), set()), "auditor": (set(), set()),
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("coach", [True, False])
def test_only_these_moves_are_allowed(role: str, coach: bool) -> None:
    who = {"office", "coach"} if coach else {"office"}
    allowed = MAY[role][0 if coach else 1]
    for old, new in product(STAGES, repeat=2):
        with nullcontext() if f"{old}>{new}" in allowed else pytest.raises(MoveRefused):
            check_move(old, new, who, ROLES[role])
    offered = {f"{old}>{new}" for old in STAGES for new in choices(old, who, ROLES[role])}
    assert offered == allowed


def test_a_published_list_moves_from_anywhere_and_nowhere_else() -> None:
    for old, new in product(STAGES, repeat=2):
        with nullcontext() if f"{old}>{new}" in LIST else pytest.raises(MoveRefused):
            check_move(old, new, {"list"}, frozenset())


def test_moves_back_and_out_say_why_and_refusals_name_a_reason() -> None:
    wordy = {f"{old}>{new}" for (old, new), move in MOVES.items() if move.with_words}
    assert wordy == {
        "coaching>intention", "pre_review>coaching", "submitted>coaching", "accepted>submitted", "in_review>accepted",
        "public_notice>in_review", "granted>public_notice", "abandoned>coaching", "refused>in_review",
        *(f"{stage}>abandoned" for stage in STAGES if stage not in ENDED),
    }  # fmt: skip
    assert {new for (_, new), move in MOVES.items() if move.with_reason} == {"refused"}


def test_the_buttons_stand_forward_first() -> None:
    assert list(choices("coaching", {"office", "coach"}, ROLES["manager"])) == [
        "pre_review", "submitted", "intention", "abandoned",
    ]  # fmt: skip
    assert START not in STAGES and set(WAY) | {"refused", "abandoned"} == set(STAGES)


@pytest.mark.parametrize(
    "user, coach, officers, stands_for, mine",
    [
        (1, 1, (2, 3), (), True), (1, 2, (1, 3), (), True), (1, 2, (3, 1), (), True), (1, 2, (3, None), (), False),
        (1, None, (None, None), (), True), (1, 2, (None, None), (2,), True), (1, 2, (3, 4), (5,), False),
    ],
)  # fmt: skip
def test_who_coaches_is_the_coach_the_officers_and_whoever_stands_in(
    user: int, coach: int | None, officers: tuple[int | None, ...], stands_for: tuple[int, ...], mine: bool
) -> None:
    assert ("coach" in relations(user, coach, officers, stands_for)) is mine


@pytest.mark.parametrize(
    "ends, year, yearly, wanted",
    [
        ([], 2026, False, "first"),
        ([date(2026, 1, 1)], 2026, False, "renewal"),
        ([date(2025, 12, 31)], 2026, False, "first"),
        ([date(2027, 6, 1)], 2026, False, "renewal"),
        ([None], 2026, False, "renewal"),
        ([date(2025, 12, 31)], 2026, True, "renewal"),
        ([date(2024, 12, 31)], 2026, True, "first"),
        ([date(2020, 1, 1), date(2026, 5, 1)], 2026, False, "renewal"),
    ],
)
def test_a_renewal_holds_the_title_into_the_year(ends: list[date | None], year: int, yearly: bool, wanted: str) -> None:
    assert kind_of(ends, year, yearly=yearly) == wanted


DAYS = [("papers", date(2026, 5, 10)), ("firm", date(2026, 5, 31)), ("district", date(2026, 6, 10)),
        ("province", date(2026, 7, 1)), ("notice", date(2026, 10, 1))]  # fmt: skip


@pytest.mark.parametrize(
    "stage, today, key, late",
    [
        ("intention", date(2026, 5, 10), "papers", False),
        ("intention", date(2026, 5, 11), "papers", True),
        ("pre_review", date(2026, 5, 11), "firm", False),
        ("pre_review", date(2026, 6, 1), "firm", True),
        ("submitted", date(2026, 6, 1), "district", False),
        ("accepted", date(2026, 6, 20), "province", False),
        ("in_review", date(2026, 6, 20), None, False),
        ("granted", date(2026, 6, 20), None, False),
        ("refused", date(2026, 1, 1), None, False),
    ],
)
def test_the_next_date_is_the_first_that_asks_for_more(stage: str, today: date, key: str | None, late: bool) -> None:
    found = next_deadline(stage, DAYS, today)
    assert (found.key if found else None, found.late if found else False) == (key, late)
    assert found is None or found.name == DATES[found.key][0]
