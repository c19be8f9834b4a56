"""Which rows the figures of issues count: issues, assignments or spot checks, by days on or before the period's end."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from models.figures.base import Period, Rows
from models.figures.scope import AnySelect, Scope
from models.issue.as_of import AsOf
from models.issue.parts import IssueAnswer, IssueAssignment, IssueClosing, IssueExtension, SpotCheck
from models.issue.record import ENDED, Issue
from models.issue.scope import IssueScope
from models.issue.trace import IssueMove
from models.rules.issue import MOVES
from models.rules.issue_age import Band

#: What ends an issue without 销号; in no closing rate.
OTHERWISE = tuple(state for state in ENDED if state != "closed_out")
AGAIN = ("redo", "reopen")
#: By which event an issue comes into such a state: there is an index on events.
INTO = {state: move.event for (_, state), move in MOVES.items() if state in OTHERWISE}
#: Further conditions of the closings of a period.
Closing = Callable[[Period], list[ColumnElement[bool]]]


def _issues(scope: Scope, *conditions: ColumnElement[bool], day: AsOf | None = None) -> AnySelect:
    """Issues of the scope; `day` is given when a condition speaks of how they stood then."""
    query: AnySelect = select(Issue.id).select_from(Issue)
    return IssueScope.of(scope).issues(query if day is None else day.joined(query)).where(*conditions)


def raised(period: Period, scope: Scope) -> AnySelect:
    """First raised in the period."""
    return _issues(scope, Issue.raised_on > period.since, Issue.raised_on <= period.on)


def standing(met: Callable[[AsOf], ColumnElement[bool]]) -> Rows:
    """Issues that meet this at the end of the period."""

    def rows(period: Period, scope: Scope) -> AnySelect:
        day = _day(period, scope)
        return _issues(scope, met(day), day=day)

    return rows


def aged(band: Band) -> Rows:
    """Open issues of this age at the end of the period."""

    def rows(period: Period, scope: Scope) -> AnySelect:
        first, last = band.days(period.on)
        day, since = _day(period, scope), [Issue.raised_on >= first] if first else []
        return _issues(scope, day.is_open, Issue.raised_on <= last, *since, day=day)

    return rows


def _day(period: Period, scope: Scope) -> AsOf:
    return AsOf(period.on, IssueScope.of(scope).today)


def _moved(period: Period, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Has such a move in the period; the moves are found first, by their index, not issue by issue."""
    in_period = (IssueMove.moved_on > period.since, IssueMove.moved_on <= period.on)
    return Issue.id.in_(select(IssueMove.issue_id).where(*conditions, *in_period))


def event(event: str) -> Rows:
    """Issues with this event in the period."""
    return lambda period, scope: _issues(scope, _moved(period, IssueMove.event == event))


def into(state: str) -> Rows:
    """Issues that came into this state in the period."""
    into = (IssueMove.event == INTO[state], IssueMove.to_state == state)
    return lambda period, scope: _issues(scope, _moved(period, *into))


def moved_out(state: str) -> Rows:
    """Issues that left this state in the period."""
    out = (IssueMove.from_state == state, IssueMove.to_state != state)
    return lambda period, scope: _issues(scope, _moved(period, *out))


def extended(period: Period, scope: Scope) -> AnySelect:
    """Issues with an extension granted in the period."""
    granted = exists().where(
        IssueExtension.issue_id == Issue.id, IssueExtension.granted.is_(True),
        IssueExtension.decided_at >= AsOf(period.since).end, IssueExtension.decided_at < AsOf(period.on).end,
    )  # fmt: skip
    return _issues(scope, granted.correlate(Issue))


# Closings.


def closed(*more: Closing) -> Rows:
    """Issues with a closing in the period that meets every further condition."""
    return lambda period, scope: _issues(scope, Issue.id.in_(_closings(period, *more)))


def closed_again(period: Period, scope: Scope) -> AnySelect:
    """Issues with a closing in the period that were done anew or reopened by its end."""
    again = select(IssueMove.issue_id).where(IssueMove.event.in_(AGAIN), IssueMove.moved_on <= period.on)
    return _issues(scope, Issue.id.in_(_closings(period)), Issue.id.in_(again))


def _closings(period: Period, *more: Closing) -> AnySelect:
    met = [condition for part in more for condition in part(period)]
    in_period = (IssueClosing.reviewed_on > period.since, IssueClosing.reviewed_on <= period.on)
    return select(IssueClosing.issue_id).where(*in_period, *met)


def answered(period: Period) -> list[ColumnElement[bool]]:
    """On an answer of the firm."""
    return [IssueClosing.answer_id.is_not(None)]


def unanswered(period: Period) -> list[ColumnElement[bool]]:
    """Without one."""
    return [IssueClosing.basis == "no_answer"]


def first_time(period: Period) -> list[ColumnElement[bool]]:
    """In the first round, and the firm said that it is solved."""
    said = exists().where(IssueAnswer.id == IssueClosing.answer_id, IssueAnswer.solved == "yes")
    return [IssueClosing.round == 1, said.correlate(IssueClosing)]


