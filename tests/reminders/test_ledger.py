"""The ledger: told once, whoever runs and however often; what is missed is made up once; who hears next."""

import threading
from datetime import date, datetime, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from jobs import reminders
from models import outbox, outbox_admin, setting
from models.base import db
from models.clock import ZONE
from models.outbox import Mail
from models.promise import Promise
from models.reminder import ledger, settings
from models.reminder.record import Reminder, ReminderDelivery
from models.reminder.sources import of_rules
from models.rules.reminder import RuleFacts, state_words
from models.rules.reminder_table import BY_KEY
from models.unit import Absence
from models.user import User
from tests.support.factories import make_firm, make_membership, make_unit, make_user
from tests.support.statements import statements

#: A Friday.
ON = date(2026, 11, 20)
MAIL_URL = "smtp://127.0.0.1:9/?from=tidu@bureau.example"


def at(on: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(on, time(hour, minute), ZONE)


@pytest.fixture(autouse=True)
def with_server(any_app: Flask) -> Any:
    """A bureau with a mail server that nobody speaks to here."""
    any_app.config["TIDU"].mail_url = MAIL_URL
    yield
    any_app.config["TIDU"].mail_url = ""


def promise(person: User, due_on: date, words: str = "回复用地手续") -> Promise:
    row = Promise.make(make_firm(name="云澜泵业有限公司").id, words, person.id, due_on, person, at(date(2026, 11, 2)))
    db.session.commit()
    return row


def run(on: date, hour: int = 9) -> dict[str, Any]:
    return reminders.duties(at(on, hour))


def told() -> list[tuple[str, int]]:
    """(period, level) of every row, oldest first."""
    db.session.expire_all()
    return [(row.period, row.level) for row in db.session.scalars(select(Reminder).order_by(Reminder.id))]


def test_running_twice_reminds_once(app: Flask) -> None:
    promise(make_user(), date(2026, 11, 24))
    assert run(ON)["raised"] == 1
    again = run(ON)
    assert (again["raised"], again["sent"]) == (0, 0)
    assert told() == [("2026-11-24~2", 0)]


def test_a_missed_week_is_made_up_once(app: Flask) -> None:
    promise(make_user(), date(2026, 11, 12))
    assert run(date(2026, 11, 10))["raised"] == 1
    # Nobody was there from the 11th to the 18th: the due date and the day after it passed.
    assert run(date(2026, 11, 19))["raised"] == 1
    assert run(date(2026, 11, 20))["raised"] == 0
    assert told()[:2] == [("2026-11-12~2", 0), ("2026-11-12~-1", 0)]


def test_a_clock_set_back_tells_nothing_twice(app: Flask) -> None:
    promise(make_user(), date(2026, 11, 24))
    run(date(2026, 11, 24))
    assert run(ON)["raised"] == 0
    assert run(date(2026, 11, 24))["raised"] == 0


def test_what_was_done_is_settled_and_its_mail_is_not_sent(app: Flask) -> None:
    officer = make_user()
    row = promise(officer, date(2026, 11, 24))
    assert run(ON, hour=21)["sent"] == 0
    row.keep("电话答复", ON, officer, ON)
    db.session.commit()
    done = run(date(2026, 11, 23))
    assert (done["settled"], done["sent"]) == (1, 0)
    kept = db.session.scalars(select(Reminder)).one()
    assert kept.settled_on == date(2026, 11, 23)
    mail = kept.delivery("mail")
    assert mail is not None and (mail.state, mail.reason) == ("skipped", "settled")


def test_what_is_opened_again_waits_again_and_is_not_told_again(app: Flask) -> None:
    officer = make_user()
    row = promise(officer, date(2026, 11, 24))
    run(ON)
    row.keep("电话答复", ON, officer, ON)
    db.session.commit()
    run(date(2026, 11, 23))
    row.reopen()
    db.session.commit()
    assert run(date(2026, 11, 23))["raised"] == 0
    assert db.session.scalars(select(Reminder)).one().settled_on is None


def test_a_new_date_is_a_new_matter(app: Flask) -> None:
    row = promise(make_user(), date(2026, 11, 24))
    run(ON)
    row.due_on = date(2026, 11, 25)
    db.session.commit()
    done = run(date(2026, 11, 23))
    assert (done["raised"], done["settled"]) == (1, 1)


def test_a_deputy_gets_it_and_the_row_names_both(app: Flask) -> None:
    officer, deputy = make_user(name="陈时雨"), make_user()
    db.session.add(Absence(user_id=officer.id, deputy_id=deputy.id, from_on=ON, to_on=ON))
    promise(officer, date(2026, 11, 24))
    run(ON)
    row = db.session.scalars(select(Reminder)).one()
    assert (row.person_id, row.recipient_id, row.why) == (officer.id, deputy.id, "deputy")
    assert row.words.startswith("代陈时雨办：答应云澜泵业有限公司")
    mail = db.session.scalars(select(Mail)).one()
    assert mail.open().to == deputy.email
    # Back on Monday: the stage was told, the next is the person's own.
    run(date(2026, 11, 23))
    assert told() == [("2026-11-24~2", 0)]


def test_a_deputy_who_may_not_see_the_firm_hears_no_name(app: Flask) -> None:
    officer, deputy = make_user(role="town", area="青禾街道"), make_user(role="town", area="石桥镇")
    db.session.add(Absence(user_id=officer.id, deputy_id=deputy.id, from_on=ON, to_on=ON))
    promise(officer, date(2026, 11, 24))
    run(ON)
    row = db.session.scalars(select(Reminder)).one()
    assert row.recipient_id == deputy.id and "云澜" not in row.words and row.firm_id is None
    assert "云澜" not in db.session.scalars(select(Mail)).one().open().text


def test_who_left_gets_nothing_and_the_person_above_hears_at_once(app: Flask) -> None:
    head, officer = make_user(), make_user()
    section = make_unit(name="高企科", head_id=head.id)
    make_membership(officer, section, from_on=date(2026, 1, 1))
    promise(officer, date(2026, 11, 24))
    officer.active = False
    db.session.commit()
    done = run(ON)
    assert done["raised"] == 2 and done["skipped"][0]["reason"] == "已离岗"
    rows = list(db.session.scalars(select(Reminder).order_by(Reminder.id)))
    assert [(row.recipient_id, row.level) for row in rows] == [(None, 0), (head.id, 1)]


def test_a_matter_goes_up_after_three_whole_working_days_and_once(app: Flask) -> None:
    manager, head, officer = make_user(role="manager"), make_user(), make_user(name="陈时雨")
    section = make_unit(name="高企科", head_id=head.id)
    make_membership(officer, section, from_on=date(2026, 1, 1))
    promise(officer, date(2026, 11, 16))
    run(date(2026, 11, 16))
    run(date(2026, 11, 17))
    assert run(date(2026, 11, 19))["raised"] == 0, "Tuesday, Wednesday and Thursday are the officer's"
    assert run(date(2026, 11, 20))["raised"] == 1
    assert run(date(2026, 11, 20))["raised"] == 0
    up = db.session.scalars(select(Reminder).where(Reminder.level == 1)).one()
    assert (up.person_id, up.about_id) == (head.id, officer.id)
    assert up.words.startswith("陈时雨的事项 2026-11-16 到期，还没有办：")
    # Three more: the head's head, here the manager.
    assert run(date(2026, 11, 25))["raised"] == 0
    assert run(date(2026, 11, 26))["raised"] == 1
    top = db.session.scalars(select(Reminder).where(Reminder.level == 2)).one()
    assert top.person_id == manager.id
    assert run(date(2026, 12, 31))["raised"] == 0


def test_quiet_hours_hold_the_mail_until_the_next_working_morning(app: Flask) -> None:
    promise(make_user(), date(2026, 11, 24))
    done = run(ON, hour=20)
    assert (done["raised"], done["sent"]) == (1, 0)
    held = db.session.scalars(select(ReminderDelivery).where(ReminderDelivery.channel == "mail")).one()
    assert (held.state, held.reason, held.not_before) == ("waiting", "quiet", at(date(2026, 11, 23), 7, 30))
    assert reminders.hand_over(at(date(2026, 11, 21), 10)) == 0, "a Saturday"
    assert reminders.hand_over(at(date(2026, 11, 23), 7, 29)) == 0
    assert reminders.hand_over(at(date(2026, 11, 23), 7, 30)) == 1
    assert reminders.hand_over(at(date(2026, 11, 23), 7, 30)) == 0


def test_what_was_due_before_the_quiet_hours_and_not_taken_waits_as_well(app: Flask) -> None:
    promise(make_user(), date(2026, 11, 24))
    source = next(iter(of_rules(frozenset({"promise-due"}))))
    ledger.run(source, {"promise-due"}, ledger.load(ON, at(ON, 19, 59), server=True))
    db.session.commit()
    assert reminders.hand_over(at(ON, 20)) == 0
    held = db.session.scalars(select(ReminderDelivery).where(ReminderDelivery.channel == "mail")).one()
    assert (held.reason, held.not_before) == ("quiet", at(date(2026, 11, 23), 7, 30))


def test_nothing_leaves_the_house_while_sending_is_paused(app: Flask) -> None:
    promise(make_user(), date(2026, 11, 24))
    setting.change("sending", "paused")
    db.session.commit()
    assert run(ON)["sent"] == 0
    held = db.session.scalars(select(ReminderDelivery).where(ReminderDelivery.channel == "mail")).one()
    assert (held.state, held.reason) == ("waiting", "paused")
    setting.change("sending", "on")
    db.session.commit()
    assert reminders.hand_over(at(ON, 10)) == 1


def test_one_mail_carries_all_reminders_of_one_person(app: Flask) -> None:
    one, other = make_user(), make_user()
    promise(one, date(2026, 11, 24), "寄政策汇编")
    promise(one, date(2026, 11, 19), "回复用地手续")
    promise(other, date(2026, 11, 20))
    assert run(ON)["sent"] == 2
    mails = {mail.open().to: mail for mail in db.session.scalars(select(Mail))}
    letter = mails[one.email].open()
    assert letter.subject == "逾期 1 天：答应云澜泵业有限公司的事要答复：回复用地手续，另有 1 件"
    assert "寄政策汇编" in letter.text and "寄政策汇编" in letter.html
    rows = db.session.scalars(select(Reminder).where(Reminder.recipient_id == one.id))
    assert {row.delivery("mail").mail_id for row in rows} == {mails[one.email].id}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda user: settings.change("promise-due", "", RuleFacts("promise-due", (0,), "d", frozenset({"app"}))),
         "渠道关闭"),
        (lambda user: settings.choose(user.id, set(BY_KEY) - {"promise-due"}), "渠道关闭"),
        (lambda user: setattr(user, "email", "ren@none.invalid"), "无邮箱"),
    ],
)  # fmt: skip
def test_why_no_mail_goes_out_is_said(app: Flask, change: Any, reason: str) -> None:
    officer = make_user()
    promise(officer, ON)
    change(officer)
    db.session.commit()
    done = run(ON)
    assert (done["raised"], done["sent"]) == (1, 0)
    assert [skip["reason"] for skip in done["skipped"]] == [reason]
    assert done["skipped"][0]["key"].startswith("promise-due:promise/")


