"""The timetable: what happens by itself, and when. Entries and their moments are data (models/rules/timetable_entries);
here stand the functions that they call. Rows of job_override change moments or switch an entry off; the worker reads
them again every minute (foundations 14)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from jobs import assess, digests, issues, reminders, reports, upkeep
from models.clock import ZONE
from models.rules.timetable import Known, When, next_slot, words
from models.rules.timetable_entries import ENTRIES
from models.task import JobOverride
from models.timetable import moved


@dataclass(frozen=True)
class Job:
    """One entry: its name (contracts.md), what it is called on the page, its function of a moment, and when.

    The function asks what is due and not yet done, commits what it does, may run twice or late, and returns what
    contracts.md prints of it: `raised`, `sent`, `skipped` (key, reason); what else it counts stands beside.
    """

    name: str
    title: str
    function: Callable[[datetime], dict[str, Any]]
    when: When


def job(name: str, function: Callable[[datetime], dict[str, Any]]) -> Job:
    """The entry of this name with the function that it calls. KeyError for a name that is no entry."""
    entry = ENTRIES[name]
    return Job(entry.name, entry.title, function, entry.when)


JOBS: tuple[Job, ...] = (
    job("assess", assess.keep_all),
    job("assess-changed", assess.keep_changed),
    job("backup", upkeep.back_up),
    job("seal-audit", upkeep.seal_audit),
    job("clocks", issues.run_clocks),
    job("weekly-digest", digests.weekly_digest),
    job("plan-reminder", reports.week_plan),
    job("survey-day-eve", reminders.survey_day_eve),
    job("duties", reminders.duties),
    job("month-due", reports.month_due),
    job("month-overdue", reports.month_overdue),
    job("quarter-bulletin", reports.quarter_bulletin),
    job("clean-up", upkeep.clean_up),
)


@dataclass(frozen=True)
class Trigger(BaseTrigger):
    """An entry's moments, as the scheduler asks for them."""

    when: When
    known: Known

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first moment after the last one, or from now on; None when there is none to be seen."""
        after = now - timedelta(microseconds=1) if previous_fire_time is None else previous_fire_time
        slot = next_slot(self.when, after, self.known)
        return None if slot is None else slot.at

    def __str__(self) -> str:
        return words(self.when)


def timetable(overrides: Mapping[str, JobOverride], jobs: tuple[Job, ...] = JOBS) -> list[Job]:
    """The entries in force: the defaults, changed by what overrides say of them, without those that are paused.

    An override that cannot be read leaves the default as it is; `check` names it.
    """
    active = [job for job in jobs if job.name not in overrides or overrides[job.name].active]
    return [replace(job, when=moved(job.when, overrides.get(job.name))[0]) for job in active]


def build_scheduler(run: Callable[[Job], None], entries: list[Job], known: Known) -> BackgroundScheduler:
    """A scheduler that calls `run` with each entry at its moments; not started."""
    scheduler = BackgroundScheduler(timezone=ZONE)
    fit(scheduler, run, entries, known)
    return scheduler


def fit(scheduler: BackgroundScheduler, run: Callable[[Job], None], entries: list[Job], known: Known) -> bool:
    """Make the scheduler hold exactly these entries on this calendar; True when anything had to change."""
    wanted = {job.name: job for job in entries}
    held = {job.id: job for job in scheduler.get_jobs()}
    changed = False
    for name in held.keys() - wanted.keys():
        scheduler.remove_job(name)
        changed = True
    for name, job in wanted.items():
        trigger = Trigger(job.when, known)
        if name in held and held[name].trigger == trigger:
            continue
        # Late is better than never: a job asks what is due, so one late run mends every missed one.
        scheduler.add_job(
            run,
            trigger,
            args=[job],
            id=name,
            replace_existing=True,
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )
        changed = True
    return changed
