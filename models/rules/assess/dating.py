"""The version and days of a rule book as its text writes them; two books of a title may not claim the same days."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from hashlib import sha256

from models.rules.assess.book import Book
from models.rules.assess.book_reader import BookRefused, read_book

#: A version stands in addresses and on paper: letters of any script, digits, and these marks.
VERSION = re.compile(r"\w[\w.\-]{0,63}")
#: Words that addresses use beside versions.
RESERVED = frozenset({"new", "compare", "trials"})
_NO_DAY = date(1, 1, 1)


def stamped(text: str, version: str, effective_from: date, effective_to: date | None) -> str:
    """The text with this version and these days in its first lines; everything else stays as it was written.

    Raises BookRefused for a text that is no rule book, or writes these lines in a way that cannot be told apart.
    """
    before = read_book(text, version)
    said = {
        "version": f'"{version}"',
        "effective_from": effective_from.isoformat(),
        "effective_to": effective_to.isoformat() if effective_to else None,
    }
    lines = text.replace("\r\n", "\n").split("\n")
    head = next((place for place, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    top = lines[:head]
    for name, value in said.items():
        top = _written(top, name, value)
    found = "\n".join([*top, *lines[head:]])
    wanted = replace(before, version=version, effective_from=effective_from, effective_to=effective_to)
    if read_book(found, version) != wanted:
        raise BookRefused("", "version、effective_from、effective_to 应各占一行，写在正文最前面，行尾不写别的")
    return found


def _written(lines: list[str], name: str, value: str | None) -> list[str]:
    """The lines with this one as it has to be: changed where it stands, else after the version, or left out."""
    line = re.compile(rf"\s*{name}\s*=")
    place = next((place for place, one in enumerate(lines) if line.match(one)), None)
    if value is None:
        return [one for number, one in enumerate(lines) if number != place]
    if place is not None:
        return [*lines[:place], f"{name} = {value}", *lines[place + 1 :]]
    before = "effective_from" if name == "effective_to" else "version"
    after = next((number + 1 for number, one in enumerate(lines) if re.match(rf"\s*{before}\s*=", one)), 0)
    return [*lines[:after], f"{name} = {value}", *lines[after:]]


def fingerprint(text: str) -> str:
    """What tells one text of rules from another; its days are no part of it. Raises BookRefused."""
    book = read_book(text, "")
    return sha256(stamped(text, book.version, _NO_DAY, None).encode()).hexdigest()


def clash(book: Book, others: Iterable[Book]) -> str:
    """Why this book cannot be in force beside the others of its title, in an officer's words; empty when it can.

    A book ends by itself when a later one begins. A written end that reaches into another one's days is a mistake, and
    so are two that begin on one day.
    """
    for other in sorted(others, key=lambda one: one.effective_from):
        if other.regime != book.regime or other.version == book.version:
            continue
        if other.effective_from == book.effective_from:
            return f"{other.version} 也从 {other.effective_from} 起生效，同一天只能有一个版本，请改生效日期"
        first, second = sorted((book, other), key=lambda one: one.effective_from)
        if first.effective_to is not None and first.effective_to >= second.effective_from:
            return (
                f"日期重叠：{first.version} 写明到 {first.effective_to} 止，"
                f"{second.version} 从 {second.effective_from} 起生效，请改其中一个日期"
            )
    return ""