def test_a_rule_that_is_off_raises_nothing_and_settles_what_it_raised(app: Flask) -> None:
    officer = make_user()
    row = promise(officer, ON)
    run(ON)
    settings.change("promise-due", "", RuleFacts("promise-due", active=False))
    other = promise(officer, ON)
    row.keep("电话", ON, officer, ON)
    db.session.commit()
    done = run(date(2026, 11, 23))
    assert (done["raised"], done["settled"]) == (0, 1)
    assert other.is_open


def test_two_workers_at_once_tell_once(app: Flask) -> None:
    for _ in range(5):
        promise(make_user(), date(2026, 11, 24))
    together, results = threading.Barrier(2), []

    def work() -> None:
        with app.app_context():
            together.wait()
            results.append(reminders.duties(at(ON)))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(one["raised"] for one in results) == 5 and sum(one["sent"] for one in results) == 5
    db.session.rollback()
    assert len(told()) == 5 and len(list(db.session.scalars(select(Mail)))) == 5


def test_the_database_refuses_a_second_row_of_the_same_matter(app: Flask) -> None:
    promise(make_user(), ON)
    run(ON)
    row = db.session.scalars(select(Reminder)).one()
    values = {column.name: getattr(row, column.name) for column in Reminder.__table__.columns if column.name != "id"}
    db.session.add(Reminder(**values))
    with pytest.raises(Exception, match=r"(?i)unique"):
        db.session.flush()
    db.session.rollback()


