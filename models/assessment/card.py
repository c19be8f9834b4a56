"""达标对照: every title at once for one firm, each condition with its values, their sources and what is nearest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from fractions import Fraction
from typing import Any

from models.assessment.bridge import Inputs, Known
from models.rules.assess.answer import answer_of
from models.rules.assess.book import CONFIDENCE, REGIMES, Book, Points, Test
from models.rules.assess.judge import ELIGIBLE, NOT_ELIGIBLE, UNKNOWN, Judge, Range
from models.rules.assess.measures import MEASURES
from models.rules.assess.names import NUMBERS, RANKS, label_of, with_year
from models.rules.assess.reading import Value, number
from models.rules.assess.shelf import Shelf
from models.rules.assess.sources import figures_behind
from models.rules.assess.wording import decimal, short_by, shortfall, shown, wanted
from models.rules.judgement import LEVEL_NAMES

#: What the pages call the titles.
NAMES = {
    "tech_sme": "科技型中小企业",
    "innovative_sme": "创新型中小企业",
    "srdi_sme": "专精特新中小企业",
    "little_giant": "专精特新“小巨人”企业",
    "hnte": "高新技术企业",
}
MET = {True: "达到", False: "差", None: "不明"}
#: How many of the nearest changes are shown of each title.
NEAREST = 5


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure behind a condition: its value in words and where it comes from; nothing known: empty words."""

    key: str
    label: str
    words: str
    source: str = ""
    year: int | None = None
    on: date | None = None
    note: str = ""
    row_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One condition: met, not met or unknown, and why, with what it rests on."""

    key: str
    label: str
    met: bool | None
    why: str
    basis: str
    facts: Sequence[Fact]

    @property
    def word(self) -> str:
        """达到, 差 or 不明."""
        return MET[self.met]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of points: what it gives now, at most, and what the next bracket asks for."""

    label: str
    points: str
    most: int
    next: str


@dataclass(frozen=True, slots=True)
class Step:
    """One of the nearest changes in words, with the values a trial would start from; whether it is enough alone."""

    words: str
    trial: Mapping[str, str]
    enough: bool


@dataclass(slots=True)
class Part:
    """One title on the card."""

    regime: str
    verdict: str
    gaps: int
    hopeless: bool
    total: int | None
    most: int | None
    held: str
    book: Book | None
    lines: list[Line] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    nearest: list[Step] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    direct: list[str] = field(default_factory=list)
    suggested: list[int] | None = None
    caution: str = ""

    @property
    def name(self) -> str:
        """What the page calls the title."""
        return NAMES[self.regime]

    @property
    def word(self) -> str:
        """已达标, 差 n 项, 不明 or 不符合."""
        if self.verdict == NOT_ELIGIBLE:
            return "不符合" if self.hopeless else f"差 {self.gaps} 项"
        return {ELIGIBLE: "已达标", UNKNOWN: "不明"}[self.verdict]

    @property
    def colour(self) -> str:
        """The chip of the word; empty for 不明, which is no light."""
        if self.verdict == NOT_ELIGIBLE:
            return "red" if self.hopeless else "yellow"
        return "green" if self.verdict == ELIGIBLE else ""

    @property
    def short(self) -> list[Line]:
        """The conditions that fail."""
        return [line for line in self.lines if line.met is False]

    @property
    def done(self) -> list[Line]:
        """The conditions that are met."""
        return [line for line in self.lines if line.met]

    @property
    def open(self) -> list[Line]:
        """The conditions nobody knows."""
        return [line for line in self.lines if line.met is None]


@dataclass(slots=True)
class Card:
    """Every title of one firm on a day, and what was taken for granted."""

    parts: list[Part]
    #: Keys of declarations that were taken as the ordinary case.
    assumed: list[str]
    #: Figures to ask the firm for, each once: key → label.
    ask: dict[str, str]
    refused: list[str]


def card_of(inputs: Inputs, shelf: Shelf, changes: Mapping[str, Value] | None = None) -> Card:
    """The card of one firm from what is known of it, with changes laid over it. No statements."""
    parts, assumed = [], []
    for regime in REGIMES:
        judged = inputs.judged(regime, changes)
        parts.append(_part(regime, inputs, shelf, changes or {}))
        assumed += judged.assumed()
    ask = {key: label_of(key, inputs.on.year - 1) for part in parts for key in part.unknown}
    return Card(parts, list(dict.fromkeys(assumed)), ask, inputs.refused)


def nearest_of(inputs: Inputs, shelf: Shelf, regime: str) -> str:
    """The cheapest change that would mend a failing condition, in words; empty where no figure mends one."""
    book = shelf.in_force(regime, inputs.on)
    steps = answer_of(regime, book, inputs.judged(regime), shelf.efforts)["nearest"]
    return str(steps[0]["text"]) if steps else ""


def labels_of(shelf: Shelf, regime: str, on: date) -> dict[str, str]:
    """What the conditions of a title are called on a day."""
    book = shelf.in_force(regime, on)
    return {condition.key: condition.label for condition in book.conditions} if book else {}


