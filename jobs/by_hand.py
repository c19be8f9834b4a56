"""One job once, for a date, because a person asks for it: from the command line or from the page of the timetable."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from jobs import schedule
from jobs.runs import do
from jobs.schedule import Job
from models import clock, timetable
from models.base import db
from models.errors import Refused
from models.rules.timetable import When, period_of
from models.rules.timetable_entries import ENTRIES
from models.task import JobRun
from models.timetable import Line

#: Why an entry cannot be tried.
NO_REHEARSAL = "这一项会写文件或清理资料，不能预演"


def find(name: str) -> tuple[Line, Job]:
    """The entry in force and its job. Raises Refused for a name that is none, or one that this version cannot do."""
    line = next((line for line in timetable.lines() if line.entry.name == name), None)
    if line is None:
        raise Refused(f"时间表里没有“{name}”。有这些：{'、'.join(ENTRIES)}")
    job = next((job for job in schedule.JOBS if job.name == name), None)
    if job is None:
        raise Refused(f"这个版本还不会做“{line.entry.title}”")
    return line, job


def run_for(name: str, on: date | None, now: datetime, by_id: int | None = None, rehearse: bool = False) -> Any:
    """Run a job as of its hour on a day, or as of now, and return what contracts.md prints of it; `rehearse` leaves
    nothing behind. What it has told already it does not tell again. Raises Refused for an unknown or paused job."""
    line, job = find(name)
    if line.paused and not rehearse:
        assert line.override is not None
        raise Refused(
            f"“{line.entry.title}”已暂停（{line.override.reason or '没有写原因'}）。恢复以后才能做，预演不受影响"
        )
    if timetable.held_back(line.when) and not rehearse:
        raise Refused("刚恢复过备份：先在“发件箱”里指定从什么时候接着发")
    moment = now if on is None else _moment(line.when, on)
    period = period_of(line.when, moment, timetable.known())
    if not rehearse:
        return _run(job, moment, period, now, by_id)
    if not line.entry.can_rehearse:
        return described(name, period, "dry_run", {"skipped": [{"key": name, "reason": NO_REHEARSAL}]})
    with rehearsal():
        values = do(job, moment)
    return described(name, period, "dry_run" if values["state"] == "done" else "failed", **_read(values))


def described(name: str, period: str, state: str, result: dict[str, Any], error: str = "") -> dict[str, Any]:
    """A run as contracts.md prints it; what else its function counted stands under `result`."""
    told = ("raised", "sent", "skipped")
    answer = {
        "job": name, "period": period, "state": state, "raised": result.get("raised", 0),
        "sent": result.get("sent", 0), "skipped": result.get("skipped", []),
        "result": {key: value for key, value in result.items() if key not in told},
    }  # fmt: skip
    return {**answer, "error": error} if error else answer


@contextmanager
def rehearsal() -> Iterator[None]:
    """Within the block, what is committed is only seen by this session, and undone at the end."""
    session = db.session()
    session.commit = session.flush  # type: ignore[method-assign]
    try:
        yield
    finally:
        del session.commit
        session.rollback()


def _run(job: Job, moment: datetime, period: str, now: datetime, by_id: int | None) -> dict[str, Any]:
    run = JobRun(job=job.name, period=period, due_at=moment, by_hand=True, by_id=by_id, started_at=now, state="running")
    db.session.add(run)
    db.session.commit()
    run_id = run.id
    values = do(job, moment, by_id)
    row = db.session.get_one(JobRun, run_id, populate_existing=True)
    row.state, row.result, row.error = values["state"], values.get("result", "{}"), values.get("error", "")
    row.ended_at = max(clock.now(), now)
    db.session.commit()
    return described(job.name, period, values["state"], **_read(values))


def _read(values: dict[str, Any]) -> dict[str, Any]:
    return {"result": json.loads(values.get("result", "{}")), "error": values.get("error", "")}


def _moment(when: When, on: date) -> datetime:
    return datetime.combine(on, when.at, clock.ZONE)
