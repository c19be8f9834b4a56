"""Which column holds what: the words of the header count most, what the cells hold confirms or contradicts."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from crm.imports.kinds import Field, Kind, text
from crm.imports.recognise.header import filled, plain
from crm.imports.recognise.table import Facts
from models.rules import amounts

SAMPLE = 200
#: Of what a field holds and a column: the share of its cells that look like it.
Shares = dict[tuple[Callable[[Any], bool], int], float]
#: From here on words and cells agree that a column holds a field.
SURE = 2.4


def sample_of(rows: list[list[Any]], first: int) -> list[list[Any]]:
    """Rows from all over the sheet, enough to see what its columns hold."""
    step = max(1, (len(rows) - first) // SAMPLE)
    return [row for row in rows[first::step] if len(filled(row)) > 1][: SAMPLE * 2] or rows[first : first + SAMPLE]


def score(
    kind: Kind, headers: list[str], cells: list[list[Any]], where: str, shares: Shares
) -> tuple[float, dict[str, int]]:
    """How much speaks for a kind, and its columns. `where` is what titles, sheet and file name say, `cells` what each
    column holds, `shares` what other kinds asked of these columns already."""
    columns, fits = _fitted(kind, headers, cells, shares)
    points = 3.0 * bool(re.search(kind.cues, where)) - 4.0 * bool(re.search(kind.against, where))
    for key in kind.marks:
        if key in columns:
            # Numbers speak for a kind by what they look like; a word such as 编号 over other numbers says nothing.
            points += 1.0 if not kind.field(key).tells else 2.0 if fits[key] >= SURE and cells[columns[key]] else 0.5
    return points, columns


def map_columns(kind: Kind, headers: list[str], sample: list[list[Any]]) -> dict[str, int]:
    """Field → column, the surest first: a header's words count most, what the cells hold confirms or contradicts."""
    return _fitted(kind, headers, cells_by_column(headers, sample), {})[0]


def _fitted(
    kind: Kind, headers: list[str], cells_of: list[list[Any]], shares: Shares
) -> tuple[dict[str, int], dict[str, float]]:
    """Field → column, and how surely."""
    sure = []
    for column, cells in enumerate(cells_of):
        header = plain(headers[column]) if column < len(headers) else ""
        for place, known in enumerate(kind.fields):
            points = _fit(known, header, column, cells, shares)
            if points >= 2:
                sure.append((-points, column, place, known.key))
    columns: dict[str, int] = {}
    fits: dict[str, float] = {}
    for points, column, _, key in sorted(sure):
        if key not in columns and column not in columns.values():
            columns[key], fits[key] = column, -points
    return columns, fits


def settled(
    kind: Kind, columns: dict[str, int], headers: list[str], facts: Facts, sample: list[list[Any]]
) -> dict[str, int]:
    """The columns, with those that the kind names by keys of its own."""
    return columns if kind.settle is None else kind.settle(columns, headers, facts, sample)


def cells_by_column(headers: list[str], sample: list[list[Any]]) -> list[list[Any]]:
    """The cells of each column that say anything, whatever the length of the rows."""
    import pandas as pd  # slow to load: only who imports a list waits for it

    width = max([len(headers), *map(len, sample)])
    # As objects: a frame would otherwise turn codes into numbers and dates into moments.
    frame = pd.DataFrame([[*row, *[""] * (width - len(row))] for row in sample], columns=range(width), dtype=object)
    said = frame.map(lambda cell: isinstance(cell, str) or not pd.isna(cell)) & ~frame.map(_says_nothing)
    return [frame.loc[said[column], column].tolist() for column in frame.columns]


def _says_nothing(cell: Any) -> bool:
    return not text(cell) or text(cell).upper() in amounts.NOTHING


def _fit(known: Field, header: str, column: int, cells: list[Any], shares: Shares) -> float:
    word = header.rpartition("/")[2] if not re.fullmatch(known.words, header) else header
    if re.fullmatch(known.words, header) or re.fullmatch(known.words, word):
        points = 4.0
    elif known.hints and re.search(known.hints, word):
        points = 2.5
    else:
        points = 0.0
    if known.holds is None or not cells or (header and not points and not known.tells):
        # What the cells hold names no column whose header says something else.
        return points
    share = shares.get((known.holds, column))
    if share is None:
        share = shares[known.holds, column] = _share(known.holds, cells)
    if share < 0.2 and points:
        return points - 2.0
    if known.tells or points:
        return points + (2.5 * share if share >= 0.5 else 0.0)
    # Content alone names a column only where nothing but its kind looks like that.
    return 1.0 + share if share >= 0.8 and not header else 0.0


def _share(holds: Callable[[Any], bool], cells: list[Any]) -> float:
    """The share of cells that look like something; equal cells are looked at once."""
    # 1 and 1.0 and True are equal and not alike.
    counts = Counter((type(cell), cell) for cell in cells)
    return sum(count for (_, cell), count in counts.items() if holds(cell)) / len(cells)
