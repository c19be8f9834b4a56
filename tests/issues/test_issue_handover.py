"""Issues go over with the rest of an officer's work: dates, states and signatures stay; the trace says so."""

import pytest

from models import clock, handover
from models.base import db
from models.errors import Refused
from models.handover import Handover
from models.issue import Issue
from models.issue.acts import handling
from models.issue.acts.actor import Actor
from models.issue.acts.handling import ProposeInput
from models.issue.parts import IssueAssignment
from tests.support.factories import make_user
from tests.support.issue_story import MONDAY, begun, closed, evidence, given, make_cast, trace


@pytest.mark.usefixtures("app")
def test_what_an_officer_holds_of_open_issues_goes_over_as_it_stands() -> None:
    cast = make_cast()
    lead, new, over = begun(cast), given(cast, assist=True), closed(cast)
    before = (lead.state, lead.due_on, lead.first_due_on, lead.signed_on)
    held = [one for one in handover.holdings(cast.worker.id) if one.kind == "issue"]
    assert [one.words.split(" ")[0] for one in held] == [lead.number, new.number]
    assert cast.worker in handover.list_givers() and over.handler_id == cast.worker.id
    row = Handover.propose(cast.worker, cast.caller, by=cast.worker, at=clock.now())
    row.accept(cast.caller, clock.now(), row.version)
    db.session.commit()
    lead, new = db.session.get_one(Issue, lead.id), db.session.get_one(Issue, new.id)
    assert (lead.state, lead.due_on, lead.first_due_on, lead.signed_on) == before
    assert {lead.handler_id, new.handler_id} == {cast.caller.id} and over.handler_id == cast.worker.id
    assert trace(lead)[-1] == "hand_over" and handover.holdings(cast.worker.id) == []
    done = ProposeInput("已借到设备", visit_ids=[evidence(cast)])
    with pytest.raises(Refused):
        handling.propose(lead, Actor.of(cast.worker), MONDAY, done)
    handling.propose(lead, Actor.of(cast.caller), MONDAY, done)
    assert lead.state == "resolution_proposed"


@pytest.mark.usefixtures("lite_app")
def test_an_assisting_part_goes_over_without_touching_the_lead() -> None:
    cast = make_cast()
    issue = given(cast, assist=True)
    part = db.session.query(IssueAssignment).filter_by(role="assist").one()
    taker = make_user()
    row = Handover.propose(cast.assistant, taker, by=cast.office, at=clock.now(), reason="已调离")
    row.accept(taker, clock.now(), row.version)
    assert part.user_id == taker.id and issue.handler_id == cast.worker.id


@pytest.mark.usefixtures("lite_app")
def test_what_was_given_to_somebody_else_meanwhile_is_noticed() -> None:
    cast = make_cast()
    issue = begun(cast)
    row = Handover.propose(cast.worker, cast.caller, by=cast.worker, at=clock.now())
    part = db.session.query(IssueAssignment).filter_by(issue_id=issue.id).one()
    part.user_id = issue.handler_id = cast.manager.id
    db.session.flush()
    assert any("已不在移交人名下：在办问题" in said for said in row.changes())
