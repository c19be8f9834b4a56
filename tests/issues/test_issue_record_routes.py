"""The record of an issue and 我的: who sees what, which acts are offered, what a refusal keeps, evidence."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from models import clock
from models.base import db
from models.issue import Issue
from models.issue.acts import deciding, desk, handling
from models.issue.acts.actor import Actor
from models.rules.issue import MOVES, STEPS
from tests.support.browser import Browser
from tests.support.factories import make_area, make_firm, make_user
from tests.support.issue_factories import make_issue
from tests.support.issue_story import (
    asked,
    begun,
    closed,
    given,
    make_cast,
    parked,
    proposed,
    raised,
    reviewed,
    trace,
    unanswered,
)  # fmt: skip
from tests.support.statements import statements

NOW = clock.now() - timedelta(minutes=5)


def url(issue: Issue, event: str = "") -> str:
    return f"/issues/{issue.id}" + (f"/do/{event}" if event else "")


def test_the_head_says_who_what_state_and_what_next(browser: Browser) -> None:
    cast = make_cast()
    issue = begun(cast, at=NOW)
    page = browser.sign_in(cast.worker).open(url(issue))
    for said in (cast.firm.name, "周予安", "办理", "申请办结", issue.words, str(issue.due_on), "正常"):
        assert said in page.text


STORIES: dict[str, Any] = {
    "registered": raised, "dispatched": given, "in_progress": begun, "resolution_proposed": proposed,
    "in_review": reviewed, "closed_out": closed,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("state", STORIES)
def test_every_act_that_is_offered_opens_and_its_form_is_whole(lite_browser: Browser, state: str) -> None:
    cast = make_cast()
    issue = STORIES[state](cast, at=NOW)
    assert issue.state == state
    for person in (cast.officer, cast.office, cast.manager, cast.caller, cast.worker):
        page = lite_browser.sign_in(person).open(url(issue))
        for link in page.links():
            if link.startswith(f"{url(issue)}/") and "/files/" not in link:
                assert lite_browser.open(link).all("form")


def test_every_event_of_a_person_has_its_page() -> None:
    from crm.views.issues.doing import DOINGS
    from crm.views.issues.record import ELSEWHERE

    events = {event for move in MOVES.values() for event in move.events} | set(STEPS)
    by_machine_or_call = {"raise", "ask_firm", "confirm", "unanswered", "spot_draw", "recompute", "hand_over"}
    assert events - by_machine_or_call == set(DOINGS) | set(ELSEWHERE)
    assert not set(DOINGS) & set(ELSEWHERE)


def test_what_a_handler_does_from_signing_to_proposing(browser: Browser) -> None:
    cast = make_cast()
    issue = given(cast, at=NOW)
    browser.sign_in(cast.worker)
    assert issue.title in browser.open("/issues/mine").text
    browser.send(url(issue, "sign") + "?from=mine")
    browser.send(url(issue, "start"), {"phone": "55550101", "contacted_on": str(clock.today()), "words": ""})
    browser.send(url(issue, "reply"), {"words": "高校答应排期"})
    paper = {"words": "已借到设备", "outcome": "solved", "files": (BytesIO(b"%PDF-1.4 a"), "借用协议.pdf")}
    page = browser.send(url(issue, "propose"), paper)
    assert "借用协议.pdf" in page.text and "已借到设备" in page.text
    issue = db.session.get_one(Issue, issue.id)
    assert issue.state == "resolution_proposed" and trace(issue)[-5:] == ["sign", "start", "reply", "attach", "propose"]
    name = next(link for link in page.links() if "/files/" in link)
    assert browser.get(name).data == b"%PDF-1.4 a"
    assert lite_refused(browser, make_user("handler"), name) == 404


def lite_refused(browser: Browser, user: Any, where: str) -> int:
    return browser.sign_in(user).get(where).status_code


def test_a_refusal_is_said_in_words_and_keeps_what_was_typed(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = begun(cast, at=NOW)
    lite_browser.sign_in(cast.worker)
    page = lite_browser.send(url(issue, "propose"), {"words": "已经办好，请看", "outcome": "solved"}, 422)
    assert "佐证" in page.text and "已经办好，请看" in page.text
    early = {"new_due_on": str(clock.today() - timedelta(days=9)), "words": "等设备到货"}
    page = lite_browser.send(url(issue, "ask_extension"), early, 422)
    assert "新期限要晚于" in page.text and "等设备到货" in page.text
    assert db.session.get_one(Issue, issue.id).state == "in_progress"


def test_an_act_out_of_turn_is_refused_kindly(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = begun(cast, at=NOW)
    page = lite_browser.sign_in(cast.worker).open(url(issue, "sign"))
    assert "您不能“签收”" in page.text
    page = lite_browser.send(url(issue, "object"), {"words": "不归我管"}, 422)
    assert "不能" in page.text and "不归我管" in page.text
    assert db.session.get_one(Issue, issue.id).state == "in_progress"


def test_an_address_that_leads_nowhere_is_not_found(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = closed(cast, at=NOW)
    lite_browser.sign_in(cast.caller)
    assert lite_browser.get(url(issue, "spot_result")).status_code == 404
    assert lite_browser.get(url(issue, "nothing")).status_code == 404


def test_the_record_leads_the_office_and_the_manager_to_their_pages(lite_browser: Browser) -> None:
    cast = make_cast()
    new = raised(cast, NOW)
    links = lite_browser.sign_in(cast.office).open(url(new)).links()
    assert {f"{url(new)}/{page}" for page in ("dispatch", "class", "decline")} <= set(links)
    issue = begun(cast, at=NOW)
    assert issue.due_on is not None
    lite_browser.sign_in(cast.manager)
    assert f"{url(issue)}/extension" not in lite_browser.open(url(issue)).links()
    later = issue.due_on + timedelta(days=20)
    handling.ask_extension(issue, Actor.of(cast.worker), NOW, later, "等设备")
    assert f"{url(issue)}/extension" in lite_browser.open(url(issue)).links()
    deciding.decide_extension(issue, Actor.of(cast.manager), NOW, True)
    page = lite_browser.open(url(issue))
    assert "延期 1 次" in page.text and f"原 {issue.first_due_on}" in page.text


def test_a_content_firm_lets_the_reviewer_strike_off_with_one_button(lite_browser: Browser) -> None:
    cast = make_cast()
    plain, unhappy = reviewed(cast, "simple", NOW), reviewed(cast, "simple", NOW, solved="partly")
    whole = reviewed(cast, "standard", NOW)
    lite_browser.sign_in(cast.manager)
    word = "四问都“是”，销号"
    assert [word in lite_browser.open(url(row)).text for row in (plain, unhappy, whole)] == [True, False, False]
    assert word not in lite_browser.sign_in(cast.worker).open(url(plain)).text
    page = lite_browser.sign_in(cast.manager).open(url(whole))
    assert page.links("销号审核") == [f"{url(whole)}/review"]
    four = dict.fromkeys(("solved", "answered", "in_touch", "satisfied"), "yes")
    page = lite_browser.sign_in(cast.manager).send(f"{url(plain)}/review", {**four, "verdict": "close", "words": ""})
    assert db.session.get_one(Issue, plain.id).state == "closed_out" and "企业链接确认" in page.text


def test_a_call_is_logged_and_a_slip_answered(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = proposed(cast, at=NOW)
    lite_browser.sign_in(cast.caller)
    data = {"about": "confirm", "reached": "y", "solved": "yes", "attitude": "5", "words": "谢谢"}
    page = lite_browser.send(url(issue, "call"), data)
    assert "已解决" in page.text and db.session.get_one(Issue, issue.id).state == "in_review"
    second = begun(cast, at=NOW)
    deciding.slip(second, Actor.of(cast.manager), NOW, "due_soon", "抓紧")
    page = lite_browser.sign_in(cast.worker).open(url(second))
    slip = second.id and next(link for link in page.links() if "answer_slip" in link)
    form = lite_browser.open(str(slip))
    number = next(node.attributes["value"] for node in form.all("option"))
    lite_browser.send(str(slip), {"slip_id": number, "words": "今天办完"})
    assert "答复：今天办完" in lite_browser.open(url(second)).text


def test_who_has_nothing_to_do_with_it_does_not_find_it(lite_browser: Browser) -> None:
    issue = make_issue()
    for role in ("handler", "sysadmin", "secadmin", "auditor"):
        lite_browser.sign_in(make_user(role))
        assert lite_browser.get(url(issue)).status_code == 404
        assert lite_browser.post(url(issue, "reply"), data={"words": "x"}).status_code == 404
    make_area("青禾街道")
    town = make_user("town", area="青禾街道")
    assert lite_browser.sign_in(town).get(url(issue)).status_code == 404


def test_a_handler_sees_nothing_but_what_was_given_to_them(lite_browser: Browser) -> None:
    cast = make_cast()
    mine, other = given(cast, at=NOW, assist=True), raised(cast, NOW, words="另一家的另一件事")
    lite_browser.sign_in(cast.assistant)
    page = lite_browser.open("/")
    assert page.heading == "我的" and mine.title in page.text and "另一件事" not in page.text
    page = lite_browser.open(url(mine))
    assert "协办" in page.text and f"/firms/{cast.firm.id}" not in page.links()
    assert lite_browser.get(url(other)).status_code == 404
    lite_browser.send(url(mine, "assist_answer"), {"words": "场地可以先用"})
    assert "场地可以先用" in lite_browser.open(url(mine)).text


@pytest.mark.slow
def test_every_state_has_its_page(lite_browser: Browser) -> None:
    cast = make_cast()
    lite_browser.sign_in(cast.manager)
    issue, _ = unanswered(cast)
    for row in (issue, parked(cast), asked(cast)[0], closed(cast)):
        assert lite_browser.open(url(row)).heading == row.title
    declined = raised(cast, NOW)
    desk.decline(declined, cast.desk, NOW, "不归科技局管")
    assert "不归科技局管" in lite_browser.open(url(declined)).text


def test_the_record_and_mine_take_a_fixed_number_of_statements(lite_browser: Browser) -> None:
    cast = make_cast()
    first = begun(cast, at=NOW)
    lite_browser.sign_in(cast.worker)
    lite_browser.open(url(first))

    def count(where: str) -> int:
        with statements() as sent:
            lite_browser.open(where)
        return len(sent)

    before = count(url(first)), count("/issues/mine")
    for _ in range(4):
        handling.interim_reply(first, Actor.of(cast.worker), NOW, "又谈了一次")
        begun(cast, at=NOW)
        given(cast, at=NOW, firm=make_firm())
    assert (count(url(first)), count("/issues/mine")) == before
