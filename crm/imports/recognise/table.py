"""What recognising says about a sheet, and what a person may say against it."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crm.imports.kinds import Kind
from crm.imports.read import ImportRefused
from models.rules import dates

#: Why a sheet is read as it is, in an officer's words.
WHY = {"guess": "按标题、表头和内容认出", "asked": "按选定的种类", "learned": "按上次的认法", "person": "手工改过"}


@dataclass(slots=True)
class Facts:
    """What titles, sheet and file name say about all rows."""

    title: str = ""
    year: int | None = None
    #: A 公示: its titles are provisional.
    notice: bool = False
    #: A 公告, the strongest source.
    announced: bool = False
    batch: str = ""
    day: dates.Day | None = None
    #: Titles, name of the sheet and of the file.
    where: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """How a person said that a sheet is to be read; an empty kind: not at all. A field that columns does not name is
    still looked for."""

    kind: str
    columns: Mapping[str, int | None] = field(default_factory=dict)
    header_rows: tuple[int, ...] | None = None
    notice: bool | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """A choice made about a sheet with such a header, ready to be used: see models/import_mapping.py."""

    id: int
    kind: str
    cued: str
    words: tuple[str, ...]
    columns: Mapping[str, str | None]
    depth: int = 1
    notice: bool | None = None


@dataclass(slots=True)
class Block:
    """Part of a sheet below a header of its own: the first row of its data, as a person counts."""

    first: int
    columns: dict[str, int]


@dataclass(slots=True)
class Look:
    """What a page shows of a sheet, read or refused: opaque JSON once it is kept."""

    name: str
    headers: list[str]
    header_rows: list[int]
    #: One word for each column, by which a choice is remembered.
    words: list[str]
    cued: str
    #: The first cells of each column.
    samples: list[list[str]]
    kind: str = ""
    message: str = ""
    #: What an officer should know about how the file was read.
    notes: list[str] = field(default_factory=list)
    #: A sheet that the workbook hides: not read unless a person asks for it.
    hidden: bool = False


class Unrecognised(ImportRefused):
    """A sheet that is a table but cannot be imported as it stands; looks say what it holds, so that a person can."""

    def __init__(self, message: str, looks: list[Look] | None = None) -> None:
        super().__init__(message)
        self.looks = looks or []


def refuse(message: str, look: Look) -> Unrecognised:
    """The refusal of one sheet, with what it holds."""
    look.message = message
    return Unrecognised(message, [look])


@dataclass(slots=True)
class Table:
    """One sheet, understood."""

    sheet: str
    kind: Kind
    rows: list[list[Any]]
    #: As a person counts rows.
    header_rows: list[int]
    headers: list[str]
    #: Field → column, counted from 0.
    columns: dict[str, int]
    facts: Facts
    #: Where data begin, counted from 0.
    first: int
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    #: Parts further down whose header puts the columns in another order.
    blocks: list[Block] = field(default_factory=list)
    look: Look | None = None
    #: Row as a person counts and column of formulas that the file holds no value of.
    unvalued: frozenset[tuple[int, int]] = frozenset()
    #: guess, asked, learned or person: see WHY.
    by: str = "guess"
    learned_id: int | None = None

    def header_of(self, key: str) -> str:
        """What stands over the column of a field; its label when nothing does."""
        column = self.columns.get(key)
        found = self.headers[column] if column is not None and column < len(self.headers) else ""
        return found or self.kind.field(key).label

    def columns_at(self, row: int) -> dict[str, int]:
        """The columns of a row, as a person counts rows."""
        place = bisect_right(self.blocks, row, key=lambda block: block.first)
        return self.blocks[place - 1].columns if place else self.columns
