"""An edition as a Word document in the layout of official documents (GB/T 9704-2012): A4 with the margins, faces, sizes
and lines of the standard, page numbers between dashes outside, the rows of its lists as annexes.

Faces are named, never shipped; each names the one a machine takes that does not have it. The text is written as markup
into what python-docx made, as lists are (list_word).
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from crm.documents import report_chart
from crm.documents.list_word import _CONTROL, MEDIA_TYPE, SPACE, _element
from crm.documents.printed import BODY_FONT, HEAD_FONT, LATIN_FONT, TITLE_FONT, width
from models.report.content import Content, Listing, Part
from models.report.rows import Row

__all__ = ["MEDIA_TYPE", "document"]

KAI_FONT, SONG_FONT = "楷体_GB2312", "宋体"
#: What a machine takes that does not have the face of the standard.
FALL_BACK = {
    BODY_FONT: "仿宋",
    KAI_FONT: "楷体",
    TITLE_FONT: "方正小标宋_GBK",
    HEAD_FONT: "SimHei",
    SONG_FONT: "SimSun",
}
#: Half points: 2号, 3号, 4号, and the body of tables.
TITLE, BODY, NUMBER, SMALL = 44, 32, 28, 21
#: Twentieths of a point: a line of 28.95 pt, of which 22 fill the page; of the title; of tables.
LINE, TITLE_LINE, TABLE_LINE = 579, 700, 320
#: Twentieths of a point of a 3号 character, and of the width of the type area (156 mm).
CHARACTER, ROOM = 320, 8844
#: “（一）…。” at the beginning of a paragraph is a heading of the second level.
NUMBERS = re.compile(r"[0-9,.%—+−（）／/-]*")
SECOND = re.compile(r"（[一二三四五六七八九十]+）[^。]{1,60}。?")
#: Half-width characters of a table's type across the type area; texts longer than this may stand in several lines.
ACROSS, BROKEN = 82, 14
PLACE = "EDITION"


def document(
    content: Content, lists: Mapping[str, Sequence[Row]], notes: Sequence[str], *, signer: str = "", dated: str = ""
) -> bytes:
    """The bytes of the document. `lists`: the rows of each list that the reader may see, by slot; `signer` and `dated`
    stand there once somebody signed; until then it says that it is a draft."""
    from docx import Document  # slow to start, and only exports need it

    written = Document()
    _paper(written)
    written.core_properties.title, written.core_properties.author = content.title, ""
    written.core_properties.comments = ""
    written.element.body.insert(0, _element(f"<w:p {SPACE}><w:r><w:t>{PLACE}</w:t></w:r></w:p>"))
    bars = report_chart.bars_of(content)
    chart = ""
    if bars is not None:
        drawn = report_chart.drawing(bars, report_chart.attach(written, bars))
        chart = _paragraph(bars.caption, HEAD_FONT, 24, side="center", line=None, keep=True) + (
            f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{drawn}</w:p>'
        )
    markup = "".join(_body(content, lists, notes, chart, signer, dated))
    stream = io.BytesIO()
    written.save(stream)
    return _filled(stream, markup)


def _body(
    content: Content, lists: Mapping[str, Sequence[Row]], notes: Sequence[str], chart: str, signer: str, dated: str
) -> Iterator[str]:
    if signer:
        yield _lines([("签发人：", BODY_FONT), (signer, KAI_FONT)], side="right")
    yield _paragraph(content.title, TITLE_FONT, TITLE, side="center", line=TITLE_LINE)
    yield _paragraph(f"（{content.as_of}）", KAI_FONT, BODY, side="center")
    yield _paragraph("", BODY_FONT, BODY)
    annexes = [one for part in content.parts for one in part.lists]
    for part in content.parts:
        # A section of nothing but lists is said once, below the text, as 附件.
        if part.paragraphs or part.tables or not part.lists:
            yield from _part(part)
        if chart and part.tables:
            yield chart
            chart = ""
    if annexes:
        yield _paragraph("", BODY_FONT, BODY)
        for number, one in enumerate(annexes, 1):
            lead = "附件：" if number == 1 else "　　　"
            yield _paragraph(f"{lead}{number}. {one.caption}", BODY_FONT, BODY, first=2, keep=True)
    yield _paragraph("", BODY_FONT, BODY, keep=True)
    yield _paragraph(content.bureau, BODY_FONT, BODY, side="right", right=4, keep=True)
    yield _paragraph(dated or "（草稿，还没有签发）", BODY_FONT, BODY, side="right", right=4)
    for number, one in enumerate(annexes, 1):
        yield from _annex(number, one, lists.get(one.slot, ()))
    for note in notes:
        yield _paragraph(note, BODY_FONT, SMALL, line=None)


def _part(part: Part) -> Iterator[str]:
    yield _paragraph(part.heading, HEAD_FONT, BODY, first=2, keep=True)
    for pieces in part.paragraphs:
        text = "".join(piece.text for piece in pieces)
        head = SECOND.match(text)
        split = head.end() if head else 0
        yield _lines([(text[:split], KAI_FONT), (text[split:], BODY_FONT)], first=2)
    for table in part.tables:
        yield _paragraph(table.caption, HEAD_FONT, 24, side="center", line=None, keep=True)
        yield _table(table.headings, [[line.name, *(cell.text for cell in line.cells)] for line in table.lines])
        if table.note:
            yield _paragraph(table.note, BODY_FONT, SMALL, line=None)


def _annex(number: int, one: Listing, rows: Sequence[Row]) -> Iterator[str]:
    yield _paragraph(f"附件 {number}", HEAD_FONT, BODY, new_page=True)
    yield _paragraph(one.caption, TITLE_FONT, TITLE, side="center", line=TITLE_LINE)
    if len(rows) < one.count:
        yield _paragraph(f"共 {one.count:,} 行，这里列出您能看到的 {len(rows):,} 行。", BODY_FONT, SMALL, line=None)
    if rows:
        headings = ("序号", *one.headings)
        yield _table(headings, [[str(place), *row.cells] for place, row in enumerate(rows, 1)])


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    wants = _wants(headings, rows)
    widths = [ROOM * want // sum(wants) for want in wants]
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    head = "".join(_cell(text, one, HEAD_FONT, "center") for text, one in zip(headings, widths, strict=True))
    body = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(
            _cell(text, one, BODY_FONT, "left" if width(text) > BROKEN and not NUMBERS.fullmatch(text) else "center")
            for text, one in zip(row, widths, strict=False)
        )
        + "</w:tr>"
        for row in rows
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{edges}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="50" w:type="dxa"/>'
        f'<w:right w:w="50" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{body}</w:tbl>"
    )


def _wants(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column wants to be, in half-width characters: its longest text, long ones broken; a heading may
    stand in two lines."""
    found = []
    for place, heading in enumerate(headings):
        longest = max((width(row[place]) for row in rows if place < len(row)), default=0)
        found.append(max(longest, -(-width(heading) // 2), 4) + 1)
    spare = ACROSS - sum(want for want in found if want <= BROKEN)
    long = [want for want in found if want > BROKEN]
    # Long texts share what the short ones leave, each at least so much that a few words fit a line.
    return [want if want <= BROKEN else max(BROKEN, min(want, spare * want // sum(long))) for want in found]


def _cell(text: str, wide: int, font: str, side: str) -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{_paragraph(text, font, SMALL, side=side, line=TABLE_LINE)}</w:tc>"
    )


def _paragraph(
    text: str, font: str, size: int, *, side: str = "both", line: int | None = LINE, first: int = 0, right: int = 0,
    keep: bool = False, new_page: bool = False,
) -> str:  # fmt: skip
    """One paragraph in one face; `first` and `right`: characters of indent."""
    return _lines([(text, font)], size, side=side, line=line, first=first, right=right, keep=keep, new_page=new_page)


def _lines(
    pieces: Sequence[tuple[str, str]], size: int = BODY, *, side: str = "both", line: int | None = LINE,
    first: int = 0, right: int = 0, keep: bool = False, new_page: bool = False,
) -> str:  # fmt: skip
    spaced = f' w:line="{line}" w:lineRule="exact"' if line else ""
    indent = ""
    if first:
        indent = f'<w:ind w:firstLineChars="{first * 100}" w:firstLine="{first * CHARACTER}"/>'
    if right:
        indent = f'<w:ind w:rightChars="{right * 100}" w:right="{right * CHARACTER}"/>'
    flags = ("<w:keepNext/>" if keep else "") + ("<w:pageBreakBefore/>" if new_page else "")
    # Only lines of the text lie on the page's grid.
    flags += "" if line == LINE else '<w:snapToGrid w:val="0"/>'
    runs = "".join(_run(text, font, size) for text, font in pieces if text)
    return (
        f'<w:p><w:pPr>{flags}<w:spacing w:before="0" w:after="0"{spaced}/>{indent}<w:jc w:val="{side}"/></w:pPr>'
        f"{runs}</w:p>"
    )


def _run(text: str, font: str, size: int) -> str:
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line.translate(_CONTROL))}</w:t>' for line in text.split("\n")
    )
    return f"<w:r>{_face(font, size)}{lines}</w:r>"


def _face(font: str, size: int) -> str:
    fonts = f'w:ascii="{LATIN_FONT}" w:hAnsi="{LATIN_FONT}" w:eastAsia="{font}"'
    return (
        f'<w:rPr><w:rFonts {fonts}/><w:color w:val="000000"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
        '<w:lang w:eastAsia="zh-CN"/></w:rPr>'
    )


def _paper(written: Any) -> None:
    """The page, its lines, and its numbers: 7 mm below the type area, odd ones right and even ones left, one
    character in."""
    from docx.shared import Mm

    section = written.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(35 - 7 - 5)
    for old in section._sectPr.findall(f"{{{_space()}}}docGrid"):
        section._sectPr.remove(old)
    section._sectPr.append(_element(f'<w:docGrid {SPACE} w:type="lines" w:linePitch="{LINE}"/>'))
    written.settings.odd_and_even_pages_header_footer = True
    for foot, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        old = foot.paragraphs[0]._p
        old.getparent().replace(old, _element(_foot(side)))


def _space() -> str:
    return SPACE.split('"')[1]


def _foot(side: str) -> str:
    face = _face(SONG_FONT, NUMBER).replace(LATIN_FONT, SONG_FONT)
    dash = f'<w:r>{face}<w:t xml:space="preserve">{{}}</w:t></w:r>'
    number = f'<w:fldSimple w:instr=" PAGE "><w:r>{face}<w:t>1</w:t></w:r></w:fldSimple>'
    return (
        f'<w:p {SPACE}><w:pPr><w:ind w:{side}="280" w:{side}Chars="100"/><w:jc w:val="{side}"/></w:pPr>'
        f"{dash.format('— ')}{number}{dash.format(' —')}</w:p>"
    )


def _fonts() -> str:
    """The table of faces with what stands in for each."""
    said = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{instead}"/><w:charset w:val="86"/></w:font>'
        for name, instead in FALL_BACK.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {SPACE}>{said}</w:fonts>'


def _filled(stream: io.BytesIO, markup: str) -> bytes:
    """The document with its one paragraph replaced, and its table of faces."""
    found = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "word/document.xml":
                before, place, after = data.partition(f"<w:p><w:r><w:t>{PLACE}</w:t></w:r></w:p>".encode())
                assert place, "python-docx writes the paragraph as it was given"
                data = before + markup.encode() + after
            elif item.filename == "word/fontTable.xml":
                data = _fonts().encode()
            new.writestr(item, data)
    return found.getvalue()
