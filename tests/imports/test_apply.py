"""From a file to the database: what is written, that twice is once, that nothing is half written."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from crm.imports import apply, decide, engine, state, work
from crm.imports.plan import Options
from crm.imports.read import ImportRefused
from models import clock
from models.audit import AuditEntry
from models.base import db
from models.change import Change
from models.errors import Refused
from models.firm import Firm, search
from models.firm.names import FirmName, FirmSearch
from models.firm.places import FirmPlace
from models.importing import ImportProblem, ImportRow, ImportRun, MatchDecision
from models.standing import Standing
from models.title import Batch, Title, TitleType
from models.visit import Visit
from tests.support.factories import make_area, make_firm, make_user
from tests.support.sheets import code_of, csv_bytes, name_of, register_rows, xlsx_bytes

COUNTED = (Firm, FirmName, FirmPlace, FirmSearch, Title, Change, Standing)
#: Names that no other of these resembles.
LIST = {
    1: "云澜青禾信息技术有限公司",
    2: "云澜石桥铸造有限公司",
    3: "云澜渔湾食品股份有限公司",
    4: "云澜北渡物流有限公司",
}


def number_of(serial: int, year: int = 2024) -> str:
    return f"GR{year}99{serial:06d}"


def register() -> bytes:
    rows = register_rows([1, 2, 3])
    for row, number in zip(rows[1:], (1, 2, 3), strict=True):
        row[0] = LIST[number]
    return csv_bytes(rows)


def hnte(
    rows: list[list[Any]], title: str = "青禾区2024年高新技术企业认定名单", header: list[str] | None = None
) -> bytes:
    header = header or ["企业名称", "统一社会信用代码", "证书编号", "发证日期", "有效期至"]
    return xlsx_bytes({"2024年": [[title], header, *rows]})


def run(data: bytes, name: str = "名单.xlsx", **options: Any) -> dict[str, Any]:
    return work.run_file(data, name, Options(**options))


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    found = tuple(report[key] for key in ("created", "updated", "unchanged", "held", "rejected"))
    assert sum(found) == report["rows"]
    return found


def sizes() -> dict[str, int]:
    return {table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in COUNTED}


def firm(number: int) -> Firm:
    return db.session.scalars(select(Firm).where(Firm.code == code_of(number))).one()


def titles(number: int) -> list[Title]:
    return list(db.session.scalars(select(Title).where(Title.firm_id == firm(number).id).order_by(Title.issued_on)))


ROW_1 = [LIST[1], code_of(1), number_of(1), date(2024, 10, 12), date(2027, 10, 12)]


def test_a_register_becomes_firms_that_can_be_found(app: Flask) -> None:
    street = make_area("石桥街道")
    db.session.commit()
    report = run(register(), "企业登记.csv")
    assert counts(report) == (3, 0, 0, 0, 0)
    assert (report["kind"], report["sheets"][0]["header_rows"]) == ("register", [1])
    assert report["matches"][0] == {"sheet": "", "row": 2, "code": code_of(1), "how": "new", "score": 1.0}
    found = firm(1)
    assert (found.name, found.capital, found.capital_currency) == (LIST[1], Decimal(101), "CNY")
    assert (found.founded_on, found.unverified, found.area_id) == (date(2015, 3, 1), False, street.id)
    assert json.loads(db.session.get_one(ImportRow, found.import_row_id).cells)[0] == LIST[1]
    assert db.session.scalar(select(FirmPlace.source).where(FirmPlace.firm_id == found.id)) == "address"
    wanted = search.patterns("qhxx")
    assert list(db.session.scalars(select(FirmSearch.firm_id).where(search.matches(wanted)))) == [found.id]
    assert db.session.scalar(select(func.count()).select_from(Standing)) == 3
    assert not list(db.session.scalars(select(Change).where(Change.source == "import"))), "made rows need no entry"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "import.run")).one()
    assert json.loads(entry.detail)["created"] == 3


def test_the_same_file_again_changes_nothing(app: Flask) -> None:
    run(register(), "企业登记.csv")
    listed = hnte([ROW_1, [LIST[4], code_of(4), "", "2024年10月", ""], [*ROW_1[:2], number_of(9), "20241012", ""]])
    assert counts(run(listed)) == (2, 0, 1, 0, 0)
    before = sizes()
    assert counts(run(register(), "企业登记.csv")) == (0, 0, 3, 0, 0)
    assert counts(run(listed)) == (0, 0, 3, 0, 0)
    assert sizes() == before


def test_a_list_gives_titles_and_firms_to_be_verified(app: Flask) -> None:
    run(register(), "企业登记.csv")
    report = run(hnte([ROW_1, [LIST[4], code_of(4), "gr2024 99000004", "2024年10月", "2027年10月"]]))
    assert counts(report) == (2, 0, 0, 0, 0)
    assert [match["how"] for match in report["matches"]] == ["code", "new"]
    (first,) = titles(1)
    assert (first.number, first.issued_on, first.ends_on) == (number_of(1), date(2024, 10, 12), date(2027, 10, 12))
    assert (first.issued_precision, first.provisional, first.type.key) == ("day", False, "hnte")
    (fourth,) = titles(4)
    assert (fourth.number, fourth.issued_precision) == (number_of(4), "month")
    assert (fourth.issued_on, fourth.ends_on) == (date(2024, 10, 1), date(2027, 10, 31))
    assert firm(4).unverified
    rows = register_rows([4])
    rows[1][0] = LIST[4]
    assert counts(run(csv_bytes(rows), "企业登记.csv")) == (0, 1, 0, 0, 0)
    assert not firm(4).unverified
    assert firm(4).capital == 104


def test_dates_come_from_the_row_the_batch_row_the_table_of_batches_or_the_person(app: Flask) -> None:
    run(register(), "企业登记.csv")
    header = ["企业名称", "统一社会信用代码", "批次"]
    dated = [["第二批（2024年12月6日）"], [LIST[1], code_of(1), ""]]
    assert counts(run(hnte(dated, header=header))) == (1, 0, 0, 0, 0)
    assert titles(1)[0].issued_on == date(2024, 12, 6)
    assert titles(1)[0].ends_on == date(2027, 12, 6)
    listed = hnte([[LIST[2], code_of(2), "第一批"]], header=header)
    report = run(listed)
    assert counts(report) == (0, 0, 0, 1, 0)
    assert "发证日期" in report["problems"][0]["message"]
    kind = db.session.scalars(select(TitleType).where(TitleType.key == "hnte")).one()
    db.session.add(Batch(type_id=kind.id, name="2024年第一批", announced_on=date(2024, 10, 12)))
    db.session.commit()
    assert counts(run(listed)) == (1, 0, 0, 0, 0)
    assert titles(2)[0].issued_on == date(2024, 10, 12)
    assert counts(run(hnte([[LIST[3], code_of(3), ""]], header=header), on=date(2024, 11, 1))) == (1, 0, 0, 0, 0)
    assert titles(3)[0].issued_on == date(2024, 11, 1)


NOTICE = "关于云澜省2024年认定的高新技术企业进行备案的公示名单"


def test_a_notice_gives_provisional_titles_that_the_announcement_confirms(app: Flask) -> None:
    run(register(), "企业登记.csv")
    assert counts(run(hnte([ROW_1], NOTICE))) == (1, 0, 0, 0, 0)
    (title,) = titles(1)
    assert (title.provisional, title.noticed_on, title.source) == (True, date(2024, 10, 12), "公示")
    announced = hnte([[*ROW_1[:3], "2024-11-20", "2027-11-20"]], "关于公布2024年高新技术企业名单的公告")
    assert counts(run(announced)) == (0, 1, 0, 0, 0)
    db.session.expire_all()
    (title,) = titles(1)
    assert (title.provisional, title.noticed_on, title.issued_on) == (False, date(2024, 10, 12), date(2024, 11, 20))
    assert (title.ends_on, title.source) == (date(2027, 11, 20), "公告")
    assert counts(run(hnte([ROW_1], NOTICE))) == (0, 0, 1, 0, 0), "a 公示 takes nothing back"
    assert counts(run(announced)) == (0, 0, 1, 0, 0)


def test_a_person_may_take_a_notice_for_the_announcement(app: Flask) -> None:
    run(register(), "企业登记.csv")
    run(hnte([ROW_1], NOTICE), confirm_notice=True)
    assert not titles(1)[0].provisional


def test_changes_are_logged_old_and_new_and_typed_fields_are_kept(app: Flask) -> None:
    run(register(), "企业登记.csv")
    changed = firm(1)
    db.session.add(
        Change(
            at=changed.updated_at, act="updated", table_name="firm", row_id=changed.id, firm_id=changed.id,
            field="address", old="", new=changed.address, source="form",
        )
    )  # fmt: skip
    db.session.commit()
    rows = register_rows([1])
    rows[1][0], rows[1][4], rows[1][5], rows[1][6] = LIST[1], "900(万元人民币)", "", "云澜市青禾区溪口街道1号"
    report = run(csv_bytes(rows), "企业登记.csv")
    assert counts(report) == (0, 1, 0, 0, 0)
    db.session.expire_all()
    assert firm(1).capital == 900
    assert firm(1).address.endswith("云溪路1号"), "what a person typed stays"
    assert firm(1).scope, "a blank cell takes nothing away"
    entry = db.session.scalars(select(Change).where(Change.source == "import")).one()
    assert (entry.field, entry.old, entry.new, entry.act) == ("capital", "101", "900", "updated")
    staged = db.session.get_one(ImportRow, entry.source_id)
    assert json.loads(staged.plan)["kept"][0][0] == "住所"


def test_the_order_of_files_does_not_matter(app: Flask) -> None:
    listed = hnte([ROW_1, [LIST[2], code_of(2), number_of(2), date(2024, 10, 12), ""]])
    run(listed)
    run(register(), "企业登记.csv")
    assert [title.number for title in titles(1) + titles(2)] == [number_of(1), number_of(2)]
    assert not firm(1).unverified
    assert firm(1).capital == 101
    assert counts(run(listed)) == (0, 0, 2, 0, 0)


def test_a_failure_in_the_middle_leaves_nothing_half_written(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    run(register(), "企业登记.csv")
    before = sizes()
    listed = hnte([ROW_1, [LIST[4], code_of(4), number_of(4), date(2024, 10, 12), ""]])

    def fail(self: apply.Writer) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(apply.Writer, "make_rows", fail)
        with pytest.raises(RuntimeError):
            run(listed)
    db.session.rollback()
    assert sizes() == before
    assert counts(run(listed)) == (2, 0, 0, 0, 0)


def test_a_plan_made_before_something_changed_is_not_written(app: Flask) -> None:
    data = register()
    started = work.begin(data, "企业登记.csv", Options(), None)
    plan = engine.prepare(data, "企业登记.csv", Options())
    engine.stage(started, plan)
    rows = register_rows([1])
    run(csv_bytes(rows), "另一份企业登记.csv")
    with pytest.raises(apply.Stale):
        apply.apply(started, plan)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Firm)) == 1


def test_a_visit_recorded_meanwhile_holds_no_import_up_and_an_edit_does(app: Flask) -> None:
    firm, officer = make_firm(), make_user()
    db.session.commit()
    data = register()
    started = work.begin(data, "企业登记.csv", Options(), None)
    plan = engine.prepare(data, "企业登记.csv", Options())
    engine.stage(started, plan)
    Visit.add(firm, date(2026, 5, 1), "导入期间去的", [officer], officer, datetime(2026, 5, 1, 9, 0, tzinfo=UTC))
    db.session.commit()
    assert state.fingerprint(plan.reads) == plan.fingerprint
    firm.address = "改过的地址"
    db.session.commit()
    assert state.fingerprint(plan.reads) != plan.fingerprint
    db.session.rollback()


def test_a_dry_run_writes_nothing(app: Flask) -> None:
    report = work.run_file(register(), "企业登记.csv", Options(), dry_run=True)
    assert counts(report) == (3, 0, 0, 0, 0)
    assert report["id"] is None
    assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 0
    assert sizes() | {"change": 0} == dict.fromkeys(sizes(), 0)


def test_a_refused_file_is_remembered_with_its_reason(app: Flask) -> None:
    with pytest.raises(ImportRefused):
        run(b"%PDF-1.7", "名单.pdf")
    refused = db.session.scalars(select(ImportRun)).one()
    assert (refused.state, "PDF" in refused.message) == ("refused", True)


def held_import() -> int:
    """A list with one row that only a person can decide, twice, and one nobody knows."""
    run(register(), "企业登记.csv")
    header = ["企业名称", "统一社会信用代码", "证书编号", "发证日期"]
    rows = [
        ["青禾信息", "", number_of(1), "2024-10-12"],
        [" 青禾 信息", "", number_of(1), "2024-10-12"],
        ["云澜北渡物流有限公司", "", number_of(4), "2024-10-12"],
        ["云澜石桥铸造有限公司", code_of(3), number_of(2), "2024-10-12"],
    ]
    report = run(hnte(rows, header=header))
    assert counts(report) == (0, 0, 0, 4, 0)
    return int(report["id"])


def test_a_decided_row_is_written_with_its_likes_and_remembered(app: Flask) -> None:
    import_id = held_import()
    assert [row.row for row in decide.held_rows(import_id)] == [3, 4, 5, 6]
    decide.decide(import_id, "2024年", 3, code_of(1), None)
    db.session.commit()
    assert [title.number for title in titles(1)] == [number_of(1)]
    assert [row.row for row in decide.held_rows(import_id)] == [5, 6], "the other spelling of the name went with it"
    assert db.session.scalars(select(MatchDecision)).one().firm_id == firm(1).id
    left = json.loads(db.session.get_one(ImportRun, import_id).counts)
    assert (left["created"], left["unchanged"], left["held"]) == (1, 1, 2)
    again = run(hnte([["青禾信息", "", number_of(7, 2025), "2025-10-12", ""]], "2025年高新技术企业认定名单"))
    assert again["matches"][0]["how"] == "chosen", again["problems"]


def test_a_row_may_make_a_new_firm_or_be_left_out(app: Flask) -> None:
    import_id = held_import()
    decide.decide(import_id, "2024年", 5, "new", None)
    decide.decide(import_id, "2024年 ", 6, "skip", None)
    db.session.commit()
    made = db.session.scalars(select(Firm).where(Firm.name == "云澜北渡物流有限公司")).one()
    assert (made.unverified, made.code) == (True, None)
    assert db.session.scalar(select(func.count()).select_from(Title)) == 1
    assert db.session.get_one(ImportRow, made.import_row_id).firm_id == made.id
    problems = {problem.row for problem in db.session.scalars(select(ImportProblem).where(ImportProblem.column == ""))}
    assert problems == {3, 4}


def test_a_code_that_contradicts_is_decided_and_remembered_for_code_and_name_together(app: Flask) -> None:
    import_id = held_import()
    decide.decide(import_id, "2024年", 6, code_of(2), None)
    db.session.commit()
    assert [title.number for title in titles(2)] == [number_of(2)]
    row = ["云澜石桥铸造有限公司", code_of(3), number_of(8, 2025), "2025-10-12", ""]
    assert run(hnte([row], "2025年高新技术企业认定名单"))["matches"][0]["how"] == "chosen"


@pytest.mark.parametrize(("row", "choice", "says"), [(5, code_of(77), "没有信用代码"), (5, "id:99999", "没有这家企业")])
def test_a_decision_for_a_firm_that_is_not_there_is_refused(app: Flask, row: int, choice: str, says: str) -> None:
    import_id = held_import()
    with pytest.raises(Refused, match=says):
        decide.decide(import_id, "2024年", row, choice, None)


def test_a_row_is_decided_once(app: Flask) -> None:
    import_id = held_import()
    decide.decide(import_id, "2024年", 3, code_of(1), None)
    db.session.commit()
    with pytest.raises(Refused, match="已经认过"):
        decide.decide(import_id, "2024年", 3, code_of(2), None)


def test_rows_outside_the_rules_are_refused_one_by_one(app: Flask) -> None:
    run(register(), "企业登记.csv")
    late = [LIST[1], code_of(1), number_of(1), "2024-10-12", "2023-10-12"]
    report = run(
        hnte([late, [LIST[2], code_of(2), "GR12", "2024-02-30", "2027-02-28"]], title="2024年高企名单"), on=None
    )
    assert counts(report) == (0, 0, 0, 1, 1)
    assert {problem["column"] for problem in report["problems"]} == {"", "证书编号", "发证日期"}
    assert name_of(1)


def test_a_name_the_register_writes_anew_begins_today_and_the_old_one_ended_yesterday(app: Flask) -> None:
    run(register(), "名册.csv")
    rows = register_rows([2])
    rows[1][0] = "云澜石桥铸造股份有限公司"
    run(csv_bytes(rows), "新名册.csv")
    firm = db.session.scalars(select(Firm).where(Firm.code == code_of(2))).one()
    today = clock.today()
    names = db.session.execute(
        select(FirmName.name, FirmName.from_on, FirmName.to_on).where(FirmName.firm_id == firm.id).order_by(FirmName.id)
    ).all()
    assert [tuple(name) for name in names] == [
        (LIST[2], None, today - timedelta(days=1)),
        ("云澜石桥铸造股份有限公司", today, None),
    ]
    assert firm.name == "云澜石桥铸造股份有限公司"
