"""What tells namesakes apart: facts of a row against facts of a firm (rules.md 7)."""

import re
from dataclasses import dataclass, field
from typing import Any

from crm.imports.index import Facts
from crm.imports.kinds import Row
from models.rules.amounts import Amount
from models.rules.dates import Day

_ENDING = re.compile(r"(?:街道办事处|街道|镇|乡|经济技术开发区|经济开发区|开发区|高新区|园区|新区|区|县|市)$")
#: Places that an address names with their kind: 青禾区, 石桥街道.
_PLACES = {
    "district": re.compile(r"[\u4e00-\u9fff]{2,3}?(?:区|县)"),
    "street": re.compile(r"(?<=[区县市])[\u4e00-\u9fff]{2,4}?(?:街道|镇|乡)"),
}


@dataclass(slots=True)
class Said:
    """What speaks for and against, in an officer's words."""

    agrees: list[str] = field(default_factory=list)
    contradicts: list[str] = field(default_factory=list)


def weigh(row: Row, facts: Facts | None) -> Said:
    """What the row says of place, day of founding and capital beside what is known of a firm; a fact that either does
    not give says nothing."""
    said = Said()
    if facts is None:
        return said
    values = row.values
    for key, label in (("district", "区"), ("street", "镇街")):
        _note(said, label, _place(values.get(key), facts, key))
    _note(said, "住所", _address(values.get("address"), facts.address))
    day: Day | None = values.get("founded_on") if isinstance(values.get("founded_on"), Day) else None
    if day is not None and facts.founded_on is not None:
        _note(said, "成立日期", day.first <= facts.founded_on <= day.last)
    capital = values.get("capital")
    if isinstance(capital, Amount) and facts.capital is not None:
        _note(said, "注册资本", capital.value == facts.capital)
    return said


def _note(said: Said, label: str, agrees: bool | None) -> None:
    if agrees is not None:
        (said.agrees if agrees else said.contradicts).append(label)


def _place(written: Any, facts: Facts, key: str) -> bool | None:
    """Whether a place that the row names is where the firm is; None where the firm's address names none of the kind."""
    name = str(written or "").strip()
    short = _ENDING.sub("", name)
    if len(short) < 2:
        return None
    if short in facts.address or (key == "street" and short in facts.area):
        return True
    return False if _PLACES[key].search(facts.address) or (key == "street" and facts.area) else None


def _address(written: Any, known: str) -> bool | None:
    """Whether two addresses are one: the same once signs are left away, or one the end of the other."""
    row, firm = _plain(written), _plain(known)
    if len(row) < 6 or len(firm) < 6:
        return None
    return row.endswith(firm) or firm.endswith(row)


def _plain(address: Any) -> str:
    return re.sub(r"[\s,，。.()（）#-]", "", str(address or ""))
