"""The numbers of an edition: each slot counted as its rows, by the same figures as every page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from models.base import db
from models.figures import registry
from models.figures.base import Figure, Kind, Period, Share
from models.figures.scope import Scope
from models.figures.units import scope_of
from models.report.rows import Row, printed
from models.rules import report as rules
from models.rules.report import Span
from models.rules.report_words import WHEN, change, split


@dataclass(frozen=True, slots=True)
class Counted:
    """One slot: what it counts, over which days, and its rows."""

    slot: str
    figure: Figure
    period: Period
    ids: tuple[int, ...]
    #: Of a ratio, the rows of the whole; of a change, those lost.
    other: tuple[int, ...] = ()

    @property
    def value(self) -> int:
        """The number; of a ratio its part."""
        return len(self.ids) - len(self.other) if self.figure.kind is Kind.CHANGE else len(self.ids)

    @property
    def whole(self) -> int | None:
        """A ratio's whole; None for another kind."""
        return len(self.other) if self.figure.kind is Kind.RATIO else None

    @property
    def rows(self) -> tuple[int, ...]:
        """Every id it opens into."""
        return (*self.ids, *self.other) if self.figure.kind is Kind.CHANGE else self.ids

    @property
    def words(self) -> str:
        """As it stands in a sentence."""
        if self.figure.kind is Kind.RATIO:
            return Share(len(self.ids), len(self.other)).words
        return change(self.value, 0) if self.figure.kind is Kind.CHANGE else f"{self.value:,}"

    @property
    def on_words(self) -> str:
        """The day or days it speaks of."""
        if self.figure.kind in (Kind.STOCK, Kind.EVER):
            return f"截至 {self.period.on}"
        return f"{self.period.first} 至 {self.period.on}"

    def sentence(self, where: str) -> str:
        """It as a sentence to copy."""
        if self.figure.kind is Kind.RATIO:
            return self.figure.share_sentence(self.period, Share(len(self.ids), len(self.other)), where)
        return self.figure.sentence(self.period, self.value, where)


@dataclass
class Counter:
    """Counts slots of one period for the bureau or for one unit, each once."""

    span: Span
    unit_id: int | None
    on: date
    month_from: int
    known: Mapping[str, Figure] = field(default_factory=registry.all_figures)
    found: dict[str, Counted | None] = field(default_factory=dict)

    def get(self, slot: str) -> Counted | None:
        """What a slot counts; None for a figure that does not exist. A statement (two for ratios and changes)."""
        if slot not in self.found:
            self.found[slot] = self._count(slot)
        return self.found[slot]

    def name(self, slot: str) -> str:
        """The Chinese name of a slot; empty for one that does not exist."""
        key, when, _ = split(slot)
        if key not in self.known:
            return ""
        return f"{WHEN[when]}·{self.known[key].name}" if when else self.known[key].name

    def period(self, when: str = "") -> Period:
        """The days of its own period, or of another (WHEN): up to the day of counting; a plan's days to the end."""
        found = {
            "": lambda: self.span,
            "before": lambda: rules.before(self.span, self.month_from),
            "after": lambda: rules.after(self.span, self.month_from),
            "year_before": lambda: rules.year_before(self.span, self.month_from),
        }[when]()
        return Period(found.first - rules.DAY, found.last)

    def _count(self, slot: str) -> Counted | None:
        key, when, place = split(slot)
        figure = self.known.get(key)
        if figure is None:
            return None
        period = self.period(when)
        # Nobody knows what will stand on a day to come; what is planned for it is known.
        if not key.startswith("plan.") and period.on > self.on:
            period = replace(period, on=max(self.on, period.since))
        return counted(slot, figure, period, self._scope(key, place, period.on))

    def _scope(self, key: str, place: str, on: date) -> Scope:
        kind, _, number = place.partition(":")
        if kind == "area":
            return Scope(area_id=int(number))
        unit_id = int(number) if kind == "unit" else self.unit_id
        return Scope() if unit_id is None else scope_of(key, unit_id, on)


def counted(slot: str, figure: Figure, period: Period, scope: Scope) -> Counted:
    """A figure's rows for a period and scope."""
    if figure.kind is Kind.CHANGE and figure.gained is not None and figure.lost is not None:
        gained, lost = _ids(figure.gained(period, scope)), _ids(figure.lost(period, scope))
        return Counted(slot, figure, period, gained, lost)
    whole = _ids(figure.whole(period, scope)) if figure.whole is not None else ()
    return Counted(slot, figure, period, _ids(figure.rows(period, scope)), whole)


def rows_of(found: Counted) -> list[Row]:
    """What is printed of the rows a slot counts."""
    return printed(found.figure.of, found.rows)


def names(counter: Counter, slots: Iterable[str]) -> dict[str, str]:
    """The names of slots, each once: where two have the same, the later ones bear their key beside it."""
    found: dict[str, str] = {}
    for slot in slots:
        name = counter.name(slot)
        if name:
            found[slot] = f"{name}（{split(slot)[0]}）" if name in found.values() else name
    return found


def _ids(rows: object) -> tuple[int, ...]:
    return tuple(sorted(row[0] for row in db.session.execute(rows)))  # type: ignore[call-overload]
