"""The board of issues: counts that are its lists, cards, moves as the table gives them, keys and drag."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from models import clock
from models.base import db
from models.issue import Issue, board
from models.issue.acts.stand import choices_for
from models.issue.choices import choices_of
from models.issue.filters import IssueFilter
from models.issue.listing import columns_of, joined
from tests.issues import histories
from tests.support.browser import Browser
from tests.support.chromium import Window
from tests.support.factories import make_firm, make_membership, make_unit, make_user
from tests.support.issue_factories import make_issue
from tests.support.issue_parts import make_closed
from tests.support.issue_story import asked, begun, closed, given, make_cast, parked, raised, reviewed
from tests.support.statements import statements

TODAY = clock.today()
DAY = timedelta(days=1)


@pytest.mark.slow
def test_choices_of_many_are_those_of_each_alone(app: Flask) -> None:
    cast, at = make_cast(), clock.now()
    for make in (raised, given, begun, asked, reviewed, closed, parked):
        make(cast, at=at)
    histories.tell(6, 40)
    people = [cast.officer, cast.office, cast.manager, cast.caller, cast.worker, cast.assistant, make_user(role="town")]
    for unit in ("企业服务科", "高新科"):
        make_membership(people[1], make_unit(unit))
    for setting_of in people:
        query = joined(db.select(*columns_of(TODAY).values(), Issue.raised_by_id).select_from(Issue))
        rows = db.session.execute(query).all()
        found = choices_of(rows, setting_of, at)
        assert len(found) == 47
        for issue in db.session.scalars(db.select(Issue)):
            assert found[issue.id] == choices_for(issue, setting_of, at), (setting_of.name, issue.state)


def numbers(page: str) -> list[int]:
    """The figures of the columns, left to right."""
    found = re.findall(r'<span class="figure">(?:<[^>]*>)?([\d,]+)', page)
    return [int(text.replace(",", "")) for text in found]


def test_columns_count_what_their_lists_show_and_cards_come_page_by_page(browser: Browser) -> None:
    histories.tell(12, 60)
    for _ in range(20):
        make_issue(make_firm())
    first = TODAY.replace(day=1)
    make_closed(TODAY), make_closed(first - DAY)
    user = make_user(role="office")
    page = browser.sign_in(user).open("/issues/board")
    found = board.load(user, IssueFilter(), clock.now(), TODAY, {})
    for column, shown in zip(board.COLUMNS, numbers(page.html), strict=True):
        wanted = [
            issue for issue in db.session.scalars(db.select(Issue))
            if issue.state in column.states and (column.key != "closed" or issue.closed_on >= first)
        ]  # fmt: skip
        assert found.count(column) == len(wanted) == shown, column.key
        assert len(found.cards[column.key]) == min(len(wanted), board.CARDS)
        for state in column.states if len(column.states) > 1 else ():
            assert found.states[state] == len([issue for issue in wanted if issue.state == state])
    give = found.count(board.COLUMNS[0])
    assert f"还有 {give - 15} 件，再看 {min(give - 15, 15)} 件" in page.text
    more = browser.open("/issues/board?n_give=30")
    assert len([node for node in more.all("li") if "data-card" in node.attributes]) > len(
        [node for node in page.all("li") if "data-card" in node.attributes]
    )


def test_every_state_that_is_open_has_its_column() -> None:
    from models.rules.issue import OPEN

    assert set(board.COLUMN_OF) == {*OPEN, "closed_out"}


def test_a_card_offers_the_moves_of_its_person_only(lite_browser: Browser) -> None:
    cast, at = make_cast(), clock.now()
    issue = reviewed(cast, at=at)
    lite_browser.sign_in(cast.manager)
    page = lite_browser.open("/issues/board")
    links = {node.text: node.attributes.get("data-to") for node in page.all("a") if "data-to" in node.attributes}
    assert (
        links["销号"] == "closed" and links["重办"] == "work" and f"/issues/{issue.id}/do/close" in page.links("销号")
    )
    lite_browser.sign_in(cast.worker)
    page = lite_browser.open("/issues/board")
    assert [node for node in page.all("a") if node.attributes.get("data-to") == "closed"] == []


@pytest.mark.slow
def test_the_board_sends_as_many_statements_for_much_as_for_little(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="manager"))
    counts = []
    for number in (25, 60):
        histories.tell(number, number)
        for url in ("/issues/board", "/issues/board?n_give=60&n_work=60"):
            lite_browser.get(url)
        with statements() as sent:
            assert lite_browser.get("/issues/board").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 20, counts


@pytest.mark.slow
def test_a_card_is_moved_by_key_and_by_drag(window: Window) -> None:
    cast = make_cast(make_firm("云澜启衡传感科技有限公司"))
    issue = reviewed(cast, at=clock.now())
    window.sign_in(cast.manager)
    page = window.open("/issues/board")
    page.get_by_role("link", name="云澜启衡传感科技有限公司").focus()
    page.keyboard.press("m")
    expect(page.locator(".board details[open] a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".board details[open]")).to_have_count(0)
    page.locator("[data-card]").drag_to(page.locator("#column-closed"))
    page.wait_for_url(f"**/issues/{issue.id}/review")


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_pages_of_issues_are_fit_to_be_used_by_everyone(size: str, request: pytest.FixtureRequest) -> None:
    window: Window = request.getfixturevalue(size)
    cast, at = make_cast(make_firm("云澜启衡传感科技有限公司", area="青禾街道")), clock.now()
    issues = [make(cast, at=at) for make in (raised, given, begun, reviewed, closed)]
    parked(cast, at)
    begun(cast, at=at - timedelta(days=60))
    boss = make_user(role=("office", "manager"), name="陆问渠")
    window.sign_in(boss)
    told = {}
    one, two, three, four, _ = (issue.id for issue in issues)
    for path in (
        "/issues/", "/issues/?state=open&col=handler&col=area&col=round", "/issues/board", "/issues/desk",
        "/issues/supervise", "/issues/review", "/issues/slips", "/issues/spot", "/issues/groups", "/issues/groups/new",
        f"/issues/{one}/dispatch", f"/issues/{one}/decline", f"/issues/{two}/reassign", f"/issues/{three}/park",
        f"/issues/{three}/slip", f"/issues/{three}/escalate", f"/issues/{four}/review",
    ):  # fmt: skip
        page = window.open(path)
        for fold in page.locator("details.rest > summary").all():
            fold.click()
        told[path] = (window.complaints(), window.wide())
    assert {path: found for path, found in told.items() if found != ([], 0)} == {}
