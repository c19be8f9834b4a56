"""Factories of workbooks handed down: one with a head, a merged title, a formula, a chart and room for a list."""

import io

import xlsxwriter

from models import clock, file
from models.base import db
from models.city_book import CityBook, CityBookTie


def workbook() -> bytes:
    """Sheet 汇总: A1:C1 merged, B3 number, B4 number with a format, B5 = B3+B4; sheet 名单: a head and ten rows."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    page = book.add_worksheet("汇总")
    bold = book.add_format({"bold": True, "num_format": "#,##0", "bg_color": "#FFFF00"})
    page.merge_range("A1:C1", "市级调度表")
    for row, name in enumerate(("新增高企", "有效高企", "合计", "备注"), 2):
        page.write(row, 0, name)
    page.write_number("B3", 0)
    page.write_number("B4", 7, bold)
    page.write_formula("B5", "=B3+B4", None, 7)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=汇总!$B$3:$B$4"})
    page.insert_chart("E2", chart)
    rows = book.add_worksheet("名单")
    for column, name in enumerate(("序号", "企业", "街镇")):
        rows.write(0, column, name)
    rows.write(11, 0, "填表人：")
    book.close()
    return stream.getvalue()


def make_city_book() -> CityBook:
    """A workbook in use."""
    stored = file.store(workbook(), "book.xlsx", "application/xlsx", owner_table="city_book", at=clock.now())
    row = CityBook(name="高企月调度表", file_id=stored.id, created_at=clock.now())
    db.session.add(row)
    db.session.flush()
    return row


def make_tie() -> CityBookTie:
    """A cell of a workbook tied to the new 高新技术企业 of the year."""
    row = CityBookTie(sheet="汇总", cell="B3", kind="figure", figure_key="title.hnte.new", period="year")
    # The book is kept by its name: an object that nobody holds is gone before its list is changed.
    book = make_city_book()
    book.ties.append(row)
    db.session.flush()
    return row
