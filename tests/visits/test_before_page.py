"""走访前看 as a page: what it says, who reads it; the guard where a visit is planned and written."""

from datetime import date, timedelta

from flask import Flask
from time_machine import travel

from models import clock
from models.base import db
from models.visit.before import cards
from tests.support.assessment_factories import figures
from tests.support.browser import Browser
from tests.support.factories import (
    make_demand,
    make_firm,
    make_patent,
    make_promise,
    make_title,
    make_user,
    make_visit,
)
from tests.support.statements import statements


@travel("2026-11-18 02:00Z", tick=False)
def test_it_says_what_is_owed_asked_and_seen(lite_browser: Browser) -> None:
    firm, officer = make_firm("青禾精密制造有限公司", area="青禾街道"), make_user(name="何岸")
    visit = make_visit(firm, officer, visit_on=date(2026, 11, 10), text="看了新产线")
    make_demand(visit, words="缺两名工程师")
    make_promise(firm, officer, words="周五前答复用地")
    lite_browser.sign_in(officer)
    page = lite_browser.open(f"/visits/before/{firm.id}")
    for said in ("周五前答复用地", "缺两名工程师", "看了新产线", "2025 年", "近期已走访提醒", "8 天前", "可以问"):
        assert said in page.text, said
    assert f"/visits/before/{firm.id}" in lite_browser.open(f"/firms/{firm.id}").links()
    assert "近期已走访提醒" in lite_browser.open(f"/visits/new?firm={firm.id}").text
    assert "何岸" in page.text


def test_a_firm_that_does_not_exist_for_a_person_has_no_page(lite_browser: Browser) -> None:
    firm = make_firm(area="石桥镇")
    make_visit(firm, visit_on=clock.today() - timedelta(days=1))
    lite_browser.sign_in(make_user("town", area="青禾街道")).open(f"/visits/before/{firm.id}", 404)
    lite_browser.sign_in(make_user("town", area="石桥镇")).open(f"/visits/before/{firm.id}")
    lite_browser.sign_in(make_user("sysadmin")).open(f"/visits/before/{firm.id}", 403)


@travel("2026-11-18 02:00Z", tick=False)
def test_what_is_missing_is_what_keeps_the_next_title_open(lite_app: Flask) -> None:
    firm, full, holder = make_firm(), make_firm(), make_firm()
    figures(full, staff_total_2025=100, tech_staff_2025=30, sales_revenue_2025=1000, total_assets_2025=2000,
            rd_expense_2025=60, cost_and_expense_2025=5000)  # fmt: skip
    make_patent(full)
    make_title(holder, "tech_sme", date(2026, 3, 1), date(2026, 12, 31))
    db.session.commit()
    found = cards([firm.id, full.id, holder.id], date(2026, 11, 18))
    assert "2025 年职工总数" in found[firm.id].missing and "2025 年资产总额" in found[firm.id].missing
    assert found[full.id].missing == []
    assert "2025 年高新技术产品（服务）收入" in found[holder.id].missing
    assert not any("专家" in name for name in found[holder.id].missing)


def test_many_cards_cost_as_many_statements_as_one(lite_app: Flask) -> None:
    ids = [make_firm().id for _ in range(6)]
    db.session.commit()
    counts = []
    for some in (ids[:1], ids):
        with statements() as sent:
            cards(some, date(2026, 11, 18))
        counts.append(len(sent))
    assert counts[0] == counts[1]
