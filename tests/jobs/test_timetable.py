"""The timetable: defaults and overrides are what the scheduler holds; a missed run is made up for."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from flask import Flask

from jobs.schedule import JOBS, Job, build_scheduler, fit, timetable
from models.base import db
from models.rules.timetable import Known, When
from models.rules.timetable_entries import ENTRIES
from models.rules.workday import Workdays
from models.task import JobOverride
from models.timetable import known, overrides
from tests.calendar.test_workday_rules import YEAR

NIGHT = Job("night", "夜间", lambda now: {}, When("daily", time(2, 30)))
DAWN = Job("dawn", "清晨", lambda now: {}, When("weekly", time(6), "first", weekday=1))
KNOWN = Known(YEAR)


def ignore(job: Job) -> None:
    pass


def held(scheduler: Any) -> dict[str, When]:
    return {job.id: job.trigger.when for job in scheduler.get_jobs()}


def given(**rows: JobOverride) -> dict[str, JobOverride]:
    return rows


def test_the_scheduler_holds_the_default_timetable(lite_app: Flask) -> None:
    scheduler = build_scheduler(ignore, timetable(overrides()), known())
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
    scheduler = build_scheduler(ignore, timetable(overrides(), (NIGHT, DAWN)), known())
    assert held(scheduler) == {"night": When("daily", time(4, 15))}


def test_a_running_scheduler_is_fitted_to_what_changed() -> None:
    scheduler = build_scheduler(ignore, [NIGHT, DAWN], KNOWN)
    assert not fit(scheduler, ignore, [NIGHT, DAWN], KNOWN)
    changed = timetable(
        given(night=JobOverride(active=True, hours="5:00"), dawn=JobOverride(active=False)), (NIGHT, DAWN)
    )
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
    assert timetable(given(night=JobOverride(active=True, hours=words)), (NIGHT,)) == [NIGHT]
