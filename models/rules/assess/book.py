"""A rule book: the conditions of one title in one version, as data. ``book_reader`` makes one from a TOML file."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

#: What contracts.md names, in its order: (conditions, points in `sub`, bands) of every regime.
CONTRACT: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "tech_sme": (
        ("resident", "staff_cap", "sales_cap", "assets_cap", "industry", "compliance", "score", "staff_positive"),
        ("staff", "rd_by_sales", "rd_by_cost", "rd", "ip"),
        (),
    ),
    "innovative_sme": (
        ("compliance", "score", "innovation_floor", "growth_floor", "specialisation_floor"),
        ("ip", "rd", "innovation", "main_growth", "debt", "growth", "field", "main_share", "specialisation"),
        (),
    ),
    "srdi_sme": (
        ("title", "segment_years", "revenue_or_equity", "main_share", "debt", "rd", "ip", "market", "quality_score"),
        (),
        (),
    ),
    "little_giant": (
        ("title", "segment_years", "revenue", "main_share", "compound_growth", "debt", "rd_sum", "rd_share", "ip",
         "market", "field", "quality_score"),
        (),
        (),
    ),
    "hnte": (
        ("age", "ip", "field", "tech_staff", "rd_ratio", "rd_domestic", "hightech_income", "score", "compliance"),
        ("ip", "conversion", "organisation", "growth", "total"),
        ("ip_quantity", "ip_obtained", "conversion", "net_asset_growth", "sales_growth", "growth"),
    ),
}  # fmt: skip
REGIMES = tuple(CONTRACT)
CONFIDENCE = {
    "V": "已核原文",
    "S": "两处以上转述一致",
    "1": "仅一处转述",
    "M": "凭记忆，待核",
}
AT_LEAST, AT_MOST, MORE_THAN, LESS_THAN = "at_least", "at_most", "more_than", "less_than"
COMPARISONS = (AT_LEAST, AT_MOST, MORE_THAN, LESS_THAN)


@dataclass(frozen=True, slots=True)
class Test:
    """One question: a declaration that must be yes, an industry outside a list, or a measure or points against a limit.

    `tiers` are limits by another measure: (up to and including, limit), the last one open.
    """

    declared: str = ""
    industry_outside: tuple[str, ...] = ()
    measure: str = ""
    points: str = ""
    comparison: str = ""
    limit: Fraction = Fraction(0)
    tier_by: str = ""
    tiers: tuple[tuple[Fraction | None, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Sourced:
    """What every entry of a book has: its key, label, source and confidence (V, S, 1 or M, see rules.md)."""

    key: str
    label: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Condition(Sourced):
    """A condition: all of its tests must hold, or any of them. One of `unless` holds: they are not looked at. A direct
    route may stand in for it."""

    tests: tuple[Test, ...]
    every: bool = True
    unless: tuple[Test, ...] = ()
    replaced_by_direct: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What is given when the test holds and none before it did; `human`: a person has to decide within it."""

    test: Test
    low: int
    high: int
    human: bool = False


@dataclass(frozen=True, slots=True)
class Points(Sourced):
    """Points or a band: the first step that holds, the best or the sum of others, or what experts gave.

    Of an expert's part the figures suggest the sum of its bands, and up to `rest` more that no figure tells.
    """

    most: int
    steps: tuple[Step, ...] = ()
    otherwise: int = 0
    best_of: tuple[str, ...] = ()
    sum_of: tuple[str, ...] = ()
    expert: str = ""
    bands: tuple[str, ...] = ()
    rest: int = 0


@dataclass(frozen=True, slots=True)
class Route(Sourced):
    """A direct route or a trigger: one test."""

    test: Test


@dataclass(frozen=True, slots=True)
class Validity:
    """How long the title lasts, as ``models/rules/ladder.py`` reads it, and where that stands."""

    rule: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Book:
    """The rules of one title in one version, in force from a day to a day (None: until another one)."""

    regime: str
    version: str
    name: str
    documents: tuple[str, ...]
    effective_from: date
    effective_to: date | None
    validity: Validity
    scoring: bool = True
    most: int | None = None
    total: str = ""
    conditions: tuple[Condition, ...] = ()
    points: tuple[Points, ...] = ()
    bands: tuple[Points, ...] = ()
    direct: tuple[Route, ...] = ()
    triggers: tuple[Route, ...] = ()
    #: The file or row it was read from.
    origin: str = field(default="", compare=False)

    def in_force(self, on: date) -> bool:
        """Whether the book is in force on a day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    def test_keys(self) -> tuple[str, ...]:
        """The keys of its conditions; those of the contract when it does not score."""
        return tuple(condition.key for condition in self.conditions) or CONTRACT[self.regime][0]
