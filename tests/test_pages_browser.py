"""Every page at both sizes in a real browser: axe and the content policy find nothing, nothing is cut."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, template_rendered

from models.rules.access import ROLES
from tests.support.chromium import DESKTOP, PHONE, Window
from tests.support.factories import make_user
from tests.support.routes import every_route

#: Answers that are files or parts of pages, not pages.
NOT_PAGES = ("/healthz", "/readyz", "/static/")


@pytest.fixture
def templates(lite_app: Flask) -> Iterator[list[str]]:
    """Names of the templates rendered so far."""
    seen: list[str] = []

    def note(sender: Any, template: Any, **more: Any) -> None:
        seen.append(template.name)

    template_rendered.connect(note, lite_app)
    yield seen
    template_rendered.disconnect(note, lite_app)


def pages(app: Flask) -> list[tuple[str, str | None]]:
    """(address, role that may open it) of every page; role None for pages before signing in."""
    found = []
    for method, url, permission in every_route(app):
        if method != "GET" or url.startswith(NOT_PAGES):
            continue
        role = None if permission is None else next(role for role in ("office", *ROLES) if permission in ROLES[role])
        found.append((url, role))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_every_page_is_open_to_everyone_and_fits(
    size: str, lite_app: Flask, templates: list[str], request: pytest.FixtureRequest
) -> None:
    window: Window = request.getfixturevalue(size)
    people = {role: make_user(role=role, name="林见山") for role in ROLES}
    checked: set[str] = set()
    wrong = []
    for url, role in pages(lite_app):
        if role is None:
            window.context.clear_cookies()
        else:
            window.sign_in(people[role])
        templates.clear()
        response = window.page.request.get(window.address + url)
        if "text/html" not in response.headers.get("content-type", "") or set(templates) <= checked:
            continue
        checked |= set(templates)
        page = window.open(url)
        if page.locator("h1").count() == 0:
            continue  # a part that a page asks for
        wrong += [f"{size} {url} as {role}: {complaint}" for complaint in window.complaints()]
        # 320 is what a window of 1280 leaves at 400 % (WCAG 2.2, 1.4.10).
        for width in (DESKTOP["width"],) if size == "window" else (PHONE["width"], 320):
            page.set_viewport_size({"width": width, "height": 844})
            if window.wide():
                wrong.append(f"{width} {url} as {role}: {window.wide()} px too wide")
        page.set_viewport_size(DESKTOP if size == "window" else PHONE)  # type: ignore[arg-type]
    assert wrong == []
    assert checked
