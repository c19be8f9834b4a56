"""Stage 3: cells become values. What cannot be read is named as a problem and left out, never guessed."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from crm.imports.kinds import Problem, Row, text
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
        self.readers: list[tuple[str, int, Callable[[Any], Any]]] = [
            (key, column, _remembering(table.kind.field(key).clean)) for key, column in table.columns.items()
        ]

    def row(self, number: int, cells: list[Any], batch: str = "", day: dates.Day | None = None) -> Row:
        """The row of these cells; every field that says something is in its values."""
        row = Row(self.table.sheet, number, cells, batch=batch, batch_on=day)
        for key, column, reader in self.readers:
            if column >= len(cells):
                continue
            value, message = reader(cells[column])
            if message:
                row.problems.append(Problem(self.table.header_of(key), text(cells[column])[:SHOWN], message))
            elif key == "name":
                row.name, row.former = value.name, value.former
            elif key == "code":
                row.code = value
            elif value is not None and value != "":
                row.values[key] = value
        if isinstance(row.code, Code) and row.code.reason and row.code.kind != "blank":
            written = text(cells[self.table.columns["code"]])[:SHOWN]
            row.problems.append(Problem(self.table.header_of("code"), written, row.code.reason))
        return row


def _remembering(reader: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, str]]:
    """The reader, answering (value, problem) and remembering recent cells: dates and kinds repeat by the thousand."""

    @lru_cache(maxsize=4096)
    def read(cell: Any, of: str) -> tuple[Any, str]:
        try:
            return reader(cell), ""
        except ValueError as error:
            return None, str(error)

    return lambda cell: read(cell, type(cell).__name__)