def test_one_failing_source_stops_no_other(app: Flask, monkeypatch: Any) -> None:
    promise(make_user(), ON)
    broken = next(iter(of_rules(frozenset({"issue-due"}))))
    monkeypatch.setattr("models.reminder.issues._desk", lambda *args: 1 / 0)
    assert "issue-due" in broken.rules
    with pytest.raises(ExceptionGroup):
        run(ON)
    assert len(told()) == 1


def test_statements_do_not_grow_with_what_is_due(app: Flask) -> None:
    officers = [make_user() for _ in range(3)]

    def count(number: int) -> int:
        db.session.query(ReminderDelivery).delete()
        db.session.query(Reminder).delete()
        for index in range(number):
            promise(officers[index % 3], date(2026, 11, 24))
        db.session.commit()
        source = next(iter(of_rules(frozenset({"promise-due"}))))
        with statements() as found:
            ledger.run(source, {"promise-due"}, ledger.load(ON, at(ON), server=True))
        db.session.commit()
        return len(found)

    assert count(3) == count(30)


def test_the_outbox_tells_the_same_mail_by_its_key(app: Flask) -> None:
    officer = make_user()
    promise(officer, ON)
    run(ON)
    mail = db.session.scalars(select(Mail)).one()
    delivery = db.session.scalars(select(ReminderDelivery).where(ReminderDelivery.channel == "mail")).one()
    assert mail.key == f"reminders:{officer.id}:{delivery.id}"
    assert outbox.put(mail.key, mail.open(), "bureau.example", at(ON)).id == mail.id


