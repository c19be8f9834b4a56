"""A printed list as a workbook: what Excel and WPS print on A4 in landscape without touching anything."""

import io
from typing import Any

from crm.documents.excel import safe
from crm.documents.printed import BODY_FONT, FIRM, HEAD_FONT, TITLE_FONT, Printed, lines_of

#: Points of a line of the body, and the most a row may have.
LINE, HIGHEST = 15, 400


def workbook(printed: Printed) -> bytes:
    """The bytes of the workbook: one sheet, title and notes over the table, its head repeated on every page."""
    import xlsxwriter  # slow to start, and only exports need it

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"strings_to_formulas": False, "strings_to_urls": False,
                                        "strings_to_numbers": False, "in_memory": True})  # fmt: skip
    page = book.add_worksheet("清单")
    formats = _formats(book)
    last = len(printed.columns) - 1
    for place, (_, share) in enumerate(printed.columns):
        page.set_column(place, place, share)
    page.merge_range(0, 0, 0, last, printed.title, formats["title"])
    page.set_row(0, 34)
    lines = [*printed.notes, printed.watermark]
    for row, line in enumerate(lines, 1):
        page.merge_range(row, 0, row, last, safe(line), formats["note"])
    head = len(lines) + 1
    page.set_row(head, LINE * max(lines_of(heading, share) for heading, share in printed.columns) + 6)
    for place, (heading, _) in enumerate(printed.columns):
        page.write_string(head, place, safe(heading), formats["head"])
    _rows(page, printed, head + 1, formats)
    _paper(page, head, head + len(printed.rows), last)
    book.close()
    return stream.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    body = {"font_name": BODY_FONT, "font_size": 10.5, "border": 1, "text_wrap": True, "valign": "vcenter"}
    return {
        "title": book.add_format({"font_name": TITLE_FONT, "font_size": 18, "align": "center", "valign": "vcenter"}),
        "note": book.add_format({"font_name": BODY_FONT, "font_size": 10.5, "align": "left", "valign": "vcenter"}),
        "head": book.add_format({**body, "font_name": HEAD_FONT, "align": "center"}),
        "text": book.add_format({**body, "align": "left"}),
        "middle": book.add_format({**body, "align": "center"}),
    }


def _rows(page: Any, printed: Printed, top: int, formats: dict[str, Any]) -> None:
    shares = [share for _, share in printed.columns]
    merged = {first: last for first, last in printed.runs}  # noqa: C416
    covered = printed.covered
    for number, row in enumerate(printed.rows):
        heights = []
        for place, value in enumerate(row):
            text = safe(value) if isinstance(value, str) else value
            # Short columns (numbers, dates, one word) stand in the middle as on paper.
            form = formats["middle"] if shares[place] <= 12 else formats["text"]
            if place == FIRM and number in covered:
                continue
            if place == FIRM and number in merged:
                page.merge_range(top + number, place, top + merged[number], place, text, form)
                continue
            if isinstance(text, int):
                page.write_number(top + number, place, text, form)
            else:
                page.write_string(top + number, place, text, form)
                heights.append(lines_of(text, shares[place] - 1))
        page.set_row(top + number, min(HIGHEST, LINE * max(heights, default=1) + 6))


def _paper(page: Any, head: int, end: int, last: int) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(head)
    page.print_area(0, 0, end, last)
    page.center_horizontally()
    page.set_footer("&C第 &P 页，共 &N 页")
    page.freeze_panes(head + 1, FIRM + 1)
