"""What a list calls a firm beside its code is a name of it, when the two names leave no doubt."""

from itertools import permutations
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crm.imports import undo
from models.base import db
from models.firm import Firm
from models.firm.names import FirmName
from tests.imports.title_files import NAMES, everything, hnte_number, names, run
from tests.support.sheets import code_of, csv_bytes, register_rows
from tests.support.whole import whole

OLD, NEW = "云澜青禾信息技术有限公司", "云澜青禾信息技术股份有限公司"
HEADER = ["企业名称", "统一社会信用代码", "证书编号", "发证日期"]


def register(name: str = NEW) -> tuple[bytes, str]:
    rows: list[list[Any]] = register_rows([1])
    rows[1][0] = name
    return csv_bytes(rows), "企业登记.csv"


def listed(*rows: list[Any], year: int = 2024) -> tuple[bytes, str]:
    return csv_bytes([[f"{year}年高新技术企业认定公告"], HEADER, *rows]), f"{year}年公告.csv"


FILES = {
    "register": register(),
    "with_code": listed([OLD, code_of(1), hnte_number(1), "2024-11-18"]),
    "without": listed([OLD, "", hnte_number(2, 2021), "2021-11-18"], year=2021),
}


@pytest.mark.parametrize("order", list(permutations(FILES)), ids="-".join)
def test_any_order_finds_the_firm_by_the_name_beside_its_code(lite_app: Flask, order: tuple[str, ...]) -> None:
    before = whole()
    reports = [run(*FILES[name]) for name in order]
    assert [(found[0], found[2]) for found in everything()] == [
        (code_of(1), hnte_number(2, 2021)),
        (code_of(1), hnte_number(1)),
    ]
    assert db.session.scalars(select(Firm.name)).all() == [NEW]
    again = run(*FILES["with_code"])
    assert again["unchanged"] == 1
    for report in (again, *reversed(reports)):
        undo.undo(report["id"], None)
        db.session.commit()
    assert whole() == before


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        (NEW, False),
        (OLD, True),
        ("青禾信息", False),
        ("云澜青和信息技术股份有限公司", False),
        ("云澜青禾信息技术股份有限公司石桥分公司", False),
        ("云澜石桥铸造有限公司", False),
        (NAMES[3], False),
    ],
)
def test_only_a_name_that_leaves_no_doubt_is_kept(lite_app: Flask, name: str, heard: bool) -> None:
    run(*register())
    run(csv_bytes([register_rows([])[0], [NAMES[3], code_of(3), "", "", "", "", ""]]), "企业登记二.csv")
    run(*listed([name, code_of(1), hnte_number(1), "2024-11-18"]))
    assert [row[:2] for row in names(1) if row[1] == "alias"] == ([(name, "alias")] if heard else [])


def test_a_row_that_waits_gives_no_name(lite_app: Flask) -> None:
    run(*register())
    report = run(*listed([OLD, code_of(1), hnte_number(1), ""]))
    assert report["held"] == 1
    assert db.session.scalars(select(FirmName.name)).all() == [NEW]


def test_a_name_that_lists_used_becomes_the_registered_one(lite_app: Flask) -> None:
    run(*register(OLD))
    run(*listed([NEW, code_of(1), hnte_number(1), "2024-11-18"]))
    assert db.session.scalars(select(Firm.name)).all() == [OLD]
    run(*register(NEW))
    assert db.session.scalars(select(Firm.name)).all() == [NEW]
    again = run(*register(NEW))
    assert again["unchanged"] == 1
