"""From Monday's mail to the act: sent by a real server, opened in a real browser, on a desktop and on a phone."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from jobs.digests import weekly_digest
from jobs.post import Post
from models import clock
from models.base import db
from models.issue import Issue
from models.issue.parts import IssueExtension
from tests.support import issue_story as story
from tests.support.chromium import Window
from tests.support.mail_server import serving


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_a_click_in_the_mail_asks_for_more_time(
    size: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    window: Window = request.getfixturevalue(size)
    config: Any = window.app.config["TIDU"]
    cast, now = story.make_cast(), clock.now()
    issue = story.begun(cast, at=now)
    today = clock.local(now).date()
    # Yellow, so that the mail names it, with time enough to ask for more whatever holidays there are.
    issue.due_on, issue.yellow_on = today + timedelta(days=30), today
    issue_id, told = issue.id, []
    db.session.commit()
    with serving() as (taken, port):
        monkeypatch.setattr(config, "mail_url", f"smtp://127.0.0.1:{port}/?from=tidu@bureau.example")
        monkeypatch.setattr(config, "bureau_address", window.address)
        assert weekly_digest(now)["sent"] >= 1
        sender = Post(window.app, "tester", threading.Event())
        while sender.run_one(clock.now()):
            pass
    mail = next(one for one in taken.mails if one["To"].addresses[0].addr_spec == cast.worker.email)
    body = mail.get_body(("html",))
    assert body is not None
    window.page.set_content(body.get_content())
    told += [f"the mail is {window.wide()} too wide"] if window.wide() else []
    (url,) = re.findall(rf"{window.address}/l/act/\S+(?=\")", body.get_content())
    page = window.page
    page.goto(url)
    assert page.get_by_role("heading", name="申请延期").is_visible() and cast.firm.name in page.content()
    told += window.complaints()
    page.get_by_label("延到哪天").fill((today + timedelta(days=37)).isoformat())
    with page.expect_navigation():
        page.get_by_role("button", name="申请延期").click()
    assert page.locator(".error-summary").count() == 1, "without a reason nothing is asked for"
    told += window.complaints()
    page.get_by_label("延期的理由").fill("等供电局排期")
    with page.expect_navigation():
        page.get_by_role("button", name="申请延期").click()
    assert page.get_by_role("heading", name="已申请延期").is_visible()
    told += window.complaints()
    page.goto(url)
    assert page.get_by_role("heading", name="这个链接打不开").is_visible()
    asked = db.session.scalars(select(IssueExtension).where(IssueExtension.issue_id == issue_id)).one()
    assert (asked.reason, asked.asked_by_id) == ("等供电局排期", cast.worker.id)
    assert db.session.get_one(Issue, issue_id).due_on == today + timedelta(days=30), "somebody else decides"
    assert told == []
