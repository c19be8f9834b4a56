"""The pages of editions: who reads what, drafting to issuing, numbers that open, what came later."""

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from models import clock
from models.base import db
from models.report import drafting, listing, opening
from models.report.record import Report
from models.rules import report as rules
from tests.support.browser import Browser
from tests.support.factories import (
    make_area,
    make_firm,
    make_membership,
    make_plan_line,
    make_promise,
    make_unit,
    make_user,
    make_visit,
)
from tests.support.issue_factories import make_issue
from tests.support.report_factories import at, issue, make_issued, make_report
from tests.support.statements import statements

LAST = rules.before(rules.of_day("month", clock.today()))


def version_of(page) -> str:
    return next(node.attributes["value"] for node in page.all("input", name="version"))


def test_the_month_goes_from_draft_to_frozen(browser: Browser) -> None:
    office, manager = make_user(role="office"), make_user(role="manager")
    visit = make_visit(make_firm("青禾智控"), office, visit_on=LAST.last)
    browser.sign_in(office)
    page = browser.send("/reports/draft", {"kind": "month", "period": LAST.key, "unit": ""})
    address = page.address
    assert "走访1次" in page.text.replace(" ", "")
    again = browser.send("/reports/draft", {"kind": "month", "period": LAST.key, "unit": ""})
    assert again.address == address and db.session.scalar(select(func.count()).select_from(Report)) == 1
    page = browser.open(f"{address}/edit")
    text = next(node for node in page.all("textarea", name="part_visits")).text
    assert "{走访次数}" in text
    typed = {"version": version_of(page), "title": "十月汇报", "part_visits": "走访 {走访次数} 次，比上期 {没有的数}。"}
    page = browser.send(f"{address}/edit", typed, status=422)
    assert "没有这个数：没有的数" in page.text and "走访 {走访次数} 次" in page.text
    typed["part_visits"] = "共走访 {走访次数} 次，上期 {上期·走访次数} 次。<b>"
    page = browser.send(f"{address}/edit", {**typed, "version": "99"}, status=422)
    assert "刚被别人改过" in page.text
    typed["part_visits"] = "共走访 {走访次数} 次。<b>"
    page = browser.send(f"{address}/edit", typed)
    assert "共走访 1 次。<b>" in page.text
    for who, to, said in (
        (office, "in_review", "已交审"),
        (manager, "signed", "已审签"),
        (manager, "issued", "已签发"),
    ):
        page = browser.sign_in(who).open(f"{address}/to/{to}")
        if to == "issued":
            assert re.search(r"签发后 \d+ 个数和名单不再变", page.text)
        page = browser.send(f"{address}/to/{to}", {"version": version_of(page)})
        assert said in page.text
    page = browser.send(f"{address}/to/issued", {"version": "1"})
    assert "不能这样办" in page.text
    visit = db.session.merge(visit)
    late = make_visit(visit.firm, visit_on=LAST.first)
    visit.firm.name = "改过的名字"
    db.session.commit()
    page = browser.open(address)
    assert "汇报数 1 ＋ 补录 1 − 撤回 0 ＝ 今天数 2" in page.text
    rows = browser.open(f"{address}/rows?slot=visits.count").rows("走访次数")
    assert [row[:2] for row in rows] == [[str(LAST.last), "青禾智控"]]
    since = browser.open(f"{address}/since?slot=visits.count")
    assert [row[0] for row in since.rows("补录")] == [str(late.visit_on)] and len(since.rows("今天数")) == 2
    assert ["走访次数", "1", "1", "0", "2"] in since.rows("对账")
    page = browser.sign_in(office).send(f"{address}/explain", {"words": "一次走访晚记了"})
    assert "差异说明：一次走访晚记了" in page.text
    assert browser.get(f"{address}/edit").status_code == 404


