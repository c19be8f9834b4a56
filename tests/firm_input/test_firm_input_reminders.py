"""What officers are reminded of: what waits for a review, what did not come, figures older than a year."""

from datetime import UTC, date, datetime, timedelta

from flask import Flask

from models.reminder.firm_inputs import due_reminders
from models.rules.reminder import Due
from tests.reminders.test_reminder_sources import leads_somewhere
from tests.support.assessment_factories import figures
from tests.support.factories import make_firm, make_user
from tests.support.input_factories import CELLS, make_input, sent, submitted
from tests.support.statements import statements

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ON = date(2026, 11, 20)


def told(rule: str, on: date = ON) -> list[Due]:
    return [due for due in due_reminders(on) if due.rule == rule]


def test_what_was_handed_in_waits_for_the_officer_else_for_who_asked(app: Flask) -> None:
    officer, asker = make_user(), make_user()
    mine = submitted(make_input(make_firm(officer_a_id=officer.id), by=asker, at=NOW), {CELLS[0]: "120"}, NOW)
    nobodys = submitted(make_input(by=asker, at=NOW), {CELLS[0]: "120"}, NOW)
    found = told("firm-input-review")
    assert [(due.record_id, due.person_id, due.due_on, due.period) for due in found] == [
        (mine.id, officer.id, ON, "第1次"), (nobodys.id, asker.id, ON, "第1次"),
    ]  # fmt: skip
    assert all(leads_somewhere(app, due) for due in found) and mine.firm.name in found[0].words
    assert told("firm-input-late") == []


def test_what_did_not_come_is_due_the_day_after_its_last(app: Flask) -> None:
    row = make_input(at=NOW, due_on=date(2026, 11, 30))
    sent(row, NOW)
    due = told("firm-input-late")[0]
    assert (due.record_id, due.due_on, due.period) == (row.id, date(2026, 12, 1), "2026-11-30")
    assert leads_somewhere(app, due)
    row.state, row.ended_on = "void", ON
    assert told("firm-input-late") == []


def test_old_figures_are_one_sentence_a_quarter_for_each_officer(app: Flask) -> None:
    officer, other = make_user(), make_user()
    old = [make_firm(officer_a_id=officer.id) for _ in range(3)]
    fresh, asked, gone = (make_firm(officer_a_id=other.id) for _ in range(3))
    gone.status = "moved_out"
    for firm in (*old, asked, gone):
        figures(firm, rd_expense_2024=20)
    figures(fresh, rd_expense_2025=20)
    make_input(asked, at=NOW)
    found = told("figures-old")
    assert [(due.person_id, due.period, due.due_on, due.firm_id) for due in found] == [
        (officer.id, "2026-Q4", date(2026, 10, 1), None)
    ]
    assert "3 家还没有 2025 年的数据" in found[0].words and leads_somewhere(app, found[0])
    assert [due.period for due in told("figures-old", date(2026, 12, 31))] == ["2026-Q4"]
    later = {due.person_id: due.period for due in told("figures-old", date(2027, 1, 1))}
    assert later == {officer.id: "2027-Q1", other.id: "2027-Q1"}, "2025 is over a year ago then"


def test_it_costs_the_same_however_much_waits(app: Flask) -> None:
    counts = []
    for number in (3, 27):
        for _ in range(number):
            make_input(make_firm(officer_a_id=make_user().id), at=NOW + timedelta(hours=1))
        with statements() as sent_ones:
            due_reminders(ON)
        counts.append(len(sent_ones))
    assert counts[0] == counts[1]
