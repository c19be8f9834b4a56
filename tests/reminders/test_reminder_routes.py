"""The pages of 提醒: mine alone, read by opening and never by looking; the rules; the bell; the command line."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from models import clock
from models.base import db
from models.promise import Promise
from models.reminder import settings
from models.reminder.record import Reminder
from models.rules.reminder_table import BY_KEY
from models.user import User
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.reminder_factories import make_reminder
from tests.support.statements import statements


def fresh(row_id: int) -> Reminder:
    db.session.expire_all()
    return db.session.get_one(Reminder, row_id)


def test_a_person_sees_their_own_alone_those_not_opened_first(browser: Browser) -> None:
    me, other = make_user(), make_user()
    make_reminder(me, words="看过的", read_at=clock.now(), due_on=date(2026, 1, 2))
    make_reminder(me, words="没看过的", due_on=date(2026, 5, 2))
    make_reminder(me, words="办完的", settled_on=date(2026, 3, 1))
    make_reminder(other, words="别人的")
    page = browser.sign_in(me).open("/reminders/")
    assert [row[0].split(" ")[0] for row in page.rows("提醒")] == ["没看过的", "看过的"]
    assert "办完的" in browser.open("/reminders/?state=all").text
    assert "别人的" not in browser.open("/reminders/?state=all").text


def test_the_bell_counts_what_is_new(browser: Browser) -> None:
    me = make_user()
    rows = [make_reminder(me) for _ in range(3)]
    assert "提醒 3" in browser.sign_in(me).open("/settings/").text
    browser.post(f"/reminders/{rows[0].id}/open")
    assert "提醒 2" in browser.open("/settings/").text
    browser.send("/reminders/read")
    assert "条没看过" not in browser.open("/settings/").text


def test_looking_changes_nothing_and_opening_leads_to_the_record(browser: Browser) -> None:
    me = make_user()
    row = make_reminder(me, path="/promises/")
    browser.sign_in(me).open(f"/reminders/{row.id}")
    assert fresh(row.id).read_at is None
    answer = browser.post(f"/reminders/{row.id}/open")
    assert answer.headers["Location"] == "/promises/"
    opened = fresh(row.id)
    assert opened.read_at is not None and opened.settled_on is None, "opening is not acting"


@pytest.mark.parametrize("path", ["", "/open"])
def test_anothers_reminder_does_not_exist(browser: Browser, path: str) -> None:
    row = make_reminder()
    browser.sign_in(make_user(role="manager"))
    answer = browser.post(f"/reminders/{row.id}{path}") if path else browser.get(f"/reminders/{row.id}")
    assert answer.status_code == 404


def test_its_steps_say_why_no_mail_came(browser: Browser) -> None:
    me = make_user()
    row = make_reminder(me, mail=("skipped", "no_mailbox"))
    assert "邮件没有发：无邮箱" in browser.sign_in(me).open(f"/reminders/{row.id}").text


def test_a_person_chooses_of_what_to_get_mail(browser: Browser) -> None:
    me = make_user()
    db.session.commit()
    wanted = [key for key in BY_KEY if key != "issue-due"]
    browser.sign_in(me).send("/reminders/mail", {"wanted": wanted})
    assert settings.declined([me.id]) == {(me.id, "issue-due")}
    browser.send("/reminders/mail", {"wanted": list(BY_KEY)})
    assert settings.declined([me.id]) == set()


def due_on_tuesday(officer: User) -> Promise:
    """A promise made at the beginning of the month, due on Tuesday the 24th."""
    at = clock.day_begins(date(2026, 11, 2))
    row = Promise.make(make_firm().id, "答复用地手续", officer.id, date(2026, 11, 24), officer, at)
    db.session.flush()
    return row


def rule_form(**values: Any) -> dict[str, Any]:
    return {
        "name": "承诺到期", "active": "y", "stages": "5、0 -2", "unit": "wd", "channels": ["mail"],
        "escalate_after": "2", **values,
    }  # fmt: skip


def test_the_office_sets_a_rule_and_takes_it_back(browser: Browser) -> None:
    office = make_user(role="office")
    db.session.commit()
    page = browser.sign_in(office).send("/reminders/rules/promise-due", rule_form())
    assert "承诺到期" in page.text and "到期前 5 个工作日、到期当天、到期后 2 个工作日" in page.text
    facts = settings.get("promise-due").facts
    assert (facts.stages, facts.escalate_after, sorted(facts.channels)) == ((5, 0, -2), 2, ["app", "mail"])
    browser.send("/reminders/rules/promise-due/restore")
    assert settings.get("promise-due") == BY_KEY["promise-due"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"stages": "下周"}, "请填整数"),
        ({"stages": "1 2 3 4 5 6 7"}, "请填 1 到 6 个提醒日"),
        ({"stages": "121"}, "提醒日最多早或晚 120 天"),
        ({"escalate_after": "61"}, "请填 0 到 60"),
        ({"escalate_after": ""}, "请填 0 到 60"),
    ],
)
def test_a_rule_that_no_day_can_have_is_refused(browser: Browser, values: dict[str, str], message: str) -> None:
    browser.sign_in(make_user(role="office"))
    page = browser.send("/reminders/rules/promise-due", rule_form(**values), status=422)
    assert message in page.text and page.field("名称").attributes["value"] == "承诺到期"
    assert not settings.is_changed("promise-due")


def test_no_such_rule(browser: Browser) -> None:
    browser.sign_in(make_user(role="office"))
    assert browser.get("/reminders/rules/none").status_code == 404
    assert browser.post("/reminders/rules/none/restore").status_code == 404


def test_the_list_takes_the_same_statements_for_three_and_thirty(browser: Browser) -> None:
    me = make_user()
    browser.sign_in(me)

    def count(number: int) -> int:
        for _ in range(number):
            make_reminder(me)
        db.session.commit()
        db.session.expire_all()
        with statements() as found:
            browser.open("/reminders/")
        return len(found)

    assert count(3) == count(27)


def test_the_preview_writes_nothing_and_names_each_door(app: Flask) -> None:
    officer = make_user()
    promise = due_on_tuesday(officer)
    db.session.commit()
    answer = app.test_cli_runner().invoke(args=["reminders", "preview", "--on", "2026-11-20", "--json"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == [
        {
            "rule": "promise-due", "record": f"promise/{promise.id}", "person": officer.name, "due": "2026-11-24",
            "channel": "app", "for": officer.name, "period": "2026-11-24~2",
        }
    ]  # fmt: skip
    assert db.session.query(Reminder).count() == 0


def test_nothing_goes_out_on_a_day_off(app: Flask) -> None:
    due_on_tuesday(make_user())
    db.session.commit()
    answer = app.test_cli_runner().invoke(args=["reminders", "preview", "--on", "2026-11-21", "--json"])
    assert json.loads(answer.stdout) == []


def test_the_week_is_asked_for_on_its_last_working_day_alone(app: Flask) -> None:
    from models.reminder.preview import rules_of

    friday = date(2026, 11, 20)
    assert "plan-week" in rules_of(friday) and "plan-week" not in rules_of(friday - timedelta(days=1))
    # 国庆: Wednesday 30 September is the last.
    assert "plan-week" in rules_of(date(2026, 9, 30))
    assert "survey-eve" in rules_of(date(2026, 11, 18)) and "survey-eve" not in rules_of(date(2026, 11, 19))
