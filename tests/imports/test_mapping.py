"""A person corrects how a sheet is read, and the next file like it is read so by itself (promise 12)."""

from typing import Any

import pytest
from flask import Flask

from crm.imports import mapping, work
from crm.imports.mapping import ShownSheet
from crm.imports.plan import Options
from models.base import db
from models.errors import NotFound, Refused
from models.import_mapping import ImportMapping
from models.importing import ImportRow, ImportRun
from models.task import Work
from tests.support.factories import make_user
from tests.support.sheets import code_of, name_of, xlsx_bytes

HEADER = ["序号", "主体", "别称", "号", "日子", "经办电话"]


def rows(numbers: range, year: int = 2024) -> list[list[Any]]:
    return [
        [n, name_of(n), f"云澜旧{name_of(n)[2:]}", f"GR{year}99{n:06d}", f"{year}-10-12", "15400001234"]
        for n in numbers
    ]


def book(title: str, header: list[str] | None, data: list[list[Any]], sheet: str = "Sheet1") -> bytes:
    return xlsx_bytes({sheet: [[title], *([header] if header else []), *data]})


def upload(data: bytes, name: str, person_id: int, **options: Any) -> ImportRun:
    run, _ = work.upload(data, name, Options(**options), person_id)
    return read_again(run)


def read_again(run: ImportRun) -> ImportRun:
    """Do the task that reads and plans the run."""
    db.session.commit()
    work.plan_task(Work({"import_id": run.id}))
    db.session.expire_all()
    return db.session.get_one(ImportRun, run.id)


def only(run: ImportRun) -> ShownSheet:
    (sheet,) = mapping.sheets_of(run)
    return sheet


def fields(sheet: ShownSheet) -> dict[str, str]:
    return {column.field: column.header for column in sheet.columns if column.field}


def test_a_corrected_sheet_is_planned_anew_and_remembered(app: Flask) -> None:
    person = make_user().id
    run = upload(book("青禾区名册", HEADER, rows(range(1, 6))), "甲.xlsx", person, kind="hnte")
    assert fields(only(run))["name"] == "主体"
    mapping.correct(run, "Sheet1", "hnte", {"name": 2, "number": 3, "issued_on": 4, "ends_on": None}, person)
    run = read_again(run)
    assert (run.state, only(run).why) == ("planned", "手工改过")
    assert fields(only(run)) == {"name": "别称", "number": "号", "issued_on": "日子"}
    assert {row.effect for row in ImportRow.list_of(run.id, ("held", "created"))} == {"held"}

    # Another order of columns, another year, one column more: the same header words.
    turn = [3, 2, 4, 0, 1, 5]
    header = [HEADER[place] for place in turn] + ["附"]
    data = [[row[place] for place in turn] + [""] for row in rows(range(6, 9), 2025)]
    again = upload(book("青禾区名册（续）", header, data), "乙.xlsx", person)
    assert (only(again).kind, only(again).why) == ("hnte", "按上次的认法")
    assert fields(only(again)) == {"name": "别称", "number": "号", "issued_on": "日子"}
    (learned,) = mapping.list_all()
    assert (learned.used, learned.file_name, learned.person_id, learned.kind) == (1, "甲.xlsx", person, "hnte")

    mapping.forget(learned.id)
    db.session.commit()
    fresh = upload(book("青禾区名册", HEADER, rows(range(1, 6))), "丙.xlsx", person, kind="hnte")
    assert (fields(only(fresh))["name"], only(fresh).why) == ("主体", "按选定的种类")
    with pytest.raises(NotFound):
        mapping.forget(learned.id)


def test_what_was_learned_of_one_kind_of_title_says_nothing_of_another(app: Flask) -> None:
    person = make_user().id
    header = ["企业名称", "证书编号", "发证日期"]
    data = [[row[1], row[3], row[4]] for row in rows(range(1, 4))]
    run = upload(book("青禾区企业登记名录", header, data), "甲.xlsx", person, kind="register")
    mapping.correct(run, "Sheet1", "register", {"name": 0}, person)
    read_again(run)
    other = upload(book("青禾区高新技术企业名单", header, data), "乙.xlsx", person)
    assert (only(other).kind, only(other).why) == ("hnte", "按标题、表头和内容认出")


def test_a_file_that_was_refused_is_corrected(app: Flask) -> None:
    person = make_user().id
    data = [[name_of(n), code_of(n)] for n in range(1, 4)]
    run = upload(book("附件", ["甲栏", "乙栏"], data), "名单.xlsx", person)
    assert run.state == "refused"
    sheet = only(run)
    assert (sheet.kind, "认不出" in sheet.message) == ("", True)
    assert [(column.letters, column.header, column.samples[0]) for column in sheet.columns] == [
        ("A", "甲栏", name_of(1)),
        ("B", "乙栏", code_of(1)),
    ]
    mapping.correct(run, "Sheet1", "register", {"name": 0, "code": 1}, person)
    run = read_again(run)
    assert (run.state, run.count("created")) == ("planned", 3)
    again = upload(book("附件", ["甲栏", "乙栏"], data), "另一份.xlsx", person)
    assert (again.state, only(again).why) == ("planned", "按上次的认法")


