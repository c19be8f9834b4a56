"""Files as offices send them, made in memory with invented names."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from models.rules import uscc

NUMERALS = "甲乙丙丁戊己庚辛壬癸"


def code_of(number: int, opening: str = "91990101") -> str:
    """A valid code that belongs to nobody (no place has the number 9901xx)."""
    first8 = f"{number:08d}"
    first17 = opening + first8 + uscc.organisation_check_character(first8)
    return first17 + uscc.check_character(first17)


def name_of(number: int) -> str:
    """An invented name, another for each number."""
    words = "".join(NUMERALS[int(digit)] for digit in f"{number:03d}")
    return f"云澜{words}机械有限公司"


def csv_bytes(rows: Iterable[Sequence[Any]], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """A text table."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_bytes(
    sheets: Mapping[str, Iterable[Sequence[Any]]], merge: Mapping[str, Iterable[str]] | None = None
) -> bytes:
    """A workbook; merge names ranges per sheet."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        for cells in (merge or {}).get(title, ()):
            sheet.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def register_rows(numbers: Iterable[int]) -> list[list[Any]]:
    """A register with its header: firms code_of(n), name_of(n)."""
    rows: list[list[Any]] = [
        ["企业名称", "统一社会信用代码", "注册日期", "企业类型", "注册资金", "经营范围", "注册地址"]
    ]
    for number in numbers:
        scope = "机械设备，制造、销售；技术服务"
        address = f"云澜市青禾区石桥街道云溪路{number}号"
        rows.append(
            [
                name_of(number),
                code_of(number),
                "2015-03-01",
                "有限责任公司",
                f"{100 + number}(万元人民币)",
                scope,
                address,
            ]
        )
    return rows


def last_column(width: int) -> str:
    """The letters of a column."""
    return get_column_letter(width)
