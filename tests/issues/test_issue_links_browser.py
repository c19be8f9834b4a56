"""The pages around links with rows in them, on a desktop and on a phone: sending, lists of links, calls, mistakes."""

from datetime import timedelta

import pytest

from models import clock
from models.base import db
from models.issue.acts import desk, firm_word
from models.issue.acts.actor import Actor
from models.issue.acts.desk import DispatchInput
from tests.support import issue_story as story
from tests.support.chromium import Window
from tests.support.factories import make_contact
from tests.support.issue_factories import make_outside_handler


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_the_pages_are_fit_to_be_used_by_everyone(size: str, request: pytest.FixtureRequest) -> None:
    window: Window = request.getfixturevalue(size)
    config = window.app.config["TIDU"]
    config.public_base_url, config.mail_url = "https://t.example", "smtp://mail.example"
    cast, now = story.make_cast(), clock.now()
    make_contact(cast.firm, name="梅若水", phone="13800001234").write_email("mei@firm.example")
    silent, _, _ = story.asked(cast, "standard", now - timedelta(days=40))
    story.proposed(cast, "standard", now)
    back = story.raised(cast, now)
    firm_word.ask_withdrawal(back, Actor.of(cast.officer), now - timedelta(days=10), "不用了")
    theirs, person = story.raised(cast, now), make_outside_handler(cast.assist_unit)
    to = DispatchInput(cast.assist_unit, story.class_of("simple"), outside=person)
    desk.dispatch(theirs, cast.desk, now, to)
    firm_word.send_handler_link(theirs, cast.desk, now)
    _, _, token = story.asked(cast, "simple", now)
    db.session.commit()
    told: list[str] = []

    def check(name: str) -> None:
        told.extend(f"{name}: {one}" for one in window.complaints())
        if window.wide():
            told.append(f"{name} is {window.wide()} too wide")

    window.sign_in(cast.caller)
    page = window.open("/issues/calls")
    assert page.locator("tbody tr").count() == 3
    check("calls")
    with page.expect_navigation():
        page.get_by_role("button", name="拨打").first.click()
    check("dial")
    page = window.open(f"/issues/{silent.id}/send-link")
    page.get_by_label("给谁").fill("办公室王主任")
    with page.expect_navigation():
        page.get_by_role("button", name="生成链接").click()
    assert page.locator(".qr svg").count() == 1
    check("send-link")
    window.sign_in(cast.office)
    window.open(f"/issues/{theirs.id}/links")
    check("links")
    window.context.clear_cookies()
    page = window.open(f"/l/firm/{token}")
    with page.expect_navigation():
        page.get_by_role("button", name="提交").click()
    check("firm, nothing answered")
    page.locator("details.more > summary").nth(1).click()
    check("firm, another matter")
    window.open("/l/firm/" + "x" * 43)
    check("refused")
    config.public_base_url = config.mail_url = ""
    assert told == []
