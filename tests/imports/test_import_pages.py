"""Pages of the import beyond the plain way: a drop, the queue, a sheet put right, taken back, and who sees what."""

import io
import json
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from crm.imports import work
from crm.imports.plan import Options
from models import setting
from models.audit import AuditEntry
from models.base import db
from models.firm import Firm
from models.import_mapping import ImportMapping
from models.importing import ImportRow, ImportRun, MatchDecision
from models.task import KINDS, Task, Work
from models.title import Title
from models.user import User
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_import, make_import_row, make_user
from tests.support.sheets import code_of, csv_bytes, name_of, register_rows, xlsx_bytes
from tests.support.statements import statements

LIST = [
    ["青禾区2024年高新技术企业认定名单"],
    ["企业名称", "统一社会信用代码", "证书编号", "发证日期"],
    [name_of(1), code_of(1), "GR202499000001", "2024-10-12"],
    [name_of(2).replace("机械", "机电"), "", "GR202499000002", "2024-10-12"],
    ["云澜青青草机械有限公司", "", "+坏编号", "2024-02-31"],
]


def do_tasks() -> None:
    """What the worker would do now."""
    for task in db.session.scalars(select(Task).where(Task.state == "waiting").order_by(Task.id)).all():
        KINDS[task.kind].function(Work(json.loads(task.arguments), task.person_id))
        db.session.get_one(Task, task.id).state = "done"
        db.session.commit()


def bring(person: User | None = None, rows: list[list[str]] = LIST) -> int:
    """A register and a list with two held rows, both written; returns the list's import."""
    work.run_file(csv_bytes(register_rows([1, 2, 3])), "企业登记.csv", Options(), person.id if person else None)
    data = xlsx_bytes({"2024年": rows})
    return int(work.run_file(data, "高企.xlsx", Options(), person.id if person else None)["id"])


def files(*given: tuple[str, bytes]) -> dict[str, Any]:
    return {"files": [(io.BytesIO(data), name) for name, data in given]}


def send_files(browser: Browser, *given: tuple[str, bytes], **kwargs: Any) -> Any:
    return browser.send("/imports/", files(*given), content_type="multipart/form-data", **kwargs)


def titles() -> int:
    return db.session.scalar(select(func.count()).select_from(Title)) or 0


@pytest.fixture
def office(lite_app: Flask) -> User:
    return make_user("office", name="周综合")


# A drop


def test_files_dropped_together_are_written_in_the_order_that_fits(lite_browser: Browser, office: User) -> None:
    lite_browser.sign_in(office)
    page = send_files(lite_browser, ("高企名单.xlsx", xlsx_bytes({"2024年": LIST})),
                      ("企业登记.csv", csv_bytes(register_rows([1, 2, 3]))))  # fmt: skip
    assert page.heading == "一起放进来的 2 个文件"
    do_tasks()
    page = lite_browser.open("/imports/drop/1")
    assert page.text.index("企业登记.csv") < page.text.index("高企名单.xlsx")
    lite_browser.send("/imports/drop/1/apply")
    do_tasks()
    runs = {run.file_name: run for run in db.session.scalars(select(ImportRun))}
    assert {run.state for run in runs.values()} == {"applied"}
    assert runs["高企名单.xlsx"].count("held") == 2, "the list was planned anew by the firms of the register"
    assert titles() == 1
    assert "没有等着写入的文件" in lite_browser.open("/imports/drop/1").text


def test_a_file_that_is_not_taken_holds_up_no_other(lite_browser: Browser, office: User) -> None:
    areas = csv_bytes([["代码", "名称", "上级", "类别"], ["QH", "青禾区", "", "区"]])
    register = csv_bytes(register_rows([1]))
    page = send_files(lite_browser.sign_in(office), ("街镇.csv", areas), ("企业登记.csv", register))
    assert "批量导入名册" in page.text
    assert [run.file_name for run in db.session.scalars(select(ImportRun))] == ["企业登记.csv"]


