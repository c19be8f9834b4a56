"""The rows of data: what is left when blank rows, batch rows, repeated headers, totals and footers are passed over."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crm.imports.kinds import Kind, is_code, is_firm_name, text
from crm.imports.recognise import columns, header
from crm.imports.recognise.facts import BATCH, batch_of
from crm.imports.recognise.header import FOOTER, filled, plain
from crm.imports.recognise.table import Block, Table
from models.rules import dates

_TOTAL = re.compile(r"^(?:合计|总计|共计|小计)")
#: What stands in names and codes and hardly ever in a header.
_NO_WORD = re.compile(r"[0-9０-９]|公司.|(?<=..)公司$|[厂店社部院所]$")
#: A header word is no longer than this.
LONGEST_WORD = 24


def body(table: Table) -> Iterator[tuple[int, list[Any], str, dates.Day | None]]:
    """The data rows: number, cells, and the batch and day of the batch row above."""
    batch, day = table.facts.batch, table.facts.day
    words = {plain(cell) for cell in table.headers if cell} | {plain(cell.rpartition("/")[2]) for cell in table.headers}
    for index in range(table.first, len(table.rows)):
        cells = table.rows[index]
        said = [cell for cell in cells if cell not in ("", None) and (not isinstance(cell, str) or cell.strip())]
        if not said:
            continue
        places = table.columns_at(index + 1) if table.blocks else table.columns
        if len(said) <= 2 and not _is_data(cells, places.get("name", -1)) and not _fits(cells, places, table.kind):
            line = " ".join(text(cell) for cell in said)
            if BATCH.search(line) and not _TOTAL.match(line):
                batch, day = batch_of(line), dates.within(line) or day
            continue
        if _TOTAL.match(text(said[0])) or _same_as_header(said, words) or _begins(table, index):
            continue
        if any(column < len(cells) and cells[column] not in ("", None) for column in places.values()):
            yield index + 1, cells, batch, day


def blocks_of(table: Table) -> list[Block]:
    """Parts of the sheet below a header of their own that puts the columns in another order."""
    found: list[Block] = []
    name, code = table.columns.get("name", -1), table.columns.get("code", -1)
    for index in range(table.first, len(table.rows)):
        cells = table.rows[index]
        if not (_may_head(cells, name) and _may_head(cells, code)) or not _is_header(cells, table.kind):
            continue
        headers = [text(cell) for cell in cells]
        if [plain(word) for word in headers] == [plain(word.rpartition("/")[2]) for word in table.headers]:
            places = table.columns
        else:
            sample = [row for row in table.rows[index + 1 : index + 101] if len(filled(row)) > 1]
            places = columns.map_columns(table.kind, headers, sample)
            places = columns.settled(table.kind, places, headers, table.facts, sample)
        if all(any(key in places for key in group) for group in table.kind.needs):
            found.append(Block(index + 2, places))
    return found if any(block.columns != table.columns for block in found) else []


def fill_merged(table: Table) -> None:
    """Put the value of a range that is merged downwards into each of its rows, as a person sees it."""
    for top, left, bottom, right in table.merged:
        if bottom == top or top < table.first or top >= len(table.rows):
            continue
        cells = table.rows[top]
        value = cells[left] if left < len(cells) else ""
        if value in ("", None):
            continue
        for index in range(top + 1, min(bottom + 1, len(table.rows))):
            row = table.rows[index]
            if left < len(row) and row[left] in ("", None) and right - left < 3:
                row[left] = value


def _may_head(cells: Sequence[Any], column: int) -> bool:
    """A quick look whether a header word may stand in a column: no number, nothing long, no name of a firm."""
    if not 0 <= column < len(cells):
        return True
    cell = cells[column]
    return isinstance(cell, str) and len(cell) <= LONGEST_WORD and not _NO_WORD.search(cell)


def _is_header(cells: Sequence[Any], kind: Kind) -> bool:
    said = filled(cells)
    if len(said) < 2 or any(not isinstance(cell, str) or len(cell) > LONGEST_WORD for cell in said):
        return False
    hits = header.words(said, kind)
    return hits >= 2 and hits * 2 >= len(said) and not any(is_code(cell) for cell in said)


def _begins(table: Table, index: int) -> bool:
    return any(block.first == index + 2 for block in table.blocks)


def _is_data(cells: Sequence[Any], name: int) -> bool:
    """Whether a row of one or two cells is a data row: a name stands where names stand, or a code somewhere."""
    if 0 <= name < len(cells) and text(cells[name]):
        line = text(cells[name])
        if is_firm_name(cells[name]) and not FOOTER.match(line):
            return True
        if name > 0 and not FOOTER.match(line) and not BATCH.search(line) and not FOOTER.match(text(cells[0])):
            return True
    return any(is_code(cell) for cell in cells)


def _fits(cells: Sequence[Any], places: Mapping[str, int], kind: Kind) -> bool:
    """Whether beside what stands where names stand, another cell holds what its column holds: a branch with its number
    only. No footer is so, and no batch row."""
    name = places.get("name", -1)
    if not 0 <= name < len(cells) or not text(cells[name]) or FOOTER.match(text(cells[name])):
        return False
    if BATCH.search(text(cells[name])):
        return False
    others = [(kind.field(key).holds, column) for key, column in places.items() if column != name]
    return any(holds(cells[column]) for holds, column in others if holds and column < len(cells) and cells[column])


def _same_as_header(said: Sequence[Any], words: set[str]) -> bool:
    return len(said) > 1 and all(isinstance(cell, str) and plain(cell) in words for cell in said)
