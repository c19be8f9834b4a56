"""The firm's own word: links, calls, the three attempts, words added later, taking a matter back."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.errors import Refused
from models.issue.acts import closing, firm_word
from models.issue.acts.actor import Actor
from models.issue.acts.closing import CloseInput
from models.issue.acts.firm_word import CallInput
from models.issue.parts import IssueAnswer, IssueCall, IssueClosing
from models.issue.trace import IssueMove
from models.link import Link, LinkRefused, open_link, use_link
from tests.support.issue_story import (
    MONDAY,
    Cast,
    asked,
    begun,
    closed,
    make_cast,
    proposed,
    raised,
    reviewed,
    trace,
    unanswered,
)

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
IN_VAIN = CallInput(words="无人接听")


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


def test_a_link_is_for_seven_days_and_one_answer_and_the_next_ends_it(cast: Cast) -> None:
    issue, link, token = asked(cast)
    assert issue.state == "awaiting_firm" and issue.asked_on == TODAY
    assert link.expires_at == MONDAY + 7 * DAY and (link.subject, link.subject_id) == ("issue", issue.id)
    assert open_link(token, "issue_firm", MONDAY + 7 * DAY - timedelta(seconds=1)) == link
    with pytest.raises(LinkRefused):
        open_link(token, "issue_firm", MONDAY + 7 * DAY)
    second, again = firm_word.send_link(issue, Actor.of(cast.caller), MONDAY + 7 * DAY)
    assert not link.is_open(MONDAY) and second.is_open(MONDAY + 7 * DAY)
    used = use_link(again, "issue_firm", MONDAY + 8 * DAY)
    firm_word.answer_by_link(issue, Actor.firm(used), MONDAY + 8 * DAY, "yes", 5, "很好")
    with pytest.raises(LinkRefused):
        use_link(again, "issue_firm", MONDAY + 8 * DAY)
    answer = db.session.scalars(select(IssueAnswer)).one()
    assert (answer.how, answer.link_id, answer.solved, answer.attitude) == ("link", second.id, "yes", 5)
    assert issue.state == "in_review" and issue.asked_on == TODAY


def test_the_two_answers_are_both_asked_for(cast: Cast) -> None:
    issue, link, _ = asked(cast)
    firm = Actor.firm(link)
    for solved, attitude, said in (("", 5, "是否已解决"), ("yes", None, "态度"), ("yes", 6, "1 到 5")):
        with pytest.raises(Refused, match=said):
            firm_word.answer_by_link(issue, firm, MONDAY, solved, attitude)
    assert issue.state == "awaiting_firm"


def test_a_firm_does_nothing_but_answer_add_and_ask(cast: Cast) -> None:
    issue, link, _ = asked(cast)
    firm = Actor.firm(link)
    with pytest.raises(Refused):
        closing.close(issue, firm, MONDAY, CloseInput())
    with pytest.raises(Refused):
        firm_word.withdraw(issue, firm, MONDAY)
    move = firm_word.add_words(issue, firm, MONDAY, "还差一台")
    assert (move.by_label, move.via, issue.state) == ("企业", "link", "awaiting_firm")
    firm_word.ask_withdrawal(issue, firm, MONDAY, "不用了")
    with pytest.raises(Refused, match="已经要求"):
        firm_word.ask_withdrawal(issue, firm, MONDAY)
    assert issue.withdrawal_asked_at == MONDAY and issue.state == "awaiting_firm"


def test_a_late_answer_before_the_review_counts_as_the_last(cast: Cast) -> None:
    issue = reviewed(cast, solved="no")
    link, _ = firm_word.send_link(issue, Actor.of(cast.caller), MONDAY)
    firm_word.answer_by_link(issue, Actor.firm(link), MONDAY, "partly", 4, "修好了一半")
    assert issue.state == "in_review"
    found = firm_word.last_answer(issue)
    assert found is not None and found.solved == "partly"


def test_a_call_that_is_refused_leaves_nothing(cast: Cast) -> None:
    issue = proposed(cast)
    with pytest.raises(Refused, match="是否已解决"):
        firm_word.log_call(issue, Actor.of(cast.caller), MONDAY, CallInput(reached=True))
    assert issue.state == "resolution_proposed" and db.session.scalars(select(IssueCall)).all() == []
    assert trace(issue)[-1] == "propose"


def test_a_call_is_by_somebody_outside_and_logged(cast: Cast) -> None:
    issue = proposed(cast)
    for person in (cast.worker, cast.assistant):
        with pytest.raises(Refused, match="承办单位以外的回访人"):
            firm_word.log_call(issue, Actor.of(person), MONDAY, CallInput(reached=True, solved="yes"))
    firm_word.log_call(issue, Actor.of(cast.caller), MONDAY, CallInput(reached=True, solved="yes", words="满意"))
    call, answer = db.session.scalars(select(IssueCall)).one(), db.session.scalars(select(IssueAnswer)).one()
    assert (call.called_by_id, call.handler_id, call.reached) == (cast.caller.id, cast.worker.id, True)
    assert (answer.how, answer.call_id, answer.attitude) == ("call", call.id, None)
    assert issue.state == "in_review" and trace(issue)[-3:] == ["ask_firm", "call", "confirm"]


def test_a_call_is_logged_on_its_day_or_the_next_worked(cast: Cast) -> None:
    issue, _, _ = asked(cast)
    caller, now = Actor.of(cast.caller), MONDAY + 7 * DAY
    friday = MONDAY + 4 * DAY
    with pytest.raises(Refused, match="当天记"):
        firm_word.log_call(issue, caller, now, CallInput(called_at=friday - DAY))
    with pytest.raises(Refused, match="晚于现在"):
        firm_word.log_call(issue, caller, now, CallInput(called_at=now + DAY))
    firm_word.log_call(issue, caller, now, CallInput(called_at=friday))
    assert db.session.scalars(select(IssueCall)).one().called_on == date(2026, 3, 6)


@pytest.mark.parametrize(
    ("about", "said"),
    [("confirm", "还没有申请办结"), ("withdrawal", "没有要求撤回"), ("spot", "还没有销号"), ("x", "为什么")],
)
def test_a_call_is_about_something(cast: Cast, about: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        firm_word.log_call(begun(cast), Actor.of(cast.caller), MONDAY, CallInput(about=about))


def test_three_attempts_on_three_working_days_after_day_28(cast: Cast) -> None:
    issue, _, _ = asked(cast)
    caller = Actor.of(cast.caller)
    # Day 28 is Mon 30 Mar: too early by a day. 4 to 6 Apr rest (清明).
    for days, expected in ((28, 0), (29, 1), (29, 1), (33, 1), (31, 2)):
        if days != 31:
            firm_word.log_call(issue, caller, MONDAY + days * DAY, IN_VAIN)
        else:
            firm_word.log_call(issue, caller, MONDAY + 36 * DAY, IN_VAIN)
        assert (len(firm_word.attempts(issue)), issue.state) == (expected, "awaiting_firm")
    with pytest.raises(Refused, match="现在是“企业确认”，不能“销号”"):
        closing.close(issue, Actor.of(cast.manager), MONDAY + 36 * DAY, CloseInput(answered=False))
    move = firm_word.log_call(issue, caller, MONDAY + 37 * DAY, IN_VAIN)
    assert (move.event, issue.state) == ("unanswered", "in_review")


def test_without_an_answer_it_is_a_category_of_its_own(cast: Cast) -> None:
    issue, at = unanswered(cast)
    boss = Actor.of(cast.manager)
    with pytest.raises(Refused, match="未答复销号"):
        closing.close(issue, boss, at, CloseInput())
    closing.close(issue, boss, at, CloseInput(answered=False))
    row = db.session.scalars(select(IssueClosing)).one()
    assert (row.basis, row.answer_id, row.call1_on, row.call2_on, row.call3_on) == (
        "no_answer", None, date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 2)
    )  # fmt: skip
    assert issue.closing_id == row.id and issue.state == "closed_out"


def test_any_later_word_of_the_firm_opens_it_again(cast: Cast) -> None:
    issue, at = unanswered(cast)
    closing.close(issue, Actor.of(cast.manager), at, CloseInput(answered=False))
    first, later = issue.first_due_on, at + 30 * DAY
    move = firm_word.add_words(issue, Actor.of(cast.officer), later, "企业来电说没解决")
    assert move.event == "add_words" and trace(issue)[-2:] == ["add_words", "reopen"]
    assert (issue.state, issue.round, issue.closing_id, issue.closed_on) == ("in_progress", 2, None, None)
    assert issue.first_due_on == first and issue.due_on == date(2026, 5, 25)
    assert db.session.scalars(select(IssueClosing)).one().undone_at == later
    assert firm_word.attempts(issue) == [] and issue.asked_on is None


def test_words_after_an_answered_closing_are_kept_and_open_nothing(cast: Cast) -> None:
    issue = closed(cast)
    firm_word.add_words(issue, Actor.of(cast.officer), MONDAY, "又有新情况")
    assert issue.state == "closed_out"
    with pytest.raises(Refused, match="现在是“销号”，不能"):
        firm_word.answer_by_link(issue, Actor.firm(db.session.scalars(select(Link)).one()), MONDAY, "no", 1)
    caller = Actor.of(cast.caller)
    closing.reopen(issue, caller, MONDAY, "企业又提出")
    assert issue.state == "in_progress" and issue.round == 2


def test_a_caller_opens_nothing_again_on_their_own(cast: Cast) -> None:
    issue = closed(cast)
    with pytest.raises(Refused, match="抽查不实或企业又提出"):
        closing.reopen(issue, Actor.of(cast.caller), MONDAY, "我觉得没好")
    with pytest.raises(Refused, match="重新打开的理由"):
        closing.reopen(issue, cast.desk, MONDAY, " ")
    closing.reopen(issue, cast.desk, MONDAY, "材料不实")
    assert issue.state == "in_progress"


def test_striking_off_ends_the_links(cast: Cast) -> None:
    issue, link, _ = asked(cast)
    firm_word.answer_by_link(issue, Actor.firm(link), MONDAY, "yes", 5)
    status, _ = firm_word.send_link(issue, Actor.of(cast.caller), MONDAY)
    closing.close(issue, Actor.of(cast.manager), MONDAY, CloseInput())
    assert not status.is_open(MONDAY)


def test_taking_it_back_is_always_phoned(cast: Cast) -> None:
    issue, caller = begun(cast), Actor.of(cast.caller)
    with pytest.raises(Refused, match="没有要求"):
        firm_word.withdraw(issue, caller, MONDAY)
    firm_word.ask_withdrawal(issue, Actor.of(cast.worker), MONDAY, "企业说不用了")
    with pytest.raises(Refused, match="电话核实"):
        firm_word.withdraw(issue, caller, MONDAY)
    firm_word.log_call(issue, caller, MONDAY, CallInput("withdrawal"))
    with pytest.raises(Refused, match="电话核实"):
        firm_word.withdraw(issue, caller, MONDAY)
    with pytest.raises(Refused, match="是否确认"):
        firm_word.log_call(issue, caller, MONDAY, CallInput("withdrawal", reached=True))
    firm_word.log_call(issue, caller, MONDAY, CallInput("withdrawal", reached=True, confirms=True))
    with pytest.raises(Refused, match="承办单位以外"):
        firm_word.withdraw(issue, Actor.of(cast.worker), MONDAY)
    firm_word.withdraw(issue, caller, MONDAY, "企业已自行解决")
    assert (issue.state, issue.ended_on, issue.closing_id, issue.withdrawal_asked_at) == (
        "withdrawn",
        TODAY,
        None,
        None,
    )


def test_a_firm_that_says_no_on_the_telephone_goes_on(cast: Cast) -> None:
    issue, caller = begun(cast), Actor.of(cast.caller)
    firm_word.ask_withdrawal(issue, Actor.of(cast.worker), MONDAY, "企业说不用了")
    firm_word.log_call(issue, caller, MONDAY, CallInput("withdrawal", reached=True, confirms=False, words="没说过"))
    assert issue.withdrawal_asked_at is None and issue.state == "in_progress"
    with pytest.raises(Refused, match="没有要求"):
        firm_word.withdraw(issue, caller, MONDAY)


def test_what_the_firm_was_told_is_kept(cast: Cast) -> None:
    issue = raised(cast)
    move = firm_word.tell(issue, Actor.of(cast.officer), MONDAY, "已受理")
    assert (move.event, issue.told_due_on) == ("tell", None)
    assert IssueMove.list_of(issue.id)[-1].words == "已受理"
