"""What the page of an import says beside its rows: the date in a title, what waits for a batch, what was not read."""

import pytest
from sqlalchemy import select

from crm.imports import undo, work
from crm.imports.plan import Options
from models.base import db
from models.importing import ImportRun
from models.title import TitleType
from models.user import User
from tests.imports.test_import_pages import do_tasks, office, send_files
from tests.support import hostile
from tests.support.browser import Browser
from tests.support.factories import make_import, make_user
from tests.support.sheets import code_of, csv_bytes, name_of, register_rows, xlsx_bytes

__all__ = ["office"]


@pytest.mark.parametrize(
    ("title", "prefilled"),
    [
        ("专精特新中小企业名单 2024年9月3日公告", "2024-09-03"),
        ("专精特新中小企业名单（截至2024年6月）", "2024-06-30"),
        ("2024年6月专精特新中小企业名单", "2024-06-01"),
        ("2024年专精特新中小企业名单", ""),
        ("专精特新中小企业名单", ""),
    ],
)
def test_a_date_in_the_title_is_offered_and_used_only_when_a_person_says_so(
    lite_browser: Browser, office: User, title: str, prefilled: str
) -> None:
    work.run_file(csv_bytes(register_rows([1])), "企业登记.csv", Options(), office.id)
    rows = [[title], ["企业名称", "统一社会信用代码"], [name_of(1), code_of(1)]]
    send_files(lite_browser.sign_in(office), ("专精特新.xlsx", xlsx_bytes({"名单": rows})))
    do_tasks()
    page = lite_browser.open("/imports/2")
    assert page.field("名单日期").attributes.get("value", "") == prefilled
    assert ("标题里写着" in page.text) == bool(prefilled)
    run = db.session.get_one(ImportRun, 2)
    assert (run.on_date, run.held_count) == (None, 1), "the title alone decides nothing"


def test_two_titles_that_give_two_dates_offer_none(lite_browser: Browser, office: User) -> None:
    work.run_file(csv_bytes(register_rows([1, 2])), "企业登记.csv", Options(), office.id)
    sheets = {}
    for number in (1, 2):
        title = f"专精特新中小企业名单 2024年9月{number}日公告"
        sheets[f"名单{number}"] = [[title], ["企业名称", "统一社会信用代码"], [name_of(number), code_of(number)]]
    send_files(lite_browser.sign_in(office), ("专精特新.xlsx", xlsx_bytes(sheets)))
    do_tasks()
    page = lite_browser.open("/imports/2")
    assert (page.field("名单日期").attributes.get("value", ""), "标题里写着" in page.text) == ("", False)


def test_a_batch_that_is_registered_has_every_list_that_waits_for_its_date_looked_at_again(
    lite_browser: Browser, office: User
) -> None:
    work.run_file(csv_bytes(register_rows([1, 2, 3])), "企业登记.csv", Options(), office.id)
    head = ["企业名称", "统一社会信用代码"]
    lite_browser.sign_in(office)
    for number in (1, 2):
        rows = [["2024年第二批专精特新中小企业名单"], head, [name_of(number), code_of(number)]]
        send_files(lite_browser, (f"专精特新{number}.xlsx", xlsx_bytes({"名单": rows})))
    dated = [["专精特新中小企业名单"], [*head, "发证日期"], [name_of(3), code_of(3), "2024-09-01"]]
    send_files(lite_browser, ("有日期.xlsx", xlsx_bytes({"名单": dated})))
    do_tasks()
    assert [run.state for run in db.session.scalars(select(ImportRun).order_by(ImportRun.id))][1:] == ["planned"] * 3
    kind = db.session.scalars(select(TitleType).where(TitleType.key == "srdi_sme")).one()
    batch = {"type_id": kind.id, "name": "2024年第二批", "announced_on": "2024-09-01"}
    answer = lite_browser.send("/batches/new", batch)
    assert "2 份待写入的名单正在重新核对" in answer.text
    do_tasks()
    runs = db.session.scalars(select(ImportRun).order_by(ImportRun.id)).all()
    assert [(run.state, run.count("created"), bool(run.needs_date)) for run in runs[1:]] == [("planned", 1, False)] * 3


def test_what_was_not_read_stands_on_the_page(lite_browser: Browser, office: User) -> None:
    data = hostile.changed({"xl/vbaProject.bin": b"\0" * 9, "xl/externalLinks/externalLink1.xml": b"<x/>"})
    send_files(lite_browser.sign_in(office), ("企业登记.xlsm", data))
    rows = [["重点企业培育台账"], ["企业名称", "统一社会信用代码", "责任人", "喜欢的颜色"], *(
        [name_of(number), code_of(number), "", "青"] for number in (1, 2)
    )]  # fmt: skip
    send_files(lite_browser, ("台账.xlsx", xlsx_bytes({"台账": rows})))
    do_tasks()
    first, second = (lite_browser.open(f"/imports/{number}") for number in (1, 2))
    assert "宏没有运行" in first.text
    assert "没有去读那些文件" in first.text
    assert "没有读进来的列" not in first.text
    table = second.rows("写了内容、没有成为任何项的列")
    assert [cells for cells in table if "喜欢的颜色" in cells[0]] == [
        ["台账 喜欢的颜色", "2", "这一列没有对应的项目，原样留在导入的行里"]
    ]


def test_the_imports_are_paged(lite_browser: Browser, office: User) -> None:
    for number in range(23):
        make_import(office, file_name=f"名单{number}.csv")
    make_import(make_user("officer"), file_name="别人的.csv")
    db.session.commit()
    lite_browser.sign_in(office)
    first, second = lite_browser.open("/imports/"), lite_browser.open("/imports/?page=2")
    seen = [row[0] for page in (first, second) for row in page.rows("导入过的文件")]
    assert (len(first.rows("导入过的文件")), len(seen), len(set(seen))) == (20, 24, 24)
    assert "第 1 / 2 页" in first.text
    assert lite_browser.open("/imports/?page=99").rows("导入过的文件") == second.rows("导入过的文件")
    assert len(lite_browser.open("/imports/?page=0").rows("导入过的文件")) == 20


def test_what_stays_when_an_import_is_taken_back_is_paged(
    lite_browser: Browser, office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_import(office, state="applied")
    db.session.commit()
    kept = [{"table": "firm", "id": number, "reason": f"理由{number}"} for number in range(45)]
    monkeypatch.setattr(undo, "look", lambda run: {"restored": 0, "removed": 0, "left": 45, "kept": kept})
    lite_browser.sign_in(office)
    pages = [lite_browser.open(f"/imports/{run.id}/undo?page={number}") for number in (1, 2, 3)]
    reasons = [row[-1] for page in pages for row in page.rows("会留着不动的")]
    assert reasons == [f"理由{number}" for number in range(45)]
    assert "第 3 / 3 页" in pages[2].text
