"""规则版本 in a real browser, on a desktop and a phone: copied, mended, compared, tried, put in force, taken back."""

from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import expect

from crm.assessing import book_trial
from models import clock
from models.base import db
from models.task import Task, Work
from tests.support.chromium import Window
from tests.support.factories import make_firm, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(autouse=True)
def at(lite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 22))


def try_it(window: Window) -> None:
    make_firm("云澜新柳机械有限公司", founded_on=date(2026, 9, 1))
    page = window.sign_in(make_user(role="office")).open("/books/")
    assert window.complaints() == [] and window.wide() == 0
    page.get_by_role("link", name="照此起草：hnte-2016").click()
    text = page.get_by_label("正文")
    text.fill(text.input_value().replace("at_least = 365", "at_leest = 30"))
    page.get_by_label("为什么要有这个版本").fill("省里发了新通知")
    page.get_by_role("button", name="存草稿").click()
    expect(page.get_by_role("alert")).to_contain_text("没有“at_leest”这一项")
    assert window.complaints() == [] and window.wide() == 0
    text.fill(text.input_value().replace("at_leest = 30", "at_least = 30"))
    page.get_by_role("button", name="存草稿").click()
    expect(page.get_by_role("status")).to_contain_text("已存为草稿 hnte-2026")
    assert window.complaints() == [] and window.wide() == 0
    page.get_by_role("button", name="看不同").click()
    expect(page.get_by_role("cell", name="注册至今不低于 30 天")).to_be_visible()
    assert window.complaints() == [] and window.wide() == 0
    page.go_back()
    page.get_by_role("button", name="在全部企业上试算").click()
    expect(page.locator("#trial")).to_contain_text("排队")
    db.session.rollback()
    book_trial.run(Work({"trial_id": 1}))
    db.session.get_one(Task, 1).state = "done"
    db.session.commit()
    expect(page.locator("#trial")).to_contain_text("注册成立满一年")
    page.reload()
    assert window.complaints() == [] and window.wide() == 0
    page.get_by_role("link", name="启用", exact=True).click()
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_role("status")).to_contain_text("已启用 hnte-2026")
    page.get_by_role("link", name="撤回").click()
    page.get_by_label("为什么撤回").fill("文件没有印发")
    assert window.complaints() == [] and window.wide() == 0
    page.get_by_role("button", name="撤回").click()
    expect(page.get_by_role("status")).to_contain_text("已撤回 hnte-2026")


def test_a_desktop(window: Window) -> None:
    try_it(window)


def test_a_phone(phone: Window) -> None:
    try_it(phone)
