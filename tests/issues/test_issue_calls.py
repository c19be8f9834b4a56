"""电话回访: who is to be phoned, by whom; numbers masked until dialled, each dialling in the trail."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock
from models.audit import AuditEntry
from models.base import db
from models.issue import calls
from models.issue.acts import firm_word
from models.issue.acts.actor import Actor
from models.issue.acts.firm_word import CallInput
from models.user import User
from tests.support import issue_story as story
from tests.support.browser import Browser
from tests.support.factories import make_contact
from tests.support.statements import statements


def listed(user: User, on: Any) -> list[tuple[int, str]]:
    return [(row.issue.id, row.why) for row in calls.to_phone(user, on)]


@pytest.mark.parametrize("days, whys", [(27, []), (28, []), (29, ["silent"])])
def test_a_firm_that_stays_silent_is_phoned_after_day_28(app: Flask, days: int, whys: list[str]) -> None:
    cast = story.make_cast()
    issue, _, _ = story.asked(cast)
    on = clock.local(story.MONDAY).date() + timedelta(days=days)
    assert listed(cast.caller, on) == [(issue.id, why) for why in whys]


def test_who_handles_it_or_is_of_its_unit_is_not_asked_to_phone(app: Flask) -> None:
    cast = story.make_cast()
    issue = story.proposed(cast)
    today = clock.today()
    assert listed(cast.caller, today) == listed(cast.manager, today) == [(issue.id, "not_asked")]
    assert listed(cast.worker, today) == []
    colleague = story.make_user("officer")
    story.make_membership(colleague, cast.lead_unit)
    assert listed(colleague, today) == []


def test_the_list_and_the_act_agree_on_who_may_call(app: Flask) -> None:
    from models.issue.acts.stand import choices_for

    cast = story.make_cast()
    issue = story.proposed(cast, assist=True)
    for user in (cast.officer, cast.office, cast.manager, cast.caller, cast.worker):
        may = "call" in choices_for(issue, user, story.MONDAY)
        assert bool(listed(user, clock.local(story.MONDAY).date())) == may, user.name


def test_a_withdrawal_comes_first_with_its_date(app: Flask) -> None:
    cast = story.make_cast()
    story.proposed(cast)
    other = story.raised(cast)
    firm_word.ask_withdrawal(other, Actor.of(cast.officer), story.MONDAY, "不用了")
    first = calls.to_phone(cast.caller, clock.local(story.MONDAY).date())[0]
    assert (first.issue.id, first.why, first.about) == (other.id, "withdrawal", "withdrawal")
    assert first.due_on == clock.local(story.MONDAY).date() + timedelta(days=3)


def test_attempts_are_counted_and_the_third_ends_it(app: Flask) -> None:
    cast = story.make_cast()
    issue, _, _ = story.asked(cast)
    at = story.next_working_day(story.MONDAY + timedelta(days=29))
    for number in range(1, 4):
        firm_word.log_call(issue, Actor.of(cast.caller), at, CallInput(words="无人接听"))
        rows = calls.to_phone(cast.caller, clock.local(at).date())
        assert [row.tries for row in rows] == ([number] if number < 3 else [])
        at = story.next_working_day(at + timedelta(days=1))


def test_the_page_masks_and_dialling_is_logged(browser: Browser) -> None:
    cast = story.make_cast()
    issue = story.proposed(cast)
    contact = make_contact(issue.firm, name="梅若水", phone="13800001234")
    db.session.commit()
    browser.sign_in(cast.caller)
    page = browser.open("/issues/calls")
    assert "138****1234" in page.text and "13800001234" not in page.text
    shown = browser.send(f"/issues/{issue.id}/dial/{contact.id}")
    assert "13800001234" in shown.text
    assert db.session.scalars(select(AuditEntry.act).where(AuditEntry.act == "contact.call")).all() == ["contact.call"]
    browser.sign_in(cast.worker)
    assert "梅*" not in browser.open("/issues/calls").text
    browser.send(f"/issues/{issue.id}/dial/{contact.id}", status=422)
    other = make_contact(name="别家")
    db.session.commit()
    browser.sign_in(cast.caller)
    browser.send(f"/issues/{issue.id}/dial/{other.id}", status=404)


def test_the_list_takes_the_same_statements_however_long(app: Flask) -> None:
    cast = story.make_cast()
    story.proposed(cast)
    db.session.commit()
    db.session.expire_all()
    with statements() as few:
        calls.to_phone(cast.caller, clock.today())
    for _ in range(5):
        story.proposed(cast)
    db.session.commit()
    db.session.expire_all()
    with statements() as many:
        calls.to_phone(cast.caller, clock.today())
    assert len(many) == len(few)
