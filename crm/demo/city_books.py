"""A workbook as a city hands it down, tied and ready to be filled."""

import io
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models import file
from models.base import db
from models.city_book import CityBook, CityBookTie
from models.user import Role, User

NAME = "演示：市高企培育月调度表"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Row of the sheet: what it is called, its figure.
LINES = (("新增高新技术企业", "title.hnte.new"), ("有效高新技术企业", "title.hnte.in_force"),
         ("有效科技型中小企业", "title.tech_sme.in_force"), ("走访企业数", "visits.firms"))  # fmt: skip
PERIODS = (("C", "month", "本月"), ("D", "year", "本年"), ("E", "last_year", "去年同期"))
FIRST, ROOM = 4, 60


def add_book(at: datetime) -> CityBook:
    """The workbook, uploaded by somebody of the office. The caller commits."""
    office = select(User).join(User.roles).where(Role.name == "office").order_by(User.id).limit(1)
    by = db.session.scalars(office).one()
    stored = file.store(_workbook(), "demo.xlsx", MEDIA_TYPE, owner_table="city_book", at=at, person_id=by.id)
    book = CityBook(name=NAME, file_id=stored.id, created_by_id=by.id, created_at=at)
    book.ties = [
        CityBookTie(sheet="汇总", cell=f"{column}{FIRST + down}", kind="figure", figure_key=key, period=period)
        for down, (_, key) in enumerate(LINES) for column, period, _ in PERIODS
    ]  # fmt: skip
    book.ties.append(
        CityBookTie(sheet="名单", cell="A3", kind="list", figure_key="title.hnte.new", period="last_year", room=ROOM,
                    columns=frozenset({"number", "name", "area"}))
    )  # fmt: skip
    db.session.add(book)
    db.session.flush()
    stored.owner_id = book.id
    return book


def _workbook() -> bytes:
    import xlsxwriter  # slow to start

    stream = io.BytesIO()
    book: Any = xlsxwriter.Workbook(stream)
    head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1, "bg_color": "#DCE6F1"})
    cell = book.add_format({"border": 1, "num_format": "#,##0"})
    page = book.add_worksheet("汇总")
    page.set_column("A:A", 8)
    page.set_column("B:F", 22)
    page.merge_range("A1:F1", "高新技术企业培育月调度表", head)
    for column, name in enumerate(("序号", "指标", *(name for _, _, name in PERIODS), "比去年同期")):
        page.write(FIRST - 2, column, name, head)
    for down, (name, _) in enumerate(LINES):
        row = FIRST + down
        page.write_row(row - 1, 0, (down + 1, name, "", "", ""), cell)
        page.write_formula(row - 1, 5, f"=D{row}-E{row}", cell)
    rows = book.add_worksheet("名单")
    rows.set_column("B:B", 40)
    rows.merge_range("A1:C1", "去年同期新增高新技术企业", head)
    for column, name in enumerate(("序号", "企业名称", "镇街")):
        rows.write(1, column, name, head)
    for down in range(ROOM):
        rows.write_row(2 + down, 0, ("", "", ""), cell)
    book.close()
    return stream.getvalue()