def test_it_goes_back_with_a_reason(browser: Browser) -> None:
    office, manager = make_user(role="office"), make_user(role="manager")
    report = make_report(state="in_review")
    address = f"/reports/{report.id}"
    page = browser.sign_in(manager).open(f"{address}/to/drafted")
    version = version_of(page)
    assert "请写退回的原因" in browser.send(f"{address}/to/drafted", {"version": version}, status=422).text
    assert "已退回" in browser.send(f"{address}/to/drafted", {"version": version, "words": "数要再核"}).text
    assert "退回意见：数要再核" in browser.sign_in(office).open(address).text


def test_numbers_on_the_page_are_those_of_the_command_and_open_into_as_many_rows(browser: Browser) -> None:
    officer = make_user(("office", "officer"))
    for number in range(4):
        firm = make_firm()
        make_visit(firm, officer, visit_on=LAST.first)
        make_issue(firm, raised_on=LAST.first)
        make_plan_line(firm, officer, LAST.last)
        make_promise(firm, officer).due_on = LAST.first
        if number:
            make_visit(firm, officer, visit_on=LAST.last)
    report = make_issued()
    db.session.commit()
    browser.sign_in(officer)
    page = browser.open(f"/reports/{report.id}")
    compared = {row[0]: row[1] for row in page.rows("与上期比")}
    kept = opening.opened(db.session.get_one(Report, report.id), clock.today())
    opened = 0
    for one in kept.main:
        assert compared[one.name] == one.words.split("（")[0]
        if one.value:
            rows = browser.open(f"/reports/{report.id}/rows?slot={one.slot}")
            opened += 1
            assert len(rows.rows(one.name)) == one.value and one.definition in rows.text
    assert opened >= 6 and compared["走访次数"] == "7"


def test_readers_get_what_was_sent_to_them_and_only_rows_of_theirs(browser: Browser) -> None:
    """A town's assistant reads the bureau's month, with its numbers, and sees the rows of the own area."""
    make_area("青禾街道")
    make_area("石桥镇")
    town = make_user(role="town", area="青禾街道")
    unit = make_unit("青禾街道办事处", kind="town")
    make_membership(town, unit)
    other = make_user(role="town", area="石桥镇")
    for name, area in (("青禾智控", "青禾街道"), ("石桥新材", "石桥镇"), ("石桥机电", "石桥镇")):
        make_visit(make_firm(name, area=area), visit_on=LAST.last)
    report = make_report()
    browser.sign_in(town).open(f"/reports/{report.id}", status=404)
    issue(report)
    db.session.commit()
    page = browser.sign_in(town).open(f"/reports/{report.id}")
    assert "走访3次" in page.text.replace(" ", "") and "石桥新材" not in page.html
    rows = browser.open(f"/reports/{report.id}/rows?slot=visits.count")
    assert [row[1] for row in rows.rows("走访次数")] == ["青禾智控"] and "石桥" not in rows.text.replace("石桥镇", "")
    assert "石桥新材" not in browser.open(f"/reports/{report.id}/paper").html
    assert browser.get(f"/reports/{report.id}/download.xlsx").status_code == 200
    browser.sign_in(other).open(f"/reports/{report.id}", status=404)
    for path in ("edit", "to/in_review", "readers", "explain"):
        assert browser.sign_in(town).get(f"/reports/{report.id}/{path}").status_code == 403


def test_an_officer_drafts_the_own_unit_and_no_other(browser: Browser) -> None:
    officer, stranger = make_user(), make_user()
    one, two = make_unit("高企科"), make_unit("成果科")
    make_membership(officer, one)
    make_membership(stranger, two)
    page = browser.sign_in(officer).send("/reports/draft", {"kind": "month", "period": LAST.key, "unit": str(one.id)})
    address = page.address
    assert browser.open(f"{address}/edit").heading.startswith("修改高企科")
    for unit in ("", str(two.id)):
        assert (
            browser.post("/reports/draft", data={"kind": "month", "period": LAST.key, "unit": unit}).status_code == 302
        )
    assert [row.unit_id for row in db.session.scalars(select(Report))] == [one.id]
    assert browser.sign_in(stranger).get(address).status_code == 404


