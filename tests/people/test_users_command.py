"""`flask --app crm users add` as contracts.md has it."""

import json

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from models import password
from models.audit import AuditEntry
from models.base import db
from models.unit import Membership, Unit
from models.user import User
from tests.support.factories import make_area, make_user

SECRET = "Lantern-47-river"


def add(app: Flask, *options: str, typed: str = SECRET) -> Result:
    db.session.commit()
    return app.test_cli_runner().invoke(args=["users", "add", *options], input=f"{typed}\n")


def test_an_account_can_sign_in_with_the_password_from_standard_input(lite_app: Flask) -> None:
    answer = add(lite_app, "han@tidu.example", "--name", "韩述", "--role", "officer", "--password-stdin", "--json")
    assert answer.exit_code == 0, answer.output
    user = db.session.scalars(select(User)).one()
    assert json.loads(answer.stdout) == {"id": user.id, "email": "han@tidu.example", "role": "officer"}
    assert (user.name, user.sort_key, user.must_change_password) == ("韩述", "han shu", False)
    assert password.matches(SECRET, user.password)
    assert user.password is not None and user.password.startswith("$argon2id$")
    assert db.session.scalars(select(AuditEntry.act)).one() == "user.create"


def test_several_roles_a_unit_and_areas_are_taken(lite_app: Flask) -> None:
    area, park = make_area("青禾街道"), make_area("云澜科技园", tree="park")
    unit = Unit(code="ZH", name="综合科", sort_key="zong he ke", kind="section")
    db.session.add(unit)
    answer = add(
        lite_app,
        *(
            "a@tidu.example",
            "--name",
            "沈岚",
            "--role",
            "officer",
            "--role",
            "manager",
            "--unit",
            "ZH",
            "--must-change",
        ),
        *("--area", area.code, "--area", park.code, "--password-stdin"),
    )
    assert answer.exit_code == 0, answer.output
    user = db.session.scalars(select(User)).one()
    assert user.role_names == ["officer", "manager"]
    assert {place.name for place in user.areas} == {"青禾街道", "云澜科技园"}
    assert db.session.scalars(select(Membership.unit_id)).one() == unit.id
    assert user.must_change_password


@pytest.mark.parametrize(
    ("options", "typed", "reason"),
    [
        (("--role", "officer"), "Passw0rd!", "与常见口令相似"),
        (("--role", "officer"), "", "至少 8 位"),
        (("--role", "sysadmin", "--role", "auditor"), SECRET, "不能与其他角色同在一个账号"),
        (("--role", "town", "--area", "nowhere"), SECRET, "没有代码为 nowhere 的街镇或园区"),
        (("--role", "officer", "--unit", "none"), SECRET, "没有代码为 none 的单位"),
        (("--role", "officer", "--mobile", "123"), SECRET, "手机号应为 11 位"),
    ],
)
def test_what_cannot_be_is_refused_with_status_1_and_leaves_nothing(
    lite_app: Flask, options: tuple[str, ...], typed: str, reason: str
) -> None:
    answer = add(lite_app, "a@tidu.example", "--name", "沈岚", *options, "--password-stdin", "--json", typed=typed)
    assert answer.exit_code == 1
    assert reason in json.loads(answer.stdout)["error"]
    assert db.session.scalars(select(User)).all() == []


def test_an_address_is_used_once(lite_app: Flask) -> None:
    make_user(email="han@tidu.example")
    answer = add(lite_app, "Han@tidu.example", "--name", "韩述", "--role", "officer", "--password-stdin", "--json")
    assert answer.exit_code == 1
    assert "邮箱已有人用" in json.loads(answer.stdout)["error"]


@pytest.mark.parametrize(
    "options",
    [
        ("a@tidu.example", "--name", "沈岚", "--password-stdin"),
        ("a@tidu.example", "--name", "沈岚", "--role", "chief", "--password-stdin"),
        ("a@tidu.example", "--name", "沈岚", "--role", "officer"),
        ("--name", "沈岚", "--role", "officer", "--password-stdin"),
    ],
)
def test_wrong_usage_ends_with_status_2(lite_app: Flask, options: tuple[str, ...]) -> None:
    assert add(lite_app, *options).exit_code == 2
