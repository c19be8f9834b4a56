"""What an officer does with figures a firm handed in: adopt them one by one, or send them back with words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from models import clock
from models.errors import Refused
from models.firm import yearly
from models.firm_input.filling import doubts_of
from models.firm_input.known import Held, Register, register_of
from models.firm_input.record import WAYS, FirmInput, FirmInputFigure
from models.rules.firm_input import Cell
from models.user import User


@dataclass(frozen=True, slots=True)
class Line:
    """One figure under review: what is held, what the firm says, what was asked about, what would still count."""

    figure: FirmInputFigure
    #: What counts now for this year.
    held: Held | None
    #: Every other source of the same year.
    others: list[Held]
    #: What counts for the latest earlier year.
    earlier: Held | None
    #: (question, whether the firm said it is right).
    questions: list[tuple[str, bool]]
    #: What would count before it even when it is adopted.
    stays: Held | None

    @property
    def changes(self) -> bool:
        """Whether it says something else than what is held."""
        return self.figure.value is not None and (self.held is None or self.held.value != self.figure.value)


def lines_of(row: FirmInput) -> list[Line]:
    """Every figure of a request, screen by screen, with what an officer needs to decide. Two statements at most."""
    register = register_of(row.firm_id)
    asked: dict[Cell, list[tuple[str, bool]]] = {}
    for doubt in doubts_of(row, register):
        for cell in doubt.cells[:1]:
            asked.setdefault(cell, []).append((doubt.words, doubt.code in row.codes))
    figures = [figure for group in row.groups for figure in row.of_group(group.key)]
    return [_line(row, figure, register, asked) for figure in figures]


def _line(
    row: FirmInput, figure: FirmInputFigure, register: Register, asked: Mapping[Cell, list[tuple[str, bool]]]
) -> Line:
    held = register.of(figure.cell)
    on, source = row.submitted_on, WAYS[row.how or "link"]
    return Line(
        figure, held[0] if held else None, held[1:], register.last(figure.key, figure.year - 1),
        asked.get(figure.cell, []), register.stays(figure.cell, source, on) if on else None,
    )  # fmt: skip


def adopt(row: FirmInput, accepted: Collection[Cell], user: User, at: datetime) -> int:
    """The accepted values count from now on, with the way they came as their source; how many. The caller commits.
    Refused for a request that is not handed in, or when nothing is accepted."""
    if row.state != "submitted" or row.how is None or row.submitted_on is None:
        row.move("adopt", at, clock.local(at).date(), by=user, via="form")
        raise Refused("这份填报还没有提交")
    taken = [figure for figure in row.figures if figure.value is not None and figure.cell in accepted]
    if not taken:
        raise Refused("一项都没有采用。要企业重填请退回补正，不要了请作废")
    best = register_of(row.firm_id).best()
    for figure in row.figures:
        if figure.value is not None:
            figure.decision = "accepted" if figure in taken else "refused"
            figure.before = best.get(figure.cell)
    for figure in taken:
        kept = yearly.record(
            row.firm_id, figure.key, figure.year, Decimal(figure.value or 0), WAYS[row.how],
            approximate=figure.approximate, source_on=row.submitted_on, by_id=user.id,
        )  # fmt: skip
        kept.firm_input_id = row.id
    today = clock.local(at).date()
    row.move("adopt", at, today, by=user, via="form", words=f"采用 {len(taken)} 项")
    row.ended_on = today
    return len(taken)


def send_back(row: FirmInput, words: str, notes: Mapping[Cell, str], user: User, at: datetime) -> None:
    """The firm is asked again, with what is wrong in words; what it filled in stays for it to mend. A new link is sent
    afterwards. The caller commits. Refused without words."""
    said = [note for note in notes.values() if note.strip()]
    if not words.strip() and not said:
        raise Refused("请写要企业改什么")
    for figure in row.figures:
        figure.words = notes.get(figure.cell, "").strip()[:200]
    row.words = words.strip()
    row.move("return", at, clock.local(at).date(), by=user, via="form", words=words.strip() or "；".join(said))
    row.round += 1
    row.confirmed = "[]"
