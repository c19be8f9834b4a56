"""“为什么没收到”: each step of a reminder, and why there is none; who sees names and who sees keys."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from models.base import db
from models.clock import day_begins
from models.promise import Promise
from models.reminder import settings, trace
from models.reminder.trace import TraceFilter
from models.rules.reminder import Due, RuleFacts
from models.rules.reminder_plan import People, Row
from models.rules.reminder_why import why
from models.rules.workday import Workdays
from models.unit import Absence
from models.user import User
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.reminder_factories import make_reminder
from tests.support.statements import statements

ON = date(2026, 11, 20)
DUE = Due("promise-due", "promise", 5, 1, "2026-11-24", date(2026, 11, 24), 3, "答复", "/promises/")
RULE = RuleFacts("promise-due", (2, 0, -1), "wd")
NAMES = {1: "陈时雨", 2: "周行"}


def people(present: Any = (1, 2), acting: Any = None) -> People:
    return People(frozenset(present), acting or {}, NAMES, {}, ())


def row(stage: int, raised_on: date = date(2026, 11, 20)) -> Row:
    return Row(9, DUE.key, 1, stage, 0, raised_on)


@pytest.mark.parametrize(
    ("rows", "facts", "who", "on", "said"),
    [
        ([], RULE, people(), date(2026, 11, 19), "还没到提醒日，最早 2026-11-20 提醒"),
        ([], RULE, people(), ON, "应当提醒，等这一天的定时任务运行"),
        ([row(2)], RULE, people(), ON, "已在 2026-11-20 提醒过，同一件事同一个提醒日只提醒一次"),
        ([row(2)], RULE, people(), date(2026, 11, 24), "应当提醒，等这一天的定时任务运行"),
        ([], RuleFacts("promise-due", (2,), "wd", active=False), people(), ON, "规则已停用，不再提醒"),
        ([], RULE, people(acting={1: 2}), ON, "外出，由代理人周行收"),
        ([], RULE, people(present=(2,)), ON, "账号已停用（已离岗），没有人收，报给上一级"),
        ([], RULE, people(), date(2026, 11, 21), "休息日不提醒，下一个工作日补上"),
    ],
)
def test_the_reason_is_that_of_the_run(rows: list[Row], facts: RuleFacts, who: People, on: date, said: str) -> None:
    assert why(DUE, rows, facts, who, NAMES, Workdays({}, frozenset({2026})), on) == said


def promise(person: User, due_on: date = date(2026, 11, 24), name: str = "云澜泵业有限公司") -> Promise:
    made = Promise.make(
        make_firm(name=name).id, "回复用地手续", person.id, due_on, person, day_begins(date(2026, 11, 2))
    )
    db.session.commit()
    return made


def test_an_officer_asks_why_and_is_told(browser: Browser) -> None:
    officer = make_user(name="陈时雨")
    promise(officer)
    browser.sign_in(make_user(role="office"))
    address = f"/reminders/why?person={officer.id}&rule=promise-due&day="
    assert "还没到提醒日，最早 2026-11-20 提醒" in browser.open(address + "2026-11-19").text
    assert "应当提醒" in browser.open(address + "2026-11-20").text
    assert "没有设置邮件服务器" in browser.open(address + "2026-11-20").text
    settings.change("promise-due", "", RuleFacts("promise-due", (2,), "wd", active=False))
    db.session.commit()
    assert "规则已停用" in browser.open(address + "2026-11-20").text
    other = make_user()
    db.session.add(Absence(user_id=officer.id, deputy_id=other.id, from_on=ON, to_on=ON))
    settings.restore("promise-due")
    db.session.commit()
    assert f"由代理人{other.name}收" in browser.open(address + "2026-11-20").text
    assert "这一天没有到期的事" in browser.open(address.replace(str(officer.id), str(other.id)) + "2026-11-20").text


def test_an_administrator_sees_keys_and_no_firm(browser: Browser) -> None:
    officer = make_user()
    made, to_come = promise(officer), promise(officer)
    told = make_reminder(officer, record_id=made.id, firm_id=made.firm_id, words="答应云澜泵业有限公司的事要答复")
    browser.sign_in(make_user(role="sysadmin"))
    for address in ("/reminders/why", f"/reminders/why?person={officer.id}&rule=promise-due&day=2026-11-20",
                    f"/reminders/why/{told.id}", "/reminders/preview?on=2026-11-20"):  # fmt: skip
        page = browser.open(address)
        wanted = to_come.id if "preview" in address else made.id
        assert "云澜" not in page.html and f"promise/{wanted}" in page.text, address


def test_a_firm_that_one_may_not_see_does_not_appear(app: Flask) -> None:
    officer = make_user()
    here, there = make_firm(area="青禾街道"), make_firm(area="石桥镇")
    seen, unseen = make_reminder(officer, firm_id=here.id), make_reminder(officer, firm_id=there.id)
    town = make_user(role="town", area="青禾街道")
    rows, _, total = trace.look(town, TraceFilter(), 1, 50)
    assert ([one.id for one in rows], total) == ([seen.id], 1)
    assert trace.look(make_user(role="manager"), TraceFilter(), 1, 50)[2] == 2
    assert unseen.id


def test_the_search_narrows(app: Flask) -> None:
    one, other, office = make_user(), make_user(), make_user(role="office")
    firm = make_firm(name="青弧_焊接有限公司")
    mine = make_reminder(one, firm_id=firm.id, raised_on=ON)
    make_reminder(other, rule="issue-due", raised_on=date(2026, 11, 19))

    def found(**values: Any) -> list[int]:
        return [row.id for row in trace.look(office, TraceFilter(**values), 1, 50)[0]]

    assert found(person=one.id) == found(rule="promise-due") == found(firm="弧_焊") == found(day=ON) == [mine.id]
    assert found(firm="不存在") == [] and len(found()) == 2


def test_the_search_takes_the_same_statements_for_three_and_thirty(browser: Browser) -> None:
    browser.sign_in(make_user(role="office"))

    def count(number: int) -> int:
        for _ in range(number):
            make_reminder(mail=("skipped", "no_mailbox"))
        db.session.commit()
        db.session.expire_all()
        with statements() as sent:
            browser.open("/reminders/why")
        return len(sent)

    assert count(3) == count(27)
