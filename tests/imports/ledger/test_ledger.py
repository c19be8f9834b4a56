"""The old workbook of a bureau from end to end, in three layouts."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from crm.imports import undo, work
from crm.imports.plan import Options
from models import clock
from models.base import db
from models.change_log import Actor, acting
from models.firm import Firm, officer_waits, writing
from models.firm.contacts import Contact
from models.firm.notes import FirmNote
from models.firm.officer_waits import OfficerWait
from models.firm.officers import FirmOfficer
from models.firm.yearly import FirmFigure
from models.importing import ImportProblem, ImportRow
from models.pool import PoolMember
from models.seed import seed_defaults
from models.title import Title
from models.title_claim import TitleClaim
from models.user import User
from tests.imports.ledger.sheets import FIRMS, one_row_header, text_table, two_row_header
from tests.support.factories import make_area, make_user
from tests.support.sheets import code_of, csv_bytes, register_rows, xlsx_bytes
from tests.support.statements import statements
from tests.support.whole import whole

LAYOUTS = pytest.mark.parametrize(
    ("make", "name"),
    [(two_row_header, "培育台账.xlsx"), (one_row_header, "摸底表.xlsx"), (text_table, "台账.csv")],
    ids=["two-row header", "one-row header", "GB18030"],
)


def run(data: bytes, name: str = "台账.xlsx", **options: Any) -> dict[str, Any]:
    return work.run_file(data, name, Options(**options))


def begin() -> None:
    """The register, the streets, and one of the two officers."""
    seed_defaults()
    make_area("石桥街道")
    make_area("渔湾街道")
    make_user(name="沈一帆")
    db.session.commit()
    rows = register_rows(FIRMS)
    for row, name in zip(rows[1:], FIRMS.values(), strict=True):
        row[0] = name
    run(csv_bytes(rows), "企业登记.csv")


def firm(number: int) -> Firm:
    return db.session.scalars(select(Firm).where(Firm.code == code_of(number))).one()


def figures(number: int) -> dict[tuple[str, int], tuple[Decimal, bool]]:
    query = select(FirmFigure).where(FirmFigure.firm_id == firm(number).id).order_by(FirmFigure.id)
    return {(row.key, row.year): (row.value, row.approximate) for row in db.session.scalars(query)}


def people(number: int) -> list[tuple[str, str]]:
    query = select(Contact).where(Contact.firm_id == firm(number).id, Contact.ended_on.is_(None)).order_by(Contact.id)
    return [(row.open_name(), row.open_phone()) for row in db.session.scalars(query)]


@LAYOUTS
def test_the_same_facts_whatever_the_layout(app: Flask, make: Callable[[], bytes], name: str) -> None:
    begin()
    report = run(make(), name)
    assert report["kind"] == "ledger"
    assert (report["rows"], report["updated"], report["held"], report["rejected"]) == (3, 3, 0, 0)
    about = Decimal(3000), True
    assert figures(1) == {
        ("operating_revenue", 2023): about,
        ("operating_revenue", 2024): (Decimal(12000), False),
        ("rd_expense", 2024): (Decimal("581.3"), False),
        ("staff_total", 2024): (Decimal(120), False),
        ("invention_patents", 2025): (Decimal(3), False),
    }
    assert figures(2)["operating_revenue", 2024] == (Decimal(1500), False)
    assert ("rd_expense", 2024) not in figures(2)
    assert figures(2)["staff_total", 2024] == (Decimal(47), False)
    assert figures(3)["rd_expense", 2024] == (Decimal("115.43215"), False), "yuan in a column of 万元"
    assert people(1) == [("甘以宁", "15400000001")]
    assert people(2) == [("乐思远", "15400000002"), ("费清", "")]
    assert people(3) == [("祝平", "15400000003"), ("祝平", "0000-88880003")]
    assert [firm(number).care_level for number in (1, 2, 3)] == ["A", "B", "reserve"]


@LAYOUTS
def test_titles_claims_pools_and_officers(app: Flask, make: Callable[[], bytes], name: str) -> None:
    begin()
    run(make(), name)
    titles = db.session.scalars(select(Title).order_by(Title.firm_id)).all()
    assert [(one.number, one.issued_on, one.ends_on, one.source) for one in titles] == [
        ("GR202499000001", date(2024, 11, 6), date(2027, 11, 6), "台账"),
        ("GR202399000003", date(2023, 12, 8), date(2026, 12, 8), "台账"),
    ]
    claims = db.session.scalars(select(TitleClaim).order_by(TitleClaim.firm_id)).all()
    assert [(one.firm_id, one.type.key, one.written) for one in claims] == [
        (firm(1).id, "tech_sme", "√"),
        (firm(3).id, "tech_sme", "是"),
    ], "a mark is a claim, and 否 is none"
    stays = db.session.scalars(select(PoolMember).order_by(PoolMember.firm_id)).all()
    assert [(one.type.key, one.target.key if one.target else "", one.plan_year) for one in stays] == [
        ("cultivation_pool", "hnte", 2027),
        ("sme_to_hnte", "hnte", 2026),
        ("srdi_pool", "srdi_sme", None),
    ]
    assert [officer.name for number in (1, 2) if (officer := firm(number).officer_a)] == ["沈一帆", "沈一帆"]
    assert firm(3).officer_a_id is None, "nobody is called so yet: the rest of the row is written"
    assert [(one.firm_id, one.name) for one in db.session.scalars(select(OfficerWait))] == [(firm(3).id, "陆未")]
    assert db.session.scalar(select(func.count()).select_from(FirmOfficer)) == 2
    said = {row.text for row in db.session.scalars(select(FirmNote))}
    assert said == {"待补辅助账", "拟搬迁"}


@LAYOUTS
def test_the_same_ledger_again_changes_nothing(app: Flask, make: Callable[[], bytes], name: str) -> None:
    begin()
    run(make(), name)
    before = whole()
    again = run(make(), name)
    assert (again["updated"], again["unchanged"]) == (0, 3)
    assert whole() == before


@LAYOUTS
def test_taken_back_it_never_was(app: Flask, make: Callable[[], bytes], name: str) -> None:
    begin()
    before = whole()
    answer = undo.undo(run(make(), name)["id"], None)
    db.session.commit()
    assert answer["kept"] == []
    assert whole() == before


def test_the_street_is_that_of_the_merged_cell(lite_app: Flask) -> None:
    begin()
    run(two_row_header())
    areas = [found.name for number in (1, 2, 3) if (found := firm(number).area)]
    assert areas == ["石桥街道", "石桥街道", "渔湾街道"]


def test_nobody_reads_a_contact_in_what_is_kept_of_a_row(lite_app: Flask) -> None:
    begin()
    report = run(two_row_header())
    rows = db.session.scalars(select(ImportRow).where(ImportRow.import_id == report["id"]))
    kept = "".join(f"{row.cells}{row.plan}{row.reason}" for row in rows)
    kept += "".join(f"{row.value}{row.message}" for row in db.session.scalars(select(ImportProblem)))
    kept += json.dumps(report, ensure_ascii=False)
    for said in ("甘以宁", "乐思远", "祝平", "15400000002", "154 0000 0001", "88880003"):
        assert said not in kept
    assert "＊＊＊" in kept


def test_an_account_made_later_is_tried_again(app: Flask) -> None:
    begin()
    run(two_row_header())
    assert officer_waits.try_again(clock.today()) == 0
    late = make_user(name="陆未")
    assert officer_waits.try_again(clock.today()) == 1
    db.session.commit()
    assert firm(3).officer_a_id == late.id
    assert officer_waits.count_waiting(late) == 0


def test_taken_back_the_officers_found_later_go_too(app: Flask) -> None:
    begin()
    make_user(name="陆未", active=False)
    db.session.commit()
    before = whole()
    report = run(two_row_header())
    late = db.session.scalars(select(User).where(User.name == "陆未")).one()
    late.active = True
    db.session.flush()
    assert officer_waits.try_again(clock.today()) == 1
    late.active = False
    db.session.commit()
    undo.undo(report["id"], None)
    db.session.commit()
    assert whole() == before


def test_of_two_with_the_name_a_person_says_which(app: Flask) -> None:
    begin()
    one, other = make_user(name="陆未"), make_user(name="陆未")
    run(two_row_header())
    assert firm(3).officer_a_id is None
    waiting = officer_waits.list_waiting(one)
    assert [(row.name, row.firms, len(row.accounts)) for row in waiting] == [("陆未", 1, 2)]
    assert officer_waits.decide("陆未", other.id, one.id, clock.now(), clock.today()) == 1
    db.session.commit()
    assert firm(3).officer_a_id == other.id
    again = run(one_row_header())
    assert firm(3).officer_a_id == other.id, "the decision is remembered"
    assert again["held"] == 0


def ledger(rows: list[list[Any]], year: int = 2025, header: list[str] | None = None) -> bytes:
    words = "企业名称 统一社会信用代码 联系人 联系电话 {}年营业收入（万元） 培育层级 拟申报类型 申报年度 责任人"
    header = header or words.format(year - 1).split()
    return xlsx_bytes({"台账": [[f"培育企业台账（{year}年）"], header, *rows]})


def row_of(number: int, **cells: Any) -> list[Any]:
    values = {
        "contact": "甘以宁",
        "phone": "15400000001",
        "revenue": 1000,
        "level": "A",
        "target": "小升高",
        "year": 2026,
        "officer": "沈一帆",
    }
    return [FIRMS[number], code_of(number), *(values | cells).values()]


def test_next_year_adds_figures_and_updates_what_the_bureau_does(app: Flask) -> None:
    begin()
    other = make_user(name="陆未")
    db.session.commit()
    run(ledger([row_of(1)]))
    run(ledger([row_of(1, revenue=1200, level="B", year=2027, officer="陆未", phone="15400000009")], 2026))
    assert figures(1) == {
        ("operating_revenue", 2024): (Decimal(1000), False),
        ("operating_revenue", 2025): (Decimal(1200), False),
    }
    assert firm(1).care_level == "B"
    assert firm(1).officer_a_id == other.id
    assert people(1) == [("甘以宁", "15400000009")]
    stay = db.session.scalars(select(PoolMember)).one()
    assert (stay.plan_year, stay.owner_id) == (2027, other.id)


def test_what_a_person_typed_stays_and_is_shown(app: Flask) -> None:
    begin()
    mine = make_user(name="陆未")
    with acting(Actor("form", mine.id)):
        writing.set_care_level([firm(1)], "C")
        writing.assign_officer([firm(1)], "A", mine.id, date(2026, 1, 1))
        Contact.add(firm(1), "甘以宁", "15400000007", "", "人工登记")
        db.session.commit()
    report = run(ledger([row_of(1)]))
    assert (firm(1).care_level, firm(1).officer_a_id) == ("C", mine.id)
    assert people(1) == [("甘以宁", "15400000007")]
    kept = json.loads(db.session.scalars(select(ImportRow.plan).where(ImportRow.import_id == report["id"])).one())[
        "kept"
    ]
    assert [label for label, _, _ in kept] == ["培育层级", "联系电话", "A 角"]
    assert "15400000001" not in json.dumps(kept)


@pytest.mark.parametrize(
    ("number", "ends", "found"),
    [
        ("GR202399000001", "2026年12月8日", [("GR202399000001", date(2023, 12, 8), "day", date(2026, 12, 8))]),
        ("GR202399000001", "2023.12.8至2026.12.7", [("GR202399000001", date(2023, 12, 8), "day", date(2026, 12, 7))]),
        ("", "2026年12月", [("", date(2023, 12, 1), "month", date(2026, 12, 31))]),
        ("GR202399000001", "28.12.8", []),
        ("GR202399000001", "", []),
        ("", "2026", []),
    ],
)
def test_a_title_needs_a_day(lite_app: Flask, number: str, ends: str, found: list[Any]) -> None:
    """A number of another year contradicts the date; a number alone is a claim, a year alone is neither."""
    begin()
    header = ["企业名称", "统一社会信用代码", "联系人", "高企证书编号", "高企有效期至", "培育层级", "责任人"]
    run(ledger([[FIRMS[1], code_of(1), "甘以宁", number, ends, "A", "沈一帆"]], header=header))
    titles = db.session.scalars(select(Title))
    assert [(one.number, one.issued_on, one.issued_precision, one.ends_on) for one in titles] == found
    claims = [one.written for one in db.session.scalars(select(TitleClaim))]
    assert claims == ([number] if number and not ends else [])


def test_a_row_that_nothing_resembles_is_a_new_firm(lite_app: Flask) -> None:
    begin()
    row = row_of(1)
    row[0], row[1] = "云澜白鹭精密仪器有限公司", code_of(77)
    report = run(ledger([row]))
    assert report["created"] == 1
    made = firm(77)
    assert made.unverified
    assert made.care_level == "A"
    assert made.officer_a_id is not None
    assert figures(77) == {("operating_revenue", 2024): (Decimal(1000), False)}


def test_a_cell_that_cannot_be_read_is_a_problem_and_the_rest_is_written(lite_app: Flask) -> None:
    begin()
    report = run(ledger([row_of(1, revenue="三千多", level="特级", target="火星计划", phone="1.54E+10")]))
    assert report["updated"] == 1
    said = {problem["column"]: problem["message"] for problem in report["problems"]}
    assert set(said) == {"2024年营业收入（万元）", "培育层级", "拟申报类型", "联系电话"}
    assert people(1) == [("甘以宁", "")]
    assert firm(1).officer_a_id is not None


def test_the_statements_do_not_grow_with_the_rows(lite_app: Flask) -> None:
    begin()
    counts = []
    for numbers in ((1,), (2, 3, 4)):
        with statements() as sent:
            run(ledger([row_of(number) for number in numbers]))
        counts.append(len(sent))
    assert counts[0] == counts[1]
