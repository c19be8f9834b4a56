"""A firm as the rules look at it: its flat values on a day, defaults taken and named, implied bounds drawn.

Every number is an interval: [n, n] is known, (-inf, inf) unknown; a count of which only a part is known has a lower
bound, so that one Ⅰ类 item is enough even when nobody counted the others.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from math import inf
from typing import NamedTuple

from models.rules.assess.names import DECLARED, EQUITY, LEVELS, PROVINCIAL, RANKS, TITLES
from models.rules.assess.reading import Value

#: Exact; floats are only ever the two infinities.
Number = Fraction | float
#: The rank of somebody without one: behind every limit.
NO_RANK = Fraction(10**9)


class Interval(NamedTuple):
    """The least and the greatest a number can be."""

    low: Number
    high: Number

    @property
    def known(self) -> bool:
        """Whether it is one finite number."""
        return self.low == self.high and isinstance(self.low, Fraction)

    @property
    def value(self) -> Fraction | None:
        """The number; None when it is not known."""
        return self.low if self.low == self.high and isinstance(self.low, Fraction) else None


UNKNOWN = Interval(-inf, inf)
SOME = Interval(Fraction(0), inf)
ZERO = Fraction(0)


def exactly(value: Fraction | int) -> Interval:
    """The interval of one number."""
    number = Fraction(value)
    return Interval(number, number)


class Firm:
    """One firm's values on a day. Reads nothing but what it was given; `values` is not changed."""

    __slots__ = ("groups", "on", "values", "year")

    def __init__(self, values: Mapping[str, Value], on: date, groups: frozenset[str] = frozenset()) -> None:
        self.values = values
        self.on = on
        self.year = on.year - 1
        self.groups = groups

    def changed(self, changes: Mapping[str, Value]) -> "Firm":
        """The same firm with other values."""
        return Firm({**self.values, **changes}, self.on, self.groups)

    # --- numbers ------------------------------------------------------------------------------------------------

    def figure(self, name: str, back: int = 0) -> Interval:
        """A number by name; `back` is how many years before the day's year it belongs to, 0 for none."""
        if name in _SPECIAL:
            return _SPECIAL[name](self, back)
        return self._raw(self.key(name, back))

    def key(self, name: str, back: int) -> str:
        """The flat name of a figure so many years back: rd_expense_2025."""
        return f"{name}_{self.on.year - back}" if back else name

    def _raw(self, key: str) -> Interval:
        value = self.values.get(key)
        return Interval(value, value) if isinstance(value, Fraction) else UNKNOWN

    def dated(self, name: str, first: int, second: int) -> Interval:
        """A figure that need not say its year: without one, else of the year `first` back, else `second` back."""
        return self._raw(self.dated_key(name, first, second))

    def dated_key(self, name: str, first: int, second: int) -> str:
        """The flat name under which such a figure stands; the bare name when it stands nowhere."""
        for key in (name, f"{name}_{self.on.year - first}", f"{name}_{self.on.year - second}"):
            if isinstance(self.values.get(key), Fraction):
                return key
        return name

    def revenue_key(self, back: int) -> str:
        """Under which name the 营业收入 of a year stands: operating_revenue, sales_revenue when that is missing."""
        key = self.key("operating_revenue", back)
        return key if isinstance(self.values.get(key), Fraction) else self.key("sales_revenue", back)

    def declared_amount(self, key: str) -> Interval:
        """A sum whose absence means 0; open on purpose is unknown."""
        if key in self.values:
            return self._raw(key) if self.values[key] is not None else SOME
        return exactly(0)

    def rank(self, *keys: str) -> Interval:
        """The best rank of several; one that is missing is no rank, one left open could be any."""
        best, worst = NO_RANK, NO_RANK
        for key in keys:
            value = self.values.get(key, NO_RANK)
            if value is None:
                best = min(best, Fraction(1))
            elif isinstance(value, Fraction):
                best, worst = min(best, value), min(worst, value)
        return Interval(best, worst)

    @property
    def registered(self) -> date | None:
        """The day of registration."""
        value = self.values.get("registered")
        return value if isinstance(value, date) else None

    def years(self, most: int = 3) -> Iterator[int]:
        """How many years back the accounting years lie that the firm has, latest first; `most` when nobody knows."""
        first = self.registered.year if self.registered else 0
        return (back for back in range(1, most + 1) if self.on.year - back >= first)

    # --- yes or no ----------------------------------------------------------------------------------------------

    def declared(self, name: str) -> bool | None:
        """Yes, no, or None for unknown; what is missing is taken as the ordinary case where there is one."""
        special = _DECLARED.get(name)
        if special is not None:
            return special(self)
        value = self.values.get(name, _MISSING)
        if isinstance(value, bool):
            return value
        if value is None or name not in _DEFAULTS:
            return None
        return _DEFAULTS[name]

    @property
    def industry_division(self) -> str | None:
        """The first two digits of the industry code."""
        code = self.values.get("industry_code")
        return code[:2] if isinstance(code, str) else None

    def expert(self, part: str) -> int | None:
        """The points experts gave for a part."""
        value = self.values.get(f"expert_points.{part}")
        return int(value) if isinstance(value, Fraction) else None

    # --- what was taken for granted -----------------------------------------------------------------------------

    def assumed(self) -> list[str]:
        """The declarations that are missing and were taken as the ordinary case, in the order of the contract."""
        found = [] if "compliance_ok" in self.values else ["compliance_ok"]
        found += ["awards"] if "awards" not in self.groups and not any(key in self.values for key in RANKS) else []
        found += [
            name for name in ("rd_institution_level", "standard_led_within_five_years") if name not in self.values
        ]
        found += self._missing("equity_paid_in", EQUITY)
        found += [
            name
            for name in ("first_time_applicant", "dishonest_or_withdrawn_within_three_years")
            if name not in self.values
        ]
        found += self._missing("titles", TITLES)
        found += [name for name in ("industry_excluded", "resident") if name not in self.values]
        if "hightech_field_ok" not in self.values and self.declared("hightech_field_ok"):
            found.append("hightech_field_ok")
        return found

    def _missing(self, group: str, members: Mapping[str, str]) -> list[str]:
        absent = [key for key in members if key not in self.values]
        if "titles.tech_or_innovative_sme" in absent and {"titles.tech_sme", "titles.innovative_sme"} & set(
            self.values
        ):
            absent.remove("titles.tech_or_innovative_sme")
        return [group] if absent and group not in self.groups else absent


