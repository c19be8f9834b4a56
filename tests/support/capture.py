"""Writing visits on a phone as an officer does, for the browser tests of /m/."""

import io
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from models.base import db
from models.user import User
from models.visit import Visit
from tests.support.chromium import Window

TEXT = "新产线试运行，缺两名嵌入式工程师。"


def picture(width: int = 3000, height: int = 2000) -> bytes:
    """A JPEG as a phone's camera makes it: large, lying on its side, with a place where it was taken."""
    data = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    Image.effect_noise((width, height), 40).convert("RGB").save(data, "JPEG", quality=70, exif=exif)
    return data.getvalue()


def ready(page: Page) -> Page:
    expect(page.locator("html[data-ready]")).to_be_attached()
    return page


def until(page: Page, condition: str, argument: object = None) -> None:
    """Wait until a condition holds in the page; the page's own policy forbids the usual way."""
    page.evaluate(
        f"""async (argument) => {{ const holds = {condition};
        for (let left = 200; left; left -= 1) {{
          if (await holds(argument)) return;
          await new Promise((go) => setTimeout(go, 50));
        }}
        throw new Error("never"); }}""",
        argument,
    )


def prepared(phone: Window, officer: User) -> Page:
    """The phone after one visit to the app: the worker is in charge and holds the shell."""
    # The worker's own way of sending goes past what a test puts before the network.
    phone.context.add_init_script("delete ServiceWorkerRegistration.prototype.sync;")
    phone.sign_in(officer)
    page = ready(phone.open("/m/"))
    until(page, "() => navigator.serviceWorker.controller !== null")
    return page


def write(page: Page, address: str, text: str = TEXT, photo: bytes | None = None, firm: str = "青禾") -> None:
    """Write one visit as an officer does and press 保存."""
    page.goto(f"{address}/m/visits/new")
    ready(page)
    page.locator(".firm", has_text=firm).first.click()
    page.get_by_label("情况").fill(text)
    if photo is not None:
        page.locator("#f-photos").set_input_files({"name": "车间.jpg", "mimeType": "image/jpeg", "buffer": photo})
        expect(page.locator(".photos img")).to_have_count(1)
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/m/?saved=1")


def send_now(page: Page) -> None:
    """Press 现在发送, if the page has not sent by itself meanwhile."""
    page.evaluate(
        """() => [...document.querySelectorAll("button")]
        .filter((one) => one.textContent === "现在发送").forEach((one) => one.click())"""
    )


def count(what: Any = Visit) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(what)) or 0


def emptied(page: Page) -> None:
    expect(page.locator("#queue-bar")).to_contain_text("都发出了", timeout=20_000)
