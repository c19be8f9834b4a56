"""Which row of the table of batches a list means by `第二批`.

Numbers begin again every year, or run on through all years as those of the national 小巨人 do; a batch of another year
is never taken for it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

_YEAR = re.compile(r"20\d{2}")
_NUMBER = re.compile(r"(\d+|[一二三四五六七八九十]+)批")
_DIGITS = {character: value for value, character in enumerate("一二三四五六七八九", 1)}


@dataclass(frozen=True, slots=True)
class Announced:
    """A batch of one type: when it was announced, and when its titles end where that is known."""

    name: str
    announced_on: date
    ends_on: date | None = None


def number_of(name: str) -> int | None:
    """The number of a batch: 第十二批 and 2025年第12批 → 12; None for one without (补充批)."""
    found = _NUMBER.search(_plain(name))
    if not found:
        return None
    written = found[1]
    if written.isdigit():
        return int(written)
    tens, ten, ones = written.rpartition("十")
    if not ten:
        return _DIGITS.get(written)
    return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)


def find(batches: Iterable[Announced], written: str, year: int | None) -> Announced | None:
    """The batch that `written` names in a list of a year (None: the list gives none); None unless exactly one fits."""
    known = list(batches)
    if not _plain(written):
        return None
    years = {int(found) for found in _YEAR.findall(_plain(written))}
    year = years.pop() if len(years) == 1 else year
    named = [batch for batch in known if _same(batch.name, written)]
    fits = [batch for batch in named if year is None or _year_of(batch) == year]
    if not fits and _runs_on(known) and number_of(written) != 1:
        fits = named
    return fits[0] if len({(batch.announced_on, batch.ends_on) for batch in fits}) == 1 else None


def _same(name: str, written: str) -> bool:
    number = number_of(written)
    if number is not None:
        return number_of(name) == number
    return _bare(name) == _bare(written)


def _year_of(batch: Announced) -> int:
    years = {int(found) for found in _YEAR.findall(_plain(batch.name))}
    return years.pop() if len(years) == 1 else batch.announced_on.year


def _runs_on(batches: Iterable[Announced]) -> bool:
    """Whether the numbers of a type run on from year to year: no year begins again below those before it."""
    numbered = sorted(
        (batch.announced_on, number) for batch in batches if (number := number_of(batch.name)) is not None
    )
    rising = all(before[1] < after[1] for before, after in pairwise(numbered))
    return rising and len({day.year for day, _ in numbered}) > 1


def _plain(name: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))


def _bare(name: str) -> str:
    return re.sub(r"20\d{2}年?度?|[第()（）]", "", _plain(name))
