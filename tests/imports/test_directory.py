"""Areas, units and people brought in by file: from the command line and from the page. Names are invented."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from models import area, password, unit
from models.area import Area
from models.audit import AuditEntry
from models.base import db
from models.change import Change
from models.importing import ImportRow, ImportRun
from models.task import Task
from models.unit import Unit
from models.user import User
from tests.support.browser import Browser
from tests.support.factories import make_area, make_firm, make_unit, make_user
from tests.support.sheets import csv_bytes, xlsx_bytes

Rows = Sequence[Sequence[Any]]

AREAS: Rows = [
    ["云澜区镇街园区一览", "", "", "", ""],
    ["类型", "名称", "代码", "上级", "别名"],
    ["社区", "柳荫社区", "", "青禾街道", ""],
    ["镇街", "青禾街道", "QH", "", "青禾、青禾镇"],
    ["镇街", "石桥镇", "", "", "石桥"],
    ["园区", "云澜科技园", "KJY", "", ""],
    ["飞地", "望月岛", "", "", ""],
    ["社区", "无主社区", "", "没有的街道", ""],
]
UNITS: Rows = [
    ["单位名称", "单位类别", "上级单位", "负责人", "公用邮箱"],
    ["综合科", "本局科室", "区科技局", "韩述", "zh@tidu.example"],
    ["区科技局", "本局科室", "", "", ""],
    ["区税务局", "区级部门", "", "查无此人", ""],
]
PEOPLE: Rows = [
    ["姓名", "邮箱", "手机号", "工号", "所在单位", "职务", "角色", "辖区"],
    ["韩述", "Han@tidu.example", 13800000001, "KJ-1", "综合科", "科长", "联系干部、科长", ""],
    ["石一川", "shi@tidu.example", "", "", "", "", "镇街园区助理", "青禾街道、云澜科技园"],
    ["坏邮箱", "nobody", "", "", "", "", "联系干部", ""],
    ["同号码", "same@tidu.example", "13800000001", "", "", "", "联系干部", ""],
    ["两头占", "both@tidu.example", "", "", "", "", "系统管理员、审计管理员", ""],
    ["没单位", "none@tidu.example", "", "", "没有的科", "", "", ""],
]


def run(app: Flask, path: Path, rows: Rows, *options: str) -> Result:
    """`imports run` on these rows as a CSV file."""
    path.write_bytes(csv_bytes(rows))
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["imports", "run", str(path), *options, "--json"])
    db.session.expire_all()
    return result


def counts(result: Result) -> tuple[int, int, int, int]:
    report = json.loads(result.stdout)
    assert report["rows"] == sum(report[key] for key in ("created", "updated", "unchanged", "held", "rejected"))
    return report["created"], report["updated"], report["unchanged"], report["rejected"]


def test_areas_come_in_as_two_trees_whatever_the_order_of_rows(app: Flask, tmp_path: Path) -> None:
    result = run(app, tmp_path / "镇街.csv", AREAS, "--kind", "areas")
    assert result.exit_code == 0, result.output
    assert counts(result) == (4, 0, 0, 2)
    assert [(row.name, depth) for row, depth in area.list_tree("area")] == [
        ("青禾街道", 0),
        ("柳荫社区", 1),
        ("石桥镇", 0),
    ]
    made = {row.name: row for row in db.session.scalars(select(Area))}
    assert made["青禾街道"].alias_list == ["青禾", "青禾镇"]
    assert made["石桥镇"].code == "shiqiaozhen"
    assert made["云澜科技园"].tree == "park"
    problems = {problem["row"]: problem["message"] for problem in json.loads(result.stdout)["problems"]}
    assert "不认得类型“飞地”" in problems[7]
    assert "上级“没有的街道”不在库里" in problems[8]
    assert "无主社区" not in made


@pytest.mark.parametrize("rows", [AREAS, UNITS, PEOPLE], ids=["areas", "units", "users"])
def test_the_kind_is_seen_from_the_header_and_a_second_time_changes_nothing(
    lite_app: Flask, tmp_path: Path, rows: Rows
) -> None:
    make_unit("综合科")
    make_area("青禾街道").code = "QH"
    make_area("云澜科技园", tree="park")
    first = run(lite_app, tmp_path / "名单.csv", rows)
    assert first.exit_code == 0, first.output
    before = db.session.scalar(select(func.count()).select_from(Change))
    again = run(lite_app, tmp_path / "名单.csv", rows)
    created, updated, unchanged, rejected = counts(again)
    assert (created, updated) == (0, 0)
    assert rejected == json.loads(first.stdout)["rejected"]
    assert unchanged > 0
    assert db.session.scalar(select(func.count()).select_from(Change)) == before


def test_units_name_heads_who_have_accounts_and_say_who_has_none(lite_app: Flask, tmp_path: Path) -> None:
    head = make_user(name="韩述")
    result = run(lite_app, tmp_path / "单位.csv", UNITS, "--kind", "units")
    assert counts(result) == (3, 0, 0, 0)
    made = {row.name: row for row in db.session.scalars(select(Unit))}
    assert made["综合科"].head_id == head.id
    assert made["综合科"].parent_id == made["区科技局"].id
    assert (made["综合科"].kind, made["区税务局"].kind) == ("section", "department")
    assert "查无此人没有账号" in json.loads(result.stdout)["problems"][0]["message"]


def test_people_get_accounts_with_first_passwords_on_the_terminal_alone(app: Flask, tmp_path: Path) -> None:
    make_unit("综合科")
    make_area("青禾街道")
    make_area("云澜科技园", tree="park")
    result = run(app, tmp_path / "人员.csv", PEOPLE, "--kind", "users")
    assert counts(result) == (2, 0, 0, 4)
    han, shi = db.session.scalars(select(User).order_by(User.id)).all()
    assert (han.email, han.mobile, han.role_names) == ("han@tidu.example", "13800000001", ["officer", "manager"])
    assert unit.list_memberships(han.id)[0].post == "科长"
    assert {place.name for place in shi.areas} == {"青禾街道", "云澜科技园"}
    secrets = dict(line.split("\t") for line in result.stderr.splitlines() if "@" in line)
    assert password.matches(secrets["han@tidu.example"], han.password) and han.must_change_password
    assert secrets["han@tidu.example"] not in result.stdout
    reasons = [problem["message"] for problem in json.loads(result.stdout)["problems"]]
    assert [reason[:6] for reason in reasons] == ["邮箱写法不对", "手机号已有人", "系统管理员、", "没有单位“没"]


def test_numbers_of_people_are_masked_in_what_is_kept(lite_app: Flask, tmp_path: Path) -> None:
    make_unit("综合科")
    run(lite_app, tmp_path / "人员.csv", [*PEOPLE[:2], PEOPLE[4]], "--kind", "users")
    kept = " ".join(row.cells + row.plan + row.reason for row in db.session.scalars(select(ImportRow)))
    assert "138****0001" in kept
    assert "13800000001" not in kept


def test_a_dry_run_writes_nothing(lite_app: Flask, tmp_path: Path) -> None:
    result = run(lite_app, tmp_path / "镇街.csv", AREAS, "--kind", "areas", "--dry-run")
    assert counts(result) == (4, 0, 0, 2)
    assert json.loads(result.stdout)["id"] is None
    assert db.session.scalars(select(Area)).all() == []
    assert db.session.scalars(select(ImportRun)).all() == []


def test_a_file_without_the_needed_columns_is_refused(lite_app: Flask, tmp_path: Path) -> None:
    result = run(lite_app, tmp_path / "x.csv", [["甲", "乙"], ["1", "2"]], "--kind", "users")
    assert result.exit_code == 1
    assert "找不到姓名、邮箱" in json.loads(result.stdout)["error"]


def test_the_list_updates_what_it_says_and_leaves_what_it_leaves_blank(lite_app: Flask, tmp_path: Path) -> None:
    make_unit("综合科")
    make_area("青禾街道")
    make_area("云澜科技园", tree="park")
    run(lite_app, tmp_path / "人员.csv", PEOPLE[:3], "--kind", "users")
    result = run(
        lite_app,
        tmp_path / "人员.csv",
        [["姓名", "邮箱", "手机", "部门"], ["韩述之", "han@tidu.example", "", ""]],
        "--kind",
        "users",
    )
    assert counts(result) == (0, 1, 0, 0)
    han = db.session.scalars(select(User).where(User.email == "han@tidu.example")).one()
    assert (han.name, han.mobile, han.role_names) == ("韩述之", "13800000001", ["officer", "manager"])


def drop(browser: Browser, data: bytes, name: str = "名单.xlsx") -> str:
    """Give the page a file; returns the address it leads to."""
    answer = browser.post(
        "/directory/", data={"file": (io.BytesIO(data), name), "kind": ""}, content_type="multipart/form-data"
    )
    return answer.location or answer.text


def test_the_page_shows_before_it_writes_and_proposes_roles(lite_browser: Browser) -> None:
    make_unit("综合科")
    make_area("青禾街道")
    make_area("云澜科技园", tree="park")
    lite_browser.sign_in(make_user(role="sysadmin"))
    address = drop(lite_browser, xlsx_bytes({"人员": PEOPLE}))
    page = lite_browser.open(address)
    assert [row[2] for row in page.rows("逐行结果")] == ["新建", "新建", "有问题", "有问题", "有问题", "有问题"]
    assert db.session.scalar(select(func.count()).select_from(User)) == 1
    page = lite_browser.send(f"{address}/apply")
    secrets = {row[1]: row[2] for row in page.rows("首次口令")}
    han = db.session.scalars(select(User).where(User.name == "韩述")).one()
    assert password.matches(secrets["han@tidu.example"], han.password)
    assert han.role_names == []
    assert han.proposed_roles == {"officer", "manager"}
    assert "首次口令" not in lite_browser.open(address).text
    assert [entry.act for entry in db.session.scalars(select(AuditEntry))] == ["import.run"]
    assert lite_browser.send(f"{address}/apply").text.count("已经写入过了") == 1
    assert db.session.scalar(select(func.count()).select_from(User)) == 3


def test_the_office_brings_in_areas_and_units_but_no_people(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    address = drop(lite_browser, xlsx_bytes({"镇街": AREAS}))
    lite_browser.send(f"{address}/apply")
    assert db.session.scalar(select(func.count()).select_from(Area)) == 4
    assert "名单由系统管理员导入" in drop(lite_browser, xlsx_bytes({"人员": PEOPLE}))


def test_a_list_is_taken_back_from_its_page(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="sysadmin"))
    address = drop(lite_browser, xlsx_bytes({"镇街": AREAS}))
    assert "撤回这份名册" not in lite_browser.open(address).text
    lite_browser.send(f"{address}/apply")
    assert "撤回这份名册" in lite_browser.open(address).text
    used = make_firm(area_id=db.session.scalars(select(Area.id).order_by(Area.id)).first()).area_id
    db.session.commit()
    answer = lite_browser.send(f"{address}/undo").text
    assert "已撤回" in answer
    assert "留下的" in answer
    left = db.session.scalars(select(Area.id)).all()
    assert used in left, "and what it lies in"
    assert len(left) < 4
    assert "已经撤回过了" in lite_browser.send(f"{address}/undo").text


def test_a_list_of_areas_brought_in_after_the_register_places_its_firms(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="sysadmin"))
    address = drop(lite_browser, xlsx_bytes({"镇街": AREAS}))
    make_firm(address="云澜区青禾街道5号")
    db.session.commit()
    assert db.session.scalars(select(Task.kind)).all() == []
    lite_browser.send(f"{address}/apply")
    assert db.session.scalars(select(Task.kind)).all() == ["areas.propose"]


def test_nobody_opens_a_list_of_people_without_the_right(lite_app: Flask) -> None:
    make_unit("综合科")
    address = drop(Browser(lite_app).sign_in(make_user(role="sysadmin")), xlsx_bytes({"人员": PEOPLE[:2]}))
    office = Browser(lite_app).sign_in(make_user(role="office"))
    assert office.get(address).status_code == 404
    assert office.get(address.replace("directory", "imports")).status_code == 404
    assert office.post(f"{address}/apply").status_code == 404


def test_a_list_of_firms_is_not_taken_for_a_directory(lite_app: Flask) -> None:
    from crm.imports.directory import kind_of

    firms = csv_bytes(
        [["企业名称", "类型", "统一社会信用代码", "所属街道"], ["云澜第一机械有限公司", "有限责任公司", "", ""]]
    )
    assert kind_of(firms, "名册.csv", None) is None


def test_the_import_page_sends_such_lists_to_their_own_page(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    answer = lite_browser.post(
        "/imports/",
        data={"files": (io.BytesIO(csv_bytes(UNITS)), "单位.csv"), "kind": ""},
        content_type="multipart/form-data",
    )
    assert "批量导入名册" in answer.text
