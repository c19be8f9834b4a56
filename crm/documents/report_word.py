"""An edition as a Word document: title, sections, tables and lists, A4 upright."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from crm.documents.list_word import MEDIA_TYPE
from crm.documents.printed import BODY_FONT, HEAD_FONT, LATIN_FONT, TITLE_FONT
from models.report.content import Content
from models.report.rows import Row

__all__ = ["MEDIA_TYPE", "document"]


def document(content: Content, lists: Mapping[str, Sequence[Row]], notes: Sequence[str]) -> bytes:
    """The bytes of the document; `lists`: the rows of each list that the reader may see, by slot."""
    from docx import Document  # slow to start, and only exports need it
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    written = Document()
    section = written.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    written.core_properties.title, written.core_properties.author = content.title, ""
    written.core_properties.comments = ""

    def say(text: str, font: str = BODY_FONT, size: float = 16, *, middle: bool = False, indent: bool = True) -> None:
        paragraph = written.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing = Pt(28.95) if size >= 16 else None
        if middle:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif indent:
            paragraph.paragraph_format.first_line_indent = Pt(size * 2)
        _run(paragraph, text, font, size)

    say(content.title, TITLE_FONT, 22, middle=True)
    say(f"{content.bureau}　{content.as_of}", BODY_FONT, 14, middle=True)
    for part in content.parts:
        say(part.heading, HEAD_FONT)
        for line in part.paragraphs:
            say("".join(piece.text for piece in line))
        for table in part.tables:
            say(table.caption, BODY_FONT, 14, middle=True)
            rows = [[line.name, *(cell.text for cell in line.cells)] for line in table.lines]
            _table(written, table.headings, rows)
        for one in part.lists:
            say(one.caption, BODY_FONT, 14, middle=True)
            _table(written, one.headings, [row.cells for row in lists.get(one.slot, ())])
    for note in notes:
        say(note, BODY_FONT, 10.5, indent=False)
    stream = io.BytesIO()
    written.save(stream)
    return stream.getvalue()


def _table(written: Any, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = written.add_table(rows=1, cols=len(headings))
    table.style = "Table Grid"
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        _run(cell.paragraphs[0], heading, HEAD_FONT, 10.5)
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=False):
            _run(cell.paragraphs[0], value, BODY_FONT, 10.5)


def _run(paragraph: Any, text: str, font: str, size: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), LATIN_FONT
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