def test_what_a_restored_copy_would_have_told_is_noted_as_maybe_sent_and_not_sent(app: Flask) -> None:
    promise(make_user(), date(2026, 11, 24))
    for key, value in (("sending", "paused"), ("restored_from", at(date(2026, 11, 18)).isoformat())):
        setting.change(key, value)
    db.session.commit()
    assert run(ON)["skipped"][0]["reason"] == "可能已发"
    for key, value in (("sending", "on"), ("restored_from", "")):
        setting.change(key, value)
    db.session.commit()
    assert (run(date(2026, 11, 23))["sent"], told()) == (0, [("2026-11-24~2", 0)])
    mail = db.session.scalars(select(Reminder)).one().delivery("mail")
    assert mail is not None and (mail.state, mail.reason) == ("skipped", "maybe_sent")


def test_after_a_restore_what_fell_between_lies_in_the_outbox_as_perhaps_sent(app: Flask) -> None:
    promise(make_user(), date(2026, 11, 20))
    setting.change("sending", "paused")
    db.session.commit()
    assert run(ON, hour=8)["sent"] == 0
    late = promise(make_user(), date(2026, 11, 24))
    reminders.duties(at(ON, 12))
    assert late.is_open
    # The other process died at nine: what was raised at eight it may have sent, what was raised at twelve it has not.
    assert reminders.put_aside(at(ON, 9), at(ON, 13)) == 1
    assert outbox_admin.hold_maybe_sent(at(ON, 9)) == 1
    setting.change("sending", "on")
    db.session.commit()
    first, second = db.session.scalars(select(Reminder).order_by(Reminder.id))
    assert state_words(first.told) == "邮件可能已发"
    assert reminders.hand_over(at(ON, 13)) == 1
    db.session.expire_all()
    assert state_words(second.told) == "邮件已交发"
    assert reminders.put_aside(at(ON, 9), at(ON, 13)) == 0
