"""记走访 on a phone, with and without signal: nothing lost, nothing doubled, and four touches besides the text."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from sqlalchemy import select

from models import clock, file
from models.base import db
from models.file import StoredFile
from models.firm import Firm, search
from models.plan import PlanLine
from models.user import User
from models.visit import Visit, VisitPhoto, VisitReceipt
from tests.support.capture import TEXT, count, emptied, picture, prepared, ready, write
from tests.support.chromium import PHONE, Window
from tests.support.factories import make_firm, make_user, make_visit


def test_a_planned_firm_takes_two_touches_and_the_text(phone: Window, officer: User, firm: Firm) -> None:
    page = prepared(phone, officer)
    touches = 0
    page.get_by_role("link", name="记走访").first.tap()
    touches += 1
    ready(page)
    page.get_by_label("情况").fill(TEXT)
    page.get_by_role("button", name="保存").tap()
    touches += 1
    page.wait_for_url("**/m/?saved=1")
    emptied(ready(page))
    visit = db.session.scalars(select(Visit)).one()
    assert (visit.firm_id, visit.text, visit.visit_on) == (firm.id, TEXT, clock.today())
    assert touches <= 4
    assert db.session.scalars(select(PlanLine)).one().outcome == "done", "the line of the plan ticked itself off"


def test_a_phone_that_never_signed_in_says_so_and_what_is_missing_is_shown_first(phone: Window, officer: User) -> None:
    page = phone.open("/m/")
    ready(page)
    assert page.get_by_role("link", name="去登录").get_attribute("href") == "/m/sign-in/?next=/m/"
    page.goto(f"{phone.address}/m/visits/new")
    ready(page).get_by_role("button", name="保存").click()
    expect(page.get_by_text("请先选企业")).to_be_in_viewport()
    expect(page.get_by_label("哪家企业")).to_be_focused()


def test_any_firm_takes_at_most_four_touches(phone: Window, officer: User, firm: Firm) -> None:
    other = make_firm("石桥新材料有限公司")
    search.refresh([other.id])
    make_visit(other, officer)
    page = prepared(phone, officer)
    page.get_by_role("link", name="＋走访").tap()
    ready(page)
    page.get_by_label("哪家企业").tap()
    page.get_by_label("哪家企业").fill("sqxcl")
    page.locator(".firm", has_text="石桥").tap()
    page.get_by_label("情况").fill(TEXT)
    page.get_by_role("button", name="保存").tap()
    page.wait_for_url("**/m/?saved=1")
    emptied(ready(page))
    assert db.session.scalars(select(Visit).where(Visit.text == TEXT)).one().firm_id == other.id


def test_everything_of_the_form_arrives(phone: Window, officer: User, firm: Firm) -> None:
    make_user(role="officer", name="宋知远")
    page = prepared(phone, officer)
    page.goto(f"{phone.address}/m/visits/new?firm={firm.id}")
    ready(page)
    page.get_by_label("情况").fill(TEXT)
    page.get_by_text("更多").click()
    page.get_by_label("企业提的问题或需求").fill("二期用地批不下来")
    page.get_by_label("答复承诺").fill("问清楚再回电")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("请选哪天答复")).to_be_visible()
    page.get_by_label("什么时候答复").fill((clock.today() + timedelta(days=5)).isoformat())
    page.get_by_role("group", name="服务内容").get_by_label("政策宣讲").check()
    page.get_by_label("企业来访").check()
    page.get_by_label("宋知远").check()
    page.get_by_label("同去的专家或部门").fill("税务局、周教授")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/m/?saved=1")
    emptied(ready(page))
    visit = db.session.scalars(select(Visit)).one()
    assert visit.kind.name == "企业来访"
    assert [row.name for row in visit.companions] == ["税务局", "周教授"]
    assert [row.name for row in visit.services] == ["政策宣讲"]
    assert sorted(row.user.name for row in visit.officers) == ["何岸", "宋知远"]
    answer = phone.page.evaluate("(uuid) => fetch('/m/api/visits/' + uuid).then((r) => r.text())", visit.uuid)
    body = json.loads(answer)["stored"]["visit"]
    assert body["demands"][0]["words"] == "二期用地批不下来"
    assert body["promises"][0]["words"] == "问清楚再回电"


def test_a_firm_beyond_the_copy_is_found_while_there_is_signal(phone: Window, officer: User, firm: Firm) -> None:
    other = make_firm("石桥新材料有限公司")
    hidden = make_firm("石桥旧材料有限公司")
    hidden.merged_into_id = other.id
    search.refresh([other.id, hidden.id])
    page = prepared(phone, officer)
    page.goto(f"{phone.address}/m/visits/new")
    ready(page).get_by_label("哪家企业").fill("石桥")
    expect(page.locator(".firm")).to_have_count(1)
    page.locator(".firm", has_text="石桥新材料").click()
    page.get_by_label("情况").fill(TEXT)
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/m/?saved=1")
    emptied(ready(page))
    assert db.session.scalars(select(Visit)).one().firm_id == other.id
    phone.context.set_offline(True)
    page.goto(f"{phone.address}/m/visits/new")
    ready(page).get_by_label("哪家企业").fill("没有这家")
    expect(page.get_by_text("现在又没有信号")).to_be_visible()


def test_a_draft_survives_closing_the_page(phone: Window, officer: User, firm: Firm) -> None:
    page = prepared(phone, officer)
    page.goto(f"{phone.address}/m/visits/new?firm={firm.id}")
    ready(page)
    page.get_by_label("情况").fill("写到一半")
    page.goto(f"{phone.address}/m/")
    page.goto(f"{phone.address}/m/visits/new")
    ready(page)
    expect(page.get_by_label("情况")).to_have_value("写到一半")
    expect(page.locator(".chosen")).to_contain_text("青禾精密")
    page.get_by_role("button", name="丢掉，重新写").click()
    expect(page.get_by_label("情况")).to_have_value("")


def test_a_photo_is_shrunk_upright_and_says_no_place(phone: Window, officer: User, firm: Firm) -> None:
    page = prepared(phone, officer)
    write(page, phone.address, photo=picture())
    emptied(ready(page))
    photo = db.session.scalars(select(VisitPhoto)).one()
    assert photo.file_id is not None
    kept = Image.open(io.BytesIO(file.read(db.session.get_one(StoredFile, photo.file_id))))
    assert kept.size == (1067, 1600), "turned upright and at most 1600 pixels long"
    assert not kept.getexif()


def test_what_is_typed_without_signal_is_sent_once_when_it_returns(phone: Window, officer: User, firm: Firm) -> None:
    page = prepared(phone, officer)
    phone.context.set_offline(True)
    for place in range(3):
        write(page, phone.address, f"{TEXT}{place}", picture(400 + place, 300))
    expect(page.locator("#queue-bar")).to_contain_text("3 次没发出")
    expect(page.locator("#queue-bar")).to_contain_text("没有信号")
    assert count() == 0
    page.goto(f"{phone.address}/m/firms/{firm.id}")
    expect(ready(page).get_by_role("heading", name="没了结的答复承诺")).to_be_visible()
    assert "15412345678" not in page.content()
    phone.context.set_offline(False)
    page.goto(f"{phone.address}/m/")
    emptied(ready(page))
    assert (count(), count(VisitReceipt), count(VisitPhoto)) == (3, 3, 3)
    expect(page.get_by_text("回执").first).to_be_visible()


def test_the_queue_survives_closing_the_browser(
    lite_app: Flask, live: str, profile: Any, officer: User, firm: Firm
) -> None:
    first = Window(lite_app, profile(), live)
    page = prepared(first, officer)
    first.context.set_offline(True)
    write(page, live, TEXT, picture(500, 300))
    first.context.close()
    again = Window(lite_app, profile(), live)
    again.context.set_offline(True)
    page = again.page
    page.goto(f"{live}/m/queue")
    expect(ready(page).locator("#queue-bar")).to_contain_text("1 次没发出")
    expect(page.get_by_role("heading", name="青禾精密制造有限公司")).to_be_visible()
    again.context.set_offline(False)
    again.sign_in(officer)
    page.goto(f"{live}/m/queue")
    emptied(ready(page))
    assert (count(), count(VisitPhoto)) == (1, 1)


@pytest.mark.parametrize("path", ["/m/", "/m/visits/new", "/m/queue", "/m/firms/1"])
def test_the_pages_are_open_to_everyone(phone: Window, window: Window, officer: User, firm: Firm, path: str) -> None:
    for one in (phone, window):
        prepared(one, officer)
        one.page.goto(one.address + path.replace("1", str(firm.id)))
        ready(one.page)
        assert one.complaints() == []
        assert one.wide() == 0


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Pacific/Kiritimati"])
def test_a_phone_of_another_zone_writes_the_bureaus_day(
    zone: str, lite_app: Flask, live: str, chromium: Chromium, officer: User, firm: Firm
) -> None:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", timezone_id=zone)  # type: ignore[arg-type]
    page = Window(lite_app, context, live).sign_in(officer).open(f"/m/visits/new?firm={firm.id}")
    expect(ready(page).get_by_label("哪一天")).to_have_value(clock.today().isoformat())
    context.close()
