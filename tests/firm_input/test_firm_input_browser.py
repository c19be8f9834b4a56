"""企业填报 in a real browser: the firm on a phone, the officer at a desk; the gap card changes."""

from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from models import clock
from models.base import db
from tests.support.assessment_factories import figures
from tests.support.chromium import Window
from tests.support.factories import make_contact, make_firm, make_user
from tests.support.input_factories import make_input, sent, submitted

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def at(lite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(clock, "now", lambda: clock.day_begins(TODAY) + timedelta(hours=10))
    config = lite_app.config["TIDU"]
    monkeypatch.setattr(config, "public_base_url", "https://t.example")
    monkeypatch.setattr(config, "mail_url", "smtp://mail.example")


def test_a_firm_fills_in_on_a_phone_and_the_card_changes_at_the_desk(phone: Window, window: Window) -> None:
    officer = make_user()
    firm = make_firm("云澜启衡传感科技有限公司", officer_a_id=officer.id)
    figures(firm, rd_expense_2024=280, staff_total_2024=110, operating_revenue_2024=4800)
    told: list[str] = []

    def check(where: Window, name: str) -> None:
        told.extend(f"{name}: {one}" for one in where.complaints())
        if where.wide():
            told.append(f"{name} is {where.wide()} too wide")

    desk = window.sign_in(officer).open(f"/firms/{firm.id}/gap")
    expect(desk.get_by_text("数据是 2024 年的")).to_be_visible()
    check(window, "gap before")
    desk.locator("#ask").get_by_role("link", name="请企业补数").click()
    expect(desk.get_by_label("2025 年研发费用")).to_be_checked()
    for name in ("主营业务收入", "总收入", "高新技术产品（服务）收入", "Ⅰ类知识产权", "Ⅱ类知识产权"):
        desk.get_by_label(f"2025 年{name}", exact=True).uncheck()
    check(window, "new")
    desk.get_by_role("button", name="下一步").click()
    desk.get_by_role("link", name="发给企业").click()
    check(window, "send")
    desk.get_by_label("给谁").fill("财务王会计")
    desk.get_by_role("button", name="生成链接").click()
    assert desk.locator(".qr svg").count() == 1
    check(window, "sent")
    address = desk.locator("code.secret").inner_text().removeprefix("https://t.example")

    page = phone.open(address)
    expect(page.get_by_role("heading", name="请填 2025 年的 8 个数")).to_be_visible()
    check(phone, "start")
    page.get_by_role("link", name="开始填").click()
    expect(page.get_by_text("上次登记：2024 年 110 人")).to_be_visible()
    page.get_by_label("2025 年职工总数", exact=True).fill("120人")
    page.get_by_label("2025 年科技人员", exact=True).fill("四十")
    page.get_by_label("不清楚（2025 年研发人员）").check()
    check(phone, "staff")
    page.get_by_role("button", name="存下，下一步").click()
    expect(page.get_by_role("alert")).to_contain_text("其余已存")
    check(phone, "staff, wrong")
    page.get_by_label("2025 年科技人员", exact=True).fill("40")
    page.get_by_role("button", name="存下，以后再填").click()
    check(phone, "stopped")
    page.goto("about:blank")

    page = phone.open(address)
    page.get_by_role("link", name="接着填").click()
    page.get_by_label("2025 年营业收入", exact=True).fill("约5,000")
    page.get_by_role("button", name="存下，下一步").click()
    page.get_by_label("2025 年研发费用", exact=True).fill("3000000")
    page.get_by_label("2025 年成本费用支出", exact=True).fill("4500")
    page.get_by_role("button", name="存下，下一步").click()
    page.get_by_label("2025 年资产总额", exact=True).fill("8000万")
    page.get_by_label("2025 年负债总额", exact=True).fill("3000")
    page.get_by_role("button", name="存下，去核对").click()
    expect(page.locator(".doubts")).to_contain_text("是不是填成了元？")
    check(phone, "check")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("还没有提交")
    page.get_by_role("link", name="去改").first.click()
    page.get_by_label("2025 年研发费用", exact=True).fill("300")
    page.get_by_role("button", name="存下，下一步").click()
    page.get_by_role("button", name="存下，去核对").click()
    expect(page.locator(".doubts")).to_have_count(0)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="已提交，谢谢")).to_be_visible()
    check(phone, "thanks")
    expect(phone.open(address).get_by_role("heading", name="这个链接打不开")).to_be_visible()

    desk = window.open("/firm-inputs/")
    check(window, "queue")
    desk.get_by_role("link", name="审核：云澜启衡传感科技有限公司").click()
    expect(desk.get_by_label("采用2025 年研发费用")).to_be_checked()
    check(window, "review")
    desk.get_by_label("采用2025 年负债总额").uncheck()
    desk.get_by_role("button", name="采用勾选的").click()
    expect(desk.get_by_role("status")).to_contain_text("已采用 6 项")
    check(window, "adopted")
    desk.get_by_role("link", name="达标对照").click()
    expect(desk.locator("#tech_sme")).to_contain_text("2025 年，企业填报，2026-11-22")
    expect(desk.get_by_text("数据是 2024 年的")).to_have_count(0)
    assert not told, chr(10).join(told)


def test_the_officer_s_pages_are_fit_for_everyone_on_a_phone(phone: Window) -> None:
    window = phone
    officer = make_user()
    firms = [make_firm(officer_a_id=officer.id) for _ in range(3)]
    figures(firms[0], rd_expense_2024=10, staff_total_2025=100)
    make_contact(firms[0], name="梅若水").write_email("mei@firm.example")
    cells = [("rd_expense", 2025), ("staff_total", 2025), ("rd_staff", 2025)]
    ready = submitted(make_input(firms[0], cells), dict.fromkeys(cells, "200"))
    late = make_input(firms[1], at=clock.day_begins(date(2026, 10, 1)))
    sent(late, clock.day_begins(date(2026, 10, 2)))
    db.session.commit()
    told: list[str] = []
    window.sign_in(officer)
    addresses = (f"/firm-inputs/{ready.id}", f"/firm-inputs/{late.id}", f"/firm-inputs/{late.id}/send",
                 f"/firm-inputs/{late.id}/phone", "/firm-inputs/?tab=late", f"/firm-inputs/new/{firms[2].id}",
                 f"/firms/{firms[0].id}", "/firms/?data=old")  # fmt: skip
    for address in addresses:
        window.open(address)
        told.extend(f"{address}: {one}" for one in window.complaints())
        if window.wide():
            told.append(f"{address} is {window.wide()} too wide")
    page = window.open(f"/firm-inputs/{late.id}/phone")
    page.locator("[name=rd_staff_2025]").fill("5")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("跟谁通的电话")
    told.extend(window.complaints())
    page = window.open("/firms/")
    page.locator("input[name=id]").first.check()
    page.get_by_role("button", name="请企业补数").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("请企业补数")
    told.extend(window.complaints())
    assert not told, chr(10).join(told)
