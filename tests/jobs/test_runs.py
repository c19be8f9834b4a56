"""The ledger of the timetable: each period once, whatever is down, late, set back, failing or killed."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from jobs.runs import Runs
from jobs.schedule import Job
from models import setting, timetable
from models.base import db
from models.rules.timetable import ZONE, Known, Slot, When, slots
from models.rules.timetable_due import missed, owed
from models.rules.timetable_entries import ENTRIES
from models.task import JobOverride, JobRun
from tests.calendar.test_workday_rules import YEAR
from tests.support.laws import law

KNOWN = Known(YEAR)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEASE = MINUTE
PEOPLE = [name for name, entry in ENTRIES.items() if entry.when.kind != "every"]


def at(words: str) -> datetime:
    return datetime.fromisoformat(f"2026-{words}").replace(tzinfo=ZONE)


# When the process is up again after it missed 2026-11-16 08:30 and what it does then: a digest of Monday 8:30.
LATER = [
    ("11-16 08:29", None),
    ("11-16 08:30", "on time"),
    ("11-16 08:35", "on time"),
    ("11-16 08:36", "late"),
    ("11-16 19:59", "late"),
    ("11-16 20:00", None),  # people are not told of it at night
    ("11-17 06:59", None),
    ("11-17 07:00", "late"),
    ("11-21 12:00", None),  # nor on a day off
    ("11-23 08:00", None),  # the next one of this morning takes it in
    ("11-23 08:30", "on time"),
]


@pytest.mark.parametrize(("now", "runs"), LATER)
def test_what_was_missed_is_made_up_at_a_decent_hour(now: str, runs: str | None) -> None:
    found = owed(ENTRIES["weekly-digest"].when, KNOWN, at("11-15 12:00"), at(now), ())
    assert (None if found is None else "late" if found.late else "on time") == runs
    if now == "11-23 08:30":
        assert found and [slot.period for slot in found.merged] == ["2026-W47"]
        assert found.slot.period == "2026-W48"


def test_machines_are_looked_after_at_night_too() -> None:
    backup = ENTRIES["backup"].when
    assert owed(backup, KNOWN, at("11-20 12:00"), at("11-21 23:00"), ()) is not None
    # Half an hour later tonight's takes it in.
    assert owed(backup, KNOWN, at("11-20 12:00"), at("11-22 02:00"), {"2026-11-21"}) is None


def test_an_entry_of_every_minute_is_not_made_up_minute_by_minute() -> None:
    found = owed(ENTRIES["seal-audit"].when, KNOWN, at("11-01 00:00"), at("11-21 23:00:30"), ())
    assert found and found.slot.at == at("11-21 23:00") and found.merged == ()


@st.composite
def years_with_downtime(draw: st.DrawFn) -> tuple[str, list[tuple[datetime, datetime]]]:
    """An entry and when a process was up in 2026; at last for a whole week."""
    edges = draw(st.lists(st.integers(0, 365 * 24 * 60), unique=True, max_size=30).map(sorted))
    start = datetime(2026, 1, 1, tzinfo=ZONE)
    moments = [start + edge * MINUTE for edge in edges]
    ups = [(begin, end) for begin, end in pairwise(moments)][::2]
    return draw(st.sampled_from(PEOPLE)), [*ups, (datetime(2027, 1, 4, tzinfo=ZONE), datetime(2027, 1, 9, tzinfo=ZONE))]


def live(when: When, ups: list[tuple[datetime, datetime]]) -> tuple[list[tuple[datetime, Slot]], Counter[str]]:
    """What a process does that looks at each moment and every 37 minutes: runs, and how often each period has a row."""
    since, ran, rows = datetime(2026, 1, 1, tzinfo=ZONE), [], Counter[str]()
    for begin, end in ups:
        looks = {begin + number * 37 * MINUTE for number in range((end - begin) // (37 * MINUTE) + 1)}
        looks |= {slot.at for slot in slots(when, begin.date(), end.date(), KNOWN) if begin <= slot.at <= end}
        # Only the first looks after it came up, and those of each day's daylight, can find anything late.
        for now in sorted(look for look in looks if look.hour in (0, 2, 3, 7, 8, 9, 15) or look - begin < HOUR):
            found = owed(when, KNOWN, since, now, rows)
            if found is not None:
                ran.append((now, found.slot))
                rows.update(slot.period for slot in (found.slot, *found.merged))
    return ran, rows


@law(24, smaller=False)
@given(years_with_downtime())
def test_none_is_missed_and_none_done_twice_whenever_the_process_is_down(
    case: tuple[str, list[tuple[datetime, datetime]]],
) -> None:
    name, ups = case
    when = ENTRIES[name].when
    ran, rows = live(when, ups)
    wanted = {slot.period for slot in slots(when, date(2026, 1, 1), date(2027, 1, 8), KNOWN)}
    assert set(rows) == wanted
    assert set(rows.values()) <= {1}
    if when.rests:
        assert all(YEAR.works(now.date()) for now, _ in ran)
    # Nor are two made of what was missed and what is due on one day.
    assert all(first.date() != second.date() for (first, _), (second, _) in pairwise(ran))


def counting(log: list[datetime]) -> Any:
    def function(now: datetime) -> dict[str, Any]:
        log.append(now)
        return {"raised": 1}

    return function


def rows_of(name: str) -> list[tuple[str | None, str, bool]]:
    query = select(JobRun).where(JobRun.job == name).order_by(JobRun.due_at, JobRun.id)
    db.session.expire_all()
    return [(row.period, row.state, row.late) for row in db.session.scalars(query)]


WEEKLY = When("weekly", time(8, 30), "first", weekday=1)


def test_several_missed_weeks_are_made_up_once_and_each_has_its_row(app: Flask) -> None:
    log: list[datetime] = []
    job, runs = Job("weekly", "每周", counting(log), WEEKLY), Runs(app, "a", LEASE)
    assert runs.run(job, at("11-01 12:00"), KNOWN) is None
    run = runs.run(job, at("11-18 10:00"), KNOWN)
    assert run and (run.period, run.state, run.state_words) == ("2026-W47", "done", "补跑完成")
    assert rows_of("weekly") == [
        ("2026-W45", "merged", False), ("2026-W46", "merged", False), ("2026-W47", "done", True)
    ]  # fmt: skip
    assert runs.run(job, at("11-18 10:01"), KNOWN) is None
    # The clock is set back, and forward again.
    for now in ("11-09 08:30", "11-16 08:30", "11-18 12:00"):
        assert runs.run(job, at(now), KNOWN) is None
    assert len(log) == 1
    run = runs.run(job, at("11-23 08:30"), KNOWN)
    assert run and not run.late and len(log) == 2


def test_an_hour_that_is_moved_back_does_this_week_at_once_and_one_moved_on_does_not_do_it_twice(app: Flask) -> None:
    log: list[datetime] = []
    runs = Runs(app, "a", LEASE)
    job = Job("weekly", "每周", counting(log), WEEKLY)
    runs.run(job, at("11-15 12:00"), KNOWN)
    earlier = replace(job, when=replace(WEEKLY, at=time(8)))
    assert runs.run(earlier, at("11-16 08:10"), KNOWN)
    assert runs.run(job, at("11-16 08:30"), KNOWN) is None
    assert len(log) == 1


def test_of_two_processes_one_claims_a_period(app: Flask) -> None:
    log: list[datetime] = []
    second = Runs(app, "b", LEASE)
    seen: list[Any] = []

    def function(now: datetime) -> dict[str, Any]:
        log.append(now)
        seen.append(second.run(job, now, KNOWN))
        return {}

    job = Job("weekly", "每周", function, WEEKLY)
    Runs(app, "a", LEASE).run(job, at("11-15 12:00"), KNOWN)
    Runs(app, "a", LEASE).run(job, at("11-16 08:30"), KNOWN)
    assert (len(log), seen) == (1, [None])


def test_a_run_whose_holder_died_is_taken_over_after_its_lease_and_not_for_ever(app: Flask) -> None:
    log: list[datetime] = []
    job, runs = Job("weekly", "每周", counting(log), WEEKLY), Runs(app, "b", LEASE)
    now = at("11-16 08:30")
    timetable.since("weekly", now - DAY)
    assert timetable.take("weekly", WEEKLY, KNOWN, now, "dead", LEASE)
    assert runs.run(job, now + LEASE, KNOWN) is None
    assert runs.owes(job, now + LEASE + timedelta(seconds=1), KNOWN)
    run = runs.run(job, now + LEASE + timedelta(seconds=1), KNOWN)
    assert run and (run.state, run.attempts, run.period) == ("done", 2, "2026-W47")
    # The one that was thought dead comes back and has nothing to say.
    assert not timetable.finish(run.id, "dead", state="failed")


def test_a_failure_is_told_tried_again_later_and_stops_nobody(app: Flask) -> None:
    def fail(now: datetime) -> dict[str, Any]:
        raise RuntimeError("disk full")

    log: list[datetime] = []
    bad, good = Job("bad", "坏", fail, WEEKLY), Job("good", "好", counting(log), WEEKLY)
    runs, now = Runs(app, "a", LEASE), at("11-16 08:30")
    for job in (bad, good):
        runs.run(job, now - DAY, KNOWN)
    run = runs.run(bad, now, KNOWN)
    assert run and (run.state, run.error) == ("failed", "RuntimeError: disk full")
    assert runs.run(good, now, KNOWN)
    for attempt, wait in ((2, 10), (3, 30)):
        assert runs.run(bad, run.ended_at or now, KNOWN) is None
        later = (run.ended_at or now) + wait * MINUTE + timedelta(seconds=1)
        run = runs.run(bad, later, KNOWN)
        assert run and run.attempts == attempt
    assert runs.run(bad, now + 6 * DAY, KNOWN) is None


def test_what_passed_while_an_entry_was_paused_is_noted_and_not_made_up(app: Flask) -> None:
    log: list[datetime] = []
    job, runs = Job("weekly", "每周", counting(log), WEEKLY), Runs(app, "a", LEASE)
    runs.run(job, at("11-01 12:00"), KNOWN)
    assert timetable.note_paused("weekly", WEEKLY, KNOWN, at("11-14 12:00")) == 2
    db.session.commit()
    assert timetable.note_paused("weekly", WEEKLY, KNOWN, at("11-14 12:00")) == 0
    assert runs.run(job, at("11-16 08:30"), KNOWN)
    assert [state for _, state, _ in rows_of("weekly")] == ["paused", "paused", "done"]


def test_after_a_restore_entries_for_people_wait_and_those_for_machines_do_not(app: Flask) -> None:
    setting.change("restored_from", at("11-13 02:30").isoformat())
    db.session.commit()
    log: list[datetime] = []
    runs = Runs(app, "a", LEASE)
    for when in (WEEKLY, When("daily", time(2, 30))):
        job = Job(when.kind, "", counting(log), when)
        runs.run(job, at("11-15 12:00"), KNOWN)
        assert (runs.run(job, at("11-18 10:00"), KNOWN) is None) is when.rests


def test_an_override_that_cannot_be_read_leaves_its_default_and_is_named(lite_app: Flask) -> None:
    db.session.add(JobOverride(job="weekly-digest", weekday=9, hours="9:00"))
    db.session.commit()
    line = next(line for line in timetable.lines() if line.entry.name == "weekly-digest")
    assert (line.when, line.unreadable) == (ENTRIES["weekly-digest"].when, "星期请填 1 到 7")


def test_the_ledger_counts_a_moment_by_its_period_and_not_by_its_hour() -> None:
    now = at("11-16 12:00")
    left = missed(WEEKLY, KNOWN, at("11-01 00:00"), now, {"2026-W46"})
    assert [slot.period for slot in left] == ["2026-W45", "2026-W47"]
    assert missed(WEEKLY, KNOWN, now, now.astimezone(UTC), ()) == []
