"""Firms in a real browser: found by initials, acted on by ticking, refused to another town, and dialled."""

from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import expect

from models.base import db
from models.firm import Firm, writing
from tests.support.chromium import Window
from tests.support.factories import make_area, make_contact, make_title, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def known(name: str, area: str | None = None) -> Firm:
    firm = writing.create(name, "测试")
    if area:
        writing.place([firm], "area", make_area(area).id, date(2020, 1, 1), "person")
    db.session.commit()
    return firm


def test_a_firm_is_found_by_its_initials_from_any_page(lite_app: Flask, window: Window) -> None:
    known("石桥精密铸造有限公司")
    firm = known("云澜启衡传感科技有限公司")
    make_title(firm, "hnte", date(2024, 1, 1))
    page = window.sign_in(make_user()).open("/firms/")
    page.keyboard.press("/")
    page.keyboard.type("qhcg")
    hit = page.locator("#suggest a").first
    expect(hit).to_contain_text("云澜启衡传感科技有限公司")
    expect(hit.locator("mark").first).to_have_text("启衡传感")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("云澜启衡传感科技有限公司")
    assert window.complaints() == [] and window.wide() == 0


def test_ticked_firms_get_a_tag_and_the_bar_never_hides_the_last_row(lite_app: Flask, window: Window) -> None:
    for number in range(30):
        known(f"青禾第{number}号材料有限公司")
    page = window.sign_in(make_user(role="office")).open("/firms/?q=青禾")
    expect(page.locator(".bulk")).to_be_hidden()
    page.locator("input.tick").nth(0).check()
    page.locator("input.tick").nth(29).check()
    expect(page.locator("[data-ticked]")).to_have_text("2")
    last, bar = page.locator("tbody tr").last, page.locator(".bulk")
    last.scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    row, over = last.bounding_box(), bar.bounding_box()
    assert row is not None and over is not None and row["y"] + row["height"] <= over["y"]
    bar.get_by_role("button", name="加标签").click()
    page.get_by_label("标签").fill("低空经济")
    page.locator("main").get_by_role("button", name="加标签").click()
    expect(page.locator(".flash")).to_contain_text("加标签：2 家")
    assert window.complaints() == []


def test_a_filter_applies_as_soon_as_it_is_chosen_and_stays_in_the_address(lite_app: Flask, window: Window) -> None:
    known("石桥精密铸造有限公司", area="石桥镇")
    known("青禾微纳材料有限公司", area="青禾街道")
    page = window.sign_in(make_user()).open("/firms/")
    page.locator("select[name=area]").select_option(label="石桥镇")
    page.wait_for_url("**area=*")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".tabs .count").first).to_have_text("2")
    page.get_by_text("存成视图").first.click()
    page.get_by_label("给现在的筛选起个名字").fill("石桥的")
    page.get_by_role("button", name="存成视图").click()
    expect(page.locator(".tabs [aria-current]")).to_contain_text("石桥的")
    assert window.complaints() == []


def test_a_town_assistant_is_refused_another_towns_firm(lite_app: Flask, window: Window) -> None:
    firm = known("石桥精密铸造有限公司", area="石桥镇")
    known("青禾微纳材料有限公司", area="青禾街道")
    page = window.sign_in(make_user(role="town", area="青禾街道")).open("/firms/")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("main")).not_to_contain_text("石桥精密铸造")
    answer = page.goto(f"{window.address}/firms/{firm.id}")
    assert answer is not None and answer.status == 404
    expect(page.locator("body")).not_to_contain_text("石桥精密铸造")


def test_an_officer_dials_the_contact_of_their_firm(lite_app: Flask, window: Window) -> None:
    firm, officer = known("云澜启衡传感科技有限公司"), make_user()
    writing.assign_officer([firm], "A", officer.id, date(2020, 1, 1))
    make_contact(firm, name="张以安", phone="15400001234")
    page = window.sign_in(officer).open(f"/firms/{firm.id}")
    expect(page.locator("main")).to_contain_text("张** 154****1234")
    page.get_by_role("button", name="拨打").click()
    expect(page.get_by_role("link", name="拨打 15400001234")).to_have_attribute("href", "tel:15400001234")
    assert window.complaints() == []


def test_the_list_and_the_record_fit_a_phone(lite_app: Flask, phone: Window) -> None:
    firm = known("云澜启衡传感科技有限公司")
    make_title(firm, "hnte", date(2024, 1, 1))
    phone.sign_in(make_user())
    for path in (f"/firms/{firm.id}", "/firms/", f"/firms/{firm.id}/edit"):
        phone.open(path)
        assert (phone.wide(), phone.complaints()) == (0, []), path
