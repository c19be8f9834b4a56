"""Titles that firms lost: by 处理情况, found by number, year or type, and never given back by a list."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.firm import Firm
from models.firm.status import FirmStatus
from models.title import Title
from tests.imports.title_files import NAMES, counts, everything, hnte_number, kinds, register, run, titles
from tests.support.sheets import code_of, csv_bytes

HEADER = ["序号", "企业名称", "证书编号", "认定年度", "处理情况"]
DAY = date(2025, 6, 1)
LIST = csv_bytes(
    [
        ["高新技术企业认定名单"],
        ["企业名称", "证书编号", "发证日期"],
        [NAMES[1], hnte_number(1, 2023), "2023-11-06"],
        [NAMES[2], hnte_number(2, 2024), "2024-10-12"],
        [NAMES[2], hnte_number(7, 2021), "2021-11-30"],
    ]
)


def lost(*rows: list[Any], header: list[str] | None = None) -> bytes:
    return csv_bytes([header or HEADER, *rows])


def title_of(number: str) -> Title:
    db.session.expire_all()
    return db.session.scalars(select(Title).where(Title.number == number)).one()


@pytest.mark.parametrize(
    ("row", "revoked", "ends", "status"),
    [
        ([1, NAMES[1], hnte_number(1, 2023), 2023, "撤销高新技术企业资格"], DAY, date(2026, 11, 6), "active"),
        ([1, NAMES[1], "", 2023, "取消资格"], DAY, date(2026, 11, 6), "active"),
        ([1, NAMES[1], "", "", "取消资格"], DAY, date(2026, 11, 6), "active"),
        ([1, NAMES[1], hnte_number(1, 2023), 2023, "企业自愿申请注销高企资格"], None, date(2025, 5, 31), "active"),
        ([1, NAMES[1], hnte_number(1, 2023), 2023, "整体迁出本市，资格随迁"], None, date(2026, 11, 6), "moved_out"),
    ],
)
def test_what_became_of_the_title(
    lite_app: Flask, row: list[Any], revoked: date | None, ends: date, status: str
) -> None:
    run(register(), "企业登记.csv")
    run(LIST)
    report = run(lost(row), "取消高企资格名单.csv", on=DAY)
    assert (kinds(report), counts(report)) == (["revocation"], (0, 1, 0, 0, 0))
    title = title_of(hnte_number(1, 2023))
    assert (title.revoked_on, title.ends_on) == (revoked, ends)
    assert db.session.scalars(select(Firm.status).where(Firm.code == code_of(1))).one() == status
    moves = [(row.status, row.from_on) for row in db.session.scalars(select(FirmStatus))]
    assert moves == ([("moved_out", DAY)] if status == "moved_out" else [])
    before = everything()
    assert counts(run(lost(row), "取消高企资格名单.csv", on=DAY)) == (0, 0, 1, 0, 0)
    assert counts(run(LIST)) == (0, 0, 3, 0, 0)
    assert everything() == before, "its list does not give the title back"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([1, NAMES[3], hnte_number(3), 2024, "取消"], "还没有这家企业的这项资质"),
        ([1, NAMES[1], hnte_number(9, 2023), 2023, "取消"], "对不上"),
        ([1, NAMES[1], "", 2020, "取消"], "还没有这家企业的这项资质"),
        ([1, "云澜不在册贸易有限公司", "", 2023, "取消"], "册里没有"),
    ],
)
def test_a_row_whose_title_nobody_knows_waits(lite_app: Flask, row: list[Any], message: str) -> None:
    run(register(), "企业登记.csv")
    run(LIST)
    before = everything()
    report = run(lost(row), "取消高企资格名单.csv", on=DAY)
    assert counts(report) == (0, 0, 0, 1, 0)
    assert message in report["problems"][-1]["message"]
    assert everything() == before


def test_a_firm_that_moved_needs_no_title(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    assert counts(run(lost([1, NAMES[3], "", "", "整体迁出"]), "取消高企资格名单.csv", on=DAY)) == (0, 1, 0, 0, 0)


def test_without_a_day_it_waits(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    run(LIST)
    report = run(lost([1, NAMES[1], hnte_number(1, 2023), 2023, "取消"]), "取消高企资格名单.csv")
    assert (counts(report), report["needs_date"]) == ((0, 0, 0, 1, 0), {"": [""]})
    assert report["matches"][0]["code"] == code_of(1)


def test_the_newest_title_is_meant_where_no_year_is_given(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    run(LIST)
    run(lost([1, NAMES[2], "", "", "取消"]), "取消高企资格名单.csv", on=DAY)
    assert title_of(hnte_number(2)).revoked_on == DAY
    assert title_of(hnte_number(7, 2021)).revoked_on is None


FILES = [
    (register(), "企业登记.csv", {}),
    (LIST, "名单.csv", {}),
    (lost([1, NAMES[1], hnte_number(1, 2023), 2023, "撤销资格"]), "取消高企资格名单.csv", {"on": DAY}),
]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_lost_is_lost_in_any_order(lite_app: Flask, order: tuple[int, ...]) -> None:
    for place in order:
        data, name, options = FILES[place]
        run(data, name, **options)
    assert title_of(hnte_number(1, 2023)).revoked_on == DAY
    assert len(titles()) == 3
