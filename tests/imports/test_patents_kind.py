"""Lists of patents: owners, numbers, states; twice is once, a later list tells anew, a transfer moves a right."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crm.imports import decide, owners, read, recognise, work
from crm.imports.plan import Options
from models import clock, patent
from models.base import db
from models.change import Change
from models.firm import Firm
from models.importing import ImportProblem, ImportRow
from models.patent import Patent, PatentOwner
from models.rules.patent import check_digit
from tests.imports.test_undo import taken_back
from tests.support.factories import make_firm
from tests.support.sheets import csv_bytes, register_rows, xlsx_bytes
from tests.support.whole import whole

ONE, TWO, THREE = "云澜青禾信息技术有限公司", "云澜石桥铸造有限公司", "云澜渔湾食品股份有限公司"
HEADER = ["专利号/申请号", "专利名称", "专利类型", "申请日", "授权公告日", "专利权人", "法律状态", "年费应缴日"]


def number(serial: int, kind: int = 1) -> str:
    digits = f"2020{kind}{serial:07d}"
    return f"{digits}.{check_digit(digits)}"


def row(serial: int, owner: str, status: str = "授权", kind: str = "发明", **more: Any) -> list[Any]:
    granted = "" if status == "实质审查" else "2022-06-01"
    digit = {"发明": 1, "实用新型": 2, "外观设计": 3}[kind]
    written = more.get("number", "ZL" + number(serial, digit))
    return [
        written,
        more.get("title", f"一种装置{serial}"),
        kind,
        "2020-05-01",
        granted,
        owner,
        status,
        more.get("fee", ""),
    ]


def run(rows: list[list[Any]], header: list[str] | None = None, **options: Any) -> dict[str, Any]:
    return work.run_file(csv_bytes([header or HEADER, *rows]), "专利清单.csv", Options(**options))


def registered(*names: str) -> None:
    """Firms as a register brings them in, with all that belongs to them."""
    header, *rows = register_rows(range(1, len(names) + 1))
    rows = [[name, *row[1:]] for name, row in zip(names, rows, strict=True)]
    work.run_file(csv_bytes([header, *rows]), "企业登记.csv", Options())


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    return tuple(report[key] for key in ("created", "updated", "unchanged", "held", "rejected"))


def owned() -> list[tuple[str, str, str | None, str]]:
    query = select(Patent.number, PatentOwner.name, Firm.name, PatentOwner.obtained, PatentOwner.assumed)
    query = query.join(Patent, Patent.id == PatentOwner.patent_id).outerjoin(Firm, Firm.id == PatentOwner.firm_id)
    return [
        (number, name, firm, obtained + ("?" if assumed else ""))
        for number, name, firm, obtained, assumed in db.session.execute(query.order_by(Patent.id, PatentOwner.position))
    ]


@pytest.mark.parametrize(
    "cell, names",
    [
        ("甲公司", ["甲公司"]),
        ("甲公司；乙大学（联合申请）", ["甲公司", "乙大学（联合申请）"]),
        ("甲公司;乙研究院", ["甲公司", "乙研究院"]),
        ("甲公司,乙研究院，丙", ["甲公司", "乙研究院", "丙"]),
        ("甲公司、乙公司/丙公司|丁", ["甲公司", "乙公司", "丙公司", "丁"]),
        ("甲公司（原乙公司、丙公司）", ["甲公司（原乙公司、丙公司）"]),
        ("云澜青禾\n信息技术有限公司", ["云澜青禾\n信息技术有限公司"]),
        ("云澜青禾 信息技术有限公司", ["云澜青禾 信息技术有限公司"]),
        ("云澜青禾信息技术有限公司\n云澜大学", ["云澜青禾信息技术有限公司", "云澜大学"]),
        ("Yunlan Tools Co., Ltd.; 甲公司", ["Yunlan Tools Co., Ltd.", "甲公司"]),
        (" 甲公司\t、乙研究院", ["甲公司", "乙研究院"]),
        ("甲公司；", ["甲公司"]),
        ("", []),
        (None, []),
    ],
)
def test_owners_of_a_cell_are_taken_apart(cell: Any, names: list[str]) -> None:
    assert owners.split(cell) == names


@pytest.mark.parametrize(
    "title, header",
    [
        ("专利清单", HEADER),
        ("知识产权台账", ["申请号", "发明名称", "类别", "申请时间", "授权时间", "权利人", "有效性", "缴费截止日"]),
        (
            "有效专利一览表",
            ["专利（申请）号", "名称", "知识产权类型", "申请日期", "授权日期", "企业名称", "当前状态", "下次年费日期"],
        ),
        ("2026年专利统计", ["授权号", "题名", "种类", "递交日", "公告日", "申请人（专利权人）", "状态", "年费"]),
    ],
)  # fmt: skip
def test_the_kind_and_its_columns_are_found(title: str, header: list[str], lite_app: Flask) -> None:
    rows = [row(serial, ONE, fee="2027-05-01") for serial in range(1, 9)]
    sheet = read.read(xlsx_bytes({title: [[title], header, *rows]}), f"{title}.xlsx")[0]
    table = recognise.recognise(sheet, f"{title}.xlsx")
    assert table is not None and table.kind.key == "patents"
    wanted = ("number", "title", "kind", "filed_on", "granted_on", "name", "status", "fee_due_on")
    assert [table.columns.get(key) for key in wanted] == list(range(8))


def test_a_right_of_several_owners_is_one_right(app: Flask) -> None:
    make_firm(ONE), make_firm(TWO)
    db.session.commit()
    report = run(
        [
            row(1, f"{ONE};示例大学（联合申请）"),
            row(2, f"示例研究院、{TWO}，{ONE}"),
            row(3, TWO, "实质审查", fee="2027-01-01"),
            row(4, "示例大学；张三"),
        ]
    )
    assert counts(report) == (3, 0, 0, 1, 0)
    assert [match["how"] for match in report["matches"]] == ["name", "name", "name", "none"]
    assert owned() == [
        (number(1), ONE, ONE, "self?"), (number(1), "示例大学（联合申请）", None, "self?"),
        (number(2), "示例研究院", None, "self?"), (number(2), TWO, TWO, "self?"), (number(2), ONE, ONE, "self?"),
        (number(3), TWO, TWO, "self?"),
    ]  # fmt: skip
    held = db.session.scalars(select(ImportRow).where(ImportRow.effect == "held")).one()
    assert "册里都没有" in held.reason


def test_numbers_written_three_ways_and_the_same_file_again(app: Flask) -> None:
    firm = make_firm(ONE)
    db.session.commit()
    plain = number(7, 2)
    spaced = f"ZL {plain[:4]} {plain[4]} {plain[5:]}"
    rows = [
        row(7, ONE, kind="实用新型"),
        row(7, ONE, kind="实用新型", number=f"CN{plain}"),
        row(7, ONE, kind="实用新型", number=spaced),
    ]
    assert counts(run(rows)) == (1, 0, 2, 0, 0)
    assert counts(run(rows[1:])) == (0, 0, 2, 0, 0)
    found = db.session.scalars(select(Patent)).one()
    assert (found.number, found.kind, found.expires_on) == (plain, "utility_model", date(2030, 4, 30))
    assert patent.counts_of([firm.id], date(2026, 1, 1))[firm.id].class2_any == 1


def test_a_later_list_tells_the_state_anew(app: Flask) -> None:
    firm = make_firm(ONE)
    db.session.commit()
    run([row(1, ONE, fee="2026-05-01"), row(2, ONE)])
    again = run([row(1, ONE, "未缴年费专利权终止"), row(2, ONE)], on=date(2026, 3, 1))
    assert counts(again) == (0, 1, 1, 0, 0)
    found = db.session.scalars(select(Patent).order_by(Patent.id)).first()
    assert found is not None
    assert (found.status, found.ended_on, found.fee_due_on) == ("lapsed", date(2026, 3, 1), date(2026, 5, 1))
    changes = db.session.scalars(select(Change).where(Change.field == "status_text")).all()
    assert [(change.old, change.new, change.firm_id) for change in changes] == [("授权", "未缴年费专利权终止", firm.id)]
    before, after = (
        patent.counts_of([firm.id], on)[firm.id].class1_self for on in (date(2026, 2, 28), date(2026, 3, 1))
    )
    assert (before, after) == (2, 1)
    assert counts(run([row(1, ONE, "未缴年费专利权终止"), row(2, ONE)])) == (0, 0, 2, 0, 0)


@pytest.mark.parametrize(
    "written, effect, kept, said",
    [
        (f"ZL{number(1)[:-1]}{'1' if number(1)[-1] != '1' else '2'}", "created", True, "校验位"),
        ("2.0202E+12", "rejected", False, "科学计数"),
        ("", "rejected", False, "没有专利号"),
        ("一二三四" * 30, "rejected", False, "太长"),
        (number(1)[:-2], "created", True, "缺校验位"),
    ],
)
def test_a_number_that_is_wrong_is_never_repaired(
    written: str, effect: str, kept: bool, said: str, lite_app: Flask
) -> None:
    make_firm(ONE)
    db.session.commit()
    report = run([row(1, ONE, number=written), row(2, ONE)])
    assert db.session.scalars(select(ImportRow.effect).order_by(ImportRow.id)).first() == effect
    assert any(said in problem for problem in db.session.scalars(select(ImportProblem.message)))
    numbers = set(db.session.scalars(select(Patent.number)))
    assert numbers - {number(2)} == ({written.removeprefix("ZL")} if kept else set())
    assert report["rows"] == 2


def test_a_transfer_moves_the_right(app: Flask) -> None:
    one, two = make_firm(ONE), make_firm(TWO)
    db.session.commit()
    run([row(1, ONE)])
    header = [*HEADER, "取得方式", "转让日期"]
    moved = [[*row(1, TWO), "受让", "2024-03-01"], [*row(2, TWO), "自主研发", ""]]
    assert counts(run(moved, header)) == (1, 1, 0, 0, 0)
    assert counts(run(moved, header)) == (0, 0, 2, 0, 0)
    on = patent.counts_of([one.id, two.id], date(2026, 1, 1))
    assert (on[one.id].class1_self, on[two.id].class1_self, on[two.id].class1_transferred_year) == (0, 1, 1)
    assert patent.counts_of([one.id], date(2024, 2, 29))[one.id].class1_self == 1
    assert ("self", False) in [(o.obtained, o.assumed) for o in db.session.scalars(select(PatentOwner))]


def test_one_row_per_owner_is_one_right(app: Flask) -> None:
    make_firm(ONE), make_firm(TWO)
    db.session.commit()
    assert counts(run([row(1, ONE), row(1, TWO)])) == (1, 1, 0, 0, 0)
    assert [name for _, name, _, _ in owned()] == [ONE, TWO]


def test_a_held_owner_is_decided(app: Flask) -> None:
    firm = make_firm(ONE)
    db.session.commit()
    report = run([row(1, f"示例大学；{ONE[:-6]}木有限公司"), row(2, TWO)])
    assert counts(report)[3] == 2
    decide.decide(report["id"], "", 2, f"id:{firm.id}", None)
    db.session.commit()
    assert [(name, known) for _, name, known, _ in owned()] == [("示例大学", None), (f"{ONE[:-6]}木有限公司", ONE)]


def test_other_rights_and_what_does_not_count(app: Flask) -> None:
    firm = make_firm(THREE)
    db.session.commit()
    header = ["登记号", "软件名称", "类型", "登记日期", "著作权人", "状态"]
    rows = [
        ["2021SR0123456", "青禾排产软件", "软件著作权", "2021-03-01", THREE, ""],
        ["BS.215001234", "一种布图", "集成电路布图设计", "2021-03-01", THREE, "登记"],
        ["2021SR0123457", "另一种软件", "商标", "2021-03-01", THREE, ""],
        ["2021SR0123458", "没有日期的软件", "软件著作权", "", THREE, "授权"],
        ["2021SR0123460", "只有年份的软件", "软件著作权", "2021年", THREE, "授权"],
        ["2021SR0123459", "不明的软件", "软件著作权", "2021-03-01", THREE, "其他情况"],
    ]
    assert counts(run(rows, header)) == (6, 0, 0, 0, 0)
    found = patent.counts_of([firm.id], clock.today())[firm.id]
    assert (found.class1_self, found.class2_any) == (1, 2)
    assert len(db.session.scalars(select(ImportProblem)).all()) == 5


def test_taking_lists_of_patents_back_is_as_if_they_had_not_been(app: Flask) -> None:
    registered(ONE, TWO)
    empty = whole()
    first = run([row(1, f"{ONE}；示例大学"), row(2, TWO)])["id"]
    filled = whole()
    header = [*HEADER, "取得方式", "转让日期"]
    later = [[*row(1, ONE, "未缴年费专利权终止"), "", ""], [*row(2, ONE), "受让", "2024-03-01"], [*row(3, ONE), "", ""]]
    second = run(later, header)["id"]
    assert whole() != filled
    assert taken_back(second)["kept"] == []
    assert whole() == filled
    assert taken_back(first)["kept"] == []
    assert whole() == empty
