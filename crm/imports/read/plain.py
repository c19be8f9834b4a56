"""Text tables: which encoding, which delimiter, and where the rows end."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from crm.imports.read.limits import LONGEST_CELL, MOST_CELLS, MOST_RECORDS, SAVE_AS, ImportRefused, Sheet

#: So many line breaks in one cell come from a quote that nobody closed.
MOST_BREAKS = 100
_SHOWN = 20_000


def text_table(data: bytes) -> Sheet:
    """The one sheet of a text file. Raises ImportRefused."""
    text = decode(data)
    if re.match(r"\s*<(?:!doctype|html|table|\?xml)", text[:200], re.IGNORECASE):
        raise ImportRefused(f"这是网页格式，不是表格。{SAVE_AS}")
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = list(_records(text))
    except csv.Error as error:
        raise ImportRefused("文件里有没有配对的引号，或者一格太长，读不下去。请检查后再传") from error
    while rows and not any(rows[-1]):
        rows.pop()
    return Sheet("", rows)


def decode(data: bytes) -> str:
    """UTF-16 by its mark or by its blanks, else UTF-8 when all of it is, else GB18030; line by line where a file was
    put together from both. Raises ImportRefused."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _checked(_try(data[: len(data) // 2 * 2], "utf-16"))
    if (wide := _wide(data)) is not None:
        return _checked(_try(data[: len(data) // 2 * 2], wide))
    text = _try(data, "utf-8-sig")
    if text is None:
        text = _by_lines(data)
    return _checked(text)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark, by where its zeros stand: commas and line ends are zeros every other byte."""
    start = data[:4096]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) < len(start) / 50:
        return None
    return "utf-16-le" if odd > 10 * even else "utf-16-be" if even > 10 * odd else None


def _by_lines(data: bytes) -> str | None:
    """GB18030, unless many of the lines are UTF-8: then each line is read by itself."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    spoken = [line for line in lines if not line.isascii()]
    whole = sum(_try(line, "utf-8") is not None for line in spoken)
    if whole * 10 < len(spoken):
        return _try(data, "gb18030")
    found: list[str] = []
    for number, line in enumerate(lines, 1):
        text = _try(line, "utf-8")
        if text is None:
            text = _try(line, "gb18030") if number < len(lines) else None
        if text is None:
            raise ImportRefused(f"第 {number} 行起文字断了或换了编码，读不出来。请重新导出后再传")
        found.append(text)
    return "\n".join(found)


def _checked(text: str | None) -> str:
    """The text, when it is one: hardly a sign that nobody can read, no zeros but a few strays."""
    if text is not None:
        if 0 < text.count("\x00") <= 10:
            text = text.replace("\x00", "")
        places = {0, len(text) // 2, max(0, len(text) - _SHOWN)}
        parts = [text[place : place + _SHOWN] for place in places]
        if "\x00" not in text and all(_readable(part) for part in parts):
            return text.removeprefix("\ufeff")
    raise ImportRefused(f"不是表格，也不是文字，认不出内容。{SAVE_AS}")


def _readable(part: str) -> bool:
    strange = sum(
        not (sign.isprintable() or sign.isspace() or sign in "\ufeff\u200b\u200e\u200f\u00ad") for sign in part
    )
    return strange <= len(part) / 100


def _records(text: str) -> Iterator[list[Any]]:
    delimiter = _delimiter(text)
    empty: list[Any] = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for number, record in enumerate(reader):
        cells += len(record)
        if number >= MOST_RECORDS or cells > MOST_CELLS:
            raise ImportRefused(f"表格超过 {MOST_RECORDS:,} 行或内容太多。请删去空行，或拆成几个文件")
        if any(cell.count("\n") > MOST_BREAKS for cell in record if len(cell) > MOST_BREAKS):
            raise ImportRefused(f"第 {number + 1} 条起引号没有配对，后面的行并成了一格。请检查后再传")
        yield record or empty
    if text.count('"') % 2 and _ends_in_quotes(text, delimiter):
        raise ImportRefused("文件里有没有配对的引号，后面的行并成了一格。请检查后再传")


def _delimiter(text: str) -> str:
    """The delimiter of most lines; a comma where there is none."""
    start = text[:_SHOWN]
    return max(",\t;|", key=lambda sign: sum(sign in line for line in start.splitlines()))


def _ends_in_quotes(text: str, delimiter: str) -> bool:
    """Whether the last record began a quote that nobody closed."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "end of data" in str(error)
    return False
