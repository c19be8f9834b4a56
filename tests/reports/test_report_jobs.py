"""Drafts that make themselves, once, on their days; who is reminded of what."""

from datetime import date

from flask import Flask
from sqlalchemy import select

from jobs import reports as jobs
from models.base import db
from models.reminder import reports as reminders
from models.report.record import Report
from models.unit import Unit
from tests.support.factories import make_membership, make_unit, make_user
from tests.support.report_factories import at


def sections() -> tuple[Unit, Unit]:
    bureau = make_unit("科技局")
    both = make_unit("高企科", parent=bureau), make_unit("成果科", parent=bureau)
    for unit in both:
        head = make_user()
        make_membership(head, unit, from_on=date(2020, 1, 1))
        unit.head_id = head.id
    make_unit("空科室", parent=bureau)
    db.session.commit()
    return both


def drafted() -> list[tuple[str, str, int, bool]]:
    rows = db.session.scalars(select(Report).order_by(Report.kind, Report.period, Report.owner))
    return [(row.kind, row.period, row.owner, row.late) for row in rows]


def test_the_month_is_drafted_for_each_section_and_the_bureau_once(app: Flask) -> None:
    one, two = sections()
    assert jobs.month_due(at(date(2026, 11, 24), 9))["drafted"] == 0
    assert jobs.month_due(at(date(2026, 11, 25), 9))["drafted"] == 3
    assert jobs.month_due(at(date(2026, 11, 25), 9))["drafted"] == 0
    assert drafted() == [("month", "2026-11", owner, False) for owner in (0, one.id, two.id)]
    # The month before was never drafted: it is made up, and says that it comes late.
    assert jobs.month_overdue(at(date(2026, 11, 26), 9))["drafted"] == 3
    assert [row for row in drafted() if row[1] == "2026-10"] == [
        ("month", "2026-10", owner, True) for owner in (0, one.id, two.id)
    ]


def test_the_quarter_on_its_fifth_working_day_and_the_longer_ones_with_it(app: Flask) -> None:
    assert jobs.quarter_bulletin(at(date(2026, 10, 12), 9))["raised"] == 0
    assert jobs.quarter_bulletin(at(date(2026, 10, 13), 9))["raised"] == 1
    assert jobs.quarter_bulletin(at(date(2026, 10, 14), 9))["raised"] == 0
    assert jobs.quarter_bulletin(at(date(2027, 1, 11), 9))["raised"] == 3
    assert [row[:2] for row in drafted()] == [
        ("halfyear", "2026-H2"), ("quarter", "2026-Q3"), ("quarter", "2026-Q4"), ("year", "2026"),
    ]  # fmt: skip


def test_the_week_is_drafted_on_the_last_working_day_before_it(app: Flask) -> None:
    sections()
    assert jobs.week_plan(at(date(2026, 11, 19), 15))["drafted"] == 0
    assert jobs.week_plan(at(date(2026, 11, 20), 15))["drafted"] == 3
    assert {row[:2] for row in drafted()} == {("week", "2026-W48")}


def test_heads_are_reminded_until_their_part_is_handed_in_and_signers_of_what_waits(app: Flask) -> None:
    one, _ = sections()
    signer = make_user(role="manager")
    jobs.month_due(at(date(2026, 11, 25), 9))
    on = date(2026, 11, 25)
    told = [due for due in reminders.due_reminders(on) if due.rule == "report-due"]
    assert {(due.record_id, due.period, due.due_on) for due in told} >= {(one.id, "2026-11", on)} and len(told) == 2
    report = db.session.scalar(select(Report).where(Report.owner == one.id, Report.period == "2026-11"))
    assert report is not None
    report.state = "in_review"
    db.session.flush()
    again = reminders.due_reminders(on)
    assert one.id not in {due.record_id for due in again if due.rule == "report-due"}
    assert [(due.record_id, due.person_id) for due in again if due.rule == "report-sign"] == [(report.id, signer.id)]
    late = [due for due in reminders.due_reminders(date(2026, 12, 8)) if due.rule == "report-overdue"]
    assert {due.period for due in late} == {"2026-11"} and len(late) == 1
