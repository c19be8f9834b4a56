"""Pre-review in a real browser: marks and findings at a desk and on a phone, with nothing for axe to find."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from models import clock
from models.base import db
from tests.support.application_factories import make_application, make_finding, make_meeting, make_review_item
from tests.support.chromium import Window
from tests.support.factories import make_firm, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_meeting_is_marked_and_its_findings_ticked_off(lite_app: Flask, window: Window) -> None:
    meeting = make_meeting(None, "陆明远", "顾晚舟", held_on=clock.today())
    firm = make_firm("云澜启衡传感有限公司", area="青禾街道")
    item = make_review_item(meeting, make_application(firm, meeting.batch, stage="pre_review"))
    make_finding(item)
    db.session.commit()
    at, record = f"/applications/meetings/{meeting.id}", f"/applications/{item.application_id}"
    page = window.sign_in(make_user(role="manager")).open(f"{at}/items/{item.id}")
    for name, value in (("知识产权（30）", "24"), ("科技成果转化（30）", "20"), ("研发组织管理（20）", "15")):
        page.get_by_label(name).first.fill(value)
    page.get_by_label("企业成长性（20）").first.fill("12")
    page.get_by_label("结论").select_option("again")
    page.get_by_label("要改的地方").fill("补缴费证明")
    assert window.complaints() == [] and window.wide() == 0
    page.get_by_role("button", name="保存").click()
    expect(page.locator("tbody tr")).to_contain_text("修改后再审")
    for url in ("/applications/meetings", at, f"{at}/agenda", f"{at}/sheet", f"{at}/minutes", record):
        for size in (1440, 390):
            page.set_viewport_size({"width": size, "height": 844})
            window.open(url)
            assert window.complaints() == [] and window.wide() == 0, url
    page.set_viewport_size({"width": 1440, "height": 844})
    page.get_by_label("怎么改的：补缴费证明").fill("已上传")
    page.get_by_role("button", name="改完了：补缴费证明").click()
    expect(page.locator("#review")).to_contain_text("1 条没改完")
