"""`jobs timetable`, `jobs list`, `jobs run` as contracts.md says."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, func, select

from jobs import by_hand, schedule
from jobs.schedule import Job
from models import clock
from models.base import db
from models.calendar import CalendarDay, CalendarYear
from models.rules.timetable_entries import ENTRIES
from models.task import JobOverride, JobRun
from models.unit import Unit
from tests.support.factories import make_unit

Run = Callable[..., Result]


@pytest.fixture
def run(lite_app: Flask) -> Run:
    runner = lite_app.test_cli_runner()
    return lambda *args: runner.invoke(args=["jobs", *args])


def digest(now: datetime) -> dict[str, Any]:
    """Tells once: a unit by the name of the day."""
    name = f"{clock.local(now):%Y-%m-%d %H:%M}"
    if db.session.scalar(select(Unit.id).where(Unit.name == name)) is not None:
        return {"raised": 0, "sent": 0, "skipped": [{"key": name, "reason": "已经发过"}]}
    make_unit(name=name)
    db.session.commit()
    return {"raised": 1, "sent": 1, "skipped": [], "people": 3}


@pytest.fixture
def with_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    others = tuple(job for job in schedule.JOBS if job.name != "weekly-digest")
    mine = Job("weekly-digest", "每周要情", digest, ENTRIES["weekly-digest"].when)
    monkeypatch.setattr(schedule, "JOBS", (*others, mine))


def test_every_moment_of_each_entry_is_listed_in_order(run: Run) -> None:
    answered = json.loads(run("timetable", "--from", "2026-10-05", "--to", "2026-10-09", "--json").stdout)
    told = [(row["job"], row["at"]) for row in answered if row["job"] != "seal-audit"]
    assert ("weekly-digest", "2026-10-08T08:30:00+08:00") in told
    assert [row for row in told if row[0] == "plan-reminder"] == [("plan-reminder", "2026-10-09T15:00:00+08:00")]
    assert [row["at"] for row in answered] == sorted(row["at"] for row in answered)
    assert {row["job"] for row in answered} >= {"clocks", "duties", "backup", "seal-audit", "month-overdue"}
    assert all(set(row) == {"job", "at"} for row in answered)


def test_a_moment_in_a_year_without_its_notice_says_so(run: Run) -> None:
    answered = json.loads(run("timetable", "--from", "2027-01-04", "--to", "2027-01-04", "--json").stdout)
    assert {row["known"] for row in answered} == {False}
    assert (
        "2027-01-04 08:30 每周要情 暂按法定节假日推算"
        in run("timetable", "--from", "2027-01-04", "--to", "2027-01-04").stdout
    )


def test_a_database_that_nobody_has_used_knows_the_holidays_of_the_package(run: Run) -> None:
    for table in (CalendarDay, CalendarYear):
        db.session.execute(delete(table).execution_options(logged=True))
    db.session.commit()
    told = run("timetable", "--from", "2026-10-01", "--to", "2026-10-07").stdout
    assert "每周要情" not in told and "每日备份" in told


def test_a_paused_entry_does_not_fire(run: Run) -> None:
    db.session.add(JobOverride(job="duties", active=False))
    db.session.commit()
    assert "应办事项" not in run("timetable", "--from", "2026-10-08", "--to", "2026-10-09").stdout


def test_a_job_runs_once_for_a_date_and_a_second_time_tells_nothing_twice(run: Run, with_digest: None) -> None:
    first = json.loads(run("run", "weekly-digest", "--on", "2026-11-23", "--json").stdout)
    assert first == {
        "job": "weekly-digest", "period": "2026-W48", "state": "done", "raised": 1, "sent": 1, "skipped": [],
        "result": {"people": 3},
    }  # fmt: skip
    again = json.loads(run("run", "weekly-digest", "--on", "2026-11-23", "--json").stdout)
    assert (again["raised"], again["skipped"]) == (0, [{"key": "2026-11-23 08:30", "reason": "已经发过"}])
    rows = db.session.scalars(select(JobRun).order_by(JobRun.id)).all()
    assert [(row.period, row.by_hand, row.state_words) for row in rows] == [("2026-W48", True, "手动完成")] * 2


def test_a_rehearsal_tells_the_same_and_leaves_nothing(run: Run, with_digest: None) -> None:
    before = [db.session.scalar(select(func.count()).select_from(table)) for table in (Unit, JobRun)]
    for _ in range(2):
        answered = json.loads(run("run", "weekly-digest", "--on", "2026-11-23", "--dry-run", "--json").stdout)
        assert (answered["state"], answered["raised"]) == ("dry_run", 1)
    db.session.rollback()
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in (Unit, JobRun)] == before
    kept = json.loads(run("run", "backup", "--dry-run", "--json").stdout)
    assert kept["skipped"] == [{"key": "backup", "reason": by_hand.NO_REHEARSAL}]


def test_a_rehearsal_ends_also_when_the_job_fails(app: Flask) -> None:
    def fail() -> None:
        with by_hand.rehearsal():
            make_unit(name="试做")
            db.session.commit()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    make_unit(name="真做")
    db.session.commit()
    db.session.rollback()
    assert db.session.scalars(select(Unit.name).where(Unit.name.in_(("试做", "真做")))).all() == ["真做"]


REFUSED = [
    (("run", "nothing"), 1, "时间表里没有“nothing”"),
    (("run", "duties"), 1, "已暂停（等通知）"),
    (("run", "clocks", "--on", "2026-02-30"), 2, "没有这一天：2026-02-30"),
    (("run", "clocks", "--on", "明天"), 2, "日期要写成 2026-11-23"),
    (("run",), 2, "NAME"),
    (("timetable", "--from", "2026-10-08"), 2, "--to"),
    (("timetable", "--from", "2026-10-08", "--to", "2026-10-07"), 2, "--to 不能早于 --from"),
    (("timetable", "--from", "2026-10-08", "--to", "2096-10-07"), 2, "一次最多列三年"),
]


@pytest.mark.parametrize(("args", "code", "words"), REFUSED)
def test_what_cannot_be_is_refused_in_an_officers_words(
    run: Run, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], code: int, words: str
) -> None:
    duties = Job("duties", "应办事项提醒", lambda now: {}, ENTRIES["duties"].when)
    monkeypatch.setattr(schedule, "JOBS", (*(job for job in schedule.JOBS if job.name != "duties"), duties))
    db.session.add(JobOverride(job="duties", active=False, reason="等通知"))
    db.session.commit()
    refused = run(*args)
    assert (refused.exit_code, words in refused.output) == (code, True), refused.output


def test_a_job_that_fails_says_so_and_is_status_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(now: datetime) -> dict[str, Any]:
        raise RuntimeError("disk full")

    monkeypatch.setattr(schedule, "JOBS", (Job("clocks", "问题时限", fail, ENTRIES["clocks"].when),))
    refused = run("run", "clocks", "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["state"] == "failed" and "disk full" in refused.stderr


def test_the_list_tells_when_next_and_what_last(run: Run, with_digest: None) -> None:
    run("run", "weekly-digest", "--on", "2026-11-23")
    rows = {row["job"]: row for row in json.loads(run("list", "--json").stdout)}
    assert list(rows) == list(ENTRIES)
    assert (rows["weekly-digest"]["period"], rows["weekly-digest"]["sent"]) == ("2026-W48", 1)
    assert len(rows["backup"]["next"]) == 3 and rows["backup"]["last"] is None
    assert date.fromisoformat(rows["backup"]["next"][0][:10]) >= clock.today()
    assert "手动完成" in run("list").stdout
