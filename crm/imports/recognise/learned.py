"""How a person said that sheets with such a header are to be read: words a header is known by, and the nearest choice
that was learned."""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from crm.imports.kinds import is_code, is_firm_name, text
from crm.imports.kinds.all import KINDS
from crm.imports.read import Sheet
from crm.imports.recognise import header
from crm.imports.recognise.columns import cells_by_column
from crm.imports.recognise.header import plain
from crm.imports.recognise.table import Choice, Learned
from models.rules import amounts, dates

#: Share of header words that two headers must have in common to be taken for the same.
NEAR = 0.75
_YEAR = re.compile(r"(?:19|20)\d{2}")


def words_of(headers: Sequence[str], sample: list[list[Any]] = []) -> tuple[str, ...]:  # noqa: B006 (never changed)
    """One word for each column: its header without the year, else what kind of cells it holds; the second of the same
    word is numbered. Empty for an empty column."""
    found: list[str] = []
    columns = cells_by_column(list(headers), sample) if sample else [[] for _ in headers]
    for place, cells in enumerate(columns):
        written = plain(headers[place]) if place < len(headers) else ""
        word = _YEAR.sub("####", written) if written else _kind_of(cells)
        again = sum(1 for other in found if other.partition("\x1f")[0] == word)
        found.append(f"{word}\x1f{again + 1}" if word and again else word)
    return tuple(found)


def signature(words: Iterable[str], cued: str) -> str:
    """What a choice is remembered by: the words in no order, and the kind that the titles speak of."""
    return sha256("\n".join([cued, *sorted(filter(None, words))]).encode()).hexdigest()


def cued_kind(where: str) -> str:
    """The kind that titles, sheet or file name speak of; empty when they speak of none or of several."""
    found = [kind.key for kind in KINDS.values() if re.search(kind.cues, where) and not re.search(kind.against, where)]
    return found[0] if len(found) == 1 else ""


def nearest(
    learned: Iterable[Learned], sheet: Sheet, header_rows: Sequence[int], words: Sequence[str], cued: str
) -> tuple[Learned, Choice] | None:
    """The learned choice whose header is most like this sheet's, as a choice for this sheet; None when none is near."""
    best: tuple[float, Learned, Choice] | None = None
    for known in learned:
        if known.cued != cued and cued and cued != known.kind:
            continue
        likeness, rows, found = _where(known, sheet, header_rows, words)
        if likeness < NEAR or (best is not None and likeness <= best[0]):
            continue
        columns = {key: found.index(word) if word else None for key, word in known.columns.items()}
        given = tuple(rows) if list(rows) != list(header_rows) else None
        best = likeness, known, Choice(known.kind, columns, given, known.notice)
    return best[1:] if best else None


def _where(
    known: Learned, sheet: Sheet, header_rows: Sequence[int], words: Sequence[str]
) -> tuple[float, Sequence[int], Sequence[str]]:
    """How like the header is to the learned one; where the guess is not like it, other rows at the top are tried."""
    likeness = _alike(known, words)
    if likeness >= NEAR or not any(not word.startswith("?") for word in known.words if word):
        return likeness, header_rows, words
    for row in range(known.depth, min(header.HEAD, len(sheet.rows)) + 1):
        rows = list(range(row - known.depth + 1, row + 1))
        if len(header.filled(sheet.rows[row - 1])) < 2:
            continue
        other = words_of(header.joined(sheet, rows))
        if (found := _alike(known, other)) > likeness:
            likeness, header_rows, words = found, rows, other
    return likeness, header_rows, words


def _alike(known: Learned, words: Sequence[str]) -> float:
    """The share of words in common; 0 when a column that was chosen is not there."""
    mine, theirs = set(filter(None, words)), set(filter(None, known.words))
    if not mine or not {word for word in known.columns.values() if word} <= mine:
        return 0.0
    return len(mine & theirs) / len(mine | theirs)


def _kind_of(cells: list[Any]) -> str:
    if not cells:
        return ""
    kinds = (("?code", is_code), ("?name", is_firm_name), ("?date", _is_day), ("?number", _is_number))
    for word, holds in kinds:
        if sum(map(holds, cells)) * 2 > len(cells):
            return word
    return "?text"


def _is_day(cell: Any) -> bool:
    try:
        day = dates.parse(cell)
    except ValueError:
        return False
    return day is not None and day.precision != "year"


def _is_number(cell: Any) -> bool:
    try:
        return amounts.parse(text(cell)) is not None
    except ValueError:
        return False
