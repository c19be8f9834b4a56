"""Reading: every encoding and make of table, and one clear refusal for everything else."""

import io
import struct
import zipfile
from datetime import date

import pytest

from crm.imports import read
from crm.imports.read import ImportRefused
from tests.support.sheets import csv_bytes, register_rows, xlsx_bytes

ROWS = [
    ["企业名称", "备注"],
    ["云澜青禾机械有限公司", "甲"],
    [],
    ["云澜石桥机械有限公司", "两\n行"],
    ["云澜溪口机械有限公司", "丙"],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_every_encoding_with_true_record_numbers(encoding: str) -> None:
    (sheet,) = read.read(csv_bytes(ROWS, encoding), "名单.csv")
    assert [len(row) for row in sheet.rows] == [2, 2, 0, 2, 2]
    assert sheet.rows[1][0] == "云澜青禾机械有限公司"
    assert sheet.rows[3][1] == "两\n行", "a line break inside quotes is no new record"


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_is_read_with_every_delimiter(delimiter: str) -> None:
    (sheet,) = read.read(csv_bytes(ROWS, delimiter=delimiter), "名单.txt")
    assert sheet.rows[0] == ["企业名称", "备注"]


def test_a_workbook_keeps_its_row_numbers_dates_and_merged_ranges() -> None:
    rows: list[list[object]] = [
        ["名单", None],
        [None, None],
        ["企业名称", "发证日期"],
        ["云澜青禾机械有限公司", date(2024, 10, 12)],
    ]
    first, second = read.read(xlsx_bytes({"2024年 ": rows, "说明": [["无"]]}, {"2024年 ": ["A1:B1"]}), "名单.xlsx")
    assert (first.name, second.name) == ("2024年 ", "说明")
    assert first.rows[3] == ["云澜青禾机械有限公司", date(2024, 10, 12)]
    assert first.merged == [(0, 0, 0, 1)]


def truncated() -> bytes:
    return xlsx_bytes({"表": register_rows(range(50))})[:-600]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(450):
                part.write(b" " * (1 << 20))
    return out.getvalue()


def far_cell() -> bytes:
    """A workbook with one cell in its last corner, which a reader would allocate everything up to."""
    source = io.BytesIO(xlsx_bytes({"表": [["企业名称"]]}))
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                row = b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
                part = part.replace(b"</sheetData>", row)
            new.writestr(name, part)
    return out.getvalue()


def locked() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def document() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "空的"),
        (b"\xef\xbb\xbf \r\n\r\n", "空的"),
        (b"x" * (read.MOST_BYTES + 1), "60 MB"),
        (truncated(), "损坏"),
        (bomb(), "太大"),
        (far_cell(), "太大"),
        (locked(), "密码"),
        (document(), "不是 xlsx"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x1f\x8b\x08\x00rest", "解压"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (bytes(range(256)) * 40, "认不出"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2000, "打不开"),
        (b'a,"b\n' + b"c" * (read.LONGEST_CELL + 10), "引号"),
        (b"PK\x03\x04" + struct.pack("<20I", *range(20)), "损坏"),
    ],
)
def test_whatever_is_no_table_is_refused_in_plain_words(data: bytes, says: str) -> None:
    with pytest.raises(ImportRefused, match=says):
        read.read(data, "名单.xlsx")


def test_a_million_blank_lines_take_little_room() -> None:
    (sheet,) = read.read(csv_bytes(ROWS, "utf-8") + b"\r\n" * 1_000_000, "名单.csv")
    assert len(sheet.rows) == 5
    with pytest.raises(ImportRefused, match="行"):
        read.read(csv_bytes(ROWS, "utf-8") + b"\r\n" * (read.MOST_RECORDS + 1), "名单.csv")
