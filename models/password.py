"""Keeps passwords: hashed with Argon2id, never the same as one of the last, as strong as the settings ask."""

import secrets
from datetime import datetime
from functools import cache

from flask_security.utils import hash_password as _hash
from flask_security.utils import verify_password as _verify

from models import setting
from models.rules import password as rules
from models.user import User

#: Letters that nobody takes for another: first passwords are read from paper.
READABLE = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789")


def policy() -> rules.PasswordPolicy:
    """The settings in force."""
    values = setting.get_all()
    return rules.PasswordPolicy(
        length=int(values["password_length"]),
        classes=int(values["password_classes"]),
        days=int(values["password_days"]),
        history=int(values["password_history"]),
    )


def hashed(password: str) -> str:
    """What the database keeps of a password. Needs an application context."""
    return str(_hash(rules.normal(password)))


def matches(password: str, kept: str | None) -> bool:
    """Whether a password is the one behind this hash. Takes as long for an account that does not exist (None)."""
    # Made on every path, so that its first making tells nobody which accounts exist.
    stand_in = _nobody()
    good = bool(_verify(rules.normal(password)[: rules.LONGEST], kept or stand_in))
    return good and kept is not None


@cache
def _nobody() -> str:
    return hashed(secrets.token_urlsafe(16))


def random_password(length: int = 12) -> str:
    """A first password that every policy of at most three classes accepts and that can be read from paper."""
    letters = [secrets.choice(letters) for letters in READABLE]
    every = "".join(READABLE)
    letters += [secrets.choice(every) for _ in range(length - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    groups = ["".join(letters[at : at + 4]) for at in range(0, length, 4)]
    return "-".join(groups)


def faults(user: User, password: str) -> list[str]:
    """What is wrong with a new password for this person, in an officer's words; empty when it is good."""
    wanted = policy()
    password = rules.normal(password)
    personal = rules.personal_words(user.name, user.sort_key, user.email, (user.mobile, user.staff_number))
    score, warning = _guess(password, personal) if password else (None, "")
    found = rules.faults(password, wanted, personal, score, warning)
    if not found and wanted.history and any(matches(password, kept) for kept in _earlier(user)[: wanted.history]):
        found.append(f"不能与最近 {wanted.history} 次用过的口令相同")
    return found


def set_password(user: User, password: str, at: datetime, *, must_change: bool = False) -> None:
    """Give the person this password from now on. Whoever calls has asked `faults` before."""
    user.password_history = "\n".join(_earlier(user)[:24])
    user.password = hashed(password)
    user.password_changed_at = at
    user.must_change_password = must_change
    user.failed_count = 0
    user.locked_until = None


def _earlier(user: User) -> list[str]:
    return [kept for kept in (user.password, *(user.password_history or "").split("\n")) if kept]


def _guess(password: str, personal: list[str]) -> tuple[int, str]:
    # Its word lists are large; only somebody who chooses a password waits for them.
    from zxcvbn import zxcvbn

    answer = zxcvbn(password[:72], user_inputs=personal)
    return int(answer["score"]), str(answer["feedback"]["warning"] or "")
