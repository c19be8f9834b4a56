"""Lists that go on at their right: the same columns stand side by side, over other firms. Each group is read as a sheet
of its own whose cells stay where they are, so that every value keeps its address."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crm.imports.kinds import is_code, is_firm_name
from crm.imports.read import Sheet
from crm.imports.recognise import header
from crm.imports.recognise.columns import sample_of

#: First column and the one behind the last.
Span = tuple[int, int]


def halves(sheet: Sheet) -> list[Sheet]:
    """The sheet, or one for each group of columns where they stand side by side: the first by its own name, the others
    with which group it is. What stands above the header and lines across the list belong to all of them."""
    header_rows, first = header.find(sheet)
    if first is None or not header_rows:
        return [sheet]
    words = [header.plain(written.rpartition("/")[2]) for written in header.joined(sheet, header_rows)]
    spans = _spans(words)
    if len(spans) < 2 or not _other_firms(words, spans, sample_of(sheet.rows, first)):
        return [sheet]
    head = (tuple(header_rows), first)
    return [replace(_part(sheet, span, number, header_rows[0] - 1), head=head) for number, span in enumerate(spans, 1)]


def _spans(words: Sequence[str]) -> list[Span]:
    """The groups of columns under the same words in the same order; empty when there are none. Blank columns between
    them belong to the group before."""
    begin = next((place for place, word in enumerate(words) if word), len(words))
    starts = [place for place, word in enumerate(words) if word and word == words[begin]]
    spans = list(zip(starts, [*starts[1:], len(words)], strict=True))
    groups = {tuple(word for word in words[start:end] if word) for start, end in spans}
    return spans if len(groups) == 1 else []


def _other_firms(words: Sequence[str], spans: Sequence[Span], sample: Sequence[Sequence[Any]]) -> bool:
    """Whether the groups name firms, and each other ones."""
    (start, end), *_ = spans
    names = (place for place in range(start, end) if _names_firms(sample, place))
    return any(header.side_by_side(words, place, sample) for place in names)


def _names_firms(sample: Sequence[Sequence[Any]], place: int) -> bool:
    cells = [row[place] for row in sample if place < len(row) and header.filled([row[place]])]
    return bool(cells) and sum(map(is_firm_name, cells)) * 2 >= len(cells)


def _part(sheet: Sheet, span: Span, number: int, above: int) -> Sheet:
    start, end = span
    return replace(
        sheet,
        name=sheet.name if number == 1 else f"{sheet.name}（第 {number} 栏）",
        rows=[row if index < above or _across(row) else _only(row, start, end) for index, row in enumerate(sheet.rows)],
        merged=[one for one in sheet.merged if one[0] < above or (start <= one[1] and one[3] < end)],
        unvalued=frozenset(one for one in sheet.unvalued if start <= one[1] < end),
    )


def _across(row: Sequence[Any]) -> bool:
    """Whether a row is one line across the whole list: a batch, a total, a note."""
    cells = header.filled(row)
    return len(cells) == 1 and not is_firm_name(cells[0]) and not is_code(cells[0])


def _only(row: Sequence[Any], start: int, end: int) -> list[Any]:
    return [cell if place >= start else "" for place, cell in enumerate(row[:end])]
