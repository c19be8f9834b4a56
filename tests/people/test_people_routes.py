"""人员 and 权限: who makes accounts, who grants roles, and that the last of a kind stays."""

import pytest
from flask import Flask
from sqlalchemy import event, select

from models import password, people
from models.audit import AuditEntry
from models.base import db
from models.errors import Refused
from models.rules.access import PERMISSIONS, ROLES
from models.user import Role, User
from models.user_session import UserSession
from tests.support.browser import Browser
from tests.support.factories import make_area, make_membership, make_role, make_unit, make_user


@pytest.fixture
def admin(lite_browser: Browser) -> Browser:
    return lite_browser.sign_in(make_user(role="sysadmin", name="管理员"))


@pytest.fixture
def secadmin(lite_browser: Browser) -> Browser:
    return lite_browser.sign_in(make_user(role="secadmin", name="安全员"))


def find(email: str) -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def acts() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


NEW = {"name": "沈岚", "email": "Shen@tidu.example", "mobile": "", "staff_number": "", "unit": "", "post": ""}


def test_a_new_account_can_do_nothing_until_its_roles_are_granted(lite_app: Flask, admin: Browser) -> None:
    unit, area = make_unit("综合科"), make_area()
    page = admin.send(
        "/people/new", {**NEW, "unit": str(unit.id), "post": "科员", "roles": ["officer"], "places": [str(area.id)]}
    )
    user = find("shen@tidu.example")
    secret = page.text.split("首次口令：")[1].split()[0]
    assert password.matches(secret, user.password)
    assert user.must_change_password and user.permissions == {"self"}
    assert user.proposed_roles == {"officer"}
    assert "首次口令" not in admin.get(f"/people/{user.id}").text.replace("首次口令未换", "")
    assert [place.name for place in user.areas] == [area.name]

    security = Browser(lite_app).sign_in(make_user(role="secadmin"))
    assert [row[0] for row in security.open("/rights/").rows("等待授权的账号")] == ["沈岚"]
    security.send(f"/rights/people/{user.id}/accept")
    db.session.refresh(user)
    assert (user.role_names, user.proposed_roles) == (["officer"], frozenset())
    assert acts() == ["user.create", "user.roles"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"email": "taken@tidu.example"}, "邮箱已有人用"),
        ({"mobile": "13800000009"}, "手机号已有人用"),
        ({"staff_number": "KJ-9"}, "工号已有人用"),
        ({"mobile": "1380000"}, "手机号应为 11 位"),
        ({"email": "nobody"}, "邮箱写法不对"),
        ({"name": " "}, "请填姓名"),
        ({"roles": ["sysadmin", "officer"]}, "不能与其他角色同在一个账号"),
    ],
)
def test_what_cannot_be_is_said_at_the_form_and_nothing_is_made(
    admin: Browser, changed: dict[str, object], message: str
) -> None:
    make_user(email="taken@tidu.example", mobile="13800000009", staff_number="KJ-9")
    page = admin.send("/people/new", {**NEW, **changed})
    assert message in page.text
    assert db.session.scalars(select(User).where(User.name == "沈岚")).all() == []


def test_people_are_found_by_name_spelling_and_number(admin: Browser) -> None:
    make_user(name="韩述", sort_key="han shu", email="h@tidu.example", mobile="13800000001", staff_number="KJ-1")
    make_user(name="沈岚", sort_key="shen lan", email="s@tidu.example")
    for asked in ("韩", "hanshu", "anshu", "H@TIDU", "3800000001", "kj-1"):
        assert [row[0] for row in admin.open(f"/people/?q={asked}").rows("人员")] == ["韩述"], asked
    assert "没有符合的人" in admin.open("/people/?q=100%25").text


def test_the_list_narrows_by_role_unit_and_state(admin: Browser) -> None:
    unit = make_unit("高企科")
    make_membership(make_user(name="甲", role="officer"), unit)
    make_user(name="乙", role="manager", active=False)
    make_user(name="丙", role="officer", proposed_roles=frozenset({"manager"}))
    for asked, names in {
        "role=officer": {"甲", "丙"},
        f"unit={unit.id}": {"甲"},
        "state=stopped": {"乙"},
        "state=waiting": {"丙"},
        "state=locked": set(),
    }.items():
        page = admin.open(f"/people/?{asked}")
        rows = page.rows("人员") if names else []
        assert {row[0] for row in rows} == names, asked


