"""What a password must be, how long it lasts, when an account locks and a session ends: both sides of each border."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.password import (
    LockPolicy,
    PasswordPolicy,
    SessionPolicy,
    after_attempt,
    classes_of,
    expired,
    faults,
    is_locked,
    personal_words,
    session_over,
)

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)
POLICY = PasswordPolicy(length=8, classes=3, days=90, history=5)


@pytest.mark.parametrize(
    ("password", "count"),
    [
        ("abcdefgh", 1),
        ("Abcdefgh", 2),
        ("Abcdefg1", 3),
        ("Abcdef1-", 4),
        ("12345678", 1),
        ("梯度梯度", 1),
        ("梯度Ab1", 4),
        ("", 0),
    ],
)
def test_kinds_of_characters_are_counted(password: str, count: int) -> None:
    assert classes_of(password) == count


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("Abcdef1", "至少 8 位"),
        ("Abcdefg1", None),
        ("abcdefg1", "至少 3 种"),
        ("abcdef1-", None),
        ("Ab1-" * 32, None),
        ("Ab1-" * 32 + "x", "最多 128 位"),
        ("Hanshu-26x", "姓名"),
        ("ShuHan-26x", "姓名"),
        ("13812345678Aa", "姓名"),
        ("Han-26-shuX", None),
    ],
)
def test_a_password_is_refused_for_the_reason_that_it_has(password: str, wrong: str | None) -> None:
    personal = personal_words("韩述", "han shu", "hs@tidu.example", ("13812345678", None))
    found = faults(password, POLICY, personal)
    assert (wrong is None and found == []) or (wrong is not None and len(found) == 1 and wrong in found[0])


@pytest.mark.parametrize(("score", "refused"), [(None, False), (0, True), (1, True), (2, False), (4, False)])
def test_what_a_million_guesses_find_is_refused(score: int | None, refused: bool) -> None:
    found = faults("Abcdefg1", POLICY, (), score, "This is a very common password.")
    assert found == (["这是很常见的口令，请加一两个不相干的词"] if refused else [])


def test_an_unknown_warning_still_gets_a_chinese_sentence() -> None:
    assert faults("Abcdefg1", POLICY, (), 0, "Something new.") == ["太容易被猜到，请加一两个不相干的词"]


@pytest.mark.parametrize(
    ("changed_at", "days", "past"),
    [
        (NOON - timedelta(days=90) + MOMENT, 90, False),
        (NOON - timedelta(days=90), 90, True),
        (None, 90, True),
        (None, 0, False),
        (NOON - timedelta(days=9000), 0, False),
    ],
)
def test_a_password_lasts_its_days(changed_at: datetime | None, days: int, past: bool) -> None:
    assert expired(changed_at, NOON, PasswordPolicy(days=days)) is past


@pytest.mark.parametrize(
    ("failed", "locked_until", "count", "locks"),
    [
        (0, None, 1, False),
        (3, None, 4, False),
        (4, None, 5, True),
        (7, None, 8, True),  # the limit was lowered meanwhile
        (5, NOON, 1, False),  # the lock has just run out: the count begins again
    ],
)
def test_the_fifth_failure_locks(failed: int, locked_until: datetime | None, count: int, locks: bool) -> None:
    expected = (count, NOON + 30 * MINUTE if locks else None)
    assert after_attempt(failed, locked_until, NOON, LockPolicy(5, 30)) == expected


@pytest.mark.parametrize(("until", "locked"), [(None, False), (NOON, False), (NOON + MOMENT, True)])
def test_a_lock_holds_until_its_last_moment(until: datetime | None, locked: bool) -> None:
    assert is_locked(until, NOON) is locked


@pytest.mark.parametrize(
    ("began", "seen", "over"),
    [
        (60 * MINUTE, 30 * MINUTE - MOMENT, False),
        (60 * MINUTE, 30 * MINUTE, True),
        (600 * MINUTE - MOMENT, MINUTE, False),
        (600 * MINUTE, MINUTE, True),
        (MINUTE, -MINUTE, False),
    ],
)
def test_a_session_ends_by_idleness_or_by_age(began: timedelta, seen: timedelta, over: bool) -> None:
    assert session_over(NOON - began, NOON - seen, NOON, SessionPolicy(30, 10)) is over
