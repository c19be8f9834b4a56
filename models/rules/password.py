"""What a password must be, how long it lasts, and when wrong ones lock an account.

GB/T 22239-2019 (7.1.4, 8.1.4) asks for complex secrets, changed regularly, and for a limit of failed attempts; it gives
no numbers. The defaults are what assessors accept (rules.md 10.1) and are settings.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Nobody remembers more, and hashing a novel would keep the server busy.
LONGEST = 128

#: zxcvbn's scale from 0 to 4: below this a million guesses are enough.
WEAKEST_SCORE = 2

CLASSES = ("大写字母", "小写字母", "数字", "符号")

#: What zxcvbn says about a weak password, in our words; anything it may say beyond that gets the general sentence.
WARNINGS = {
    "Straight rows of keys are easy to guess.": "键盘上连成一排的键很容易被猜到",
    "Short keyboard patterns are easy to guess.": "键盘上的短花样很容易被猜到",
    'Repeats like "aaa" are easy to guess.': "重复的字符（如 aaa）很容易被猜到",
    'Repeats like "abcabcabc" are only slightly harder to guess than "abc".': "重复的片段（如 abcabc）很容易被猜到",
    'Sequences like "abc" or "6543" are easy to guess.': "连续的字符（如 abc、6543）很容易被猜到",
    "Recent years are easy to guess.": "年份很容易被猜到",
    "Dates are often easy to guess.": "日期很容易被猜到",
    "This is a top-10 common password.": "这是最常见的口令之一",
    "This is a top-100 common password.": "这是最常见的口令之一",
    "This is a very common password.": "这是很常见的口令",
    "This is similar to a commonly used password.": "与常见口令相似",
    "A word by itself is easy to guess.": "单独一个单词很容易被猜到",
    "Names and surnames by themselves are easy to guess.": "单独一个姓名很容易被猜到",
    "Common names and surnames are easy to guess.": "常见的姓名很容易被猜到",
}
GENERAL = "太容易被猜到"


@dataclass(frozen=True)
class PasswordPolicy:
    """The settings in force: shortest length, kinds of characters, days of validity (0: for ever), last ones barred."""

    length: int = 8
    classes: int = 3
    days: int = 90
    history: int = 5


def normal(password: str) -> str:
    """The same password however the keyboard composed it: full-width digits are digits."""
    return unicodedata.normalize("NFKC", password)


def classes_of(password: str) -> int:
    """How many of the four kinds of characters it holds; any letter without case counts as a symbol."""
    return sum(
        (
            any(letter.isupper() for letter in password),
            any(letter.islower() for letter in password),
            any(letter.isdigit() for letter in password),
            any(not (letter.isupper() or letter.islower() or letter.isdigit()) for letter in password),
        )
    )


def faults(
    password: str, policy: PasswordPolicy, personal: Iterable[str] = (), score: int | None = None, warning: str = ""
) -> list[str]:
    """What is wrong with a password, each with what to do; empty when it is good.

    `personal` are words about the person (name, address, numbers); `score` and `warning` are zxcvbn's, when asked.
    """
    found = []
    if len(password) < policy.length:
        found.append(f"口令至少 {policy.length} 位，再加 {policy.length - len(password)} 位")
    if len(password) > LONGEST:
        found.append(f"口令最多 {LONGEST} 位")
    if classes_of(password) < policy.classes:
        found.append(f"口令要有{'、'.join(CLASSES)}中的至少 {policy.classes} 种")
    if any(len(word) >= 2 and word.casefold() in password.casefold() for word in personal):
        found.append("口令不能含有自己的姓名、邮箱、手机号或工号")
    if not found and score is not None and score < WEAKEST_SCORE:
        found.append(f"{WARNINGS.get(warning, GENERAL)}，请加一两个不相干的词")
    return found


def personal_words(name: str, spelling: str, email: str, numbers: Iterable[str | None]) -> list[str]:
    """The words that a person's password must not contain: names and numbers long enough to mean something."""
    local = email.partition("@")[0]
    syllables = spelling.split()
    words = [name, "".join(syllables), "".join(reversed(syllables)), local, *(number or "" for number in numbers)]
    return [word for word in words if len(word) >= (2 if not word.isascii() else 4)]


def expired(changed_at: datetime | None, now: datetime, policy: PasswordPolicy) -> bool:
    """Whether a password is past its days; one of unknown age is."""
    if policy.days == 0:
        return False
    return changed_at is None or now >= changed_at + timedelta(days=policy.days)


@dataclass(frozen=True)
class LockPolicy:
    """So many failures in a row lock an account for so many minutes."""

    after: int = 5
    minutes: int = 30


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    """Whether an account is locked at this moment; the last moment of the lock is free again."""
    return locked_until is not None and now < locked_until


def after_attempt(
    failed: int, locked_until: datetime | None, now: datetime, policy: LockPolicy
) -> tuple[int, datetime | None]:
    """The count and the lock once an attempt is taken for failed, which it is until proven right.

    A lock that has run out starts the count again. Not to be asked while the lock holds.
    """
    count = 1 if locked_until is not None else failed + 1
    return count, now + timedelta(minutes=policy.minutes) if count >= policy.after else None


@dataclass(frozen=True)
class SessionPolicy:
    """A session ends after so many minutes without a request, and so many hours after it began in any case."""

    idle_minutes: int = 30
    hours: int = 10


def phone_session_over(began_at: datetime, now: datetime, hours: int) -> bool:
    """Whether the session of a registered phone is over where it lasts longer (visits and today, foundations 13)."""
    return now >= began_at + timedelta(hours=hours)


def session_over(began_at: datetime, seen_at: datetime, now: datetime, policy: SessionPolicy) -> bool:
    """Whether a session has outlived its idle time or its longest time."""
    return now >= seen_at + timedelta(minutes=policy.idle_minutes) or now >= began_at + timedelta(hours=policy.hours)
