"""The whole table: desk, signing and objecting, replies, extensions, parking, slips, escalation, explaining."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import file
from models.base import db
from models.errors import NotFound, Refused
from models.issue import Issue
from models.issue.acts import deciding, desk, firm_word, handling
from models.issue.acts.actor import Actor
from models.issue.acts.desk import AssistInput, DispatchInput, suggestions
from models.issue.acts.handling import ProposeInput
from models.issue.parts import IssueAssignment, IssueExtension, IssueFile, IssueSlip
from models.issue.trace import IssueMove
from models.link import Link
from tests.support.factories import make_absence, make_unit, make_user
from tests.support.issue_factories import make_outside_handler
from tests.support.issue_story import (
    MONDAY,
    Cast,
    begun,
    class_of,
    evidence,
    given,
    make_cast,
    parked,
    raised,
    to_worker,
    topic_of,
    trace,
)

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


def test_the_office_gives_it_to_one_person_and_the_first_date_is_set(cast: Cast) -> None:
    issue = given(cast, assist=True)
    parts = db.session.scalars(select(IssueAssignment).order_by(IssueAssignment.id)).all()
    assert [(part.role, part.unit_id, part.user_id) for part in parts] == [
        ("lead", cast.lead_unit.id, cast.worker.id), ("assist", cast.assist_unit.id, cast.assistant.id)
    ]  # fmt: skip
    assert (parts[0].due_on, parts[1].due_on, parts[0].sign_due_on) == (
        date(2026, 3, 23), date(2026, 3, 5), date(2026, 3, 3)
    )  # fmt: skip
    assert (issue.first_due_on, issue.due_on, issue.flow, issue.clock_days) == (
        date(2026, 3, 23), date(2026, 3, 23), "standard", 15
    )  # fmt: skip
    assert issue.sign_due_on == date(2026, 3, 3) and issue.yellow_on == date(2026, 3, 4)
    assert issue.leader_id == cast.manager.id and trace(issue) == ["raise", "admit", "dispatch"]
    move = IssueMove.list_of(issue.id)[-1]
    assert (move.unit_id, move.person_id, move.due_before, move.due_after) == (
        cast.lead_unit.id, cast.worker.id, None, date(2026, 3, 23)
    )  # fmt: skip


def test_giving_refuses_what_is_missing(cast: Cast) -> None:
    issue, good = raised(cast), to_worker(cast)
    closed = make_unit("旧科", closed_on=TODAY)
    stranger = make_user("auditor")
    outside = make_outside_handler(cast.assist_unit)
    cases: list[tuple[DispatchInput, str]] = [
        (replace(good, class_=None), "类别"),
        (replace(good, unit=None), "牵头单位"),
        (replace(good, unit=closed), "已撤销"),
        (replace(good, user=None), "一位责任人"),
        (replace(good, unit=cast.assist_unit, outside=outside), "一位责任人"),
        (replace(good, leader=None), "牵头领导"),
        (replace(good, measures=" "), "解决措施"),
        (replace(good, assists=[AssistInput(cast.lead_unit)]), "不能同时是协办"),
        (replace(good, assists=[AssistInput(cast.assist_unit)] * 2), "重复"),
        (replace(good, user=stranger), "不能办理问题"),
        (replace(good, user=None, outside=outside), "不是高新科的人"),
    ]
    desk.admit(issue, cast.desk, MONDAY)
    for wrong, said in cases:
        with pytest.raises(Refused, match=said):
            desk.give(issue, cast.desk, MONDAY, wrong)
    assert issue.state == "admitted" and issue.due_on is None
    for person in (cast.officer, cast.worker, cast.assistant):
        with pytest.raises(Refused, match="只能由综合科"):
            desk.dispatch(issue, Actor.of(person), MONDAY, good)


def test_a_giving_that_is_refused_leaves_it_registered(cast: Cast) -> None:
    issue = raised(cast)
    with pytest.raises(Refused, match="牵头领导"):
        desk.dispatch(issue, cast.desk, MONDAY, replace(to_worker(cast), leader=None))
    assert issue.state == "registered" and issue.class_id is None and trace(issue) == ["raise"]


def test_a_class_edited_later_changes_nothing_of_what_was_given(cast: Cast) -> None:
    issue = given(cast)
    class_of("standard").clock_days = 99
    class_of("standard").flow = "simple"
    db.session.flush()
    assert (issue.flow, issue.clock_days, issue.due_on) == ("standard", 15, date(2026, 3, 23))


def test_not_accepted_ends_with_a_reason_and_is_no_closing(cast: Cast) -> None:
    issue = raised(cast)
    with pytest.raises(Refused, match="理由"):
        desk.decline(issue, cast.desk, MONDAY, " ")
    desk.decline(issue, cast.desk, MONDAY, "企业不在本区")
    assert (issue.state, issue.ended_on, issue.end_reason, issue.closed_on) == ("declined", TODAY, "企业不在本区", None)
    with pytest.raises(Refused, match="现在是“不予受理”"):
        desk.admit(issue, cast.desk, MONDAY)


def test_classing_again_before_it_is_given(cast: Cast) -> None:
    issue = raised(cast)
    desk.admit(issue, cast.desk, MONDAY, class_of("standard"))
    move = desk.reclass(issue, cast.desk, MONDAY, class_of("supervised"), topic_of("finance"))
    assert (issue.class_id, issue.topic_id, move.words) == (
        class_of("supervised").id, topic_of("finance").id, "重大、融资"
    )  # fmt: skip
    class_of("simple").active = False
    with pytest.raises(Refused, match="停用"):
        desk.reclass(issue, cast.desk, MONDAY, class_of("simple"))


def test_only_the_named_person_signs_or_the_deputy_while_away(cast: Cast) -> None:
    issue = given(cast)
    for person in (cast.officer, cast.office, cast.manager, cast.assistant):
        with pytest.raises(Refused, match="“签收”只能由责任人"):
            handling.sign(issue, Actor.of(person), MONDAY)
    deputy = make_user()
    make_absence(cast.worker, deputy, from_on=TODAY, to_on=TODAY)
    with pytest.raises(Refused):
        handling.sign(issue, Actor.of(deputy), MONDAY + 2 * DAY)
    handling.sign(issue, Actor.of(deputy), MONDAY)
    assert issue.state == "signed_for" and issue.signed_on == TODAY and issue.yellow_on == date(2026, 3, 18)


def test_objecting_is_settled_once_and_then_final(cast: Cast) -> None:
    issue, worker = given(cast), Actor.of(cast.worker)
    with pytest.raises(Refused, match="退办的理由"):
        handling.object(issue, worker, MONDAY, "")
    handling.object(issue, worker, MONDAY, "不归我们")
    assert issue.state == "objected" and issue.sign_due_on == TODAY
    desk.settle_objection(issue, cast.desk, MONDAY + DAY, "由高新科办")
    assert (issue.state, issue.sign_due_on, issue.due_on) == ("dispatched", date(2026, 3, 4), date(2026, 3, 23))
    with pytest.raises(Refused, match="不能再退"):
        handling.object(issue, worker, MONDAY + DAY, "还是不归我们")
    part = db.session.scalars(select(IssueAssignment)).one()
    assert (part.objection, part.settlement, part.settled_by_id) == ("不归我们", "由高新科办", cast.office.id)


def test_an_objection_may_send_it_to_another_who_may_object_again(cast: Cast) -> None:
    issue = given(cast, assist=True)
    handling.object(issue, Actor.of(cast.worker), MONDAY, "不归我们")
    other = replace(to_worker(cast), unit=cast.own_unit, user=cast.officer)
    with pytest.raises(Refused, match="一位责任人"):
        desk.settle_objection(issue, cast.desk, MONDAY, "改派", replace(other, user=None))
    desk.settle_objection(issue, cast.desk, MONDAY, "改派企业服务科", other)
    parts = db.session.scalars(select(IssueAssignment).order_by(IssueAssignment.id)).all()
    assert [part.ended_at is None for part in parts] == [False, False, True]
    assert issue.handler_id == cast.officer.id and issue.first_due_on == date(2026, 3, 23)
    handling.object(issue, Actor.of(cast.officer), MONDAY, "也不归我们")
    with pytest.raises(Refused):
        handling.sign(issue, Actor.of(cast.worker), MONDAY)


def test_nobody_settles_their_own_objection(cast: Cast) -> None:
    issue = raised(cast)
    desk.dispatch(issue, cast.desk, MONDAY, replace(to_worker(cast), unit=make_unit("综合科"), user=cast.office))
    handling.object(issue, cast.desk, MONDAY, "不归我们")
    with pytest.raises(Refused, match="另一位同事"):
        desk.settle_objection(issue, cast.desk, MONDAY, "还是我们办")
    desk.settle_objection(issue, Actor.of(cast.manager), MONDAY, "综合科办")


def test_given_to_another_person_the_dates_stay_and_links_end(cast: Cast) -> None:
    outside = make_outside_handler(cast.assist_unit)
    issue = raised(cast)
    first = replace(to_worker(cast), unit=cast.assist_unit, user=None, outside=outside)
    desk.dispatch(issue, cast.desk, MONDAY, first)
    link, _ = firm_word.send_handler_link(issue, cast.desk, MONDAY)
    found = firm_word.holder_of(link)
    assert found == (issue, outside) and link.is_open(MONDAY)
    with pytest.raises(Refused, match="改派的理由"):
        desk.reassign(issue, cast.desk, MONDAY + DAY, to_worker(cast), "")
    desk.reassign(issue, cast.desk, MONDAY + DAY, to_worker(cast), "人员调整")
    assert (issue.handler_id, issue.outside_id, issue.due_on) == (cast.worker.id, None, date(2026, 3, 23))
    assert firm_word.holder_of(link) is None and not db.session.get_one(Link, link.id).is_open(MONDAY + DAY)


def test_an_outside_handler_does_their_one_issue_through_a_link(cast: Cast) -> None:
    outside = make_outside_handler(cast.assist_unit)
    issue, other = raised(cast), given(cast)
    to = replace(to_worker(cast), unit=cast.assist_unit, user=None, outside=outside)
    desk.dispatch(issue, cast.desk, MONDAY, to)
    link, _ = firm_word.send_handler_link(issue, cast.desk, MONDAY)
    actor = Actor.outside(link, outside)
    handling.sign(issue, actor, MONDAY)
    handling.start(issue, actor, MONDAY, "55550102")
    handling.ask_extension(issue, actor, MONDAY, date(2026, 4, 1), "等计划")
    move = handling.propose(issue, actor, MONDAY, ProposeInput("已办", visit_ids=[evidence(cast)]))
    assert (move.by_id, move.by_label, move.via) == (None, outside.name, "link")
    with pytest.raises(Refused):
        handling.sign(other, actor, MONDAY)
    asked = db.session.scalars(select(IssueExtension)).one()
    assert (asked.asked_by_id, asked.asked_label) == (None, outside.name)
    again, _ = firm_word.send_handler_link(issue, cast.desk, MONDAY + DAY)
    assert not link.is_open(MONDAY + DAY) and again.is_open(MONDAY + DAY)


def test_no_link_for_one_who_has_an_account(cast: Cast) -> None:
    with pytest.raises(Refused, match="不用发链接"):
        firm_word.send_handler_link(given(cast), cast.desk, MONDAY)


def test_beginning_says_how_the_firm_was_reached(cast: Cast) -> None:
    issue, worker = given(cast), Actor.of(cast.worker)
    handling.sign(issue, worker, MONDAY)
    with pytest.raises(Refused, match="办公电话"):
        handling.start(issue, worker, MONDAY, "")
    with pytest.raises(Refused, match="早于交办"):
        handling.start(issue, worker, MONDAY, "55550101", TODAY - DAY)
    move = handling.start(issue, worker, MONDAY, "55550101", TODAY, "约了周三上门")
    assert move.words == "办公电话 55550101；约了周三上门"
    assert (issue.told_due_on, issue.next_reply_on) == (date(2026, 3, 23), date(2026, 3, 11))
    assert db.session.scalars(select(IssueAssignment)).one().first_contact_on == TODAY


def test_replies_move_the_next_date(cast: Cast) -> None:
    issue, worker = begun(cast), Actor.of(cast.worker)
    assert issue.yellow_on == date(2026, 3, 11)
    handling.interim_reply(issue, worker, MONDAY + 8 * DAY, "已联系三所高校")
    assert issue.next_reply_on == date(2026, 3, 24) and issue.yellow_on == date(2026, 3, 18)
    with pytest.raises(Refused, match="办到哪一步"):
        handling.interim_reply(issue, worker, MONDAY, " ")
    simple = begun(cast, "simple")
    handling.interim_reply(simple, worker, MONDAY, "在办")
    assert simple.next_reply_on is None


def test_an_assisting_unit_answers_for_itself(cast: Cast) -> None:
    issue = given(cast, assist=True)
    with pytest.raises(Refused, match="“协办答复”只能由协办人"):
        handling.assist_answer(issue, Actor.of(cast.worker), MONDAY, "同意")
    handling.assist_answer(issue, Actor.of(cast.assistant), MONDAY, "可以发引才通知")
    part = db.session.scalars(select(IssueAssignment).where(IssueAssignment.role == "assist")).one()
    assert part.answer == "可以发引才通知" and part.answered_at == MONDAY
    with pytest.raises(Refused, match="“签收”只能由责任人"):
        handling.sign(issue, Actor.of(cast.assistant), MONDAY)


def test_an_extension_is_asked_in_time_and_granted_by_another(cast: Cast) -> None:
    issue, worker = begun(cast), Actor.of(cast.worker)
    late = MONDAY + timedelta(days=21)
    with pytest.raises(Refused, match="最晚是 2026-03-20"):
        handling.ask_extension(issue, worker, late, date(2026, 4, 3), "等批复")
    friday = MONDAY + timedelta(days=18)
    handling.ask_extension(issue, worker, friday, date(2026, 4, 3), "等批复")
    with pytest.raises(Refused, match="还没有批"):
        handling.ask_extension(issue, worker, friday, date(2026, 4, 4), "等批复")
    for person in (cast.worker, cast.office, cast.officer):
        with pytest.raises(Refused):
            deciding.decide_extension(issue, Actor.of(person), friday, True)
    move = deciding.decide_extension(issue, Actor.of(cast.manager), friday, True, "同意")
    assert (move.due_before, move.due_after) == (date(2026, 3, 23), date(2026, 4, 3))
    assert (issue.first_due_on, issue.due_on, issue.extensions) == (date(2026, 3, 23), date(2026, 4, 3), 1)
    assert issue.told_due_on == date(2026, 3, 23)
    firm_word.tell(issue, worker, friday, "已电话告知")
    assert issue.told_due_on == date(2026, 4, 3)
    with pytest.raises(Refused, match="没有待批"):
        deciding.decide_extension(issue, Actor.of(cast.manager), friday, True)


def test_an_extension_refused_says_why_and_counts_for_nothing(cast: Cast) -> None:
    issue, boss = begun(cast), Actor.of(cast.manager)
    handling.ask_extension(issue, Actor.of(cast.worker), MONDAY, date(2026, 4, 3), "等批复")
    with pytest.raises(Refused, match="请写理由"):
        deciding.decide_extension(issue, boss, MONDAY, False)
    deciding.decide_extension(issue, boss, MONDAY, False, "可以先办")
    assert (issue.extensions, issue.due_on) == (0, date(2026, 3, 23))


def test_at_most_two_extensions(cast: Cast) -> None:
    issue, worker, boss = begun(cast), Actor.of(cast.worker), Actor.of(cast.manager)
    for until in (date(2026, 4, 3), date(2026, 4, 10)):
        handling.ask_extension(issue, worker, MONDAY, until, "等批复")
        deciding.decide_extension(issue, boss, MONDAY, True)
    with pytest.raises(Refused, match="最多 2 次"):
        handling.ask_extension(issue, worker, MONDAY, date(2026, 4, 20), "等批复")


def test_a_manager_who_handles_it_grants_themselves_nothing(cast: Cast) -> None:
    issue = raised(cast)
    boss = Actor.of(cast.manager)
    desk.dispatch(issue, cast.desk, MONDAY, replace(to_worker(cast), user=cast.manager))
    handling.sign(issue, boss, MONDAY)
    handling.ask_extension(issue, boss, MONDAY, date(2026, 4, 3), "忙")
    with pytest.raises(Refused, match="未经办此事"):
        deciding.decide_extension(issue, boss, MONDAY, True)
    handling.start(issue, boss, MONDAY, "55550101")
    with pytest.raises(Refused, match="未经办此事"):
        deciding.park(issue, boss, MONDAY, "等", date(2026, 3, 20))


def test_parked_is_planned_and_not_closed(cast: Cast) -> None:
    issue = parked(cast, until=date(2026, 4, 1))
    assert (issue.state, issue.outcome, issue.parked_until, issue.due_on) == (
        "parked", "planned", date(2026, 4, 1), date(2026, 4, 1)
    )  # fmt: skip
    assert issue.first_due_on == date(2026, 3, 23) and issue.is_open and issue.yellow_on == date(2026, 3, 27)
    boss = Actor.of(cast.manager)
    with pytest.raises(Refused, match="最晚是 2026-04-01"):
        deciding.park(issue, boss, MONDAY, "等", date(2026, 4, 2))
    deciding.park(issue, boss, MONDAY + DAY, "还在等", date(2026, 4, 2))
    handling.interim_reply(issue, Actor.of(cast.worker), MONDAY + DAY, "指标还没下来")
    handling.unpark(issue, Actor.of(cast.worker), MONDAY + 2 * DAY, "指标下来了")
    assert (issue.state, issue.parked_until, issue.outcome) == ("in_progress", None, None)
    assert issue.next_reply_on == date(2026, 3, 18)


def test_one_matter_one_slip(cast: Cast) -> None:
    issue, boss = begun(cast, "supervised"), Actor.of(cast.manager)
    deciding.slip(issue, boss, MONDAY, "due_soon", "请抓紧")
    with pytest.raises(Refused, match="一事一单"):
        deciding.slip(issue, boss, MONDAY, "due_soon")
    deciding.slip(issue, boss, MONDAY, "reply_missed")
    rows = db.session.scalars(select(IssueSlip).order_by(IssueSlip.id)).all()
    assert [(row.colour, row.why, row.about_on) for row in rows] == [
        ("blue", "due_soon", issue.due_on), ("yellow", "reply_missed", issue.next_reply_on)
    ]  # fmt: skip
    with pytest.raises(Refused, match="简易流程没有“督办单”"):
        deciding.slip(begun(cast, "simple"), boss, MONDAY, "due_soon")
    worker = Actor.of(cast.worker)
    deciding.answer_slip(issue, worker, MONDAY, rows[0].id, "已排周三上门")
    with pytest.raises(Refused, match="已经答复过"):
        deciding.answer_slip(issue, worker, MONDAY, rows[0].id, "再答")
    with pytest.raises(NotFound):
        deciding.answer_slip(begun(cast), worker, MONDAY, rows[1].id, "别人的")


def test_going_up_leaves_the_dates(cast: Cast) -> None:
    issue, chief = begun(cast, "supervised"), make_user("manager", name="区领导")
    with pytest.raises(Refused, match="提级的理由"):
        deciding.escalate(issue, Actor.of(cast.manager), MONDAY)
    before = issue.due_on
    move = deciding.escalate(issue, Actor.of(cast.manager), MONDAY, "跨部门", leader=chief)
    assert (issue.level, issue.leader_id, issue.due_on) == (1, chief.id, before)
    assert move.words == "跨部门；上一级 2026-03-12 前办结" and move.person_id == chief.id


def test_explained_ends_and_is_no_closing(cast: Cast) -> None:
    issue = begun(cast)
    with pytest.raises(Refused, match="未经办此事的督办人"):
        deciding.explain(issue, Actor.of(cast.worker), MONDAY, "没有这项政策")
    deciding.explain(issue, Actor.of(cast.manager), MONDAY, "国家没有这项政策")
    assert (issue.state, issue.outcome, issue.ended_on, issue.closing_id) == ("explained", "explained", TODAY, None)
    other = parked(cast)
    deciding.explain(other, Actor.of(cast.manager), MONDAY, "指标不下来了")
    assert other.parked_until is None


def test_the_same_evidence_is_kept_once(cast: Cast) -> None:
    issue, worker, shows = begun(cast), Actor.of(cast.worker), evidence(cast)
    stored = file.store(b"%PDF-1.4", "合同.pdf", "application/pdf", owner_table="issue", at=MONDAY)
    for _ in range(2):
        handling.attach(issue, worker, MONDAY, file=stored)
    handling.propose(issue, worker, MONDAY, ProposeInput("已办", visit_ids=[shows, shows], file_ids=[stored.id]))
    rows = db.session.scalars(select(IssueFile).order_by(IssueFile.id)).all()
    assert [(row.file_id, row.visit_id) for row in rows] == [(stored.id, None), (None, shows)]
    with pytest.raises(Refused, match="一个文件，或一次走访"):
        handling.attach(issue, worker, MONDAY)


def test_the_desk_is_told_who_usually_answers(cast: Cast) -> None:
    given(cast)
    given(cast)
    issue = raised(cast)
    desk.dispatch(issue, cast.desk, MONDAY, replace(to_worker(cast), unit=cast.own_unit, user=cast.officer))
    found = suggestions(topic_of().id)
    assert [(row.unit_id, row.user_id, row.number) for row in found] == [
        (cast.lead_unit.id, cast.worker.id, 2), (cast.own_unit.id, cast.officer.id, 1)
    ]  # fmt: skip
    assert suggestions(topic_of("finance").id) == []


def test_what_a_person_is_given_they_see(cast: Cast) -> None:
    issue = given(cast, assist=True)
    seen = db.session.scalars(Issue.visible_to(cast.assistant)).all()
    assert [row.id for row in seen] == [issue.id]
