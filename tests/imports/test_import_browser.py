"""Import in a real browser: a register and a list dropped, looked at, written, and a held row decided by key."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.base import db
from models.task import KINDS, Task, Work
from models.title import Title
from tests.support.chromium import Window
from tests.support.factories import make_user
from tests.support.sheets import code_of, csv_bytes, name_of, register_rows, xlsx_bytes

LIST: list[list[str | None]] = [
    ["青禾区2024年高新技术企业认定名单", None, None, None],
    ["第一批（2024年10月12日）", None, None, None],
    ["企业名称", "统一社会信用代码", "证书编号", "备注"],
    ["云澜甲甲乙机械有限公司", code_of(1), "GR202499000001", "首次认定"],
    ["云澜甲甲丙机械", "9.13E+17", "坏编号", "重新认定"],
    ["云澜青青草机械", None, "GR202499000003", "重新认定"],
]


def do_tasks() -> None:
    db.session.rollback()
    for task in db.session.scalars(select(Task).where(Task.state == "waiting").order_by(Task.id)).all():
        KINDS[task.kind].function(Work(json.loads(task.arguments), task.person_id))
        db.session.get_one(Task, task.id).state = "done"
        db.session.commit()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_files_are_dropped_together_written_one_after_another_and_held_rows_decided(
    size: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    window: Window = request.getfixturevalue(size)
    (tmp_path / "高企名单.xlsx").write_bytes(xlsx_bytes({"2024年": LIST}))
    (tmp_path / "企业登记.csv").write_bytes(csv_bytes(register_rows([1, 2, 3])))
    (tmp_path / "没用的.pdf").write_bytes(b"%PDF-1.7")
    page = window.sign_in(make_user("office", name="周综合")).open("/imports/")
    assert (window.complaints(), window.wide()) == ([], 0)
    page.get_by_label("文件").set_input_files(sorted(tmp_path.iterdir()))
    page.get_by_role("button", name="读这些文件").click()
    page.wait_for_url("**/imports/drop/1")
    assert (window.complaints(), window.wide()) == ([], 0)
    do_tasks()
    # The page follows by itself: the register stands first though the list came before it.
    page.get_by_text("2 个文件可以写入").wait_for()
    assert page.locator(".files h2").all_inner_texts()[0] == "企业登记.csv"
    assert page.get_by_text("这是 PDF 文件").is_visible()
    assert (window.complaints(), window.wide()) == ([], 0)
    page.get_by_role("button", name="依次写入这 2 个").click()
    page.wait_for_url("**/imports/drop/1")
    do_tasks()
    page.get_by_role("link", name="认领 2 行").click()
    assert page.get_by_role("heading", name="是哪一家？").is_visible()
    assert (window.complaints(), window.wide()) == ([], 0)
    assert db.session.scalar(select(func.count()).select_from(Title)) == 1
    page.keyboard.press("j")
    page.keyboard.press("1")
    page.get_by_text("第 1 / 1 行").wait_for()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Title)) == 2
    assert (window.complaints(), window.wide()) == ([], 0)
    page.get_by_label("都不像，找另一家").fill(name_of(3)[2:5])
    page.locator("#found .candidate").first.wait_for()
    assert (window.complaints(), window.wide()) == ([], 0)
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="是哪一家？").click()
    page.keyboard.press("s")
    page.get_by_text("没有待认领的行了").wait_for()
    assert (window.complaints(), window.wide()) == ([], 0)
    for path in (
        "/imports/2",
        "/imports/2/rows/created",
        "/imports/2/rows/all?wrong=*",
        "/imports/rows/4",
        "/imports/2/original",
    ):
        window.open(path)
        assert (path, window.complaints(), window.wide()) == (path, [], 0)


ODD: list[list[str | None]] = [[("评定日" if cell == "备注" else cell) for cell in row] for row in LIST]
for row, day in zip(ODD[3:], ("2024-10-12", "2024-10-13", "2024-10-14"), strict=True):
    row[3] = day


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_a_column_is_put_right_rows_are_decided_and_all_is_taken_back(
    size: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    window: Window = request.getfixturevalue(size)
    (tmp_path / "1登记.csv").write_bytes(csv_bytes(register_rows([1, 2, 3])))
    (tmp_path / "2高企名单.xlsx").write_bytes(xlsx_bytes({"2024年": ODD}))
    (tmp_path / "3登记.csv").write_bytes(csv_bytes(register_rows([4, 5])))
    page = window.sign_in(make_user("office", name="周综合")).open("/imports/")
    page.get_by_label("文件").set_input_files(sorted(tmp_path.iterdir()))
    page.get_by_role("button", name="读这些文件").click()
    page.wait_for_url("**/imports/drop/1")
    do_tasks()
    window.open("/imports/2")
    page.get_by_role("link", name="改认法").click()
    page.get_by_label("D 列“评定日”成为").select_option(label="发证日期")
    assert (window.complaints(), window.wide()) == ([], 0)
    page.get_by_role("button", name="照此重新核对").click()
    page.wait_for_url("**/imports/2")
    do_tasks()
    page.get_by_text("手工改过").wait_for()
    assert (window.complaints(), window.wide()) == ([], 0)
    window.open("/imports/drop/1")
    page.get_by_role("button", name="依次写入这 3 个").click()
    page.wait_for_url("**/imports/drop/1")
    do_tasks()
    window.open("/imports/queue")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="就认这一家").click()
    page.get_by_text("第 1 / 1 行").wait_for()
    page.get_by_role("button", name="撤销").click()
    page.get_by_text("第 1 / 2 行").wait_for()
    for left in (1, 0):
        page.keyboard.press("n")
        page.get_by_text(f"第 1 / {left} 行" if left else "没有待认领的行了").wait_for()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Title)) == 3
    window.open("/imports/learned")
    assert (window.complaints(), window.wide()) == ([], 0)
    window.open("/imports/2")
    page.get_by_role("link", name="撤回这次导入").click()
    assert (window.complaints(), window.wide()) == ([], 0)
    page.get_by_role("button", name="整个撤回").click()
    page.wait_for_url("**/imports/2")
    do_tasks()
    window.open("/imports/2/undo")
    assert page.get_by_role("heading", name="撤回了什么").is_visible()
    assert (window.complaints(), window.wide()) == ([], 0)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Title)) == 0


@pytest.mark.browser
@pytest.mark.slow
def test_files_are_dropped_with_the_mouse(window: Window) -> None:
    page = window.sign_in(make_user("office")).open("/imports/")
    register = csv_bytes(register_rows([1])).decode("utf-8-sig")
    page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          for (const name of ["一.csv", "二.csv"]) data.items.add(new File([text], name, { type: "text/csv" }));
          for (const kind of ["dragenter", "dragover", "drop"])
            {
            const event = new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
            document.querySelector("[data-drop]").dispatchEvent(event);
          }
        }""",
        register,
    )
    page.wait_for_url("**/imports/drop/1")
    assert page.locator(".files h2").all_inner_texts() == ["一.csv", "二.csv"]
    do_tasks()
    page.get_by_text("2 个文件可以写入").wait_for()
    assert window.complaints() == []
