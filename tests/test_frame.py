"""The frame without a browser: what is shown to whom, and what is left when the front end was not built."""

from pathlib import Path

import pytest
from flask import Flask, render_template

from models.base import db
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.page import Page

#: The words of the rail, by role, written by hand (product.md, who does what).
RAIL = {
    "officer": ["工作台", "企业", "梯队", "走访", "清单", "报告", "数据", "设置"],
    "office": ["工作台", "企业", "梯队", "走访", "清单", "报告", "数据", "设置"],
    "manager": ["工作台", "企业", "梯队", "走访", "清单", "报告", "数据", "设置"],
    "town": ["工作台", "企业", "梯队", "走访", "清单", "报告", "设置"],
    "handler": ["工作台", "设置"],
    "sysadmin": ["工作台", "设置"],
    "secadmin": ["工作台", "设置"],
    "auditor": ["工作台", "审计", "设置"],
}


def rail(page: Page) -> list[str]:
    """The words of the rail, top to bottom."""
    found = page.all("nav", class_="rail")[0]
    return [node.text for node in found.walk() if node.tag == "a"]


@pytest.mark.parametrize("role", RAIL)
def test_the_rail_shows_what_the_person_may_use(role: str, lite_browser: Browser) -> None:
    page = lite_browser.sign_in(make_user(role=role)).open("/account/")
    assert rail(page) == RAIL[role]


@pytest.mark.parametrize(
    "url, word",
    [("/firms/", "企业"), ("/funnel/", "梯队"), ("/issues/", "清单"), ("/account/", "设置"), ("/", "工作台")],
)
def test_the_word_of_the_page_is_marked_once(url: str, word: str, lite_browser: Browser) -> None:
    page = lite_browser.sign_in(make_user(role="office")).open(url)
    marked = [node.text for node in page.all("nav", class_="rail")[0].walk() if "aria-current" in node.attributes]
    assert marked == [word]


def test_who_may_see_no_firm_has_no_search_box(lite_browser: Browser) -> None:
    assert lite_browser.sign_in(make_user(role="officer")).open("/account/").field("找企业")
    with pytest.raises(LookupError):
        lite_browser.sign_in(make_user(role="sysadmin")).open("/account/").field("找企业")


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422, 429, 500])
def test_an_error_says_what_happened_and_what_to_do(status: int, lite_app: Flask) -> None:
    with lite_app.test_request_context("/"):
        html = render_template("errors/error.html", status=status, message="")
        page = Page(lite_app.make_response((html, status)), address="/")
    assert page.faults() == []
    assert page.heading != "出错了"
    assert len(page.all("main")[0].text) > len(page.heading) + 10


def test_an_address_that_is_nowhere_answers_404(lite_browser: Browser) -> None:
    assert lite_browser.sign_in(make_user()).open("/nowhere/", status=404).heading == "没有这一页"


def test_bundled_files_are_fetched_once_and_pages_are_never_kept(lite_browser: Browser) -> None:
    page = lite_browser.sign_in(make_user()).open("/")
    files = [node.attributes["href"] for node in page.all("link", rel="stylesheet")]
    if not files:
        pytest.skip("the front end was not built (make assets)")
    assert "immutable" in lite_browser.get(files[0]).headers["Cache-Control"]
    assert lite_browser.get("/static/logo.svg").headers["Cache-Control"] == "no-cache"
    assert lite_browser.get("/").headers["Cache-Control"] == "no-store"


def test_pages_are_whole_when_the_front_end_was_not_built(
    lite_app: Flask, lite_browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_firm(name="拓岳数控有限公司")
    db.session.commit()
    monkeypatch.setattr(lite_app, "static_folder", str(tmp_path))
    page = lite_browser.sign_in(make_user(role="office")).open("/firms/")
    assert "拓岳数控有限公司" in page.text
    assert "static/dist" not in page.html