def test_script_sends_one_file_at_a_time_into_one_drop(lite_browser: Browser, office: User) -> None:
    lite_browser.sign_in(office)
    ask: dict[str, Any] = {"content_type": "multipart/form-data", "headers": {"X-Requested-With": "fetch"}}
    first = lite_browser.post("/imports/", data=files(("企业登记.csv", csv_bytes(register_rows([1])))), **ask).json
    assert first == {"drop": 1, "url": "/imports/drop/1"}
    more = files(("高企名单.xlsx", xlsx_bytes({"2024年": LIST}))) | {"drop": "1"}
    assert lite_browser.post("/imports/", data=more, **ask).json == first
    wrong = lite_browser.post("/imports/", data={}, **ask)
    assert (wrong.status_code, wrong.json) == (422, {"error": "请先选文件"})
    assert {run.drop_id for run in db.session.scalars(select(ImportRun))} == {1}


def test_a_list_without_a_date_asks_for_it_before_it_is_written(lite_browser: Browser, office: User) -> None:
    work.run_file(csv_bytes(register_rows([1, 2])), "企业登记.csv", Options(), office.id)
    rows = [
        ["专精特新中小企业名单"],
        ["企业名称", "统一社会信用代码"],
        [name_of(1), code_of(1)],
        [name_of(2), code_of(2)],
    ]
    send_files(lite_browser.sign_in(office), ("专精特新.xlsx", xlsx_bytes({"名单": rows})))
    do_tasks()
    assert "还差日期" in lite_browser.open("/imports/2").text
    assert "请填日期" in lite_browser.send("/imports/2/date", {}, status=422).text
    lite_browser.send("/imports/2/date", {"on_date": "2024-09-01"})
    do_tasks()
    page = lite_browser.open("/imports/2")
    assert "还差日期" not in page.text
    assert "写入 2 行" in page.text


def test_a_file_that_turns_out_to_need_a_date_is_left_for_a_person(lite_browser: Browser, office: User) -> None:
    rows = [["专精特新中小企业名单"], ["企业名称"], [name_of(1)], [name_of(2)]]
    register = csv_bytes(register_rows([1, 2]))
    send_files(lite_browser.sign_in(office), ("专精特新.xlsx", xlsx_bytes({"名单": rows})), ("企业登记.csv", register))
    do_tasks()
    assert not db.session.scalars(select(ImportRun).where(ImportRun.kind == "srdi_sme")).one().needs_date
    lite_browser.send("/imports/drop/1/apply")
    do_tasks()
    run = db.session.scalars(select(ImportRun).where(ImportRun.kind == "srdi_sme")).one()
    assert (run.state, bool(run.needs_date)) == ("planned", True), "nobody knew the firms before the register was in"
    assert "要先填" in lite_browser.open("/imports/drop/1").text


def test_rows_of_a_written_import_that_wait_for_a_date_get_it(lite_browser: Browser, office: User) -> None:
    work.run_file(csv_bytes(register_rows([1, 2])), "企业登记.csv", Options(), office.id)
    rows = [["专精特新中小企业名单"], ["企业名称", "统一社会信用代码"], [name_of(1), code_of(1)]]
    report = work.run_file(xlsx_bytes({"名单": rows}), "专精特新.xlsx", Options(), office.id)
    assert (report["held"], titles()) == (1, 0)
    assert "还差日期" in lite_browser.sign_in(office).open(f"/imports/{report['id']}").text
    lite_browser.send(f"/imports/{report['id']}/date", {"on_date": "2024-09-01"})
    do_tasks()
    assert titles() == 1
    assert "还差日期" not in lite_browser.open(f"/imports/{report['id']}").text


# Rows


def test_rows_are_searched_and_filtered_by_what_is_wrong(lite_browser: Browser, office: User) -> None:
    import_id = bring()
    lite_browser.sign_in(office)
    assert len(lite_browser.open(f"/imports/{import_id}/rows/all").rows("全部的行")) == 3
    assert len(lite_browser.open(f"/imports/{import_id}/rows/all?q=青青草").rows("全部的行")) == 1
    assert "没有符合的行" in lite_browser.open(f"/imports/{import_id}/rows/created?q=青青草").text
    page = lite_browser.open(f"/imports/{import_id}/rows/all")
    kinds = [node.attributes["value"] for node in page.all("option") if "没有这一天" in node.text]
    found = lite_browser.open(f"/imports/{import_id}/rows/all", query_string={"wrong": kinds[0]}).rows("全部的行")
    assert len(found) == 1 and "第 5 行" in found[0][0]
    assert lite_browser.get(f"/imports/{import_id}/rows/nonsense").status_code == 404


