"""An edition as somebody reads it: issued from its copies, a draft from the records; only rows they may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.base import db
from models.errors import NotFound
from models.figures.base import Kind
from models.report import composing, drafting, late, reading
from models.report.composing import Beside, Composed
from models.report.content import Content, Listing, unpacked
from models.report.counting import rows_of
from models.report.reading import PAGE_SIZE, Rows
from models.report.record import Report, ReportPrint
from models.report.rows import HEADINGS, Row
from models.rules.report_words import split
from models.user import User

#: Rows of a list that stand in the document; the rest is one click away.
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Number:
    """One printed number with all that stands beside it."""

    slot: str
    name: str
    unit: str
    kind: str
    of: str
    definition: str
    value: int
    whole: int | None
    words: str
    on_words: str
    sentence: str
    beside: Beside


@dataclass
class Opened:
    """An edition with its numbers, in their order."""

    report: Report
    content: Content
    numbers: dict[str, Number]
    composed: Composed | None = None

    @property
    def main(self) -> list[Number]:
        """The numbers that are compared with the period before."""
        return [one for one in self.numbers.values() if not split(one.slot)[1] and not split(one.slot)[2]]

    def number(self, slot: str) -> Number:
        """One number, or NotFound."""
        if slot not in self.numbers:
            raise NotFound
        return self.numbers[slot]

    def rows(self, slot: str, user: User | None, number: int = 1, size: int = PAGE_SIZE) -> Rows:
        """A page of the rows behind a number, those this person may see. A fixed number of statements."""
        one = self.number(slot)
        if self.composed is None:
            return reading.rows_of(self.report.id, slot, one.of, user, number, size=size)
        return _page(reading.seen(rows_of(self.composed.figure(slot)), one.of, user), number, size)

    def listed(self, one: Listing, user: User | None, size: int = SHOWN) -> Rows:
        """The rows of a list of the document."""
        slot, how, about = _late(one.slot)
        if not how:
            return self.rows(slot, user, 1, size)
        if self.composed is None:
            return reading.rows_of(self.report.id, f"{slot}@{how}", one.of, user, about=about, size=size)
        for row in self.composed.followed:
            if (row.slot, row.about) == (slot, about):
                found = late.rows_late(row) if how == late.LATE else drafting.gone_rows(self.report, row)
                return _page(reading.seen(found, one.of, user), 1, size)
        return Rows([], 0)


def opened(report: Report, on: date) -> Opened:
    """The edition: of an issued one what was printed, of a draft what would be printed as of a day."""
    if report.issued:
        kept = db.session.get_one(ReportPrint, report.id)
        numbers = {
            row.slot: Number(
                row.slot, row.name, row.unit, row.kind, row.of, row.definition, row.value, row.whole, row.words,
                row.on_words, row.sentence,
                Beside(row.before_words, row.before_change, row.year_words, row.growth, row.target_words,
                       row.done_words),
            )
            for row in reading.figures_of(report.id)
        }  # fmt: skip
        return Opened(report, unpacked(kept.content), numbers)
    made = composing.compose(report, on)
    where = composing.where(report)
    numbers = {}
    for name in made.slots:
        one = made.figure(name)
        numbers[name] = Number(
            name, made.counter.name(name), one.figure.unit, one.figure.kind, one.figure.of, one.figure.definition,
            one.value, one.whole, one.words, one.on_words, one.sentence(where), made.beside.get(name, Beside()),
        )  # fmt: skip
    return Opened(report, made.content, numbers, made)


def figure_lines(found: Opened) -> list[tuple[str, str, str, str, str]]:
    """Every number with its days and definition, for a workbook."""
    return [(one.name, one.words, one.unit, one.on_words, one.definition) for one in found.numbers.values()]


def annexes(found: Opened, user: User | None, most: int = 100_000) -> list[tuple[str, str, Sequence[Row]]]:
    """The rows of every compared number that has any, as this person sees them."""
    told: list[tuple[str, str, Sequence[Row]]] = []
    for one in found.main:
        rows = found.rows(one.slot, user, 1, most).rows if one.value else []
        if rows and one.kind != Kind.EVER:
            told.append((one.name, one.of, rows))
    return told


def lists(found: Opened, user: User | None, most: int = 100_000) -> dict[str, list[Row]]:
    """The rows of every list of the document, as this person sees them."""
    return {one.slot: found.listed(one, user, most).rows for part in found.content.parts for one in part.lists}


def headings(of: str) -> tuple[str, ...]:
    """What is printed of rows of a kind."""
    return HEADINGS[of]


def _page(rows: list[Row], number: int, size: int) -> Rows:
    return Rows(rows[(number - 1) * size : number * size], len(rows))


def _late(slot: str) -> tuple[str, str, str]:
    parts = slot.split("@")
    if len(parts) >= 3 and parts[-2] in (late.LATE, late.GONE):
        return "@".join(parts[:-2]), parts[-2], parts[-1]
    return slot, "", ""
