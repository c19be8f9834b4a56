"""Values that stand only in the first row of a group, as a sheet with merged cells leaves them when it is saved as
text: a town, a batch, a year, a day above all the firms it belongs to."""

from itertools import pairwise
from typing import Any

from crm.imports.kinds import text
from crm.imports.recognise.table import Table

#: Columns that a list may give once for many rows; never names, codes or numbers.
GROUPED = ("street", "batch", "year", "issued_on", "ends_on")
#: At least so much of the column is blank, or blanks mean that nothing is known.
BLANK = 2 / 3


def fill_groups(table: Table) -> None:
    """Put the value of a group into each of its rows. Only in lists of titles, and only where the column looks like it:
    filled in the first row, mostly blank, each value another than the one before."""
    name = table.columns.get("name")
    if name is None or table.kind.title_type is None or table.blocks:
        return
    rows = [row for row in table.rows[table.first :] if _at(row, name)]
    for key in GROUPED:
        column = table.columns.get(key)
        if column is not None and _grouped([_at(row, column) for row in rows]):
            _fill(rows, column)


def _grouped(cells: list[str]) -> bool:
    said = [cell for cell in cells if cell]
    if not said or not cells[0] or len(cells) - len(said) < BLANK * len(cells):
        return False
    return all(before != after for before, after in pairwise(said))


def _fill(rows: list[list[Any]], column: int) -> None:
    value: Any = ""
    for row in rows:
        if _at(row, column):
            value = row[column]
        elif column < len(row):
            row[column] = value
        else:
            row += [""] * (column - len(row)) + [value]


def _at(row: list[Any], column: int) -> str:
    return text(row[column]) if column < len(row) else ""
