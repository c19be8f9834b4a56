"""Where the ribbons of the flow lie: geometry for the server-made picture, to scale, movers only."""

from dataclasses import dataclass

from models.figures.flow import Flow, band
from models.rules.ladder import BOARD, MOVE_NAMES, RUNG_NAMES, Move, Rung

WIDTH, LEFT, RIGHT, BAR = 348, 84, 252, 7
#: Height all movers share, the least height of a bar, and the room a label needs.
ROOM, LEAST, LABEL, GAP = 250, 2, 40, 6
OFF = "off"
#: From top to bottom on either side.
STARTS = (*reversed(BOARD), OFF)
ENDS = (*reversed(BOARD), Rung.REGISTERED, Rung.OUTSIDE)
NAMES = {**RUNG_NAMES, Rung.TECH_SME: "科技型", Rung.HNTE: "高企", OFF: "新进", Rung.OUTSIDE: "迁出注销"}


@dataclass(slots=True)
class Post:
    """One bar at the edge, with its label: all firms that stand there, movers or not."""

    key: str
    name: str
    x: float
    y: float
    height: float
    count: int
    figure: str | None
    filled: float = 0

    @property
    def middle(self) -> float:
        """Where its label stands: beside the bar, but never above the picture."""
        return self.y + max(self.height / 2, 9)


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Firms that made the same move between two bars."""

    figure: str
    move: str
    text: str
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything to draw."""

    width: int
    height: int
    starts: list[Post]
    ends: list[Post]
    ribbons: list[Ribbon]


def draw(flow: Flow) -> Picture:
    """The picture of a flow; without movers it has no ribbons."""
    moved: dict[tuple[str, str, str], int] = {}
    for step, number in flow.steps.items():
        if step.move is not Move.UNCHANGED:
            key = band(step)
            moved[key] = moved.get(key, 0) + number
    scale = ROOM / max(flow.movers, 1)
    starts = _posts(flow, moved, STARTS, scale, start=True)
    ends = _posts(flow, moved, ENDS, scale, start=False)
    height = max((post.y + max(post.height, LABEL) for post in (*starts.values(), *ends.values())), default=0)
    order = sorted(moved, key=lambda key: (STARTS.index(key[1]), ENDS.index(key[2]), key[0]))
    ribbons = [_ribbon(key, moved[key], starts[key[1]], ends[key[2]], scale) for key in order]
    return Picture(WIDTH, round(height + 4), list(starts.values()), list(ends.values()), ribbons)


def _posts(
    flow: Flow, moved: dict[tuple[str, str, str], int], keys: tuple[str, ...], scale: float, *, start: bool
) -> dict[str, Post]:
    posts: dict[str, Post] = {}
    y = 4.0
    for key in keys:
        through = sum(number for ends, number in moved.items() if ends[1 if start else 2] == key)
        if key in (OFF, Rung.REGISTERED, Rung.OUTSIDE) and not through:
            continue
        height = max(through * scale, LEAST)
        if key == OFF:
            count, figure = through, "move.entered"
        elif key in (Rung.REGISTERED, Rung.OUTSIDE):
            count, figure = through, None
        else:
            count = flow.count(old=Rung(key)) if start else flow.count(new=Rung(key))
            figure = f"rung_with_pending.{key}"
        if key == OFF and through != flow.count(move=Move.ENTERED):
            figure = None  # some of them have returned
        posts[key] = Post(str(key), NAMES[key], LEFT if start else RIGHT - BAR, y, round(height, 1), count, figure)
        y += max(height, LABEL) + GAP
    return posts


def _ribbon(key: tuple[str, str, str], number: int, start: Post, end: Post, scale: float) -> Ribbon:
    thick = max(number * scale, 0.8)
    top, bottom = start.y + start.filled, end.y + end.filled
    start.filled += number * scale
    end.filled += number * scale
    left, right = start.x + BAR, end.x
    middle = (left + right) / 2
    path = (
        f"M{left} {top:.1f}C{middle} {top:.1f} {middle} {bottom:.1f} {right} {bottom:.1f}"
        f"V{bottom + thick:.1f}C{middle} {bottom + thick:.1f} {middle} {top + thick:.1f} {left} {top + thick:.1f}Z"
    )
    old = "在册或区外" if key[1] == OFF else RUNG_NAMES[key[1]]
    text = f"{old}到{RUNG_NAMES[key[2]]}，{MOVE_NAMES[key[0]]} {number:,} 家"
    return Ribbon(f"band.{'.'.join(key)}", key[0], text, number, path)
