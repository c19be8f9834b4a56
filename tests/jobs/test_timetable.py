"""The timetable: defaults and overrides are what the scheduler holds; a missed run is made up for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apscheduler.triggers.cron import CronTrigger
from flask import Flask

from jobs import schedule
from jobs.runs import last_runs, run_job
from jobs.schedule import JOBS, Job, build_scheduler, fit, list_overrides, timetable, was_missed
from models.base import db
from models.clock import ZONE
from models.task import JobOverride

NIGHT = Job("night", "夜间", lambda now: {}, {"hour": 2, "minute": 30})
DAWN = Job("dawn", "清晨", lambda now: {}, {"hour": 6})


def ignore(job: Job) -> None:
    pass


def held(scheduler: Any) -> dict[str, str]:
    return {job.id: str(job.trigger) for job in scheduler.get_jobs()}


def test_the_scheduler_holds_the_default_timetable(lite_app: Flask) -> None:
    scheduler = build_scheduler(ignore, timetable(list_overrides()))
    assert held(scheduler) == {job.name: str(CronTrigger(timezone=ZONE, **job.hours)) for job in JOBS}


def test_every_entry_is_late_rather_than_never_and_never_twice_at_once() -> None:
    for job in build_scheduler(ignore, [NIGHT, DAWN]).get_jobs():
        assert (job.coalesce, job.misfire_grace_time, job.max_instances) == (True, None, 1)
        assert str(job.trigger.timezone) == "Asia/Shanghai"


def test_overrides_change_hours_and_switch_off(lite_app: Flask) -> None:
    db.session.add_all([JobOverride(job="night", hours="hour=4 minute=15"), JobOverride(job="dawn", active=False)])
    db.session.commit()
    scheduler = build_scheduler(ignore, timetable(list_overrides(), (NIGHT, DAWN)))
    assert held(scheduler) == {"night": str(CronTrigger(timezone=ZONE, hour=4, minute=15))}


def test_a_running_scheduler_is_fitted_to_what_changed() -> None:
    scheduler = build_scheduler(ignore, [NIGHT, DAWN])
    assert not fit(scheduler, ignore, [NIGHT, DAWN])
    changed = timetable({"night": (True, "hour=5"), "dawn": (False, "")}, (NIGHT, DAWN))
    assert fit(scheduler, ignore, changed)
    assert held(scheduler) == {"night": str(CronTrigger(timezone=ZONE, hour=5))}
    assert fit(scheduler, ignore, [NIGHT, DAWN])
    assert sorted(held(scheduler)) == ["dawn", "night"]


@pytest.mark.parametrize("words", ["hour=25", "half past six", "hours=6", "hour=6 hour"])
def test_hours_that_cannot_be_read_leave_the_default(words: str) -> None:
    with pytest.raises(schedule.HoursRefused):
        schedule.read_hours(words)
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
    assert was_missed(NIGHT, after, now) is missed


def test_each_run_is_logged_with_its_result(app: Flask) -> None:
    at = datetime(2026, 5, 1, 18, 30, tzinfo=UTC)
    run = run_job(app, Job("good", "好", lambda now: {"count": 2}, {}), at)
    assert (run.job, run.state, run.result, run.started_at) == ("good", "done", '{"count": 2}', at)
    assert last_runs() == {"good": at}


def test_a_failing_job_is_logged_and_stops_nobody(app: Flask) -> None:
    def fail(now: datetime) -> dict[str, Any]:
        raise RuntimeError("disk full")

    run = run_job(app, Job("bad", "坏", fail, {}), datetime(2026, 5, 1, tzinfo=UTC))
    assert (run.state, run.error) == ("failed", "RuntimeError: disk full")
    assert run_job(app, NIGHT, datetime(2026, 5, 1, tzinfo=UTC)).state == "done"
