"""A printed list as a Word document. Its rows are written as markup into what python-docx made: cell by cell, and even
as one tree put into another, thousands of rows take minutes."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from crm.documents.printed import (
    BODY_FONT,
    FIRM,
    HEAD_FONT,
    LATIN_FONT,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    TITLE_FONT,
    Printed,
)

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Twentieths of a point in a millimetre.
TWIPS = 56.6929
SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
#: Stands where the list goes.
PLACE = "LIST"
#: Characters that XML does not have at all.
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def document(printed: Printed) -> bytes:
    """The bytes of the document: title, notes, one table whose head repeats, page numbers in the foot."""
    from docx import Document  # slow to start, and only exports need it
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    written = Document()
    section = written.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(PAGE_WIDTH), Mm(PAGE_HEIGHT)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    written.core_properties.title, written.core_properties.author = printed.title, ""
    written.core_properties.comments = ""
    written.element.body.insert(0, _element(f"<w:p {SPACE}><w:r><w:t>{PLACE}</w:t></w:r></w:p>"))
    foot = section.footer.paragraphs[0]._p
    foot.getparent().replace(foot, _element(_foot()))
    stream = io.BytesIO()
    written.save(stream)
    parts = (
        _paragraph(printed.title, TITLE_FONT, 36, "center", after=120),
        *(_paragraph(line, BODY_FONT, 21, "left") for line in (*printed.notes, printed.watermark)),
        _table(printed),
        _paragraph("", BODY_FONT, 2, "left"),
    )
    return _filled(stream, "".join(parts))


def _filled(stream: io.BytesIO, markup: str) -> bytes:
    """The document with its one paragraph replaced."""
    found = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "word/document.xml":
                before, place, after = data.partition(f"<w:p><w:r><w:t>{PLACE}</w:t></w:r></w:p>".encode())
                assert place, "python-docx writes the paragraph as it was given"
                data = before + markup.encode() + after
            new.writestr(item, data)
    return found.getvalue()


def _element(markup: str) -> Any:
    from docx.oxml import parse_xml

    return parse_xml(markup)


def _table(printed: Printed) -> str:
    whole = sum(share for _, share in printed.columns)
    room = (PAGE_WIDTH - 2 * MARGIN) * TWIPS
    widths = [round(room * share / whole) for _, share in printed.columns]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    head = "".join(
        _cell(heading, width, HEAD_FONT, "center") for (heading, _), width in zip(printed.columns, widths, strict=True)
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:top w:w="30" w:type="dxa"/><w:left w:w="60" w:type="dxa"/><w:bottom w:w="30" w:type="dxa"/>'
        '<w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{''.join(_rows(printed, widths))}</w:tbl>"
    )


def _rows(printed: Printed, widths: list[int]) -> Iterator[str]:
    starts, covered = {first for first, _ in printed.runs}, printed.covered
    for number, row in enumerate(printed.rows):
        cells = []
        for place, value in enumerate(row):
            merge = ""
            if place == FIRM and number in starts:
                merge = '<w:vMerge w:val="restart"/>'
            elif place == FIRM and number in covered:
                merge, value = "<w:vMerge/>", ""
            side = "center" if printed.columns[place][1] <= 12 else "left"
            cells.append(_cell(str(value), widths[place], BODY_FONT, side, merge))
        yield f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, width: int, font: str, side: str, merge: str = "") -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merge}<w:vAlign w:val="center"/></w:tcPr>'
        f"{_paragraph(text, font, 19, side)}</w:tc>"
    )


def _paragraph(text: str, font: str, size: int, side: str, *, after: int = 0) -> str:
    """A paragraph; `size` in half points. Line ends become breaks."""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line.translate(_CONTROL))}</w:t>' for line in text.split("\n")
    )
    return (
        f'<w:p><w:pPr><w:spacing w:before="0" w:after="{after}"/>'
        f'<w:jc w:val="{side}"/></w:pPr>{_run(lines, font, size)}</w:p>'
    )


def _run(inside: str, font: str, size: int) -> str:
    fonts = f'w:ascii="{LATIN_FONT}" w:hAnsi="{LATIN_FONT}" w:eastAsia="{font}"'
    return f'<w:r><w:rPr><w:rFonts {fonts}/><w:sz w:val="{size}"/><w:lang w:eastAsia="zh-CN"/></w:rPr>{inside}</w:r>'


def _foot() -> str:
    def number(name: str) -> str:
        shown = _run("<w:t>1</w:t>", BODY_FONT, 18)
        return f'<w:fldSimple w:instr=" {name} ">{shown}</w:fldSimple>'

    said = [_run(f'<w:t xml:space="preserve">{text}</w:t>', BODY_FONT, 18) for text in ("第 ", " 页，共 ", " 页")]
    return (
        f'<w:p {SPACE}><w:pPr><w:jc w:val="center"/></w:pPr>{said[0]}{number("PAGE")}{said[1]}{number("NUMPAGES")}'
        f"{said[2]}</w:p>"
    )
