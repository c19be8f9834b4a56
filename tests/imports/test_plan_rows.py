"""What a kind says by the plan: rows of any table, changes of any row, what it loaded. Persons stay sealed."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from crm.imports import apply, decide, engine, mapping, preview, state, work
from crm.imports.kinds import CODE, KINDS, NAME, Field, Kind, plain_text, text
from crm.imports.plan import Options, Plan, RowPlan
from crm.imports.recognise import Facts
from models import vault
from models.base import db
from models.change import Change
from models.firm import Firm, words
from models.firm.contacts import Contact
from models.firm.officers import FirmOfficer
from models.firm.tags import FirmTag, Tag
from models.firm.yearly import FirmFigure, record
from models.importing import ImportProblem, ImportRow, ImportRun
from models.standing import Standing
from models.visit import Visit
from tests.imports.test_apply import LIST, counts, firm, register, run
from tests.support.browser import Browser
from tests.support.factories import make_user
from tests.support.sheets import code_of, xlsx_bytes

SALES = Field("sales", "销售", r"去年销售", r"", None, lambda cell: Decimal(text(cell) or 0))


def phone(cell: Any) -> str:
    if text(cell) and not text(cell).isdigit():
        raise ValueError(f"不是号码：{text(cell)}")
    return text(cell)


FIELDS = (
    NAME,
    CODE,
    SALES,
    Field("person", "联系人", r"找谁", r"", None, plain_text, personal=True),
    Field("phone", "电话", r"号码", r"", None, phone, personal=True),
    Field("group", "分组", r"分组", r"", None, plain_text),
)


def load(whole: Plan, rows: list[RowPlan]) -> None:
    ids = [one.firm_id for one in rows if one.firm_id]
    figures = db.session.scalars(select(FirmFigure).where(FirmFigure.firm_id.in_(ids), FirmFigure.year == 2024))
    whole.store["sales"] = {row.firm_id: (row.id, row.value) for row in figures}
    whole.store["tags"] = {}
    whole.store["officer"] = db.session.scalar(select(FirmOfficer.user_id).limit(1))


def plan(whole: Plan, one: RowPlan, facts: Facts) -> None:
    assert one.firm_id is not None
    values = one.row.values
    if sales := values.get("sales"):
        known = whole.store["sales"].get(one.firm_id)
        if known is None:
            row = {"firm_id": one.firm_id, "year": 2024, "key": "sales_revenue", "value": sales, "source": "试验"}
            whole.store["sales"][one.firm_id] = (whole.add(one, "firm_figure", row), sales)
            one.effect = "created"
        else:
            whole.change(one, "firm_figure", known[0], "value", "销售", known[1], sales)
    if person := values.get("person"):
        sealed = {"name_sealed": vault.seal(person.encode()), "keep_until": date(2030, 1, 1)}
        whole.add(one, "contact", {"firm_id": one.firm_id, **sealed})
        one.effect = "created"
    if group := values.get("group"):
        tags = whole.store["tags"]
        if group not in tags:
            tags[group] = whole.add(one, "tag", {"name": group, "sort_key": group})
        whole.add(one, "firm_tag", {"firm_id": one.firm_id, "tag_id": tags[group]})
        one.effect = "created"
    if one.effect == "unchanged" and one.changes:
        one.effect = "updated"


KIND = Kind(
    "trial",
    "试验",
    FIELDS,
    cues="试验",
    marks=("sales", "person", "group"),
    load=load,
    reads=("firm_figure",),
    plan=plan,
)


@pytest.fixture(autouse=True)
def trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "trial", KIND)


HEADER = ["企业名称", "统一社会信用代码", "去年销售", "找谁", "号码", "分组", "备用联系人电话"]


def trial_list(*rows: list[Any]) -> bytes:
    return xlsx_bytes({"试验": [HEADER, *rows]})


def bring(*rows: list[Any]) -> dict[str, Any]:
    return run(trial_list(*rows), "试验.xlsx", kind="trial")


def test_a_kind_makes_rows_of_any_table(app: Flask) -> None:
    run(register(), "企业登记.csv")
    report = bring(
        [LIST[1], code_of(1), 500, "", "", "甲组", ""], ["云澜新来制造有限公司", code_of(9), 70, "", "", "甲组", ""]
    )
    assert counts(report) == (2, 0, 0, 0, 0)
    figures = db.session.scalars(select(FirmFigure).order_by(FirmFigure.id)).all()
    assert [(row.value, row.approximate) for row in figures] == [(Decimal(500), False), (Decimal(70), False)]
    newcomer = db.session.scalars(select(Firm).where(Firm.code == code_of(9))).one()
    assert figures[1].firm_id == newcomer.id, "an id below zero became that of the firm"
    staged = db.session.get_one(ImportRow, figures[0].import_row_id)
    assert (staged.import_id, staged.row) == (report["id"], 2)
    assert figures[0].entered_at
    tag = db.session.scalars(select(Tag)).one()
    assert set(db.session.scalars(select(FirmTag.firm_id).where(FirmTag.tag_id == tag.id))) == {
        firm(1).id,
        newcomer.id,
    }


def test_rows_that_cannot_point_at_their_import_row_are_in_the_log(app: Flask) -> None:
    run(register(), "企业登记.csv")
    bring([LIST[1], code_of(1), "", "", "", "甲组", ""])
    made = db.session.scalars(select(Change).where(Change.source == "import").order_by(Change.id)).all()
    tag = db.session.scalars(select(Tag)).one()
    assert {(one.table_name, one.act, one.row_id, one.field, one.new) for one in made} == {
        ("tag", "created", tag.id, None, None),
        ("firm_tag", "created", firm(1).id, "tag_id", str(tag.id)),
    }
    assert {db.session.get_one(ImportRow, one.source_id).row for one in made} == {2}


def test_a_change_of_any_row_is_logged_and_one_made_here_takes_the_value(app: Flask) -> None:
    run(register(), "企业登记.csv")
    known = record(firm(1).id, "sales_revenue", 2024, Decimal(10), "表单")
    db.session.commit()
    rows = [[LIST[1], code_of(1), 20], [LIST[2], code_of(2), 30], [LIST[2], code_of(2), 40]]
    assert counts(bring(*rows)) == (1, 1, 1, 0, 0)
    db.session.expire_all()
    assert sorted(db.session.scalars(select(FirmFigure.value))) == [20, 40]
    (entry,) = db.session.scalars(select(Change).where(Change.source == "import")).all()
    assert (entry.table_name, entry.row_id, entry.field) == ("firm_figure", known.id, "value")
    assert (entry.old, entry.new, entry.firm_id) == ("10", "20", firm(1).id)
    assert counts(bring(*rows[:1])) == (0, 0, 1, 0, 0)


def test_a_held_row_makes_nothing(app: Flask) -> None:
    run(register(), "企业登记.csv")

    def doubt(whole: Plan, one: RowPlan, facts: Facts) -> None:
        plan(whole, one, facts)
        one.hold("还要看看")

    object.__setattr__(KIND, "plan", doubt)
    try:
        assert counts(bring([LIST[1], code_of(1), 20])) == (0, 0, 0, 1, 0)
    finally:
        object.__setattr__(KIND, "plan", plan)
    assert db.session.scalar(select(func.count()).select_from(FirmFigure)) == 0


def test_load_runs_for_a_decided_row_too_and_statements_do_not_grow(app: Flask) -> None:
    run(register(), "企业登记.csv")
    report = bring([LIST[2], code_of(2), 30], ["青禾信息", "", 20, "", "", "", "备用"])
    assert counts(report) == (1, 0, 0, 1, 0)
    decide.decide(report["id"], "试验", 3, code_of(1), None)
    db.session.commit()
    assert sorted(db.session.scalars(select(FirmFigure.value))) == [20, 30]

    def statements(rows: int) -> int:
        said: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *args: said.append(args[2]))
        engine.prepare(trial_list(*[[LIST[1 + n % 3], code_of(1 + n % 3), n + 1] for n in range(rows)]), "试验.xlsx",
                       Options("trial"))  # fmt: skip
        return len(said)

    first = statements(3)
    assert statements(30) - first * 2 <= 0


def test_the_fingerprint_covers_what_a_kind_reads_and_nothing_else(app: Flask) -> None:
    run(register(), "企业登记.csv")
    officer = make_user()
    db.session.commit()
    data = trial_list([LIST[1], code_of(1), 20])
    started = work.begin(data, "试验.xlsx", Options("trial"), None)
    plans = {kind: engine.prepare(file, name, Options(kind)) for kind, file, name in
             (("trial", data, "试验.xlsx"), ("register", register(), "企业登记.csv"))}  # fmt: skip
    Visit.add(firm(1), date(2026, 5, 1), "去过", [officer], officer, datetime(2026, 5, 1, 9, 0, tzinfo=UTC))
    db.session.commit()
    assert all(state.fingerprint(one.reads) == one.fingerprint for one in plans.values())
    record(firm(1).id, "staff_total", 2024, Decimal(9), "表单")
    db.session.commit()
    assert state.fingerprint(plans["register"].reads) == plans["register"].fingerprint
    engine.stage(started, plans["trial"])
    with pytest.raises(apply.Stale):
        apply.apply(started, plans["trial"])
    db.session.rollback()


def test_new_rows_of_the_ladder_move_the_firm(app: Flask) -> None:
    run(register(), "企业登记.csv")
    owner = firm(1).id

    def enter(whole: Plan, one: RowPlan, facts: Facts) -> None:
        whole.add(one, "pool_member", {"firm_id": one.firm_id, "type_id": 1, "from_on": date(2024, 5, 1)})
        one.effect = "created"

    object.__setattr__(KIND, "plan", enter)
    try:
        bring([LIST[1], code_of(1), 20])
    finally:
        object.__setattr__(KIND, "plan", plan)
    rungs = set(db.session.scalars(select(Standing.rung).where(Standing.firm_id == owner)))
    assert "potential" in rungs


def test_persons_are_sealed_in_rows_kept_and_masked_where_shown(app: Flask) -> None:
    run(register(), "企业登记.csv")
    report = bring(
        [LIST[1], code_of(1), "", "王小明", "13912345678", "", "李四 13812345678"],
        ["青禾信息", "", "", "赵大伟", "不详1390000", "", ""],
    )
    assert counts(report) == (1, 0, 0, 1, 0)
    assert db.session.scalars(select(Contact)).one().open_name() == "王小明"
    secrets = ("王小明", "13912345678", "李四", "13812345678", "赵大伟", "1390000")
    kept = [row.cells + row.plan + row.reason for row in db.session.scalars(select(ImportRow))]
    kept += [one.value + one.message for one in db.session.scalars(select(ImportProblem))]
    kept += [f"{one.old}{one.new}" for one in db.session.scalars(select(Change))]
    assert not [secret for secret in secrets for text_kept in kept if secret in text_kept]
    found = db.session.get_one(ImportRun, report["id"])
    rows = [str(row) for sheet in preview.problem_sheets(found) for row in sheet.rows]
    shown = json.dumps(
        [[str(sheet.columns) for sheet in mapping.sheets_of(found)], rows, report],
        ensure_ascii=False,
    )
    held = preview.shown_rows(found, decide.held_rows(found.id)[:1], None)[0]
    assert not [secret for secret in secrets if secret in shown + str(held)]
    assert "＊＊＊" in shown
    decide.decide(found.id, "试验", 3, code_of(2), None)
    db.session.commit()
    names = [contact.open_name() for contact in db.session.scalars(select(Contact).order_by(Contact.id))]
    assert names == ["王小明", "赵大伟"], "a decided row still knows what it said"


def test_what_changes_is_said_in_words_and_not_in_keys(app: Flask) -> None:
    run(register(), "企业登记.csv")
    header = ["企业名称", "统一社会信用代码", "证书编号", "发证日期"]

    def listed(day: str) -> bytes:
        cells = [LIST[1], code_of(1), "GR202499000001", day]
        return xlsx_bytes({"2024年": [["青禾区2024年高新技术企业认定名单"], header, cells]})

    run(listed("2024年11月"), "名单.xlsx")
    report = run(listed("2024年11月6日"), "补全的名单.xlsx")
    kept = db.session.scalars(select(ImportRow.plan).where(ImportRow.import_id == report["id"])).one()
    assert ["发证日期精度", "到月", "到日"] in json.loads(kept)["changes"]
    assert words.value_text("industry_code", "39") == "计算机、通信和其他电子设备制造业"
    assert words.value_text("capital", "1234.5") == "1,234.5"


def test_only_lists_of_titles_say_whether_titles_are_provisional(lite_browser: Browser) -> None:
    header = ["原企业名称", "更名后企业名称", "更名日期"]
    renamed = [[LIST[1], "云澜青禾信息股份有限公司", "2025-06-27"]]
    run(register(), "企业登记.csv")
    report = run(xlsx_bytes({"名单": [["高新技术企业更名公告"], header, *renamed]}), "更名公告.xlsx")
    page = lite_browser.sign_in(make_user("office")).get(f"/imports/{report['id']}").text
    assert "认出的列" in page
    assert "按公告" not in page