_MISSING = object()
_DEFAULTS: dict[str, bool] = {name: usual for name, (_, usual) in DECLARED.items()} | dict.fromkeys(
    (*TITLES, "titles.tech_sme", "titles.innovative_sme", "titles.innovation_demo_firm", "titles.ip_advantage_firm",
     "titles.ip_demo_firm"), False,
)  # fmt: skip
NATIONAL_THREE = "awards.national_rank_within_three_years"
NATIONAL_FIVE = "awards.national_rank_within_five_years"
PROVINCIAL_THREE = "awards.provincial_rank_within_three_years"


def _net_assets(firm: Firm, back: int) -> Interval:
    """Assets less liabilities at the end of the year (195号 三（七）4), where nobody wrote the difference itself."""
    written = firm._raw(firm.key("net_assets", back))
    assets, debts = firm._raw(firm.key("total_assets", back)), firm._raw(firm.key("total_liabilities", back))
    if written.known or assets.value is None or debts.value is None:
        return written
    return exactly(assets.value - debts.value)


def _class1_self(firm: Firm, _: int) -> Interval:
    written, high = firm._raw("ip.class1_self"), firm._raw("ip.class1_high_value")
    return written if written.known else Interval(high.low if high.known else ZERO, inf)


def _class1_high_value(firm: Firm, _: int) -> Interval:
    written, own = firm._raw("ip.class1_high_value"), firm._raw("ip.class1_self")
    return written if written.known else Interval(ZERO, own.high)


def _class2_any(firm: Firm, _: int) -> Interval:
    written, kept = firm._raw("ip.class2_any"), firm._raw("ip.class2_kept_two_years")
    return written if written.known else Interval(kept.low if kept.known else ZERO, inf)


def _class2_kept(firm: Firm, _: int) -> Interval:
    written, every = firm._raw("ip.class2_kept_two_years"), firm._raw("ip.class2_any")
    return written if written.known else Interval(ZERO, every.high)


def _class1_transferred(firm: Firm, _: int) -> Interval:
    written = firm._raw("ip.class1_transferred")
    return written if written.known else SOME


