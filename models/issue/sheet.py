"""The record of an issue: everything that hangs on it, in a fixed number of statements."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from models.base import db
from models.errors import NotFound
from models.firm.contacts import Contact
from models.issue import clocks
from models.issue.clocks import Ticks
from models.issue.menu import IssueOffer
from models.issue.parts import (
    IssueAnswer,
    IssueAssignment,
    IssueCall,
    IssueClosing,
    IssueExtension,
    IssueFile,
    IssueSlip,
    SpotCheck,
)
from models.issue.record import Issue
from models.issue.trace import IssueMove
from models.rules import issue_clock
from models.rules.issue_chip import Chip, ChipFacts, chips, days_left
from models.user import User


@dataclass
class Sheet:
    """An issue with its parts, oldest first."""

    issue: Issue
    on: date
    chips: tuple[Chip, ...] = ()
    parts: list[IssueAssignment] = field(default_factory=list)
    extensions: list[IssueExtension] = field(default_factory=list)
    answers: list[IssueAnswer] = field(default_factory=list)
    calls: list[IssueCall] = field(default_factory=list)
    slips: list[IssueSlip] = field(default_factory=list)
    files: list[IssueFile] = field(default_factory=list)
    closings: list[IssueClosing] = field(default_factory=list)
    spots: list[SpotCheck] = field(default_factory=list)
    offers: list[IssueOffer] = field(default_factory=list)
    moves: list[IssueMove] = field(default_factory=list)
    contact: Contact | None = None

    @property
    def lead(self) -> IssueAssignment | None:
        """The lead's part that runs; None before 交办."""
        return next((part for part in self.parts if part.role == "lead" and part.ended_at is None), None)

    @property
    def assists(self) -> list[IssueAssignment]:
        """The assisting parts that run."""
        return [part for part in self.parts if part.role == "assist" and part.ended_at is None]

    @property
    def waiting_extension(self) -> IssueExtension | None:
        """The extension that nobody decided yet."""
        return next((row for row in self.extensions if row.decided_at is None), None)

    @property
    def waiting_slips(self) -> list[IssueSlip]:
        """Slips without an answer."""
        return [row for row in self.slips if row.answered_on is None]

    @property
    def waiting_spot(self) -> SpotCheck | None:
        """The spot check that nobody made yet."""
        return next((row for row in self.spots if row.checked_on is None), None)


def get_for(user: User, issue_id: int) -> Issue:
    """The issue with all that its record names, or NotFound when it does not exist for this person. One statement."""
    query = Issue.visible_to(user).where(Issue.id == issue_id)
    names = (Issue.topic, Issue.class_, Issue.visit, Issue.raised_by, Issue.lead_unit, Issue.handler, Issue.outside,
             Issue.leader, Issue.group)  # fmt: skip
    found = db.session.scalar(query.options(contains_eager(Issue.firm), *(joinedload(name) for name in names)))
    if found is None:
        raise NotFound
    return found


def load(user: User, issue_id: int, on: date) -> Sheet:
    """The record as this person may see it, its light for a day. NotFound when it does not exist for them."""
    issue = get_for(user, issue_id)
    sheet = Sheet(issue, on, chips_of(issue, on))
    sheet.parts = _rows(IssueAssignment, issue, "unit", "user", "outside")
    sheet.extensions = _rows(IssueExtension, issue, "asked_by", "decided_by")
    sheet.answers = _rows(IssueAnswer, issue)
    sheet.calls = _rows(IssueCall, issue, "called_by")
    sheet.slips = _rows(IssueSlip, issue, "person")
    sheet.files = _rows(IssueFile, issue, "file", "visit")
    sheet.closings = _rows(IssueClosing, issue, "reviewer")
    sheet.spots = _rows(SpotCheck, issue, "checked_by")
    sheet.offers = _rows(IssueOffer, issue, "item", "proposed_by")
    sheet.moves = IssueMove.list_of(issue.id)
    if issue.contact_id is not None:
        sheet.contact = db.session.get(Contact, issue.contact_id)
    return sheet


def chips_of(issue: Issue, on: date, ticks: Ticks | None = None) -> tuple[Chip, ...]:
    """The chips of one issue on a day."""
    ticks = ticks or clocks.load()
    ended = issue.closed_on or issue.ended_on
    if issue.is_open:
        light = issue_clock.light_between(issue.yellow_on, issue.due_on, issue.first_due_on, on)
    else:
        light = issue_clock.light(clocks.light_facts(issue, ticks), ended or on, ticks.workdays)
    left = days_left([issue.due_on], on, ticks.workdays)
    facts = clocks.light_facts(issue, ticks)
    return chips(
        ChipFacts(issue.state, light, on, left[issue.due_on] if issue.due_on else None, facts.accept_by,
                  issue.next_reply_on)
    )  # fmt: skip


def get_file(issue: Issue, row_id: int) -> IssueFile:
    """A piece of evidence of this issue with its file, or NotFound."""
    query = select(IssueFile).where(IssueFile.issue_id == issue.id, IssueFile.id == row_id)
    found = db.session.scalar(query.options(joinedload(IssueFile.file), joinedload(IssueFile.thumbnail)))
    if found is None:
        raise NotFound
    return found


def _rows(table: Any, issue: Issue, *names: str) -> list[Any]:
    query: Select[Any] = select(table).where(table.issue_id == issue.id).order_by(table.id)
    return list(db.session.scalars(query.options(*(joinedload(getattr(table, name)) for name in names))))
