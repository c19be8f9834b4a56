"""The frame in a real browser: keys, ticks, theme, double submission; and everything of it without script."""

from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from models.base import db
from models.firm import search
from models.user import User
from tests.support.chromium import DESKTOP, Window
from tests.support.factories import make_firm, make_user


def person(**values: Any) -> User:
    """An officer on the list of firms, with three of them."""
    for name in ("禾湾农机有限公司", "拓岳数控有限公司", "青弧焊接设备有限公司"):
        search.refresh([make_firm(name=name).id])
    user = make_user(role="office", name="林见山", **values)
    db.session.commit()
    return user


def test_a_stroke_takes_the_person_to_the_search_box(window: Window) -> None:
    page = window.sign_in(person()).open("/firms/")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()


def test_arrows_walk_through_what_the_search_offers(window: Window) -> None:
    page = window.sign_in(person()).open("/firms/")
    page.locator("#find").press_sequentially("数控")
    expect(page.locator(".suggest a").first).to_contain_text("拓岳数控有限公司")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".suggest a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".suggest a")).to_have_count(0)
    expect(page.locator("#find")).to_be_focused()


@pytest.mark.slow
def test_ticked_rows_bring_the_bar_and_escape_takes_it_away(window: Window) -> None:
    page = window.sign_in(person()).open("/firms/")
    bar = page.locator(".bulk")
    expect(bar).to_be_hidden()
    page.locator("input.tick").nth(0).click()
    page.locator("input.tick").nth(2).click(modifiers=["Shift"])
    expect(bar).to_contain_text("已选 3 家")
    assert page.locator("tr.ticked").count() == 3
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


def test_the_bar_never_covers_the_last_row(window: Window) -> None:
    page = window.sign_in(person()).open("/firms/")
    page.locator("input.tick-all").check()
    page.keyboard.press("End")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    row, bar = page.locator("tbody tr").last.bounding_box(), page.locator(".bulk").bounding_box()
    assert row is not None and bar is not None
    assert row["y"] + row["height"] <= bar["y"]


def test_a_filter_applies_as_soon_as_it_is_chosen(window: Window) -> None:
    page = window.sign_in(person()).open("/firms/")
    expect(page.get_by_role("button", name="筛选", exact=True)).to_be_hidden()
    page.locator("select[name=rung]").select_option("hnte")
    page.wait_for_url("**/firms/?*rung=hnte*")


def test_the_dark_theme_is_there_at_once_and_on_the_next_page(window: Window) -> None:
    user = person(theme="light")
    page = window.sign_in(user).open("/firms/")
    page.locator("details.who > summary").click()
    with page.expect_response("**/account/theme"):
        page.get_by_role("button", name="深色").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert window.open("/").locator("html").get_attribute("data-bs-theme") == "dark"


def test_the_device_decides_when_the_person_did_not(window: Window) -> None:
    page = window.sign_in(person(theme="follow")).open("/firms/")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) != light


def test_pressing_twice_sends_once(window: Window) -> None:
    page = window.sign_in(person()).open("/account/password")
    sent = []
    page.route("**/account/password", lambda route: sent.append(route.request.method))
    page.get_by_role("button", name="换口令").dblclick(no_wait_after=True)
    page.wait_for_timeout(200)
    assert sent == ["POST"]


@pytest.mark.slow
def test_everything_of_the_frame_works_without_script(window: Window, chromium: Chromium) -> None:
    context = chromium.new_context(viewport=DESKTOP, java_script_enabled=False)  # type: ignore[arg-type]
    try:
        bare = Window(window.app, context, window.address).sign_in(person())
        page = bare.open("/firms/")
        page.locator("select[name=rung]").select_option("hnte")
        page.get_by_role("button", name="筛选", exact=True).click()
        assert "rung=hnte" in page.url
        page = bare.open("/firms/")
        expect(page.locator(".bulk")).to_be_visible()
        page.locator("#find").fill("拓岳")
        page.locator("#find").press("Enter")
        expect(page.locator("h1")).to_have_text("拓岳数控有限公司")
        page.locator("details.who > summary").click()
        page.get_by_role("button", name="退出登录").click()
        expect(page.locator("h1")).to_have_text("登录")
    finally:
        context.close()


def test_paper_is_light_and_has_no_frame(window: Window) -> None:
    page = window.sign_in(person(theme="dark")).open("/firms/")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for frame in (".top", ".rail", ".filters", ".page-head .actions"):
        expect(page.locator(frame).first).to_be_hidden()
    expect(page.locator("tbody tr").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_focus_can_be_seen_on_everything_that_takes_it(window: Window, theme: str) -> None:
    page = window.sign_in(person(theme=theme)).open("/firms/")
    unseen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """() => { const at = document.activeElement; const ring = (e) => e && getComputedStyle(e).outlineStyle;
            return [at.outerHTML.slice(0, 90), ring(at), ring(at.closest("label"))] }"""
        )
        if "solid" not in outline[1:]:
            unseen.append(outline[0])
    assert unseen == []
