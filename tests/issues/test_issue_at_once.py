"""Two people at the same moment: each issue has a number of its own, and of two acts on one issue one is told."""

from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from models.base import db
from models.firm.record import Firm
from models.issue import Issue
from models.issue.acts import handling
from models.issue.acts.actor import Actor
from models.issue.acts.raising import RaiseInput, raise_issue
from models.user import User
from tests.support.issue_story import MONDAY, given, make_cast, topic_of

TOGETHER = 4


def test_those_who_raise_together_get_different_numbers(app: Flask) -> None:
    cast = make_cast()
    db.session.commit()
    firm_id, user_id, start, failed = cast.firm.id, cast.officer.id, Barrier(TOGETHER), []

    def raise_one() -> None:
        with app.app_context():
            try:
                firm, user = db.session.get_one(Firm, firm_id), db.session.get_one(User, user_id)
                said = RaiseInput(firm, "缺设备", topic_of())
                start.wait()
                raise_issue(Actor.of(user), MONDAY, said)
                db.session.commit()
            except Exception as error:
                failed.append(error)

    threads = [Thread(target=raise_one) for _ in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(db.session.scalars(select(Issue.serial))) == [1, 2, 3, 4]


def test_of_two_who_act_on_one_issue_the_second_is_told(app: Flask) -> None:
    cast = make_cast()
    issue = given(cast)
    db.session.commit()
    issue_id, user_id = issue.id, cast.worker.id
    db.session.refresh(issue)
    with app.app_context():
        other, user = db.session.get_one(Issue, issue_id), db.session.get_one(User, user_id)
        handling.object(other, Actor.of(user), MONDAY, "不归我们")
        db.session.commit()
    with pytest.raises(StaleDataError):
        handling.sign(issue, Actor.of(cast.worker), MONDAY)
    db.session.rollback()
    assert issue.state == "objected"
