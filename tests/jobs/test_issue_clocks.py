"""The clocks of the closed loop as the timetable runs them: every morning, twice, or late."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from jobs.issues import run_clocks
from jobs.schedule import JOBS
from models import outbox
from models.base import db
from models.firm.contacts import Contact
from models.issue import Issue
from models.issue.parts import IssueSlip
from tests.support.issue_story import MONDAY, given, make_cast, proposed

DAY = timedelta(days=1)
NOTHING = {"signed_by_silence": 0, "resumed": 0, "slips": 0, "escalated": 0, "spot_checks": 0, "links": 0,
           "raised": 0, "sent": 0, "skipped": []}  # fmt: skip


def test_the_clocks_are_on_the_timetable_under_their_name(lite_app: Flask) -> None:
    assert next(job for job in JOBS if job.name == "clocks").function is run_clocks


def test_a_second_run_does_nothing_and_a_late_one_does_it_all(app: Flask) -> None:
    issue = given(make_cast(), "supervised")
    late = MONDAY + 90 * DAY
    made = run_clocks(late)
    assert made["signed_by_silence"] == 1 and made["slips"] >= 1
    assert run_clocks(late) == NOTHING
    assert db.session.get_one(Issue, issue.id).state == "signed_for"
    assert db.session.scalar(select(func.count(IssueSlip.id))) == made["slips"]


def test_the_firm_is_written_to_where_there_is_a_way_and_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    issue = proposed(cast)
    contact = Contact.add(cast.firm, "沈先生", "13800000000", "", "测试", True)
    contact.write_email("shen@firm.example")
    db.session.commit()
    morning = MONDAY + DAY
    assert run_clocks(morning) == NOTHING
    config = app.config["TIDU"]
    monkeypatch.setattr(config, "public_base_url", "https://t.example")
    monkeypatch.setattr(config, "mail_url", "smtp://mail.example/?from=tidu@bureau.example")
    assert run_clocks(morning)["links"] == 1
    assert run_clocks(morning)["links"] == 0
    assert db.session.get_one(Issue, issue.id).state == "awaiting_firm"
    assert db.session.scalar(select(func.count(outbox.Mail.id))) == 1
    assert run_clocks(morning + 7 * DAY)["links"] == 1
