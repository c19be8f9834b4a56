"""Workbooks that are archives (.xlsx, .xlsm): what they become is measured before anything is built of it."""

import io
import math
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import python_calamine as calamine

from crm.imports.read.limits import (
    BROKEN,
    LOCKED,
    MOST_CELLS,
    MOST_MERGED,
    MOST_SHEETS,
    MOST_TEXT,
    MOST_UNPACKED,
    SAVE_AS,
    TOO_MUCH,
    ImportRefused,
    Sheet,
)

_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d{1,8})"')
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_SHARED = re.compile(rb'<(?:\w+:)?c\s[^>]*?\bt="s"[^>]*>\s*<(?:\w+:)?v>(\d{1,9})<')
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
#: A formula that no value follows.
_UNVALUED = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*><(?:\w+:)?f(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_SHEET = re.compile(rb'<(?:\w+:)?sheet\s[^>]*?\bname="([^"]*)"[^>]*?\b\w+:id="([^"]*)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_PIECE = 1 << 20
#: Longest tag of a cell that may lie across two pieces.
_TAIL = 400
_UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    zlib.error,
    KeyError,
    RuntimeError,
    OverflowError,
)


@dataclass(slots=True)
class _Part:
    """One part of the archive, measured."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    #: Tags of rows, which need not say their number.
    tags: int = 0
    merged: int = 0
    strings: int = 0
    longest: int = 0
    unvalued: set[tuple[int, int]] = field(default_factory=set)


def workbook(data: bytes) -> list[Sheet]:
    """The sheets of a workbook. Raises ImportRefused."""
    unvalued, notes = _measured(data)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = [_sheet(book, details, unvalued, notes) for details in book.sheets_metadata]
    except calamine.PasswordError as error:
        raise ImportRefused(LOCKED) from error
    except ImportRefused:
        raise
    except Exception as error:
        raise ImportRefused(f"文件不完整或不是表格，打不开。{SAVE_AS}") from error
    except BaseException as error:
        # A panic inside the reader is no Exception; nothing of it may reach the process.
        if type(error).__name__ != "PanicException":
            raise
        raise ImportRefused(BROKEN) from error
    return found


def column_number(letters: bytes) -> int:
    """The number of a column by its letters, A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def tidy(rows: list[list[Any]]) -> list[list[Any]]:
    """The rows without blank ones at the end; numbers that are none become text."""
    while rows and all(cell in ("", None) for cell in rows[-1]):
        rows.pop()
    for row in rows:
        for place, cell in enumerate(row):
            if isinstance(cell, float) and not math.isfinite(cell):
                row[place] = str(cell)
    return rows


def _sheet(
    book: calamine.CalamineWorkbook, details: Any, unvalued: dict[str, frozenset[tuple[int, int]]], notes: list[str]
) -> Sheet:
    if details.typ != calamine.SheetTypeEnum.WorkSheet:
        return Sheet(details.name, [], hidden=True)
    sheet = book.get_sheet_by_name(details.name)
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise ImportRefused(f"表“{details.name}”范围太大。请删去表格外的内容和格式后再传")
    rows = tidy(sheet.to_python(skip_empty_area=False))
    merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or []]
    hidden = details.visible != calamine.SheetVisibleEnum.Visible
    return Sheet(details.name, rows, hidden, merged, unvalued.get(details.name, frozenset()), tuple(notes))


