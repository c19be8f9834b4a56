"""我的 on the phone: registering, signing out; and what must not happen between typing and sending."""

import hashlib
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Route, expect
from sqlalchemy import select

from models.base import db
from models.firm import Firm
from models.phone import Phone
from models.user import User
from models.visit import Visit, VisitPhoto
from tests.support.capture import count, emptied, picture, prepared, ready, send_now, write
from tests.support.chromium import Window

COPY = """() => new Promise((done) => { const asked = indexedDB.open("tidu"); asked.onsuccess = () => {
  const got = asked.result.transaction("kept").objectStore("kept").get("bundle");
  got.onsuccess = () => { done(Boolean(got.result)); asked.result.close(); }; }; })"""


@pytest.mark.slow
def test_a_phone_is_registered_and_signs_out_without_losing_what_waits(
    phone: Window, officer: User, firm: Firm
) -> None:
    page = prepared(phone, officer)
    page.get_by_role("link", name="我的").tap()
    ready(page).get_by_role("button", name="登记这台手机").tap()
    expect(page.get_by_role("heading", name="这台手机已登记")).to_be_visible()
    db.session.rollback()
    assert db.session.scalars(select(Phone)).one().user_id == officer.id
    page.route("**/m/api/visits/**", lambda route: route.abort())
    write(page, phone.address)
    ready(page).goto(f"{phone.address}/m/me")
    expect(ready(page).get_by_text("还有 1 次走访没发出").first).to_be_visible()
    assert phone.complaints() == []
    page.get_by_role("button", name="退出登录").tap()
    page.wait_for_url("**/m/sign-in/**")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    expect(page.get_by_text("还有 1 次走访没发出")).to_be_visible()
    assert page.evaluate(COPY) is False
    page.goto(f"{phone.address}/m/queue")
    expect(ready(page).locator("#queue-bar")).to_contain_text("1 次没发出")
    page.unroute("**/m/api/visits/**")
    phone.sign_in(officer)
    page.goto(f"{phone.address}/m/queue")
    send_now(ready(page))
    emptied(page)
    assert count() == 1


def test_signing_out_at_the_desk_drops_the_copy_too(window: Window, officer: User, firm: Firm) -> None:
    page = prepared(window, officer)
    assert page.evaluate(COPY) is True
    window.open("/")
    page.locator("details.who > summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    assert page.evaluate(COPY) is False


def test_a_browser_without_the_app_gets_no_database_by_signing_out(window: Window, officer: User) -> None:
    page = window.sign_in(officer).open("/")
    page.locator("details.who > summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


@pytest.mark.slow
def test_an_edit_while_the_visit_is_on_its_way_is_not_lost(phone: Window, officer: User, firm: Firm) -> None:
    page = prepared(phone, officer)
    edit = """(text) => new Promise((done) => { const asked = indexedDB.open("tidu"); asked.onsuccess = () => {
      const work = asked.result.transaction("queue", "readwrite"), rows = work.objectStore("queue");
      rows.getAll().onsuccess = (event) => { const row = event.target.result[0];
        rows.put({ ...row, body: JSON.stringify({ ...JSON.parse(row.body), text }) }); };
      work.oncomplete = () => { asked.result.close(); done(); }; }; })"""

    done: list[bool] = []

    def meanwhile(route: Route) -> None:
        if "/m/queue" not in page.url:
            route.abort()
        elif done:
            route.continue_()
        else:
            done.append(True)
            answer = route.fetch()
            page.evaluate(edit, "改过的一份")
            route.fulfill(response=answer)

    page.route("**/m/api/visits/*", meanwhile)
    write(page, phone.address, "第一份")
    page.goto(f"{phone.address}/m/queue")
    send_now(ready(page))
    expect(page.get_by_text("改过的一份").first).to_be_visible()
    page.goto(f"{phone.address}/m/queue")
    send_now(ready(page))
    expect(page.get_by_text("服务器上已有这次走访的另一份")).to_be_visible()
    expect(page.get_by_text("改过的一份").first).to_be_visible()
    page.get_by_role("button", name="用手机里的").click()
    emptied(page)
    assert [row.text for row in db.session.scalars(select(Visit))] == ["改过的一份"]


@pytest.mark.parametrize("visits", [pytest.param(20, marks=pytest.mark.proof)])
def test_a_day_without_signal_arrives_whole(
    lite_app: Flask, live: str, profile: Any, officer: User, firm: Firm, visits: int
) -> None:
    first = Window(lite_app, profile(), live)
    prepared(first, officer)
    first.context.set_offline(True)
    for place in range(visits):
        write(first.page, live, f"第 {place} 次", picture(2000 + place, 1500))
    first.context.close()
    again = Window(lite_app, profile(), live)
    again.sign_in(officer)
    again.page.goto(f"{live}/m/queue")
    expect(ready(again.page).locator("#queue-bar")).to_contain_text("都发出了", timeout=120_000)
    db.session.rollback()
    texts = sorted(db.session.scalars(select(Visit.text)))
    photos = list(db.session.scalars(select(VisitPhoto)))
    whole = [row for row in photos if row.file_id and row.height == 1600 and row.width in range(1180, 1201)]
    print(f"typed {visits}, on the server {len(texts)}, different {len(set(texts))}")
    print(f"photos {len(photos)}, whole {len(whole)}")
    assert texts == sorted(f"第 {place} 次" for place in range(visits))
    assert len({row.sha256 for row in photos}) == len(photos) == visits
    assert len(whole) == visits, "upright, 1600 pixels long, readable"


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 4096])
def test_without_a_secure_context_a_photo_has_the_same_hash(size: int) -> None:
    import subprocess
    from pathlib import Path

    data = bytes(index % 251 for index in range(size))
    script = Path(__file__).parents[2] / "crm/frontend/capture/ids.js"
    told = subprocess.run(
        ["node", "--input-type=module", "-e",
         f"import {{ plainSha256 }} from {str(script)!r};"
         f"console.log(plainSha256(Uint8Array.from(Buffer.from({data.hex()!r}, 'hex'))))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == hashlib.sha256(data).hexdigest()