def test_the_file_of_problem_rows_marks_the_cells_and_is_read_again(lite_browser: Browser, office: User) -> None:
    import_id = bring()
    answer = lite_browser.sign_in(office).get(f"/imports/{import_id}/problems")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert [cell.value for cell in sheet[2]][-2:] == ["问题", "原文件行号"]
    last = sheet[4]
    assert last[2].value == "'+坏编号", "no cell can be a formula"
    assert last[2].fill.fgColor.rgb == last[3].fill.fgColor.rgb == "FFFBF0CE"
    assert last[0].fill.fgColor.rgb != "FFFBF0CE"
    assert (last[5].value, "没有这一天" in str(last[4].value)) == (5, True)
    send_files(lite_browser, ("问题.xlsx", answer.data))
    do_tasks()
    assert db.session.get_one(ImportRun, 3).kind == "hnte"


def test_a_row_shows_every_cell_to_those_who_may_see_its_firm(lite_browser: Browser, office: User) -> None:
    import_id = bring()
    row = ImportRow.list_of(import_id, ("created",))[0]
    page = lite_browser.sign_in(office).open(f"/imports/rows/{row.id}")
    assert [line[0] for line in page.rows("这一行的每一格")] == ["A3", "B3", "C3", "D3"]
    firm = db.session.scalars(select(Firm).where(Firm.name == name_of(1))).one()
    town = make_user("town", area="青禾街道")
    assert lite_browser.sign_in(town).get(f"/imports/rows/{row.id}").status_code == 404
    firm.area_id = next(iter(town.area_ids))
    db.session.commit()
    assert "GR202499000001" in lite_browser.open(f"/imports/rows/{row.id}").text


def test_values_of_a_firm_open_the_row_they_came_from(lite_browser: Browser, office: User) -> None:
    import_id = bring()
    row = ImportRow.list_of(import_id, ("created",))[0]
    title = db.session.scalars(select(Title)).one()
    page = lite_browser.sign_in(office).open(f"/firms/{row.firm_id}")
    assert page.links().count(f"/imports/rows/{row.id}") >= 2, "the title, and its entry in the timeline"
    born = db.session.get_one(Firm, row.firm_id).import_row_id
    assert f"/imports/rows/{born}" in page.links()
    assert f"/imports/rows/{row.id}" in lite_browser.open(f"/titles/{title.id}").links()


def test_the_workbench_counts_what_the_queue_shows(lite_browser: Browser, office: User) -> None:
    bring()
    page = lite_browser.sign_in(office).open("/")
    assert "/imports/queue" in page.links()
    assert [line[2] for line in page.rows("要你拿主意") if "认不准" in line[1]] == ["2 行"]


def test_statements_do_not_grow_with_rows(lite_browser: Browser, office: User) -> None:
    sheet = {"name": "表", "kind": "register", "header_rows": [1], "headers": ["企业名称"], "places": {"name": 0},
             "columns": {"name": "企业名称"}, "facts": {"day": None}}  # fmt: skip
    run = make_import(counts='{"rows": 33, "held": 33}', sheets=json.dumps([sheet]), state="planned")
    counted = []
    for rows in (3, 30):
        for _ in range(rows):
            make_import_row(run, firm_id=make_firm().id)
        db.session.commit()
        lite_browser.sign_in(office)
        for path in (f"/imports/{run.id}/rows/held", f"/imports/{run.id}/held", "/imports/queue", "/imports/"):
            with statements() as seen:
                lite_browser.get(path)
            counted.append(len(seen))
    assert counted[:4] == counted[4:]


# The queue


def test_the_queue_goes_through_all_imports_and_takes_a_decision_back(lite_browser: Browser, office: User) -> None:
    import_id = bring()
    page = lite_browser.sign_in(office).open("/imports/queue")
    assert "第 1 / 2 行" in page.text
    first, second = ImportRow.list_of(import_id, ("held",))
    where = f"/imports/{import_id}/held/{first.id}"
    page = lite_browser.send(where, {"choice": code_of(2), "within": "all"})
    assert "第 1 / 1 行" in page.text and "记住了" in page.text
    assert (titles(), db.session.scalar(select(func.count()).select_from(MatchDecision))) == (2, 1)
    assert name_of(2) in lite_browser.open("/imports/learned").text
    page = lite_browser.send(f"{where}/back", {"within": "all"})
    assert "第 1 / 2 行" in page.text
    assert (titles(), db.session.scalar(select(func.count()).select_from(MatchDecision))) == (1, 0)
    row = db.session.get_one(ImportRow, first.id)
    assert (row.effect, row.decision, row.candidates != "[]") == ("held", None, True)
    page = lite_browser.send(where, {"within": "all"})
    assert "先选一家" in page.text
    assert second.id


