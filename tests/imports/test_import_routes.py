"""Pages of the import: dropped, looked at, written, decided; who may, and what they see."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from crm.imports import work
from crm.imports.plan import Options
from models.audit import AuditEntry
from models.base import db
from models.firm import Firm
from models.importing import ImportRow, ImportRun
from models.task import KINDS, Task, Work
from models.title import Title
from models.user import User
from tests.support.browser import Browser
from tests.support.factories import make_user
from tests.support.sheets import code_of, csv_bytes, name_of, register_rows, xlsx_bytes


def do_tasks() -> None:
    """What the worker would do now."""
    for task in db.session.scalars(select(Task).where(Task.state == "waiting").order_by(Task.id)).all():
        KINDS[task.kind].function(Work({"import_id": int(task.arguments.split(":")[1].rstrip("}"))}, task.person_id))
        db.session.get_one(Task, task.id).state = "done"
        db.session.commit()


def drop(browser: Browser, data: bytes, name: str = "企业登记.csv", **fields: Any) -> Any:
    return browser.send("/imports/", {"files": (io.BytesIO(data), name), **fields}, content_type="multipart/form-data")


HNTE = [
    ["青禾区2024年高新技术企业认定名单"],
    ["企业名称", "统一社会信用代码", "证书编号", "发证日期"],
    [name_of(1), code_of(1), "GR202499000001", "2024-10-12"],
    [name_of(2).replace("机械", "机电"), "", "GR202499000002", "2024-10-12"],
    [name_of(3), "9.13E+17", "坏编号", "2024-02-31"],
]


@pytest.fixture
def office(lite_app: Flask) -> User:
    return make_user("office", name="周综合")


def test_a_file_is_dropped_looked_at_and_written(lite_browser: Browser, office: User) -> None:
    page = drop(lite_browser.sign_in(office), csv_bytes(register_rows([1, 2, 3])))
    assert "排队中" in page.text
    do_tasks()
    page = lite_browser.open("/imports/1")
    assert "写入 3 行" in page.text
    assert "统一社会信用代码" in page.text
    assert db.session.scalar(select(func.count()).select_from(Firm)) == 0, "nothing is written before the button"
    lite_browser.send("/imports/1/apply")
    do_tasks()
    assert "已写入" in lite_browser.open("/imports/1").text
    assert db.session.scalar(select(func.count()).select_from(Firm)) == 3
    assert "企业登记.csv" in lite_browser.open("/imports/").text
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.act == "import.run")).one().person_id == office.id
    assert name_of(2) in lite_browser.open("/imports/1/rows/created").text


def with_held_row(person: User | None = None) -> int:
    work.run_file(csv_bytes(register_rows([1, 2, 3])), "企业登记.csv", Options(), person.id if person else None)
    data = xlsx_bytes({"2024年": HNTE})
    return int(work.run_file(data, "高企.xlsx", Options(), person.id if person else None)["id"])


def test_a_held_row_is_decided_with_one_button(lite_browser: Browser, office: User) -> None:
    import_id = with_held_row()
    page = lite_browser.sign_in(office).open(f"/imports/{import_id}/held")
    assert "第 1 / 2 行" in page.text
    assert page.all("input", name="choice", value=code_of(2))
    row = db.session.scalars(select(ImportRow).where(ImportRow.effect == "held").order_by(ImportRow.id)).first()
    assert row is not None
    page = lite_browser.send(f"/imports/{import_id}/held/{row.id}", {"choice": code_of(2), "place": "1"})
    assert "第 1 / 1 行" in page.text
    assert db.session.scalar(select(func.count()).select_from(Title)) == 2
    page = lite_browser.send(f"/imports/{import_id}/held/{row.id}", {"choice": code_of(1), "place": "1"})
    assert "已经认过" in page.text
    page = lite_browser.send(f"/imports/{import_id}/held/{row.id + 1}", {"choice": "91", "place": "1"})
    assert "没有信用代码" in page.text


def test_problem_rows_can_be_taken_away(lite_browser: Browser, office: User) -> None:
    import_id = with_held_row()
    page = lite_browser.sign_in(office).open(f"/imports/{import_id}")
    assert "没有这一天" in page.text
    answer = lite_browser.get(f"/imports/{import_id}/problems")
    assert answer.data[:2] == b"PK"
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.act == "export")).one().person_id == office.id


def test_a_refused_file_says_why(lite_browser: Browser, office: User) -> None:
    drop(lite_browser.sign_in(office), b"%PDF-1.7", "名单.pdf")
    do_tasks()
    assert "这是 PDF 文件" in lite_browser.open("/imports/1").text
    assert lite_browser.post("/imports/1/apply").status_code in (400, 409, 422)


def test_without_a_file_the_form_says_so(lite_browser: Browser, office: User) -> None:
    assert "请先选文件" in lite_browser.sign_in(office).send("/imports/", {}, status=422).text


def test_an_officer_sees_own_imports_and_decides_nothing(lite_browser: Browser, office: User) -> None:
    officer = make_user("officer")
    with_held_row()
    mine = with_held_row(officer)
    lite_browser.sign_in(officer)
    assert lite_browser.open("/imports/").text.count("高企.xlsx") == 1
    assert lite_browser.get("/imports/1").status_code == 404
    assert f"/imports/{mine}/held" not in lite_browser.get(f"/imports/{mine}").text
    assert lite_browser.get(f"/imports/{mine}/held").status_code == 403


def test_what_changed_between_look_and_write_is_shown_again(lite_browser: Browser, office: User) -> None:
    drop(lite_browser.sign_in(office), csv_bytes(register_rows([1, 2])))
    do_tasks()
    work.run_file(csv_bytes(register_rows([1])), "别人的企业登记.csv", Options())
    lite_browser.send("/imports/1/apply")
    do_tasks()
    run = db.session.get_one(ImportRun, 1)
    assert (run.state, run.count("created"), run.count("unchanged")) == ("planned", 1, 1)
    assert "请再看一遍" in lite_browser.open("/imports/1").text
    lite_browser.send("/imports/1/apply")
    do_tasks()
    assert db.session.get_one(ImportRun, 1).state == "applied"


def test_rows_decided_before_writing_are_written_with_the_rest(lite_browser: Browser, office: User) -> None:
    drop(lite_browser.sign_in(office), csv_bytes(register_rows([1, 2, 3])))
    do_tasks()
    lite_browser.send("/imports/1/apply")
    do_tasks()
    drop(lite_browser, xlsx_bytes({"2024年": HNTE}), "高企.xlsx")
    do_tasks()
    first, second = ImportRow.list_of(2, ("held",))
    lite_browser.send(f"/imports/2/held/{first.id}", {"choice": code_of(2), "place": "1"})
    lite_browser.send(f"/imports/2/held/{second.id}", {"choice": "skip", "place": "1"})
    assert db.session.scalar(select(func.count()).select_from(Title)) == 0, "nothing is written before the button"
    assert "写入 2 行" in lite_browser.open("/imports/2").text
    lite_browser.send("/imports/2/apply")
    do_tasks()
    run = db.session.get_one(ImportRun, 2)
    assert (run.state, run.count("created"), run.count("unchanged"), run.count("held")) == ("applied", 2, 1, 0)
    assert db.session.scalar(select(func.count()).select_from(Title)) == 2
