"""Versions of the rules for tests: texts made from shipped ones, drafts, versions in force."""

import itertools
from datetime import UTC, date, datetime

from models.rule_book import RuleBook
from models.rules.assess.dating import stamped
from models.rules.assess.shelf import FOLDER
from models.user import User
from tests.support.factories import make_user

_number = itertools.count(1)
AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
#: A change that many firms feel: nobody needs more than a month, or 20 % of the sales for R&D.
EASY_AGE = ("at_least = 365", "at_least = 30")
HARD_RD = ("{ up_to = 5000, limit = 0.05 }", "{ up_to = 5000, limit = 0.20 }")


def book_text(
    version: str = "hnte-2027", based_on: str = "hnte-2016", effective_from: date = date(2026, 12, 1),
    effective_to: date | None = None, *changes: tuple[str, str],
) -> str:  # fmt: skip
    """A shipped text under another name and of other days, with what is changed in it."""
    text = (FOLDER / f"{based_on}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return stamped(text, version, effective_from, effective_to)


def make_book(
    version: str = "hnte-2027", based_on: str = "hnte-2016", effective_from: date = date(2026, 12, 1),
    effective_to: date | None = None, *changes: tuple[str, str], by: User | None = None,
) -> RuleBook:  # fmt: skip
    """A draft."""
    text = book_text(version, based_on, effective_from, effective_to, *changes)
    return RuleBook.begin(text, "市里发了新通知", based_on, by or make_user(role="office"), AT)


def make_numbered_book() -> RuleBook:
    """A draft under a name nobody has yet."""
    return make_book(f"hnte-r{next(_number)}")


def put_book(
    version: str = "hnte-2027", based_on: str = "hnte-2016", effective_from: date = date(2026, 12, 1),
    effective_to: date | None = None, *changes: tuple[str, str],
) -> RuleBook:  # fmt: skip
    """A version in force."""
    row = make_book(version, based_on, effective_from, effective_to, *changes)
    row.put_in_force(make_user(role="office"), AT)
    return row