@pytest.mark.parametrize("address", ["/people/", "/rights/", "/units/", "/absences/", "/areas/"])
def test_a_list_asks_as_often_for_thirty_as_for_three(lite_app: Flask, address: str) -> None:
    browser = Browser(lite_app).sign_in(make_user(role=("office",) if address[1] in "ua" else "secadmin"))

    def count() -> int:
        seen: list[str] = []

        def note(*args: object) -> None:
            seen.append(str(args[2]))

        event.listen(db.engine, "before_cursor_execute", note)
        browser.get(address)
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    def more(number: int) -> None:
        for index in range(number):
            unit = make_unit(f"科室{index}", head_id=make_user().id)
            make_membership(make_user(proposed_roles=frozenset({"manager"})), unit)
            make_area(f"街道{index}")

    more(3)
    few = count()
    more(30)
    assert count() == few


def test_resetting_a_password_signs_the_person_out_and_shows_the_new_one_once(lite_app: Flask, admin: Browser) -> None:
    user = make_user()
    phone = Browser(lite_app).sign_in(user)
    page = admin.send(f"/people/{user.id}/password")
    assert password.matches(page.text.split("首次口令：")[1].split()[0], user.password)
    assert phone.get("/account/").status_code == 302
    assert user.must_change_password and acts() == ["password.reset"]


def test_a_stopped_account_keeps_its_history_and_can_come_back(lite_app: Flask, admin: Browser) -> None:
    user = make_user()
    Browser(lite_app).sign_in(user)
    states = []
    for act in ("disable", "enable"):
        admin.send(f"/people/{user.id}/{act}")
        states.append((user.active, len(UserSession.list_open(user))))
    assert states == [(False, 0), (True, 0)]
    assert acts() == ["user.disable", "user.enable"]


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor"])
def test_the_last_of_each_administrator_can_be_neither_stopped_nor_stripped(lite_app: Flask, role: str) -> None:
    from models import clock

    last = make_user(role=role, name="最后一人")
    make_user(role=role, active=False)
    with pytest.raises(Refused, match="最后一人是唯一的"):
        people.set_active(last, False, clock.now())
    with pytest.raises(Refused, match="最后一人是唯一的"):
        people.grant_roles(last, ["officer"])
    make_user(role=role)
    people.set_active(last, False, clock.now())


def test_nobody_stops_the_own_account(lite_browser: Browser) -> None:
    me = make_user(role="sysadmin")
    make_user(role="sysadmin")
    lite_browser.sign_in(me)
    assert "不能停用自己的账号" in lite_browser.send(f"/people/{me.id}/disable").text


def test_the_security_administrator_gives_roles_that_may_stand_together(secadmin: Browser) -> None:
    for name in ROLES:
        make_role(name)
    user = make_user(role=())
    secadmin.send(f"/rights/people/{user.id}", {"roles": ["officer", "manager"]})
    assert user.role_names == ["officer", "manager"]
    page = secadmin.send(f"/rights/people/{user.id}", {"roles": ["officer", "auditor"]})
    assert "不能与其他角色同在一个账号" in page.text
    assert user.role_names == ["officer", "manager"]


def test_rights_take_effect_at_once_and_leave_a_trail(lite_app: Flask, secadmin: Browser) -> None:
    officer = Browser(lite_app).sign_in(make_user(role="officer"))
    assert officer.get("/units/").status_code == 200
    kept = [name for name in ROLES["officer"] if name not in {"units.view", "self"}]
    secadmin.send("/rights/roles/officer", {"permissions": kept})
    assert officer.get("/units/").status_code == 403
    assert acts() == ["role.rights"]
    assert '"removed": ["units.view"]' in db.session.scalars(select(AuditEntry.detail)).one()


@pytest.mark.parametrize(
    ("role", "permissions", "message"),
    [
        ("sysadmin", ROLES["sysadmin"] | {"firms.view"}, "不能查看或修改企业数据"),
        ("officer", ROLES["officer"] | {"audit.view"}, "只能属于审计管理员"),
        ("manager", ROLES["manager"] | {"people.edit"}, "只能属于系统管理员"),
        ("secadmin", ROLES["secadmin"] - {"rights.edit"}, "安全管理员必须保留"),
        ("auditor", ROLES["auditor"] - {"audit.view"}, "审计管理员必须保留"),
    ],
)
def test_the_three_administrators_stay_apart(
    secadmin: Browser, role: str, permissions: frozenset[str], message: str
) -> None:
    make_role(role)
    page = secadmin.send(f"/rights/roles/{role}", {"permissions": sorted(permissions - {"self"})})
    assert message in page.text
    row = db.session.scalars(select(Role).where(Role.name == role)).one()
    assert row.permissions == ROLES[role]


def test_every_permission_stands_in_a_group_of_the_rights_page(secadmin: Browser) -> None:
    make_role("officer")
    page = secadmin.open("/rights/roles/officer")
    assert len([node for node in page.all("input") if node.attributes.get("name") == "permissions"]) == (
        len(PERMISSIONS) - 1
    )
