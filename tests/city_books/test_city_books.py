"""Workbooks handed down: tied cells get what the pages of figures say, and everything else stays."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook
from time_machine import travel

from crm.documents.city_book import Book, why_not
from models.base import db
from models.city_book import CityBook, CityBookTie
from models.errors import Refused
from models.figures import registry
from models.figures.base import Period
from models.figures.scope import Scope
from models.rules.city_book import cell_name, days, place_of
from tests.support.browser import Browser
from tests.support.city_book_factories import make_city_book, workbook
from tests.support.factories import make_firm, make_title, make_user
from tests.support.page import Page

SHEETS = workbook()


@pytest.mark.parametrize("name, place", [("A1", (1, 1)), ("Z9", (26, 9)), ("AA10", (27, 10)), ("XFD1", (16384, 1))])
def test_cells_have_names(name: str, place: tuple[int, int]) -> None:
    assert place_of(name) == place and cell_name(*place) == name


@pytest.mark.parametrize("name", ["", "A0", "1A", "A1:B2", "a1", "ABCD1"])
def test_what_is_no_cell(name: str) -> None:
    assert place_of(name) is None


@pytest.mark.parametrize(
    "when, on, since, last",
    [
        ("day", date(2026, 3, 1), date(2026, 2, 28), date(2026, 3, 1)),
        ("month", date(2026, 3, 15), date(2026, 2, 28), date(2026, 3, 15)),
        ("month", date(2026, 3, 1), date(2026, 2, 28), date(2026, 3, 1)),
        ("year", date(2026, 3, 15), date(2025, 12, 31), date(2026, 3, 15)),
        ("last_year", date(2026, 3, 15), date(2024, 12, 31), date(2025, 3, 15)),
        ("last_year", date(2028, 2, 29), date(2026, 12, 31), date(2027, 2, 28)),
    ],
)
def test_days_of_a_rule(when: str, on: date, since: date, last: date) -> None:
    assert days(when, on) == (since, last)


@pytest.mark.parametrize(
    "sheet, cells, said",
    [
        ("汇总", ["B3"], ""),
        ("汇总", ["A1"], ""),
        ("汇总", ["B1"], "请写左上角的 A1"),
        ("汇总", ["B5"], "里是公式"),
        ("汇总", ["B9"], "没有 B9"),
        ("没有的页", ["B3"], "没有“没有的页”"),
        ("汇总", ["B3", "B4", "B5"], "B5 里是公式"),
        ("名单", ["A2", "A40"], ""),
    ],
)
def test_what_can_be_tied(sheet: str, cells: list[str], said: str) -> None:
    wrong = why_not(Book(SHEETS), sheet, cells, over_formula=False)
    assert said in wrong and bool(wrong) == bool(said)


def test_a_formula_is_replaced_only_when_asked_to() -> None:
    assert why_not(Book(SHEETS), "汇总", ["B5"], over_formula=True) == ""
    assert load_workbook(io.BytesIO(Book(SHEETS).fill({"汇总": {"B3": 3}})))["汇总"]["B5"].value == "=B3+B4"
    assert load_workbook(io.BytesIO(Book(SHEETS).fill({"汇总": {"B5": 3}})))["汇总"]["B5"].value == 3


def test_everything_else_stays() -> None:
    data = Book(SHEETS).fill({"汇总": {"B3": 12, "B4": 1.5, "C9": "=1+1"}})
    page = load_workbook(io.BytesIO(data))["汇总"]
    assert (page["B3"].value, page["B4"].value, page["C9"].value) == (12, 1.5, "'=1+1")
    assert page["B4"].font.bold and page["B4"].number_format == "#,##0" and page["B4"].fill.fgColor.rgb == "FFFFFF00"
    assert [str(area) for area in page.merged_cells.ranges] == ["A1:C1"] and page["A1"].value == "市级调度表"
    old, new = (zipfile.ZipFile(io.BytesIO(one)) for one in (SHEETS, data))
    assert new.namelist() == [name for name in old.namelist() if name != "xl/calcChain.xml"]
    assert new.read("xl/charts/chart1.xml") == old.read("xl/charts/chart1.xml")
    # No old sum is left for who does not reckon.
    assert load_workbook(io.BytesIO(data), data_only=True)["汇总"]["B5"].value is None
    assert b'fullCalcOnLoad="1"' in new.read("xl/workbook.xml")


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@sum", "\t=1"])
def test_text_never_becomes_a_formula(text: str) -> None:
    page = load_workbook(io.BytesIO(Book(SHEETS).fill({"名单": {"B2": text}})))["名单"]
    assert page["B2"].data_type != "f" and str(page["B2"].value).startswith("'")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no workbook", SHEETS[:200]])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="打不开"):
        Book(data)


def test_a_workbook_that_grows_too_large_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a/>" + b" " * 40_000_001)
    with pytest.raises(Refused, match="太大"):
        Book(stream.getvalue())


@travel("2026-07-02T04:00:00Z", tick=False)
def test_uploaded_once_tied_and_filled_for_any_day(browser: Browser) -> None:
    for on in (date(2026, 3, 1), date(2026, 6, 30), date(2026, 7, 2), date(2025, 5, 1)):
        make_title(make_firm(area="青禾街道"), "hnte", on)
    browser.sign_in(make_user(role="office"))

    def upload() -> str:
        data = {"name": "月调度表", "file": (io.BytesIO(SHEETS), "调度.xlsx")}
        return browser.post("/city-books/", data=data).location

    address = upload()
    assert upload() == address and db.session.query(CityBook).count() == 1
    refused = browser.post("/city-books/", data={"name": "坏的", "file": (io.BytesIO(b"no"), "a.xlsx")})
    assert refused.status_code == 422 and "另存为 .xlsx" in Page(refused).text
    given = {"sheet": "汇总", "cell": "b3", "kind": "figure", "figure_key": "title.hnte.new", "period": "year",
             "area_id": "0"}  # fmt: skip
    assert browser.post(f"{address}/tie", data=given).status_code == 302
    wrong = browser.post(f"{address}/tie", data={**given, "cell": "B1"})
    assert wrong.status_code == 422 and "请写左上角的 A1" in Page(wrong).text and Page(wrong).faults() == []
    assert "已经对应了别的数" in Page(browser.post(f"{address}/tie", data=given)).text
    listed = {**given, "sheet": "名单", "cell": "A2", "kind": "list", "columns": ["number", "name", "area"]}
    assert "请填表里留了几行" in Page(browser.post(f"{address}/tie", data=listed)).text
    assert browser.post(f"{address}/tie", data={**listed, "room": "3"}).status_code == 302
    assert browser.post(f"{address}/tie", data={**given, "cell": "B4", "period": "last_year"}).status_code == 302
    page = Page(browser.get(f"{address}?on=2026-06-30"))
    assert [row[4] for row in page.rows("哪一格填什么")] == ["2", "2 行", "1"] and page.faults() == []
    answer = browser.get(f"{address}/fill?on=2026-06-30")
    book = load_workbook(io.BytesIO(answer.data))
    whole = registry.find("title.hnte.new").count(Period(date(2025, 12, 31), date(2026, 6, 30)), Scope())
    assert (book["汇总"]["B3"].value, book["汇总"]["B4"].value) == (whole, 1) == (2, 1)
    rows = [[cell.value for cell in row] for row in book["名单"]["A2:C5"]]
    assert [row[0] for row in rows] == [1, 2, None, None] and rows[0][2] == "青禾街道"
    assert book["名单"]["A12"].value == "填表人："
    fuller = load_workbook(io.BytesIO(browser.get(f"{address}/fill?on=2026-07-02").data))
    assert fuller["汇总"]["B3"].value == 3
    db.session.query(CityBookTie).filter_by(kind="list").one().room = 2
    db.session.commit()
    assert "名单有 3 行，表里只留了 2 行" in Page(browser.get(address)).text
    assert b"PK" not in browser.get(f"{address}/fill").data[:2]
    tie_id = db.session.query(CityBookTie.id).filter_by(kind="list").scalar()
    page = Page(browser.post(f"{address}/ties/{tie_id}/remove", follow_redirects=True))
    assert len(page.rows("哪一格填什么")) == 2
    assert browser.post(f"{address}/close").status_code == 302 and browser.get(address).status_code == 404


@pytest.mark.parametrize("role", ["officer", "town"])
def test_only_the_office_and_managers_fill(lite_browser: Browser, role: str) -> None:
    book = make_city_book().id
    db.session.commit()
    lite_browser.sign_in(make_user(role=role, area="青禾街道" if role == "town" else None))
    for address in ("/city-books/", f"/city-books/{book}", f"/city-books/{book}/fill"):
        assert lite_browser.get(address).status_code in (403, 404)
