"""Stage 1: bytes become sheets of cells. Whatever is wrong with a file ends in one ImportRefused, never in a traceback,
and no file makes the process take more memory than its limits allow."""

from crm.imports.read.archive import workbook
from crm.imports.read.legacy import OLE, old_workbook
from crm.imports.read.limits import (
    LOCKED,
    LONGEST_CELL,
    MOST_BYTES,
    MOST_CELLS,
    MOST_RECORDS,
    MOST_UNPACKED,
    SAVE_AS,
    ImportRefused,
    Sheet,
)
from crm.imports.read.plain import text_table

__all__ = [
    "LONGEST_CELL",
    "MOST_BYTES",
    "MOST_CELLS",
    "MOST_RECORDS",
    "MOST_UNPACKED",
    "ImportRefused",
    "Sheet",
    "read",
]

_NOT_TABLES = {
    b"%PDF": "这是 PDF 文件",
    b"\x1f\x8b": "这是压缩文件，请先解压",
    b"Rar!": "这是压缩文件，请先解压",
    b"7z\xbc\xaf": "这是压缩文件，请先解压",
    b"\x89PNG": "这是图片",
    b"\xff\xd8\xff": "这是图片",
    b"GIF8": "这是图片",
    b"BM": "这是图片",
    b"{\\rtf": "这是文字文档",
}


def read(data: bytes, file_name: str) -> list[Sheet]:
    """The sheets of a file; a CSV file is one sheet with an empty name. Raises ImportRefused.

    The content decides what the file is (.xlsx, .xlsm, .xls, .et and .csv alike), not its name.
    """
    if len(data) > MOST_BYTES:
        raise ImportRefused(f"文件有 {len(data) / 1024 / 1024:.0f} MB，超过 60 MB，请拆成几个文件")
    if not data.removeprefix(b"\xef\xbb\xbf").strip(b"\x00 \r\n\t"):
        raise ImportRefused("文件是空的")
    for opening, what in _NOT_TABLES.items():
        if data.startswith(opening) and (opening != b"BM" or b"\x00" in data[:64]):
            raise ImportRefused(f"{what}，不是表格。{SAVE_AS}")
    if data.startswith(b"PK"):
        sheets = workbook(data)
    elif data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ImportRefused(LOCKED)
        sheets = old_workbook(data)
    else:
        sheets = [text_table(data)]
    if not any(sheet.rows for sheet in sheets):
        raise ImportRefused("表格是空的，里面没有数据")
    return sheets
