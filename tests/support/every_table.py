"""A few rows in every table, with awkward values: for what must work on all tables, whatever is added later."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Column, Date, Float, Integer, LargeBinary, String, Table, insert, text

from models.all import db
from models.base import Moment, Money, Words

ROWS = 3

#: Values that a CHECK or a meaning asks for, one for all rows or one for each; a new table says here what it accepts.
ASKED: dict[str, Any] = {
    "report.kind": "month",
    "report.state": "drafted",
    "report.owner": (0, 1, 2),
    "report.unit_id": (None, 1, 2),
    "report.issued_at": None,
    "report_line.kind": "month",
    "report_reader.unit_id": (1, None, 2),
    "report_reader.user_id": (None, 1, None),
    "report_print.report_id": (1, 2, 3),
    "area.tree": "area",
    "unit.kind": "section",
    "task.state": "waiting",
    "job_run.state": ("running", "done", "merged"),
    "outbox.state": "waiting",
    "outbox.sent_at": None,
    "stored_file.sealed": False,
    "firm.status": "active",
    "firm.code_kind": ("other", None, "other"),
    "firm.care_level": "A",
    "firm.merged_into_id": None,
    "firm_name.kind": "registered",
    "firm_place.tree": "area",
    "firm_place.source": "list",
    "firm_status.status": "moved_out",
    "firm_flag.flag": "abnormal",
    "firm_officer.position": "A",
    "firm_plan.regime": "hnte",
    "firm_plan.changes": '{"rd_expense_2025": ["20 万元", "30"]}',
    "firm_plan.state": ("open", "reached", "dropped"),
    "firm_plan.ended_on": (None, date(2026, 3, 1), date(2026, 3, 1)),
    "firm_plan.ended_reason": ("", "", "企业已搬走"),
    "firm_input.state": ("asked", "submitted", "adopted"),
    "firm_input.how": (None, "link", "phone"),
    "firm_input.confirmed": "[]",
    "firm_input.submitted_on": (None, date(2026, 3, 1), date(2026, 3, 1)),
    "firm_input.ended_on": (None, None, date(2026, 3, 2)),
    "firm_input_figure.key": "rd_expense",
    "firm_input_figure.value": (Decimal("20.5"), None, Decimal(30)),
    "firm_input_figure.unclear": (False, True, False),
    "firm_input_figure.decision": (None, None, "accepted"),
    "firm_judgement.key": ("quality_score", "market_position_ok", "rd_institution_level"),
    "firm_judgement.answer": ("50", "yes", ""),
    "rule_book_trial_firm.old": ("eligible", "not_eligible", "unknown"),
    "rule_book_trial_firm.new": ("eligible", "not_eligible", "unknown"),
    "rule_book_trial_change.old": ("yes", "no", "unknown"),
    "rule_book_trial_change.new": ("no", "unknown", "yes"),
    "rule_book.regime": "hnte",
    "rule_book.state": ("draft", "effective", "withdrawn"),
    "rule_book.effective_to": None,
    "rule_book.put_at": (None, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)),
    "rule_book.ended_why": ("", "", "通知已废止"),
    "assessment_result.state": "ready",
    "officer_wait.position": "A",
    "import_run.state": "applied",
    "import_row.effect": "created",
    "campaign.quota_unit": "firms",
    "contact_scheme_kind.subject": ("firm", "area", "free"),
    "scheme_contact.before_id": None,
    "opinion.state": ("collected", "told", "kept"),
    "opinion.source": ("", "季度座谈会", ""),
    "opinion.passed_on": (None, date(2026, 3, 1), None),
    "opinion.passed_to": ("", "市科技局", ""),
    "opinion.answered_on": (None, date(2026, 3, 1), None),
    "opinion.answer": ("", "已列入计划", ""),
    "opinion.told_on": (None, date(2026, 3, 1), None),
    "opinion.told_how": ("", "电话", ""),
    "opinion.kept_reason": ("", "", "已当场说明"),
    "city_book_tie.kind": ("figure", "figure", "list"),
    "city_book_tie.period": "year",
    "city_book_tie.room": (None, None, 20),
    "city_book_tie.columns": frozenset({"name"}),
    "target.kind": ("number", "at_least", "range"),
    "target.low": (Decimal(120), None, Decimal("100.5")),
    "target.high": (None, None, Decimal(120)),
    "target.area_id": (None, 1, None),
    "target.officer_id": (None, None, 1),
    "target_revision.kind": "number",
    "team_member.user_id": (None, None, 1),
    "team_member.name": ("沈知微", "周行", ""),
    "visit.source": "form",
    "visit.withdrawn_at": (None, datetime(2026, 3, 1, tzinfo=UTC), None),
    "visit.withdrawn_reason": ("", "写错了企业", ""),
    "visit_companion.kind": "expert",
    "visit_demand.handling": ("in_hand", None, "settled"),
    "visit_demand.state": ("to_review", "kept", "to_review"),
    "visit_demand.decided_at": (None, datetime(2026, 3, 1, tzinfo=UTC), None),
    "link.contact_id": None,
    "link_opening.outcome": "shown",
    "plan_line.outcome": (None, "done", "dropped"),
    "plan_line.outcome_on": (None, date(2026, 3, 1), date(2026, 3, 1)),
    "plan_line.outcome_words": ("", "", "企业已搬走"),
    "plan_line.visit_id": (None, 2, None),
    "plan_line.moved_to_id": None,
    "patent_owner.obtained": "self",
    "patent.kind": "invention",
    "patent.status": "granted",
    "handover.state": ("proposed", "done", "withdrawn"),
    "handover.decided_at": (None, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)),
    "handover_item.kind": "firm",
    "review_item.verdict": (None, "again", "cleared"),
    "review_item.decided_on": (None, date(2026, 3, 1), date(2026, 3, 1)),
    "review_item.round": (1, 2, 3),
    "review_item.before_id": None,
    "review_meeting.begins": ("", "14:00", ""),
    **dict.fromkeys((f"review_mark.{key}" for key in ("ip", "conversion", "organisation", "growth")), (0, 20, None)),
    "review_mark.total": (0, 100, None),
    "review_finding.done_words": ("", "", "已补"),
    "review_finding.done_on": (None, None, date(2026, 3, 1)),
    "application_batch.year": (2025, 2026, 2027),
    "application_date.key": ("opens", "firm", "notice"),
    "application.stage": ("intention", "refused", "granted"),
    "application.kind": ("first", "renewal", "first"),
    "application.ended_on": (None, date(2026, 3, 1), date(2026, 3, 1)),
    "application.before_id": None,
    "paper_rule.stage": "coaching",
    "paper_rule.need": ("refuse", "warn", "none"),
    "application_result.kind": ("notice", "announcement", "notice"),
    "application_move.from_stage": (None, "intention", "coaching"),
    "application_move.to_stage": "coaching",
    "application_move.via": "form",
    "duty_rule.kind": ("yearly", "title_end", "change"),
    "duty_rule.closes": "05-31",
    "duty_rule.months": 3,
    "duty_rule.who": ("firm", "officer", "firm"),
    "duty_rule.shift": ("none", "after", "before"),
    "duty_window.opens_on": None,
    "issue_class.flow": ("simple", "standard", "supervised"),
    "issue_class.clock_days": 5,
    "issue.state": ("registered", "admitted", "dispatched"),
    "issue.id": (1, 2, 3),
    "issue.kind": "problem",
    "issue.channel": "visit",
    "issue.flow": (None, None, "standard"),
    "issue.outcome": None,
    "issue.closing_id": None,
    "issue.closed_on": None,
    "issue.parked_until": None,
    "issue.first_due_on": (None, None, date(2026, 3, 2)),
    "issue.due_on": (None, None, date(2026, 3, 9)),
    "issue.handler_id": (None, 1, None),
    "issue.outside_id": (None, None, 1),
    "issue.round": 1,
    "issue_move.from_state": (None, "registered", "admitted"),
    "issue_move.to_state": ("registered", "admitted", "dispatched"),
    "issue_move.via": ("form", "link", "job"),
    "issue_assignment.role": ("lead", "assist", "lead"),
    "issue_assignment.user_id": (1, None, None),
    "issue_assignment.outside_id": (None, None, 1),
    "issue_assignment.objected_at": (None, datetime(2026, 3, 1, tzinfo=UTC), None),
    "issue_assignment.objection": ("", "不归我们管", ""),
    "issue_assignment.answered_at": (None, None, datetime(2026, 3, 1, tzinfo=UTC)),
    "issue_assignment.answer": ("", "", "已对接两家银行"),
    "issue_extension.asked_by_id": (1, None, 2),
    "issue_extension.decided_by_id": (2, None, 1),
    "issue_extension.decided_at": (datetime(2026, 3, 1, tzinfo=UTC), None, datetime(2026, 3, 1, tzinfo=UTC)),
    "issue_extension.granted": (True, None, False),
    "issue_extension.old_due_on": date(2026, 3, 2),
    "issue_extension.new_due_on": date(2026, 3, 9),
    "issue_call.about": ("confirm", "withdrawal", "spot"),
    "issue_call.called_by_id": 1,
    "issue_call.handler_id": (None, 2, None),
    "issue_answer.how": ("link", "call", "link"),
    "issue_answer.call_id": (None, 2, None),
    "issue_answer.solved": ("yes", "partly", "no"),
    "issue_answer.attitude": (5, None, 1),
    "issue_closing.basis": "link",
    "issue_closing.reviewer_id": 1,
    "issue_closing.handler_id": (None, 2, None),
    "issue_closing.answer_id": (1, 2, 3),
    **{f"issue_closing.call{number}_{part}": None for number in (1, 2, 3) for part in ("id", "on")},
    "issue_slip.colour": ("blue", "yellow", "red"),
    "issue_slip.answered_on": (None, date(2026, 3, 1), None),
    "issue_slip.answer": ("", "已补报", ""),
    "issue_file.file_id": (1, None, 1),
    "issue_file.visit_id": (None, 1, None),
    "spot_check.result": (None, "confirmed", None),
    "spot_check.checked_on": (None, date(2026, 3, 1), None),
    "issue_edition.list_key": ("problem", "responsibility", "follow_through"),
    "issue_edition_row.mark": (None, "new", "closed"),
    "issue_offer.state": ("proposed", "accepted", "delivered"),
    "issue_offer.rating": (None, 5, 1),
    "training_firm.answer": ("none", "yes", "no"),
    "training.capacity": (None, 60, 1),
    "promise.done_on": (None, date(2026, 3, 1), None),
    "promise.done_how": ("", "电话答复", ""),
    "promise.dropped_on": (None, None, date(2026, 3, 1)),
    "promise.dropped_reason": ("", "", "企业已搬走"),
    "reminder.why": ("", "left", "deputy"),
    "reminder.recipient_id": (1, None, 1),
    "reminder.read_at": None,
    "reminder.level": 1,
    "reminder_delivery.channel": "mail",
    "reminder_delivery.state": ("waiting", "skipped", "sent"),
    "reminder_delivery.reason": ("quiet", "no_mailbox", ""),
    "reminder_rule.unit": "wd",
    "reminder_rule.escalate_after": 3,
    "robot.kind": ("wecom", "dingtalk", "feishu"),
    "robot_post.state": "waiting",
    "robot_post.sent_at": None,
    "title_type.rung": "hnte",
    "title_type.validity": "+3y",
    "title_type.renewal_window": "none",
}

#: The second of two columns that must differ or follow one another takes a later row or day.
LATER = {"deputy_id", "taker_id", "gone_id", "to_on", "ends_on", "revoked_on"}
AWKWARD = ("一行\n又一行", "“引号”, \\ 反斜杠 \t 制表 \u2028 分段", "")


def fill() -> dict[str, int]:
    """Put rows into every table; returns how many each holds now."""
    numbers = itertools.count(1)
    made: dict[str, list[dict[str, Any]]] = {}
    for table in reversed(db.metadata.sorted_tables):
        db.session.execute(table.delete())
    for table in db.metadata.sorted_tables:
        rows = [_row(table, place, made, next(numbers)) for place in range(ROWS)]
        db.session.execute(insert(table), rows)
        made[table.name] = rows
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        for name in made:
            if "id" in db.metadata.tables[name].columns:
                db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), {ROWS})"))
        db.session.commit()
    return dict.fromkeys(made, ROWS)


def _row(table: Table, place: int, made: dict[str, list[dict[str, Any]]], number: int) -> dict[str, Any]:
    return {column.name: _value(table, column, place, made, number) for column in table.columns}


def _value(table: Table, column: Column[Any], place: int, made: dict[str, Any], number: int) -> Any:
    asked = f"{table.name}.{column.name}"
    if asked in ASKED:
        return ASKED[asked][place] if isinstance(ASKED[asked], tuple) else ASKED[asked]
    for key in column.foreign_keys:
        other = key.column.table
        if other is table:
            return None if place == 0 else 1
        chosen = (place + 1) % ROWS if column.name in LATER else place
        return made[other.name][chosen][key.column.name]
    if column.nullable and place == 1 and not column.primary_key:
        return None
    return _plain(column, place, number)


def _plain(column: Column[Any], place: int, number: int) -> Any:
    kind = column.type
    later = timedelta(days=400 if column.name in LATER else 0)
    if isinstance(kind, Money):
        return (Decimal("-0.000001"), Decimal("9007199254.740993"), Decimal(83))[place]
    if isinstance(kind, Moment):
        return datetime(2026, 2, 28, 15, 59, 59, 999999 - number, tzinfo=UTC)
    if isinstance(kind, Words):
        return frozenset({"firms.view", "self"}) if place else frozenset()
    if isinstance(kind, Boolean):
        return place == 0
    if isinstance(kind, Date):
        return (date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31) - 2 * timedelta(days=400))[place] + later
    if isinstance(kind, Float):
        return (0.1, 87.5, 1e-9)[place]
    if isinstance(kind, LargeBinary):
        return bytes([0, 255, place, number % 256])
    if isinstance(kind, Integer):
        return place + 1 if column.primary_key else 2**31 - 1 - number
    assert isinstance(kind, String), f"{column}: say here how to make a {kind!r}"
    text = (
        f"{number}" if column.primary_key or column.unique or (kind.length or 999) < 64 else f"{AWKWARD[place]}{number}"
    )
    return text[: kind.length]
