"""Bars drawn by the server: one row for each thing counted, in one or several parts, each part leading to what it
counts (docs/decisions/0019). The numbers stand in a table beneath, which the template makes of the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

#: Where bars begin and end, and how far apart rows are: on a phone the picture is as wide as this.
LEFT, RIGHT, ROW = 88, 300, 25
WIDTH = 340
#: A part that counts anything is at least a sliver.
LEAST = 3.0
GAP = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a bar: its class, what it is called, how many, and where that leads."""

    key: str
    name: str
    count: int
    url: str
    x: float = 0.0
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, its parts from the left, and where the sum is written."""

    name: str
    pieces: Sequence[Piece]
    url: str = ""
    y: float = 0.0
    end: float = 0.0

    @property
    def count(self) -> int:
        """The sum of its parts."""
        return sum(piece.count for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything to draw."""

    label: str
    bars: Sequence[Bar]
    height: int
    width: int = WIDTH
    #: Class and name of the parts, for the words above and the heads of the table.
    keys: Sequence[tuple[str, str]] = field(default_factory=tuple)


def draw(label: str, bars: Sequence[Bar]) -> Chart:
    """The bars to scale, the longest as wide as there is room."""
    most = max((bar.count for bar in bars), default=0) or 1
    drawn, keys = [], {}
    for place, bar in enumerate(bars):
        x, pieces = float(LEFT), []
        for piece in bar.pieces:
            keys[piece.key] = piece.name
            width = max(LEAST, round((RIGHT - LEFT) * piece.count / most, 1)) if piece.count else 0.0
            pieces.append(Piece(piece.key, piece.name, piece.count, piece.url, round(x, 1), width))
            x += width + GAP if width else 0
        drawn.append(Bar(bar.name, pieces, bar.url, 4 + place * ROW, round(x + 4, 1)))
    return Chart(label, drawn, len(bars) * ROW + 6, keys=tuple(keys.items()))
