"""The timetable: what happens by itself, and when. Rows of job_override change the hours or switch an entry off; the
worker reads them again every minute (foundations 14)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import select

from jobs import issues, upkeep
from models.base import db
from models.clock import ZONE
from models.task import JobOverride


@dataclass(frozen=True)
class Job:
    """One entry: its name (contracts.md), what it is called on the page, its function of a moment, and its hours."""

    name: str
    title: str
    function: Callable[[datetime], dict[str, Any]]
    #: Fields of a cron trigger, in Shanghai time.
    hours: Mapping[str, int | str] = field(default_factory=dict)

    def trigger(self) -> CronTrigger:
        """When it fires."""
        return CronTrigger(timezone=ZONE, **self.hours)


JOBS: tuple[Job, ...] = (
    Job("backup", "每日备份", upkeep.back_up, {"hour": 2, "minute": 30}),
    Job("seal-audit", "封存审计记录", upkeep.seal_audit, {"second": 0}),
    Job("clocks", "问题时限：签收、督办、提级、抽查、确认链接", issues.run_clocks, {"hour": 7, "minute": 0}),
    Job("clean-up", "到期资料清理", upkeep.clean_up, {"hour": 3, "minute": 30}),
)


class HoursRefused(ValueError):
    """The words of an override are no hours."""


def read_hours(words: str) -> dict[str, str]:
    """The fields that `hour=6 minute=30` names. Raises HoursRefused when they are none of a trigger."""
    try:
        fields = dict(word.split("=", 1) for word in words.split())
        CronTrigger(timezone=ZONE, **fields)
    except (TypeError, ValueError) as error:
        raise HoursRefused(f"时间写法不对：{words}") from error
    return fields


def timetable(overrides: Mapping[str, tuple[bool, str]], jobs: tuple[Job, ...] = JOBS) -> list[Job]:
    """The entries in force: the defaults, changed by what overrides say of them (active, hours).

    An override that cannot be read leaves the default as it is; `check` names it.
    """
    entries = []
    for job in jobs:
        active, words = overrides.get(job.name, (True, ""))
        if not active:
            continue
        try:
            entries.append(replace(job, hours=read_hours(words)) if words else job)
        except HoursRefused:
            entries.append(job)
    return entries


def list_overrides() -> dict[str, tuple[bool, str]]:
    """What administrators changed, by job."""
    rows = db.session.scalars(select(JobOverride).order_by(JobOverride.job))
    return {row.job: (row.active, row.hours) for row in rows}


def build_scheduler(run: Callable[[Job], None], entries: list[Job]) -> BackgroundScheduler:
    """A scheduler that calls `run` with each entry at its hours; not started."""
    scheduler = BackgroundScheduler(timezone=ZONE)
    fit(scheduler, run, entries)
    return scheduler


def fit(scheduler: BackgroundScheduler, run: Callable[[Job], None], entries: list[Job]) -> bool:
    """Make the scheduler hold exactly these entries; True when anything had to change."""
    wanted = {job.name: job for job in entries}
    held = {job.id: job for job in scheduler.get_jobs()}
    changed = False
    for name in held.keys() - wanted.keys():
        scheduler.remove_job(name)
        changed = True
    for name, job in wanted.items():
        trigger = job.trigger()
        if name in held and str(held[name].trigger) == str(trigger):
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


def was_missed(job: Job, last_started: datetime | None, now: datetime) -> bool:
    """Whether the job should have run since it last did, because no worker was there."""
    if last_started is None:
        return False
    due = job.trigger().get_next_fire_time(last_started, last_started)
    return due is not None and due <= now
