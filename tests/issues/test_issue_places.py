"""Issues where officers look anyway: the firm's page and timeline, before a visit, the plan, the workbench."""

from datetime import timedelta

from models import clock
from models.base import db
from models.visit import burden
from models.visit.before import cards
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user, make_visit
from tests.support.issue_factories import make_issue
from tests.support.issue_story import begun, closed, make_cast
from tests.support.statements import statements

NOW = clock.now() - timedelta(minutes=5)
TODAY = clock.today()


def test_the_firms_page_has_open_and_past_ones_and_its_timeline_tells_them(browser: Browser) -> None:
    cast = make_cast()
    open_one, past = begun(cast, at=NOW), closed(cast, at=NOW, words="厂区限高杆挡住货车")
    other = make_issue(make_firm(), title="别家的事")
    page = browser.sign_in(cast.officer).open(f"/firms/{cast.firm.id}")
    assert f"/issues/{open_one.id}" in page.links() and f"/issues/{past.id}" in page.links()
    assert other.title not in page.text and f"/issues/new?firm={cast.firm.id}" in page.links()
    only = browser.open(f"/firms/{cast.firm.id}?kinds=issue").text
    assert f"提出问题 {open_one.number}" in only and f"销号 {past.number}" in only


def test_the_firms_page_asks_as_often_for_many_as_for_one(lite_browser: Browser) -> None:
    firm = make_firm()
    make_issue(firm)
    lite_browser.sign_in(make_user("manager"))
    lite_browser.open(f"/firms/{firm.id}")

    def count() -> int:
        with statements() as sent:
            lite_browser.open(f"/firms/{firm.id}")
        return len(sent)

    before = min(count(), count())
    for number in range(6):
        make_issue(firm, title=f"第 {number} 件")
    assert count() <= before


def test_before_going_the_open_ones_are_there_for_who_may_see_issues(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = begun(cast, at=NOW)
    closed(cast, at=NOW)
    said = cards([cast.firm.id], TODAY, issues=True)[cast.firm.id].issues
    assert len(said) == 1 and issue.title in said[0] and "周予安" in said[0]
    assert cards([cast.firm.id], TODAY)[cast.firm.id].issues == []
    assert issue.title in lite_browser.sign_in(cast.officer).open(f"/visits/before/{cast.firm.id}").text


def test_who_plans_to_come_again_hears_of_open_issues(lite_browser: Browser) -> None:
    cast = make_cast()
    make_visit(cast.firm, cast.officer)
    begun(cast, at=NOW), begun(cast, at=NOW)
    assert burden.of(cast.firm.id, TODAY).issues == 2
    page = lite_browser.sign_in(cast.officer).open(f"/plan/new?firm={cast.firm.id}")
    assert "这家有 2 件在办的问题" in page.text and "合并" in page.text


def test_the_workbench_lists_what_lies_with_me(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = begun(cast, at=NOW)
    issue.yellow_on = TODAY
    db.session.flush()
    page = lite_browser.sign_in(cast.worker).open("/")
    assert [words.startswith(f"{cast.firm.name}：{issue.title}") for words, _ in page.rows("要办的问题")] == [True]
    assert f"/issues/{issue.id}" in page.links()
    assert "要办的问题" not in lite_browser.sign_in(cast.officer).open("/").text
