"""Coming in: three names for one account, one message for every failure, locks, time-outs, forced changes."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models import clock, password, two_factor, user_session
from models.audit import AuditEntry
from models.base import db
from models.setting import Setting
from models.user import User
from models.user_session import UserSession
from tests.support.browser import Browser
from tests.support.factories import make_user

SECRET = "Lantern-47-river"


def make_person(**values: object) -> User:
    """A person who can sign in with SECRET."""
    user = make_user(**values)  # type: ignore[arg-type]
    password.set_password(user, SECRET, clock.now())
    db.session.commit()
    return user


def try_in(browser: Browser, login: str, secret: str = SECRET, **fields: str) -> TestResponse:
    return browser.post("/sign-in/", data={"login": login, "password": secret, **fields})


def acts() -> list[tuple[str, bool, int | None]]:
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(entry.act, entry.succeeded, entry.person_id) for entry in entries]


@pytest.mark.parametrize(
    "login", ["han.shu@tidu.example", "Han.Shu@TIDU.example", " 13800000001 ", "+86 138 0000 0001", "KJ-017"]
)
def test_address_mobile_and_staff_number_all_open_the_account(lite_browser: Browser, login: str) -> None:
    make_person(email="han.shu@tidu.example", mobile="13800000001", staff_number="KJ-017")
    answer = try_in(lite_browser, login)
    assert (answer.status_code, answer.location) == (302, "/")
    assert lite_browser.get("/").status_code == 200


def test_an_unknown_account_a_wrong_password_a_stopped_and_a_locked_account_look_the_same(
    lite_browser: Browser,
) -> None:
    make_person(email="wrong@tidu.example")
    make_person(email="stopped@tidu.example", active=False)
    locked = make_person(email="locked@tidu.example")
    locked.failed_count, locked.locked_until = 5, clock.now() + timedelta(minutes=5)
    tries = {"nobody": SECRET, "wrong": "Other-47-river", "stopped": SECRET, "locked": SECRET}
    pages = {
        re.sub(f'{name}@|csrf.*?>|value="[^"]{{40,}}"', "", try_in(lite_browser, f"{name}@tidu.example", secret).text)
        for name, secret in tries.items()
    }
    assert len(pages) == 1
    assert "账号或口令不对" in pages.pop()


def test_five_failures_lock_for_half_an_hour(browser: Browser) -> None:
    user = make_person(email="han@tidu.example")
    with time_machine.travel("2026-11-22T04:00:00Z", tick=False) as traveller:
        db.session.refresh(user)
        user.password_changed_at = clock.now()
        db.session.commit()
        for _ in range(5):
            try_in(browser, "han@tidu.example", "Other-47-river")
        assert user.failed_count == 5
        assert try_in(browser, "han@tidu.example").status_code == 200
        traveller.shift(timedelta(minutes=30) - timedelta(seconds=1))
        assert try_in(browser, "han@tidu.example").status_code == 200
        traveller.shift(timedelta(seconds=1))
        assert try_in(browser, "han@tidu.example").status_code == 302
        assert (user.failed_count, user.locked_until) == (0, None)
    assert acts().count(("session.begin", False, user.id)) == 7
    assert acts().count(("session.locked", True, user.id)) == 1


def test_a_success_forgets_the_failures_before_it(lite_browser: Browser) -> None:
    user = make_person(email="han@tidu.example")
    for _ in range(4):
        try_in(lite_browser, "han@tidu.example", "Other-47-river")
    assert try_in(lite_browser, "han@tidu.example").status_code == 302
    assert user.failed_count == 0


def test_a_failure_stays_counted_when_the_request_breaks(
    lite_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_person(email="han@tidu.example")

    def broken(typed: str, kept: str | None) -> bool:
        raise OSError("no memory")

    monkeypatch.setattr(password, "matches", broken)
    with pytest.raises(OSError):
        try_in(lite_browser, "han@tidu.example")
    db.session.rollback()
    db.session.refresh(user)
    assert user.failed_count == 1


def test_what_was_typed_as_the_account_is_not_kept(lite_browser: Browser) -> None:
    make_person()
    try_in(lite_browser, "my-password-by-mistake")
    entry = db.session.scalars(select(AuditEntry)).one()
    assert "mistake" not in entry.detail + entry.person_name
    assert entry.address == "127.0.0.1"


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/account/?a=1", "/account/?a=1"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("/a\\..\\b", "/"),
        ("/\n/elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_only_paths_of_our_own_are_followed(lite_browser: Browser, target: str, goes_to: str) -> None:
    make_person(email="han@tidu.example")
    assert try_in(lite_browser, "han@tidu.example", next=target).location == goes_to


def test_a_page_asked_for_is_opened_after_signing_in(lite_browser: Browser) -> None:
    make_person(email="han@tidu.example")
    assert lite_browser.get("/account/?a=1").location == "/sign-in/?next=/account/?a%3D1"
    assert 'value="/account/?a=1"' in lite_browser.get("/sign-in/?next=/account/?a%3D1").text


def test_half_an_hour_without_a_request_ends_the_session(lite_browser: Browser) -> None:
    user = make_person()
    with time_machine.travel(clock.now(), tick=False) as traveller:
        lite_browser.sign_in(user)
        for _ in range(3):
            traveller.shift(timedelta(minutes=29))
            assert lite_browser.get("/account/").status_code == 200
        traveller.shift(timedelta(minutes=30))
        assert lite_browser.get("/account/").status_code == 302
        assert "太久没有操作" in lite_browser.get("/sign-in/").text


def test_ten_hours_end_the_session_however_busy(lite_browser: Browser) -> None:
    user = make_person()
    with time_machine.travel(clock.now(), tick=False) as traveller:
        lite_browser.sign_in(user)
        for _ in range(23):
            traveller.shift(timedelta(minutes=25))
            assert lite_browser.get("/account/").status_code == 200
        traveller.shift(timedelta(minutes=25))
        assert lite_browser.get("/account/").status_code == 302


def test_the_idle_time_is_a_setting(lite_browser: Browser) -> None:
    user = make_person()
    db.session.add(Setting(key="idle_minutes", value="5"))
    with time_machine.travel(clock.now(), tick=False) as traveller:
        lite_browser.sign_in(user)
        traveller.shift(timedelta(minutes=5))
        assert lite_browser.get("/account/").status_code == 302


def test_a_copied_cookie_opens_nothing_after_signing_out(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_person())
    cookie = lite_browser.client.get_cookie("tidu")
    assert cookie is not None
    lite_browser.post("/sign-in/out")
    lite_browser.client.set_cookie("tidu", cookie.value)
    assert lite_browser.get("/account/").status_code == 302


def test_signing_out_everywhere_ends_every_device(lite_app: Flask) -> None:
    user = make_person()
    phone, desk = Browser(lite_app).sign_in(user), Browser(lite_app).sign_in(user)
    assert desk.post("/account/sessions/end").status_code == 302
    assert phone.get("/account/").status_code == 302
    assert desk.get("/account/").status_code == 302
    assert db.session.scalar(select(func.count()).where(UserSession.ended_at.is_(None))) == 0


def test_one_device_can_be_signed_out_and_only_ones_own(lite_app: Flask) -> None:
    user = make_person()
    phone, desk = Browser(lite_app).sign_in(user), Browser(lite_app).sign_in(user)
    other = Browser(lite_app).sign_in(make_person())
    first = user_session.UserSession.list_open(user)[-1]
    assert other.post(f"/account/sessions/{first.id}/end").status_code == 404
    assert desk.post(f"/account/sessions/{first.id}/end").status_code == 302
    assert phone.get("/account/").status_code == 302
    assert desk.get("/account/").status_code == 200


def test_a_stopped_account_is_out_at_once(lite_browser: Browser) -> None:
    user = make_person()
    lite_browser.sign_in(user)
    user.active = False
    assert lite_browser.get("/account/").status_code == 302


@pytest.mark.parametrize("first", [True, False])
def test_a_first_or_outworn_password_must_be_changed_before_anything_else(lite_browser: Browser, first: bool) -> None:
    user = make_person(email="han@tidu.example")
    user.must_change_password = first
    if not first:
        user.password_changed_at = clock.now() - timedelta(days=90)
    lite_browser.sign_in(user)
    assert lite_browser.get("/").location == "/account/password"
    assert lite_browser.post("/account/theme", data={"theme": "dark"}).location == "/account/password"
    answer = change(lite_browser, SECRET, "Harbour-58-stone")
    assert answer.status_code == 302
    assert lite_browser.get("/").status_code == 200
    assert user.must_change_password is False


def change(browser: Browser, current: str, new: str, again: str | None = None) -> TestResponse:
    return browser.post("/account/password", data={"current": current, "new": new, "again": again or new})


@pytest.mark.parametrize(
    ("current", "new", "again", "message"),
    [
        ("Other-47-river", "Harbour-58-stone", None, "现在的口令不对"),
        (SECRET, "Harbour-58-stone", "Harbour-58-stome", "两次填的新口令不一样"),
        (SECRET, "Fjo7-x9q", None, None),
        (SECRET, "Passw0rd!", None, "与常见口令相似"),
        (SECRET, SECRET, None, "不能与最近 5 次用过的口令相同"),
    ],
)
def test_a_new_password_is_refused_with_its_reason(
    lite_browser: Browser, current: str, new: str, again: str | None, message: str | None
) -> None:
    lite_browser.sign_in(make_person())
    answer = change(lite_browser, current, new, again)
    assert answer.status_code == (302 if message is None else 200)
    assert message is None or message in answer.text


@pytest.mark.slow
def test_the_last_five_passwords_are_barred_and_the_sixth_is_free(lite_app: Flask) -> None:
    user = make_person()
    for number in range(5):
        assert password.faults(user, SECRET) != []
        password.set_password(user, f"Harbour-5{number}-stone", clock.now())
    assert password.faults(user, SECRET) == []
    assert password.faults(user, "Harbour-50-stone") != []


def test_changing_the_password_ends_the_other_devices(lite_app: Flask) -> None:
    user = make_person()
    phone, desk = Browser(lite_app).sign_in(user), Browser(lite_app).sign_in(user)
    change(desk, SECRET, "Harbour-58-stone")
    assert phone.get("/account/").status_code == 302
    assert desk.get("/account/").status_code == 200


def test_guessing_the_present_password_locks_too(lite_browser: Browser) -> None:
    user = make_person()
    lite_browser.sign_in(user)
    for _ in range(5):
        change(lite_browser, "Other-47-river", "Harbour-58-stone")
    assert "现在的口令不对" in change(lite_browser, SECRET, "Harbour-58-stone").text
    assert user.locked_until is not None


def test_a_request_asks_the_database_once_who_is_there(lite_browser: Browser) -> None:
    from sqlalchemy import event

    lite_browser.sign_in(make_user(role=("officer", "office", "manager")))
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    lite_browser.get("/")
    assert len([line for line in seen if "user_session" in line]) == 1
    assert not [line for line in seen if line.startswith(("UPDATE", "INSERT"))]


def test_the_second_secret_is_asked_for_and_never_accepted_twice(browser: Browser) -> None:
    user = make_person(email="han@tidu.example")
    codes = Codes(browser, user)
    assert try_in(browser, "han@tidu.example").location == "/sign-in/code"
    assert browser.get("/account/").status_code == 302
    used = codes.next()
    assert browser.post("/sign-in/code", data={"code": used}).location == "/"
    assert browser.get("/account/").status_code == 200
    browser.post("/sign-in/out")
    try_in(browser, "han@tidu.example")
    assert browser.post("/sign-in/code", data={"code": used}).status_code == 200
    assert browser.post("/sign-in/code", data={"code": codes.next()}).location == "/"


def test_wrong_codes_lock_although_the_password_was_right_each_time(lite_browser: Browser) -> None:
    user = make_person(email="han@tidu.example")
    Codes(lite_browser, user)
    for _ in range(5):
        try_in(lite_browser, "han@tidu.example")
        lite_browser.post("/sign-in/code", data={"code": "000000"})
    assert user.locked_until is not None
    assert try_in(lite_browser, "han@tidu.example").status_code == 200


def test_a_recovery_code_opens_once(lite_browser: Browser) -> None:
    user = make_person(email="han@tidu.example")
    code = Codes(lite_browser, user).recovery[0]
    for expected in (302, 200):
        try_in(lite_browser, "han@tidu.example")
        assert lite_browser.post("/sign-in/code", data={"code": code.lower()}).status_code == expected
        lite_browser.post("/sign-in/out")


def test_the_code_is_owed_for_five_minutes_only(lite_browser: Browser) -> None:
    user = make_person(email="han@tidu.example")
    codes = Codes(lite_browser, user)
    with time_machine.travel(clock.now(), tick=False) as traveller:
        try_in(lite_browser, "han@tidu.example")
        traveller.shift(timedelta(seconds=301))
        assert lite_browser.post("/sign-in/code", data={"code": codes.next()}).location == "/sign-in/"


@pytest.mark.parametrize(
    ("wanted", "role", "held"),
    [("no", "sysadmin", False), ("admins", "sysadmin", True), ("admins", "officer", False), ("all", "officer", True)],
)
def test_the_bureau_may_ask_for_the_second_secret(lite_browser: Browser, wanted: str, role: str, held: bool) -> None:
    user = make_person(role=role)
    db.session.add(Setting(key="totp_required", value=wanted))
    lite_browser.sign_in(user)
    assert (lite_browser.get("/").location == "/account/totp") is held


class Codes:
    """Sets a person's authenticator up through the page, then reads it."""

    def __init__(self, browser: Browser, user: User) -> None:
        from flask_security.totp import TOTP

        browser.sign_in(user)
        page = browser.get("/account/totp").text
        with browser.client.session_transaction() as session:
            secret = session["totp_secret"]
        assert two_factor.shown_key(secret) in page
        self.authenticator = TOTP.using(secrets={"1": browser.app.config["SECRET_KEY"]}).from_source(secret)
        self.steps = 0
        done = browser.post("/account/totp", data={"code": self._at(-1)}).text
        self.recovery = [line.split("</code>")[0] for line in done.split("<code>")[1:]]
        assert len(self.recovery) == 10
        browser.post("/sign-in/out")

    def _at(self, steps: int) -> str:
        return str(self.authenticator.generate(clock.now().timestamp() + 30 * steps).token)

    def next(self) -> str:
        """The next code that was not used yet: of now, then of half a minute later."""
        self.steps += 1
        return self._at(self.steps - 1)
