"""The job of Monday morning: one mail to each who has something to hear, one row in the ledger for everybody, once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from jobs.digests import weekly_digest
from models import clock
from models.all import db
from models.digest import telling
from models.outbox import Mail
from models.reminder.record import Reminder
from tests.digest.test_digest import red_issue
from tests.digest.test_digest_links import work_for
from tests.support.factories import make_absence, make_area, make_firm, make_promise, make_user
from tests.support.statements import statements

#: 08:30 on a Monday in Shanghai.
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
ON = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch, any_app: Flask) -> Any:
    config = any_app.config["TIDU"]
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(config, "mail_url", "smtp://127.0.0.1:1/?from=tidu@bureau.example")
    monkeypatch.setattr(config, "bureau_address", "https://tidu.example")


def mails() -> dict[str, Mail]:
    return {row.label: row for row in db.session.scalars(select(Mail).order_by(Mail.id))}


def ledger() -> dict[int, tuple[str, str, str]]:
    """By person: what the ledger says, and what became of the mail."""
    rows = db.session.scalars(select(Reminder).where(Reminder.rule == telling.RULE).order_by(Reminder.id))
    found = {}
    for row in rows:
        (door,) = row.deliveries
        found[row.person_id] = (row.words, door.state, door.reason)
    return found


def test_who_has_something_to_hear_gets_a_mail_and_the_others_a_row_that_says_why_not(app: Flask) -> None:
    busy, quiet, away, no_box = (make_user("officer", name=name) for name in ("陆以宁", "程野", "韩述", "汤安"))
    no_box.email = "tang@nobody.invalid"
    make_absence(away, quiet, from_on=ON, to_on=ON + timedelta(days=3))
    for person in (busy, no_box):
        red_issue(make_firm(), person)
    result = weekly_digest(NOW)
    assert (result["raised"], result["sent"]) == (4, 1)
    assert sorted(one["reason"] for one in result["skipped"]) == ["休假由代理", "无邮箱", "没有要说的"]
    assert {one["key"] for one in result["skipped"]} == {
        f"weekly-digest:{one.id}:2026-W48" for one in (quiet, away, no_box)
    }
    assert list(mails()) == ["陆以宁"]
    assert ledger() == {
        busy.id: ("每周要情：1 件问题逾期", "sent", ""), quiet.id: ("每周要情：没有要说的", "skipped", "nothing"),
        away.id: ("每周要情：没有要说的", "skipped", "deputy"),
        no_box.id: ("每周要情：1 件问题逾期", "skipped", "no_mailbox"),
    }  # fmt: skip


def test_a_second_run_of_the_week_writes_nothing_more(app: Flask) -> None:
    red_issue(make_firm(), make_user("officer"))
    assert weekly_digest(NOW)["sent"] == 1
    before = {row.message_id for row in mails().values()}
    assert weekly_digest(NOW + timedelta(hours=5)) == {"raised": 0, "sent": 0, "skipped": []}
    assert {row.message_id for row in mails().values()} == before and len(ledger()) == 1


def test_a_run_that_died_before_its_end_leaves_nothing_half_written(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    red_issue(make_firm(), make_user("officer"))
    db.session.commit()
    commit = db.session.commit

    def die() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(db.session, "commit", die)
    with pytest.raises(KeyboardInterrupt):
        weekly_digest(NOW)
    db.session.rollback()
    monkeypatch.setattr(db.session, "commit", commit)
    assert (mails(), ledger()) == ({}, {})
    assert weekly_digest(NOW)["sent"] == 1


def test_a_missed_week_is_told_with_the_next_and_what_was_told_is_not_again(app: Flask) -> None:
    make_user("officer")
    weekly_digest(NOW)
    db.session.flush()
    assert telling.since(ON) == ON - timedelta(days=7)
    assert telling.since(ON + timedelta(days=7)) == ON
    assert telling.since(ON + timedelta(days=14)) == ON
    assert telling.since(ON + timedelta(days=200)) == ON + timedelta(days=165)


def test_the_mail_of_an_officer_offers_the_acts_of_their_own_rows(app: Flask) -> None:
    person = make_user("officer")
    make_promise(make_firm(), person, due_on=ON)
    weekly_digest(NOW)
    (mail,) = mails().values()
    assert mail.subject == "1 项承诺本周到期"
    letter = mail.open()
    assert letter.text.count("https://tidu.example/l/act/") == 1 and "已答复" in letter.html


def test_without_a_mail_server_the_ledger_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.config["TIDU"], "mail_url", "")
    person = make_user("officer")
    red_issue(make_firm(), person)
    assert weekly_digest(NOW)["skipped"][0]["reason"] == "渠道关闭"
    assert mails() == {}


def test_more_people_take_no_more_statements(app: Flask) -> None:
    make_area("青禾街道")

    def run(week: int) -> int:
        with statements() as sent:
            weekly_digest(NOW + timedelta(weeks=week))
        return len(sent)

    work_for(make_user("officer"))
    run(0)
    few = run(1)
    for place in range(12):
        role = ("officer", "manager", "town")[place % 3]
        work_for(make_user(role, area="青禾街道" if role == "town" else None))
    assert run(2) == few
