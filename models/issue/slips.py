"""Lists for a supervisor: slips (督办单), extensions that wait, spot checks of a month."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from models.base import db
from models.errors import NotFound
from models.figures.scope import AnySelect
from models.firm.record import Firm
from models.issue.listing import visible
from models.issue.parts import IssueExtension, IssueSlip, SpotCheck
from models.issue.record import Issue
from models.unit import Unit
from models.user import User

Raiser = aliased(User)
SLIP_STATES = {"open": "未答复", "answered": "已答复"}


def _slips(user: User, colour: str, state: str, *columns: Any) -> Select[Any]:
    query = select(*columns).select_from(IssueSlip).join(Issue, Issue.id == IssueSlip.issue_id).where(*visible(user))
    if colour:
        query = query.where(IssueSlip.colour == colour)
    if state == "open":
        query = query.where(IssueSlip.answered_on.is_(None))
    elif state == "answered":
        query = query.where(IssueSlip.answered_on.is_not(None))
    return query


def slip_counts(user: User, state: str = "") -> dict[str, int]:
    """How many slips there are by colour. One statement."""
    rows = db.session.execute(_slips(user, "", state, IssueSlip.colour, func.count()).group_by(IssueSlip.colour))
    return {colour: number for colour, number in rows}  # noqa: C416  rows are no pairs


def list_slips(user: User, colour: str, state: str, offset: int, size: int) -> Sequence[Row[Any]]:
    """Slips with their issues, the last first. One statement."""
    query = _with_names(_slips(user, colour, state, *_COLUMNS))
    return db.session.execute(query.order_by(IssueSlip.id.desc()).limit(size).offset(offset)).all()


def slip_for(user: User, slip_id: int) -> Row[Any]:
    """One slip with its issue, or NotFound when it does not exist for this person."""
    found = db.session.execute(_with_names(_slips(user, "", "", *_COLUMNS)).where(IssueSlip.id == slip_id)).first()
    if found is None:
        raise NotFound
    return found


_COLUMNS = (
    IssueSlip.id, IssueSlip.colour, IssueSlip.why, IssueSlip.about_on, IssueSlip.words.label("asked"),
    IssueSlip.raised_on, IssueSlip.answered_on, IssueSlip.answer, IssueSlip.round, Issue.id.label("issue_id"),
    Issue.year, Issue.serial, Issue.title, Issue.words, Issue.first_due_on, Issue.due_on, Issue.measures,
    Firm.id.label("firm_id"), Firm.name.label("firm"), Unit.name.label("unit"), User.name.label("person"),
    Raiser.name.label("raiser"),
)  # fmt: skip


def _with_names(query: Select[Any]) -> Select[Any]:
    query = query.join(Firm, Firm.id == Issue.firm_id).outerjoin(Unit, Unit.id == IssueSlip.unit_id)
    return query.outerjoin(User, User.id == IssueSlip.person_id).outerjoin(Raiser, Raiser.id == IssueSlip.raised_by_id)


def waiting_extensions(issue_ids: Collection[int]) -> dict[int, Row[Any]]:
    """The extension that waits for each of these issues: its dates, reason and who asked. One statement."""
    query: AnySelect = select(
        IssueExtension.id, IssueExtension.issue_id, IssueExtension.old_due_on, IssueExtension.new_due_on,
        IssueExtension.reason, func.coalesce(User.name, IssueExtension.asked_label).label("asker"),
    ).outerjoin(User, User.id == IssueExtension.asked_by_id)  # fmt: skip
    query = query.where(IssueExtension.issue_id.in_(list(issue_ids)), IssueExtension.decided_at.is_(None))
    return {row.issue_id: row for row in db.session.execute(query.order_by(IssueExtension.id))}


def list_spot_checks(user: User, month: str) -> Sequence[Row[Any]]:
    """The spot checks of a month with their issues, those still to be phoned first. One statement."""
    query: AnySelect = select(
        SpotCheck.id, SpotCheck.always, SpotCheck.drawn_on, SpotCheck.result, SpotCheck.checked_on, SpotCheck.note,
        Issue.id.label("issue_id"), Issue.year, Issue.serial, Issue.title, Issue.words, Firm.id.label("firm_id"),
        Firm.name.label("firm"), Unit.name.label("unit"), User.name.label("checker"),
    )  # fmt: skip
    query = query.join(Issue, Issue.id == SpotCheck.issue_id).join(Firm, Firm.id == Issue.firm_id)
    query = query.outerjoin(Unit, Unit.id == Issue.lead_unit_id).outerjoin(User, User.id == SpotCheck.checked_by_id)
    query = query.where(SpotCheck.month == month, *visible(user))
    return db.session.execute(query.order_by(SpotCheck.checked_on.is_not(None), SpotCheck.id)).all()


def spot_check_for(user: User, check_id: int) -> SpotCheck:
    """The spot check, or NotFound when its issue does not exist for this person."""
    query = select(SpotCheck).join(Issue, Issue.id == SpotCheck.issue_id)
    found = db.session.scalar(query.where(SpotCheck.id == check_id, *visible(user)))
    if found is None:
        raise NotFound
    return found


def closed_in(user: User, first: date, before: date) -> int:
    """How many issues were struck off from a day until before another. One statement."""
    query = select(func.count(Issue.id)).where(Issue.closed_on >= first, Issue.closed_on < before, *visible(user))
    return db.session.scalar(query) or 0
