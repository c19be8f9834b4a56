"""An officer, a firm on today's plan, and a phone that can be closed and opened again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext

from models import clock
from models.base import db
from models.firm import Firm, search
from models.user import User
from tests.support.chromium import ARGUMENTS, PHONE
from tests.support.factories import make_contact, make_firm, make_plan_line, make_user
from tests.support.skips import browser_path


@pytest.fixture
def officer(lite_app: Flask) -> User:
    return make_user(role="officer", name="何岸")


@pytest.fixture
def firm(officer: User) -> Firm:
    firm = make_firm("青禾精密制造有限公司")
    make_plan_line(firm, officer, clock.today(), what="看研发费用归集")
    make_contact(firm, name="周明远", phone="15412345678")
    search.refresh([firm.id])
    db.session.commit()
    return firm


@pytest.fixture
def profile(chromium: Chromium, tmp_path: Path) -> Iterator[Any]:
    """Opens the same phone again and again: its storage outlives the browser."""
    opened: list[BrowserContext] = []

    def start() -> BrowserContext:
        context = chromium.browser_type.launch_persistent_context(
            str(tmp_path / "phone"),
            executable_path=browser_path(),
            args=ARGUMENTS,
            viewport=PHONE,  # type: ignore[arg-type]
            locale="zh-CN",
        )
        opened.append(context)
        return context

    yield start
    for context in opened:
        context.close()
