"""Which column holds which figure of which year, and which part of which title.

Such a column becomes a key of its own: `operating_revenue@2023@万` (figure, year, unit of bare numbers), `capital@@元`,
`title@hnte@number`."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crm.imports.kinds import Field, plain_text, text
from crm.imports.kinds.hnte import NUMBER
from crm.imports.kinds.ledger import cells, headers
from crm.imports.kinds.ledger.fields import REMARK, day_of
from models.firm.yearly import YEARLY
from models.rules import uscc
from models.rules.dates import Term, span
from models.rules.title_types import TITLE_TYPES
from models.title import TitleType

if TYPE_CHECKING:
    from crm.imports.recognise import Facts

_PART_NAMES = {"number": "编号", "issued_on": "认定日期", "ends_on": "有效期至", "mark": "（有没有）"}
_SHORT = {kind.key: kind.short for kind in TITLE_TYPES}
#: Parts of titles that a person can choose for a column whose header names none.
OFFERED = (
    "title@hnte@number",
    "title@hnte@issued_on",
    "title@hnte@ends_on",
    "title@hnte@mark",
    "title@tech_sme@mark",
    "title@srdi_sme@mark",
    "title@little_giant@mark",
    "title@@mark",
)
#: A column of levels is one by its header, or because most of its cells are levels.
_STREET = re.compile(r"街道|镇街|街镇|乡镇|属地|板块")
_LEVEL = re.compile(r"培育|层级|梯队|ABC|分级")


def settle(columns: dict[str, int], written: list[str], facts: "Facts", sample: list[list[Any]]) -> dict[str, int]:
    """The columns with those of figures and titles under keys of their own (see named); types of titles that the office
    made are found by their names."""
    kinds = TitleType.list_all()
    own = {kind.name: kind.key for kind in kinds}
    own |= {kind.short_name: kind.key for kind in kinds if len(kind.short_name) > 2}
    return named(columns, written, facts, sample, own)


def named(
    columns: dict[str, int], written: list[str], facts: "Facts", sample: list[list[Any]], own: Mapping[str, str]
) -> dict[str, int]:
    """The columns as settle gives them; `own`: name → key of title types. A figure that a person chose for a column
    keeps it; of two columns with the same figure and year, or the same part of a title, the first is right."""
    found = {key: column for key, column in columns.items() if key not in YEARLY}
    _drop_other_levels(found, written, sample)
    _street_before_park(found, written)
    taken = set(found.values())
    _figures(found, {column: key for key, column in columns.items() if key in YEARLY}, taken, written, facts)
    for column, header in enumerate(written):
        if column in taken:
            continue
        title = headers.title_of(header, own) or _by_content(column, sample)
        if title is not None and f"title@{title[0]}@{title[1]}" not in found:
            found[f"title@{title[0]}@{title[1]}"] = column
            taken.add(column)
    for column, header in enumerate(written):
        if column not in taken and REMARK.fullmatch(headers.plain(header).rpartition("/")[2]):
            found[f"note@{header.replace('@', '')}@"] = column
    capital = found.get("capital", len(written))
    unit = headers.money_unit(written[capital]) if capital < len(written) else "万"
    if unit != "万":
        del found["capital"]
        found[f"capital@@{unit}"] = capital
    return found


def _figures(
    found: dict[str, int], chosen: dict[int, str], taken: set[int], written: list[str], facts: "Facts"
) -> None:
    said = {tuple(key.split("@")[:2]) for key in found if "@" in key}
    for column, header in enumerate(written):
        key = None if column in taken else headers.figure_of(header) or chosen.get(column)
        year = headers.year_of(header, facts.year) if key else None
        if key and year and (key, str(year)) not in said:
            said.add((key, str(year)))
            found[f"{key}@{year}@{headers.unit_of(header, key)}"] = column
            taken.add(column)


def _street_before_park(found: dict[str, int], written: list[str]) -> None:
    """A column 所在园区 is the street's only where no other column names one."""
    column = found.get("street", -1)
    if not 0 <= column < len(written) or "园区" not in written[column] or _STREET.search(written[column]):
        return
    taken = set(found.values())
    other = next((place for place, word in enumerate(written) if place not in taken and _STREET.search(word)), None)
    if other is not None:
        found["street"] = other
        found.setdefault("park", column)


