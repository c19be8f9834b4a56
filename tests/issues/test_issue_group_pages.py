"""A common cause on pages: an issue leads to it, and only who answers for it is asked for the answer."""

from tests.support.browser import Browser
from tests.support.factories import make_user
from tests.support.issue_factories import make_issue, make_issue_group
from tests.support.issue_story import make_cast


def test_the_record_leads_to_its_common_cause(lite_browser: Browser) -> None:
    cast, group = make_cast(), make_issue_group()
    issue = make_issue(cast.firm, group_id=group.id)
    page = lite_browser.sign_in(cast.officer).open(f"/issues/{issue.id}")
    assert f"/issues/groups/{group.id}" in page.links() and group.name in page.text


def test_only_who_answers_for_the_cause_gets_the_form_with_its_count(lite_browser: Browser) -> None:
    cast = make_cast()
    group = make_issue_group(person_id=cast.worker.id)
    make_issue(cast.firm, group_id=group.id)
    address = f"/issues/groups/{group.id}/answer"
    for person in (cast.worker, cast.office):
        assert "在办 1 件" in lite_browser.sign_in(person).open(address).text
    town = make_user("town", areas=[cast.firm.area] if cast.firm.area else [])
    for person in (cast.officer, town):
        assert lite_browser.sign_in(person).get(address).status_code == 404
        assert lite_browser.send(address, {"answer": "增容已批"}, 404).status == 404
