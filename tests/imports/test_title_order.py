"""Lists of titles, changes of name and lost titles give the same titles in whatever order they are imported."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from flask import Flask

from tests.imports.title_files import NAMES, everything, hnte_number, library_number, register, run
from tests.support.sheets import code_of, csv_bytes

NEW = "云澜青禾数智科技股份有限公司"
HEADER = ["企业名称", "统一社会信用代码", "证书编号", "发证日期"]
FILES: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "register": (register(), "企业登记.csv", {}),
    "rename": (
        csv_bytes([["更名公告"], ["原企业名称", "现企业名称", "更名日期"], [NAMES[1], NEW, "2024年6月1日"]]),
        "更名.csv",
        {},
    ),
    "notice": (
        csv_bytes(
            [["拟认定高新技术企业公示名单"], HEADER, [NEW, "", "", "2024-10-12"], [NAMES[2], "", "", "2024-10-12"]]
        ),
        "公示.csv",
        {},
    ),
    "announced": (
        csv_bytes(
            [
                ["高新技术企业认定公告"],
                HEADER,
                [NEW, "", hnte_number(1), "2024-11-18"],
                [NAMES[2], code_of(2), hnte_number(2), "2024-11-18"],
            ]
        ),
        "公告.csv",
        {},
    ),
    "summary": (
        csv_bytes(
            [
                ["高新技术企业汇总表"],
                HEADER,
                [NAMES[1], code_of(1), hnte_number(9), "2024-10"],
                [NAMES[3], "", "", "2024-10"],
            ]
        ),
        "汇总.csv",
        {},
    ),
    "lost": (
        csv_bytes(
            [["企业名称", "证书编号", "处理情况"], [NAMES[2], hnte_number(2), "撤销"], [NAMES[3], "", "自愿注销"]]
        ),
        "取消高企资格名单.csv",
        {"on": date(2025, 6, 1)},
    ),
}
BATCHES: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "register": FILES["register"],
    "first": (
        csv_bytes([["2025年第一批拟入库科技型中小企业名单"], ["企业名称", "登记编号"], [NAMES[1], library_number(1)]]),
        "公示1.csv",
        {"on": date(2025, 8, 10)},
    ),
    "second": (
        csv_bytes([["2025年第二批拟入库科技型中小企业名单"], ["企业名称", "登记编号"], [NAMES[1], library_number(2)]]),
        "公示2.csv",
        {"on": date(2025, 9, 10)},
    ),
    "announced": (
        csv_bytes([["2025年第一批入库科技型中小企业公告"], ["企业名称", "登记编号"], [NAMES[1], library_number(1)]]),
        "公告1.csv",
        {"on": date(2025, 8, 28)},
    ),
}

WANTED = [
    (
        code_of(1), "hnte", hnte_number(1), "", date(2024, 11, 18), "day", date(2027, 11, 18), date(2024, 10, 12),
        False, "公告", None,
    ),
    (
        code_of(2), "hnte", hnte_number(2), "", date(2024, 11, 18), "day", date(2027, 11, 18), date(2024, 10, 12),
        False, "公告", date(2025, 6, 1),
    ),
    (code_of(3), "hnte", "", "", date(2024, 10, 1), "month", date(2025, 5, 31), None, False, "名单", None),
]  # fmt: skip
ORDERS = [order for order in permutations(FILES) if order.index("register") == 0]


@pytest.mark.parametrize("order", ORDERS[::10], ids="-".join)
def test_any_order_gives_the_same_titles(lite_app: Flask, order: tuple[str, ...]) -> None:
    for name in order:
        data, file_name, options = FILES[name]
        run(data, file_name, **options)
    assert everything() == WANTED


@pytest.mark.parametrize("order", list(permutations(BATCHES)), ids="-".join)
def test_batches_of_a_year_and_their_announcement_in_any_order(lite_app: Flask, order: tuple[str, ...]) -> None:
    for name in order:
        data, file_name, options = BATCHES[name]
        run(data, file_name, **options)
    (found,) = everything()
    assert found[:5] == (code_of(1), "tech_sme", library_number(1), "第一批", date(2025, 8, 28))
    assert (found[6], found[7], found[8]) == (date(2025, 12, 31), date(2025, 8, 10), False)


@pytest.mark.proof
@pytest.mark.parametrize("order", [order for order in permutations(FILES) if order.index("register") > 0], ids="-".join)
def test_with_the_register_later_too(lite_app: Flask, order: tuple[str, ...]) -> None:
    for name in order:
        data, file_name, options = FILES[name]
        run(data, file_name, **options)
    assert everything() == WANTED
