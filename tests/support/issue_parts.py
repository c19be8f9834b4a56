"""Factories of what a supervisor looks at: extensions, slips, closings, spot checks."""

from datetime import date, timedelta
from typing import Any

from models import clock
from models.base import db
from models.issue import Issue
from models.issue.parts import IssueAnswer, IssueClosing, IssueExtension, IssueSlip, SpotCheck
from tests.support.factories import make_user
from tests.support.issue_factories import make_issue


def make_extension(issue: Issue, **values: Any) -> IssueExtension:
    """An extension that somebody asked for and nobody decided."""
    due = issue.due_on or issue.raised_on
    defaults: dict[str, Any] = {
        "issue_id": issue.id, "asked_label": "顾清和", "asked_at": clock.now(), "reason": "设备月底才到",
        "old_due_on": due, "new_due_on": due + timedelta(days=10),
    }  # fmt: skip
    row = IssueExtension(**{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_slip(issue: Issue | None = None, **values: Any) -> IssueSlip:
    """A red slip nobody answered."""
    issue, now = issue or make_issue(), clock.now()
    today = clock.local(now).date()
    defaults: dict[str, Any] = {"issue_id": issue.id, "colour": "red", "why": "overdue", "about_on": today,
                                "raised_at": now, "raised_on": today}  # fmt: skip
    row = IssueSlip(**{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_closed(on: date | None = None, **values: Any) -> Issue:
    """An issue struck off on the firm's answer by link."""
    now = clock.now()
    on = on or clock.local(now).date()
    issue = make_issue(**{"first_due_on": on, "due_on": on, "outcome": "solved", "result": "已借到", **values})
    answer = IssueAnswer(issue_id=issue.id, how="link", at=now, answered_on=on, solved="yes", attitude=5, label="企业")
    db.session.add(answer)
    db.session.flush()
    closing = IssueClosing(issue_id=issue.id, reviewer_id=make_user(role="manager").id, reviewed_at=now,
                           reviewed_on=on, basis="link", answer_id=answer.id)  # fmt: skip
    db.session.add(closing)
    db.session.flush()
    issue.state, issue.closing_id, issue.closed_on = "closed_out", closing.id, on
    db.session.flush()
    return issue


def make_spot_check(issue: Issue | None = None, **values: Any) -> SpotCheck:
    """A closed issue drawn for the month of its closing, not phoned yet."""
    issue = issue or make_closed()
    today = clock.local(clock.now()).date()
    defaults: dict[str, Any] = {"issue_id": issue.id, "month": f"{issue.closed_on:%Y-%m}", "drawn_on": today}
    row = SpotCheck(**{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row
