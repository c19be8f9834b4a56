"""Stage 3: cells become values. What cannot be read is named as a problem and left out, never guessed."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from crm.imports.kinds import MASK, Problem, Row, text
from crm.imports.recognise import Table, body
from models.rules import dates
from models.rules.uscc import Code

#: Longest text that is shown as the value of a problem.
SHOWN = 80


def clean(table: Table) -> Iterator[Row]:
    """The data rows of a table with their values and problems, one by one."""
    cleaner = Cleaner(table)
    for number, cells, batch, day in body(table):
        yield cleaner.row(number, cells, batch, day)


class Cleaner:
    """Makes rows of one table; equal cells are read once."""

    def __init__(self, table: Table) -> None:
        self.table = table
        used = [*table.columns, *(key for block in table.blocks for key in block.columns)]
        self._cleaners = {key: _remembering(table.kind.field(key).clean) for key in used}
        self.readers = self._readers(table.columns)
        self._blocks = {block.first: self._readers(block.columns) for block in table.blocks}

    def _readers(self, columns: Mapping[str, int]) -> list[tuple[str, int, Callable[[Any], Any]]]:
        return [(key, column, self._cleaners[key]) for key, column in columns.items()]

    def _readers_at(self, number: int) -> list[tuple[str, int, Callable[[Any], Any]]]:
        """How the cells of a row are read: further down another header may put the columns in another order."""
        if not self._blocks:
            return self.readers
        first = max((first for first in self._blocks if first <= number), default=None)
        return self.readers if first is None else self._blocks[first]

    def row(self, number: int, cells: list[Any], batch: str = "", day: dates.Day | None = None) -> Row:
        """The row of these cells; every field that says something is in its values."""
        row = Row(self.table.sheet, number, cells, batch=batch, batch_on=day)
        for key, column, reader in self._readers_at(number):
            if column >= len(cells):
                continue
            value, message = reader(cells[column])
            if self.table.unvalued and (number, column) in self.table.unvalued:
                message = "公式没有存下算出的值，请在表格软件里打开、保存后再传"
            if message:
                row.problems.append(self._problem(key, cells[column], message))
            elif key == "name":
                row.name, row.former, row.together = value.name, value.former, value.together
            elif key == "code":
                row.code = value
            elif value is not None and value != "":
                row.values[key] = value
        if isinstance(row.code, Code) and row.code.reason and row.code.kind != "blank":
            written = text(cells[self.table.columns_at(number)["code"]])[:SHOWN]
            row.problems.append(Problem(self.table.header_of("code"), written, row.code.reason))
        return row

    def _problem(self, key: str, cell: Any, message: str) -> Problem:
        """What is wrong with a cell; of a person's the value is not told."""
        field = self.table.kind.field(key)
        if field.personal:
            return Problem(self.table.header_of(key), MASK, message.replace(text(cell) or MASK, MASK))
        return Problem(self.table.header_of(key), text(cell)[:SHOWN], message)


def _remembering(reader: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, str]]:
    """The reader, answering (value, problem) and remembering recent cells: dates and kinds repeat by the thousand."""

    @lru_cache(maxsize=4096)
    def read(cell: Any, of: str) -> tuple[Any, str]:
        try:
            return reader(cell), ""
        except ValueError as error:
            return None, str(error)

    return lambda cell: read(cell, type(cell).__name__)
