"""The old log of visits: authors, days, words, demands and what waits for review; twice is once."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crm.imports import decide, read, recognise, work
from crm.imports.kinds.visits.fields import items
from crm.imports.plan import Options
from models import clock
from models.base import db
from models.change_log import Actor, acting
from models.firm.places import FirmPlace
from models.firm.profile import load
from models.firm.timeline import events
from models.importing import ImportProblem, ImportRow
from models.visit import Visit, VisitDemand, VisitKind, VisitOfficer
from tests.imports.test_undo import taken_back
from tests.support.factories import make_area, make_firm, make_membership, make_unit, make_user
from tests.support.sheets import csv_bytes, register_rows, xlsx_bytes
from tests.support.whole import whole

ONE, TWO = "云澜青石新能源科技有限公司", "云澜石桥铸造有限公司"
HEADER = ["日期", "企业名称", "走访人", "方式", "诉求类别", "内容", "办理状态", "办结日期"]
DAY = "2025-03-07"


def row(firm: str = ONE, day: str = DAY, who: str = "林远", how: str = "现场走访", **more: str) -> list[Any]:
    asked, said = more.get("category", "融资需求"), more.get("text", "需对接担保机构")
    return [day, firm, who, how, asked, said, more.get("state", ""), more.get("settled", "")]


def run(rows: list[list[Any]], header: list[str] | None = None, encoding: str = "gb18030") -> dict[str, Any]:
    return work.run_file(csv_bytes([header or HEADER, *rows], encoding), "企业走访服务记录.csv", Options())


def registered(*names: str) -> None:
    """Firms as a register brings them in, with all that belongs to them."""
    header, *rows = register_rows(range(1, len(names) + 1))
    rows = [[name, *row[1:]] for name, row in zip(names, rows, strict=True)]
    work.run_file(csv_bytes([header, *rows]), "企业登记.csv", Options())


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    return tuple(report[key] for key in ("created", "updated", "unchanged", "held", "rejected"))


def visits() -> list[Visit]:
    return list(db.session.scalars(select(Visit).order_by(Visit.id)))


def demands() -> list[VisitDemand]:
    return list(db.session.scalars(select(VisitDemand).order_by(VisitDemand.visit_id, VisitDemand.position)))


@pytest.mark.parametrize(
    "title, header",
    [
        ("企业走访服务记录", HEADER),
        (
            "2024年走访台账",
            ["走访日期", "走访企业", "走访人员", "走访方式", "问题类别", "走访内容", "办理情况", "办结时间"],
        ),
        (
            "联系企业情况表",
            ["时间", "单位名称", "联系人员", "联系方式", "需求类型", "沟通内容", "是否办结", "完成时间"],
        ),
        (
            "服务企业工作记录",
            ["服务时间", "服务企业名称", "服务人员", "服务形式", "事项类别", "具体情况", "处理情况", "答复日期"],
        ),
    ],
)  # fmt: skip
def test_the_kind_and_its_columns_are_found(title: str, header: list[str], lite_app: Flask) -> None:
    rows = [row(state="办理中", day=f"2025.3.{number}") for number in range(1, 9)]
    rows += [row(state="已办结", settled="2025-05-01", how="电话") for _ in range(4)]
    sheet = read.read(xlsx_bytes({title: [[title], header, *rows]}), f"{title}.xlsx")[0]
    table = recognise.recognise(sheet, f"{title}.xlsx")
    assert table is not None and table.kind.key == "visits"
    wanted = ("visit_on", "name", "author", "kind", "category", "text", "handling", "settled_on")
    assert [table.columns.get(key) for key in wanted] == list(range(8)), table.columns


def test_rows_become_visits_with_author_day_and_words(app: Flask) -> None:
    officer = make_user(name="林远")
    unit = make_unit("企服科")
    make_membership(officer, unit, from_on=date(2020, 1, 1))
    make_firm(ONE), make_firm(TWO)
    db.session.commit()
    report = run(
        [
            row(),
            row(TWO, "2025年3月8日", "外聘顾问", "微信", state="已办结", settled="2025-04-01"),
            row("青石新能源科技", "20250309", "林远、外聘顾问", "企业来访", state="办理中"),
            row(TWO, "2025/3/10", "", "电话", state="待转办", category="", text="1、缺人；2、缺地"),
            row("没有这家", "2025-03-11"),
        ]
    )
    assert counts(report) == (4, 0, 0, 1, 0)
    keys = {kind.id: kind.key for kind in db.session.scalars(select(VisitKind))}
    one, two, three, four = visits()
    assert [keys[visit.kind_id] for visit in (one, two, three, four)] == ["visit", "message", "received", "phone"]
    assert [visit.visit_on.day for visit in (one, two, three, four)] == [7, 8, 9, 10]
    assert [visit.recorded_by_text for visit in (one, two, three, four)] == ["", "外聘顾问", "外聘顾问", ""]
    assert [visit.created_by_id for visit in (one, two, three, four)] == [officer.id, None, officer.id, None]
    assert {visit.source for visit in visits()} == {"import"} and one.import_row_id is not None
    present = db.session.scalars(select(VisitOfficer).order_by(VisitOfficer.visit_id)).all()
    assert [(one.visit_id, one.user_id, one.unit_id) for one in present] == [
        (visits()[0].id, officer.id, unit.id),
        (visits()[2].id, officer.id, unit.id),
    ]
    assert [(d.words, d.category, d.handling, d.state) for d in demands()] == [
        ("需对接担保机构", "融资需求", None, "kept"),
        ("需对接担保机构", "融资需求", "settled", "kept"),
        ("需对接担保机构", "融资需求", "in_hand", "to_review"),
        ("缺人", "", "to_forward", "to_review"),
        ("缺地", "", "to_forward", "to_review"),
    ]
    assert demands()[1].settled_on == date(2025, 4, 1)


def test_the_same_visit_is_kept_once(app: Flask) -> None:
    make_user(name="林远")
    make_firm(ONE)
    db.session.commit()
    rows = [row(), row(ONE + " ", "2025年3月7日"), row(who="外聘顾问"), row(day="2025-03-08"), row(text="又一件事")]
    assert counts(run(rows)) == (4, 0, 1, 0, 0)
    assert counts(run(rows)) == (0, 0, 5, 0, 0)
    assert len(visits()) == 4


@pytest.mark.parametrize(
    "day, effect, said",
    [
        ("2025年3月", "created", "只写到月"),
        ("2025年", "rejected", "只有年份"),
        ("", "rejected", "没有走访日期"),
        ((clock.today() + timedelta(1)).isoformat(), "rejected", "不能晚于今天"),
        ("去年春天", "rejected", "没有走访日期"),
    ],
)
def test_days_that_are_not_days(day: str, effect: str, said: str, lite_app: Flask) -> None:
    make_firm(ONE)
    db.session.commit()
    run([row(day=day), row(), row(day="2025-03-09")])
    assert db.session.scalars(select(ImportRow.effect).order_by(ImportRow.id)).first() == effect
    assert any(said in message for message in db.session.scalars(select(ImportProblem.message)))
    assert (date(2025, 3, 1) in [visit.visit_on for visit in visits()]) == (effect == "created")


@pytest.mark.parametrize(
    "said, settled, handling, state",
    [
        ("已办结", "", "settled", "kept"), ("办结", "", "settled", "kept"), ("", "2025-04-01", "settled", "kept"),
        ("未办结", "", "in_hand", "to_review"), ("办理中", "", "in_hand", "to_review"),
        ("跟踪推进", "", "in_hand", "to_review"), ("待转办", "", "to_forward", "to_review"),
        ("转办", "", "to_forward", "to_review"), ("待办理", "", "to_forward", "to_review"),
        ("", "", None, "kept"), ("某某某", "", None, "to_review"),
    ],
)  # fmt: skip
def test_what_is_not_settled_waits_for_review(
    said: str, settled: str, handling: str | None, state: str, lite_app: Flask
) -> None:
    make_firm(ONE)
    db.session.commit()
    run([row(state=said, settled=settled), row(day="2025-03-09")])
    assert (demands()[0].handling, demands()[0].state) == (handling, state)


@pytest.mark.parametrize(
    "asked, parts",
    [
        ("", []),
        ("需要贷款", ["需要贷款"]),
        ("1、缺人；2、缺地。", ["缺人", "缺地。"]),
        ("1.缺人\n2.缺地\n3.缺钱", ["缺人", "缺地", "缺钱"]),
        ("①缺人②缺地", ["①缺人②缺地"]),
        ("①缺人；②缺地", ["缺人", "缺地"]),
        ("（1）缺人；（2）缺地", ["缺人", "缺地"]),
        ("2、缺人；3、缺地", ["2、缺人；3、缺地"]),
        ("扩租约 1.5 万平方米，投资 2.5 亿", ["扩租约 1.5 万平方米，投资 2.5 亿"]),
    ],
)
def test_a_text_has_none_one_or_many_demands(asked: str, parts: list[str]) -> None:
    assert items(asked) == parts


def test_nothing_asked_is_no_demand(lite_app: Flask) -> None:
    make_firm(ONE)
    db.session.commit()
    run([row(category="", text="看了新厂房"), row(day="2025-03-09", category="无", text="一切都好")])
    assert len(visits()) == 2 and demands() == []


def test_a_short_name_in_another_street_is_held(app: Flask) -> None:
    make_area("石桥街道"), make_area("渔湾街道")
    firm = make_firm(ONE, area="石桥街道")
    db.session.commit()
    db.session.add(FirmPlace(firm_id=firm.id, tree="area", area_id=firm.area_id, source="list"))
    db.session.commit()
    header = [*HEADER, "所属街道"]
    rows = [[*row("青石新能源科技"), "石桥街道"], [*row("青石新能源科技", "2025-03-09"), "渔湾街道"]]
    report = run([*rows, [*row(day="2025-03-10"), "渔湾街道"]], header)
    assert [match["how"] for match in report["matches"]] == ["repaired", "none", "name"]
    held = db.session.scalars(select(ImportRow).where(ImportRow.effect == "held")).one()
    assert "镇街却不同" in held.reason
    decide.decide(report["id"], "", 3, f"id:{firm.id}", None)
    db.session.commit()
    assert len(visits()) == 3


def test_history_is_on_the_timeline_of_the_firm(lite_app: Flask) -> None:
    firm, reader = make_firm(ONE), make_user("manager")
    db.session.commit()
    run([row(who="外聘顾问", how="电话"), row(day="2025-03-09")])
    shown = events(load(reader, firm.id, date(2026, 1, 1)), "visit")
    assert [(event.on.day, event.what, event.detail) for event in shown] == [
        (9, "走访 · 林远", "需对接担保机构"),
        (7, "电话 · 外聘顾问", "需对接担保机构"),
    ]
    assert "企业走访服务记录" in shown[0].source


def test_taking_a_log_back_is_as_if_it_had_not_been(app: Flask) -> None:
    make_user(name="林远")
    db.session.commit()
    registered(ONE, TWO)
    before = whole()
    run_id = run([row(state="办理中"), row(TWO, who="外聘顾问"), row("青石新能源科技", "2025-03-09")])["id"]
    assert len(visits()) == 3 and demands()
    assert taken_back(run_id)["kept"] == []
    assert whole() == before


def test_a_visit_whose_demand_was_looked_at_stays(app: Flask) -> None:
    judge = make_user("manager")
    db.session.commit()
    registered(ONE)
    run_id = run([row(state="办理中"), row(day="2025-03-09")])["id"]
    with acting(Actor("form", judge.id)):
        demands()[0].move_to("kept", judge, clock.now(), "已当场答复")
        db.session.commit()
    answer = taken_back(run_id)
    assert [visit.visit_on.day for visit in visits()] == [7] and len(demands()) == 1
    assert answer["kept"]