def recurred(period: Period) -> list[ColumnElement[bool]]:
    """The same firm came with the same topic from the day of the closing on."""
    this, other = aliased(Issue), aliased(Issue)
    came = (
        select(other.id)
        .join(this, and_(this.firm_id == other.firm_id, this.topic_id == other.topic_id))
        .where(this.id == IssueClosing.issue_id, other.id != this.id, other.raised_on <= period.on)
        .where(other.raised_on >= IssueClosing.reviewed_on, other.raised_on <= IssueClosing.watched_until)
    )
    return [came.correlate(IssueClosing).exists()]


# Due dates.


def due_first(period: Period, scope: Scope) -> AnySelect:
    """Issues whose first due date lies in the period and that did not end otherwise."""
    dates = (Issue.first_due_on > period.since, Issue.first_due_on <= period.on)
    return _issues(scope, *dates, _not_otherwise(period))


def due_approved(period: Period, scope: Scope) -> AnySelect:
    """Issues whose approved due date lies in the period and that did not end otherwise."""
    return _due_approved(period, scope, _day(period, scope))


def _due_approved(period: Period, scope: Scope, day: AsOf) -> AnySelect:
    dates = (day.due_on > period.since, day.due_on <= period.on)
    return _issues(scope, *dates, day.exists, _not_otherwise(period), day=day)


def _not_otherwise(period: Period) -> ColumnElement[bool]:
    """Did not end without 销号 by the end of the period; from there no move leads back."""
    ended = select(IssueMove.issue_id).where(IssueMove.event.in_(INTO.values()), IssueMove.moved_on <= period.on)
    return Issue.id.not_in(ended)


def _closed_by(day: AsOf, due_on: Any) -> ColumnElement[bool]:
    closing = exists().where(IssueClosing.issue_id == Issue.id, IssueClosing.reviewed_on <= due_on, day.stands)
    known = (Issue,) if day.is_present else (Issue, day.last)
    return closing.where(IssueClosing.reviewed_on <= day.on).correlate(*known)


def kept_first(period: Period, scope: Scope) -> AnySelect:
    """Of them those struck off by that date."""
    return due_first(period, scope).where(_closed_by(_day(period, scope), Issue.first_due_on))


def kept_approved(period: Period, scope: Scope) -> AnySelect:
    """Of them those struck off by that date."""
    day = _day(period, scope)
    return _due_approved(period, scope, day).where(_closed_by(day, day.due_on))


# Assignments and spot checks.


def _of_parts(scope: Scope, column: Any, held: list[ColumnElement[bool]], owner: Any) -> AnySelect:
    query = select(column).where(*held)
    conditions = IssueScope.of(scope).issue_conditions
    return query.where(owner.in_(select(Issue.id).where(*conditions))) if conditions else query


def assigned(period: Period, scope: Scope) -> AnySelect:
    """Assignments of the lead in the period."""
    part = IssueAssignment
    held = IssueScope.of(scope).held_by(part.unit_id, part.user_id, part.outside_id)
    dates = (part.role == "lead", part.assigned_on > period.since, part.assigned_on <= period.on)
    return _of_parts(scope, part.id, held, part.issue_id).where(*dates)


def sign_decided(period: Period, scope: Scope) -> AnySelect:
    """Of them those whose signing is decided by its end: said yes or no, or let the limit pass."""
    part, end = IssueAssignment, AsOf(period.on).end
    said = or_(part.signed_on <= period.on, part.objected_at < end)
    kept = or_(part.ended_at.is_(None), part.ended_at >= end)
    return assigned(period, scope).where(or_(said, and_(kept, part.sign_due_on < period.on)))


def signed_on_time(period: Period, scope: Scope) -> AnySelect:
    """Of them those signed for by the named person within the limit."""
    part = IssueAssignment
    signed = (part.signed_on <= period.on, part.signed_by_silence.is_(False))
    return assigned(period, scope).where(*signed, part.signed_on <= part.sign_due_on)


def objected(period: Period, scope: Scope) -> AnySelect:
    """Of them those objected to by its end."""
    return assigned(period, scope).where(IssueAssignment.objected_at < AsOf(period.on).end)


def _spots(scope: Scope) -> AnySelect:
    wanted = IssueScope.of(scope)
    query = select(SpotCheck.id)
    lead = wanted.held_by(Issue.lead_unit_id, Issue.handler_id, Issue.outside_id)
    conditions = [*wanted.issue_conditions, *lead]
    return query.where(SpotCheck.issue_id.in_(select(Issue.id).where(*conditions))) if conditions else query


def drawn(period: Period, scope: Scope) -> AnySelect:
    """Spot checks drawn in the period."""
    return _spots(scope).where(SpotCheck.drawn_on > period.since, SpotCheck.drawn_on <= period.on)


def spot(*results: str) -> Rows:
    """Spot checks of the period with one of these results."""

    def rows(period: Period, scope: Scope) -> AnySelect:
        checked = (SpotCheck.checked_on > period.since, SpotCheck.checked_on <= period.on)
        return _spots(scope).where(*checked, SpotCheck.result.in_(results))

    return rows
