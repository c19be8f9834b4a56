"""The registration status a register gives: a dated entry beside the column of the firm, undone with it."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crm.imports import undo
from models import clock, integrity
from models.base import db
from models.change_log import Actor, acting
from models.firm import Firm, writing
from models.firm.status import FirmStatus
from tests.imports.title_files import NAMES, hnte_number, register, run
from tests.support.sheets import code_of, csv_bytes, register_rows
from tests.support.whole import whole

DAY = date(2025, 6, 1)


def with_status(*written: str, on: str = "") -> bytes:
    """A register of firms 1, 2 … with these statuses, and a day of them where one is given."""
    rows: list[list[Any]] = register_rows(range(1, len(written) + 1))
    rows[0] += ["登记状态", *(["注销日期"] if on else [])]
    for number, (row, status) in enumerate(zip(rows[1:], written, strict=True), 1):
        row[0] = NAMES[number]
        row += [status, *([on] if on else [])]
    return csv_bytes(rows)


def statuses(number: int) -> tuple[str, list[tuple[str, date | None, date | None]]]:
    """The status of a firm and its dated entries, oldest first."""
    db.session.expire_all()
    firm = db.session.scalars(select(Firm).where(Firm.code == code_of(number))).one()
    rows = db.session.scalars(select(FirmStatus).where(FirmStatus.firm_id == firm.id).order_by(FirmStatus.id))
    return firm.status, [(row.status, row.from_on, row.to_on) for row in rows]


def whole_and_right() -> None:
    assert list(integrity.problems(full=True)) == []


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("存续（在营、开业、在册）", "active"),
        ("", "active"),
        ("注销", "deregistered"),
        ("吊销，未注销", "revoked"),
        ("迁出", "moved_out"),
        ("谁也不知道", "active"),
    ],
)
def test_of_a_new_firm_nobody_knows_since_when(app: Flask, written: str, status: str) -> None:
    before = whole()
    report = run(with_status(written, "存续"), "企业登记.csv")
    assert statuses(1) == (status, [(status, None, None)] if status != "active" else [])
    whole_and_right()
    again = run(with_status(written, "存续"), "企业登记.csv")
    assert (again["unchanged"], again["rows"]) == (2, 2)
    undo.undo(report["id"], None)
    db.session.commit()
    assert whole() == before


def test_of_a_known_firm_it_begins_when_it_is_noticed(app: Flask) -> None:
    run(register(), "企业登记.csv")
    before = whole()
    report = run(with_status("注销", "迁出", "存续"), "企业登记二.csv")
    today = clock.today()
    assert statuses(1) == ("deregistered", [("deregistered", today, None)])
    assert statuses(3) == ("active", [])
    whole_and_right()
    undo.undo(report["id"], None)
    db.session.commit()
    assert whole() == before


@pytest.mark.parametrize(
    ("options", "on"), [({"on": DAY}, ""), ({}, "2025-06-01"), ({"on": date(2025, 9, 9)}, "2025年6月1日")]
)
def test_the_day_is_that_of_the_row_or_else_of_the_list(app: Flask, options: dict[str, Any], on: str) -> None:
    run(register(), "企业登记.csv")
    run(with_status("注销", on=on), "企业登记二.csv", **options)
    assert statuses(1) == ("deregistered", [("deregistered", DAY, None)])


def test_a_firm_that_comes_back_ends_the_status_before(app: Flask) -> None:
    run(register(), "企业登记.csv")
    run(with_status("迁出"), "企业登记二.csv", on=DAY)
    between = whole()
    late = run(with_status("存续"), "企业登记三.csv", on=DAY)
    assert late["updated"] == 0, "two registers of one day: the first stays, the other is shown"
    report = run(with_status("存续"), "企业登记四.csv", on=date(2025, 8, 1))
    entries = [("moved_out", DAY, date(2025, 7, 31)), ("active", date(2025, 8, 1), None)]
    assert statuses(1) == ("active", entries)
    whole_and_right()
    undo.undo(report["id"], None)
    db.session.commit()
    assert whole() == between


def test_a_register_and_a_list_of_lost_titles_keep_one_account(app: Flask) -> None:
    run(with_status("存续", "注销"), "企业登记.csv")
    lost = [["企业名称", "证书编号", "处理情况"], [NAMES[1], hnte_number(1), "整体迁出"], [NAMES[2], "", "整体迁出"]]
    run(csv_bytes(lost), "取消高企资格名单.csv", on=DAY)
    assert statuses(1) == ("moved_out", [("moved_out", DAY, None)])
    assert statuses(2)[0] == "moved_out"
    whole_and_right()


def test_what_a_person_typed_stays(app: Flask) -> None:

    run(register(), "企业登记.csv")
    firm = db.session.scalars(select(Firm).where(Firm.code == code_of(1))).one()
    with acting(Actor("form")):
        writing.set_status(firm, "moved_out", DAY, "", "电话里说的")
        db.session.commit()
    run(with_status("注销"), "企业登记二.csv")
    assert statuses(1) == ("moved_out", [("moved_out", DAY, None)])
