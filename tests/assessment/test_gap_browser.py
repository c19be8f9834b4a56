"""达标对照 in a real browser, on a desktop and a phone."""

from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import expect

from models import clock
from tests.assessment.test_gap_routes import nearly
from tests.support.assessment_factories import figures
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


def plan_it(window: Window) -> None:
    firm = nearly()
    page = window.sign_in(make_user()).open(f"/firms/{firm.id}/gap?rd_expense_2025=30")
    page.get_by_role("link", name="把试算存成一企一策").click()
    assert window.complaints() == [] and window.wide() == 0
    page.get_by_label("哪天前办成").fill("2026-01-01")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("不能早于今天")
    page.get_by_label("哪天前办成").fill("2027-05-31")
    page.get_by_label("步骤 1", exact=False).first.fill("补记研发费用")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("table")).to_contain_text("30 万元")
    page.get_by_role("button", name="办了").click()
    expect(page.get_by_text("2026-11-22 办了")).to_be_visible()
    assert window.complaints() == [] and window.wide() == 0


def test_a_plan_on_a_desktop(window: Window) -> None:
    plan_it(window)


def test_a_plan_on_a_phone(phone: Window) -> None:
    plan_it(phone)


def judge_and_choose(window: Window) -> None:
    firm = nearly()
    page = window.sign_in(make_user("manager")).open("/candidates/?regime=tech_sme")
    expect(page.locator("main")).to_contain_text("综合评价得分")
    assert window.complaints() == [] and window.wide() == 0
    page.get_by_role("link", name=firm.name).click()
    page.get_by_role("link", name="要人判断的与说过的").click()
    assert window.complaints() == [] and window.wide() == 0
    page.get_by_role("link", name="登记：专精特新发展评价得分").click()
    page.get_by_label("专精特新发展评价得分").fill("61")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("请写依据")
    assert window.complaints() == []
    page.get_by_label("依据").fill("平台截图")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("61 分（2026 年）")


def test_candidates_and_a_judgement_on_a_desktop(window: Window) -> None:
    judge_and_choose(window)


def test_candidates_and_a_judgement_on_a_phone(phone: Window) -> None:
    judge_and_choose(phone)


def test_figures_of_many_years_can_be_reached_from_the_keyboard_on_a_phone(phone: Window) -> None:
    firm = nearly()
    for year in (2022, 2023, 2024, 2025):
        figures(firm, **{f"{key}_{year}": 1234567 for key in ("operating_revenue", "main_revenue", "total_assets")})
    phone.sign_in(make_user()).open(f"/firms/{firm.id}")
    assert phone.complaints() == [] and phone.wide() == 0
