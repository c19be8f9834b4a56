"""Robots of groups: three shapes, counts and one link, nothing of a firm or a person; what a robot may answer."""

import base64
import hashlib
import hmac
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from crm.mail import robots as wire
from jobs import reminders
from jobs.robots import RobotPosts
from models import clock, robot, setting
from models.base import db
from models.promise import Promise
from models.reminder.record import ReminderDelivery
from models.robot import Robot, RobotPost
from models.user import User
from tests.reminders.test_ledger import at
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_membership, make_unit, make_user
from tests.support.robot_server import robot as robot_server

ON = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def make_robot(address: str = "", **values: Any) -> Robot:
    number = db.session.query(Robot).count() + 1
    one = Robot(**{"name": f"群{number}", "kind": "wecom", "created_at": AT, "rules": frozenset(), **values})
    one.put_address(address)
    db.session.add(one)
    db.session.commit()
    return one


def sender(app: Flask) -> RobotPosts:
    found = RobotPosts(app, "tester", threading.Event())
    found.timeout = 1.0
    return found


def promise(person: User) -> None:
    Promise.make(make_firm(name="云澜泵业有限公司").id, "回复用地手续", person.id, ON, person, at(date(2026, 11, 2)))
    db.session.commit()


def test_the_three_shapes() -> None:
    words = "区科技局：新提醒 3 件。"
    assert wire.wire("wecom", "https://a.example/x?key=1", "", words, AT) == wire.Wire(
        "https://a.example/x?key=1", {"msgtype": "text", "text": {"content": words}}
    )
    assert wire.wire("dingtalk", "https://a.example/x?access_token=1", "", words, AT).body == {
        "msgtype": "text", "text": {"content": words},
    }  # fmt: skip
    assert wire.wire("feishu", "https://a.example/hook/1", "", words, AT).body == {
        "msg_type": "text", "content": {"text": words},
    }  # fmt: skip


def test_dingtalk_signs_the_address_and_feishu_the_body() -> None:
    found = wire.wire("dingtalk", "https://a.example/x?access_token=1", "SECabc", "字", AT)
    asked = parse_qs(urlsplit(found.address).query)
    stamp = str(int(AT.timestamp() * 1000))
    digest = hmac.new(b"SECabc", f"{stamp}\nSECabc".encode(), hashlib.sha256).digest()
    assert asked == {"access_token": ["1"], "timestamp": [stamp], "sign": [base64.b64encode(digest).decode()]}
    body = wire.wire("feishu", "https://a.example/hook/1", "abc", "字", AT).body
    stamp = str(int(AT.timestamp()))
    digest = hmac.new(f"{stamp}\nabc".encode(), b"", hashlib.sha256).digest()
    assert (body["timestamp"], body["sign"]) == (stamp, base64.b64encode(digest).decode())


def test_a_group_hears_counts_and_one_link_and_no_name(app: Flask) -> None:
    officer = make_user(name="陈时雨")
    promise(officer)
    promise(officer)
    app.config["TIDU"].bureau_address = "https://tidu.bureau.example"
    try:
        with robot_server() as (told, address):
            make_robot(address)
            reminders.duties(at(ON))
            assert sender(app).run_one(clock.now())
            assert not sender(app).run_one(clock.now())
            [body] = told.bodies
    finally:
        app.config["TIDU"].bureau_address = ""
    said = body["text"]["content"]
    assert said == "区科技局：新提醒 2 件。答复承诺到期 2 件。\nhttps://tidu.bureau.example/reminders/"
    assert "云澜泵业" not in said and "陈时雨" not in said
    assert told.paths == ["/send?key=secret-of-the-group"]


def test_a_second_run_tells_no_group_again(app: Flask) -> None:
    promise(make_user())
    make_robot("https://a.example/x")
    reminders.duties(at(ON))
    reminders.duties(at(ON))
    assert db.session.query(RobotPost).count() == 1


def test_a_unit_hears_of_its_own_people_and_a_rule_of_its_own(app: Flask) -> None:
    mine, other = make_user(), make_user()
    section = make_unit(name="高企科")
    make_membership(mine, section, from_on=date(2026, 1, 1))
    promise(mine)
    promise(other)
    make_robot("https://a.example/x", unit_id=section.id)
    make_robot("https://b.example/x", rules=frozenset({"issue-due"}))
    reminders.duties(at(ON))
    posts = list(db.session.scalars(select(RobotPost)))
    assert [post.words for post in posts] == ["区科技局：新提醒 1 件。答复承诺到期 1 件。"]
    left = db.session.scalars(
        select(ReminderDelivery).where(ReminderDelivery.channel == "robot", ReminderDelivery.state == "skipped")
    ).one()
    assert left.reason == "channel_off", "no group counts the other's"


def test_a_robot_without_address_is_off(app: Flask) -> None:
    promise(make_user())
    one = make_robot("https://a.example/x")
    one.put_address("")
    db.session.commit()
    reminders.duties(at(ON))
    assert db.session.query(RobotPost).count() == 0
    assert db.session.query(ReminderDelivery).filter_by(channel="robot").count() == 0


def test_the_address_taken_away_stops_what_waits(app: Flask) -> None:
    one = make_robot("https://a.example/x")
    robot.put(one, "key", "字", AT)
    one.put_address("")
    db.session.commit()
    assert sender(app).run_one(AT)
    post = db.session.scalars(select(RobotPost)).one()
    assert (post.state, post.error) == ("skipped", "机器人已停")


