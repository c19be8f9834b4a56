"""Files that are broken or made to do harm, each with what the refusal says (or None: it is read)."""

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterable

from tests.support.sheets import csv_bytes, register_rows, xlsx_bytes

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def good(rows: int = 30) -> bytes:
    """A workbook as it should be."""
    return xlsx_bytes({"表": register_rows(range(1, rows))})


def changed(parts: dict[str, bytes | Callable[[bytes], bytes]], data: bytes | None = None) -> bytes:
    """A workbook with some parts replaced, changed or added."""
    source, out = io.BytesIO(data or good()), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = parts.get(name)
            content = old.read(name)
            new.writestr(name, part(content) if callable(part) else part if part is not None else content)
        for name, part in parts.items():
            if name not in old.namelist():
                assert isinstance(part, bytes)
                new.writestr(name, part)
    return out.getvalue()


def sheet_of(body: Iterable[bytes], end: bytes = b"") -> bytes:
    """A workbook whose sheet holds these rows, written piece by piece."""
    source, out = io.BytesIO(good(2)), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'<?xml version="1.0"?><worksheet {_MAIN}><sheetData>'.encode())
            for piece in body:
                part.write(piece)
            part.write(b"</sheetData>" + end + b"</worksheet>")
    return out.getvalue()


def shared_strings(number: int, length: int, cells: int) -> bytes:
    """A few long texts that very many cells share."""
    texts = b"".join(b"<si><t>" + b"x" * length + b"</t></si>" for _ in range(number))
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>' % (row, row, row % number) for row in range(1, cells + 1)
    )
    data = sheet_of([rows])
    return changed({"xl/sharedStrings.xml": f"<sst {_MAIN}>".encode() + texts + b"</sst>"}, data)


def entities() -> bytes:
    """A billion laughs."""
    lines = ['<!ENTITY a "haha">'] + [f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)]
    head = f'<?xml version="1.0"?><!DOCTYPE x [{"".join(lines)}]>'
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row>'
    return changed(
        {"xl/worksheets/sheet1.xml": f"{head}<worksheet {_MAIN}><sheetData>{row}</sheetData></worksheet>".encode()}
    )


def outside_entity() -> bytes:
    """An entity that asks for a file of the machine."""
    head = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>企业名称&e;</t></is></c></row>'
    return changed(
        {"xl/worksheets/sheet1.xml": f"{head}<worksheet {_MAIN}><sheetData>{row}</sheetData></worksheet>".encode()}
    )


def wide() -> bytes:
    """Every column of a few rows, and one far below."""
    from openpyxl.utils import get_column_letter

    letters = [get_column_letter(column) for column in range(1, 16_385)]
    rows = []
    for row in (1, 2, 900):
        cells = "".join(f'<c r="{letter}{row}"><v>1</v></c>' for letter in letters)
        rows.append(f'<row r="{row}">{cells}</row>'.encode())
    return sheet_of(rows)


def unaddressed(rows: int, columns: int) -> bytes:
    """Cells that do not say where they stand."""
    row = b"<row>" + b"<c><v>1</v></c>" * columns + b"</row>"
    return sheet_of(row for _ in range(rows))


def many_merged(number: int) -> bytes:
    """Merged ranges without end."""
    ranges = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (row, row) for row in range(1, number))
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    return sheet_of([row], b"<mergeCells>" + ranges + b"</mergeCells>")


def blank_rows(number: int) -> bytes:
    """A sheet whose rows hold only formats."""
    return sheet_of(
        b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (row, row) for row in range(start, start + 10_000))
        for start in range(1, number, 10_000)
    )


def dates_out_of_range() -> bytes:
    """Numbers shown as dates that no calendar has."""
    cells = "".join(
        f'<c r="{chr(65 + place)}1" s="1"><v>{value}</v></c>'
        for place, value in enumerate(("-5", "1e300", "NaN", "99999999", "0", "INF", "60", "-0.5"))
    )
    styles = (
        f"<styleSheet {_MAIN}><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>"
        "<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf/>"
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    sheet = f"<worksheet {_MAIN}><sheetData><row r='1'>{cells}</row></sheetData></worksheet>"
    return changed({"xl/worksheets/sheet1.xml": sheet.encode(), "xl/styles.xml": styles.encode()})


def mutations(seed: int, number: int) -> Iterable[bytes]:
    """Good files with bytes changed, left out, doubled or cut off."""
    rng = random.Random(seed)
    originals = [
        good(), csv_bytes(register_rows(range(1, 30)), "gb18030"), csv_bytes(register_rows(range(1, 30)), "utf-16"),
        csv_bytes(register_rows(range(1, 30))),
    ]  # fmt: skip
    for _ in range(number):
        data = bytearray(rng.choice(originals))
        for _ in range(rng.choice((1, 1, 2, 8, 64))):
            place = rng.randrange(len(data))
            match rng.randrange(5):
                case 0:
                    data[place] = rng.randrange(256)
                case 1:
                    del data[place : place + rng.randrange(1, 200)]
                case 2:
                    data[place:place] = data[place : place + rng.randrange(1, 200)]
                case 3:
                    data[place:place] = rng.randbytes(rng.randrange(1, 50))
                case 4:
                    del data[max(place, 40) :]
            if not data:
                break
        yield bytes(data)


def inner_mutations(seed: int, number: int) -> Iterable[bytes]:
    """Workbooks whose archive is whole but whose parts are not."""
    rng = random.Random(seed)
    names = ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml",
             "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]  # fmt: skip
    original = good(8)
    with zipfile.ZipFile(io.BytesIO(original)) as archive:
        parts = {name: archive.read(name) for name in names if name in archive.namelist()}
    for _ in range(number):
        name = rng.choice(list(parts))
        data = bytearray(parts[name])
        for _ in range(rng.choice((1, 2, 5))):
            place = rng.randrange(len(data))
            match rng.randrange(4):
                case 0:
                    data[place] = rng.choice(b'<>"/=&0123456789ABZ ')
                case 1:
                    del data[place : place + rng.randrange(1, 40)]
                case 2:
                    data[place:place] = data[place : place + rng.randrange(1, 60)]
                case 3:
                    data[place:place] = rng.choice((b"&#0;", b"9999999999", b"<!--", b"]]>", b"-1", b"1e999", b"\xff"))
        yield changed({name: bytes(data)}, original)


def old_header() -> bytes:
    """The opening of an old workbook, and nothing of it."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack("<60I", *range(60)) * 20
