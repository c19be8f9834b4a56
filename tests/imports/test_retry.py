"""Held rows are tried again whenever something changed that may decide them."""

import json
from datetime import date

from flask import Flask
from sqlalchemy import func, select

from crm.imports import decide, retry, undo, work
from models.audit import AuditEntry
from models.base import db
from models.change_log import Actor, acting
from models.firm import merging, writing
from models.importing import ImportProblem, ImportRow, ImportRun
from models.task import Task, Work
from models.title import Batch, Title, TitleType
from tests.imports.test_apply import LIST, ROW_1, counts, firm, hnte, number_of, register, run, titles
from tests.support.factories import make_firm, make_user
from tests.support.sheets import code_of, csv_bytes, register_rows, xlsx_bytes

HEADER = ["企业名称", "统一社会信用代码", "证书编号", "发证日期"]
WAITS = [LIST[4], "", number_of(4), "2024-10-12"]


def tasks() -> list[Task]:
    return list(db.session.scalars(select(Task).where(Task.kind == "import.retry").order_by(Task.id)))


def waiting_list(*rows: list[str]) -> int:
    run(register(), "企业登记.csv")
    report = run(hnte([*rows, WAITS], header=HEADER))
    assert report["held"] == 1 + len(rows)
    return int(report["id"])


def kept_counts(import_id: int) -> tuple[int, int]:
    found = db.session.get_one(ImportRun, import_id)
    return found.count("created"), found.count("held")


def test_a_register_that_comes_later_decides_rows_of_earlier_lists(app: Flask) -> None:
    import_id = waiting_list()
    rows = register_rows([4])
    rows[1][0] = LIST[4]
    assert counts(run(csv_bytes(rows), "补充登记.csv")) == (1, 0, 0, 0, 0)
    (title,) = titles(4)
    row = db.session.get_one(ImportRow, title.import_row_id)
    assert (row.import_id, row.effect, row.how, row.firm_id) == (import_id, "created", "name", firm(4).id)
    assert kept_counts(import_id) == (1, 0)
    assert db.session.scalar(select(func.count()).select_from(ImportProblem)) == 0
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "import.retry")).one()
    assert (entry.subject_id, json.loads(entry.detail)["created"]) == (import_id, 1)
    assert not tasks(), "an import tries by itself"


def test_a_row_that_stays_held_says_anew_why(app: Flask) -> None:
    import_id = waiting_list()
    (row,) = decide.held_rows(import_id)
    assert row.candidates == "[]"
    make_firm(LIST[4])
    make_firm(LIST[4])
    db.session.commit()
    assert retry.retry_task(Work({})) == {}
    db.session.expire_all()
    (row,) = decide.held_rows(import_id)
    assert len(json.loads(row.candidates)) == 2
    assert "同名" in row.reason
    assert kept_counts(import_id) == (0, 1)


def test_rows_decided_by_one_another_over_several_imports(app: Flask) -> None:
    first = waiting_list()
    former = ["云澜北渡储运有限公司", "", "", "2021-10-12"]
    second = run(hnte([[LIST[1], code_of(1), "", "2021-10-12"], former], "2021年高新技术企业名单", HEADER))
    assert counts(second) == (1, 0, 0, 1, 0)
    rows = register_rows([4])
    rows[1][0] = f"{LIST[4]}（曾用名：云澜北渡储运有限公司）"
    run(csv_bytes(rows), "补充登记.csv")
    assert kept_counts(first) == (1, 0)
    assert kept_counts(second["id"]) == (2, 0)
    assert [title.issued_on.year for title in titles(4)] == [2021, 2024]


def test_a_firm_made_by_hand_orders_one_try(app: Flask) -> None:
    import_id = waiting_list()
    with acting(Actor("form", make_user().id)):
        made = writing.create(LIST[4], "表单")
        db.session.commit()
        writing.create("云澜另一家有限公司", "表单")
        db.session.commit()
    (task,) = tasks()
    assert task.person_id is not None
    assert retry.retry_task(Work({}, task.person_id)) == {"created": 1}
    assert db.session.scalars(select(Title.firm_id)).one() == made.id
    assert kept_counts(import_id) == (1, 0)


