"""发件箱 for an administrator: states and errors without a name, and how sending goes on after a restore."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from jobs import resuming, schedule
from jobs.by_hand import run_for
from jobs.runs import Runs
from jobs.schedule import Job
from models import clock, outbox, outbox_admin, setting, timetable
from models.base import db
from models.errors import Refused
from models.outbox import Letter, Mail
from models.rules.timetable_entries import ENTRIES
from models.task import JobRun, JobSince, Task
from tests.support.browser import Browser
from tests.support.chromium import Window
from tests.support.factories import make_user
from tests.support.mail_factories import make_mail

MADE = datetime(2026, 11, 18, 2, 30, tzinfo=clock.ZONE)
CAME = datetime(2026, 11, 21, 10, 0, tzinfo=clock.ZONE)
HOUR = timedelta(hours=1)


def states() -> dict[str, str]:
    db.session.expire_all()
    return {mail.key: mail.state for mail in db.session.scalars(select(Mail).order_by(Mail.id))}


def restored() -> None:
    for key, value in (("sending", "paused"), ("restored_from", MADE.isoformat()), ("restored_at", CAME.isoformat())):
        setting.change(key, value)
    db.session.commit()


def test_mails_are_listed_by_state_and_no_address_name_or_subject_is_shown(lite_browser: Browser) -> None:
    make_mail(state="bounced", error="收件地址被拒：550 <gu@firm.example> unknown", attempts=1)
    make_mail()
    db.session.commit()
    page = lite_browser.sign_in(make_user(role="sysadmin")).open("/outbox/")
    assert "被退回 1" in page.text and "待发 1" in page.text
    assert "550 <g***@firm.example> unknown" in page.text
    for hidden in ("gu@firm.example", "顾清和", "请确认", "缺一台设备"):
        assert hidden not in page.text
    assert len(lite_browser.open("/outbox/?state=bounced").rows("邮件")) == 1
    assert "没有这样的邮件" in lite_browser.open("/outbox/?state=failed").text


def test_a_mail_is_tried_again_or_given_up_with_a_reason(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="sysadmin"))
    failed, waiting = make_mail(state="failed", error="x"), make_mail()
    db.session.commit()
    assert "已排队重发" in lite_browser.send(f"/outbox/{failed.id}/retry", {}).text
    assert "请写为什么不发" in lite_browser.send(f"/outbox/{waiting.id}/skip", {"reason": ""}, 422).text
    lite_browser.send(f"/outbox/{waiting.id}/skip", {"reason": "企业已搬走"})
    assert states() == {failed.key: "waiting", waiting.key: "skipped"}
    gone = db.session.get_one(Mail, waiting.id)
    assert (gone.letter_sealed, gone.error) == (None, "企业已搬走")
    with pytest.raises(Refused):
        outbox_admin.skip(gone, "再来一次")
    lite_browser.open("/outbox/999/skip", 404)


def test_sending_is_paused_and_goes_on(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="sysadmin"))
    assert "恢复以后接着发" in lite_browser.send("/outbox/pause", {}).text
    assert not outbox.may_send(clock.now())
    lite_browser.send("/outbox/resume", {})
    assert outbox.may_send(clock.now())


def test_after_a_restore_the_moment_is_asked_for_and_checked(lite_browser: Browser) -> None:
    restored()
    lite_browser.sign_in(make_user(role="sysadmin"))
    assert "备份是 2026-11-18 02:30 的" in lite_browser.open("/outbox/").text
    assert "指定从什么时候接着发" in lite_browser.open("/timetable/").text
    for words, said in (
        ("", "请填时间"), ("2026-11-18T02:29", "不能早于备份的时间"), ("2096-01-01T00:00", "不能晚于现在")
    ):  # fmt: skip
        assert said in lite_browser.send("/outbox/resume", {"moment": words}, 422).text
    assert setting.get("sending") == "paused"
    lite_browser.send("/outbox/resume", {"moment": "2026-11-20T18:00"})
    task = db.session.scalars(select(Task)).one()
    assert (task.kind, task.arguments) == ("resume-sending", '{"moment": "2026-11-20T18:00:00+08:00"}')


def telling(now: datetime) -> dict[str, Any]:
    """Puts one mail for its day, as entries for people do."""
    letter = Letter("gu@firm.example", "提醒", "正文", "<p>正文</p>")
    outbox.put(f"day:{clock.local(now):%m-%d}", letter, "bureau.example", now)
    db.session.commit()
    return {"raised": 1, "sent": 1}


@pytest.fixture
def daily(monkeypatch: pytest.MonkeyPatch) -> Job:
    job = Job("duties", "应办事项提醒", telling, ENTRIES["duties"].when)
    monkeypatch.setattr(schedule, "JOBS", (job,))
    monkeypatch.setattr(schedule.timetable, "__defaults__", ((job,),))
    return job


def test_what_falls_before_the_moment_is_put_aside_and_what_comes_after_is_sent(app: Flask, daily: Job) -> None:
    db.session.add(JobSince(job="duties", since=MADE - timedelta(days=9)))
    for day in range(9, 19):
        on = datetime(2026, 11, day, 7, 30, tzinfo=clock.ZONE)
        if on < MADE:
            db.session.add(JobRun(job="duties", period=f"{on:%Y-%m-%d}", due_at=on, started_at=on, state="done"))
    before, failed = make_mail(MADE - HOUR), make_mail(MADE - HOUR, state="failed")
    after = make_mail(CAME + HOUR)
    db.session.commit()
    restored()
    runs, now = Runs(app, "a", HOUR), CAME + 2 * HOUR
    assert runs.run(daily, now) is None
    with pytest.raises(Refused, match="刚恢复过备份"):
        run_for("duties", None, now)
    # The old machine is known to have run until Friday 20 November, 08:00.
    told = resuming.go_on(CAME - timedelta(days=1, hours=2), now)
    # 18, 19 and 20 November; one run tells what the three would have.
    assert told == {"runs": 3, "mails": 3}
    assert states() == {before.key: "maybe", failed.key: "maybe", after.key: "waiting", "day:11-20": "maybe"}
    assert setting.get("sending") == "on" and outbox_admin.restored() is None
    rows = db.session.scalars(select(JobRun).where(JobRun.state == "maybe").order_by(JobRun.period))
    assert [row.period for row in rows] == ["2026-11-18", "2026-11-19", "2026-11-20"]
    monday = datetime(2026, 11, 23, 7, 30, tzinfo=clock.ZONE)
    run = runs.run(daily, monday)
    assert run and run.state == "done" and states()["day:11-23"] == "waiting"


def test_with_the_moment_of_the_backup_nothing_is_put_aside_but_what_it_held(app: Flask, daily: Job) -> None:
    db.session.add(JobSince(job="duties", since=MADE - timedelta(minutes=1)))
    restored()
    assert resuming.go_on(MADE, CAME + HOUR) == {"runs": 0, "mails": 0}
    # Saturday and Sunday nobody is told; on Monday one run makes up for all.
    monday = datetime(2026, 11, 23, 7, 30, tzinfo=clock.ZONE)
    assert Runs(app, "a", HOUR).run(daily, monday)
    assert len(timetable.settled("duties", monday)) == 4


def test_what_is_made_here_after_the_restore_is_never_put_aside(app: Flask, daily: Job) -> None:
    restored()
    made = make_mail(CAME + timedelta(minutes=5))
    db.session.commit()
    resuming.go_on(CAME + HOUR, CAME + HOUR)
    assert states()[made.key] == "waiting"


def test_only_what_is_ticked_of_it_is_sent_and_says_that_it_may_come_twice(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="sysadmin"))
    ticked, left = make_mail(state="maybe"), make_mail(state="maybe")
    db.session.commit()
    assert "先勾选" in lite_browser.send("/outbox/send", {}).text
    lite_browser.send("/outbox/send", {"id": str(ticked.id)})
    assert states() == {ticked.key: "waiting", left.key: "maybe"}
    assert db.session.get_one(Mail, ticked.id).doubtful


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_the_pages_fit_and_nothing_is_complained_of(size: str, request: pytest.FixtureRequest) -> None:
    window: Window = request.getfixturevalue(size)
    restored()
    mail = make_mail(state="failed", error="连不上邮件服务器：timed out")
    make_mail(state="maybe")
    db.session.commit()
    window.sign_in(make_user(role="sysadmin"))
    for url in ("/outbox/", "/outbox/?state=maybe", f"/outbox/{mail.id}/skip"):
        window.open(url)
        assert (url, window.complaints(), window.wide()) == (url, [], 0)