@pytest.mark.parametrize(
    ("answers", "state", "words"),
    [
        ({"answer": {"errcode": 0}}, "sent", ""),
        ({"answer": {"code": 0, "msg": "success"}}, "sent", ""),
        ({"answer": {"errcode": 93000, "errmsg": "invalid webhook url"}}, "failed", "机器人不收：93000"),
        ({"answer": {"code": 19021, "msg": "sign match fail"}}, "failed", "机器人不收：19021 sign match fail"),
        ({"answer": {"errcode": 45009, "errmsg": "too often"}}, "waiting", "发得太密"),
        ({"status": 500}, "waiting", "机器人现在不收：500"),
        ({"status": 404}, "failed", "机器人不收：404"),
        ({"status": 302, "location": "http://127.0.0.1:1/"}, "failed", "没有跟去"),
        ({"answer": b"<html>"}, "failed", "不是机器人的格式"),
        ({"silent": True}, "waiting", "没有回音"),
        ({"hang": 1.6}, "waiting", "没有回音"),
    ],
)
def test_what_a_robot_may_answer(app: Flask, answers: dict[str, Any], state: str, words: str) -> None:
    with robot_server() as (told, address):
        for name, value in answers.items():
            setattr(told, name, value)
        robot.put(make_robot(address), "key", "字", AT)
        db.session.commit()
        assert sender(app).run_one(AT)
    db.session.expire_all()
    post = db.session.scalars(select(RobotPost)).one()
    assert post.state == state and words in post.error
    assert post.doubtful is (words == "没有回音")
    if state == "waiting":
        assert post.next_at > AT
        assert not sender(app).run_one(AT), "not before its time"


def test_in_vain_five_times_is_given_up(app: Flask) -> None:
    with robot_server() as (told, address):
        told.status = 503
        robot.put(make_robot(address), "key", "字", AT)
        db.session.commit()
        for _ in range(5):
            post = db.session.scalars(select(RobotPost)).one()
            assert sender(app).run_one(post.next_at)
            db.session.expire_all()
    assert db.session.scalars(select(RobotPost)).one().state == "failed"


def test_a_post_whose_sender_died_goes_out_again_and_says_so(app: Flask) -> None:
    with robot_server() as (told, address):
        robot.put(make_robot(address), "key", "字", AT)
        db.session.commit()
        robot.take("dead", AT)
        db.session.commit()
        assert not sender(app).run_one(AT + timedelta(minutes=1))
        assert sender(app).run_one(AT + robot.LEASE + timedelta(minutes=1))
        assert len(told.bodies) == 1
    db.session.expire_all()
    assert db.session.scalars(select(RobotPost)).one().state_words == "已发（可能重复）"


def test_nothing_is_posted_while_sending_is_paused(app: Flask) -> None:
    robot.put(make_robot("https://a.example/x"), "key", "字", AT)
    setting.change("sending", "paused")
    db.session.commit()
    assert not sender(app).run_one(AT)


def form(**values: Any) -> dict[str, Any]:
    return {"name": "高企科群", "kind": "feishu", "unit_id": "", "active": "y", **values}


def test_the_administrator_enters_an_address_that_is_never_shown_again(browser: Browser) -> None:
    browser.sign_in(make_user(role="sysadmin"))
    page = browser.send("/robots/new", form(address="https://open.feishu.example/hook/very-secret", secret="s3cret"))
    one = db.session.scalars(select(Robot)).one()
    assert one.open_address() == "https://open.feishu.example/hook/very-secret" and one.open_secret() == "s3cret"
    assert "open.feishu.example" in page.text and "very-secret" not in page.html
    # An empty address keeps the one that is there.
    browser.send(f"/robots/{one.id}", form(name="改名"))
    db.session.expire_all()
    assert one.name == "改名" and one.is_on and one.open_secret() == "s3cret"
    browser.send(f"/robots/{one.id}", form(remove="y"))
    db.session.expire_all()
    assert one.state_words == "没有地址，已停"
    assert one.open_address() == ""


@pytest.mark.parametrize("address", ["ftp://a.example/x", "qyapi.example/x", "https://", "https://u:p@a.example/x"])
def test_what_is_no_address_is_refused(browser: Browser, address: str) -> None:
    browser.sign_in(make_user(role="sysadmin"))
    page = browser.send("/robots/new", form(address=address), status=422)
    assert "请从群机器人的设置里复制" in page.text
    assert db.session.query(Robot).count() == 0


def test_a_name_is_given_once(browser: Browser) -> None:
    make_robot("https://a.example/x", name="高企科群")
    browser.sign_in(make_user(role="sysadmin"))
    assert "已有同名的机器人" in browser.send("/robots/new", form(), status=422).text


def test_trying_out_waits_for_the_worker(browser: Browser) -> None:
    one = make_robot("https://a.example/x")
    off = make_robot("")
    browser.sign_in(make_user(role="sysadmin"))
    assert "已试发" in browser.send(f"/robots/{one.id}/try").text
    assert db.session.scalars(select(RobotPost)).one().words == "区科技局：提醒试发，收到即设置正确。"
    assert browser.post(f"/robots/{off.id}/try").status_code == 422


def test_the_list_names_hosts_alone(browser: Browser) -> None:
    make_robot("https://a.example/x?key=very-secret")
    page = browser.sign_in(make_user(role="sysadmin")).open("/robots/")
    assert page.rows("群机器人")[0][2] == "a.example" and "very-secret" not in page.html
