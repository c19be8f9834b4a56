"""Every source of reminders. A feature adds one line here and its rules to models/rules/reminder_table.py.

A source names every matter that is open on a day and due within the horizon (models/rules/reminder.HORIZON), overdue
ones too, each in a fixed number of statements. It knows nothing of stages or of what was told: the ledger does. What it
no longer names is settled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from models.pool import due
from models.reminder import applications, firm_inputs, firms, issues, plans, promises, reports
from models.rules.reminder import Due


@dataclass(frozen=True)
class Source:
    """The rules that one function speaks for, and the function."""

    rules: frozenset[str]
    due_reminders: Callable[[date], list[Due]]


def _source(due_reminders: Callable[[date], list[Due]], *rules: str) -> Source:
    return Source(frozenset(rules), due_reminders)


SOURCES: tuple[Source, ...] = (
    _source(promises.due_reminders, "promise-due"),
    _source(firm_inputs.due_reminders, "firm-input-review", "firm-input-late", "figures-old"),
    _source(due.due_reminders, "pool-next", "pool-still"),
    _source(applications.due_reminders, "application-date"),
    _source(
        issues.due_reminders, "issue-sign", "issue-due", "issue-reply", "issue-assist", "issue-desk",
        "issue-extension", "issue-review", "issue-call", "issue-spot",
    ),
    _source(plans.due_reminders, "plan-week", "survey-eve"),
    _source(firms.due_reminders, "duty-due", "title-end"),
    _source(reports.due_reminders, "report-due", "report-overdue", "report-sign"),
)  # fmt: skip


def of_rules(rules: frozenset[str]) -> list[Source]:
    """The sources that speak for one of these rules."""
    return [source for source in SOURCES if source.rules & rules]
