"""The figures of applications against a slow recount; their pages, reminders, handover, timeline."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock, handover
from models.application import Application, ApplicationMove, acts
from models.application.acts import Going
from models.application.adding import add_firms
from models.application.agencies import serve
from models.base import db
from models.figures import applications as figures_of
from models.figures.applications import BY_KEY, DIMENSIONS, ApplicationScope, Group
from models.figures.base import Kind, Period
from models.handover import Handover
from models.reminder import applications as reminders
from models.rules.application import WAY
from models.rules.reminder import HORIZON
from models.user import User
from tests.support.application_factories import make_agency, make_application, make_application_batch, make_reason
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_membership, make_unit, make_user
from tests.support.statements import statements

TODAY = clock.today()
FIRST = TODAY - timedelta(days=90)
ENDINGS = ("granted", "refused", "abandoned", "public_notice", "coaching", "submitted", "granted", "refused")


def tell(number: int, user: User) -> None:
    """Applications that came differently far, a step every few days; some went back on the way."""
    batch, agencies, coach = make_application_batch(year=2026), [make_agency(), make_agency(), None], make_user()
    make_membership(coach, make_unit("高新科"))
    for place in range(number):
        firm = make_firm(area=("青禾街道", "东湖镇", None)[place % 3], industry_code=("3511", "6510", None)[place % 3])
        row = make_application(firm, batch, stage_on=FIRST, entered_on=FIRST, coach_id=coach.id if place % 2 else None,
                               kind=("first", "renewal")[place % 4 == 0])  # fmt: skip
        db.session.add(ApplicationMove(application_id=row.id, event="enter", to_stage="intention", moved_on=FIRST,
                                       at=clock.now(), by_id=user.id))  # fmt: skip
        serve(row, agencies[place % 3], FIRST)
        goal, on = ENDINGS[place % len(ENDINGS)], FIRST
        way = WAY[1 : WAY.index(goal) + 1] if goal in WAY else WAY[1 : 3 if goal == "abandoned" else 6]
        for stage in way:
            on += timedelta(days=3 + place % 5)
            acts.move(row, user, clock.now(), stage, Going(on))
            if stage == "pre_review" and place % 3 == 0:
                acts.move(row, user, clock.now(), "coaching", Going(on, "再补"))
                acts.move(row, user, clock.now(), "pre_review", Going(on))
        if goal in ("refused", "abandoned"):
            acts.move(row, user, clock.now(), goal, Going(on, "说明", make_reason() if goal == "refused" else None))
    db.session.flush()


def recounted(key: str, period: Period) -> set[int]:
    """The same by reading every trace."""
    found = set()
    for row in db.session.scalars(select(Application)):
        moves = [move for move in ApplicationMove.list_of(row.id) if move.moves and move.moved_on <= period.on]
        stage = moves[-1].to_stage if moves else None
        inside = {move.to_stage for move in moves if move.moved_on >= period.first}
        name, _, rest = key.partition(".")
        ever = {WAY.index(move.to_stage) for move in moves if move.to_stage in WAY}
        counts = {
            "stage": stage == rest,
            "reached": bool(ever) and rest in WAY and max(ever) >= WAY.index(rest),
            "entered": period.first <= row.entered_on <= period.on,
            "granted": stage == "granted" and "granted" in inside and rest in ("", row.kind),
            "refused": stage == "refused" and "refused" in inside,
            "abandoned": stage == "abandoned" and "abandoned" in inside,
            "decided": stage in ("granted", "refused") and stage in inside,
        }
        if counts[name]:
            found.add(row.id)
    return found


@pytest.mark.parametrize("days", [0, 25, 60, 91])
def test_every_figure_counts_what_a_slow_recount_counts(app: Flask, days: int) -> None:
    user = make_user(role="manager")
    tell(16, user)
    period, scope = Period(FIRST - timedelta(days=1), TODAY - timedelta(days=days)), ApplicationScope(user)
    counts = figures_of.counts(period, scope)
    for key, figure in BY_KEY.items():
        if figure.whole is not None:
            assert figure.kind is Kind.RATIO
            continue
        rows = set(db.session.scalars(figure.rows(period, scope)))
        assert rows == recounted(key, period), key
        assert counts[key] == len(rows), key
    success = BY_KEY["success"].share(period, scope)
    assert (success.part, success.whole) == (counts["granted"], counts["decided"])


def test_groups_add_up_and_open_into_their_rows(app: Flask) -> None:
    user = make_user(role="manager")
    tell(16, user)
    period = Period(FIRST - timedelta(days=1), TODAY)
    whole = figures_of.counts(period, ApplicationScope(user))
    for dimension in DIMENSIONS:
        groups = figures_of.by(dimension, period, ApplicationScope(user))
        assert sum(group.entered for group in groups) == whole["entered"] == 16
        assert sum(group.granted for group in groups) == whole["granted"]
        for group in groups:
            scope = ApplicationScope.parse({dimension: group.value}, user)
            found = figures_of.counts(period, scope)
            assert Group(group.value, found["entered"], found["granted"], found["refused"]) == group, dimension


def test_figures_take_the_same_statements_and_stay_in_scope(app: Flask) -> None:
    user, town = make_user(role="manager"), make_user(role="town", area="青禾街道")
    period, sent_by = Period(FIRST - timedelta(days=1), TODAY), []
    for number in (3, 12):
        tell(number, user)
        db.session.commit()
        with statements() as sent:
            figures_of.counts(period, ApplicationScope(user))
            figures_of.by("unit", period, ApplicationScope(user))
        sent_by.append(len(sent))
    assert sent_by[0] == sent_by[1]
    assert figures_of.counts(period, ApplicationScope(town))["entered"] == 5
    places = Counter(row.firm.area.name if row.firm.area else "" for row in db.session.scalars(select(Application)))
    assert places["青禾街道"] == 5


def test_the_page_draws_the_funnel_and_each_number_opens(lite_browser: Browser) -> None:
    user = make_user(role="manager")
    tell(16, user)
    lite_browser.sign_in(user)
    page = lite_browser.open("/applications/figures")
    assert 'class="hbars"' in page.html and page.rows("结果")[0][1] == "16"
    for by in DIMENSIONS:
        assert lite_browser.open(f"/applications/figures?by={by}").rows("通过率")
    rows = lite_browser.open("/applications/figures/rows/granted").rows("申报")
    assert len(rows) == 4
    share = lite_browser.open("/applications/figures/rows/success?whole=1")
    assert "总数 8" in share.text and len(share.rows("申报")) == 8
    assert lite_browser.get("/applications/figures/rows/nothing").status_code == 404
    assert "这里还没有申报" in lite_browser.open("/applications/figures?year=1999").text


def test_who_is_told_of_the_next_date(app: Flask) -> None:
    anna, bo = make_user(), make_user()
    batch = make_application_batch(days={"papers": TODAY + timedelta(days=9), "firm": TODAY + HORIZON * 2})
    mine = make_application(make_firm(), batch, stage="coaching", coach_id=anna.id)
    theirs = make_application(make_firm(officer_a_id=bo.id), batch, coach_id=None)
    make_application(make_firm(), batch, coach_id=None)
    make_application(make_firm(), batch, stage="pre_review", coach_id=anna.id)
    make_application(make_firm(), batch, stage="refused", coach_id=anna.id)
    closed = make_application_batch(days={"papers": TODAY}, closed_on=TODAY)
    make_application(make_firm(), closed, coach_id=anna.id)
    found = reminders.due_reminders(TODAY)
    assert [(due.record_id, due.person_id, due.due_on) for due in found] == [
        (mine.id, anna.id, TODAY + timedelta(days=9)), (theirs.id, bo.id, TODAY + timedelta(days=9)),
    ]  # fmt: skip
    assert found[0].words == f"{mine.firm.name}的申报：预评审材料交齐" and len(found[0].period) <= 40
    assert reminders.due_reminders(TODAY + timedelta(days=20))[0].due_on == TODAY + timedelta(days=9)


def test_a_coach_hands_over_what_runs(app: Flask) -> None:
    giver, taker = make_user(), make_user()
    running, over = make_application(coach_id=giver.id), make_application(coach_id=giver.id, stage="granted")
    assert [one.kind for one in handover.holdings(giver.id)] == ["application"]
    assert giver in handover.list_givers()
    row = Handover.propose(giver, taker, by=giver, at=clock.now())
    row.accept(taker, clock.now(), row.version)
    assert (running.coach_id, over.coach_id) == (taker.id, giver.id)
    assert ApplicationMove.list_of(running.id)[-1].words == f"工作移交，交给{taker.name}"


def test_the_firm_page_tells_of_its_applications(lite_browser: Browser) -> None:
    user, firm, batch = make_user(role="manager"), make_firm(), make_application_batch()
    add_firms(user, batch, [firm.id], clock.now())
    row = db.session.scalars(select(Application)).one()
    acts.move(row, user, clock.now(), "abandoned", Going(words="明年再报"))
    db.session.commit()
    lite_browser.sign_in(user)
    page = lite_browser.open(f"/firms/{firm.id}")
    assert "列入2026 年专精特新" in page.text and "申报放弃：" in page.text and "明年再报" in page.text
