"""Import in a real browser: a register and a list dropped, looked at, written, and a held row decided by key."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.base import db
from models.task import KINDS, Task, Work
from models.title import Title
from tests.support.chromium import Window
from tests.support.factories import make_user
from tests.support.sheets import code_of, csv_bytes, register_rows, xlsx_bytes

LIST: list[list[str | None]] = [
    ["青禾区2024年高新技术企业认定名单", None, None, None],
    ["第一批（2024年10月12日）", None, None, None],
    ["企业名称", "统一社会信用代码", "证书编号", "备注"],
    ["云澜甲甲乙机械有限公司", code_of(1), "GR202499000001", "首次认定"],
    ["云澜甲甲甲机械有限公司", "9.13E+17", "坏编号", "重新认定"],
]


def do_tasks() -> None:
    db.session.rollback()
    for task in db.session.scalars(select(Task).where(Task.state == "waiting").order_by(Task.id)).all():
        number = int(task.arguments.split(":")[1].rstrip("}"))
        KINDS[task.kind].function(Work({"import_id": number}, task.person_id))
        db.session.get_one(Task, task.id).state = "done"
        db.session.commit()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_a_list_is_imported_with_preview_and_a_held_row_decided(
    size: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    window: Window = request.getfixturevalue(size)
    (tmp_path / "企业登记.csv").write_bytes(csv_bytes(register_rows([1, 2, 3])))
    (tmp_path / "高企名单.xlsx").write_bytes(xlsx_bytes({"2024年": LIST}))
    page = window.sign_in(make_user("office", name="周综合")).open("/imports/")
    assert (window.complaints(), window.wide()) == ([], 0)
    for number, name in ((1, "企业登记.csv"), (2, "高企名单.xlsx")):
        window.open("/imports/")
        page.get_by_label("文件").set_input_files(tmp_path / name)
        page.get_by_role("button", name="读这些文件").click()
        page.wait_for_url(f"**/imports/{number}")
        do_tasks()
        window.open(f"/imports/{number}")
        assert (window.complaints(), window.wide()) == ([], 0)
        page.get_by_role("button", name="写入").click()
        page.wait_for_url(f"**/imports/{number}")
        do_tasks()
    page = window.open("/imports/2")
    page.get_by_role("link", name="认领 1 行").click()
    assert page.get_by_role("heading", name="是哪一家？").is_visible()
    assert (window.complaints(), window.wide()) == ([], 0)
    assert db.session.scalar(select(func.count()).select_from(Title)) == 1
    page.keyboard.press("2")
    page.get_by_text("没有待认领的行了").wait_for()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Title)) == 2
    window.open("/imports/2/rows/created")
    assert (window.complaints(), window.wide()) == ([], 0)
