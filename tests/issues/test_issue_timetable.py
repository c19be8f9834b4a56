"""What the clock does by itself: what is due and not yet done. A missed night mends itself; nothing is done twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import calendar, clock, setting
from models.base import db
from models.issue import Issue, clocks
from models.issue.acts import closing, deciding, desk, firm_word, handling, timetable
from models.issue.acts.actor import Actor
from models.issue.acts.closing import CloseInput
from models.issue.acts.firm_word import CallInput
from models.issue.kinds import IssueClock
from models.issue.parts import IssueAssignment, IssueSlip, SpotCheck
from models.issue.trace import IssueMove
from models.link import Link
from models.rules.holiday_notice import Notice
from models.rules.issue_clock import light_between
from tests.support.factories import make_absence, make_user
from tests.support.issue_story import (
    MONDAY,
    Cast,
    asked,
    begun,
    closed,
    given,
    make_cast,
    parked,
    proposed,
    raised,
    to_worker,
    trace,
    unanswered,
)

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


def test_silence_counts_as_accepted_after_a_day_and_is_yellow(cast: Cast) -> None:
    issue = given(cast)
    assert timetable.accept_silence(TODAY + DAY) == 0
    assert timetable.accept_silence(TODAY + 2 * DAY) == 1
    assert timetable.accept_silence(TODAY + 2 * DAY) == 0
    part = db.session.scalars(select(IssueAssignment)).one()
    assert (issue.state, part.signed_by_silence, issue.signed_on) == ("signed_for", True, date(2026, 3, 4))
    assert issue.yellow_on == date(2026, 3, 4)
    move = IssueMove.list_of(issue.id)[-1]
    assert (move.via, move.by_label, move.person_id) == ("job", "系统", cast.worker.id)
    handling.start(issue, Actor.of(cast.worker), clock.day_begins(date(2026, 3, 4)), "55550101")
    assert issue.yellow_on == date(2026, 3, 11)


def test_the_deputy_of_one_who_is_away_gets_what_silence_accepted(cast: Cast) -> None:
    issue, deputy = given(cast), make_user()
    make_absence(cast.worker, deputy, from_on=TODAY, to_on=TODAY + 10 * DAY)
    timetable.accept_silence(TODAY + 9 * DAY)
    move = IssueMove.list_of(issue.id)[-1]
    assert move.person_id == deputy.id and "代理人" in move.words
    handling.start(issue, Actor.of(deputy), clock.day_begins(TODAY + 9 * DAY), "55550101")
    assert issue.state == "in_progress"


def test_a_holiday_is_no_day_of_silence(cast: Cast) -> None:
    eve = datetime(2026, 2, 14, 1, 0, tzinfo=UTC)
    issue = given(cast, at=eve)
    assert issue.sign_due_on == date(2026, 2, 24)
    assert timetable.accept_silence(date(2026, 2, 24)) == 0
    assert timetable.accept_silence(date(2026, 2, 25)) == 1


def test_links_go_out_until_the_telephone_begins(cast: Cast) -> None:
    proposed(cast)
    brought: list[date] = []
    night = TODAY

    def deliver(issue: Issue, token: str) -> bool:
        brought.append(night)
        return True

    for days in range(40):
        night = TODAY + days * DAY
        for _ in range(2):
            timetable.due_links(night, deliver)
    assert brought == [TODAY + days * DAY for days in (0, 7, 14, 21)]
    assert len(db.session.scalars(select(Link)).all()) == 4
    assert [row.state for row in timetable.calls_wanted(TODAY + 28 * DAY)] == []
    assert [row.state for row in timetable.calls_wanted(TODAY + 29 * DAY)] == ["awaiting_firm"]


def test_a_fortnight_missed_sends_one_link_and_one_that_cannot_be_brought_stays_wanted(cast: Cast) -> None:
    issue, _, _ = asked(cast)
    assert timetable.links_wanted(TODAY + 6 * DAY) == []
    assert timetable.due_links(TODAY + 16 * DAY, lambda row, token: False) == 0
    assert timetable.links_wanted(TODAY + 16 * DAY) == [issue]
    assert timetable.due_links(TODAY + 16 * DAY, lambda row, token: True) == 1
    assert timetable.links_wanted(TODAY + 16 * DAY) == []
    link = db.session.scalars(select(Link).order_by(Link.id.desc())).first()
    assert link is not None
    firm_word.answer_by_link(issue, Actor.firm(link), MONDAY + 17 * DAY, "yes", 5)
    assert timetable.links_wanted(TODAY + 21 * DAY) == []


def test_slips_are_written_by_themselves_in_the_supervised_flow_alone(cast: Cast) -> None:
    standard, major = begun(cast), begun(cast, "supervised")
    # 30 working days: due 14 Apr, yellow from 6 working days before; the first reply due on 23 Mar.
    assert (major.due_on, major.next_reply_on) == (date(2026, 4, 14), date(2026, 3, 23))
    assert timetable.due_slips(date(2026, 3, 22)) == 0
    # The light is yellow on the day the reply is due; missed it is the day after.
    assert timetable.due_slips(date(2026, 3, 23)) == 1
    assert timetable.due_slips(date(2026, 3, 24)) == 1
    assert timetable.due_slips(date(2026, 4, 15)) == 1
    for _ in range(2):
        assert timetable.due_slips(date(2026, 4, 20)) == 0
    rows = db.session.scalars(select(IssueSlip).order_by(IssueSlip.id)).all()
    assert [(row.issue_id, row.colour, row.why) for row in rows] == [
        (major.id, "blue", "due_soon"), (major.id, "yellow", "reply_missed"), (major.id, "red", "overdue")
    ]  # fmt: skip
    assert "slip" not in trace(standard) and trace(major).count("slip") == 3


def test_no_slip_while_the_firm_has_the_word(cast: Cast) -> None:
    proposed(cast, "supervised")
    assert timetable.due_slips(date(2026, 6, 1)) == 0 and timetable.due_escalations(date(2026, 6, 1)) == 0


def test_matters_go_up_for_each_reason_once(cast: Cast) -> None:
    issue, worker, boss = begun(cast, "supervised"), Actor.of(cast.worker), Actor.of(cast.manager)
    for until in (date(2026, 4, 20), date(2026, 4, 21)):
        handling.ask_extension(issue, worker, MONDAY, until, "等批复")
        deciding.decide_extension(issue, boss, MONDAY, True)
    assert timetable.due_escalations(TODAY) == 1 and timetable.due_escalations(TODAY) == 0
    # Due 21 Apr; five working days later 28 Apr; the sixth is 29 Apr.
    assert timetable.due_escalations(date(2026, 4, 28)) == 0
    assert timetable.due_escalations(date(2026, 4, 29)) == 1
    desk.reassign(issue, cast.desk, MONDAY, to_worker(cast, "supervised"), "换人")
    assert timetable.due_escalations(date(2026, 4, 29)) == 1
    cast.lead_unit.head_id = cast.worker.id
    db.session.flush()
    assert timetable.due_escalations(date(2026, 4, 29)) == 0
    handling.sign(issue, worker, MONDAY)
    assert timetable.due_escalations(date(2026, 4, 29)) == 1
    assert timetable.due_escalations(date(2026, 4, 29)) == 0 and issue.level == 4


def test_the_standard_flow_is_only_offered_to_go_up(cast: Cast) -> None:
    issue = given(cast)
    desk.reassign(issue, cast.desk, MONDAY, to_worker(cast), "换人")
    assert timetable.escalations_wanted(TODAY) == [(issue, ["assigned_twice"])]
    assert timetable.due_escalations(TODAY) == 0
    deciding.escalate(issue, Actor.of(cast.manager), MONDAY, reason="assigned_twice")
    assert timetable.escalations_wanted(TODAY) == []


def test_a_parked_matter_comes_back_when_its_day_is_over(cast: Cast) -> None:
    issue = parked(cast, until=date(2026, 3, 12))
    assert timetable.resume_parked(date(2026, 3, 12)) == 0
    assert timetable.resume_parked(date(2026, 3, 13)) == 1 and timetable.resume_parked(date(2026, 3, 13)) == 0
    assert issue.state == "in_progress" and issue.parked_until is None


def test_the_month_is_drawn_once(cast: Cast) -> None:
    setting.change("spot_share", "100")
    issue = closed(cast)
    assert timetable.due_spot_checks(date(2026, 3, 31)) == 0
    assert timetable.due_spot_checks(date(2026, 4, 1)) == 1 and timetable.due_spot_checks(date(2026, 4, 2)) == 0
    assert db.session.scalars(select(SpotCheck)).one().issue_id == issue.id


def test_who_wants_to_take_it_back_is_to_be_phoned_in_three_days(cast: Cast) -> None:
    issue = begun(cast)
    firm_word.ask_withdrawal(issue, Actor.of(cast.worker), MONDAY)
    assert timetable.withdrawals_wanted() == [(issue, date(2026, 3, 5))]
    firm_word.log_call(issue, Actor.of(cast.caller), MONDAY, CallInput("withdrawal", reached=True, confirms=True))
    firm_word.withdraw(issue, Actor.of(cast.caller), MONDAY)
    assert timetable.withdrawals_wanted() == []


def test_the_bureau_sets_its_clocks(cast: Cast) -> None:
    assert clocks.load().clocks["sign"].number == 1
    db.session.add(IssueClock(key="sign", value="3wd"))
    db.session.flush()
    assert clocks.load().clocks["sign"].number == 3
    assert given(cast).sign_due_on == date(2026, 3, 5)


NOTICE_2027 = {
    **{date(2027, 1, day): (False, "元旦") for day in (1, 2, 3)},
    **{date(2027, 2, day): (False, "春节") for day in range(4, 12)},
    date(2027, 1, 31): (True, "春节"), date(2027, 2, 14): (True, "春节"),
}  # fmt: skip
LATE = datetime(2027, 1, 18, 1, 0, tzinfo=UTC)


def _announce() -> None:
    calendar.put(Notice(2027, dict(sorted(NOTICE_2027.items()))), "国办通知", None, LATE)


def test_a_notice_moves_assumed_dates_once_and_keeps_the_first(cast: Cast) -> None:
    at = datetime(2027, 1, 20, 1, 0, tzinfo=UTC)
    issue, simple, fresh = given(cast, at=at), given(cast, "simple", at=at), raised(cast, at=at)
    assert not issue.due_known and issue.due_on == date(2027, 2, 12)
    assert simple.due_on == date(2027, 1, 27) and fresh.yellow_on is not None
    _announce()
    # 31 Jan worked, 4 to 11 Feb rest, 14 Feb worked: the fifteenth working day is 16 Feb.
    assert (issue.due_on, issue.first_due_on, issue.due_known) == (date(2027, 2, 16), date(2027, 2, 12), True)
    assert simple.due_known and simple.due_on == date(2027, 1, 27)
    moves = [move for move in IssueMove.list_of(issue.id) if move.event == "recompute"]
    assert [(move.due_before, move.due_after) for move in moves] == [(date(2027, 2, 12), date(2027, 2, 16))]
    _announce()
    assert [move.event for move in IssueMove.list_of(issue.id)].count("recompute") == 1
    # The light follows the new dates.
    assert light_between(issue.yellow_on, issue.due_on, issue.first_due_on, date(2027, 2, 16)).was_overdue


def test_a_notice_never_breaks_what_the_firm_was_promised(cast: Cast) -> None:
    at = datetime(2027, 1, 26, 1, 0, tzinfo=UTC)
    told, untold = begun(cast, "simple", at), given(cast, "simple", at)
    assert told.due_on == untold.due_on == date(2027, 2, 2) and told.told_due_on == date(2027, 2, 2)
    _announce()
    # 31 Jan is worked: a day earlier, but not for the firm that was told.
    assert (told.due_on, untold.due_on) == (date(2027, 2, 2), date(2027, 2, 1))
    assert told.first_due_on == untold.first_due_on == date(2027, 2, 2)


def test_a_notice_leaves_what_was_approved_by_hand_and_what_has_ended(cast: Cast) -> None:
    at = datetime(2027, 1, 20, 1, 0, tzinfo=UTC)
    issue, done = begun(cast, at=at), closed(cast, at=at)
    handling.ask_extension(issue, Actor.of(cast.worker), at, date(2027, 3, 1), "等批复")
    deciding.decide_extension(issue, Actor.of(cast.manager), at, True)
    _announce()
    assert (issue.due_on, done.due_on) == (date(2027, 3, 1), date(2027, 2, 12))
    assert "recompute" not in trace(issue) + trace(done)


def test_signing_and_replies_follow_the_notice_too(cast: Cast) -> None:
    eve = datetime(2027, 2, 3, 1, 0, tzinfo=UTC)
    waiting, going = given(cast, at=eve, assist=True), begun(cast, at=eve)
    assert waiting.sign_due_on == date(2027, 2, 4) and going.next_reply_on == date(2027, 2, 16)
    _announce()
    assert waiting.sign_due_on == date(2027, 2, 12) and going.next_reply_on == date(2027, 2, 19)
    parts = db.session.scalars(select(IssueAssignment).where(IssueAssignment.issue_id == waiting.id)).all()
    assert {(part.role, part.due_on) for part in parts} == {("lead", waiting.due_on), ("assist", date(2027, 2, 15))}


def test_a_night_that_was_missed_mends_itself(cast: Cast) -> None:
    issue, at = unanswered(cast)
    closing.close(issue, Actor.of(cast.manager), at, CloseInput(answered=False))
    for on in (date(2026, 5, 20), date(2026, 5, 20)):
        timetable.accept_silence(on)
        timetable.due_slips(on)
        timetable.due_escalations(on)
        timetable.due_spot_checks(on)
    # Struck off in April and never answered: drawn, whenever the draw runs.
    assert db.session.scalars(select(SpotCheck)).one().always
