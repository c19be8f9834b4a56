"""Taking an import back: all of it goes, nothing else does, and what stays says why."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from crm.imports import decide, undo, work
from models import clock, integrity, task
from models.audit import AuditEntry
from models.base import db
from models.change import Change
from models.change_log import Actor, acting
from models.errors import NotFound, Refused
from models.firm import Firm, search, writing
from models.firm.names import FirmName, FirmSearch
from models.firm.places import FirmPlace
from models.importing import ImportRow, ImportRun, MatchDecision
from models.task import Task, Work
from models.title import Title
from models.visit import Visit
from tests.imports.test_apply import LIST, ROW_1, counts, firm, held_import, hnte, number_of, register, run, titles
from tests.support.factories import make_area, make_user
from tests.support.sheets import code_of, csv_bytes, register_rows
from tests.support.whole import whole


def taken_back(import_id: int) -> dict[str, Any]:
    """Undo, and look first: both must say the same, and nothing may be out of joint afterwards."""
    looked = undo.look(db.session.get_one(ImportRun, import_id))
    answer = undo.undo(import_id, None)
    db.session.commit()
    assert answer == looked
    assert list(integrity.problems(full=True)) == []
    return answer


def changed_register(number: int, **cells: Any) -> bytes:
    """A register of one firm with other cells: name, capital, address."""
    rows = register_rows([number])
    rows[1][0] = cells.get("name", LIST[number])
    rows[1][4] = cells.get("capital", rows[1][4])
    rows[1][6] = cells.get("address", rows[1][6])
    return csv_bytes(rows)


def test_a_register_goes_whole(app: Flask) -> None:
    make_area("石桥街道")
    db.session.commit()
    work.seed_defaults()
    db.session.commit()
    before = whole()
    answer = taken_back(run(register(), "企业登记.csv")["id"])
    assert answer == {"id": answer["id"], "restored": 0, "removed": 3, "kept": []}
    assert whole() == before
    undone = db.session.get_one(ImportRun, answer["id"])
    assert (undone.state, undone.undoing["removed"]) == ("undone", 3)
    assert {row.firm_id for row in ImportRow.list_of(undone.id, ("created",))} == {None}
    assert json.loads(ImportRow.list_of(undone.id, ("created",))[0].cells)[0] == LIST[1]
    assert db.session.scalar(select(func.count()).select_from(Change).where(Change.act == "deleted")) == 3
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "import.undo")).one()
    assert json.loads(entry.detail)["removed"] == 3
    assert counts(run(register(), "企业登记.csv")) == (3, 0, 0, 0, 0), "the same file can be imported again"


def test_what_an_import_changed_gets_back_what_it_was(app: Flask) -> None:
    run(register(), "企业登记.csv")
    make_area("溪口街道")
    db.session.commit()
    run(hnte([[*ROW_1[:2], "", "2024年10月", ""]]))
    before = whole()
    renamed = run(
        changed_register(1, name="云澜青禾信息技术股份有限公司", capital="900.5", address="青禾区溪口街道1号"), "新.csv"
    )
    better = run(hnte([ROW_1]))
    assert (counts(renamed), counts(better)) == ((0, 1, 0, 0, 0), (0, 1, 0, 0, 0))
    assert titles(1)[0].issued_on == date(2024, 10, 12)
    assert taken_back(better["id"]) == {"id": better["id"], "restored": 1, "removed": 0, "kept": []}
    assert taken_back(renamed["id"]) == {"id": renamed["id"], "restored": 1, "removed": 0, "kept": []}
    assert whole() == before
    wanted = search.patterns("qhxx")
    assert list(db.session.scalars(select(FirmSearch.firm_id).where(search.matches(wanted)))) == [firm(1).id]
    log = db.session.scalars(select(Change).where(Change.source == "undo", Change.field == "capital")).one()
    assert (log.old, log.new, log.firm_id) == ("900.5", "101", firm(1).id)


def edit_capital(found: Firm) -> None:
    writing.edit(found, capital=Decimal(7))


def rename_by_hand(found: Firm) -> None:
    # A name may not begin and end on one day.
    for row in db.session.scalars(select(FirmName).where(FirmName.firm_id == found.id, FirmName.to_on.is_(None))):
        row.from_on = date(2020, 1, 1)
    db.session.flush()
    writing.rename(found, "云澜又一次改名有限公司", clock.today(), "表单")


def place_by_hand(found: Firm) -> None:
    writing.place([found], "area", make_area("渔湾镇").id, clock.today(), "person")


@pytest.mark.parametrize(
    ("act", "reason", "stays"),
    [
        (edit_capital, "注册资本：后来改成了“7”", "capital"),
        (rename_by_hand, "企业名称：后来又改过", "name"),
        (place_by_hand, "镇街：后来又改过", "area_id"),
    ],
)
def test_a_value_changed_since_stays_with_the_reason(
    app: Flask, act: Callable[[Firm], None], reason: str, stays: str
) -> None:
    run(register(), "企业登记.csv")
    make_area("溪口街道")
    make_area("石桥街道")
    db.session.commit()
    old = {name: getattr(firm(1), name) for name in ("name", "capital", "area_id", "address")}
    renamed = run(
        changed_register(1, name="云澜青禾信息技术股份有限公司", capital="900.5", address="青禾区溪口街道1号"), "新.csv"
    )
    db.session.expire_all()
    with acting(Actor("form")):
        act(firm(1))
        db.session.commit()
    kept_value = getattr(firm(1), stays)
    answer = taken_back(renamed["id"])
    db.session.expire_all()
    found = firm(1)
    assert getattr(found, stays) == kept_value
    assert {"table": "firm", "id": found.id, "reason": reason} in answer["kept"]
    for name, value in old.items():
        if name != stays:
            assert getattr(found, name) == value, name


def test_a_firm_with_a_visit_or_another_lists_title_stays(app: Flask) -> None:
    listed = run(register(), "企业登记.csv")
    officer = make_user()
    with acting(Actor("form", officer.id)):
        Visit.add(firm(1), date(2026, 5, 1), "去过", [officer], officer, clock.now())
        db.session.commit()
    title = run(hnte([[LIST[2], code_of(2), number_of(2), date(2024, 10, 12), ""]]))
    answer = taken_back(listed["id"])
    assert answer["removed"] == 1
    assert {(one["id"], one["reason"]) for one in answer["kept"]} == {
        (firm(1).id, "有走访记录"),
        (firm(2).id, "有别处登记的资质"),
    }
    assert db.session.scalar(select(func.count()).select_from(FirmName)) == 2
    assert taken_back(title["id"])["removed"] == 1


def test_a_firm_another_list_has_filled_in_stays(app: Flask) -> None:
    listed = run(hnte([[LIST[4], code_of(4), number_of(4), date(2024, 10, 12), ""]]))
    rows = register_rows([4])
    rows[1][0] = LIST[4]
    filled = run(csv_bytes(rows), "企业登记.csv")
    answer = taken_back(listed["id"])
    assert (answer["removed"], [one["table"] for one in answer["kept"]]) == (1, ["firm"])
    assert "又改过" in answer["kept"][0]["reason"]
    assert (db.session.scalar(select(func.count()).select_from(Title)), str(firm(4).capital)) == (0, "104")
    taken_back(filled["id"])
    assert db.session.scalar(select(func.count()).select_from(Firm)) == 0, "nobody needs it any more"


def test_imports_may_be_undone_in_any_order(app: Flask) -> None:
    run(register(), "企业登记.csv")
    before = whole()
    first = run(changed_register(1, capital="500"), "一.csv")
    second = run(changed_register(1, capital="600"), "二.csv")
    assert taken_back(first["id"])["kept"]
    assert firm(1).capital == 600
    taken_back(second["id"])
    assert whole() == before


def test_an_import_is_undone_once_and_only_when_it_was_written(app: Flask) -> None:
    report = run(register(), "企业登记.csv")
    taken_back(report["id"])
    with pytest.raises(Refused, match="已经撤回过了"):
        undo.undo(report["id"], None)
    with pytest.raises(NotFound):
        undo.undo(99_999, None)
    waiting = ImportRun(file_name="x", sha256="x", state="planned", created_at=clock.now())
    db.session.add(waiting)
    db.session.commit()
    with pytest.raises(Refused, match="没有写入"):
        undo.undo(waiting.id, None)
    db.session.rollback()


def test_decisions_made_on_its_rows_are_forgotten_unless_confirmed(app: Flask) -> None:
    import_id = held_import()
    decide.decide(import_id, "2024年", 3, code_of(1), None)
    decide.decide(import_id, "2024年", 6, code_of(2), None)
    db.session.commit()
    held_again = ["云澜石桥铸造有限公司", code_of(3), number_of(8, 2025), "2025-10-12", ""]
    again = run(hnte([held_again], "2025年高新技术企业认定名单"))
    row = db.session.scalars(select(ImportRow).where(ImportRow.import_id == again["id"])).one()
    row.decision = str(firm(2).id)
    db.session.commit()
    taken_back(import_id)
    assert [one.firm_id for one in db.session.scalars(select(MatchDecision))] == [firm(2).id]
    assert (titles(1), len(titles(2))) == ([], 1)


def test_the_worker_takes_back_and_orders_do_not_double(app: Flask) -> None:
    report = run(register(), "企业登记.csv")
    person = make_user()
    found = db.session.get_one(ImportRun, report["id"])
    first = work.order_undo(found, person.id)
    db.session.commit()
    assert work.order_undo(found, person.id).id == first.id
    assert task.KINDS[first.kind].name == "撤回导入"
    answer = work.undo_task(Work(json.loads(db.session.get_one(Task, first.id).arguments), person.id))
    assert answer == {"restored": 0, "removed": 3, "left": 0}
    assert work.undo_task(Work({"import_id": report["id"]}, person.id)) == answer
    assert found.undoing["person_id"] == person.id
    with pytest.raises(Refused):
        work.order_undo(found, person.id)


def test_the_command_line_takes_back_and_says_so_twice(app: Flask) -> None:
    report = run(register(), "企业登记.csv")
    runner = app.test_cli_runner()
    done = runner.invoke(args=["imports", "undo", str(report["id"]), "--json"])
    assert (done.exit_code, json.loads(done.stdout)) == (
        0,
        {"id": report["id"], "restored": 0, "removed": 3, "kept": []},
    )
    again = runner.invoke(args=["imports", "undo", str(report["id"]), "--json"])
    assert again.exit_code == 1
    assert "撤回过" in again.stdout
    assert runner.invoke(args=["imports", "undo", "99999"]).exit_code == 1


def test_a_list_moves_a_firm_and_undo_moves_it_back(app: Flask) -> None:
    make_area("石桥街道")
    other = make_area("溪口街道")
    db.session.commit()
    run(register(), "企业登记.csv")
    before = whole()
    header = ["企业名称", "统一社会信用代码", "证书编号", "发证日期", "所属街道"]
    listed = run(hnte([[LIST[1], code_of(1), number_of(1), "2024-10-12", "溪口街道"]], header=header))
    assert firm(1).area_id == other.id
    place = select(FirmPlace.source).where(FirmPlace.firm_id == firm(1).id)
    assert db.session.scalar(place) == "list"
    taken_back(listed["id"])
    assert whole() == before


def test_a_title_two_lists_have_stands_as_the_other_says(app: Flask) -> None:
    run(register(), "企业登记.csv")
    before = whole()
    listed = run(hnte([[*ROW_1[:3], "2024年10月", ""]]))
    named = whole()
    announced = run(hnte([[*ROW_1[:3], "2024-10-12", "2027-10-11"]], "关于公布2024年高新技术企业名单的公告"))
    both = whole()
    answer = taken_back(announced["id"])
    assert (answer["restored"], answer["removed"], answer["kept"]) == (1, 0, [])
    assert whole() == named
    announced = run(hnte([[*ROW_1[:3], "2024-10-12", "2027-10-11"]], "关于公布2024年高新技术企业名单的公告"))
    assert whole().keys() == both.keys()
    answer = taken_back(listed["id"])
    (title,) = titles(1)
    assert (title.issued_on, title.issued_precision, title.source) == (date(2024, 10, 12), "day", "公告")
    assert [one["reason"] for one in answer["kept"]] == ["别的名单也列了它，只去掉了这次导入说的"]
    taken_back(announced["id"])
    assert whole() == before, "nobody speaks of the title any more"
