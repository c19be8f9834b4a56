"""The database holds the line against code that forgets the acts: each row here is written past them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from models.base import Model, db
from models.issue import Issue
from models.issue.acts import closing, firm_word
from models.issue.acts.actor import Actor
from models.issue.acts.closing import CloseInput
from models.issue.acts.firm_word import CallInput
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
from models.issue.trace import IssueMove
from tests.support.issue_story import (
    MONDAY,
    Cast,
    asked,
    begun,
    closed,
    make_cast,
    parked,
    raised,
    reviewed,
    unanswered,
)

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


def _refused(write: Callable[[], object]) -> None:
    """The write, and the end of its transaction, are refused by the database."""
    db.session.commit()
    with pytest.raises(IntegrityError):
        _written(write)
    db.session.rollback()


def _written(write: Callable[[], object]) -> None:
    write()
    db.session.commit()


def _set(issue: Issue, **values: Any) -> Callable[[], object]:
    past_the_log = update(Issue).where(Issue.id == issue.id).values(**values).execution_options(logged=True)
    return lambda: db.session.execute(past_the_log)


def _put(table: type[Model], **values: Any) -> Callable[[], object]:
    return lambda: db.session.execute(insert(table).values(**values))


def _closing(issue: Issue, cast: Cast, **values: Any) -> dict[str, Any]:
    return {
        "issue_id": issue.id, "round": 1, "reviewer_id": cast.manager.id, "handler_id": cast.worker.id,
        "reviewed_at": MONDAY, "reviewed_on": TODAY, "solved": True, "answered": True, "in_touch": True,
        "satisfied": True, "note": "", **values,
    }  # fmt: skip


def test_nothing_is_struck_off_without_its_closing(cast: Cast) -> None:
    issue, other = reviewed(cast), closed(cast)
    _refused(_set(issue, state="closed_out", closed_on=TODAY))
    _refused(_set(issue, state="closed_out", closed_on=TODAY, closing_id=10_000))
    # The closing of another issue is no closing of this one.
    _refused(_set(issue, state="closed_out", closed_on=TODAY, closing_id=other.closing_id))
    _refused(_set(other, closed_on=None))
    _refused(_set(other, state="in_progress"))
    _refused(_set(other, closing_id=None))


def test_a_closing_rests_on_an_answer_or_three_attempts_of_this_issue(cast: Cast) -> None:
    issue, other = reviewed(cast), reviewed(cast)
    theirs = firm_word.last_answer(other)
    assert theirs is not None
    _refused(_put(IssueClosing, **_closing(issue, cast, basis="link")))
    _refused(_put(IssueClosing, **_closing(issue, cast, basis="link", answer_id=theirs.id)))
    _refused(_put(IssueClosing, **_closing(issue, cast, basis="no_answer")))
    _refused(_put(IssueClosing, **_closing(issue, cast, basis="no_answer", answer_id=theirs.id)))
    _refused(_put(IssueClosing, **_closing(issue, cast, basis="hearsay")))


def test_the_attempts_are_three_on_three_days_of_this_issue(cast: Cast) -> None:
    issue, _ = unanswered(cast)
    other, _, _ = asked(cast)
    firm_word.log_call(other, Actor.of(cast.caller), MONDAY + 31 * DAY, CallInput())
    calls = [(call.id, call.called_on) for call in firm_word.attempts(issue)]
    foreign = [(call.id, call.called_on) for call in firm_word.attempts(other)]

    def tried(*rows: tuple[int, date]) -> Callable[[], object]:
        values = {f"call{n}_id": call_id for n, (call_id, _) in enumerate(rows, 1)}
        values |= {f"call{n}_on": on for n, (_, on) in enumerate(rows, 1)}  # type: ignore[misc]
        return _put(IssueClosing, **_closing(issue, cast, basis="no_answer", **values))

    one, two, three = calls
    _refused(tried(one, two))
    _refused(tried(one, one, one))
    _refused(tried(one, two, two))
    _refused(tried(three, two, one))
    _refused(tried(one, two, foreign[0]))
    # A day that is not the call's own.
    _refused(tried(one, two, (three[0], three[1] + DAY)))
    _written(tried(one, two, three))


def test_nobody_reviews_or_phones_about_what_they_handle(cast: Cast) -> None:
    issue = reviewed(cast)
    answer = firm_word.last_answer(issue)
    assert answer is not None
    wrong = _closing(issue, cast, basis="link", answer_id=answer.id, reviewer_id=cast.worker.id)
    _refused(_put(IssueClosing, **wrong))
    call = {"issue_id": issue.id, "round": 1, "about": "confirm", "called_at": MONDAY, "called_on": TODAY,
            "reached": True, "note": "", "handler_id": cast.worker.id}  # fmt: skip
    _refused(_put(IssueCall, **call, called_by_id=cast.worker.id))
    _written(_put(IssueCall, **call, called_by_id=cast.caller.id))


def test_an_extension_is_decided_by_another_and_for_later(cast: Cast) -> None:
    issue = begun(cast)
    good = {"issue_id": issue.id, "round": 1, "asked_by_id": cast.worker.id, "asked_label": "", "asked_at": MONDAY,
            "reason": "等", "old_due_on": TODAY, "new_due_on": TODAY + DAY, "decision": ""}  # fmt: skip
    _refused(_put(IssueExtension, **{**good, "decided_by_id": cast.worker.id, "decided_at": MONDAY, "granted": True}))
    _refused(_put(IssueExtension, **{**good, "new_due_on": TODAY}))
    _refused(_put(IssueExtension, **{**good, "granted": True}))
    _refused(_put(IssueExtension, **{**good, "decided_by_id": cast.manager.id}))
    _written(_put(IssueExtension, **{**good, "decided_by_id": cast.manager.id, "decided_at": MONDAY, "granted": True}))


def test_an_issue_has_one_lead_and_the_lead_one_person(cast: Cast) -> None:
    issue = begun(cast)
    part = {"issue_id": issue.id, "round": 1, "role": "lead", "unit_id": cast.own_unit.id, "user_id": cast.officer.id,
            "assigned_at": MONDAY, "assigned_on": TODAY, "signed_by_silence": False, "objection": "",
            "settlement": "", "answer": ""}  # fmt: skip
    _refused(_put(IssueAssignment, **part))
    _refused(_put(IssueAssignment, **{**part, "user_id": None, "ended_at": MONDAY}))
    _refused(_put(IssueAssignment, **{**part, "role": "helper"}))
    _written(_put(IssueAssignment, **{**part, "ended_at": MONDAY}))
    _written(_put(IssueAssignment, **{**part, "role": "assist", "user_id": None}))
    _refused(_set(issue, outside_id=1))


def test_states_and_dates_belong_together(cast: Cast) -> None:
    issue, waiting, new = begun(cast), parked(cast), raised(cast)
    _refused(_set(issue, state="done"))
    _refused(_set(issue, first_due_on=None))
    _refused(_set(issue, first_due_on=None, due_on=None))
    _refused(_set(new, state="dispatched"))
    _refused(_set(waiting, parked_until=None))
    _refused(_set(issue, parked_until=TODAY))
    _refused(_set(issue, round=0))
    _refused(_set(issue, serial=new.serial))


def test_answers_slips_evidence_and_checks(cast: Cast) -> None:
    issue = closed(cast)
    answer = {"issue_id": issue.id, "round": 1, "at": MONDAY, "answered_on": TODAY, "words": "", "label": ""}
    _refused(_put(IssueAnswer, **answer, how="call", solved="yes"))
    _refused(_put(IssueAnswer, **answer, how="letter", solved="yes"))
    _refused(_put(IssueAnswer, **answer, how="link", solved="maybe"))
    _refused(_put(IssueAnswer, **answer, how="link", solved="yes", attitude=6))
    slip = {"issue_id": issue.id, "round": 1, "colour": "blue", "why": "due_soon", "about_on": TODAY, "words": "",
            "raised_at": MONDAY, "raised_on": TODAY, "answer": ""}  # fmt: skip
    _written(_put(IssueSlip, **slip))
    _refused(_put(IssueSlip, **slip))
    _refused(_put(IssueSlip, **{**slip, "colour": "green"}))
    _refused(_put(IssueFile, issue_id=issue.id, round=1, caption="", created_label="", created_at=MONDAY))
    check = {"issue_id": issue.id, "month": "2026-03", "always": False, "drawn_on": TODAY, "note": ""}
    _written(_put(SpotCheck, **check))
    _refused(_put(SpotCheck, **check))
    move = {"issue_id": issue.id, "event": "x", "to_state": "nowhere", "round": 1, "at": MONDAY, "moved_on": TODAY,
            "by_label": "", "via": "form", "words": ""}  # fmt: skip
    _refused(_put(IssueMove, **move))
    _refused(_put(IssueMove, **{**move, "to_state": "closed_out", "via": "owl"}))


def test_an_act_writes_what_the_database_takes(cast: Cast) -> None:
    issue, at = unanswered(cast)
    closing.close(issue, Actor.of(cast.manager), at, CloseInput(answered=False))
    db.session.commit()
    firm_word.add_words(issue, Actor.of(cast.officer), at, "没解决")
    db.session.commit()
    assert issue.state == "in_progress"
