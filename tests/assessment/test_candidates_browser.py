"""申报候选 and 到期预警 in a real browser: a manager builds the batch from candidates; a phone reads both."""

from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import expect

from models import clock
from models.base import db
from tests.assessment.test_candidates import district
from tests.assessment.test_gap_routes import nearly
from tests.support.application_factories import make_application_batch
from tests.support.chromium import Window
from tests.support.factories import make_title, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def at(lite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def build_it(window: Window) -> None:
    """From the chart to the firms of a bar, two of them into the batch."""
    for _ in range(3):
        nearly()
    batch = make_application_batch("tech_sme")
    db.session.commit()
    page = window.sign_in(make_user("manager")).open("/candidates/?regime=tech_sme")
    assert window.complaints() == [] and window.wide() == 0
    page.get_by_text("看数字").first.click()
    assert window.complaints() == [] and window.wide() == 0
    page.get_by_role("link", name="差 1 项 3 家").click()
    expect(page.get_by_text("共 3 家")).to_be_visible()
    boxes = page.locator("tbody input.tick")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="列入申报批次").click()
    page.locator("[name=batch_id]").select_option(str(batch.id))
    page.locator("main form").get_by_role("button", name="列入").first.click()
    expect(page.get_by_role("status")).to_contain_text("2 家列入")


def test_a_manager_builds_the_batch_from_candidates(window: Window) -> None:
    build_it(window)


def test_and_on_a_phone(phone: Window) -> None:
    build_it(phone)


def test_the_radar_reads_well_on_a_desktop_and_a_phone(window: Window, phone: Window) -> None:
    for firm in district(6):
        make_title(firm, "hnte", date(2024, 1, 5), date(2027, 1, 5))
    make_title(nearly(), "tech_sme", date(2026, 8, 1), date(2026, 12, 31))
    db.session.commit()
    for one in (window, phone):
        one.sign_in(make_user("manager"))
        for tab in ("ending", "pending", "ticket"):
            one.open(f"/radar/?tab={tab}")
            assert one.complaints() == [] and one.wide() == 0, tab
