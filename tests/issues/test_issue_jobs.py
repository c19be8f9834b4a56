"""The links of the timetable: on day 0, 7, 14 and 21 by mail, once each, and by hand where there is no way."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from jobs.issues import run_clocks
from models.base import db
from models.link import Link
from models.outbox import Mail
from tests.support import issue_story as story
from tests.support.factories import make_contact

DAY = timedelta(days=1)


@pytest.fixture
def ways(app: Flask) -> Iterator[None]:
    """A public address and a mail server, as far as anybody knows."""
    config = app.config["TIDU"]
    config.public_base_url, config.mail_url = "https://t.example", "smtp://mail.example"
    yield
    config.public_base_url = config.mail_url = ""


@pytest.mark.slow
def test_the_links_follow_the_rule(app: Flask, ways: None) -> None:
    issue = story.proposed(story.make_cast())
    make_contact(issue.firm).write_email("mei@firm.example")
    db.session.commit()
    sent = []
    for day in range(40):
        for _ in range(2):
            sent += [day] * run_clocks(story.MONDAY + day * DAY)["links"]
    assert sent == [0, 7, 14, 21]
    links = db.session.scalars(select(Link).order_by(Link.id)).all()
    assert [link.expires_at - link.created_at for link in links if link.expires_at] == [7 * DAY] * 4
    assert [link.revoked_at is None for link in links] == [False, False, False, True], "the next one ends the last"
    assert len({mail.message_id for mail in db.session.scalars(select(Mail))}) == 4


def test_a_missed_week_sends_one(app: Flask, ways: None) -> None:
    issue = story.proposed(story.make_cast())
    make_contact(issue.firm).write_email("mei@firm.example")
    db.session.commit()
    assert [run_clocks(story.MONDAY + day * DAY)["links"] for day in (0, 16, 17, 21)] == [1, 1, 0, 1]


def test_without_an_address_it_waits_for_a_person(app: Flask, ways: None) -> None:
    story.proposed(story.make_cast())
    db.session.commit()
    assert run_clocks(story.MONDAY)["links"] == 0
    assert db.session.scalars(select(Link)).all() == []
