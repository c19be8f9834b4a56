"""Batches and applications: entering firms, moving, the trace, lists and board as each person sees them."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import clock
from models.application import Application, ApplicationMove, acts, board
from models.application.acts import Going
from models.application.adding import Added, add_firms
from models.application.filters import BUNDLES, ApplicationFilter
from models.application.listing import ApplicationListing, deadlines_of
from models.base import db
from models.errors import NotFound, Refused
from models.firm import search
from models.rules.application import STAGES
from tests.support.application_factories import make_application, make_application_batch, make_reason
from tests.support.factories import make_absence, make_firm, make_title, make_user
from tests.support.statements import statements

TODAY = clock.today()
DAY = timedelta(days=1)


def test_firms_enter_a_batch_once_with_coach_kind_and_the_last_attempt(app: Flask) -> None:
    anna, user = make_user(), make_user(role="manager")
    batch = make_application_batch("hnte", year=2026)
    renewing, new, again = make_firm(officer_a_id=anna.id), make_firm(), make_firm()
    make_title(renewing, issued_on=date(2023, 11, 1), ends_on=date(2026, 11, 1))
    make_title(new, "srdi_sme", issued_on=date(2024, 1, 1), ends_on=date(2026, 12, 31))
    earlier = make_application(again, make_application_batch("hnte", year=2025), stage="refused")
    make_application(again, make_application_batch("srdi_sme", year=2025), stage="abandoned")
    ids = [renewing.id, new.id, again.id]
    assert add_firms(user, batch, ids, clock.now()) == Added(3, 0)
    assert add_firms(user, batch, [*ids, make_firm().id], clock.now()) == Added(1, 3)
    rows = {row.firm_id: row for row in db.session.scalars(select(Application).where(Application.batch == batch))}
    assert [rows[one].kind for one in ids] == ["renewal", "first", "first"]
    assert [rows[one].coach_id for one in ids] == [anna.id, user.id, user.id]
    assert [rows[one].before_id for one in ids] == [None, None, earlier.id]
    trace = ApplicationMove.list_of(rows[new.id].id)
    assert [(move.event, move.from_stage, move.to_stage, move.by) for move in trace] == [
        ("enter", None, "intention", user)
    ]


def test_a_title_given_in_the_year_of_the_batch_does_not_make_it_a_renewal(app: Flask) -> None:
    batch, firm = make_application_batch("hnte", year=2026), make_firm()
    make_title(firm, issued_on=date(2026, 1, 1), ends_on=date(2029, 1, 1))
    add_firms(make_user(role="manager"), batch, [firm.id], clock.now())
    assert db.session.scalars(select(Application)).one().kind == "first"


def test_an_officer_enters_own_firms_and_a_town_none(app: Flask) -> None:
    anna, other = make_user(), make_user()
    mine, theirs, nobodys = make_firm(officer_b_id=anna.id), make_firm(officer_a_id=other.id), make_firm()
    batch = make_application_batch()
    ids = [mine.id, theirs.id, nobodys.id, 999_999]
    assert add_firms(anna, batch, ids, clock.now()) == Added(2, 0, 1)
    with pytest.raises(Refused, match="不能把企业列入"):
        add_firms(make_user(role="town", area="青禾街道"), batch, ids, clock.now())
    batch.closed_on = TODAY
    with pytest.raises(Refused, match="结束"):
        add_firms(anna, batch, [theirs.id], clock.now())


def test_entering_many_takes_no_more_statements_than_entering_few(app: Flask) -> None:
    user, batch = make_user(role="manager"), make_application_batch()
    counts = []
    for number in (3, 30):
        ids = [make_firm().id for _ in range(number)]
        db.session.commit()
        with statements() as sent:
            add_firms(user, batch, ids, clock.now())
        counts.append(len([one for one in sent if not one.startswith("INSERT")]))
    assert counts[0] == counts[1]


def test_moves_keep_day_reason_and_words_and_end_with_a_date(app: Flask) -> None:
    user, row = make_user(role="manager"), make_application(stage="in_review", stage_on=TODAY - 9 * DAY)
    reason, now = make_reason("ip"), clock.now()
    for going, why in (
        (Going(words="差一件"), "原因"), (Going(on=TODAY + DAY, reason=reason), "不能晚于今天"),
        (Going(on=TODAY - 10 * DAY, reason=reason), "不能早于"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=why):
            acts.move(row, user, now, "refused", going)
    acts.move(row, user, now, "refused", Going(TODAY - 9 * DAY, "差一件", reason))
    assert (row.stage, row.stage_on, row.ended_on, row.reason, row.reason_words) == (
        "refused", TODAY - 9 * DAY, TODAY - 9 * DAY, reason, "差一件",
    )  # fmt: skip
    with pytest.raises(Refused, match="请写原因"):
        acts.move(row, user, now, "in_review")
    acts.move(row, user, now, "in_review", Going(words="记错了企业"))
    assert (row.stage, row.ended_on, row.reason_id, row.reason_words) == ("in_review", None, None, "")
    last = ApplicationMove.list_of(row.id)[-1]
    assert (last.event, last.from_stage, last.to_stage, last.words) == ("reopen", "refused", "in_review", "记错了企业")
    first = ApplicationMove.list_of(row.id)[0]
    assert (first.event, first.reason, first.moved_on) == ("refuse", reason, TODAY - 9 * DAY)


def test_only_the_coach_the_officers_and_their_deputy_move_it_on(app: Flask) -> None:
    anna, other, deputy = make_user(), make_user(), make_user()
    row = make_application(coach_id=anna.id)
    with pytest.raises(Refused, match="只能由辅导干部"):
        acts.move(row, other, clock.now(), "coaching")
    with pytest.raises(Refused, match="辅导，要改"):
        acts.note(row, other, clock.now(), "看过材料")
    make_absence(anna, deputy, from_on=TODAY - DAY, to_on=TODAY + DAY)
    acts.move(row, deputy, clock.now(), "coaching")
    acts.note(row, anna, clock.now(), "看过材料")
    acts.expect(row, anna, clock.now(), TODAY + 30 * DAY)
    acts.give_to(row, anna, clock.now(), other)
    assert [move.event for move in ApplicationMove.list_of(row.id)] == ["forward", "note", "expect", "coach"]
    assert row.stage == "coaching" and row.coach_id == other.id and row.expected_on == TODAY + 30 * DAY


def test_a_firm_entered_by_mistake_leaves_and_nothing_else_does(app: Flask) -> None:
    user, batch, firm = make_user(role="manager"), make_application_batch(), make_firm()
    add_firms(user, batch, [firm.id], clock.now())
    row = db.session.scalars(select(Application)).one()
    acts.note(row, user, clock.now(), "电话里说想报")
    with pytest.raises(Refused, match="放弃"):
        acts.remove(row, user, clock.now())
    other = make_application(batch=batch)
    acts.remove(other, user, clock.now())
    assert db.session.scalars(select(Application.id)).all() == [row.id]


def test_who_sees_which(app: Flask) -> None:
    inside, outside = make_firm(area="青禾街道"), make_firm(area="东湖镇")
    here, there = make_application(inside), make_application(outside)
    town, officer, clerk = make_user(role="town", area="青禾街道"), make_user(), make_user(role="sysadmin")
    assert Application.get_for(town, here.id) is here
    for user, row in ((town, there), (clerk, here)):
        with pytest.raises(NotFound):
            Application.get_for(user, row.id)
    assert Application.get_for(officer, there.id) is there
    found = {user.id: ApplicationListing(user, ApplicationFilter(), TODAY).count() for user in (town, officer, clerk)}
    assert found == {town.id: 1, officer.id: 2, clerk.id: 0}
    assert Application.list_of(town, outside.id) == [] and Application.list_of(town, inside.id) == [here]


@pytest.mark.parametrize("wrong", [
    {"stage": "granted", "ended_on": None}, {"stage": "coaching", "ended_on": date(2026, 3, 2)},
    {"stage": "refused", "reason_id": None}, {"stage": "lost"}, {"kind": "second"},
])  # fmt: skip
def test_the_database_holds_the_line_too(app: Flask, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        make_application(**wrong)


def test_a_firm_is_in_a_batch_once_and_a_round_in_a_year_once(app: Flask) -> None:
    firm, batch = make_firm(), make_application_batch()
    make_application(firm, batch)
    with pytest.raises(IntegrityError):
        make_application(firm, batch)
    db.session.rollback()
    batch = make_application_batch(round=1)
    twin = make_application_batch(round=2)
    twin.round = 1
    with pytest.raises(Refused, match="第 1 批"):
        twin.check()
    twin.round = 2
    with pytest.raises(Refused, match="不能早于"):
        batch.date_them({"opens": date(2026, 6, 1), "firm": date(2026, 5, 31)})
    batch.date_them({"opens": date(2026, 6, 1), "firm": date(2026, 6, 1)})
    batch.date_them({"firm": date(2026, 6, 2)})
    db.session.flush()
    assert batch.days == {"firm": date(2026, 6, 2)}


def world() -> None:
    """A few dozen applications that differ in everything a filter asks for."""
    anna = make_user(name="安若")
    days = {"papers": TODAY - 5 * DAY, "firm": TODAY, "province": TODAY + 40 * DAY}
    batches = [make_application_batch(days=days), make_application_batch("hnte", year=2025)]
    areas = ("青禾街道", "东湖镇", None)
    for place, stage in enumerate([*STAGES] * 4):
        firm = make_firm(area=areas[place % 3], officer_b_id=anna.id if place % 7 == 0 else None)
        make_application(firm, batches[place % 2], stage=stage, kind=("first", "renewal")[place % 4 == 0],
                         coach_id=anna.id if place % 5 == 0 else None)  # fmt: skip


def _in_stages(stages: tuple[str, ...], row: Application) -> bool:
    return row.stage in stages


def test_each_filter_keeps_exactly_those_it_names(app: Flask) -> None:
    world()
    user = make_user(role="manager")
    rows = list(db.session.scalars(select(Application)))
    search.refresh([row.firm_id for row in rows])
    anna = next(row.coach for row in rows if row.coach)
    some = rows[3]
    goals = {"papers": ("intention", "coaching")}
    wanted: dict[str, Callable[[Application], bool]] = {
        "stage=coaching": lambda row: row.stage == "coaching",
        "kind=renewal": lambda row: row.kind == "renewal",
        f"batch={some.batch_id}": lambda row: row.batch_id == some.batch_id,
        f"type={some.batch.type_id}&year=2025": lambda row: row.batch_id == some.batch_id,
        f"coach={anna.id}": lambda row: row.coach_id == anna.id,
        "coach=0": lambda row: row.coach_id is None,
        f"area={some.firm.area_id or 0}": lambda row: row.firm.area_id == some.firm.area_id,
        f"reason={make_reason().id}": lambda row: row.stage == "refused",
        f"q={some.firm.name}": lambda row: row.firm.name == some.firm.name,
        "late=1": lambda row: row.batch.year == 2026 and row.stage in goals["papers"],
        "stage=nonsense": lambda row: True,
    }
    for key, stages in BUNDLES.items():
        wanted[f"stage={key}"] = partial(_in_stages, stages)
    for query, keeps in wanted.items():
        narrowed = ApplicationFilter.parse(dict(pair.split("=") for pair in query.split("&")))
        listing = ApplicationListing(user, narrowed, TODAY)
        ids = {row.id for row in listing.rows()}
        assert ids == {row.id for row in rows if keeps(row)}, query
        assert listing.count() == len(ids) and sum(listing.stages().values()) >= len(ids)
    mine = ApplicationListing(anna, ApplicationFilter(mine="1"), TODAY)
    assert {row.id for row in mine.rows()} == {
        row.id for row in rows if row.coach_id == anna.id or row.firm.officer_b_id == anna.id
    }
    late = ApplicationListing(user, ApplicationFilter(late="1"), TODAY)
    shown, _ = late.look(1)
    assert all(due is not None and due.late for due in deadlines_of(shown, TODAY).values())


def test_the_board_counts_what_the_list_shows_and_offers_what_the_record_offers(app: Flask) -> None:
    world()
    for user in (make_user(role="manager"), make_user(), make_user(role="town", area="青禾街道")):
        narrowed = ApplicationFilter(year=2026)
        found = board.load(user, narrowed, TODAY, {"ended": 3})
        rows = list(ApplicationListing(user, narrowed, TODAY).rows())
        assert found.stages == Counter(row.stage for row in rows)
        for column in board.COLUMNS:
            wanted = [row.id for row in rows if row.stage in column.stages]
            cards = [card.row.id for card in found.cards[column.key]]
            assert found.count(column) == len(wanted)
            assert set(cards) <= set(wanted) and len(cards) == min(len(wanted), 3 if column.key == "ended" else 15)
            for card in found.cards[column.key]:
                row = Application.get_for(user, card.row.id)
                assert dict(card.moves) == row.choices_for(user, TODAY)
                assert card.deadline == row.deadline(TODAY)


def test_lists_and_boards_take_the_same_statements_for_few_and_many(app: Flask) -> None:
    user, batch = make_user(role="manager"), make_application_batch(days={"firm": TODAY})
    counts = []
    for number in (3, 27):
        for place in range(number):
            make_application(batch=batch, stage=list(STAGES)[place % 10], coach_id=make_user().id)
        db.session.commit()
        with statements() as sent:
            rows, _ = ApplicationListing(user, ApplicationFilter(), TODAY).look(1)
            deadlines_of(rows, TODAY)
            board.load(user, ApplicationFilter(), TODAY, {})
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 10
