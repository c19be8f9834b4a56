"""The one writer of .xlsx exports: a watermark line, a header, rows; no cell can be a formula."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

#: Text that begins so would be a formula in another program, were it copied or saved as CSV.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export: its heading and its width in characters."""

    heading: str
    width: int = 14


@dataclass(frozen=True, slots=True)
class Marked:
    """A value whose cell is marked: something is wrong with it."""

    value: Any


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of an export: its name, its columns, its rows."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def workbook(sheet: str, watermark: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> tuple[bytes, int]:
    """The bytes of a workbook with one sheet, and how many rows it holds."""
    return book(watermark, [Sheet(sheet, columns, rows)])


def book(watermark: str, sheets: Iterable[Sheet]) -> tuple[bytes, int]:
    """The bytes of a workbook with these sheets, and how many rows they hold together.

    Text, codes too, is written as text; dates as dates; numbers as numbers; None stays empty. Rows go to a file as they
    come, so that a long list needs no memory.
    """
    import xlsxwriter  # slow to start, and only exports need it

    stream = io.BytesIO()
    written = xlsxwriter.Workbook(stream, {"constant_memory": True, "strings_to_formulas": False,
                                           "strings_to_urls": False, "strings_to_numbers": False})  # fmt: skip
    formats = {
        "head": written.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        "note": written.add_format({"font_color": "#5E676C"}),
        "date": written.add_format({"num_format": "yyyy-mm-dd"}),
        "time": written.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "marked": written.add_format({"bg_color": "#FBF0CE"}),
    }
    taken: set[str] = set()
    count = 0
    for sheet in sheets:
        name = _sheet_name(sheet.name, taken)
        taken.add(name.lower())
        count += _fill(written.add_worksheet(name), watermark, sheet, formats)
    written.close()
    return stream.getvalue(), count


def _fill(page: Any, watermark: str, sheet: Sheet, formats: dict[str, Any]) -> int:
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
    page.write_string(0, 0, safe(watermark), formats["note"])
    for place, column in enumerate(sheet.columns):
        page.write_string(1, place, safe(column.heading), formats["head"])
    page.freeze_panes(2, 1)
    page.repeat_rows(1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    count = 0
    for count, row in enumerate(sheet.rows, 1):
        for place, value in enumerate(row):
            _write(page, count + 1, place, value, formats)
    return count


def watermark(title: str, who: str, when: datetime, narrowed: str = "") -> str:
    """The line above the header: what this is, who took it out and when."""
    parts = [title, f"{who} {when:%Y-%m-%d %H:%M} 导出", narrowed, "内部资料，用后妥善保管"]
    return "　".join(filter(None, parts))


def safe(text: str) -> str:
    """The text, with an apostrophe before what another program would take for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _write(page: Any, row: int, place: int, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Marked):
        page.write_string(row, place, safe(str(value.value)), formats["marked"])
    elif isinstance(value, bool):
        page.write_string(row, place, "是" if value else "否")
    elif isinstance(value, int | float | Decimal):
        page.write_number(row, place, value)
    elif isinstance(value, datetime):
        page.write_datetime(row, place, value.replace(tzinfo=None), formats["time"])
    elif isinstance(value, date):
        page.write_datetime(row, place, value, formats["date"])
    else:
        page.write_string(row, place, safe(str(value)))


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that Excel takes: at most 31 characters, none of []:*?/\\, and no sheet has it already."""
    wanted = "".join(character for character in name if character not in "[]:*?/\\'")[:31] or "导出"
    found, number = wanted, 1
    while found.lower() in taken:
        number += 1
        found = f"{wanted[:27]}({number})"
    return found
