"""A bar chart inside a Word document, drawn by whoever opens it (DrawingML): sharp on paper, in the machine's own
fonts, and its numbers are text in the file, not a picture of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from models.report.content import Content, Table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
#: English Metric Units in a millimetre; the chart is as wide as the type area.
EMU = 36_000
WIDTH, LEAST_HEIGHT, ROW_HEIGHT = 154, 60, 8
#: So many bars can be read on a page.
MOST_BARS = 20


@dataclass(frozen=True, slots=True)
class Bars:
    """What is drawn: a caption, what the numbers are, names and numbers as they are printed."""

    caption: str
    series: str
    names: Sequence[str]
    numbers: Sequence[str]

    @property
    def height(self) -> int:
        """Millimetres."""
        return max(LEAST_HEIGHT, 20 + ROW_HEIGHT * len(self.names))


def bars_of(content: Content) -> Bars | None:
    """The bars of an edition: the first column of whole numbers of its first table that has at least two lines; None
    where no table has one."""
    for part in content.parts:
        for table in part.tables:
            found = _bars(table)
            if found is not None:
                return found
    return None


def _bars(table: Table) -> Bars | None:
    lines = table.lines[:MOST_BARS]
    for place, heading in enumerate(table.headings[1:]):
        numbers = [line.cells[place].text for line in lines if place < len(line.cells)]
        if len(numbers) == len(lines) >= 2 and all(_whole(text) for text in numbers) and set(numbers) != {"0"}:
            plain = [text.replace(",", "") for text in numbers]
            return Bars(f"{table.caption}：{heading}", heading, [line.name for line in lines], plain)
    return None


def _whole(text: str) -> bool:
    return text.replace(",", "").isascii() and text.replace(",", "").isdigit()


def part(bars: Bars) -> bytes:
    """The chart as a part of the document's package."""
    text = (
        '<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1050"><a:latin typeface="Times New Roman"/>'
        '<a:ea typeface="仿宋_GB2312"/></a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )
    names = "".join(f'<c:pt idx="{i}"><c:v>{escape(name)}</c:v></c:pt>' for i, name in enumerate(bars.names))
    numbers = "".join(f'<c:pt idx="{i}"><c:v>{number}</c:v></c:pt>' for i, number in enumerate(bars.numbers))
    count = f'<c:ptCount val="{len(bars.names)}"/>'
    line = '<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="808080"/></a:solidFill></a:ln></c:spPr>'
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace xmlns:c="{CHART}" xmlns:a="{DRAWING}">'
        '<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        '<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        '<c:ser><c:idx val="0"/><c:order val="0"/>'
        f'<c:tx><c:strRef><c:f>A</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(bars.series)}</c:v>'
        "</c:pt></c:strCache></c:strRef></c:tx>"
        '<c:spPr><a:solidFill><a:srgbClr val="1F5F7A"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>'
        f'<c:dLbls>{text}<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
        '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat><c:strRef><c:f>B</c:f><c:strCache>{count}{names}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>C</c:f><c:numCache><c:formatCode>#,##0</c:formatCode>{count}{numbers}</c:numCache>"
        "</c:numRef></c:val></c:ser>"
        '<c:gapWidth val="60"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'{line}{text}<c:crossAx val="2"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="1"/><c:axPos val="t"/><c:crossAx val="1"/></c:valAx>'
        '</c:plotArea><c:plotVisOnly val="1"/></c:chart>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:chartSpace>"
    ).encode()


def drawing(bars: Bars, relation: str) -> str:
    """The run that shows the chart, with its words for who cannot see it."""
    words = escape("；".join(f"{name} {n}" for name, n in zip(bars.names, bars.numbers, strict=True)), {'"': "&quot;"})
    place = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{place}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{WIDTH * EMU}" cy="{bars.height * EMU}"/>'
        f'<wp:docPr id="1" name="{escape(bars.caption)}" descr="{words}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic xmlns:a="{DRAWING}"><a:graphicData uri="{CHART}"><c:chart xmlns:c="{CHART}" '
        f'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def attach(written: Any, bars: Bars) -> str:
    """Put the chart into the package of a document (python-docx); returns the name its drawing calls it by."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    chart = Part(PackURI("/word/charts/chart1.xml"), MEDIA_TYPE, part(bars), written.part.package)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"
    found: str = written.part.relate_to(chart, relation)
    return found
