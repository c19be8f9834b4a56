"""The review: return, redo, strike off; rounds; spot checks; many at a time; common causes."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from models import file, setting
from models.base import db
from models.errors import NotFound, Refused
from models.issue import Issue
from models.issue.acts import bulk, closing, common, deciding, desk, firm_word, handling
from models.issue.acts.actor import Actor
from models.issue.acts.closing import CloseInput
from models.issue.acts.firm_word import CallInput
from models.issue.acts.handling import ProposeInput
from models.issue.parts import IssueClosing, IssueFile, IssueSlip, SpotCheck
from models.link import Link
from tests.support.factories import make_firm, make_user
from tests.support.issue_story import (
    MONDAY,
    Cast,
    begun,
    class_of,
    closed,
    evidence,
    make_cast,
    parked,
    proposed,
    raised,
    reviewed,
    to_worker,
    topic_of,
    trace,
    unanswered,
)

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


def test_striking_off_asks_four_questions_and_keeps_the_answers(cast: Cast) -> None:
    issue, boss = reviewed(cast), Actor.of(cast.manager)
    with pytest.raises(Refused, match="四个问题"):
        closing.close(issue, boss, MONDAY, CloseInput(in_touch=None))
    with pytest.raises(Refused, match="说明"):
        closing.close(issue, boss, MONDAY, CloseInput(in_touch=False))
    closing.close(issue, boss, MONDAY, CloseInput(in_touch=False, words="企业先来催的"))
    row = db.session.scalars(select(IssueClosing)).one()
    assert (row.solved, row.answered, row.in_touch, row.satisfied, row.note) == (
        True,
        True,
        False,
        True,
        "企业先来催的",
    )
    assert (row.basis, row.reviewer_id, row.handler_id) == ("link", cast.manager.id, cast.worker.id)


def test_what_the_firm_says_is_not_solved_is_never_struck_off(cast: Cast) -> None:
    issue, boss = reviewed(cast, solved="no"), Actor.of(cast.manager)
    with pytest.raises(Refused, match="没有解决，不能销号"):
        closing.close(issue, boss, MONDAY, CloseInput())
    closing.redo(issue, boss, MONDAY + 7 * DAY, "企业不认可")
    assert (issue.state, issue.round, issue.first_due_on, issue.due_on) == (
        "in_progress", 2, date(2026, 3, 23), date(2026, 3, 30)
    )  # fmt: skip
    assert (issue.proposed_on, issue.outcome, issue.asked_on) == (None, None, None)
    # The evidence of the first round does not carry the second.
    with pytest.raises(Refused, match="佐证"):
        handling.propose(issue, Actor.of(cast.worker), MONDAY + 8 * DAY, ProposeInput("又办了"))


def test_only_a_reviewer_who_did_not_handle_it(cast: Cast) -> None:
    issue = reviewed(cast)
    for person in (cast.worker, cast.office, cast.caller, cast.assistant):
        for act in (lambda who: closing.close(issue, who, MONDAY, CloseInput()),
                    lambda who: closing.redo(issue, who, MONDAY, "重办"),
                    lambda who: closing.review_return(issue, who, MONDAY, "补材料")):  # fmt: skip
            with pytest.raises(Refused, match="销号审核人"):
                act(Actor.of(person))


def test_who_handled_it_once_never_reviews_it(cast: Cast) -> None:
    issue, boss = raised(cast), Actor.of(cast.manager)
    desk.dispatch(issue, cast.desk, MONDAY, replace(to_worker(cast), user=cast.manager))
    handling.sign(issue, boss, MONDAY)
    handling.start(issue, boss, MONDAY, "55550101")
    desk.reassign(issue, cast.desk, MONDAY, to_worker(cast), "换人")
    worker = Actor.of(cast.worker)
    handling.sign(issue, worker, MONDAY)
    handling.start(issue, worker, MONDAY, "55550102")
    handling.propose(issue, worker, MONDAY, ProposeInput("办了", visit_ids=[evidence(cast)]))
    firm_word.log_call(issue, Actor.of(cast.caller), MONDAY, CallInput(reached=True, solved="yes"))
    with pytest.raises(Refused, match="未经办此事的销号审核人"):
        closing.close(issue, boss, MONDAY, CloseInput())
    closing.close(issue, Actor.of(make_user("manager")), MONDAY, CloseInput())


def test_the_word_of_one_round_says_nothing_of_the_next(cast: Cast) -> None:
    issue, boss, caller = reviewed(cast, solved="no"), Actor.of(cast.manager), Actor.of(cast.caller)
    closing.redo(issue, boss, MONDAY, "企业不认可")
    handling.propose(issue, Actor.of(cast.worker), MONDAY, ProposeInput("又办了", visit_ids=[evidence(cast)]))
    firm_word.send_link(issue, caller, MONDAY)
    # Tue 31 Mar, then Wed and Thu.
    for days in (29, 30, 31):
        firm_word.log_call(issue, caller, MONDAY + days * DAY, CallInput())
    assert issue.state == "in_review"
    closing.close(issue, boss, MONDAY + 31 * DAY, CloseInput(answered=False))
    rows = db.session.scalars(select(IssueClosing)).all()
    assert [(row.round, row.basis) for row in rows] == [(2, "no_answer")]


def test_a_return_keeps_the_round_and_costs_a_yellow_slip(cast: Cast) -> None:
    issue, boss = reviewed(cast), Actor.of(cast.manager)
    closing.review_return(issue, boss, MONDAY, "缺合同")
    assert (issue.state, issue.round, issue.due_on) == ("in_progress", 1, date(2026, 3, 23))
    slip = db.session.scalars(select(IssueSlip)).one()
    assert (slip.colour, slip.why, slip.about_on) == ("yellow", "returned", TODAY)
    simple = proposed(cast, "simple")
    closing.review_return(simple, boss, MONDAY, "缺合同")
    assert len(db.session.scalars(select(IssueSlip)).all()) == 1


def test_a_later_approved_date_survives_the_next_round(cast: Cast) -> None:
    issue, worker, boss = begun(cast), Actor.of(cast.worker), Actor.of(cast.manager)
    handling.ask_extension(issue, worker, MONDAY, date(2026, 6, 1), "等批复")
    deciding.decide_extension(issue, boss, MONDAY, True)
    handling.propose(issue, worker, MONDAY, ProposeInput("办了", visit_ids=[evidence(cast)]))
    link, _ = firm_word.send_link(issue, Actor.of(cast.caller), MONDAY)
    firm_word.answer_by_link(issue, Actor.firm(link), MONDAY, "no", 1)
    closing.redo(issue, boss, MONDAY, "企业不认可")
    assert (issue.first_due_on, issue.due_on) == (date(2026, 3, 23), date(2026, 6, 1))


def test_the_draw_takes_every_unanswered_one_and_a_share_of_the_others(cast: Cast) -> None:
    setting.change("spot_share", "50")
    others = [closed(cast) for _ in range(5)]
    lost, at = unanswered(cast)
    closing.close(lost, Actor.of(cast.manager), at, CloseInput(answered=False))
    boss = Actor.of(cast.manager)
    march = closing.spot_draw(boss, at, "2026-03", Random(1))
    assert len(march) == 3 and {row.issue_id for row in march} <= {row.id for row in others}
    assert closing.spot_draw(boss, at, "2026-03", Random(2)) == []
    april = closing.spot_draw(boss, at, "2026-04", Random(1))
    assert [(row.issue_id, row.always) for row in april] == [(lost.id, True)]
    assert closing.spot_draw(boss, at, "2026-05", Random(1)) == []
    assert trace(lost)[-1] == "spot_draw"


def test_a_check_that_fails_opens_the_issue_again(cast: Cast) -> None:
    one, other = closed(cast), closed(cast)
    setting.change("spot_share", "100")
    rows = closing.spot_draw(Actor.of(cast.manager), MONDAY, "2026-03", Random(1))
    caller = Actor.of(cast.caller)
    with pytest.raises(Refused, match="承办单位以外"):
        closing.spot_result(rows[0].id, Actor.of(cast.worker), MONDAY, "confirmed")
    with pytest.raises(Refused, match="请选抽查结果"):
        closing.spot_result(rows[0].id, caller, MONDAY, "fine")
    closing.spot_result(rows[0].id, caller, MONDAY, "confirmed")
    closing.spot_result(rows[1].id, caller, MONDAY, "not_solved", "设备还没到")
    assert (one.state, other.state, other.round) == ("closed_out", "in_progress", 2)
    with pytest.raises(Refused, match="已经查过"):
        closing.spot_result(rows[0].id, caller, MONDAY, "confirmed")
    with pytest.raises(NotFound):
        closing.spot_result(0, caller, MONDAY, "confirmed")
    assert db.session.get_one(SpotCheck, rows[1].id).result == "not_solved"


def test_many_are_classed_given_and_struck_off_by_the_same_acts(cast: Cast) -> None:
    waiting = [raised(cast) for _ in range(3)]
    result = bulk.class_many(waiting, cast.desk, MONDAY, class_of("standard"), topic_of("finance"))
    assert len(result.done) == 3 and {row.state for row in waiting} == {"admitted"}
    again = bulk.class_many([*waiting, closed(cast)], cast.desk, MONDAY, class_of("supervised"))
    assert len(again.done) == 3 and "现在是“销号”" in again.refused[0][1]
    fresh = raised(cast)
    result = bulk.assign_many([*waiting, fresh, parked(cast)], cast.desk, MONDAY, to_worker(cast, "standard"))
    assert len(result.done) == 4 and fresh.state == "dispatched" and len(result.refused) == 1
    done = [reviewed(cast), reviewed(cast, solved="no"), reviewed(cast)]
    result = bulk.close_many(done, Actor.of(cast.manager), MONDAY, CloseInput())
    assert [row.state for row in done] == ["closed_out", "in_review", "closed_out"]
    assert result.refused[0][0] == done[1] and "没有解决" in result.refused[0][1]
    db.session.commit()
    assert trace(done[1])[-1] == "confirm"


def test_one_cause_one_answer_and_every_firm_is_told(cast: Cast) -> None:
    issues: list[Issue] = []
    for _ in range(3):
        cast.firm = make_firm()
        issues.append(begun(cast, "simple"))
    waiting = raised(cast)
    group = common.make_group(cast.desk, MONDAY, "变压器容量不足", "增容未批", [*issues, waiting], person=cast.worker)
    with pytest.raises(Refused, match="综合科"):
        common.make_group(Actor.of(cast.officer), MONDAY, "x", "")
    with pytest.raises(Refused, match="已经结束"):
        common.add_to_group(group, cast.desk, [closed(cast)])
    shows = file.store(b"%PDF-1.4 answer", "批复.pdf", "application/pdf", owner_table="issue_group", at=MONDAY)
    brought: list[str] = []

    def deliver(issue: Issue, token: str) -> bool:
        brought.append(token)
        return True

    with pytest.raises(Refused, match="统一的答复"):
        common.answer_group(group, Actor.of(cast.worker), MONDAY, " ")
    result = common.answer_group(group, Actor.of(cast.worker), MONDAY, "增容已批，下月施工", [shows.id], deliver)
    assert len(result.done) == 4 and not result.refused and len(set(brought)) == 3
    assert [row.state for row in issues] == ["awaiting_firm"] * 3 and waiting.state == "registered"
    assert all("tell" in trace(row) for row in [*issues, waiting])
    assert {row.subject_id for row in db.session.scalars(select(Link)).all()} >= {row.id for row in issues}
    assert len(db.session.scalars(select(IssueFile).where(IssueFile.file_id == shows.id)).all()) == 3
    assert group.answer == "增容已批，下月施工" and group.answered_on == TODAY
    common.leave_group(waiting, cast.desk)
    assert [row.id for row in common.members(group)] == [row.id for row in issues]
