"""The page of all issues as people of each role meet it: counts, filters, columns, views, export."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from models import clock
from models.audit import AuditEntry
from models.base import db
from models.issue.listing import COLUMNS
from models.saved_view import SavedView
from tests.issues import histories
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.issue_factories import make_assignment, make_issue, make_issue_group
from tests.support.page import Page
from tests.support.statements import statements

TODAY = clock.today()
DAY = timedelta(days=1)


def late(**values: Any) -> Any:
    """An issue that is a day late."""
    due = TODAY - DAY
    return make_issue(**{"state": "in_progress", "first_due_on": due, "due_on": due, "yellow_on": due - DAY, **values})


def test_the_list_shows_the_firms_words_the_light_and_both_due_dates(browser: Browser) -> None:
    firm = make_firm("云澜启衡传感科技有限公司")
    issue = late(firm=firm, words="二期红线没调，动不了工", first_due_on=TODAY - 9 * DAY, round=2, level=1)
    page = browser.sign_in(make_user()).open("/issues/")
    row = page.rows("问题名单")[0]
    assert (
        row[1] == issue.number and "“二期红线没调，动不了工”" in row[2] and "第 2 轮" in row[2] and "提级 1" in row[2]
    )
    assert str(issue.due_on) in " ".join(row) and f"原 {issue.first_due_on}" in " ".join(row) and "逾期" in row[-1]
    assert f"/firms/{firm.id}" in page.links(firm.name)


def test_an_unknown_year_is_said_beside_the_date(lite_browser: Browser) -> None:
    late(due_known=False)
    assert "暂按法定节假日推算" in lite_browser.sign_in(make_user()).open("/issues/").text


@pytest.mark.slow
def test_tabs_count_what_their_lists_show(lite_browser: Browser) -> None:
    histories.tell(9, 40)
    late(), late(yellow_on=None, first_due_on=TODAY + 40 * DAY, due_on=TODAY + 40 * DAY)
    lite_browser.sign_in(make_user())
    bare = lite_browser.open("/issues/")
    counted = Page(lite_browser.get("/issues/tabs"))
    links = {node.attributes["href"]: node.text for node in counted.all("a")}
    assert len(links) == 9 and set(links) <= set(bare.links())
    for url, text in links.items():
        shown = lite_browser.open(url).text
        number = int(text.rsplit(" ", 1)[1])
        assert f"{number} 件" in shown, url


def test_filters_without_hits_say_what_to_do(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user())
    assert "还没有问题" in lite_browser.open("/issues/").text
    late()
    page = lite_browser.open("/issues/?words=%E6%B2%A1%E6%9C%89%E8%BF%99%E5%8F%A5")
    assert "没有符合的问题" in page.text and page.links("看全部问题") == ["/issues/"]


def test_columns_are_chosen_in_the_address_and_kept_by_the_filters(lite_browser: Browser) -> None:
    late()
    lite_browser.sign_in(make_user())
    every = "&".join(f"col={column.key}" for column in COLUMNS)
    page = lite_browser.open(f"/issues/?{every}&sort=-due_on")
    assert len(page.rows("问题名单")[0]) == len(COLUMNS) + 2
    kept = [node.attributes["value"] for node in page.all("input", name="col", type="hidden")]
    assert kept == ["firm", *(column.key for column in COLUMNS if column.key != "firm")]


@pytest.mark.slow
def test_what_no_control_shows_is_said(lite_browser: Browser) -> None:
    user, group = make_user(name="何岸"), make_issue_group(name="变压器容量不足")
    issue = late(group_id=group.id, raised_by_id=user.id, round=2, level=1)
    page = lite_browser.sign_in(user).open(
        f"/issues/?group={group.id}&raised_by={user.id}&up=1&again=1&firm={issue.firm_id}"
    )
    for said in ("属于“变压器容量不足”的", "何岸登记的", "提级过的", "重办的", issue.firm.name):
        assert said in page.text
    lite_browser.open("/issues/?firm=999999", status=404)


@pytest.mark.parametrize(
    ("role", "sees"),
    [("officer", 2), ("office", 2), ("manager", 2), ("town", 1), ("handler", None), ("auditor", None),
     ("sysadmin", None)],
)  # fmt: skip
def test_each_role_sees_its_own(role: str, sees: int | None, lite_browser: Browser) -> None:
    late(firm=make_firm(area="青禾街道")), late(firm=make_firm(area="石桥镇"))
    lite_browser.sign_in(make_user(role=role, area="青禾街道" if role == "town" else None))
    answer = lite_browser.get("/issues/")
    assert answer.status_code == (403 if sees is None else 200)
    if sees is not None:
        assert len(lite_browser.open("/issues/").rows("问题名单")) == sees
        assert f"{sees} 件" in lite_browser.open("/issues/").text
        exported = lite_browser.get("/issues/export")
        assert exported.status_code == (200 if role in ("office", "manager") else 403)


def sheet(browser: Browser, url: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(BytesIO(browser.get(url).data))
    return list(book.active.iter_rows(values_only=True))


@pytest.mark.slow
def test_the_export_holds_exactly_what_is_filtered_and_is_noted(browser: Browser) -> None:
    histories.tell(4, 30)
    office = make_user(role="office", name="沈知白")
    issue = late(words="=HYPERLINK(1)", raised_by_id=office.id)
    browser.sign_in(office)
    rows = sheet(browser, "/issues/export?state=open&sort=number")
    page = browser.open("/issues/?state=open&sort=number")
    assert [row[0] for row in rows[2:]] == [row[1] for row in page.rows("问题名单")]
    assert "沈知白" in rows[0][0] and "内部资料" in rows[0][0] and rows[1][0] == "编号"
    mine = next(row for row in rows[2:] if row[0] == issue.number)
    assert mine[5].startswith("'=") and "逾期" in mine[14]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "export")).one()
    assert str(len(rows) - 2) in str(entry.detail) and "open" in str(entry.detail)


def test_only_ticked_rows_are_exported_and_only_visible_ones(lite_browser: Browser) -> None:
    first, _, third = late(), late(), late()
    lite_browser.sign_in(make_user(role="office"))
    rows = sheet(lite_browser, f"/issues/export?id={first.id}&id={third.id}&id=x")
    assert {row[0] for row in rows[2:]} == {first.number, third.number}


def test_a_view_is_saved_shown_as_a_tab_and_given_up(lite_browser: Browser) -> None:
    late()
    user = make_user()
    lite_browser.sign_in(user)
    page = lite_browser.send("/saved-views/issues", {"name": "红灯融资", "query": "light=red&kind=problem"})
    assert "红灯融资" in page.text and page.links("红灯融资") == ["/issues/?light=red&kind=problem"]
    view = db.session.scalars(select(SavedView)).one()
    assert (view.page, view.user_id) == ("issues", user.id)
    lite_browser.send(f"/saved-views/{view.id}/delete")
    assert db.session.scalar(select(SavedView)) is None


@pytest.mark.slow
def test_the_list_sends_as_many_statements_for_thirty_rows_as_for_three(lite_browser: Browser) -> None:
    user = make_user(role="office")
    lite_browser.sign_in(user)
    found: dict[str, list[int]] = {}
    held = 0
    for size in (3, 30):
        for _ in range(size - held):
            issue = late(firm=make_firm(), group_id=make_issue_group().id)
            issue.handler_id = make_assignment(issue).user_id
        held = size
        db.session.commit()
        for url in ("/issues/", "/issues/?light=red&area=0&q=a&words=a", "/issues/tabs", "/issues/export"):
            lite_browser.get(url)
            with statements() as sent:
                assert lite_browser.get(url).status_code == 200
            found.setdefault(url, []).append(len(sent))
    assert {url: counts for url, counts in found.items() if counts[0] != counts[1]} == {}
    assert found["/issues/"][0] <= 11, found
