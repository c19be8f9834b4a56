"""Cells that speak of a person: sealed where rows are kept, masked where they are shown (foundations 11)."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from crm.imports.kinds import MASK, Kind, text
from models import vault

#: Headers that speak of a person, for columns that nothing is made of.
HEADERS = re.compile(
    r"联系人|联络人|姓名|电话|手机|联系方式|微信|QQ|邮箱|电子邮件|身份证|护照|法定代表人|法人代表|法人姓名|负责人|经办人|财务总监"
)
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)")
_SEALED = "sealed"


def columns(kind: Kind, places: Mapping[str, int], headers: Sequence[str]) -> frozenset[int]:
    """The columns of a sheet that speak of persons: fields that say so, and by their header those not imported."""
    used = {column: kind.field(key).personal for key, column in places.items()}
    found = {column for column, personal in used.items() if personal}
    found |= {column for column, header in enumerate(headers) if column not in used and HEADERS.search(header)}
    return frozenset(found)


def seal(cells: Sequence[Any], personal: frozenset[int]) -> list[Any]:
    """The cells as they are kept: those of persons encrypted, blanks as they are."""
    if not personal:
        return list(cells)
    return [
        {_SEALED: b64encode(vault.seal(json.dumps(cell, ensure_ascii=False, default=str).encode())).decode()}
        if column in personal and text(cell)
        else cell
        for column, cell in enumerate(cells)
    ]


def unseal(cells: Sequence[Any]) -> list[Any]:
    """The cells as they stood in the file. Raises CannotOpen under another key."""
    return [
        json.loads(vault.unseal(b64decode(cell[_SEALED]))) if isinstance(cell, dict) and _SEALED in cell else cell
        for cell in cells
    ]


def shown(cell: Any, personal: bool) -> str:
    """A cell as a page or a file of problems shows it."""
    if personal or isinstance(cell, dict):
        return MASK if text(cell) else ""
    return without_mobiles(text(cell))


def without_mobiles(line: str) -> str:
    """Text without the middle of mobile numbers: whatever the column, nobody reads a whole one here."""
    return _MOBILE.sub(r"\1****\2", line)
