"""The pages of the three lists, editions and figures: what they show, who may take them out, that they ask little."""

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from docx import Document
from flask import Flask
from sqlalchemy import func, select

from models import clock
from models.audit import AuditEntry
from models.base import db
from models.figures import issues
from models.issue.editions import IssueEdition, IssueEditionRow
from models.issue.record import Issue
from models.issue.trace import IssueMove
from tests.issues.histories import LAST, tell
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.issue_factories import make_edition, make_issue, make_issue_class
from tests.support.statements import statements


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day the random histories end on."""
    moment = clock.day_begins(LAST) + timedelta(hours=9)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_the_lists_show_what_is_open_in_the_firms_own_words(lite_browser: Browser) -> None:
    here, there = make_firm(name="云澜精密有限公司"), make_firm(name="澜川传动有限公司")
    make_issue(here, words="贷款额度卡住了", class_id=make_issue_class(name="一般").id)
    make_issue(there, words="厂房分割后证怎么办", raised_on=LAST)
    page = lite_browser.sign_in(make_user(role="office")).open("/issues/lists/")
    assert page.heading == "问题清单"
    rows = page.rows("问题清单")
    assert {row[1] for row in rows} == {"澜川传动有限公司", "云澜精密有限公司"}
    loan = next(row for row in rows if row[1] == "云澜精密有限公司")
    assert "贷款额度卡住了" in loan[2] and loan[3] == "一般"
    assert [row[0] for row in rows] == ["1", "2"]
    # 责任清单 begins with 交办; a past day has only what was raised by then.
    assert "没有已交办" in lite_browser.open("/issues/lists/responsibility").text
    past = lite_browser.open("/issues/lists/problem?on=2026-03-02")
    assert [row[1] for row in past.rows("问题清单")] == ["云澜精密有限公司"]
    assert "当天的清单" in past.text
    lite_browser.open("/issues/lists/nothing", status=404)


def test_an_unreadable_address_is_the_plain_list(lite_browser: Browser) -> None:
    make_issue()
    lite_browser.sign_in(make_user(role="office"))
    for query in ("?on=gestern&which=x&light=?&page=0&sort=a", "?on=2999-01-01", "?page=99", "?topic=99999999999"):
        assert len(lite_browser.open(f"/issues/lists/problem{query}").rows("问题清单")) == 1


@pytest.mark.parametrize("ending", ["xlsx", "docx"])
def test_what_is_exported_is_what_is_shown(lite_app: Flask, lite_browser: Browser, ending: str) -> None:
    tell(41, 30)
    lite_browser.sign_in(make_user(role="office"))
    shown = lite_browser.open("/issues/lists/responsibility?which=all")
    answer = lite_browser.get(f"/issues/lists/responsibility/export.{ending}?which=all")
    assert answer.status_code == 200
    if ending == "xlsx":
        page = openpyxl.load_workbook(io.BytesIO(answer.data)).active
        assert page is not None
        printed = [[cell.value for cell in row] for row in page.iter_rows(min_row=5)]
    else:
        table = Document(io.BytesIO(answer.data)).tables[0]
        printed = [[cell.text for cell in row.cells] for row in table.rows][1:]
    assert [str(row[0]) for row in printed][:50] == [row[0] for row in shown.rows("责任清单")]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "export")).all()[-1]
    assert json.loads(entry.detail)["rows"] == len(printed)
    assert lite_browser.get("/issues/lists/responsibility/export.exe").status_code == 404


def test_only_the_office_takes_lists_out_and_publishes(lite_app: Flask, lite_browser: Browser) -> None:
    make_issue()
    edition = make_edition()
    db.session.commit()
    for role, allowed in (("officer", False), ("town", False), ("office", True), ("manager", True)):
        lite_browser.sign_in(make_user(role=role))
        for url in ("/issues/lists/problem/export.xlsx", "/issues/editions/new", "/issues/figures/export",
                    f"/issues/editions/{edition.id}/export.docx"):  # fmt: skip
            assert (lite_browser.get(url).status_code == 403) == (not allowed), (role, url)
        assert ("发布期次" in lite_browser.open("/issues/lists/").text) == allowed


def test_publishing_keeps_all_three_lists_and_a_second_press_publishes_nothing(browser: Browser) -> None:
    tell(42, 30)
    browser.sign_in(make_user(role="office"))
    page = browser.open("/issues/editions/new?list=problem")
    assert page.heading == "发布问题清单第 1 期"
    form = {"number_problem": "1", "number_responsibility": "1", "number_follow_through": "1", "together": "1"}
    first = browser.post("/issues/editions/new?list=problem", data=form, follow_redirects=True)
    assert "已发布问题清单第 1 期、责任清单第 1 期、落实清单第 1 期" in first.get_data(as_text=True)
    again = browser.post("/issues/editions/new?list=problem", data=form, follow_redirects=True)
    assert "刚刚已经发布过" in again.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(IssueEdition)) == 3
    listed = browser.open("/issues/editions").rows("期次")
    assert {row[0] for row in listed} == {"问题清单第 1 期", "责任清单第 1 期", "落实清单第 1 期"}


def test_an_edition_shows_and_prints_what_changed(lite_browser: Browser) -> None:
    tell(43, 40)
    user = make_user(role="manager")
    lite_browser.sign_in(user)
    first = {"number_problem": "1"}
    lite_browser.post("/issues/editions/new?list=problem", data=first)
    make_issue(words="新来的问题", raised_on=LAST)
    db.session.commit()
    lite_browser.post("/issues/editions/new?list=problem", data={"number_problem": "2"})
    edition = db.session.scalars(select(IssueEdition).order_by(IssueEdition.id.desc())).first()
    assert edition is not None and edition.number == 2
    page = lite_browser.open(f"/issues/editions/{edition.id}")
    assert "已冻结" in page.text and "＋ 新增 1 － 销号 0" in page.text
    narrowed = lite_browser.open(f"/issues/editions/{edition.id}?mark=new")
    rows = narrowed.rows(edition.title)
    assert len(rows) == 1 and rows[0][-1] == "新增" and "新来的问题" in rows[0][2]
    for node in page.all("a", class_="num"):
        if "mark=" in node.attributes["href"]:
            assert len(lite_browser.open(node.attributes["href"]).rows(edition.title)) == int(node.text)
    book = lite_browser.get(f"/issues/editions/{edition.id}/export.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).active
    assert sheet is not None
    said = [str(sheet.cell(row, 1).value) for row in range(1, 5)]
    assert said[0] == edition.title and "对第 1 期" in said[2] and "新增 1 件" in said[2]
    word = Document(io.BytesIO(lite_browser.get(f"/issues/editions/{edition.id}/export.docx").data))
    kept = db.session.scalar(select(func.count()).select_from(IssueEditionRow).filter_by(edition_id=edition.id))
    assert len(word.tables[0]._tbl.tr_lst) == (kept or 0) + 1


def test_a_town_reads_only_its_rows_of_an_edition(lite_browser: Browser) -> None:
    mine, other = make_issue(make_firm(area="石桥镇")), make_issue(make_firm(area="青禾街道"), words="别处的问题")
    edition, elsewhere = make_edition(mine, other), make_edition(other)
    lite_browser.sign_in(make_user(role="town", area="石桥镇"))
    page = lite_browser.open(f"/issues/editions/{edition.id}")
    assert "别处的问题" not in page.text and len(page.rows(edition.title)) == 1
    lite_browser.open(f"/issues/editions/{elsewhere.id}", status=404)
    assert [row[3] for row in lite_browser.open("/issues/editions").rows("期次")] == ["1"]


@pytest.mark.slow
def test_every_number_of_the_figures_opens_into_as_many_rows(lite_app: Flask, lite_browser: Browser) -> None:
    tell(44, 50)
    lite_browser.sign_in(make_user(role="manager"))
    for dimension in ("unit", "person", "area"):
        page = lite_browser.open(f"/issues/figures?by={dimension}&since=2026-02-28")
        opened = [node for node in page.all("a") if "/issues/figures/rows/" in node.attributes.get("href", "")]
        assert len(opened) > 30
        seen = set()
        for node in opened:
            if "%" in node.text or not node.text or node.attributes["href"] in seen:
                continue
            seen.add(node.attributes["href"])
            number = int(node.text.replace(",", "").split("：")[0].split()[0])
            rows = lite_browser.open(node.attributes["href"])
            assert f"共 {number} " in rows.text, (node.attributes["href"], number)
    rate = lite_browser.open("/issues/figures/rows/redone?since=2026-02-28")
    assert "口径" in rate.text and "重办率" in rate.heading


def test_what_one_person_did_is_for_managers(lite_app: Flask, lite_browser: Browser) -> None:
    there = tell(45, 15)
    name = there.people[0].name
    office, manager = make_user(role="office"), make_user(role="manager")
    lite_browser.sign_in(office)
    assert "责任人</a>" not in lite_browser.open("/issues/figures").html
    who = there.people[0].id
    for path in ("?by=person", f"?handler={who}", f"/rows/closed?handler={who}"):
        assert lite_browser.get(f"/issues/figures{path}").status_code == 403
    lite_browser.sign_in(manager)
    assert name in lite_browser.open("/issues/figures?by=person").text


def test_the_figures_can_be_taken_out_with_their_definitions(lite_app: Flask, lite_browser: Browser) -> None:
    tell(46, 30)
    lite_browser.sign_in(make_user(role="office"))
    answer = lite_browser.get("/issues/figures/export?by=topic")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    told = {row[0].value: row[5].value for row in book["指标"].iter_rows(min_row=3)}
    assert told == {figure.name: figure.definition for figure in issues.figures()}
    assert {row[0].value for row in book["按专题"].iter_rows(min_row=3)} <= {"技术", "融资"}
    lite_browser.open("/issues/figures/rows/nothing", status=404)


def test_the_time_in_each_state_is_told(lite_app: Flask, lite_browser: Browser) -> None:
    tell(47, 30)
    lite_browser.sign_in(make_user(role="officer"))
    rows = lite_browser.open("/issues/figures/times").rows("各环节用时")
    assert "办理" in [row[0] for row in rows]
    for address in [link for link in lite_browser.open("/issues/figures/times").links() if "/left." in link]:
        assert "走完" in lite_browser.open(address).heading
    assert "没有走完任何环节" in lite_browser.open("/issues/figures/times?on=2025-01-02").text


@pytest.mark.slow
def test_pages_ask_as_many_statements_for_many_issues_as_for_few(app: Flask, browser: Browser) -> None:
    tell(48, 4)
    user = make_user(role="manager")
    browser.sign_in(user)
    addresses = (
        "/issues/lists/problem?which=all", "/issues/lists/responsibility?which=all", "/issues/lists/follow_through",
        "/issues/figures", "/issues/figures?by=person", "/issues/figures/times", "/issues/figures/rows/closed",
        "/issues/figures/rows/assigned", "/issues/editions",
    )  # fmt: skip
    counted = []
    for number in (0, 60):
        tell(49, number) if number else None
        told = []
        for address in addresses:
            browser.open(address)
            with statements() as sent:
                assert browser.open(address).status == 200
            told.append(len(sent))
        counted.append(told)
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 64
    assert db.session.scalar(select(func.count()).select_from(IssueMove)) > 200  # type: ignore[operator]
    assert counted[0] == counted[1], list(zip(addresses, *counted, strict=True))
    assert max(counted[1]) < 75
