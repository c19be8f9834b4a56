"""Raising, and the simple flow: a small matter in at most five acts; guards refuse in an officer's words."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.base import db
from models.errors import Refused
from models.issue import Issue
from models.issue.acts import closing, firm_word, handling, raising
from models.issue.acts.actor import Actor
from models.issue.acts.closing import CloseInput
from models.issue.acts.firm_word import CallInput
from models.issue.acts.handling import ProposeInput
from models.issue.acts.raising import RaiseInput, close_as_history, drop, from_demand, raise_issue, similar_open
from models.issue.acts.stand import choices_for
from models.issue.parts import IssueAssignment, IssueFile
from models.issue.trace import IssueMove
from models.link import Link
from models.visit.demands import VisitDemand
from tests.support.factories import make_demand, make_firm, make_membership, make_unit, make_user, make_visit
from tests.support.issue_story import MONDAY, Cast, class_of, evidence, make_cast, raised, topic_of, trace

TODAY = date(2026, 3, 2)


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


def test_a_small_matter_takes_five_acts_with_a_link(cast: Cast) -> None:
    acts = 0
    issue = raised(cast, by_myself=True)
    acts += 1
    shows = evidence(cast)
    given_to_firm: list[str] = []
    handling.propose(issue, Actor.of(cast.officer), MONDAY, ProposeInput("当天已借到", visit_ids=[shows]))
    acts += 1
    # The caller of the handling unit may not: another person of another section does.
    link, token = firm_word.send_link(issue, cast.desk, MONDAY)
    given_to_firm.append(token)
    acts += 1
    firm_word.answer_by_link(issue, Actor.firm(link), MONDAY, "yes", 5, "谢谢")
    acts += 1
    closing.close(issue, Actor.of(cast.manager), MONDAY, CloseInput())
    acts += 1
    db.session.commit()
    assert acts <= 5 and issue.state == "closed_out" and issue.closed_on == TODAY
    assert issue.first_due_on == issue.due_on == date(2026, 3, 9)


def test_a_small_matter_takes_four_acts_when_the_link_goes_out_by_itself_or_by_telephone(cast: Cast) -> None:
    brought: list[tuple[int, str]] = []

    def deliver(issue: Issue, token: str) -> bool:
        brought.append((issue.id, token))
        return True

    issue = raised(cast, by_myself=True)
    said = ProposeInput("当天已借到", visit_ids=[evidence(cast)])
    firm_word.propose_and_ask(issue, Actor.of(cast.officer), MONDAY, said, deliver)
    assert issue.state == "awaiting_firm" and brought[0][0] == issue.id and issue.asked_on == TODAY
    link = db.session.scalars(select(Link)).one()
    firm_word.answer_by_link(issue, Actor.firm(link), MONDAY, "yes", 5)
    closing.close(issue, Actor.of(cast.manager), MONDAY, CloseInput())
    assert issue.state == "closed_out"
    other = raised(cast, by_myself=True)
    handling.propose(other, Actor.of(cast.officer), MONDAY, said)
    firm_word.log_call(other, cast.desk, MONDAY, CallInput(reached=True, solved="yes", attitude=4))
    closing.close(other, Actor.of(cast.manager), MONDAY, CloseInput())
    assert other.state == "closed_out"


def test_a_link_that_cannot_be_brought_leaves_nothing(cast: Cast) -> None:
    issue = raised(cast, by_myself=True)
    said = ProposeInput("已借到", visit_ids=[evidence(cast)])
    firm_word.propose_and_ask(issue, Actor.of(cast.officer), MONDAY, said, lambda issue, token: False)
    assert issue.state == "resolution_proposed" and issue.asked_on is None
    assert db.session.scalar(select(func.count()).select_from(Link)) == 0


def test_keeping_it_oneself_leaves_the_whole_trace(cast: Cast) -> None:
    issue = raised(cast, by_myself=True)
    assert trace(issue) == ["raise", "admit", "dispatch", "sign", "start"]
    part = db.session.scalars(select(IssueAssignment)).one()
    assert (part.role, part.user_id, part.unit_id) == ("lead", cast.officer.id, cast.own_unit.id)
    assert (issue.flow, issue.clock_days, issue.handler_id) == ("simple", 5, cast.officer.id)
    assert issue.told_due_on == issue.due_on and issue.next_reply_on is None
    assert issue.yellow_on == date(2026, 3, 6)
    moves = IssueMove.list_of(issue.id)
    assert [move.from_state for move in moves] == [None, "registered", "admitted", "dispatched", "signed_for"]
    assert moves[0].by_id == cast.officer.id and moves[-1].due_after == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words": "  "}, "原话"),
        ({"channel": "visit"}, "哪一次走访"),
        ({"raised_on": TODAY + timedelta(1)}, "晚于今天"),
        ({"kind": "wish"}, "问题还是需求"),
        ({"channel": "pigeon"}, "来源"),
    ],
)
def test_raising_refuses_what_is_missing(cast: Cast, change: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        raised(cast, **change)
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 0


def test_a_visit_and_a_demand_must_be_of_the_firm(cast: Cast) -> None:
    visit = make_visit(make_firm())
    with pytest.raises(Refused, match="不是这家企业的"):
        raised(cast, channel="visit", visit=visit)
    with pytest.raises(Refused, match="不是这家企业的"):
        raised(cast, demand=make_demand(visit))


def test_only_the_simple_flow_can_be_kept_by_the_raiser_and_only_with_a_unit(cast: Cast) -> None:
    with pytest.raises(Refused, match="简易流程"):
        raised(cast, by_myself=True, class_=class_of("standard"))
    lonely = replace(RaiseInput(cast.firm, "缺人", topic_of()), by_myself=True)
    with pytest.raises(Refused, match="所属单位"):
        raise_issue(Actor.of(make_user()), MONDAY, lonely)


def test_who_may_not_raise_does_not(cast: Cast) -> None:
    said = RaiseInput(cast.firm, "缺人", topic_of())
    with pytest.raises(Refused, match="登记"):
        raise_issue(Actor.of(cast.assistant), MONDAY, said)
    assert raise_issue(Actor.of(make_user("town")), MONDAY, said).state == "registered"


def test_a_firm_raises_through_its_link(cast: Cast) -> None:
    link, _ = Link.make("issue_firm", "firm", cast.firm.id, at=MONDAY, by=cast.office, label="王经理")
    issue = raise_issue(Actor.firm(link), MONDAY, RaiseInput(cast.firm, "想招工程师", topic_of(), "link"))
    move = IssueMove.list_of(issue.id)[0]
    assert (issue.raised_by_id, move.by_id, move.by_label, move.via) == (None, None, "王经理", "link")


def test_numbers_run_through_the_year_and_sending_twice_makes_one(cast: Cast) -> None:
    first, second = raised(cast, uuid="a" * 36), raised(cast)
    again = raised(cast, uuid="a" * 36)
    assert [first.number, second.number, again.id] == ["2026-0001", "2026-0002", first.id]
    with pytest.raises(Refused, match="登记过"):
        raise_issue(cast.desk, MONDAY, RaiseInput(cast.firm, "别的", topic_of(), uuid="a" * 36))


def test_the_title_is_the_beginning_of_the_words_unless_given(cast: Cast) -> None:
    long = raised(cast, words="缺一台疲劳试验机" * 10)
    assert len(long.title) == 40 and long.title.endswith("…") and long.words == "缺一台疲劳试验机" * 10
    assert raised(cast, words="第一行\n第二行").title == "第一行"
    assert raised(cast, title=" 借设备 ").title == "借设备"


def test_what_may_be_the_same_is_shown_first(cast: Cast) -> None:
    people = raised(cast, words="招不到嵌入式工程师", topic=topic_of("talent"))
    machine = raised(cast, words="缺一台疲劳试验机，想借高校的用")
    other_firm = replace(cast, firm=make_firm())
    raised(other_firm, words="缺一台疲劳试验机")
    found = similar_open(cast.officer, cast.firm.id, "想借疲劳试验机")
    assert found == [machine, people]
    assert similar_open(cast.officer, cast.firm.id, "想申请政策", topic_of("talent"))[0] == people
    assert similar_open(cast.assistant, cast.firm.id, "想借疲劳试验机") == []


def test_a_demand_becomes_an_issue_once_or_is_kept_or_dropped(cast: Cast) -> None:
    visit = make_visit(cast.firm, visit_on=TODAY - timedelta(2))
    one, two, three, four = (make_demand(visit, words=f"诉求{n}", import_row_id=None) for n in range(4))
    two.import_row_id = 7
    issue = from_demand(Actor.of(cast.officer), MONDAY, one, topic_of())
    assert (issue.words, issue.channel, issue.visit_id, issue.demand_id) == ("诉求0", "visit", visit.id, one.id)
    assert issue.raised_on == visit.visit_on and one.state == "raised"
    taken = from_demand(Actor.of(cast.office), MONDAY, two, topic_of(), kind="demand")
    assert (taken.channel, taken.kind, taken.import_row_id) == ("import", "demand", 7)
    with pytest.raises(Refused):
        from_demand(Actor.of(cast.officer), MONDAY, one, topic_of())
    close_as_history(three, cast.office, MONDAY)
    drop(four, cast.office, MONDAY)
    rows = db.session.scalars(select(VisitDemand).order_by(VisitDemand.id)).all()
    assert [(row.state, row.reason) for row in rows[2:]] == [("kept", "导入前已办结"), ("kept", "不再办理")]
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 2


def test_solved_on_the_spot_still_waits_for_the_firms_word(cast: Cast) -> None:
    visit = make_visit(cast.firm, visit_on=TODAY)
    said = RaiseInput(cast.firm, "不会填申报系统", topic_of(), "visit", visit=visit)
    issue = raising.solved_on_the_spot(Actor.of(cast.officer), MONDAY, said, "现场教会")
    assert issue.state == "resolution_proposed" and issue.result == "现场教会"
    assert [row.visit_id for row in db.session.scalars(select(IssueFile))] == [visit.id]
    with pytest.raises(Refused, match="现在是“申请办结”，不能“销号”"):
        closing.close(issue, Actor.of(cast.manager), MONDAY, CloseInput())


def test_nothing_is_proposed_without_evidence(cast: Cast) -> None:
    issue = raised(cast, by_myself=True)
    with pytest.raises(Refused, match="佐证"):
        handling.propose(issue, Actor.of(cast.officer), MONDAY, ProposeInput("已借到"))
    visit = make_visit(make_firm())
    with pytest.raises(Refused, match="不是这家企业的"):
        handling.propose(issue, Actor.of(cast.officer), MONDAY, ProposeInput("已借到", visit_ids=[visit.id]))
    assert issue.state == "in_progress"


def test_the_page_offers_what_the_table_allows(cast: Cast) -> None:
    issue = raised(cast)
    assert {"admit", "decline", "reclass"} <= set(choices_for(issue, cast.office, MONDAY))
    offered = set(choices_for(issue, cast.officer, MONDAY))
    assert "admit" not in offered and {"attach", "add_words", "ask_withdrawal"} <= offered
    assert set(choices_for(issue, cast.assistant, MONDAY)) == set()


def test_nobody_of_the_handling_unit_sends_the_link_or_phones(cast: Cast) -> None:
    issue = raised(cast, by_myself=True)
    handling.propose(issue, Actor.of(cast.officer), MONDAY, ProposeInput("好了", visit_ids=[evidence(cast)]))
    for person in (cast.officer, cast.caller):
        with pytest.raises(Refused, match="承办单位以外"):
            firm_word.send_link(issue, Actor.of(person), MONDAY)
        with pytest.raises(Refused, match="承办单位以外"):
            firm_word.log_call(issue, Actor.of(person), MONDAY, CallInput(reached=True, solved="yes"))


def test_in_a_bureau_of_two_sections_another_person_is_enough(cast: Cast) -> None:
    issue = raised(cast, by_myself=True)
    handling.propose(issue, Actor.of(cast.officer), MONDAY, ProposeInput("好了", visit_ids=[evidence(cast)]))
    make_unit("综合科").closed_on = TODAY
    db.session.flush()
    with pytest.raises(Refused, match="承办单位以外"):
        firm_word.send_link(issue, Actor.of(cast.officer), MONDAY)
    firm_word.send_link(issue, Actor.of(cast.caller), MONDAY)
    assert issue.state == "awaiting_firm"


def test_the_handler_never_strikes_off(cast: Cast) -> None:
    both = make_user(("officer", "manager"))
    make_membership(both, cast.own_unit)
    said = replace(RaiseInput(cast.firm, "缺人", topic_of()), by_myself=True)
    issue = raise_issue(Actor.of(both), MONDAY, said)
    handling.propose(issue, Actor.of(both), MONDAY, ProposeInput("好了", visit_ids=[evidence(cast)]))
    link, _ = firm_word.send_link(issue, cast.desk, MONDAY)
    firm_word.answer_by_link(issue, Actor.firm(link), MONDAY, "yes", 5)
    with pytest.raises(Refused, match="未经办此事的销号审核人"):
        closing.close(issue, Actor.of(both), MONDAY, CloseInput())
    closing.close(issue, Actor.of(cast.manager), MONDAY, CloseInput())
