"""Changes of name: dated former names, chains in any order, what is held."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.firm import search
from models.firm.names import FirmSearch
from tests.imports.title_files import NAMES, counts, kinds, names, register, run
from tests.support.sheets import code_of, csv_bytes

NEW, NEWER = "云澜青禾数智科技股份有限公司", "云澜霁月数智科技股份有限公司"
#: Like enough to the old name for a register to bring it by the code.
LIKE = "云澜青禾信息技术股份有限公司"
DAY = date(2025, 6, 27)


def renamed(*rows: list[Any], header: list[str] | None = None, title: str = "高新技术企业更名公告") -> bytes:
    return csv_bytes([[title], header or ["原企业名称", "更名后企业名称", "更名日期"], *rows])


@pytest.mark.parametrize(
    ("header", "row", "options", "day"),
    [
        (["原企业名称", "更名后企业名称", "更名日期"], [NAMES[1], NEW, "2025年6月27日"], {}, DAY),
        (["更名前", "更名后", "变更日期"], [NAMES[1], NEW, "2025.06.27"], {}, DAY),
        (["企业名称", "曾用名", "更名日期"], [NEW, NAMES[1], "2025-06-27"], {}, DAY),
        (["企业名称", "现企业名称", "统一社会信用代码"], [NAMES[1], NEW, code_of(1)], {"on": DAY}, DAY),
        (["变更前名称", "变更后名称", "核准日期"], [NAMES[1], NEW, "2025年6月"], {}, date(2025, 6, 1)),
        (["原名称", "新名称"], [NAMES[1], NEW], {}, None),
    ],
)
def test_a_firm_is_renamed_and_keeps_its_old_name(
    lite_app: Flask, header: list[str], row: list[Any], options: dict[str, Any], day: date | None
) -> None:
    run(register(), "企业登记.csv")
    report = run(renamed(row, header=header), **options)
    assert (kinds(report), counts(report)) == (["rename"], (0, 1, 0, 0, 0))
    if day is None:  # nobody knows until when the old name was borne
        assert names(1) == [(NAMES[1], "former", None, None), (NEW, "registered", None, None)]
    else:
        until = day.replace(day=day.day - 1) if day.day > 1 else date(2025, 5, 31)
        assert names(1) == [(NAMES[1], "registered", None, until), (NEW, "registered", day, None)]
    before = names(1)
    assert counts(run(renamed(row, header=header), **options)) == (0, 0, 1, 0, 0)
    assert names(1) == before
    wanted = search.patterns("数智")
    assert len(list(db.session.scalars(select(FirmSearch.firm_id).where(search.matches(wanted))))) == 1


def test_the_day_of_an_announcement_replaces_the_day_a_register_was_read(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    again = [line.split(",") for line in register().decode("utf-8-sig").splitlines()]
    again[1][0] = LIKE
    run(csv_bytes(again), "新登记.csv")
    read_on = names(1)[-1][2]
    assert read_on is not None and read_on > DAY
    assert counts(run(renamed([NAMES[1], LIKE, "2025年6月27日"]))) == (0, 1, 0, 0, 0)
    assert names(1) == [(NAMES[1], "registered", None, date(2025, 6, 26)), (LIKE, "registered", DAY, None)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("name", [NAMES[1], NEWER])
def test_chains_of_renamings_in_any_order(lite_app: Flask, order: tuple[int, ...], name: str) -> None:
    """The register may know the first or the last name."""
    rows = [line.split(",") for line in register().decode("utf-8-sig").splitlines()]
    rows[1][0] = name
    files = [
        (csv_bytes(rows), "企业登记.csv"),
        (renamed([NAMES[1], NEW, "2024年3月1日"]), "更名一.csv"),
        (renamed([NEW, NEWER, "2025年6月27日"]), "更名二.csv"),
    ]
    for place in order:
        run(*files[place])
    assert [(one[0], one[2], one[3]) for one in names(1) if one[1] == "registered"] == [
        (NAMES[1], None, date(2024, 2, 29)),
        (NEW, date(2024, 3, 1), date(2025, 6, 26)),
        (NEWER, DAY, None),
    ]


def test_a_chain_within_one_file(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    rows = ([NEW, NEWER, "2025年6月27日"], [NAMES[1], NEW, "2024年3月1日"])
    assert counts(run(renamed(*rows))) == (0, 2, 0, 0, 0)
    assert [one[0] for one in names(1) if one[3] is None] == [NEWER]


@pytest.mark.parametrize(
    ("row", "effect", "message"),
    [
        ([NAMES[1], NAMES[2], "2025年6月27日"], "held", "是另一家企业"),
        (["临泽远山机床有限公司", "临泽远山精密机床有限公司", "2025年6月27日"], "held", "册里没有"),
        ([NAMES[1], NAMES[1], "2025年6月27日"], "rejected", "更名前后的名称一样"),
        ([NAMES[1], "待定", "2025年6月27日"], "rejected", "没有写更名后的全称"),
    ],
)
def test_what_is_not_certain_changes_nothing(lite_app: Flask, row: list[Any], effect: str, message: str) -> None:
    run(register(), "企业登记.csv")
    report = run(renamed(row, ["云澜不在册贸易有限公司", "云澜不在册商贸有限公司", ""]))
    assert report[effect] >= 1
    assert message in next(one["message"] for one in report["problems"] if one["row"] == 3)
    assert names(1) == [(NAMES[1], "registered", None, None)]


def test_an_unknown_firm_with_a_code_is_not_made_by_a_change_of_name(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    header = ["原企业名称", "更名后企业名称", "统一社会信用代码", "更名日期"]
    row = ["云澜不在册贸易有限公司", "云澜不在册商贸有限公司", code_of(9), "2025-06-27"]
    assert counts(run(renamed(row, header=header))) == (0, 0, 0, 1, 0)


def test_a_register_that_still_has_the_old_name_does_not_bring_it_back(lite_app: Flask) -> None:
    run(register(), "企业登记.csv")
    run(renamed([NAMES[1], NEW], header=["原名称", "新名称"]))
    assert counts(run(register(), "企业登记.csv"))[:2] == (0, 0)
    assert names(1) == [(NAMES[1], "former", None, None), (NEW, "registered", None, None)]
