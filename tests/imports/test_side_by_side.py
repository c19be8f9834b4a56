"""Lists whose columns stand side by side: every group is read, and every cell keeps its address."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crm.imports import work
from crm.imports.plan import Options
from crm.imports.read import Sheet
from crm.imports.recognise import halves
from models.base import db
from models.importing import ImportRow
from models.title import Title
from tests.support.sheets import code_of, csv_bytes, name_of, register_rows, xlsx_bytes

TITLE = "青禾区2024年第二批高新技术企业认定名单（2024年10月12日公告）"


def brought(rows: list[list[Any]]) -> tuple[dict[str, Any], list[tuple[str, int, str]]]:
    """The report of a list imported after its register, and where each of its rows stands, with what it did."""
    work.run_file(csv_bytes(register_rows(list(range(1, 8)))), "企业登记.csv", Options())
    report = work.run_file(xlsx_bytes({"名单": rows}), "高企.xlsx", Options())
    staged = select(ImportRow.sheet, ImportRow.row, ImportRow.effect).where(ImportRow.import_id == report["id"])
    return report, [
        (row.sheet, row.row, row.effect) for row in db.session.execute(staged.order_by(ImportRow.sheet, ImportRow.row))
    ]


def test_both_halves_are_read_and_say_where_they_stand(app: Flask) -> None:
    report, rows = brought(
        [
            [TITLE],
            ["序号", "企业名称", "证书编号", "", "序号", "企业名称", "证书编号"],
            [1, name_of(1), "GR202499000001", "", 4, name_of(4), "GR202499000004"],
            [2, name_of(2), "GR202499000002", "", 5, name_of(5), "坏编号"],
            [3, name_of(3), "GR202499000003", "", "", "", ""],
            ["合计：5 家"],
        ]
    )
    assert rows == [
        ("名单", 3, "created"), ("名单", 4, "created"), ("名单", 5, "created"),
        ("名单（第 2 栏）", 3, "created"), ("名单（第 2 栏）", 4, "created"),
    ]  # fmt: skip
    assert [sheet["columns"]["name"] for sheet in report["sheets"]] == ["企业名称", "企业名称"]
    found = {(one["sheet"], one["row"], one["column"]) for one in report["problems"]}
    assert ("名单（第 2 栏）", 4, "证书编号") in found
    assert len(db.session.scalars(select(Title.id)).all()) == 5
    again = work.run_file(xlsx_bytes({"名单": [[TITLE], ["企业名称"], [name_of(4)]]}), "又一份.xlsx", Options())
    assert again["created"] == 0, "the title of the right half is there"


def test_one_column_of_names_beside_another_and_a_batch_across_both(app: Flask) -> None:
    _, rows = brought(
        [
            ["青禾区高新技术企业认定名单"],
            ["企业名称", "企业名称"],
            ["第一批（2024年10月12日）"],
            [name_of(1), name_of(2)],
            ["第二批（2024年12月6日）"],
            [name_of(3), name_of(4)],
            [name_of(5)],
        ]
    )
    assert rows == [
        ("名单", 4, "created"), ("名单", 6, "created"), ("名单", 7, "created"),
        ("名单（第 2 栏）", 4, "created"), ("名单（第 2 栏）", 6, "created"),
    ]  # fmt: skip
    days = db.session.scalars(select(Title.issued_on).order_by(Title.issued_on)).all()
    assert [day.isoformat() for day in days] == ["2024-10-12"] * 2 + ["2024-12-06"] * 3


@pytest.mark.parametrize(
    "head",
    [
        ["序号", "企业名称", "企业名称"],  # the second group lacks a column: refused as before
        ["企业名称", "统一社会信用代码", "曾用名"],
        ["更名前企业名称", "统一社会信用代码", "更名后企业名称"],
    ],
)
def test_other_columns_stay_one_sheet(head: list[str]) -> None:
    line = {"序号": "1", "统一社会信用代码": code_of(1)}
    rows = [head, [line.get(word) or name_of(place + 1) for place, word in enumerate(head)]]
    sheet = Sheet("名单", rows)
    assert halves(sheet) == [sheet]


def test_the_same_firms_written_twice_stay_one_sheet() -> None:
    rows = [["企业名称", "区", "企业名称", "区"], *([name_of(n), "青禾区", name_of(n), "青禾区"] for n in (1, 2))]
    assert len(halves(Sheet("名单", rows))) == 1


def test_three_groups_are_three_sheets_whose_cells_stay_where_they_are() -> None:
    rows = [["名单"], ["企业名称"] * 3, [name_of(1), name_of(2), name_of(3)]]
    parts = halves(Sheet("", rows, unvalued=frozenset({(2, 1)}), merged=[(0, 0, 0, 2)]))
    assert [part.name for part in parts] == ["", "（第 2 栏）", "（第 3 栏）"]
    assert [part.rows[2] for part in parts] == [[name_of(1)], ["", name_of(2)], ["", "", name_of(3)]]
    assert [len(part.unvalued) for part in parts] == [0, 1, 0]
    assert all(part.rows[0] == ["名单"] and part.merged == [(0, 0, 0, 2)] for part in parts)