def _equity_three(firm: Firm, _: int) -> Interval:
    """What was paid in within two years was paid in within three."""
    key = "equity_paid_in.three_years"
    two = firm.declared_amount("equity_paid_in.two_years")
    if key not in firm.values:
        return two
    three = firm._raw(key).value
    return Interval(two.low, inf) if three is None else exactly(max(three, two.low))  # type: ignore[arg-type]


def _days_registered(firm: Firm, _: int) -> Interval:
    return exactly((firm.on - firm.registered).days) if firm.registered else UNKNOWN


def _market_rank(firm: Firm, _: int) -> Interval:
    return firm.rank(firm.dated_key("market_rank", 1, 0))


_SPECIAL: dict[str, Callable[[Firm, int], Interval]] = {
    "revenue": lambda firm, back: firm._raw(firm.revenue_key(back)),
    "net_assets": _net_assets,
    # The accounting year counts, except where the current year is asked for.
    "staff_total": lambda firm, _: firm.dated("staff_total", 1, 0),
    "tech_staff": lambda firm, _: firm.dated("tech_staff", 1, 0),
    "staff_total_now": lambda firm, _: firm.dated("staff_total", 0, 1),
    "tech_staff_now": lambda firm, _: firm.dated("tech_staff", 0, 1),
    "segment_years": lambda firm, _: firm.dated("segment_years", 1, 0),
    "market_share": lambda firm, _: firm.dated("market_share", 1, 0),
    "market_rank": _market_rank,
    "rd_domestic_three_years": lambda firm, _: firm.dated("rd_domestic_three_years", 1, 0),
    "conversions_three_years": lambda firm, _: firm.dated("conversions_three_years", 1, 0),
    "quality_score": lambda firm, _: firm._raw(f"quality_score_{firm.on.year}"),
    "class1_self": _class1_self,
    "class1_transferred": _class1_transferred,
    "class1_high_value": _class1_high_value,
    "class2_any": _class2_any,
    "class2_kept": _class2_kept,
    "equity_two_years": lambda firm, _: firm.declared_amount("equity_paid_in.two_years"),
    "equity_three_years": _equity_three,
    "days_registered": _days_registered,
    "national_award_rank": lambda firm, _: firm.rank(NATIONAL_THREE),
    # Won within three years is won within five; an award of the state is one of a province or better.
    "national_award_rank_five": lambda firm, _: firm.rank(NATIONAL_FIVE, NATIONAL_THREE),
    "provincial_award_rank": lambda firm, _: firm.rank(PROVINCIAL_THREE, NATIONAL_THREE),
}


def _either(first: bool | None, second: bool | None) -> bool | None:
    if first or second:
        return True
    return None if first is None or second is None else False


def _tech_or_innovative(firm: Firm) -> bool | None:
    written = firm.values.get("titles.tech_or_innovative_sme", _MISSING)
    parts = _either(firm.declared("titles.tech_sme"), firm.declared("titles.innovative_sme"))
    if written is _MISSING:
        return parts
    return _either(written if isinstance(written, bool) else None, parts)


def _institution(firm: Firm) -> bool | None:
    level = firm.values.get("rd_institution_level", "none")
    return LEVELS[level] >= PROVINCIAL if isinstance(level, str) else None


def _award(firm: Firm) -> bool | None:
    rank = firm.rank(PROVINCIAL_THREE, NATIONAL_THREE)
    if rank.high < NO_RANK:
        return True
    return None if rank.low < NO_RANK else False


def _field(firm: Firm) -> bool | None:
    """Said by somebody; else implied by 高新技术产品（服务）收入, which by definition is income of those fields."""
    value = firm.values.get("hightech_field_ok", _MISSING)
    if value is not _MISSING:
        return value if isinstance(value, bool) else None
    income = firm._raw(firm.key("hightech_income", 1)).value
    return True if income is not None and income > 0 else None


def _not_excluded(firm: Firm) -> bool | None:
    excluded = firm.values.get("industry_excluded", False)
    return not excluded if isinstance(excluded, bool) else None


_DECLARED = {
    "titles.tech_or_innovative_sme": _tech_or_innovative,
    "rd_institution_provincial": _institution,
    "award_within_three_years": _award,
    "hightech_field_ok": _field,
    "industry_not_excluded": _not_excluded,
}
