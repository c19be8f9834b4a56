"""A step from a mail: opening changes nothing however often, the button does it once, as its person and no more."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import clock, mail_act
from models.all import db
from models.change_log import Change
from models.issue.parts import IssueExtension
from models.link import Link, LinkOpening
from models.plan import PlanLine
from models.promise import Promise
from models.rules.mail_act import ACTS, Wanted
from models.user import User
from tests.support.browser import Browser
from tests.support.factories import make_absence, make_area, make_firm, make_plan_line, make_promise, make_user
from tests.support.issue_story import begun, given, make_cast
from tests.support.statements import statements

#: A Tuesday.
NOW = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 3)


@pytest.fixture(autouse=True)
def on_tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def link_to(person: User, act: str, record_id: int) -> str:
    wanted = Wanted(person.id, act, record_id)
    path = f"/l/act/{mail_act.make([wanted], NOW)[wanted]}"
    db.session.commit()
    return path


def state_of_everything() -> tuple[Any, ...]:
    """What no GET may change: the rows, the log of changes, the uses of links."""
    changes = db.session.scalar(select(func.count()).select_from(Change))
    links = db.session.execute(select(Link.id, Link.uses_left).order_by(Link.id)).all()
    return changes, [tuple(row) for row in links]


def test_a_scanner_that_opens_every_link_twice_changes_nothing(lite_browser: Browser) -> None:
    cast = make_cast()
    issue, promise = given(cast), make_promise(cast.firm, cast.worker, due_on=TODAY)
    paths = [link_to(cast.worker, "issue.sign", issue.id), link_to(cast.worker, "promise.done", promise.id)]
    before = state_of_everything()
    for path in paths * 2:
        assert lite_browser.get(path).status_code == 200
        assert lite_browser.ask("head", path).status_code == 200
    assert state_of_everything() == before
    lite_browser.send(paths[0])
    assert issue.state == "signed_for"


def test_an_issue_is_taken_by_one_click_and_the_link_is_spent(browser: Browser) -> None:
    cast = make_cast()
    issue = given(cast)
    path = link_to(cast.worker, "issue.sign", issue.id)
    page = browser.open(path)
    assert cast.firm.name in page.text and issue.title in page.text and "以周予安的名义" in page.text
    assert "已签收" in browser.send(path).text
    assert issue.state == "signed_for"
    for again in (browser.get(path), browser.post(path)):
        assert again.status_code == 404


def test_more_time_is_asked_for_from_the_mail_and_somebody_else_decides(browser: Browser) -> None:
    cast = make_cast()
    issue = begun(cast)
    path = link_to(cast.worker, "issue.extend", issue.id)
    assert issue.due_on is not None
    day = issue.due_on + timedelta(days=7)
    browser.send(path, {"day": day.isoformat(), "words": "等供电局排期"})
    asked = db.session.scalars(select(IssueExtension)).one()
    assert (asked.new_due_on, asked.reason, asked.asked_by_id) == (day, "等供电局排期", cast.worker.id)
    assert asked.decided_at is None


def test_what_is_refused_keeps_what_was_typed_and_the_link(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = begun(cast)
    path = link_to(cast.worker, "issue.extend", issue.id)
    page = lite_browser.send(path, {"day": "2026-03-01", "words": "等供电局排期"}, status=422)
    assert "等供电局排期" in page.text
    lite_browser.send(path, {"day": "", "words": ""}, status=422)
    assert db.session.scalars(select(IssueExtension)).all() == []
    assert db.session.scalars(select(Link.uses_left).where(Link.purpose == mail_act.PURPOSE)).one() == 1


def test_a_promise_is_kept_and_a_line_of_the_plan_is_done(lite_browser: Browser) -> None:
    person = make_user("officer")
    promise = make_promise(make_firm(), person, due_on=TODAY)
    promise.created_at = NOW - timedelta(days=3)
    line = make_plan_line(None, person, on=TODAY, what="申报培训会")
    line.firm_id = None
    paths = link_to(person, "promise.done", promise.id), link_to(person, "plan.done", line.id)
    lite_browser.send(paths[0], {"day": "2026-03-02", "words": "电话答复了"})
    lite_browser.send(paths[1], {"words": "开了，来了 32 家"})
    kept, done = db.session.get_one(Promise, promise.id), db.session.get_one(PlanLine, line.id)
    assert (kept.done_on, kept.done_how, kept.done_by_id) == (date(2026, 3, 2), "电话答复了", person.id)
    assert (done.outcome, done.outcome_words, done.outcome_by_id) == ("done", "开了，来了 32 家", person.id)


def test_what_was_done_meanwhile_says_so(lite_browser: Browser) -> None:
    person = make_user("officer")
    promise = make_promise(make_firm(), person, due_on=TODAY)
    path = link_to(person, "promise.done", promise.id)
    promise.keep("当面说了", TODAY, person, TODAY)
    assert "已经办过了" in lite_browser.open(path).text
    lite_browser.send(path, {"day": TODAY.isoformat(), "words": "又一次"}, status=422)
    assert db.session.get_one(Promise, promise.id).done_how == "当面说了"


def gone(person: User, other: User, promise: Promise) -> None:
    person.active = False


def moved_away(person: User, other: User, promise: Promise) -> None:
    person.areas = [make_area("石桥镇")]


def anothers(person: User, other: User, promise: Promise) -> None:
    promise.person_id = promise.created_by_id = other.id


def rightless(person: User, other: User, promise: Promise) -> None:
    person.roles = []


@pytest.mark.parametrize("why", [gone, moved_away, anothers, rightless])
def test_a_link_does_no_more_than_its_person_may_now(lite_browser: Browser, why: Any) -> None:
    person, other = make_user("town", area="青禾街道"), make_user("officer")
    promise = make_promise(make_firm(area="青禾街道"), person, due_on=TODAY)
    path = link_to(person, "promise.done", promise.id)
    assert lite_browser.get(path).status_code == 200
    why(db.session.get_one(User, person.id), other, db.session.get_one(Promise, promise.id))
    assert lite_browser.get(path).status_code == 404
    assert lite_browser.post(path, data={"day": "2026-03-03", "words": "答复了"}).status_code == 404
    assert db.session.get_one(Promise, promise.id).is_open


def test_after_a_week_a_link_opens_nothing(lite_browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_user("officer")
    path = link_to(person, "promise.done", make_promise(make_firm(), person, due_on=TODAY).id)
    for days, status in ((7, 200), (8, 404)):
        moment = NOW + timedelta(days=days, minutes=-1)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert lite_browser.get(path).status_code == status
    outcomes = db.session.scalars(select(LinkOpening.outcome).order_by(LinkOpening.id)).all()
    assert outcomes == ["shown", "refused"]


def test_the_deputy_acts_while_the_person_is_away(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = given(cast)
    path = link_to(cast.caller, "issue.sign", issue.id)
    assert lite_browser.get(path).status_code == 404
    make_absence(cast.worker, cast.caller, from_on=TODAY, to_on=TODAY)
    lite_browser.send(path)
    assert issue.state == "signed_for"


def test_many_links_take_one_statement_and_every_act_has_a_page(app: Flask) -> None:
    person = make_user("officer")
    db.session.flush()
    wanted = [Wanted(person.id, act, number) for act in ACTS for number in range(1, 60)]
    with statements() as sent:
        made = mail_act.make(wanted, NOW)
    assert len(sent) == 1 and len(set(made.values())) == len(wanted)
