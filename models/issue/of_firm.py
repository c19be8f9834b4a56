"""The issues of one firm: what is open, what is over, and what they add to the firm's timeline."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from models.base import db
from models.firm.timeline import Event
from models.issue import clocks
from models.issue.record import ENDED, Issue
from models.issue.sheet import chips_of
from models.rules.issue import STATES
from models.rules.issue_chip import Chip
from models.rules.issue_kinds import KINDS, OUTCOMES
from models.user import User

#: No more than these are read for a firm's page; the list has them all.
SHOWN = 40


@dataclass
class FirmIssues:
    """Issues of one firm, the open ones most pressing first, the others newest first."""

    open: list[tuple[Issue, tuple[Chip, ...]]] = field(default_factory=list)
    past: list[Issue] = field(default_factory=list)
    total: int = 0

    def events(self) -> Iterator[Event]:
        """What they add to the timeline: when each was raised, proposed as done, and ended."""
        for issue in (*(issue for issue, _ in self.open), *self.past):
            yield Event(issue.raised_on, f"提出{KINDS[issue.kind]} {issue.number}", issue.title, kind="issue",
                        at=issue.created_at)  # fmt: skip
            if issue.proposed_on is not None and issue.state != "closed_out":
                yield Event(issue.proposed_on, f"申请办结 {issue.number}", issue.result, kind="issue")
            ended = issue.closed_on or issue.ended_on
            if ended is not None:
                what = f"{OUTCOMES.get(issue.outcome or '', '')} {issue.result or issue.end_reason}".strip()
                yield Event(ended, f"{STATES[issue.state]} {issue.number}", what, kind="issue")


def of_firm(user: User, firm_id: int, on: date) -> FirmIssues:
    """The issues of a firm that this person may see; nothing for who sees none. A fixed number of statements."""
    found = FirmIssues()
    if "issues.view" not in user.permissions:
        return found
    mine = Issue.visible_to(user).where(Issue.firm_id == firm_id)
    found.total = db.session.scalar(mine.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    if not found.total:
        return found
    names = (joinedload(Issue.handler), joinedload(Issue.outside), joinedload(Issue.topic))
    order = (case((Issue.state.in_(ENDED), 1), else_=0), Issue.due_on, Issue.raised_on.desc(), Issue.id)
    rows = list(db.session.scalars(mine.options(*names).order_by(*order).limit(SHOWN)))
    ticks = clocks.load()
    found.open = [(row, chips_of(row, on, ticks)) for row in rows if row.is_open]
    found.past = sorted((row for row in rows if not row.is_open), key=lambda row: row.id, reverse=True)
    return found


def open_words(firm_ids: list[int]) -> dict[int, list[str]]:
    """One line for each open issue, by firm, the earliest due first: what, who, by when. One statement.

    The caller has seen to it that the firms and their issues exist for who asks.
    """
    query = select(Issue).where(Issue.firm_id.in_(firm_ids), Issue.state.not_in(ENDED))
    query = query.options(joinedload(Issue.handler), joinedload(Issue.outside)).order_by(Issue.due_on, Issue.id)
    found: dict[int, list[str]] = {}
    for issue in db.session.scalars(query):
        until = f"，{issue.due_on} 前" if issue.due_on else ""
        who = f"，{issue.handler_name}" if issue.handler_name else ""
        found.setdefault(issue.firm_id, []).append(f"{issue.title}（{STATES[issue.state]}{who}{until}）")
    return found
