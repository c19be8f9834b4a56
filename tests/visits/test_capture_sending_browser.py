"""A phone before a network that lies, cuts, or belongs to somebody else: the receipt alone counts."""

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import select

from models import clock
from models.base import db
from models.firm import Firm
from models.rules import visit_body
from models.rules.visit_body import BadBody
from models.user import User
from models.user_session import UserSession
from models.visit import Visit, VisitReceipt
from tests.support.capture import TEXT, count, emptied, prepared, ready, send_now, until, write
from tests.support.chromium import Window
from tests.support.factories import make_user, make_visit


def portal(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<html><title>无线网登录</title>请登录</html>")


def test_a_captive_portal_is_no_receipt(phone: Window, officer: User, firm: Firm) -> None:
    page = prepared(phone, officer)
    phone.context.route("**/m/api/**", portal)
    write(page, phone.address)
    expect(ready(page).locator("#queue-bar")).to_contain_text("被登录页挡住")
    assert count() == 0
    phone.context.unroute("**/m/api/**")
    page.goto(f"{phone.address}/m/queue")
    send_now(ready(page))
    emptied(page)
    assert count() == 1


def test_an_answer_lost_on_the_way_back_does_not_double_the_visit(phone: Window, officer: User, firm: Firm) -> None:
    page = prepared(phone, officer)

    def cut(route: Route) -> None:
        if route.request.method == "PUT":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    phone.context.route("**/m/api/visits/**", cut)
    write(page, phone.address)
    expect(ready(page).locator("#queue-bar")).to_contain_text("没有信号")
    assert count() == 1, "the server has it, the phone does not know"
    phone.context.unroute("**/m/api/visits/**")
    page.goto(f"{phone.address}/m/queue")
    send_now(ready(page))
    emptied(page)
    assert (count(), count(VisitReceipt)) == (1, 1)


def test_an_ended_session_asks_to_sign_in_and_loses_nothing(phone: Window, officer: User, firm: Firm) -> None:
    page = prepared(phone, officer)
    for row in db.session.scalars(select(UserSession)):
        row.ended_at = clock.now()
    db.session.commit()
    write(page, phone.address)
    expect(ready(page).locator("#queue-bar")).to_contain_text("要重新登录才能发")
    page.goto(f"{phone.address}/m/queue")
    expect(ready(page).get_by_role("link", name="去登录")).to_be_visible()
    assert count() == 0
    phone.sign_in(officer)
    page.goto(f"{phone.address}/m/")
    ready(page)
    page.goto(f"{phone.address}/m/queue")
    send_now(ready(page))
    emptied(page)
    assert count() == 1


def test_another_persons_visit_waits_for_them(phone: Window, officer: User, firm: Firm) -> None:
    page = prepared(phone, officer)
    phone.context.set_offline(True)
    write(page, phone.address)
    phone.context.clear_cookies()
    phone.sign_in(make_user(role="officer", name="宋知远"))
    phone.context.set_offline(False)
    page = ready(phone.open("/m/queue"))
    send_now(page)
    expect(page.get_by_text("属于另一位同事（何岸）")).to_be_visible()
    assert count() == 0


def test_two_versions_are_shown_side_by_side(phone: Window, officer: User, firm: Firm) -> None:
    page = prepared(phone, officer)
    phone.context.set_offline(True)
    write(page, phone.address, "手机里的话")
    uuid = page.evaluate(
        """() => new Promise((done) => {
        const asked = indexedDB.open("tidu");
        asked.onsuccess = () => {
          const keys = asked.result.transaction("queue").objectStore("queue").getAllKeys();
          keys.onsuccess = () => done(keys.result[0]);
        }; })"""
    )
    make_visit(firm, officer, visit_on=clock.today(), text="服务器上的话", uuid=uuid)
    db.session.commit()
    phone.context.set_offline(False)
    page.goto(f"{phone.address}/m/queue")
    expect(ready(page).get_by_text("另一份，请选留哪一份：")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("row", name="情况 服务器上的话 手机里的话")).to_be_visible()
    assert phone.complaints() == []
    page.get_by_role("button", name="用手机里的").click()
    expect(page.get_by_text("都发出了，手机里")).to_be_visible()
    emptied(page)
    db.session.expire_all()
    assert (count(), db.session.scalars(select(Visit)).one().text) == (1, "手机里的话")


def test_what_the_server_cannot_accept_is_shown_and_mended(
    phone: Window, officer: User, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = prepared(phone, officer)

    def refuse(*_: object) -> None:
        raise BadBody({"firm_id": "没有这家企业，请重新选企业"})

    with monkeypatch.context() as refusing:
        refusing.setattr(visit_body, "read", refuse)
        write(page, phone.address)
        page.goto(f"{phone.address}/m/queue")
        expect(ready(page).get_by_text("要改一下")).to_be_visible(timeout=15_000)
    page.get_by_role("link", name="去改").click()
    ready(page)
    expect(page.get_by_text("没有这家企业，请重新选企业")).to_be_visible()
    expect(page.get_by_label("情况")).to_have_value(TEXT)
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/m/?saved=1")
    emptied(ready(page))
    assert count() == 1


def test_a_new_version_of_the_app_keeps_the_queue(phone: Window, officer: User, firm: Firm) -> None:
    page = prepared(phone, officer)
    phone.context.set_offline(True)
    write(page, phone.address)
    phone.context.set_offline(False)
    phone.context.route("**/m/api/**", portal)
    before = page.evaluate("caches.keys()")
    phone.app.config["STATIC_VERSION"] = "next"
    page.evaluate("navigator.serviceWorker.getRegistration('/m/').then((r) => r.update())")
    until(
        page,
        "async (old) => { const now = await caches.keys(); return now.length === 1 && now[0] !== old; }",
        before[0],
    )
    phone.context.unroute("**/m/api/**")
    page.goto(f"{phone.address}/m/queue")
    send_now(ready(page))
    emptied(page)
    assert count() == 1
