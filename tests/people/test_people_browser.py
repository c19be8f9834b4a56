"""A person at a real browser: first start, signing in, a forced new password, the second secret, rights."""

import re
import time

import pytest
from flask_security.totp import TOTP
from sqlalchemy import select

from models import clock, password
from models.base import db
from models.user import User
from tests.support.chromium import Window
from tests.support.factories import make_absence, make_area, make_firm, make_membership, make_role, make_unit, make_user

pytestmark = pytest.mark.browser

SECRET = "Lantern-47-river"


def sign_in(window: Window, login: str, secret: str) -> None:
    page = window.open("/sign-in/")
    page.get_by_label("邮箱、手机号或工号").fill(login)
    page.get_by_label("口令", exact=True).fill(secret)
    page.get_by_role("button", name="登录").click()


def make_person(**values: object) -> User:
    user = make_user(**values)  # type: ignore[arg-type]
    password.set_password(user, SECRET, clock.now())
    db.session.commit()
    return user


@pytest.mark.slow
def test_the_first_person_starts_the_bureau_and_signs_in_again(window: Window) -> None:
    page = window.open("/")
    assert page.get_by_role("heading", level=1).inner_text() == "开始使用梯度"
    page.get_by_label("单位名称").fill("青禾区科技局")
    page.get_by_label("您的姓名").fill("韩述")
    page.get_by_label("邮箱（用来登录）").fill("han@tidu.example")
    page.get_by_label("口令", exact=True).fill(SECRET)
    page.get_by_label("再填一次口令").fill(SECRET)
    # Word lists and dictionaries are read now, for the first time in this process.
    page.get_by_role("button", name="建立首批账号").click(timeout=60_000)
    assert page.get_by_role("heading", level=1).inner_text() == "首批账号已建"
    assert window.complaints() == []
    secret = page.get_by_role("row", name=re.compile("secadmin")).locator("code").inner_text()
    page.get_by_role("link", name="开始工作").click()
    page.get_by_text("青禾区科技局").first.wait_for()

    page.locator("details.who summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in/**")
    sign_in(window, "secadmin", secret)
    assert page.get_by_role("heading", level=1).inner_text() == "换口令"
    page.get_by_label("现在的口令").fill(secret)
    page.get_by_label("新口令", exact=True).fill("Passw0rd!")
    page.get_by_label("再填一次新口令").fill("Passw0rd!")
    page.get_by_role("button", name="换口令").click(timeout=60_000)
    page.get_by_text("与常见口令相似").first.wait_for()
    assert window.complaints() == []
    page.get_by_label("现在的口令").fill(secret)
    page.get_by_label("新口令", exact=True).fill("Harbour-58-stone")
    page.get_by_label("再填一次新口令").fill("Harbour-58-stone")
    page.get_by_role("button", name="换口令").click(timeout=60_000)
    page.get_by_text("口令已换").wait_for()
    page.get_by_role("link", name="设置").first.click()
    page.get_by_role("link", name=re.compile("^权限")).click()
    assert page.get_by_role("heading", level=1).inner_text() == "权限"


@pytest.mark.slow
def test_the_demo_district_is_one_button_away(window: Window) -> None:
    page = window.open("/")
    page.get_by_role("button", name="装入演示区").click(timeout=60_000)
    row = page.get_by_role("row", name=re.compile("综合科")).first
    row.wait_for(timeout=60_000)
    assert window.complaints() == []
    login, secret = row.locator("td").nth(2).inner_text(), row.locator("code").inner_text()
    page.get_by_role("link", name="去登录").click()
    sign_in(window, login, secret)
    page.get_by_role("link", name="企业").first.wait_for()


def test_a_wrong_password_says_one_thing_and_a_right_one_opens_the_page_asked_for(window: Window) -> None:
    make_person(email="han@tidu.example")
    page = window.open("/account/")
    page.get_by_label("邮箱、手机号或工号").fill("han@tidu.example")
    page.get_by_label("口令", exact=True).fill("Other-47-river")
    page.get_by_role("button", name="登录").click()
    page.get_by_text("账号或口令不对").wait_for()
    assert window.complaints() == []
    page.get_by_label("口令", exact=True).fill(SECRET)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="个人设置").wait_for()


def test_the_second_secret_is_set_up_from_the_page_and_asked_for_at_the_door(phone: Window) -> None:
    make_person(email="han@tidu.example")
    sign_in(phone, "han@tidu.example", SECRET)
    page = phone.open("/account/totp")
    page.locator(".qr svg path").wait_for()
    assert phone.complaints() == []
    assert phone.wide() == 0
    authenticator = TOTP(key=page.locator("code").first.inner_text().replace("-", ""))
    before = authenticator.generate(time.time() - 30).token
    page.get_by_label("手机上显示的 6 位数字").fill(before)
    page.get_by_role("button", name="启用").click()
    page.get_by_role("heading", name="恢复码").wait_for()
    assert page.locator("ol.codes li").count() == 10
    assert phone.complaints() == []
    recovery = page.locator("ol.codes code").first.inner_text()

    phone.context.clear_cookies()
    sign_in(phone, "han@tidu.example", SECRET)
    page.get_by_label("动态口令").fill(before)
    page.get_by_role("button", name="继续").click()
    page.get_by_text("不对，或已用过").wait_for()
    page.get_by_label("动态口令").fill(authenticator.generate(time.time()).token)
    page.get_by_role("button", name="继续").click()
    page.get_by_role("link", name="我的").wait_for()

    phone.context.clear_cookies()
    sign_in(phone, "han@tidu.example", SECRET)
    page.get_by_label("动态口令").fill(recovery)
    page.get_by_role("button", name="继续").click()
    page.get_by_role("link", name="我的").wait_for()


def test_a_dark_page_stays_dark(window: Window) -> None:
    window.sign_in(make_user())
    page = window.open("/account/")
    page.get_by_label("深色").check()
    page.get_by_role("button", name="保存外观").click()
    page.get_by_text("外观已存").wait_for()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert window.complaints() == []
    assert db.session.scalars(select(User.theme)).one() == "dark"


PAGES = {
    "office": (
        "/settings/",
        "/account/",
        "/account/password",
        "/units/",
        "/units/1",
        "/units/1/edit",
        "/units/members/1/leave",
        "/areas/",
        "/areas/1/edit",
        "/areas/park/new",
        "/absences/",
        "/absences/1/edit",
    ),
    "sysadmin": ("/directory/", "/people/", "/people/1", "/people/new", "/people/1/edit", "/settings/system"),
    "secadmin": ("/rights/", "/rights/people/1", "/rights/roles/officer"),
    "auditor": ("/audit/",),
}


@pytest.mark.slow
@pytest.mark.parametrize("role", PAGES)
@pytest.mark.parametrize("size", ["window", "phone"])
def test_every_page_of_people_and_places_is_fit_for_everybody(
    request: pytest.FixtureRequest, role: str, size: str
) -> None:
    view: Window = request.getfixturevalue(size)
    unit = make_unit("综合科")
    person = make_user(name="沈岚", area="青禾街道", proposed_roles=frozenset({"manager"}))
    make_membership(person, unit)
    make_absence(person)
    make_firm(area=None)
    make_area("云澜科技园", tree="park")
    make_role("manager")
    view.sign_in(make_user(role=role))
    found = {}
    for path in PAGES[role]:
        page = view.open(path)
        assert page.get_by_role("heading", level=1).count() == 1, path
        found[path] = view.complaints() + [f"{view.wide()} px too wide" for _ in range(min(1, view.wide()))]
    assert {path: told for path, told in found.items() if told} == {}
