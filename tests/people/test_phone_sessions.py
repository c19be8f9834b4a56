"""Registered phones: a longer session for visits and today alone, and every way it ends."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock, setting
from models.audit import AuditEntry
from models.base import db
from models.phone import Phone
from models.user import User
from models.user_session import UserSession
from tests.support.browser import Browser
from tests.support.factories import make_user


def age(browser: Browser, began: timedelta, idle: timedelta) -> None:
    """Let the open session have begun, and been used last, so long ago."""
    now = clock.now()
    row = db.session.scalars(select(UserSession).order_by(UserSession.id.desc())).first()
    assert row is not None
    row.began_at = now - began
    db.session.commit()
    with browser.client.session_transaction() as session:
        session["seen"] = int((now - idle).timestamp())


def registered(browser: Browser, user: User) -> Browser:
    """This person, on a phone that was registered in the session that is open."""
    browser.sign_in(user).post("/m/phone/")
    return browser


def status(browser: Browser, url: str) -> int:
    return browser.get(url).status_code


@pytest.mark.parametrize(
    ("began", "idle", "visits", "others"),
    [
        (0, 0, 200, 200),
        (1, 29, 200, 200),
        (1, 30, 200, 302),
        (9, 29, 200, 200),
        (10, 1, 200, 302),
        (11, 300, 200, 302),
        (12, 300, 401, 302),
    ],
)
def test_a_registered_phone_keeps_visits_and_nothing_else(
    lite_browser: Browser, began: int, idle: int, visits: int, others: int
) -> None:
    browser = registered(lite_browser, make_user())
    age(browser, timedelta(hours=began), timedelta(minutes=idle))
    assert status(browser, "/m/api/csrf") == visits
    assert status(browser, "/api/csrf") == visits
    assert status(browser, "/firms/") == others


def test_another_device_has_no_longer_session(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user())
    age(lite_browser, timedelta(hours=1), timedelta(minutes=30))
    assert status(lite_browser, "/m/api/csrf") == 401


def test_sending_visits_does_not_bring_the_rest_back(lite_browser: Browser) -> None:
    browser = registered(lite_browser, make_user())
    age(browser, timedelta(hours=1), timedelta(minutes=45))
    assert status(browser, "/m/api/csrf") == 200
    assert status(browser, "/firms/") == 302


def test_the_hours_are_a_setting(lite_browser: Browser) -> None:
    browser = registered(lite_browser, make_user())
    setting.change("phone_hours", "2")
    db.session.commit()
    age(browser, timedelta(hours=2), timedelta(minutes=45))
    assert status(browser, "/m/api/csrf") == 401


def sign_in_by_page(browser: Browser, user: User) -> None:
    from models import password

    password.set_password(user, "Qinghe-2026-tidu", clock.now())
    db.session.commit()
    answer = browser.post("/m/sign-in/", data={"login": user.email, "password": "Qinghe-2026-tidu", "next": ""})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/m/")


def test_the_phone_is_known_at_the_next_sign_in_but_only_for_its_owner(lite_browser: Browser) -> None:
    owner, other = make_user(), make_user()
    registered(lite_browser, owner)
    lite_browser.post("/m/sign-in/out")
    sign_in_by_page(lite_browser, owner)
    newest = select(UserSession).order_by(UserSession.id.desc())
    assert db.session.scalars(newest).first().phone_id is not None  # type: ignore[union-attr]
    lite_browser.post("/m/sign-in/out")
    sign_in_by_page(lite_browser, other)
    assert db.session.scalars(newest).first().phone_id is None  # type: ignore[union-attr]


def test_only_a_registered_phone_keeps_its_cookie_when_the_browser_closes(lite_browser: Browser) -> None:
    user = make_user()
    lite_browser.sign_in(user).get("/m/")
    for register in (False, True, True):
        if register:
            lite_browser.post("/m/phone/")
        lite_browser.get("/")
        cookie = lite_browser.client.get_cookie("tidu")
        assert cookie is not None
        assert (cookie.expires is not None) is register


def test_revoking_ends_the_phone_at_once_and_for_later(lite_browser: Browser) -> None:
    user = make_user()
    registered(lite_browser, user)
    phone = db.session.scalars(select(Phone)).one()
    desk = Browser(lite_browser.app).sign_in(user)
    assert "取消登记" in desk.open("/account/").text
    page = desk.send(f"/m/phone/{phone.id}/revoke")
    assert "还没有登记手机" in page.text
    assert status(lite_browser, "/m/api/csrf") == 401
    sign_in_by_page(lite_browser, user)
    assert db.session.scalars(select(UserSession).order_by(UserSession.id.desc())).first().phone_id is None  # type: ignore[union-attr]
    acts = set(db.session.scalars(select(AuditEntry.act)))
    assert {"phone.register", "phone.revoke"} <= acts


def test_nobody_revokes_anothers_phone(lite_browser: Browser) -> None:
    registered(lite_browser, make_user())
    phone = db.session.scalars(select(Phone)).one()
    lite_browser.sign_in(make_user())
    assert lite_browser.post(f"/m/phone/{phone.id}/revoke").status_code == 404
    db.session.refresh(phone)
    assert phone.revoked_at is None


def test_a_new_password_ends_the_phone_too(lite_app: Flask, lite_browser: Browser) -> None:
    from models import user_session

    user = make_user()
    registered(lite_browser, user)
    user_session.end_all(user, clock.now())
    db.session.commit()
    assert status(lite_browser, "/m/api/csrf") == 401


def test_the_phones_sign_in_page_stays_under_its_own_address(lite_browser: Browser) -> None:
    make_user()
    assert b'action="/m/sign-in/"' in lite_browser.get("/m/sign-in/").data
