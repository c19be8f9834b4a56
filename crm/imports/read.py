"""Stage 1: bytes become sheets of cells. Whatever is wrong with a file ends in one ImportRefused, never in a traceback,
and no file makes the process take more memory than its limits allow."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import python_calamine as calamine

from models.errors import Refused

MOST_BYTES = 60 * 1024 * 1024
#: What a workbook may become when unpacked; 150,000 register rows need about a quarter of it.
MOST_UNPACKED = 400 * 1024 * 1024
MOST_CELLS = 20_000_000
MOST_RECORDS = 1_048_576
LONGEST_CELL = 200_000

_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_TABLES = {
    b"%PDF": "这是 PDF 文件",
    b"\x1f\x8b": "这是压缩文件，请先解压",
    b"Rar!": "这是压缩文件，请先解压",
    b"7z\xbc\xaf": "这是压缩文件，请先解压",
    b"\x89PNG": "这是图片",
    b"\xff\xd8\xff": "这是图片",
}
_SAVE_AS = "请在表格软件里打开，另存为 xlsx 后再传"
_LOCKED = "文件设了打开密码，请去掉密码后再传"


class ImportRefused(Refused):
    """A file or sheet that cannot be imported; the message says why and what to do."""


@dataclass(slots=True)
class Sheet:
    """Cells as they stand in the file: rows[0] is the row a person sees as row 1 (of a CSV file: record 1)."""

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    #: First row, first column, last row, last column of each merged range, counted from 0.
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def read(data: bytes, file_name: str) -> list[Sheet]:
    """The sheets of a file; a CSV file is one sheet with an empty name. Raises ImportRefused.

    The content decides what the file is, its name only helps to word the refusal.
    """
    if len(data) > MOST_BYTES:
        raise ImportRefused(f"文件有 {len(data) / 1024 / 1024:.0f} MB，超过 60 MB，请拆成几个文件")
    if not data.removeprefix(b"\xef\xbb\xbf").strip(b"\x00 \r\n\t"):
        raise ImportRefused("文件是空的")
    for opening, what in _NOT_TABLES.items():
        if data.startswith(opening):
            raise ImportRefused(f"{what}，不是表格。{_SAVE_AS}")
    if data.startswith(b"PK"):
        _check_archive(data)
        return _workbook(data)
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ImportRefused(_LOCKED)
        return _workbook(data)
    return [_text_table(data, file_name)]


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if not any(name.startswith("xl/workbook") for name in names):
                raise ImportRefused(f"这不是 xlsx 表格。{_SAVE_AS}")
            if any(entry.flag_bits & 1 for entry in archive.infolist()):
                raise ImportRefused(_LOCKED)
            left = MOST_UNPACKED
            for name in names:
                if name.endswith((".xml", ".rels", ".bin")):
                    left = _check_part(archive, name, left)
    except ImportRefused:
        raise
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        OSError,
        NotImplementedError,
        ValueError,
        zlib.error,
    ) as error:
        raise ImportRefused("文件不完整或已损坏，打不开。请重新下载或重新保存后再传") from error


def _check_part(archive: zipfile.ZipFile, name: str, left: int) -> int:
    """Unpack a part in pieces, refuse it as soon as it is too large, and return how many bytes are still allowed."""
    is_sheet = name.startswith("xl/worksheets/")
    rows, columns, tail = 0, 0, b""
    with archive.open(name) as part:
        while piece := part.read(1 << 20):
            left -= len(piece)
            if left < 0:
                raise ImportRefused("文件解开后太大，不能导入。请删去多余的表和空行后再传")
            if is_sheet:
                for letters, number in _CELL.findall(tail + piece):
                    rows, columns = max(rows, int(number)), max(columns, _column(letters))
                tail = piece[-300:]
    if rows * columns > MOST_CELLS:
        raise ImportRefused(f"表格范围有 {rows} 行 × {columns} 列，太大了。请删去表格外的内容和格式后再传")
    return left


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _workbook(data: bytes) -> list[Sheet]:
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [_sheet(book, details) for details in book.sheets_metadata]
    except calamine.PasswordError as error:
        raise ImportRefused(_LOCKED) from error
    except ImportRefused:
        raise
    except Exception as error:
        raise ImportRefused(_why_unreadable(error)) from error
    except BaseException as error:
        # A panic inside the reader is no Exception; nothing of it may reach the process.
        if type(error).__name__ != "PanicException":
            raise
        raise ImportRefused("文件已损坏，打不开。请重新保存后再传") from error


def _sheet(book: calamine.CalamineWorkbook, details: Any) -> Sheet:
    if details.typ != calamine.SheetTypeEnum.WorkSheet:
        return Sheet(details.name, [], hidden=True)
    sheet = book.get_sheet_by_name(details.name)
    if sheet.height * sheet.width > MOST_CELLS:
        raise ImportRefused(f"表“{details.name}”范围太大。请删去表格外的内容和格式后再传")
    rows = sheet.to_python(skip_empty_area=False)
    merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
    return Sheet(details.name, rows, details.visible != calamine.SheetVisibleEnum.Visible, merged)


def _why_unreadable(error: Exception) -> str:
    if "password" in str(error).lower() or "encrypt" in str(error).lower():
        return _LOCKED
    return f"文件不完整或不是表格，打不开。{_SAVE_AS}"


def _text_table(data: bytes, file_name: str) -> Sheet:
    text = _decode(data)
    if re.match(r"\s*<(?:!doctype|html|table|\?xml)", text[:200], re.IGNORECASE):
        raise ImportRefused(f"这是网页格式，不是表格。{_SAVE_AS}")
    csv.field_size_limit(LONGEST_CELL)
    try:
        return Sheet("", list(_records(text)))
    except csv.Error as error:
        raise ImportRefused("文件里有没有配对的引号，或者一格太长，读不下去。请检查后再传") from error


def _decode(data: bytes) -> str:
    """UTF-16 by its mark, else UTF-8 when all of it is, else GB18030."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(not (character.isprintable() or character.isspace()) for character in text[:20_000])
        if "\x00" not in text and strange <= len(text[:20_000]) / 100:
            return text
    raise ImportRefused(f"不是表格，也不是文字，认不出内容。{_SAVE_AS}")


def _records(text: str) -> Iterator[list[Any]]:
    start = text[:20_000]
    delimiter = max(",\t;", key=start.count)
    empty: list[Any] = []
    cells = 0
    for number, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
        cells += len(record)
        if number >= MOST_RECORDS or cells > MOST_CELLS:
            raise ImportRefused(f"表格超过 {MOST_RECORDS:,} 行或内容太多。请删去空行，或拆成几个文件")
        yield record or empty
