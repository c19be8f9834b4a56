"""Cases of undo that were wrong once."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from crm.imports import undo
from models import clock
from models.base import db
from models.change import Change
from models.firm import Firm
from tests.imports.test_import_laws import bring, street
from tests.support.files_of_lists import File
from tests.support.sheets import csv_bytes, xlsx_bytes
from tests.support.whole import whole

__all__ = ["street"]

REGISTER: list[list[Any]] = [
    ["企业名称", "统一社会信用代码", "注册日期", "企业类型", "注册资金", "经营范围", "注册地址"],
    [
        "云澜长亭纺织有限公司",
        "919901010000000511",
        "2015-03-01",
        "有限责任公司",
        "",
        "机械设备，制造、销售；技术服务",
        "",
    ],
    [
        "云澜青禾信息技术股份有限公司",
        "91990101000000019M",
        "2015-03-01",
        "有限责任公司",
        "581.35万元",
        "机械设备，制造、销售；技术服务",
        "云澜市青禾区石桥街道云溪路1号",
    ],
]
LISTED: list[list[Any]] = [
    ["2024年高新技术企业名单"],
    ["序号", "企业名称", "统一社会信用代码", "证书编号", "发证日期", "所属街道"],
    [1, "云澜北渡物流有限公司", "", "GR202499000004", "", "溪口街道"],
    [2, "云澜青禾信息技术有限公司", "91990101000000019M", "GR202499000001", "2024-10-12", ""],
    [3, "云澜渔湾食品股份有限公司", "", "", "2024-10-12", "溪口街道"],
]
NOTICE: list[list[Any]] = [
    ["关于2024年高新技术企业进行备案的公示名单"],
    ["序号", "企业名称", "统一社会信用代码", "证书编号", "发证日期", "所属街道"],
    [1, "云澜北渡物流集团有限公司", "919901010000000436", "GR202499000004", "2024年10月", ""],
    [2, "云澜渔湾食品股份有限公司", "91990101000000035B", "GR202499000003", "2024-10-12", "溪口街道"],
    [3, "云澜长亭纺织有限公司", "", "GR202499000005", "2024年10月", "溪口街道"],
    [4, "云澜石桥铸造有限公司", "", "", "", "溪口街道"],
]


def test_a_firm_whose_only_title_another_list_confirmed_goes_with_both(street: Flask) -> None:
    before = whole()
    files = [
        File("企业登记.csv", csv_bytes(REGISTER)),
        File("名单.xlsx", xlsx_bytes({"名单": LISTED})),
        File("公示.xlsx", xlsx_bytes({"名单": NOTICE})),
    ]
    reports = bring(files) + bring(files[-1:])
    for report in reversed(reports):
        undo.undo(report["id"], None)
        db.session.commit()
    assert whole() == before


def test_a_number_used_again_is_not_taken_for_the_row_that_had_it(street: Flask) -> None:
    """SQLite gives the numbers of rows that went to later ones; what the log says of the first is not the second's."""
    report = bring([File("企业登记.csv", csv_bytes(REGISTER))])[0]
    firm = db.session.scalars(select(Firm).order_by(Firm.id.desc())).first()
    assert firm is not None
    stale = {"at": clock.now(), "table_name": "firm", "row_id": firm.id, "source": "form"}
    db.session.add(Change(**stale, act="updated", field="address", old="旧址", new="新址"))
    db.session.flush()
    db.session.add(Change(**stale, act="deleted"))
    db.session.commit()
    answer = undo.undo(report["id"], None)
    assert (answer["kept"], answer["removed"]) == ([], 2), "the entry spoke of an earlier row with this number"
