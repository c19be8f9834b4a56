"""达标对照 as a page and on the record."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from models import clock
from models.firm.record import Firm
from tests.support.assessment_factories import figures
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_patent, make_user
from tests.support.statements import statements

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def at(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def nearly(**values: Any) -> Firm:
    """A firm six points short of 科技型中小企业."""
    firm = make_firm("云澜启衡传感科技有限公司", **values)
    figures(firm, staff_total_2025=100, tech_staff_2025=30, sales_revenue_2025=1000, total_assets_2025=2000,
            rd_expense_2025=20, cost_and_expense_2025=5000)  # fmt: skip
    for _ in range(4):
        make_patent(firm, kind="utility_model")
    return firm


def test_the_record_says_it_in_words_and_leads_to_the_card(browser: Browser) -> None:
    firm = nearly()
    page = browser.sign_in(make_user()).open(f"/firms/{firm.id}")
    rows = {row[0]: row[1:] for row in page.rows("达标对照")}
    assert rows["科技型中小企业"] == ["差 1 项", "差：综合评价得分"]
    assert rows["高新技术企业"][0] == "不明"
    assert f"/firms/{firm.id}/gap" in page.links()


def test_each_condition_has_value_threshold_source_and_year(browser: Browser) -> None:
    firm = nearly()
    page = browser.sign_in(make_user()).open(f"/firms/{firm.id}/gap")
    row = next(row for row in page.rows("科技型中小企业达到的条件") if row[0].startswith("年销售收入"))
    assert row[1] == "达到" and "1000 万元，要求不超过 20000 万元" in row[2]
    assert "1,000 万元" in row[3] and "2025 年，企业填报，2026-03-01" in row[3]
    assert "按无处理，待核实" in page.text and "问企业就能知道的" in page.text


def test_a_trial_stands_in_the_address_and_moves_the_verdict(browser: Browser) -> None:
    firm = nearly()
    page = browser.sign_in(make_user()).open(f"/firms/{firm.id}/gap?rd_expense_2025=30")
    rows = {row[0]: row for row in page.rows("改了数以后")}
    assert rows["科技型中小企业"][1:4] == ["差 1 项", "已达标 有变化", "54 / 100 → 64 / 100"]
    assert "20 万元 → 30 万元" in page.text
    page = browser.open(f"/firms/{firm.id}/gap?rd_expense_2025=thirty")
    assert "请填数字，现在写的是“thirty”" in page.text and "改了数以后" not in page.text


def test_another_towns_firm_has_no_card(browser: Browser) -> None:
    firm = nearly(area="石桥镇")
    browser.sign_in(make_user("town", area="青禾街道")).open(f"/firms/{firm.id}/gap", 404)
    browser.sign_in(make_user("town", area="石桥镇")).open(f"/firms/{firm.id}/gap")
    browser.sign_in(make_user("sysadmin")).open(f"/firms/{firm.id}/gap", 403)


def test_an_earlier_day_knows_its_own_year(browser: Browser) -> None:
    firm = nearly()
    page = browser.sign_in(make_user()).open(f"/firms/{firm.id}/gap?on=2025-06-30")
    assert "2024 年" in page.text and "这是 2025-06-30" in page.text


def test_the_card_costs_the_same_for_much_as_for_little(browser: Browser) -> None:
    user, counts = make_user(), []
    empty, full = make_firm(), nearly()
    for firm in (empty, full):
        browser.sign_in(user).get(f"/firms/{firm.id}/gap")
        address = f"/firms/{firm.id}/gap"
        with statements() as sent:
            browser.get(address)
        counts.append(len(sent))
    assert counts[1] - counts[0] <= 1 and max(counts) < 25