def test_a_missed_month_stays_in_the_list_and_is_drafted_as_late(lite_browser: Browser) -> None:
    browser = lite_browser
    office = make_user(role="office")
    first = rules.before(rules.before(rules.before(LAST)))
    drafting.draft(first, None, None, at(first.last))
    db.session.commit()
    page = browser.sign_in(office).open("/reports/?kind=month")
    missed = rules.before(rules.before(LAST))
    row = next(row for row in page.rows("月汇报") if missed.words in row[0])
    assert row[2] == "缺报" and "缺报" in page.text
    page = browser.send("/reports/draft", {"kind": "month", "period": missed.key, "unit": ""})
    assert "补报" in page.text
    page = browser.open("/reports/?kind=month")
    assert "补报" in next(row for row in page.rows("月汇报") if missed.words in row[0])[2]


def test_missed_periods_are_counted_for_each_that_reports(lite_app) -> None:
    office, unit, member = make_user(role="office"), make_unit("高企科", parent=make_unit("科技局")), make_user()
    make_membership(member, unit, from_on=date(2020, 1, 1))
    drafting.draft(rules.span("month", "2026-06"), None, None, at(date(2026, 7, 1)))
    drafting.draft(rules.span("month", "2026-08"), unit, None, at(date(2026, 9, 1)))
    found = listing.shelf(office, "month", date(2026, 11, 6))
    # The bureau's July, August and September are gone; October may be drafted until that day.
    assert found.missed == 3 + 1
    assert listing.shelf(office, "month", date(2026, 11, 7)).missed == 4 + 2


def test_the_office_orders_the_figures_and_sends_it(browser: Browser) -> None:
    office, reader = make_user(role="office"), make_user(name="林一舟")
    report = make_report()
    page = browser.sign_in(office).open("/reports/order/month")
    first = [node.text for node in page.all("li") if "上移" in node.text or "下移" in node.text]
    browser.send("/reports/order/month/change", {"place": "0", "doing": "down"})
    page = browser.open("/reports/order/month")
    second = [node.text for node in page.all("li") if "上移" in node.text or "下移" in node.text]
    assert first[0].split(" ")[1] == second[1].split(" ")[1] != second[0].split(" ")[1]
    browser.send("/reports/order/month", {"section": "visits", "figure": "visits.again"})
    assert "重复走访企业数" in browser.open(f"/reports/{report.id}").text
    assert "重复的指标" in browser.send("/reports/order/month", {"section": "visits", "figure": "visits.again"}).text
    browser.send("/reports/order/month/change", {"doing": "reset"})
    assert "重复走访企业数" not in browser.open(f"/reports/{report.id}").text
    page = browser.send(f"/reports/{report.id}/readers", {"units": [], "people": [str(reader.id)]})
    assert "收件：林一舟" in page.text


@pytest.mark.parametrize("path", ["/reports/?kind=month", "/reports/{id}", "/reports/{id}/rows?slot=visits.count",
                                  "/reports/{draft}", "/reports/{id}/since?slot=visits.count"])  # fmt: skip
def test_pages_take_as_many_statements_for_many_rows_as_for_few(lite_browser: Browser, path: str) -> None:
    office = make_user(role="office")

    def more(count: int) -> None:
        for _ in range(count):
            make_visit(make_firm(), office, visit_on=LAST.last)
            make_issue(make_firm(), raised_on=LAST.last)

    def sent(addresses: dict[str, int]) -> int:
        lite_browser.open(path.format(**addresses))
        with statements() as found:
            lite_browser.open(path.format(**addresses))
        return len(found)

    lite_browser.sign_in(office)
    more(3)
    early = make_issued("month", LAST.key).id
    more(1)  # came late
    draft = make_report("month", rules.after(LAST).key)
    few = sent({"id": early, "draft": draft.id})
    more(27)
    assert sent({"id": early, "draft": draft.id}) == few