def _part(regime: str, inputs: Inputs, shelf: Shelf, changes: Mapping[str, Value]) -> Part:
    book, judged = shelf.in_force(regime, inputs.on), inputs.judged(regime, changes)
    answer = answer_of(regime, book, judged, shelf.efforts)
    failing = [key for key, condition in answer["conditions"].items() if condition["met"] is False]
    mendable = {change["condition"] for change in answer["nearest"]}
    held = inputs.known.get(f"titles.{regime}")
    part = Part(
        regime, answer["verdict"], len(failing), not set(failing) <= mendable, answer["total"], answer["max"],
        held.note if held and held.value is True else "", book,
        unknown=list(answer["unknown"]), suggested=answer.get("suggested"), caution=answer.get("caution", ""),
    )  # fmt: skip
    if book is None or not book.scoring:
        return part
    judge = Judge(book, judged)
    known = {**inputs.of(regime), **{name: Known(value, "试算") for name, value in changes.items()}}
    part.lines = [
        Line(
            condition.key, condition.label, answer["conditions"][condition.key]["met"],
            answer["conditions"][condition.key]["why"],
            f"{condition.source}（{CONFIDENCE[condition.confidence]}）",
            facts_of(figures_behind(judge, condition), known, inputs.on),
        )
        for condition in book.conditions
    ]  # fmt: skip
    part.items = _items(judge, answer)
    part.nearest = [_step(change) for change in answer["nearest"][:NEAREST]]
    labels = {route.key: route.label for route in book.direct}
    part.direct = [labels[key] for key in answer["direct"] or ()]
    return part


# --- where values come from --------------------------------------------------------------------------------------


def facts_of(names: Sequence[str], known: Mapping[str, Known], on: date) -> list[Fact]:
    """The figures by these names with their sources; one that nobody gave has no words."""
    found = []
    for name in names:
        have = known.get(name)
        label = label_of(name, on.year - 1)
        if have is None:
            found.append(Fact(name, label, ""))
        else:
            words = value_words(name, have.value)
            found.append(Fact(name, label, words, have.source, have.year, have.on, have.note, have.row_id))
    return found


def value_words(name: str, value: Value) -> str:
    """A value as an officer reads it: 300 万元, 12%, 是, 2018-03-01, 还不清楚."""
    if value is None:
        return "还不清楚"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return LEVEL_NAMES.get(value, value)
    if isinstance(value, date):
        return value.isoformat()
    key, _ = with_year(name)
    if key == "market_share":
        return f"{decimal(value * 100)}%"
    unit = NUMBERS[key].unit if key in NUMBERS else ("名" if name in RANKS else "万元")
    return f"{_grouped(value)} {unit}"


def typed_words(name: str, text: str) -> str:
    """A value as it was typed for a trial, as an officer reads it."""
    if text in ("yes", "no"):
        return "是" if text == "yes" else "否"
    found = number(text.replace(",", "").replace("，", ""))
    if found is None:
        return text
    return value_words(name, Fraction(found) / (100 if with_year(name)[0] == "market_share" else 1))


def _grouped(value: Fraction) -> str:
    return f"{Decimal(decimal(value)):,f}"


# --- points ------------------------------------------------------------------------------------------------------


def _items(judge: Judge, answer: Mapping[str, Any]) -> list[Item]:
    """Each item that figures give points for, then the bands of an expert's part."""
    found = [
        Item(item.label, _span(judge.points[item.key], answer["sub"].get(item.key)), item.most, _next(judge, item))
        for item in judge.book.points
        if item.key != judge.book.total
    ]
    for band in judge.book.bands:
        given = answer["bands"].get(band.key)
        words = "由人判断" if given is None else _span(Range(*given), None)
        found.append(Item(band.label, words, band.most, _next(judge, band)))
    return found


def _span(points: Range, certain: int | None) -> str:
    if certain is not None or points.low == points.high:
        return str(points.low if certain is None else certain)
    return f"{points.low}～{points.high}"


def _next(judge: Judge, item: Points) -> str:
    """What the next bracket up asks for; empty at the top, and where other items decide."""
    answers = [judge.test(step.test) for step in item.steps]
    reached = next((place for place, met in enumerate(answers) if met), len(answers))
    now = item.steps[reached].high if reached < len(answers) else item.otherwise
    for place in range(reached - 1, -1, -1):
        step = item.steps[place]
        if step.high > now:
            gives = f"{step.high} 分" if step.low == step.high else f"{step.low}～{step.high} 分"
            return f"{_asked(judge, step.test)}，得 {gives}"
    return ""


def _asked(judge: Judge, test: Test) -> str:
    if not test.measure:
        return label_of(test.declared)
    measure, limit = MEASURES[test.measure], judge.limit(test)
    if limit is None:
        return measure.label
    edge, value = shown(measure, limit), judge.measure(test.measure).value
    said = f"{measure.label}{wanted(test, edge)}"
    if value is None:
        return said
    gap = shortfall(test.comparison, shown(measure, value), edge)
    return f"{said}（{short_by(measure, gap)}）" if gap else said


# --- what is nearest ---------------------------------------------------------------------------------------------


def _step(change: Mapping[str, Any]) -> Step:
    trial: dict[str, str] = {}
    for one in (change, *change.get("together", ())):
        if one["figure"] == "on":
            continue
        if isinstance(one["to"], bool):
            trial[one["figure"]] = "yes" if one["to"] else "no"
        else:
            trial[one["figure"]] = _typed(one["figure"], one["to"], one["from"])
    return Step(change["text"], trial, change.get("verdict") == ELIGIBLE)


def _typed(figure: str, to: float, start: float | None) -> str:
    """The value as one would type it: never short of what is needed."""
    number = Decimal(str(to)) * (100 if with_year(figure)[0] == "market_share" else 1)
    rounding = ROUND_UP if start is None or to > start else ROUND_DOWN
    return f"{number.quantize(Decimal('0.01'), rounding).normalize():f}"
