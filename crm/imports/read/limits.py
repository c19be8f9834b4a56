"""What reading allows, and how it refuses."""

from dataclasses import dataclass, field
from typing import Any

from models.errors import Refused

MOST_BYTES = 60 * 1024 * 1024
#: What a workbook may become when unpacked; 150,000 register rows need about a quarter of it.
MOST_UNPACKED = 400 * 1024 * 1024
#: Cells of all sheets together, blank ones within their range counted.
MOST_CELLS = 10_000_000
MOST_RECORDS = 1_048_576
MOST_SHEETS = 300
MOST_MERGED = 200_000
#: Characters that the cells of a workbook may hold together, those they share counted each time.
MOST_TEXT = 200_000_000
LONGEST_CELL = 200_000

SAVE_AS = "请在表格软件里打开，另存为 xlsx 后再传"
LOCKED = "文件设了打开密码，请去掉密码后再传"
BROKEN = "文件不完整或已损坏，打不开。请重新下载或重新保存后再传"
TOO_MUCH = "文件解开后太大，不能导入。请删去多余的表和空行后再传"


class ImportRefused(Refused):
    """A file or sheet that cannot be imported; the message says why and what to do."""


@dataclass(slots=True)
class Sheet:
    """Cells as they stand in the file: rows[0] is the row a person sees as row 1 (of a CSV file: record 1)."""

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    #: First row, first column, last row, last column of each merged range, counted from 0.
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    #: Row and column, counted from 0, of formulas that the file holds no value of.
    unvalued: frozenset[tuple[int, int]] = frozenset()
    #: What an officer should know about how the file was read.
    notes: tuple[str, ...] = ()
    #: Where the header stands and the data begin, where that is known before (`recognise.header.find`).
    head: tuple[tuple[int, ...], int] | None = None
