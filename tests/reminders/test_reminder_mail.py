"""The mail of reminders: as it stands in the golden files, and on its way through a real SMTP server."""

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crm.mail.reminders import House, letter_for, subject_of
from jobs import reminders
from jobs.post import Post
from models import clock
from models.base import db
from models.clock import ZONE
from models.outbox import Mail
from models.promise import Promise
from models.reminder import steps
from models.reminder.record import Reminder
from models.rules.reminder import state_words
from models.rules.reminder_table import BY_KEY
from models.user import User
from tests.reminders.test_ledger import at
from tests.support.factories import make_firm, make_user
from tests.support.mail_server import serving

GOLDEN = Path(__file__).parent / "golden"
ON = date(2026, 11, 20)
HOUSE = House("云澜区科技局", "010-5550100", "https://tidu.bureau.example")


def row(number: int, words: str, due_on: date, **values: Any) -> Reminder:
    person = User(name="陈时雨")
    defaults = {"rule": "promise-due", "why": "", "level": 0, "person": person, "about": person}
    return Reminder(id=number, words=words, due_on=due_on, **{**defaults, **values})


ROWS = [
    row(12, "您办的问题：云澜泵业有限公司 租库补贴 <尽快>", date(2026, 11, 23), rule="issue-due"),
    row(11, "答应云澜泵业有限公司的事要答复：回复用地手续", date(2026, 11, 18)),
    row(13, "代周行办：答应青禾焊接有限公司的事要答复：寄政策汇编", ON, why="deputy", person=User(name="周行")),
    row(14, "沈知微的事项 2026-11-10 到期，还没有办：等销号审核", date(2026, 11, 10), rule="issue-review", level=1,
        about=User(name="沈知微")),
    row(16, "青弧检测有限公司在培育后备库已有 3 个月没有动静，请定下一步", date(2025, 8, 1), rule="pool-still"),
    row(15, "您联系的 14 家：科技型中小企业入库编号到期，2026-12-31 为最后一天", date(2026, 12, 31), rule="title-end"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "house"), [("morning", HOUSE), ("no-address", House("云澜区科技局", "", ""))])
def test_the_mail_is_as_it_was_agreed(name: str, house: House) -> None:
    reader = User(id=7, name="陈时雨", email="chen@bureau.example")
    found = letter_for(reader, ROWS, BY_KEY, house, datetime(2026, 11, 20, 7, 30, tzinfo=ZONE))
    text = f"Subject: {found.subject}\n\n{found.text}"
    for ending, got in (("txt", text), ("html", found.html.replace("<tr>", "\n<tr>"))):
        path = GOLDEN / f"{name}.{ending}"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_text(got, encoding="utf-8")
            pytest.fail(f"{path.name} was not there; look at what was written")
        assert got == path.read_text(encoding="utf-8")


def test_the_most_pressing_stands_first_and_gives_the_subject() -> None:
    ordered = sorted(ROWS, key=lambda one: (BY_KEY[one.rule].soft, one.due_on))
    assert subject_of(ordered[1:2], BY_KEY, ON) == "逾期 2 天：答应云澜泵业有限公司的事要答复：回复用地手续"
    assert subject_of(ordered, BY_KEY, ON).endswith("，另有 5 件")


def test_what_a_firm_said_is_no_markup() -> None:
    found = letter_for(
        User(id=7, name="甲<b>", email="a@b.example"), ROWS, BY_KEY, HOUSE, datetime(2026, 11, 20, tzinfo=ZONE)
    )
    assert "&lt;尽快&gt;" in found.html and "<尽快>" not in found.html and "甲&lt;b&gt;" in found.html


def test_a_long_list_is_cut_and_says_so() -> None:
    rows = [row(number, f"第 {number} 件", ON) for number in range(1, 36)]
    found = letter_for(
        User(id=7, name="甲", email="a@b.example"), rows, BY_KEY, HOUSE, datetime(2026, 11, 20, tzinfo=ZONE)
    )
    assert "第 30 件" in found.text and "第 31 件" not in found.text
    assert "还有 5 件" in found.text and "还有 5 件" in found.html


@pytest.fixture
def through_server(app: Flask) -> Any:
    """A reminder in the outbox, and a sender that speaks to a server."""
    officer = make_user()
    firm = make_firm(name="云澜泵业有限公司")
    Promise.make(firm.id, "回复用地手续", officer.id, ON, officer, at(date(2026, 11, 2)))
    db.session.commit()
    with serving() as (taken, port):
        app.config["TIDU"].mail_url = f"smtp://127.0.0.1:{port}/?from=tidu@bureau.example"
        reminders.duties(at(ON))
        yield taken, Post(app, "tester", threading.Event())
    app.config["TIDU"].mail_url = ""


def the_words() -> str:
    db.session.expire_all()
    return state_words(steps.load(db.session.scalars(select(Reminder.id)).one()).told)


def test_delivered(through_server: Any) -> None:
    taken, post = through_server
    assert the_words() == "邮件已交发"
    assert post.run_one(datetime.now(UTC))
    assert the_words() == "邮件已送到"
    assert taken.mails[0]["Subject"] == "今天到期：答应云澜泵业有限公司的事要答复：回复用地手续"


def test_bounced(through_server: Any) -> None:
    taken, post = through_server
    taken.rcpt = "550 no such user"
    assert post.run_one(datetime.now(UTC))
    assert the_words() == "邮件被退回"
    row_id = db.session.scalars(select(Reminder.id)).one()
    told = [step.detail for step in steps.of(steps.load(row_id), BY_KEY["promise-due"])]
    assert any("550" in said for said in told), "the page says what the server said"


def test_dropped_after_data_it_comes_twice_under_one_id_and_the_ledger_says_so(through_server: Any) -> None:
    taken, post = through_server
    taken.drop_after_data = True
    post.run_one(datetime.now(UTC))
    taken.drop_after_data = False
    post.run_one(db.session.scalars(select(Mail.next_at)).one() + timedelta(seconds=1))
    assert len(taken.mails) == 2 and len({mail["Message-ID"] for mail in taken.mails}) == 1
    assert the_words() == "邮件已送到（可能重复）"


def test_the_worker_hands_over_what_waited_for_the_morning(app: Flask, through_server: Any) -> None:
    _, post = through_server
    asked = []
    original, reminders.hand_over = reminders.hand_over, lambda now: asked.append(now) or 0  # type: ignore[func-returns-value]
    try:
        now = clock.now()
        post.gather(now)
        post.gather(now + timedelta(seconds=14))
        post.gather(now + timedelta(seconds=15))
    finally:
        reminders.hand_over = original
    assert len(asked) == 2