@pytest.mark.parametrize("choice, made", [("new", 4), ("skip", 3)])
def test_a_new_firm_or_a_row_left_out_is_taken_back_too(
    choice: str, made: int, lite_browser: Browser, office: User
) -> None:
    import_id = bring()
    row = ImportRow.list_of(import_id, ("held",))[0]
    lite_browser.sign_in(office).send(f"/imports/{import_id}/held/{row.id}", {"choice": choice})
    assert db.session.scalar(select(func.count()).select_from(Firm)) == made
    lite_browser.send(f"/imports/{import_id}/held/{row.id}/back")
    assert db.session.scalar(select(func.count()).select_from(Firm)) == 3
    assert db.session.get_one(ImportRun, import_id).count("held") == 2


def test_what_others_lean_on_is_not_taken_back(lite_browser: Browser, office: User) -> None:
    import_id = bring()
    row = ImportRow.list_of(import_id, ("held",))[0]
    lite_browser.sign_in(office).send(f"/imports/{import_id}/held/{row.id}", {"choice": code_of(2)})
    title = db.session.scalars(select(Title).where(Title.number == "GR202499000002")).one()
    title.number = "GR202499000009"
    db.session.commit()
    page = lite_browser.send(f"/imports/{import_id}/held/{row.id}/back")
    assert "撤不回来" in page.text
    assert db.session.get_one(ImportRow, row.id).decision is not None


def test_another_firm_is_found_by_any_part_of_its_name(lite_browser: Browser, office: User) -> None:
    import_id = bring()
    row = ImportRow.list_of(import_id, ("held",))[1]
    page = lite_browser.sign_in(office).open(f"/imports/{import_id}/held?row={row.id}&find={name_of(3)[2:5]}")
    assert page.all("input", name="choice", value=code_of(3))


# Sheets


def test_a_column_is_put_right_and_remembered(lite_browser: Browser, office: User) -> None:
    rows = [[("评定日" if cell == "发证日期" else cell) for cell in row] for row in LIST]
    send_files(lite_browser.sign_in(office), ("高企.xlsx", xlsx_bytes({"2024年": rows})))
    do_tasks()
    page = lite_browser.open("/imports/1/sheets/1")
    assert page.field("D 列“评定日”成为")
    asked = {"kind": "hnte", "header_rows": "2", "remember": "y", "col-0": "name", "col-1": "code", "col-2": "number"}
    wrong = lite_browser.send("/imports/1/sheets/1", {**asked, "col-3": "name"}, status=422)
    assert "两列都选了“企业名称”" in wrong.text
    assert len(wrong.all("option", selected="", value="name")) == 2, "what was chosen stays"
    assert "表头行写成" in lite_browser.send("/imports/1/sheets/1", {**asked, "header_rows": "第三"}, status=422).text
    missing = {key: value for key, value in asked.items() if value not in ("name", "code")}
    assert "要有一列" in lite_browser.send("/imports/1/sheets/1", missing, status=422).text
    lite_browser.send("/imports/1/sheets/1", {**asked, "col-3": "issued_on"})
    do_tasks()
    run = db.session.get_one(ImportRun, 1)
    assert json.loads(run.sheets)[0]["columns"]["issued_on"] == "评定日"
    assert "手工改过" in lite_browser.open("/imports/1").text
    send_files(lite_browser, ("高企二.xlsx", xlsx_bytes({"2025年": rows})))
    do_tasks()
    assert "按上次的认法（周综合" in lite_browser.open("/imports/2").text
    mapping = db.session.scalars(select(ImportMapping)).one()
    lite_browser.send(f"/imports/learned/{mapping.id}/forget")
    assert "还没有记住的认法" in lite_browser.open("/imports/learned").text