def _measured(data: bytes) -> tuple[dict[str, frozenset[tuple[int, int]]], list[str]]:
    """Formulas without a value by sheet, and what an officer should know. Refuses what would grow too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            _check_names(archive, names)
            left, cells, strings, parts = MOST_UNPACKED, 0, _Part(), {}
            for name in dict.fromkeys(names):
                if not name.endswith((".xml", ".rels", ".bin", ".vml")):
                    continue
                part = _Part()
                left = _measure(archive, name, part, left)
                if name.startswith("xl/worksheets/"):
                    parts[name] = part
                    cells += part.rows * part.columns
                    _check_size(part, cells)
                elif name.endswith("sharedStrings.xml"):
                    strings = part
            if strings.longest * sum(part.cells for part in parts.values()) > MOST_TEXT:
                _check_text(archive, parts)
            return _by_sheet(archive, names, parts), _notes(names)
    except ImportRefused:
        raise
    except _UNREADABLE as error:
        raise ImportRefused(BROKEN) from error


def _check_names(archive: zipfile.ZipFile, names: list[str]) -> None:
    if "xl/workbook.bin" in names:
        raise ImportRefused(f"这是 xlsb 格式。{SAVE_AS}")
    if not any(name.startswith("xl/workbook") for name in names):
        raise ImportRefused(f"这不是 xlsx 表格。{SAVE_AS}")
    if any(entry.flag_bits & 1 for entry in archive.infolist()):
        raise ImportRefused(LOCKED)
    if len(names) > 20_000 or sum(name.startswith("xl/worksheets/sheet") for name in names) > MOST_SHEETS:
        raise ImportRefused("文件里的表太多。请只留要导入的表")


def _measure(archive: zipfile.ZipFile, name: str, part: _Part, left: int) -> int:
    """Unpack a part in pieces, refuse it as soon as it is too large, and return how many bytes are still allowed."""
    sheet, shared = name.startswith("xl/worksheets/"), name.endswith("sharedStrings.xml")
    tail, place, last = b"", 0, 0
    in_row = 0
    with archive.open(name) as stream:
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise ImportRefused(TOO_MUCH)
            if sheet:
                in_row = _measure_cells(part, tail, piece, in_row)
                _check_size(part, part.rows * part.columns)
            elif shared:
                for found in _STRING.finditer(tail + piece):
                    at = place - len(tail) + found.start()
                    if at > last:
                        part.strings, part.longest, last = part.strings + 1, max(part.longest, at - last), at
            place += len(piece)
            tail = (tail + piece)[-_TAIL:] if sheet else (tail + piece)[-16:]
    part.longest = max(part.longest, place - last) if shared else 0
    if part.strings > MOST_CELLS // 2:
        raise ImportRefused(TOO_MUCH)
    return left


def _measure_cells(part: _Part, tail: bytes, piece: bytes, in_row: int) -> int:
    """Note how far the cells of a piece reach; returns how many cells the row that goes on has so far."""
    whole = tail + piece
    addressed = _CELL.findall(whole)
    part.columns = max([part.columns, *map(column_number, {letters for letters, _ in addressed})])
    part.rows = max([part.rows, *map(int, {number for _, number in addressed})])
    for number in _ROW.findall(whole):
        part.rows = max(part.rows, int(number))
    prefixed = b":c" in piece
    plain = len(_ANY_CELL.findall(piece)) if prefixed else _cells(piece)
    part.cells += plain
    if plain > len(addressed):
        # Cells may stand without an address, one after the other.
        for place, row in enumerate(piece.split(b"row>" if b"</" in piece else b"<row")):
            here = len(_ANY_CELL.findall(row)) if prefixed else _cells(row)
            in_row = in_row + here if place == 0 else here
            part.columns = max(part.columns, min(in_row, 16_384))
    else:
        in_row = 0
    part.tags += piece.count(b"<row ") + piece.count(b"<row>") + piece.count(b":row")
    part.rows = max(part.rows, min(part.tags, 1_048_576))
    part.merged += piece.count(b"mergeCell ")
    if b"<f" in whole or b":f" in whole:
        found = {(int(number) - 1, column_number(letters) - 1) for letters, number in _UNVALUED.findall(whole)}
        part.unvalued |= found if len(part.unvalued) < 100_000 else set()
    return in_row


def _cells(piece: bytes) -> int:
    return piece.count(b"<c ") + piece.count(b"<c>") + piece.count(b"<c/>")


def _check_size(part: _Part, cells: int) -> None:
    if cells > MOST_CELLS:
        raise ImportRefused(f"表格范围有 {part.rows} 行 × {part.columns} 列，太大了。请删去表格外的内容和格式后再传")
    if part.merged > MOST_MERGED:
        raise ImportRefused("合并的单元格太多。请取消合并后再传")


def _check_text(archive: zipfile.ZipFile, parts: dict[str, _Part]) -> None:
    """Add up what cells say that share their texts: one long text in a million cells would fill the memory."""
    name = next(name for name in archive.namelist() if name.endswith("sharedStrings.xml"))
    text = archive.read(name)
    starts = [found.start() for found in _STRING.finditer(text)]
    lengths = [end - start for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    del text
    total = 0
    for sheet in parts:
        for index in _SHARED.findall(archive.read(sheet)):
            total += lengths[int(index)] if int(index) < len(lengths) else 0
        if total > MOST_TEXT:
            raise ImportRefused(TOO_MUCH)


def _by_sheet(
    archive: zipfile.ZipFile, names: list[str], parts: dict[str, _Part]
) -> dict[str, frozenset[tuple[int, int]]]:
    """Formulas without a value, by the name of the sheet instead of its part."""
    if not any(part.unvalued for part in parts.values()) or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    targets = {}
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        said = dict(re.findall(rb'(\w+)="([^"]*)"', relation))
        target = said.get(b"Target", b"").decode("utf-8", "replace").lstrip("/")
        targets[said.get(b"Id", b"")] = target if target.startswith("xl/") else f"xl/{target}"
    return {
        unescape(name.decode("utf-8", "replace")): frozenset(parts[targets[relation]].unvalued)
        for name, relation in _SHEET.findall(archive.read("xl/workbook.xml"))
        if targets.get(relation) in parts
    }


def _notes(names: list[str]) -> list[str]:
    notes = []
    if any(name.endswith("vbaProject.bin") for name in names):
        notes.append("文件带宏：只读单元格里的值，宏没有运行")
    if any(name.startswith("xl/externalLinks/") for name in names):
        notes.append("文件引用了别的文件：只取存下的值，没有去读那些文件")
    return notes
