"""The manager issues the month, on a desktop and on a phone; every page of editions is fit for everyone."""

import pytest
from playwright.sync_api import expect

from models import clock
from models.base import db
from models.report.record import Report
from models.rules import report as rules
from tests.support.chromium import Window
from tests.support.factories import make_firm, make_plan_line, make_user, make_visit
from tests.support.issue_factories import make_issue
from tests.support.report_factories import make_issued, make_report

LAST = rules.before(rules.of_day("month", clock.today()))


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_the_manager_issues_the_month(size: str, request: pytest.FixtureRequest) -> None:
    window: Window = request.getfixturevalue(size)
    manager = make_user(("manager", "office"), name="方启明")
    firm = make_firm("青禾智控")
    for on in (LAST.first, LAST.last):
        make_visit(firm, manager, visit_on=on)
        make_issue(firm, raised_on=on)
    make_plan_line(firm, manager, LAST.last)
    make_issued("month", rules.before(LAST).key)
    report = make_report("month", LAST.key, by=manager, state="in_review")
    db.session.commit()
    number = report.id
    window.sign_in(manager)
    page = window.open(f"/reports/{number}")
    page.get_by_role("link", name="审签", exact=True).click()
    page.get_by_role("button", name="审签", exact=True).click()
    expect(page.get_by_text("已审签，等签发")).to_be_visible()
    page.get_by_role("link", name="签发", exact=True).click()
    expect(page.get_by_text("个数和名单不再变，收件人能看到")).to_be_visible()
    told = window.complaints()
    page.get_by_role("button", name="签发", exact=True).click()
    expect(page.get_by_text("数和名单已冻结")).to_be_visible()
    make_visit(firm, manager, visit_on=LAST.last)
    db.session.commit()
    page.reload()
    expect(page.get_by_text("走访次数：汇报数 2 ＋ 补录 1 − 撤回 0 ＝ 今天数 3")).to_be_visible()
    page.get_by_role("article").get_by_role("link", name="2", exact=True).first.click()
    expect(page.get_by_role("button", name="复制这句话")).to_be_visible()
    assert db.session.get_one(Report, number, populate_existing=True).state == "issued"
    draft = make_report("quarter", rules.before(rules.of_day("quarter", clock.today())).key, by=manager)
    db.session.commit()
    for path in ("/reports/?kind=month", f"/reports/{number}", f"/reports/{number}/rows?slot=visits.count",
                 f"/reports/{number}/since?slot=visits.count", f"/reports/{number}/paper", f"/reports/{draft.id}/edit",
                 f"/reports/{draft.id}", f"/reports/{draft.id}/readers", "/reports/order/month",
                 f"/reports/{number}/explain"):  # fmt: skip
        window.open(path)
        told += [f"{path}: {one}" for one in window.complaints()]
        if window.wide():
            told.append(f"{path} is {window.wide()} too wide")
    assert told == []
