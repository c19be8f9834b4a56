"""Many firms as columns: what ``models/rules/assess/firm.py`` says of one firm, said of all of them at once.

A frame has one row for each firm and columns by the flat names of figures (`rd_expense_2025`, `ip.class1_self`,
`titles.hnte`), float64: NaN is missing, OPEN a declaration left open on purpose, yes and no are 1 and 0. `registered`
is a day number (date.toordinal), `rd_institution_level` its place in LEVELS, `industry_code` text.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.rules.assess.firm import (
    NATIONAL_FIVE,
    NATIONAL_THREE,
    NO_RANK,
    PROVINCIAL_THREE,
    Firm,
)
from models.rules.assess.names import DECLARED, LEVELS, OTHER_TITLES, PROVINCIAL, TITLES
from models.rules.assess.reading import Value

Floats = npt.NDArray[np.float64]
Answers = npt.NDArray[np.int8]
#: Least and greatest of every row.
Pair = tuple[Floats, Floats]
OPEN = -1.0
YES, NO, UNSURE = np.int8(1), np.int8(0), np.int8(-1)
_LEVEL_NAMES = {LEVELS[name]: name for name in ("none", "own", "city", "provincial", "national")}
_USUAL = {name: usual for name, (_, usual) in DECLARED.items()} | dict.fromkeys((*TITLES, *OTHER_TITLES), False)
_TEXT = {"industry_code"}
_BOOLEAN = frozenset({*_USUAL, "strategic_industry", "market_position_ok", "key_link_ok"})


def frame_of(firms: Sequence[Mapping[str, Value]]) -> pd.DataFrame:
    """The frame of firms that were read one by one (flat values as ``reading.flatten`` gives them)."""
    names = dict.fromkeys(name for firm in firms for name in firm)
    return pd.DataFrame({name: _column(name, [firm.get(name, np.nan) for firm in firms]) for name in names},
                        index=range(len(firms)))  # fmt: skip


def _column(name: str, values: list[Any]) -> list[Any]:
    if name in _TEXT:
        return [value if isinstance(value, str) else None for value in values]
    return [_number(value) for value in values]


def _number(value: Value | float) -> float:
    if value is None:
        return OPEN
    if isinstance(value, date):
        return float(value.toordinal())
    return float(LEVELS[value]) if isinstance(value, str) else float(value)


class Columns:
    """The firms of a frame on a day, with the questions that the rules ask of a `Firm`."""

    def __init__(self, frame: pd.DataFrame, on: date) -> None:
        self.frame = frame
        self.on = on
        self.rows = len(frame)
        self.names = frozenset(frame.columns)
        self._kept: dict[str, Floats] = {}

    def raw(self, name: str) -> Floats:
        """A column as it stands; all missing when it is not there."""
        if name not in self._kept:
            self._kept[name] = (
                self.frame[name].to_numpy(dtype=np.float64, copy=False)
                if name in self.names
                else np.full(self.rows, np.nan)
            )
        return self._kept[name]

    def of_year(self, name: str, back: int) -> Floats:
        """A yearly column so many years back."""
        return self.raw(f"{name}_{self.on.year - back}")

    def figure(self, name: str, back: int = 0) -> Pair:
        """Least and greatest value of a figure in every row."""
        special = _SPECIAL.get(name)
        if special is not None:
            return special(self, back)
        return known_or_not(self.of_year(name, back) if back else self.raw(name))

    def dated(self, name: str, first: int, second: int) -> Floats:
        """A figure that need not say its year."""
        found = self.raw(name)
        for back in (first, second):
            other = self.of_year(name, back)
            found = np.where(found >= 0, found, np.where(np.isnan(other), found, other))
        return found

    def amount(self, name: str) -> Pair:
        """A sum whose absence means 0; open on purpose it may be any."""
        found = np.nan_to_num(self.raw(name), nan=0.0)
        is_open = found == OPEN
        return np.where(is_open, 0.0, found), np.where(is_open, np.inf, found)

    def rank(self, *columns: Floats) -> Pair:
        """The best rank of several."""
        best, worst = (np.full(self.rows, float(NO_RANK)) for _ in range(2))
        for column in columns:
            given = np.where(column >= 1, column, float(NO_RANK))
            worst = np.minimum(worst, given)
            best = np.minimum(best, np.where(column == OPEN, 1.0, given))
        return best, worst

    def lives(self, back: int) -> npt.NDArray[np.bool_]:
        """Whether the firm had this accounting year; every one has, of which nobody knows since when it is there."""
        registered = self.raw("registered")
        end = float(date(self.on.year - back, 12, 31).toordinal())
        return np.isnan(registered) | (registered <= end)

    def declared(self, name: str) -> Answers:
        """Yes, no or unsure in every row."""
        special = _DECLARED.get(name)
        return special(self) if special is not None else self.plain(name)

    def plain(self, name: str) -> Answers:
        """A declaration as it stands: missing is the ordinary case where there is one."""
        found = self.raw(name)
        missing = (YES if _USUAL[name] else NO) if name in _USUAL else UNSURE
        answers = np.where(found == 1, YES, np.where(found == 0, NO, UNSURE))
        return np.where(np.isnan(found), missing, answers).astype(np.int8)

    def industry_outside(self, divisions: tuple[str, ...]) -> Answers:
        """Whether the division of the industry code is not one of these; a missing code is."""
        if "industry_code" not in self.names:
            return np.full(self.rows, YES)
        inside = self.frame["industry_code"].astype("string").str[:2].isin(divisions)
        return np.where(inside.fillna(False).to_numpy(dtype=bool), NO, YES).astype(np.int8)

    def firm(self, row: int) -> Firm:
        """One row as the exact evaluator reads it."""
        return Firm(_Row(self, row), self.on)


class _Row(Mapping[str, Value]):
    """The flat values of one row, each made when it is asked for: a float as the shortest decimal that prints it."""

    def __init__(self, columns: Columns, row: int) -> None:
        self._columns = columns
        self._row = row

    def __getitem__(self, name: str) -> Value:
        if name in _TEXT:
            text = self._columns.frame[name].iat[self._row] if name in self._columns.names else None
            if isinstance(text, str):
                return text
        elif name in self._columns.names:
            number = float(self._columns.raw(name)[self._row])
            if number == number:
                return _exact(name, number)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._columns.names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _exact(name: str, number: float) -> Value:
    if name == "registered":
        return date.fromordinal(int(number))
    if number == OPEN and not name.startswith("net_assets"):
        return None
    if name == "rd_institution_level":
        return _LEVEL_NAMES[int(number)]
    return number == 1 if name in _BOOLEAN else Fraction(Decimal(repr(number)))


def known_or_not(values: Floats) -> Pair:
    """A column as pairs: what is missing may be anything."""
    missing = np.isnan(values)
    return np.where(missing, -np.inf, values), np.where(missing, np.inf, values)


def _either(one: Answers, two: Answers) -> Answers:
    return np.where((one == YES) | (two == YES), YES, np.minimum(one, two)).astype(np.int8)


def _revenue(columns: Columns, back: int) -> Pair:
    own = columns.of_year("operating_revenue", back)
    return known_or_not(np.where(np.isnan(own), columns.of_year("sales_revenue", back), own))


def _net_assets(columns: Columns, back: int) -> Pair:
    written = columns.of_year("net_assets", back)
    made = columns.of_year("total_assets", back) - columns.of_year("total_liabilities", back)
    return known_or_not(np.where(np.isnan(written), made, written))


def _whole(whole: str, part: str) -> Callable[[Columns, int], Pair]:
    """A count that is at least as many as a part of it."""

    def find(columns: Columns, _: int) -> Pair:
        written, few = columns.raw(whole), columns.raw(part)
        missing = np.isnan(written)
        return np.where(missing, np.nan_to_num(few, nan=0.0), written), np.where(missing, np.inf, written)

    return find


def _part(part: str, whole: str) -> Callable[[Columns, int], Pair]:
    """A count that is at most as many as what it is a part of."""

    def find(columns: Columns, _: int) -> Pair:
        written, many = columns.raw(part), columns.raw(whole)
        missing = np.isnan(written)
        return np.where(missing, 0.0, written), np.where(missing, np.nan_to_num(many, nan=np.inf), written)

    return find


def _transferred(columns: Columns, _: int) -> Pair:
    written = columns.raw("ip.class1_transferred")
    return np.nan_to_num(written, nan=0.0), np.nan_to_num(written, nan=np.inf)


def _equity_three(columns: Columns, _: int) -> Pair:
    three = columns.raw("equity_paid_in.three_years")
    low, high = columns.amount("equity_paid_in.two_years")
    given = np.maximum(three, low)
    return (
        np.where(np.isnan(three) | (three == OPEN), low, given),
        np.where(np.isnan(three), high, np.where(three == OPEN, np.inf, given)),
    )


def _days(columns: Columns, _: int) -> Pair:
    return known_or_not(float(columns.on.toordinal()) - columns.raw("registered"))


_SPECIAL: dict[str, Callable[[Columns, int], Pair]] = {
    "revenue": _revenue,
    "net_assets": _net_assets,
    "staff_total": lambda columns, _: known_or_not(columns.dated("staff_total", 1, 0)),
    "tech_staff": lambda columns, _: known_or_not(columns.dated("tech_staff", 1, 0)),
    "staff_total_now": lambda columns, _: known_or_not(columns.dated("staff_total", 0, 1)),
    "tech_staff_now": lambda columns, _: known_or_not(columns.dated("tech_staff", 0, 1)),
    "segment_years": lambda columns, _: known_or_not(columns.dated("segment_years", 1, 0)),
    "market_share": lambda columns, _: known_or_not(columns.dated("market_share", 1, 0)),
    "rd_domestic_three_years": lambda columns, _: known_or_not(columns.dated("rd_domestic_three_years", 1, 0)),
    "conversions_three_years": lambda columns, _: known_or_not(columns.dated("conversions_three_years", 1, 0)),
    "market_rank": lambda columns, _: columns.rank(columns.dated("market_rank", 1, 0)),
    "quality_score": lambda columns, _: known_or_not(columns.raw(f"quality_score_{columns.on.year}")),
    "class1_self": _whole("ip.class1_self", "ip.class1_high_value"),
    "class1_transferred": _transferred,
    "class1_high_value": _part("ip.class1_high_value", "ip.class1_self"),
    "class2_any": _whole("ip.class2_any", "ip.class2_kept_two_years"),
    "class2_kept": _part("ip.class2_kept_two_years", "ip.class2_any"),
    "equity_two_years": lambda columns, _: columns.amount("equity_paid_in.two_years"),
    "equity_three_years": _equity_three,
    "days_registered": _days,
    "national_award_rank": lambda columns, _: columns.rank(columns.raw(NATIONAL_THREE)),
    "national_award_rank_five": lambda columns, _: columns.rank(
        columns.raw(NATIONAL_FIVE), columns.raw(NATIONAL_THREE)
    ),
    "provincial_award_rank": lambda columns, _: columns.rank(
        columns.raw(PROVINCIAL_THREE), columns.raw(NATIONAL_THREE)
    ),
}


def _tech_or_innovative(columns: Columns) -> Answers:
    parts = _either(columns.plain("titles.tech_sme"), columns.plain("titles.innovative_sme"))
    return _either(columns.plain("titles.tech_or_innovative_sme"), parts)


def _institution(columns: Columns) -> Answers:
    level = np.nan_to_num(columns.raw("rd_institution_level"), nan=0.0)
    return np.where(level == OPEN, UNSURE, np.where(level >= PROVINCIAL, YES, NO)).astype(np.int8)


def _award(columns: Columns) -> Answers:
    best, worst = columns.figure("provincial_award_rank")
    none = float(NO_RANK)
    return np.where(worst < none, YES, np.where(best < none, UNSURE, NO)).astype(np.int8)


def _field(columns: Columns) -> Answers:
    said = columns.raw("hightech_field_ok")
    income = np.where(columns.of_year("hightech_income", 1) > 0, YES, UNSURE)
    return np.where(np.isnan(said), income, np.where(said == 1, YES, np.where(said == 0, NO, UNSURE))).astype(np.int8)


def _not_excluded(columns: Columns) -> Answers:
    excluded = columns.plain("industry_excluded")
    return np.where(excluded == UNSURE, UNSURE, np.int8(1) - excluded).astype(np.int8)


_DECLARED: dict[str, Callable[[Columns], Answers]] = {
    "titles.tech_or_innovative_sme": _tech_or_innovative,
    "rd_institution_provincial": _institution,
    "award_within_three_years": _award,
    "hightech_field_ok": _field,
    "industry_not_excluded": _not_excluded,
}
