"""The annex of an edition as a workbook: its figures, its tables, and the rows that each figure counts."""

from collections.abc import Iterable, Sequence

from crm.documents import excel
from crm.documents.excel import MEDIA_TYPE
from models.report.content import Content
from models.report.rows import HEADINGS, Row

__all__ = ["MEDIA_TYPE", "FigureLine", "workbook"]

#: (name, printed words, unit, days, definition)
FigureLine = tuple[str, str, str, str, str]
_FIGURES = (
    excel.Column("指标", 28), excel.Column("数", 18), excel.Column("单位", 8), excel.Column("时点或期间", 26),
    excel.Column("口径", 80),
)  # fmt: skip


def workbook(
    content: Content, watermark: str, figures: Sequence[FigureLine], lists: Iterable[tuple[str, str, Sequence[Row]]]
) -> tuple[bytes, int]:
    """The bytes and how many rows; `lists`: (name, what the rows are, rows) of each figure."""
    sheets = [excel.Sheet("指标", _FIGURES, figures)]
    for part in content.parts:
        for table in part.tables:
            heads = [excel.Column(heading, 24 if not place else 14) for place, heading in enumerate(table.headings)]
            rows = [[line.name, *(cell.text for cell in line.cells)] for line in table.lines]
            sheets.append(excel.Sheet(table.caption, heads, rows))
    for name, of, rows_of in lists:
        heads = [excel.Column(heading, 30 if heading in ("企业", "问题", "事项") else 14) for heading in HEADINGS[of]]
        sheets.append(excel.Sheet(name, heads, [row.cells for row in rows_of]))
    return excel.book(watermark, sheets)
