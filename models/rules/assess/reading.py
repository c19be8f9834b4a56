"""A mapping of figures, as contracts.md writes it, becomes a flat set of checked values by their names.

`rd_expense: {2025: 300}` and `rd_expense_2025: 300` give the same key `rd_expense_2025`; `ip: {class2_any: 3}` gives
`ip.class2_any`. A figure that is missing is not in the set; None in the set is a declaration left open on purpose.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from models.rules import dates
from models.rules.assess.names import (
    ALIASES,
    DECLARED,
    EQUITY,
    GROUPS,
    JUDGEMENTS,
    LEVELS,
    NUMBERS,
    OTHER_TITLES,
    RANKS,
    TITLES,
    amount_problem,
    label_of,
    with_year,
)

#: What a flat value may be: a number, yes or no, a date, a word, or open on purpose.
Value = Fraction | bool | date | str | None
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_BOOLEANS = frozenset({*JUDGEMENTS, *DECLARED, *TITLES, *OTHER_TITLES})
_AMOUNTS = frozenset({*RANKS, *EQUITY})
#: Where null means that somebody left it open on purpose; elsewhere null is the same as missing.
_OPEN = frozenset({*DECLARED, *TITLES, *OTHER_TITLES, *RANKS, *EQUITY, "rd_institution_level", "market_rank"})


@dataclass(slots=True)
class Problem:
    """A value that cannot be: the figure's name, what was written, and why in an officer's words."""

    figure: str
    value: str
    message: str

    def __str__(self) -> str:
        label = label_of(self.figure)
        name = f"{label}（{self.figure}）" if label != self.figure else self.figure
        return f"{name}：{self.message}" + (f"，现在写的是“{self.value}”" if self.value else "")


@dataclass(slots=True)
class Flat:
    """The checked values of a firm, the groups that were written at all, names nobody knows, and what is wrong."""

    values: dict[str, Value] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    ignored: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, figure: str, value: object, message: str) -> None:
        """Keep that a value cannot be."""
        self.problems.append(Problem(figure, "" if value is None else str(value)[:40], message))

    def put(self, figure: str, value: Value) -> None:
        """Keep a value; two different ones for the same figure are a problem."""
        if figure in self.values and self.values[figure] != value:
            self.refuse(figure, None, "写了两个不同的数")
        self.values[figure] = value


def flatten(figures: Mapping[Any, object]) -> Flat:
    """Every figure of a firm by its flat name, checked; what is wrong stands in `problems`."""
    flat = Flat()
    for written, value in figures.items():
        name = ALIASES.get(str(written), str(written))
        if name in GROUPS:
            _group(flat, name, value)
        else:
            _one(flat, name, value)
    if not flat.problems:
        _contradictions(flat)
    return flat


def _group(flat: Flat, name: str, value: object) -> None:
    members = [key for key in (*NUMBERS, *RANKS, *EQUITY, *TITLES, *OTHER_TITLES) if key.startswith(f"{name}.")]
    if value is None:
        flat.groups.add(name)
        flat.values.update(dict.fromkeys((key for key in members if key in _OPEN), None))
    elif isinstance(value, Mapping):
        flat.groups.add(name)
        for key, inner in value.items():
            full = f"{name}.{key}"
            if full in members:
                _one(flat, full, inner)
            else:
                flat.ignored.append(full)
    else:
        flat.refuse(name, value, "应分项写，如 " + members[0].replace(".", ": {") + ": …}")


def _one(flat: Flat, name: str, value: object) -> None:
    figure, year = with_year(name)
    if figure in NUMBERS:
        if isinstance(value, Mapping):
            _years(flat, figure, value)
        elif NUMBERS[figure].yearly and year is None:
            if value is not None:
                flat.refuse(figure, value, f"要写明年份，如 {figure}_2025 或 {{2025: …}}")
        else:
            _number(flat, name, figure, value)
    elif name in _BOOLEANS:
        _yes_or_no(flat, name, value)
    elif name in _AMOUNTS:
        _number(flat, name, name, value)
    elif name == "rd_institution_level":
        _level(flat, value)
    elif name == "registered":
        _day(flat, value)
    elif name == "industry_code":
        _industry(flat, value)
    else:
        flat.ignored.append(name)


def _years(flat: Flat, figure: str, value: Mapping[object, object]) -> None:
    if not (NUMBERS[figure].yearly or NUMBERS[figure].dated):
        flat.refuse(figure, None, "不分年份，写一个数就行")
        return
    for key, inner in value.items():
        year = str(key).strip()
        if re.fullmatch(r"(?:19|20)\d\d", year):
            _number(flat, f"{figure}_{year}", figure, inner)
        else:
            flat.refuse(figure, key, "年份应是四位数字")


def number(value: object) -> Decimal | None:
    """The exact decimal somebody wrote; None when it is no number. A binary float is read as it prints."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal | int):
        return Decimal(value)
    if isinstance(value, float):
        value = repr(value)
    try:
        return Decimal(value.strip()) if isinstance(value, str) and _NUMBER.fullmatch(value.strip()) else None
    except InvalidOperation:
        return None


def _number(flat: Flat, key: str, figure: str, value: object) -> None:
    if value is None:
        if figure in _OPEN:
            flat.put(key, None)
        return
    found = number(value)
    if found is None:
        flat.refuse(key, value, "应是数字")
    elif problem := amount_problem(figure, found):
        flat.refuse(key, value, problem)
    else:
        flat.put(key, Fraction(found))


def _yes_or_no(flat: Flat, name: str, value: object) -> None:
    if value is None:
        if name in _OPEN:
            flat.put(name, None)
    elif isinstance(value, bool):
        flat.put(name, value)
    else:
        flat.refuse(name, value, "应写 true（是）或 false（否）")


def _level(flat: Flat, value: object) -> None:
    if value is None:
        flat.put("rd_institution_level", None)
    elif value is False:
        flat.put("rd_institution_level", "none")
    elif isinstance(value, str) and value.strip().lower() in LEVELS:
        flat.put("rd_institution_level", value.strip().lower())
    else:
        flat.refuse("rd_institution_level", value, "应是 " + "、".join(LEVELS) + " 之一")


def _day(flat: Flat, value: object) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, str):
        try:
            day = dates.parse(value)
        except ValueError:
            day = None
        value = day.first if day and day.precision == "day" else value
    if isinstance(value, date):
        flat.put("registered", value)
    else:
        flat.refuse("registered", value, "应是 2018-03-01 这样的日期")


def _industry(flat: Flat, value: object) -> None:
    if value is None:
        return
    code = str(value).strip().upper().lstrip("ABCDEFGHIJKLMNOPQRST")
    if re.fullmatch(r"\d{2,4}", code):
        flat.put("industry_code", code)
    else:
        flat.refuse("industry_code", value, "应是国民经济行业代码的 2 到 4 位数字")


def _contradictions(flat: Flat) -> None:
    for part, whole in (("class1_high_value", "class1_self"), ("class2_kept_two_years", "class2_any")):
        few, many = flat.values.get(f"ip.{part}"), flat.values.get(f"ip.{whole}")
        if isinstance(few, Fraction) and isinstance(many, Fraction) and few > many:
            flat.refuse(f"ip.{part}", few, f"不能多于{label_of(f'ip.{whole}')}（{many}）")
