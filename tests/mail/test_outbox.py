"""The outbox against a real SMTP server: what is in it goes out once, whatever the server does and whoever dies."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crm.mail.message import Words, letter
from jobs.post import Post
from models import outbox, setting
from models.base import db
from models.errors import Refused
from models.link import Link
from models.outbox import Mail
from tests.support.mail_server import serving

#: Senders note how it ended by the clock; what is due is asked of an argument.
AT = datetime.now(UTC)
BUTTON = ("去确认", "https://t.example/l/firm/abc")
MINUTE = timedelta(minutes=1)


class Died(BaseException):
    """The process ends here, as kill -9 ends it: nothing after this line runs."""


def put(key: str = "issue-1-day-0", at: datetime = AT, **values: Any) -> Mail:
    words = Words(
        "您提的问题，解决了吗？", ["您说"], "缺一台设备", ("去确认", "https://t.example/l/firm/abc"), ["七天有效"]
    )
    mail = outbox.put(key, letter("gu@firm.example", "顾清和", "请确认：缺设备", words), "bureau.example", at, **values)
    db.session.commit()
    return mail


def post(app: Flask, port: int, query: str = "") -> Post:
    app.config["TIDU"].mail_url = f"smtp://127.0.0.1:{port}/?from=tidu@bureau.example{query}"
    return Post(app, "tester", threading.Event())


@pytest.fixture(autouse=True)
def no_server(any_app: Flask) -> Any:
    """Leave the application without a mail server, as it began."""
    yield
    any_app.config["TIDU"].mail_url = ""


def fresh() -> Mail:
    db.session.expire_all()
    return db.session.scalars(select(Mail)).one()


def test_a_mail_goes_out_once_and_its_words_are_wiped(app: Flask) -> None:
    put()
    assert put().id == fresh().id
    with serving() as (taken, port):
        sender = post(app, port)
        assert sender.run_one(AT)
        assert not sender.run_one(AT)
    mail = fresh()
    assert (mail.state, mail.letter_sealed, mail.attempts, mail.doubtful) == ("sent", None, 1, False)
    [wire] = taken.mails
    assert wire["Message-ID"] == mail.message_id and wire["Message-ID"].endswith("@bureau.example>")
    assert wire["Subject"] == "请确认：缺设备"
    assert str(wire["To"]) == "顾清和 <gu@firm.example>" and "区科技局" in str(wire["From"])
    plain, html = wire.get_body(("plain",)), wire.get_body(("html",))
    assert plain is not None and html is not None
    assert "https://t.example/l/firm/abc" in plain.get_content() and "“缺一台设备”" in html.get_content()
    assert wire.as_bytes().isascii(), "no byte a strict server would refuse"


def test_the_database_shows_neither_address_nor_secret(app: Flask) -> None:
    mail = put()
    assert mail.address_hint == "g***@firm.example"
    kept = str({name: value for name, value in vars(mail).items() if not name.startswith("_")})
    assert "gu@firm" not in kept and "/l/firm" not in kept


def test_killed_between_sending_and_writing_it_is_sent_again_and_recognised(app: Flask, monkeypatch: Any) -> None:
    put()
    with serving() as (taken, port):

        def die(*args: Any) -> bool:
            raise Died

        sender = post(app, port)
        with monkeypatch.context() as patch:
            patch.setattr(outbox, "sent", die)
            with pytest.raises(Died):
                sender.run_one(AT)
        db.session.rollback()
        assert not sender.run_one(AT + MINUTE), "its lease runs still"
        assert sender.run_one(AT + outbox.LEASE + MINUTE)
    first, second = taken.mails
    assert first["Message-ID"] == second["Message-ID"]
    mail = fresh()
    assert (mail.state, mail.doubtful, mail.state_words) == ("sent", True, "已发（可能重复）")


def test_a_server_that_falls_silent_after_it_had_everything_leaves_a_doubt(app: Flask) -> None:
    put()
    with serving() as (taken, port):
        taken.drop_after_data = True
        sender = post(app, port)
        sender.run_one(AT)
        assert (fresh().state, fresh().doubtful) == ("waiting", True)
        taken.drop_after_data = False
        sender.run_one(fresh().next_at)
    assert len({mail["Message-ID"] for mail in taken.mails}) == 1 and len(taken.mails) == 2
    assert fresh().state_words == "已发（可能重复）"


@pytest.mark.parametrize(
    "rcpt, data, state",
    [
        ("550 no such user", "", "bounced"),
        ("450 greylisted", "", "waiting"),
        ("", "554 refused", "bounced"),
        ("", "451 try later", "waiting"),
    ],
)
def test_what_the_server_refuses(app: Flask, rcpt: str, data: str, state: str) -> None:
    put()
    with serving() as (taken, port):
        taken.rcpt, taken.data = rcpt, data
        sender = post(app, port)
        sender.run_one(AT)
        mail = fresh()
        assert (mail.state, mail.doubtful) == (state, False) and (rcpt or data)[4:] in mail.error
        taken.rcpt = taken.data = ""
        if state == "waiting":
            assert not sender.run_one(AT), "not before its time"
            assert sender.run_one(mail.next_at) and fresh().state == "sent"
        else:
            fresh().retry(AT)
            db.session.commit()
            assert sender.run_one(AT) and fresh().state == "sent"
            with pytest.raises(Refused):
                fresh().retry(AT)


def test_a_server_that_hangs_holds_nobody_for_ever(app: Flask) -> None:
    put()
    with serving() as (taken, port):
        taken.hang = 3
        sender = post(app, port)
        assert sender.server is not None
        object.__setattr__(sender.server, "timeout", 0.3)
        sender.run_one(AT)
    assert fresh().state == "waiting" and fresh().doubtful


def test_nobody_there_waits_longer_each_time_and_is_given_up_after_days(app: Flask) -> None:
    put()
    sender, waits, at = post(app, 1), [], AT
    for _ in range(7):
        before = datetime.now(UTC)
        assert sender.run_one(at)
        waits.append(round((fresh().next_at - before).total_seconds() / 60))
        at = fresh().next_at
    assert waits == [1, 5, 15, 30, 60, 60, 60]
    fresh().created_at = datetime.now(UTC) - outbox.GIVE_UP - MINUTE
    db.session.commit()
    sender.run_one(at)
    assert fresh().state == "failed" and "连不上" in fresh().error


def test_paused_sending_sends_nothing_and_loses_nothing(app: Flask) -> None:
    put()
    setting.change("sending", "paused")
    db.session.commit()
    with serving() as (taken, port):
        assert not post(app, port).run_one(AT)
        setting.change("sending", "on")
        db.session.commit()
        assert post(app, port).run_one(AT)
    assert len(taken.mails) == 1


def test_without_a_server_nothing_is_tried(app: Flask) -> None:
    put()
    assert not Post(app, "tester", threading.Event()).run_one(AT)
    assert fresh().attempts == 0


def test_a_minute_has_room_for_so_many(app: Flask) -> None:
    for number in range(4):
        put(f"key-{number}")
    setting.change("mail_per_minute", "2")
    db.session.commit()
    with serving() as (taken, port):
        sender = post(app, port)
        now = datetime.now(UTC)
        assert [sender.run_one(now) for _ in range(3)] == [True, True, False]
        assert sender.run_one(now + 2 * MINUTE)
    assert len(taken.mails) == 3


def test_a_mail_about_a_dead_link_is_not_sent(app: Flask) -> None:
    link, _ = Link.make("issue_firm", "issue", 1, at=AT, by=None, expires_at=AT + timedelta(days=7))
    put(link_id=link.id)
    link.revoke(AT)
    db.session.commit()
    with serving() as (taken, port):
        assert post(app, port).run_one(AT)
    assert taken.mails == [] and (fresh().state, fresh().letter_sealed) == ("skipped", None)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_login(app: Flask) -> None:
    put()
    with serving(login=True) as (taken, port):
        app.config["TIDU"].mail_url = f"smtp://tidu%40bureau.example:p%2Fw%401@127.0.0.1:{port}/"
        assert Post(app, "tester", threading.Event()).run_one(AT)
        assert len(taken.mails) == 1
        put("second")
        app.config["TIDU"].mail_url = f"smtp://tidu%40bureau.example:wrong@127.0.0.1:{port}/"
        Post(app, "tester", threading.Event()).run_one(AT)
        waiting = db.session.scalars(select(Mail).where(Mail.key == "second")).one()
        assert (waiting.state, waiting.error) == ("waiting", "邮件服务器不认账号或口令")
        app.config["TIDU"].mail_url = f"smtp://tidu%40bureau.example:%E5%8F%A3@127.0.0.1:{port}/"
        Post(app, "tester", threading.Event()).run_one(waiting.next_at)
    db.session.refresh(waiting)
    assert (waiting.state, waiting.error[:7]) == ("waiting", "邮件账号和口令")


def test_two_senders_take_different_mails(app: Flask) -> None:
    put("one"), put("two")
    first = outbox.take("a", AT)
    db.session.commit()
    second = outbox.take("b", AT)
    db.session.commit()
    assert first and second and first.id != second.id
    assert outbox.take("c", AT) is None
    assert not outbox.sent(first.id, "b", AT), "only its holder writes how it ended"


def test_many_threads_send_each_mail_once(app: Flask) -> None:
    for number in range(20):
        put(f"key-{number}")
    with serving() as (taken, port):
        senders = [post(app, port) for _ in range(3)]
        for number, sender in enumerate(senders):
            sender.holder = f"sender-{number}"

        def work(sender: Post) -> None:
            while sender.run_one(AT):
                pass

        threads = [threading.Thread(target=work, args=[sender]) for sender in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(taken.mails) == 20 == len({mail["Message-ID"] for mail in taken.mails})