def test_a_new_name_a_merge_and_a_batch_order_a_try_and_other_edits_do_not(app: Flask) -> None:
    import_id = waiting_list()
    with acting(Actor("form")):
        writing.edit(firm(1), address="改过的地址")
        db.session.commit()
        assert not tasks()
        writing.rename(firm(1), LIST[4], date(2025, 1, 1), "表单")
        db.session.commit()
    assert len(tasks()) == 1
    retry.retry_task(Work({}))
    assert [title.number for title in titles(1)] == [number_of(4)]
    assert kept_counts(import_id) == (1, 0)
    db.session.delete(tasks()[0])
    with acting(Actor("form")):
        writing.create("云澜没有等着的有限公司", "表单")
        db.session.commit()
    assert not tasks(), "no row waits any more"


def test_namesakes_that_are_merged_decide_a_row(app: Flask) -> None:
    one, other = make_firm(LIST[4]), make_firm(LIST[4])
    db.session.commit()
    import_id = waiting_list()
    merging.merge(one, other, make_user())
    db.session.commit()
    assert len(tasks()) == 1
    assert retry.retry_task(Work({})) == {"created": 1}
    assert kept_counts(import_id) == (1, 0)


def test_a_batch_with_its_date_decides_rows_without_one(app: Flask) -> None:
    run(register(), "企业登记.csv")
    header = ["企业名称", "统一社会信用代码", "批次"]
    report = run(hnte([[LIST[1], code_of(1), "第一批"]], header=header))
    assert counts(report) == (0, 0, 0, 1, 0)
    kind = db.session.scalars(select(TitleType).where(TitleType.key == "hnte")).one()
    db.session.add(Batch(type_id=kind.id, name="2024年第一批", announced_on=date(2024, 10, 12)))
    db.session.commit()
    assert retry.retry_task(Work({})) == {"created": 1}
    assert titles(1)[0].issued_on == date(2024, 10, 12)


def test_undone_and_planned_imports_are_left_alone(app: Flask) -> None:
    import_id = waiting_list()
    db.session.get_one(ImportRun, import_id).state = "undone"
    db.session.commit()
    rows = register_rows([4])
    rows[1][0] = LIST[4]
    run(csv_bytes(rows), "补充登记.csv")
    assert titles(4) == []
    assert run(hnte([ROW_1]))["created"] == 1


def test_a_firm_that_one_list_would_make_is_not_there_for_the_next(app: Flask) -> None:
    stranger = "云澜南屏阀门有限公司"
    undated = xlsx_bytes({"名单": [["科技型中小企业入库名单"], HEADER[:2], [stranger, code_of(7)]]})
    first = run(undated, "科小.xlsx", kind="tech_sme")
    second = waiting_list([stranger, "", number_of(7), "2024-10-12"])
    make_firm("云澜另一家有限公司")
    db.session.commit()
    assert retry.retry_task(Work({})) == {}
    assert (first["held"], kept_counts(second)) == (1, (0, 2))
    assert db.session.scalar(select(func.count()).select_from(Title)) == 0


def test_a_date_is_asked_for_as_soon_as_a_firm_waits_for_nothing_else(app: Flask) -> None:
    undated = xlsx_bytes({"名单": [["科技型中小企业入库名单"], HEADER[:2], [LIST[1], ""]]})
    import_id = run(undated, "科小.xlsx", kind="tech_sme")["id"]
    found = db.session.get_one(ImportRun, import_id)
    assert not found.needs_date, "nobody knows the firm"
    run(register(), "企业登记.csv")
    db.session.expire_all()
    assert found.needs_date == {"名单": [""]}
    work.set_date(found, date(2025, 5, 20), True)
    db.session.commit()
    assert retry.retry_task(Work({})) == {"created": 1}
    db.session.expire_all()
    assert not found.needs_date


def test_an_undo_orders_one_try(app: Flask) -> None:
    waiting_list()
    report = run(csv_bytes(register_rows([7])), "企业登记二.csv")
    assert tasks() == []
    undo.undo(report["id"], None)
    db.session.commit()
    assert len(tasks()) == 1
