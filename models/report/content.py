"""What an edition says, as one plain structure: page, Word and print are made of it, and an issued edition keeps it.

Numbers stand in it as printed, each with its slot, so that it opens. Rows of firms never stand in it: a list names its
slot, and each reader gets those of its rows that they may see.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; with a slot it is a number that opens."""

    text: str
    slot: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: what it is called, and its numbers."""

    name: str
    cells: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers side by side; the first heading is that of the names."""

    caption: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the rows of a slot: its caption, the headings, how many there are for the bureau."""

    slot: str
    caption: str
    of: str
    headings: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Part:
    """A section: heading, paragraphs, tables, lists."""

    key: str
    heading: str
    paragraphs: tuple[tuple[Piece, ...], ...] = ()
    tables: tuple[Table, ...] = ()
    lists: tuple[Listing, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """The whole edition."""

    title: str
    bureau: str
    #: 时点, and how far the numbers reach.
    as_of: str
    parts: tuple[Part, ...] = field(default=())

    @property
    def text(self) -> str:
        """Every paragraph, for who reads it as plain text."""
        lines = [self.title]
        for part in self.parts:
            lines.append(part.heading)
            lines += ["".join(piece.text for piece in paragraph) for paragraph in part.paragraphs]
        return "\n".join(lines)


def packed(content: Content) -> str:
    """The structure as it is kept."""
    return json.dumps(asdict(content), ensure_ascii=False)


def unpacked(text: str) -> Content:
    """The structure as it was kept."""
    said = json.loads(text)
    return Content(said["title"], said["bureau"], said["as_of"], tuple(_part(part) for part in said["parts"]))


def _part(said: dict[str, Any]) -> Part:
    return Part(
        said["key"], said["heading"],
        tuple(tuple(Piece(**piece) for piece in paragraph) for paragraph in said["paragraphs"]),
        tuple(
            Table(table["caption"], tuple(table["headings"]),
                  tuple(Line(line["name"], tuple(Piece(**cell) for cell in line["cells"])) for line in table["lines"]),
                  table["note"])
            for table in said["tables"]
        ),
        tuple(Listing(**{**one, "headings": tuple(one["headings"])}) for one in said["lists"]),
    )  # fmt: skip
