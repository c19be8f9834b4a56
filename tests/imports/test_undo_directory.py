"""Lists of areas, units and people are taken back like any other; people with a history stay."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crm.imports import directory, undo
from crm.imports.kinds.directory import KINDS
from crm.imports.plan import Options
from models import clock
from models.area import Area
from models.base import db
from models.change_log import Actor, acting
from models.unit import Unit
from models.user import User
from tests.support.factories import make_firm
from tests.support.sheets import csv_bytes
from tests.support.whole import whole

AREAS = [["名称", "类型", "代码", "上级", "别名"], ["云澜石桥街道", "镇街", "990101", "", "石桥、桥东"],
         ["云澜溪口社区", "镇街", "990102", "云澜石桥街道", ""]]  # fmt: skip
UNITS = [["单位名称", "类别", "代码", "上级", "公用邮箱"], ["云澜科技局", "department", "kjj", "", ""],
         ["云澜高新科", "section", "gxk", "kjj", "gxk@example.cn"]]  # fmt: skip
PEOPLE = [["姓名", "邮箱", "手机号", "单位", "职务", "角色", "辖区"],
          ["甘以宁", "gan@example.cn", "13900000001", "kjj", "科员", "officer", "云澜石桥街道"]]  # fmt: skip


def bring(kind: str, rows: list[list[Any]]) -> int:
    act = directory.Act(clock.now(), clock.today(), grant=True, real=True)
    with acting(Actor("import")):
        report, _ = directory.run_file(csv_bytes(rows), f"{kind}.csv", Options(kind), KINDS[kind], act, None, False)
        db.session.commit()
    assert report["rejected"] == 0, report["problems"]
    return int(report["id"])


def taken_back(import_id: int) -> dict[str, Any]:
    answer = undo.undo(import_id, None)
    db.session.commit()
    return answer


def edited(rows: list[list[Any]], line: int, **cells: str) -> list[list[Any]]:
    header = rows[0]
    row = list(rows[line])
    for label, value in cells.items():
        row[header.index(label)] = value
    return [header, row]


def test_lists_of_the_directory_go_whole(app: Flask) -> None:
    stands = [whole()]
    ids = []
    for kind, rows in (("areas", AREAS), ("units", UNITS), ("users", PEOPLE)):
        ids.append(bring(kind, rows))
        stands.append(whole())
    for import_id in reversed(ids):
        stands.pop()
        assert taken_back(import_id)["kept"] == []
        assert whole() == stands[-1]


@pytest.mark.parametrize(
    ("kind", "rows", "line", "cells"),
    [
        ("areas", AREAS, 1, {"名称": "云澜石桥新街道", "别名": "新桥"}),
        ("units", UNITS, 2, {"单位名称": "云澜成果科", "公用邮箱": "cg@example.cn"}),
        ("users", PEOPLE, 1, {"姓名": "甘宁", "手机号": "13900000002", "辖区": "云澜溪口社区"}),
    ],
)
def test_what_a_list_changed_gets_back_what_it_was(
    app: Flask, kind: str, rows: list[list[Any]], line: int, cells: dict[str, str]
) -> None:
    for first, its in (("areas", AREAS), ("units", UNITS), ("users", PEOPLE)):
        bring(first, its)
    before = whole()
    import_id = bring(kind, edited(rows, line, **cells))
    assert whole() != before
    answer = taken_back(import_id)
    assert (answer["restored"], answer["removed"] > 1, answer["kept"]) == (1, False, [])
    assert whole() == before


def test_an_account_that_signed_in_and_a_street_with_firms_stay(app: Flask) -> None:
    areas = bring("areas", AREAS)
    bring("units", UNITS)
    users = bring("users", PEOPLE)
    user = db.session.scalars(select(User).where(User.email == "gan@example.cn")).one()
    user.last_seen_at = clock.now()
    street = db.session.scalars(select(Area).where(Area.code == "990101")).one()
    make_firm("云澜青禾信息技术有限公司", area_id=street.id)
    db.session.commit()
    answer = taken_back(users)
    assert [(one["table"], one["reason"]) for one in answer["kept"] if one["table"] == "user"] == [
        ("user", "这个账号已经登录过")
    ]
    answer = taken_back(areas)
    assert [one["id"] for one in answer["kept"]] == [street.id]
    assert db.session.scalar(select(Area).where(Area.code == "990102")) is None


def test_roles_are_not_taken_back_with_a_list(app: Flask) -> None:
    for first, its in (("areas", AREAS), ("units", UNITS), ("users", PEOPLE)):
        bring(first, its)
    import_id = bring("users", edited(PEOPLE, 1, 角色="office", 职务="科长"))
    answer = taken_back(import_id)
    user = db.session.scalars(select(User).where(User.email == "gan@example.cn")).one()
    assert user.role_names == ["office"]
    assert [(one["table"], one["id"]) for one in answer["kept"]] == [("user", user.id)]
    assert db.session.scalar(select(Unit.id).where(Unit.code == "kjj"))