def _drop_other_levels(found: dict[str, int], written: list[str], sample: list[list[Any]]) -> None:
    column = found.get("care_level")
    if column is None or (column < len(written) and _LEVEL.search(written[column])):
        return
    said = [row[column] for row in sample if column < len(row) and not cells.says_nothing(row[column])]
    if sum(map(_is_level, said)) * 2 < len(said):
        del found["care_level"]


def _is_level(cell: Any) -> bool:
    try:
        return cells.care_level(cell) is not None
    except ValueError:
        return False


def _by_content(column: int, sample: list[list[Any]]) -> tuple[str, str] | None:
    """A column of certificate numbers of 高新技术企业 whose header names no title."""
    said = [row[column] for row in sample if column < len(row) and not cells.says_nothing(row[column])]
    numbers = sum(NUMBER.fullmatch(uscc.normalise(text(cell))) is not None for cell in said)
    return ("hnte", "number") if said and numbers * 5 >= len(said) * 4 else None


def derive(key: str) -> Field:
    """The field of a key that `settle` gave. Raises KeyError for any other."""
    if key.count("@") != 2:
        raise KeyError(key)
    name, middle, last = key.split("@")
    if name == "note":
        return Field(key, middle.rpartition("/")[2], r"$^", clean=plain_text)
    if name == "title" and last in _PART_NAMES:
        return _title_field(key, middle, last)
    if name == "capital":
        return Field(key, f"注册资本（{last}）", r"$^", clean=lambda cell: cells.capital(cell, last))
    if name not in YEARLY or not middle.isdigit():
        raise KeyError(key)
    return _figure_field(key, name, middle, last)


def _figure_field(key: str, name: str, year: str, unit: str) -> Field:
    label = f"{year} 年{YEARLY[name][0]}"
    if YEARLY[name][1] == "万元":
        said = "" if unit == "万" else f"（{unit if unit.endswith('元') else unit + '元'}）"
        return Field(key, label + said, r"$^", clean=lambda cell: cells.money(cell, unit))
    if YEARLY[name][1] == "%":
        return Field(key, label, r"$^", clean=lambda cell: cells.share(cell, unit == "%"))
    return Field(key, label, r"$^", clean=cells.count)


def _title_field(key: str, kind: str, part: str) -> Field:
    label = f"{_short_name(kind)}{_PART_NAMES[part]}"
    if part == "issued_on":
        return Field(key, label, r"$^", clean=day_of)
    if part == "ends_on":
        return Field(key, label, r"$^", clean=_term)
    if part == "number":
        return Field(key, label, r"$^", clean=_hnte_number if kind == "hnte" else plain_text)
    return Field(key, label, r"$^", clean=plain_text)


def _short_name(kind: str) -> str:
    """What a title type is called for short; of those the office made it asks the table."""
    if not kind or kind in _SHORT:
        return _SHORT.get(kind, "资质")
    return next((known.short_name for known in TitleType.list_all() if known.key == kind), "资质")


def _term(cell: Any) -> Term | None:
    """The last day, or both days of 2023年12月8日至2026年12月8日."""
    try:
        day = day_of(cell)
    except ValueError:
        return span(cell)
    return Term(None, day) if day is not None else None


def _hnte_number(cell: Any) -> str:
    """The number; a mark that is none comes back as it is written."""
    if cells.says_nothing(cell):
        return ""
    number = uscc.normalise(text(cell))
    if NUMBER.fullmatch(number):
        return number
    if re.search(r"\d{6}", number):
        raise ValueError("证书编号应是 GR 加 12 位数字")
    return plain_text(cell)
