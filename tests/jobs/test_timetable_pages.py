"""运行时间表: what an administrator and the office see and change."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import clock, timetable, timetable_edit, timetable_list
from models.base import db
from models.change import Change
from models.errors import Refused
from models.rules.timetable import When, words
from models.rules.timetable_entries import ENTRIES
from models.rules.workday import ASSUMED
from models.task import JobOverride, JobRun, JobSince, Task
from tests.support.browser import Browser
from tests.support.factories import make_user
from tests.support.statements import statements

DIGEST = {"at": "09:05", "weekday": "2", "rule": "skip"}


def overrides() -> list[JobOverride]:
    db.session.expire_all()
    return list(db.session.scalars(select(JobOverride)))


def when(name: str) -> When:
    return next(line.when for line in timetable.lines() if line.entry.name == name)


def test_every_entry_is_said_with_its_next_moments_and_its_last_run(lite_browser: Browser) -> None:
    now = clock.now()
    for state, error in (("done", ""), ("failed", "disk full")):
        db.session.add(JobRun(job="backup", started_at=now, state=state, error=error))
    db.session.add(JobRun(job="clocks", period="2026-11-20", started_at=now, state="done", late=True,
                          result='{"raised": 3, "sent": 2, "skipped": []}'))  # fmt: skip
    db.session.commit()
    page = lite_browser.sign_in(make_user(role="sysadmin")).open("/timetable/")
    rows = {row[0]: row for row in page.rows("运行时间表")}
    assert len(rows) == len(ENTRIES)
    told = {entry.title: next(row for lead, row in rows.items() if lead.startswith(entry.title))
            for entry in ENTRIES.values()}  # fmt: skip
    assert "每周一 8:30，遇放假改在当周第一个工作日" in told["每周要情"][1]
    assert "没做成" in told["每日备份"][3] and "disk full" in told["每日备份"][3]
    assert "补跑完成" in told["问题时限"][3] and "新提醒 3，发出 2" in told["问题时限"][3]
    assert "还没做过" in told["季通报"][3]


def test_a_moment_in_a_year_without_notice_says_so(lite_browser: Browser) -> None:
    late = clock.now().replace(year=2027)
    rows = {row.line.entry.name: row for row in timetable_list.rows(late)}
    assert {rows["duties"].note(slot) for slot in rows["duties"].coming} == {ASSUMED}


def test_the_time_is_changed_logged_and_put_back(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="sysadmin", name="管理员"))
    page = lite_browser.send("/timetable/weekly-digest/move", DIGEST)
    assert "已改为：每周二 9:05，遇放假不做" in page.text
    assert words(when("weekly-digest")) == "每周二 9:05，遇放假不做"
    fields = set(db.session.scalars(select(Change.field).where(Change.table_name == "job_override")))
    act = db.session.scalars(select(Change.act).where(Change.table_name == "job_override")).all()
    assert act == ["created"], fields
    lite_browser.send("/timetable/weekly-digest/move", {**DIGEST, "at": "10:00"})
    changes = db.session.scalars(select(Change).where(Change.table_name == "job_override", Change.field == "hours"))
    assert [(row.old, row.new) for row in changes] == [("09:05", "10:00")]
    assert "改过，出厂为每周一 8:30" in lite_browser.open("/timetable/").text
    lite_browser.send("/timetable/weekly-digest/default", {})
    assert (when("weekly-digest"), overrides()) == (ENTRIES["weekly-digest"].when, [])


def test_the_values_of_the_default_are_no_change(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="sysadmin"))
    lite_browser.send("/timetable/weekly-digest/move", {"at": "08:30", "weekday": "1", "rule": "first"})
    assert overrides() == []


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("weekly-digest", {**DIGEST, "at": ""}, "请填时间，如 08:30"),
        ("weekly-digest", {**DIGEST, "at": "25:00"}, "几点"),
        ("weekly-digest", {**DIGEST, "rule": "sometimes"}, "那天放假怎么办"),
        ("month-due", {"at": "09:00", "day": "32", "rule": "before"}, "请填 1 到 31"),
        ("quarter-bulletin", {"at": "09:00", "nth": "0"}, "请填 1 到 15"),
    ],
)
def test_what_cannot_be_is_named_and_changes_nothing(
    lite_browser: Browser, name: str, given: dict[str, str], said: str
) -> None:
    lite_browser.sign_in(make_user(role="sysadmin"))
    assert said in lite_browser.send(f"/timetable/{name}/move", given, 422).text
    assert overrides() == []


def test_an_entry_is_paused_with_a_reason_and_resumed_without_making_up(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="sysadmin"))
    assert "请写为什么暂停" in lite_browser.send("/timetable/duties/pause", {"reason": ""}, 422).text
    db.session.add(JobSince(job="duties", since=clock.now() - timedelta(days=20)))
    db.session.commit()
    page = lite_browser.send("/timetable/duties/pause", {"reason": "等新规定"})
    assert "已暂停：等新规定" in page.text and "按哪一天做" not in page.text
    assert "等新规定" in lite_browser.open("/timetable/").text
    with pytest.raises(Refused):
        timetable_edit.pause("duties", "", make_user(role="sysadmin"), clock.now())
    lite_browser.send("/timetable/duties/resume", {})
    states = set(db.session.scalars(select(JobRun.state).where(JobRun.job == "duties")))
    assert (states, overrides()) == ({"paused"}, [])
    assert not timetable_edit.owes("duties", clock.now())


def test_who_moves_this_periods_time_into_the_past_is_told_that_it_is_made_up(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="sysadmin"))
    db.session.add(JobSince(job="backup", since=clock.now() - timedelta(days=3)))
    db.session.commit()
    page = lite_browser.send("/timetable/backup/move", {"at": "03:00", "rule": "on"})
    assert "会尽快补做一次" in page.text
    assert "会尽快补做一次" not in lite_browser.send("/timetable/duties/move", {"at": "08:00", "rule": "skip"}).text


def test_an_entry_is_run_by_hand_in_the_background(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    page = lite_browser.send("/timetable/clocks/run", {"on": "2026-11-23"})
    assert "排队" in page.text
    task = db.session.scalars(select(Task)).one()
    assert (task.kind, task.arguments) == ("job", '{"job": "clocks", "on": "2026-11-23"}')
    assert "请选日期" in lite_browser.send("/timetable/clocks/run", {"on": ""}, 422).text
    lite_browser.app.test_cli_runner().invoke(args=["worker", "--once"])
    done = lite_browser.open(f"/timetable/clocks?task={task.id}")
    assert "2026-11-23：新提醒 0，发出 0，跳过 0" in done.text
    assert any("手动" in row[0] for row in done.rows("做过的"))


def test_the_next_thirty_days_are_shown_with_their_days_off(lite_browser: Browser) -> None:
    page = lite_browser.sign_in(make_user(role="office")).open("/timetable/preview")
    rows = page.rows("今后 30 天要做的")
    assert len(rows) == 30
    assert any("周末" in row[0] and "每日备份" in row[1] and "应办事项" not in row[1] for row in rows)
    assert "封存审计记录" not in page.text


def test_the_office_sees_and_runs_and_changes_nothing(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    page = lite_browser.open("/timetable/duties")
    assert "做一次" in page.text and "改时间" not in page.text
    lite_browser.send("/timetable/duties/move", {"at": "09:00"}, 403)
    lite_browser.sign_in(make_user(role="officer"))
    lite_browser.open("/timetable/", 403)


def test_there_is_no_page_of_what_is_no_entry(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="sysadmin"))
    lite_browser.open("/timetable/nothing", 404)
    lite_browser.send("/timetable/nothing/pause", {"reason": "x"}, 404)


def test_three_runs_and_thirty_cost_the_same(lite_browser: Browser) -> None:
    user = make_user(role="sysadmin")
    lite_browser.sign_in(user)
    counts = []
    for number in (3, 27):
        for _ in range(number):
            db.session.add(JobRun(job="backup", started_at=clock.now(), state="done", by_hand=True, by_id=user.id))
        db.session.commit()
        lite_browser.open("/timetable/backup")
        with statements() as counted:
            lite_browser.open("/timetable/backup")
        counts.append(len(counted))
    assert counts[0] == counts[1]
