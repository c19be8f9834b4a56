"""A real browser before the real application: one Chromium per worker, a fresh window per test."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from models.base import db
from models.user import User
from tests.support.browser import Browser
from tests.support.skips import browser_path

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
WATCH = """
window.tiduViolations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.tiduViolations.push(event.violatedDirective + " " + event.blockedURI));
"""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class Window:
    """A window of the browser, on a desktop or a phone."""

    def __init__(self, app: Flask, context: BrowserContext, address: str) -> None:
        self.app, self.context, self.address = app, context, address
        context.add_init_script(WATCH)
        context.set_default_timeout(10_000)
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def sign_in(self, user: User) -> "Window":
        """Be this person, without the sign-in page."""
        client = Browser(self.app).sign_in(user).client
        cookie = client.get_cookie("tidu")
        assert cookie is not None
        self.context.add_cookies([{"name": "tidu", "value": cookie.value, "url": self.address}])
        return self

    def open(self, path: str) -> Page:
        """Go to a page of the application."""
        db.session.commit()
        self.page.goto(self.address + path)
        return self.page

    def complaints(self) -> list[str]:
        """What axe finds on the page (its colours in the dark too), what the policy refused, what failed in scripts."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        told = self._axe("{}")
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        told += [f"dark {one}" for one in self._axe('{runOnly: ["color-contrast"]}')]
        self.page.emulate_media(color_scheme="light")
        return told + list(self.page.evaluate("window.tiduViolations || []")) + self.errors

    def _axe(self, options: str) -> list[str]:
        found: list[dict[str, Any]] = self.page.evaluate(f"async () => (await axe.run(document, {options})).violations")
        return [f"{one['id']}: {node['target']} {node['html'][:160]}" for one in found for node in one["nodes"]]

    def wide(self) -> int:
        """By how many pixels the page is wider than the window; 0 when it fits."""
        return int(self.page.evaluate("Math.max(0, document.documentElement.scrollWidth - window.innerWidth)"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Chromium, started once."""
    path = browser_path()
    if path is None:
        pytest.skip("no browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def live(lite_app: Flask) -> Iterator[str]:
    """The application's address on this machine while the test runs."""
    server = make_server("127.0.0.1", 0, lite_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def window(lite_app: Flask, live: str, chromium: Chromium) -> Iterator[Window]:
    """A window of 1440 × 900."""
    context = chromium.new_context(viewport=DESKTOP, locale="zh-CN")  # type: ignore[arg-type]
    yield Window(lite_app, context, live)
    context.close()


@pytest.fixture
def phone(lite_app: Flask, live: str, chromium: Chromium) -> Iterator[Window]:
    """A window of 390 × 844 with touch."""
    context = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="zh-CN")  # type: ignore[arg-type]
    yield Window(lite_app, context, live)
    context.close()
