"""Whatever a bureau does at random, what the record promises stays true; counted again slowly from the rows."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import Model, db
from models.issue import Issue, clocks
from models.issue.acts.stand import HANDLING
from models.issue.parts import (
    IssueAnswer,
    IssueAssignment,
    IssueCall,
    IssueClosing,
    IssueExtension,
    IssueFile,
    IssueSlip,
)
from models.issue.trace import IssueMove
from models.rules.issue import ENDED, MOVES, START, STATES, STEPS
from tests.issues.walk import ACTS, Walk, go, make_walk


@pytest.mark.slow
def test_a_short_walk(app: Flask) -> None:
    walk = make_walk(7)
    walk.at = datetime(2026, 10, 9, 1, 0, tzinfo=UTC)
    ids = go(walk, 25, 16, 110)
    _hold(walk, ids)
    assert len(walk.done) > 15 and sum(walk.refused.values()) > 50


@pytest.mark.proof
def test_a_long_walk(app: Flask) -> None:
    walk = make_walk(1)
    ids = go(walk, 2000, 16)
    _hold(walk, ids)
    states = Counter(row.state for row in db.session.scalars(select(Issue)))
    bases = Counter(row.basis for row in db.session.scalars(select(IssueClosing)))
    print(f"{len(ids)} issues, {sum(walk.done.values())} acts, {sum(walk.refused.values())} refused, {dict(states)}, "
          f"closings {dict(bases)}, done {dict(walk.done)}")  # fmt: skip
    assert not ACTS.keys() - walk.done.keys() and len(states) == len(STATES)
    assert states["closed_out"] > 50 and bases.keys() == {"link", "call", "no_answer"}


class Rows:
    """Every row of every issue, read plainly."""

    def __init__(self) -> None:
        self.moves = _by_issue(IssueMove)
        self.parts = _by_issue(IssueAssignment)
        self.answers = _by_issue(IssueAnswer)
        self.calls = _by_issue(IssueCall)
        self.closings = _by_issue(IssueClosing)
        self.extensions = _by_issue(IssueExtension)
        self.files = _by_issue(IssueFile)
        self.slips = _by_issue(IssueSlip)


def _by_issue(table: type[Model]) -> dict[int, list]:
    found: dict[int, list] = {}
    for row in db.session.scalars(select(table).order_by(table.id)):  # type: ignore[attr-defined]
        found.setdefault(row.issue_id, []).append(row)  # type: ignore[attr-defined]
    return found


def _hold(walk: Walk, ids: list[int]) -> None:
    db.session.expire_all()
    rows = Rows()
    issues = db.session.scalars(select(Issue).order_by(Issue.id)).all()
    assert [issue.id for issue in issues] == ids
    for issue in issues:
        _trace_holds(issue, rows)
        _dates_hold(issue, rows, walk)
        _parts_hold(issue, rows)
        for closing in rows.closings.get(issue.id, ()):
            _evidence_holds(closing, rows)
        _nobody_judges_their_own_work(issue, rows)


def _trace_holds(issue: Issue, rows: Rows) -> None:
    moves = rows.moves[issue.id]
    assert (moves[0].event, moves[0].from_state) == ("raise", None) and moves[-1].to_state == issue.state
    rounds = 1
    for before, move in zip([None, *moves], moves, strict=False):
        assert before is None or (before.to_state == move.from_state and before.at <= move.at)
        if move.event in STEPS:
            assert move.from_state == move.to_state and move.from_state in STEPS[move.event].states
        else:
            assert move.event in MOVES[move.from_state or START, move.to_state].events
        rounds += move.event in ("redo", "reopen")
        assert move.round == rounds
    assert issue.round == rounds
    assert (issue.ended_on is not None) == (issue.state in ENDED and issue.state != "closed_out")


def _dates_hold(issue: Issue, rows: Rows, walk: Walk) -> None:
    moves = rows.moves[issue.id]
    dates = [None, *(move.due_after for move in moves)]
    assert [move.due_before for move in moves] == dates[:-1] and dates[-1] == issue.due_on
    first = next((day for day in dates if day is not None), None)
    assert issue.first_due_on == first == walk.first.get(issue.id, first)
    for move in moves:
        earlier = move.due_before is not None and (move.due_after is None or move.due_after < move.due_before)
        assert not earlier or move.event == "recompute"
        moved = move.due_before != move.due_after
        assert not moved or move.event in ("dispatch", "decide_extension", "park", "redo", "reopen", "recompute")
    if issue.is_open:
        silent = any(part.role == "lead" and part.ended_at is None and part.signed_by_silence
                     for part in rows.parts.get(issue.id, ()))  # fmt: skip
        stored = issue.yellow_on
        clocks.refresh(issue, clocks.load(), silent)
        assert issue.yellow_on == stored
        db.session.expire(issue, ["yellow_on"])
    assert issue.told_due_on is None or issue.due_on is None or issue.due_on >= issue.told_due_on


def _parts_hold(issue: Issue, rows: Rows) -> None:
    running = [part for part in rows.parts.get(issue.id, ()) if part.ended_at is None and part.role == "lead"]
    assert len(running) == (issue.dispatched_on is not None)
    for part in running:
        assert (part.unit_id, part.user_id, part.outside_id) == (issue.lead_unit_id, issue.handler_id, issue.outside_id)
    granted = [row for row in rows.extensions.get(issue.id, ()) if row.granted]
    assert issue.extensions == len(granted) <= 2
    assert all(row.asked_by_id != row.decided_by_id for row in granted)
    assert (issue.parked_until is not None) == (issue.state == "parked")
    matters = [(row.round, row.why, row.about_on) for row in rows.slips.get(issue.id, ())]
    assert len(matters) == len(set(matters))
    if issue.flow == "simple":
        assert not matters and issue.level == 0
    if issue.state in ("resolution_proposed", "awaiting_firm", "in_review"):
        assert any(row.round == issue.round for row in rows.files.get(issue.id, ()))
    assert (issue.state == "closed_out") == (issue.closing_id is not None)


def _evidence_holds(closing: IssueClosing, rows: Rows) -> None:
    assert any(row.round >= closing.round for row in rows.files[closing.issue_id])
    if closing.basis == "no_answer":
        calls = {row.id: row for row in rows.calls[closing.issue_id]}
        tried = [calls[row_id] for row_id in (closing.call1_id, closing.call2_id, closing.call3_id) if row_id]
        days = [row.called_on for row in tried]
        assert len(set(days)) == 3 and days == sorted(days) and not any(row.reached for row in tried)
        assert all(clocks.load().workdays.works(day) and row.round == closing.round for day, row in
                   zip(days, tried, strict=True))  # fmt: skip
        asked = _asked_on(closing, rows)
        assert all(day > asked + timedelta(days=28) for day in days)
        return
    answer = next(row for row in rows.answers[closing.issue_id] if row.id == closing.answer_id)
    assert (answer.how, answer.round) == (closing.basis, closing.round) and answer.solved in ("yes", "partly")


def _asked_on(closing: IssueClosing, rows: Rows) -> date:
    """When the firm was asked last before the closing."""
    moves = [move for move in rows.moves[closing.issue_id] if move.event == "ask_firm" and move.round == closing.round]
    return max(move.moved_on for move in moves if move.at <= closing.reviewed_at)


def _nobody_judges_their_own_work(issue: Issue, rows: Rows) -> None:
    handled: set[int] = set()
    for move in rows.moves[issue.id]:
        if move.event in HANDLING and move.by_id is not None:
            handled.add(move.by_id)
        if move.event in ("close", "redo", "return", "withdraw", "decide_extension", "park", "explain", "call"):
            assert move.by_id not in handled
    assert all(row.handler_id is None or row.reviewer_id != row.handler_id for row in rows.closings.get(issue.id, ()))
