"""The ladder in a real browser: as of a past date, compared with another, with more cards and with its firms."""

from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import expect

from models.base import db
from models.pool import enter
from models.title import Title
from tests.support.chromium import Window
from tests.support.factories import make_firm, make_pool_type, make_title, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def district() -> None:
    """One firm climbs, one lapses, one waits, one is new, and twenty-five stand still."""
    pool = make_pool_type()
    climber = make_firm(name="云澜启衡传感有限公司", area="青禾街道")
    make_title(climber, "tech_sme", date(2023, 9, 1), date(2023, 12, 31))
    make_title(climber, "hnte", date(2024, 11, 10), date(2027, 11, 10))
    make_title(make_firm(name="云澜禾湾农机有限公司"), "hnte", date(2020, 11, 10), date(2023, 11, 10))
    make_title(make_firm(name="云澜全和流体有限公司"), "hnte", date(2022, 11, 10), date(2025, 11, 10))
    enter([make_firm(name="云澜苇塘食品有限公司").id], pool, date(2024, 3, 1))
    for _ in range(25):
        make_title(make_firm(), "hnte", date(2023, 12, 1), date(2026, 12, 1))
    db.session.commit()


def test_the_ladder_of_a_past_day_compared_with_another_opens_into_its_firms(lite_app: Flask, window: Window) -> None:
    district()
    page = window.sign_in(make_user(role="manager")).open("/funnel/")
    page.get_by_label("时点").fill("2025-11-20")
    page.get_by_label("时点").blur()
    page.wait_for_url("**on=2025-11-20**")
    page.get_by_label("对比").fill("2023-10-01")
    page.get_by_label("对比").blur()
    page.wait_for_url("**since=2023-10-01**")
    hnte = page.locator("#column-hnte")
    expect(hnte.locator(".figures .figure")).to_have_text("26")
    expect(hnte.locator(".subs")).to_contain_text("待续 1")
    moves = page.locator(".moves")
    expect(moves.locator("li", has_text="越级")).to_contain_text("到高新技术企业 1")
    expect(moves.locator("li", has_text="到期未续")).to_contain_text("高新技术企业 1")
    assert window.complaints() == [] and window.wide() == 0
    page.locator("a[aria-label^='科技型中小企业到高新技术企业']").click()
    expect(page.locator("table")).to_contain_text("云澜启衡传感有限公司")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.go_back()
    moves.locator("li", has_text="到期未续").locator(".figure a").click()
    expect(page.locator("table")).to_contain_text("云澜禾湾农机有限公司")


def test_more_cards_come_without_leaving_the_page(lite_app: Flask, window: Window) -> None:
    district()
    page = window.sign_in(make_user(role="officer")).open("/funnel/?on=2025-06-30")
    hnte = page.locator("#column-hnte")
    expect(hnte.locator(".cards > li")).to_have_count(20)
    page.evaluate("window.stayed = true")
    hnte.get_by_text("再看 7 家").click()
    expect(hnte.locator(".cards > li")).to_have_count(27)
    assert page.evaluate("window.stayed") is True
    assert "n_hnte=40" in page.url
    assert window.complaints() == []


def test_the_ladder_fits_a_phone_in_every_view(lite_app: Flask, phone: Window) -> None:
    district()
    phone.sign_in(make_user(role="office"))
    for view in ("board", "table", "matrix"):
        phone.open(f"/funnel/?on=2025-06-30&since=2023-10-01&view={view}")
        assert phone.complaints() == [], view
        assert phone.wide() == 0, view


def test_titles_are_recorded_in_the_browser(lite_app: Flask, window: Window) -> None:
    firm = make_firm(name="云澜澄明光电有限公司")
    page = window.sign_in(make_user(role="officer")).open(f"/titles/new?firm_id={firm.id}")
    page.get_by_label("资质").select_option(label="高新技术企业")
    page.get_by_label("发证日期").fill("2024-11-10")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("h1")).to_have_text("高新技术企业")
    expect(page.locator("main")).to_contain_text("2027-11-10")
    assert len(db.session.scalars(db.select(Title)).all()) == 1
    assert window.complaints() == []
