"""The timetable: defaults and overrides are what the scheduler holds; a missed run is made up for."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask

from jobs.runs import last_runs, run_job
from jobs.schedule import JOBS, Job, build_scheduler, fit, known, list_overrides, timetable, was_missed
from models.base import db
from models.rules.timetable import Known, When
from models.rules.timetable_entries import ENTRIES
from models.rules.workday import Workdays
from models.task import JobOverride
from tests.calendar.test_workday_rules import YEAR

NIGHT = Job("night", "夜间", lambda now: {}, When("daily", time(2, 30)))
DAWN = Job("dawn", "清晨", lambda now: {}, When("weekly", time(6), "first", weekday=1))
KNOWN = Known(YEAR)


def ignore(job: Job) -> None:
    pass


def held(scheduler: Any) -> dict[str, When]:
    return {job.id: job.trigger.when for job in scheduler.get_jobs()}


def test_the_scheduler_holds_the_default_timetable(lite_app: Flask) -> None:
    scheduler = build_scheduler(ignore, timetable(list_overrides()), known())
    assert held(scheduler) == {job.name: ENTRIES[job.name].when for job in JOBS}


def test_every_entry_is_late_rather_than_never_and_never_twice_at_once() -> None:
    for job in build_scheduler(ignore, [NIGHT, DAWN], KNOWN).get_jobs():
        assert (job.coalesce, job.misfire_grace_time, job.max_instances) == (True, None, 1)


def test_the_scheduler_asks_for_the_moments_of_the_working_calendar() -> None:
    trigger = next(job.trigger for job in build_scheduler(ignore, [DAWN], KNOWN).get_jobs())
    asked = datetime(2026, 10, 5, tzinfo=UTC)
    first = trigger.get_next_fire_time(None, asked)
    assert f"{first:%m-%d %H:%M %z}" == "10-08 06:00 +0800"
    assert trigger.get_next_fire_time(None, first) == first
    assert f"{trigger.get_next_fire_time(first, first):%m-%d %H:%M}" == "10-12 06:00"


def test_overrides_change_hours_and_switch_off(lite_app: Flask) -> None:
    db.session.add_all([JobOverride(job="night", hours="4:15"), JobOverride(job="dawn", active=False)])
    db.session.commit()
    scheduler = build_scheduler(ignore, timetable(list_overrides(), (NIGHT, DAWN)), known())
    assert held(scheduler) == {"night": When("daily", time(4, 15))}


def test_a_running_scheduler_is_fitted_to_what_changed() -> None:
    scheduler = build_scheduler(ignore, [NIGHT, DAWN], KNOWN)
    assert not fit(scheduler, ignore, [NIGHT, DAWN], KNOWN)
    changed = timetable({"night": (True, "5:00"), "dawn": (False, "")}, (NIGHT, DAWN))
    assert fit(scheduler, ignore, changed, KNOWN)
    assert held(scheduler) == {"night": When("daily", time(5))}
    assert fit(scheduler, ignore, [NIGHT, DAWN], KNOWN)
    assert sorted(held(scheduler)) == ["dawn", "night"]


def test_a_notice_that_is_loaded_reaches_a_running_scheduler() -> None:
    scheduler = build_scheduler(ignore, [DAWN], KNOWN)
    scheduler.start(paused=True)
    off = Workdays({**YEAR.days, date(2026, 10, 8): (False, "国庆节")}, YEAR.years)
    assert fit(scheduler, ignore, [DAWN], replace(KNOWN, workdays=off))
    asked = datetime(2026, 10, 5, tzinfo=UTC)
    assert f"{scheduler.get_job('dawn').trigger.get_next_fire_time(None, asked):%m-%d}" == "10-09"
    scheduler.shutdown()


@pytest.mark.parametrize("words", ["25:00", "half past six", "6"])
def test_hours_that_cannot_be_read_leave_the_default(words: str) -> None:
    assert timetable({"night": (True, words)}, (NIGHT,)) == [NIGHT]


# 02:30 in Shanghai is 18:30 UTC of the day before.
@pytest.mark.parametrize(
    ("last", "now", "missed"),
    [
        (datetime(2026, 5, 1, 18, 30, tzinfo=UTC), datetime(2026, 5, 2, 18, 29, 59, tzinfo=UTC), False),
        (datetime(2026, 5, 1, 18, 30, 1, tzinfo=UTC), datetime(2026, 5, 2, 18, 30, tzinfo=UTC), True),
        (datetime(2026, 5, 1, 18, 30, 1, tzinfo=UTC), datetime(2026, 5, 9, 0, 0, tzinfo=UTC), True),
        (None, datetime(2026, 5, 9, 0, 0, tzinfo=UTC), False),
    ],
)
def test_a_missed_night_is_noticed(last: datetime | None, now: datetime, missed: bool) -> None:
    after = None if last is None else last + timedelta(seconds=0)
    assert was_missed(NIGHT, after, now, KNOWN) is missed


def test_each_run_is_logged_with_its_result(app: Flask) -> None:
    at = datetime(2026, 5, 1, 18, 30, tzinfo=UTC)
    run = run_job(app, Job("good", "好", lambda now: {"count": 2}, NIGHT.when), at)
    assert (run.job, run.state, run.result, run.started_at) == ("good", "done", '{"count": 2}', at)
    assert last_runs() == {"good": at}


def test_a_failing_job_is_logged_and_stops_nobody(app: Flask) -> None:
    def fail(now: datetime) -> dict[str, Any]:
        raise RuntimeError("disk full")

    run = run_job(app, Job("bad", "坏", fail, NIGHT.when), datetime(2026, 5, 1, tzinfo=UTC))
    assert (run.state, run.error) == ("failed", "RuntimeError: disk full")
    assert run_job(app, NIGHT, datetime(2026, 5, 1, tzinfo=UTC)).state == "done"