def test_a_table_without_any_header_is_remembered_by_what_it_holds(app: Flask) -> None:
    person = make_user().id
    data = [[f"{n}号", name_of(n), f"GR202499{n:06d}"] for n in range(1, 6)]
    run = upload(xlsx_bytes({"表": data}), "甲.xlsx", person, kind="register")
    mapping.correct(run, "表", "hnte", {"name": 1, "number": 2}, person)
    read_again(run)
    again = upload(xlsx_bytes({"别的": data}), "乙.xlsx", person)
    assert (only(again).kind, only(again).why) == ("hnte", "按上次的认法")


def test_header_rows_that_a_person_named_are_found_again(app: Flask) -> None:
    person = make_user().id
    above: list[list[Any]] = [["某表"], ["甲", "乙", "丙"], ["（一）", "（二）", "（三）"], ["备考", "", "备考"]]
    data = [["x", name_of(n), f"GR202499{n:06d}"] for n in range(1, 6)]
    run = upload(xlsx_bytes({"表": [*above, *data]}), "甲.xlsx", person, kind="hnte")
    mapping.correct(run, "表", "hnte", {"name": 1, "number": 2}, person, header_rows=[2])
    run = read_again(run)
    assert only(run).header_rows == (2,)
    assert fields(only(run)) == {"name": "乙", "number": "丙"}
    again = upload(xlsx_bytes({"表": [["另一标题"], ["又一行"], *above[1:], *data]}), "乙.xlsx", person)
    assert (only(again).why, only(again).header_rows) == ("按上次的认法", (3,))


def test_one_sheet_is_left_out_and_brought_back(app: Flask) -> None:
    person = make_user().id
    data = {
        "名单": [
            ["高新技术企业名单"],
            ["企业名称", "证书编号", "发证日期"],
            [name_of(1), "GR202499000001", "2024-10-12"],
        ],
        "草稿": [
            ["高新技术企业名单"],
            ["企业名称", "证书编号", "发证日期"],
            [name_of(2), "GR202499000002", "2024-10-12"],
        ],
    }
    run = upload(xlsx_bytes(data), "名单.xlsx", person)
    mapping.leave_out(run, "草稿", person)
    run = read_again(run)
    assert [(sheet.name, sheet.left_out, sheet.why) for sheet in mapping.sheets_of(run)] == [
        ("名单", False, "按标题、表头和内容认出"),
        ("草稿", True, "不导入"),
    ]
    assert run.total == 1
    mapping.correct(run, "草稿", "hnte", {}, person)
    assert read_again(run).total == 2


def test_a_notice_is_made_an_announcement_by_hand(app: Flask) -> None:
    person = make_user().id
    header = ["企业名称", "证书编号", "发证日期"]
    run = upload(
        book("拟认定高新技术企业名单", header, [[r[1], r[3], r[4]] for r in rows(range(1, 4))]), "a.xlsx", person
    )
    assert only(run).notice
    mapping.correct(run, "Sheet1", "hnte", {}, person, notice=False)
    assert not only(read_again(run)).notice


def test_nothing_of_a_person_is_kept_with_what_the_page_shows(app: Flask) -> None:
    run = upload(book("名册", HEADER, rows(range(1, 4))), "甲.xlsx", make_user().id, kind="hnte")
    assert only(run).columns[5].samples == ("＊＊＊",) * 3
    assert "15400001234" not in run.options


@pytest.mark.parametrize(
    ("sheet", "kind", "columns", "error", "says"),
    [
        ("别的", "hnte", {}, NotFound, None),
        ("Sheet1", "unknown", {}, Refused, "没有这种名单"),
        ("Sheet1", "hnte", {"capital": 1}, Refused, "没有“capital”"),
        ("Sheet1", "hnte", {"name": 99}, Refused, "没有第 100 列"),
        ("Sheet1", "hnte", {"name": 1, "number": 1}, Refused, "同一列"),
        ("Sheet1", "hnte", {"name": None, "code": None}, Refused, "要有一列"),
    ],
)
def test_what_cannot_be_is_refused(
    lite_app: Flask, sheet: str, kind: str, columns: dict[str, int | None], error: type[Exception], says: str | None
) -> None:
    person = make_user().id
    run = upload(book("名册", HEADER, rows(range(1, 3))), "甲.xlsx", person, kind="hnte")
    with pytest.raises(error, match=says):
        mapping.correct(run, sheet, kind, columns, person)
    assert mapping.list_all() == []


def test_a_written_import_is_not_read_anew(lite_app: Flask) -> None:
    person = make_user().id
    run = upload(book("名册", HEADER, rows(range(1, 3))), "甲.xlsx", person, kind="hnte")
    run.state = "applied"
    with pytest.raises(Refused, match="已经写入"):
        mapping.correct(run, "Sheet1", "hnte", {}, person)
    db.session.rollback()
    assert db.session.query(ImportMapping).count() == 0
