"""The cells of a file that a person would call readable and that nothing was made of, each with the reason."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm.imports.kinds import text
from crm.imports.kinds.ledger.cells import says_nothing

if TYPE_CHECKING:
    from crm.imports.plan import Plan

NO_HOME = "这一列没有对应的项目，原样留在导入的行里"
LINE_NUMBER = "行号"
_NUMBERS = re.compile(r"(?:序|编|行)号?|NO\.?|#", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unread:
    """One cell: its row as a person counts, the header over it, why nothing was made of it."""

    sheet: str
    row: int
    column: int
    header: str
    why: str


def unread_cells(plan: "Plan") -> Iterator[Unread]:
    """The cells of the plan's rows, before they are staged, that say something and were not read. Rows that are held
    wait for a person with all their cells; a ruined code is a cell not read, as its row says."""
    tables = {table.sheet: table for table in plan.tables}
    for one in plan.rows:
        table, row = tables[one.row.sheet], one.row
        places = {column: key for key, column in table.columns_at(row.row).items()}
        wrong = {problem.column: problem.message for problem in row.problems if not problem.read}
        for column, cell in enumerate(row.cells):
            if says_nothing(cell):
                continue
            header = table.headers[column] if column < len(table.headers) else ""
            if column not in places:
                why = LINE_NUMBER if _is_line_number(header, cell) else NO_HOME
                yield Unread(row.sheet, row.row, column, header, why)
            elif message := wrong.get(table.header_of(places[column])):
                yield Unread(row.sheet, row.row, column, header, message)


def _is_line_number(header: str, cell: Any) -> bool:
    return _NUMBERS.fullmatch(header.rpartition("/")[2]) is not None and text(cell).isdigit()


def by_column(plan: "Plan") -> list[dict[str, Any]]:
    """How many cells of each column were not read, by reason, the most first; columns of line numbers left out."""
    counts = Counter((one.sheet, one.header, one.why) for one in unread_cells(plan) if one.why != LINE_NUMBER)
    return [
        {"sheet": sheet, "column": header, "cells": number, "why": why}
        for (sheet, header, why), number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
