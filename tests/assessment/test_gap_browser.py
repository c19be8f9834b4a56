"""达标对照 in a real browser, on a desktop and a phone."""

from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import expect

from models import clock
from tests.assessment.test_gap_routes import nearly
from tests.support.chromium import Window
from tests.support.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(autouse=True)
def at(lite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 22))


def try_it(window: Window) -> None:
    firm = nearly()
    page = window.sign_in(make_user()).open(f"/firms/{firm.id}")
    page.get_by_role("link", name="逐条看差什么").click()
    part = page.locator("#tech_sme")
    expect(part).to_contain_text("差 6 分")
    assert window.complaints() == [] and window.wide() == 0
    page.locator("[name=rd_expense_2025]").fill("thirty")
    page.locator("#trial").get_by_role("button", name="试算").click()
    expect(page.get_by_role("alert")).to_contain_text("请填数字")
    page.locator("[name=rd_expense_2025]").fill("30")
    page.locator("#trial").get_by_role("button", name="试算").click()
    expect(page.get_by_text("改了数以后")).to_be_visible()
    expect(page.locator(".gap-titles")).to_contain_text("已达标")
    assert "rd_expense_2025=30" in page.url
    page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
    assert window.complaints() == [] and window.wide() == 0


def test_a_desktop(window: Window) -> None:
    try_it(window)


def test_a_phone(phone: Window) -> None:
    try_it(phone)


def test_the_nearest_change_is_tried_with_one_click(window: Window) -> None:
    firm = nearly()
    page = window.sign_in(make_user()).open(f"/firms/{firm.id}/gap")
    page.locator("#tech_sme").get_by_role("link", name="试算").first.click()
    expect(page.locator(".gap-titles tr").nth(1)).to_contain_text("已达标")