def test_a_sheet_is_left_out_and_brought_back(lite_browser: Browser, office: User) -> None:
    data = xlsx_bytes({"2024年": LIST, "2025年": LIST[:3]})
    send_files(lite_browser.sign_in(office), ("高企.xlsx", data))
    do_tasks()
    lite_browser.send("/imports/1/sheets/2/leave")
    do_tasks()
    assert db.session.get_one(ImportRun, 1).total == 3
    assert "有人说不导入" in lite_browser.open("/imports/1").text
    lite_browser.send("/imports/1/sheets/2", {"kind": "hnte", "header_rows": "2", "col-0": "name"})
    do_tasks()
    assert db.session.get_one(ImportRun, 1).total == 4


# History


def test_an_import_is_taken_back_from_its_page_and_written_again(lite_browser: Browser, office: User) -> None:
    import_id = bring()
    page = lite_browser.sign_in(office).open(f"/imports/{import_id}/undo")
    assert "没有要留下的" in page.text
    lite_browser.send(f"/imports/{import_id}/undo")
    do_tasks()
    assert (titles(), db.session.get_one(ImportRun, import_id).state) == (0, "undone")
    assert "撤回了什么" in lite_browser.open(f"/imports/{import_id}").text
    assert "全部恢复成了导入以前的样子" in lite_browser.open(f"/imports/{import_id}/undo").text
    lite_browser.send(f"/imports/{import_id}/plan")
    do_tasks()
    lite_browser.send(f"/imports/{import_id}/apply")
    do_tasks()
    assert (titles(), db.session.get_one(ImportRun, import_id).state) == (1, "applied")


def test_the_original_opens_with_a_reason_and_leaves_a_trace(lite_browser: Browser, office: User) -> None:
    import_id = bring()
    lite_browser.sign_in(office)
    assert "请写理由" in lite_browser.send(f"/imports/{import_id}/original", {}, status=422).text
    answer = lite_browser.post(f"/imports/{import_id}/original", data={"reason": "核对证书编号"})
    assert answer.data == xlsx_bytes({"2024年": LIST})[:2] + answer.data[2:] and answer.data[:2] == b"PK"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "import.original")).one()
    assert (entry.person_id, "核对证书编号" in entry.detail) == (office.id, True)


def test_the_report_is_that_of_the_contract(lite_browser: Browser, office: User) -> None:
    import_id = bring()
    report = json.loads(lite_browser.sign_in(office).get(f"/imports/{import_id}/report").data)
    assert report["created"] + report["updated"] + report["unchanged"] + report["held"] + report["rejected"] == 3
    assert report["matches"][0] == {"sheet": "2024年", "row": 3, "code": code_of(1), "how": "code", "score": 1.0}
    assert {"sheet", "row", "column", "value", "message"} == set(report["problems"][0])
    assert set(report["sheets"][0]) == {"name", "kind", "header_rows", "columns"}


# Who sees what


def test_an_officer_who_sees_own_firms_alone_learns_nothing_of_others(lite_browser: Browser, office: User) -> None:
    officer = make_user("officer")
    db.session.merge(setting.Setting(key="officer_scope", value="assigned"))
    db.session.commit()
    changed = [[name_of(1), code_of(1), "GR202499000001", "2024-10-12"]]
    import_id = bring(officer, [*LIST[:2], *changed])
    other = db.session.scalars(select(Firm).where(Firm.name == name_of(1))).one()
    page = lite_browser.sign_in(officer).open(f"/imports/{import_id}/rows/created")
    assert name_of(1) in page.text, "what their own file says they know"
    assert f"/firms/{other.id}" not in page.links()
    assert "不在您能看的范围里" in page.text
    report = json.loads(lite_browser.get(f"/imports/{import_id}/report").data)
    assert report["matches"][0]["code"] is None
    other.officer_a_id = officer.id
    db.session.commit()
    assert f"/firms/{other.id}" in lite_browser.open(f"/imports/{import_id}/rows/created").links()


def test_nobody_opens_the_drop_of_another(lite_browser: Browser, office: User) -> None:
    run = make_import(office)
    run.drop_id = run.id
    officer = make_user("officer")
    db.session.commit()
    lite_browser.sign_in(officer)
    assert lite_browser.get(f"/imports/drop/{run.id}").status_code == 404
    assert lite_browser.get(f"/imports/{run.id}/undo").status_code == 404
    assert lite_browser.get("/imports/queue").status_code == 403
