"""Why a firm is in the list: which of its names the typed text is in, and where, for the search mark."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models import pinyin
from models.firm import search

#: What stands before the line that explains a match.
INITIALS, FORMER, CODE = "首字母", "曾用名", "信用代码"


@dataclass(frozen=True, slots=True)
class Span:
    """A text with the part that matched between `start` and `end`."""

    text: str
    start: int = 0
    end: int = 0

    @property
    def parts(self) -> tuple[str, str, str]:
        """Before, marked, after."""
        return self.text[: self.start], self.text[self.start : self.end], self.text[self.end :]


@dataclass(frozen=True, slots=True)
class Match:
    """How a firm was found: the marked name, and a second line where the name alone does not show it."""

    name: Span
    label: str = ""
    detail: Span | None = None
    until: date | None = None


def explain(query: str, name: str, formers: Sequence[tuple[str, date | None]], code: str | None) -> Match:
    """Where the typed text is: in the name, its initials or syllables, a former name likewise, or the code."""
    words = search.normalise(query)
    found = _in_name(words, name)
    if found is not None:
        return found
    if code and words in search.normalise(code):
        place = search.normalise(code).index(words)
        return Match(Span(name), CODE, Span(code, place, place + len(words)))
    for former, until in formers:
        found = _in_name(words, former)
        if found is not None:
            return Match(Span(name), FORMER, found.name, until)
    return Match(Span(name))


def _in_name(words: str, name: str) -> Match | None:
    text, places = _with_places(name)
    if words in text:
        return Match(_span(name, places, text.index(words), len(words)))
    for initials in pinyin.initials(text):
        if words in initials:
            start = initials.index(words)
            return Match(_span(name, places, start, len(words)), INITIALS,
                         Span(initials.upper(), start, start + len(words)))  # fmt: skip
    for line in pinyin.signs(text):
        for pattern in pinyin.spellings(words):
            if pattern in line:
                return Match(_span(name, places, line.index(pattern), len(pattern)))
    return None


def _with_places(name: str) -> tuple[str, list[int]]:
    """The name as the search compares it, and for each of its characters where it stands in the written name."""
    kept, places = [], []
    for place, character in enumerate(name):
        for plain in filter(str.isalnum, unicodedata.normalize("NFKC", character).lower()):
            kept.append(plain)
            places.append(place)
    return "".join(kept), places


def _span(name: str, places: list[int], start: int, length: int) -> Span:
    return Span(name, places[start], places[start + length - 1] + 1)
