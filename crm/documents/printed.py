"""A list as bureaus print it: title, notes, numbered rows, one merged cell for a firm's rows, A4 landscape."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

#: East Asian faces of official documents; named, never shipped. A machine without them takes its own.
TITLE_FONT, HEAD_FONT, BODY_FONT = "方正小标宋简体", "黑体", "仿宋_GB2312"
LATIN_FONT = "Times New Roman"
#: Which column carries the firm, behind 序号.
FIRM = 1
#: Of A4 in landscape between its margins (millimetres).
PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 297, 210, 15


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed. `columns` are (heading, share of the width); `runs` the (first, last) rows of one firm."""

    title: str
    notes: Sequence[str]
    columns: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[str | int]]
    runs: Sequence[tuple[int, int]]
    watermark: str

    @property
    def covered(self) -> frozenset[int]:
        """Rows whose firm stands in a merged cell that began above."""
        return frozenset(row for first, last in self.runs for row in range(first + 1, last + 1))


def lines_of(text: str, room: int) -> int:
    """How many lines a text takes where `room` half-width characters fit."""
    return sum(max(1, ceil(width(line) / max(1, room))) for line in text.split("\n"))


def width(text: str) -> int:
    """The width of a text in half-width characters."""
    return sum(1 if ord(letter) < 0x2E80 and letter not in "“”‘’…—●▲■◇" else 2 for letter in text)
