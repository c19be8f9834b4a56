"""An edition prints the same for ever; the next one says what is new, struck off, extended and late against it."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import calendar, clock
from models.base import db
from models.errors import NotFound, Refused
from models.firm.merging import merge
from models.firm.record import Firm
from models.firm.writing import rename
from models.issue import publishing
from models.issue.editions import IssueEditionRow
from models.issue.publishing import Draft
from models.issue.record import Issue
from models.issue.scope import IssueScope
from models.rules.issue_kinds import LISTS
from models.user import User
from tests.issues import recount
from tests.issues.histories import LAST, tell
from tests.support.factories import make_user

FIVE = datetime(2026, 11, 20, 17, 0, tzinfo=clock.ZONE)


def draft(key: str, user: User, at: datetime = FIVE, **scope) -> Draft:
    asked = replace(IssueScope(user=user, today=clock.local(at).date()), **scope)
    return publishing.draft(key, asked, at, calendar.load())


def publish(key: str, user: User, at: datetime = FIVE, **scope):
    edition = publishing.publish(draft(key, user, at, **scope), user, at, "云澜区科技局")
    db.session.commit()
    return edition


def kept(edition_id: int) -> list[tuple]:
    db.session.expire_all()
    columns = list(IssueEditionRow.__table__.columns)
    query = select(*columns).where(IssueEditionRow.edition_id == edition_id).order_by(IssueEditionRow.position)
    return [tuple(row) for row in db.session.execute(query)]


@pytest.mark.slow
def test_an_edition_prints_the_same_whatever_happens_later(app: Flask) -> None:
    there, user = tell(21, 40), make_user(role="office")
    editions = [publish(key, user) for key in LISTS]
    before = {edition.id: kept(edition.id) for edition in editions}
    printed = {edition.id: publishing.get_for(user, edition.id)[1] for edition in editions}
    assert all(before.values())
    for issue in db.session.scalars(select(Issue)).all():
        issue.words, issue.measures = "改过了", "也改过了"
        told = recount.Told(issue)
        if issue.state == "closed_out":
            told.closings[-1].undone_at = FIVE + timedelta(days=1)
            issue.closing_id, issue.closed_on, issue.state, issue.round = None, None, "in_progress", issue.round + 1
        if issue.due_on:
            issue.due_on += timedelta(days=20)
    for topic in there.topics:
        topic.name = f"{topic.name}（改）"
    there.people[0].name = "改名的人"
    there.units[0].rename("改名的单位")
    db.session.commit()
    rename(there.firms[2], "改名的企业有限公司", LAST, "人工")
    merge(there.firms[0], there.firms[1], user)
    db.session.commit()
    assert {edition.id: kept(edition.id) for edition in editions} == before
    assert {edition.id: publishing.get_for(user, edition.id)[1] for edition in editions} == printed


def test_a_first_edition_has_what_is_open_and_nothing_to_compare_with(app: Flask) -> None:
    tell(22, 40)
    told, user = recount.everything(), make_user(role="office")
    made = draft("problem", user)
    assert (made.number, made.before) == (1, None)
    assert {row.line.issue_id for row in made.rows} == {one.issue.id for one in told if one.open(LAST)}
    assert not any(row.marks or "against" in row.cells for row in made.rows)
    closings = {one.issue.id: one.standing_closing(LAST) for one in told if one.state(LAST) == "closed_out"}
    ended = {key for key, closing in closings.items() if closing and closing.reviewed_on > date(2025, 12, 31)}
    assert ended <= {row.line.issue_id for row in draft("follow_through", user).rows}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [23, 24, 25])
def test_the_next_edition_says_what_changed_since(app: Flask, seed: int) -> None:
    """The trace is cut at the first edition's moment, and told on for the second."""
    user = make_user(role="office")
    tell(seed, 40)
    first_at = datetime(2026, 7, 15, 17, 0, tzinfo=clock.ZONE)
    first = stood_then(user, first_at)
    second = draft("problem", user)
    assert second.before is not None and (second.number, second.before.id) == (2, first)
    told = {one.issue.id: one for one in recount.everything()}
    was = {row.issue_id for row in publishing.get_for(user, first)[1]}
    rows = {row.line.issue_id: row for row in second.rows}
    now = {key for key, one in told.items() if one.open(LAST)}
    assert now <= set(rows)
    for key, one in told.items():
        row = rows.get(key)
        ended_since = one.state(LAST) in recount.ENDED and any(
            m.to_state in recount.ENDED and m.from_state != m.to_state and m.at > first_at for m in one.moves
        )
        assert (row is not None) == (key in now or ended_since)
        if row is not None:
            assert ("new" in row.marks) == (key not in was)
            assert ("closed" in row.marks) == (one.state(LAST) == "closed_out")
            granted = any(e.granted and e.decided_at and e.decided_at > first_at for e in one.extensions)
            assert ("extended" in row.marks) == (granted and key in now)
    assert second.tally.gone(second.open_before) == 0
    assert second.open_before == len(was)


def stood_then(user: User, at: datetime) -> int:
    """An edition of the problem list as it would have been published at an earlier moment."""
    told = recount.everything()
    edition = publishing.publish(replace(draft("problem", user), rows=[]), user, at, "云澜区科技局")
    position = 0
    for one in told:
        state = "registered"
        for move in one.moves:
            state = move.to_state if move.at <= at else state
        if one.moves[0].at <= at and state not in recount.ENDED:
            position += 1
            db.session.add(IssueEditionRow(edition_id=edition.id, position=position, issue_id=one.issue.id,
                                           cells="{}", state=state, light="green"))  # fmt: skip
    db.session.commit()
    return edition.id


def test_what_ended_is_printed_once(app: Flask) -> None:
    tell(26, 40)
    user = make_user(role="office")
    first = publish("follow_through", user)
    assert any(row.state == "closed_out" for row in publishing.get_for(user, first.id)[1])
    second = draft("follow_through", user, FIVE + timedelta(days=7))
    assert all(row.line.state not in recount.ENDED for row in second.rows)
    assert not any("new" in row.marks for row in second.rows)


@pytest.mark.slow
def test_what_stays_late_says_so(app: Flask) -> None:
    tell(27, 40)
    user = make_user(role="office")
    first = publish("problem", user)
    late = {row.issue_id for row in publishing.get_for(user, first.id)[1] if row.light == "red"}
    assert late
    second = draft("problem", user, FIVE + timedelta(days=1))
    for row in second.rows:
        if row.line.issue_id in late:
            assert row.cells["against"] == "仍逾期" and row.marks == ()
    assert second.tally.overdue >= len(late) and second.tally.newly_overdue == second.tally.overdue - len(late)


def test_numbers_run_by_list_and_scope_and_nobody_publishes_one_twice(app: Flask) -> None:
    tell(28, 20)
    user = make_user(role="manager")
    stale = draft("problem", user)
    assert publish("problem", user).number == 1
    topic = db.session.scalars(select(Issue.topic_id)).first()
    narrow = publish("problem", user, topic_id=topic)
    assert (narrow.number, narrow.scope) == (1, f"topic={topic}")
    assert narrow.scope_words in ("技术", "融资")
    assert publish("responsibility", user).number == 1
    assert publish("problem", user, FIVE + timedelta(hours=1)).number == 2
    with pytest.raises(Refused, match="第 1 期刚由别人发布"):
        publishing.publish(stale, user, FIVE, "云澜区科技局")
    db.session.rollback()
    rows = {row.issue_id for row in publishing.get_for(user, narrow.id)[1]}
    assert rows == set(db.session.scalars(
        select(Issue.id).where(Issue.topic_id == topic, Issue.state.not_in(recount.ENDED))
    ))  # fmt: skip
    assert publishing.open_in(user, narrow.id) == len(rows)


def test_who_does_not_see_everything_publishes_nothing_and_reads_own_rows(app: Flask) -> None:
    tell(29, 40)
    office, town = make_user(role="office"), make_user(role="town", area="石桥镇")
    edition = publish("problem", office)
    with pytest.raises(Refused, match="能看到全部问题"):
        draft("problem", town)
    mine = set(db.session.scalars(select(Issue.id).join(Firm).where(Firm.area_id.in_(town.area_ids))))
    whole = {row.issue_id for row in publishing.get_for(office, edition.id)[1]}
    assert {row.issue_id for row in publishing.get_for(town, edition.id)[1]} == mine & whole
    assert [(row.id, number) for row, number in publishing.list_editions(town)] == [(edition.id, len(mine & whole))]
    assert publishing.open_in(town, edition.id) == len(mine & whole) < publishing.open_in(office, edition.id)
    nobody = make_user(role="handler")
    assert publishing.list_editions(nobody) == []
    with pytest.raises(NotFound):
        publishing.get_for(nobody, edition.id)
    with pytest.raises(NotFound):
        publishing.get_for(office, edition.id + 99)


def test_every_printed_value_is_kept_with_the_ids_beside_it(app: Flask) -> None:
    tell(30, 15)
    user = make_user(role="office")
    made = draft("responsibility", user)
    edition = publishing.publish(made, user, FIVE, "云澜区科技局")
    assert edition.title == "云澜区科技局企业责任清单（第 1 期）"
    assert (edition.as_of_on, edition.as_of_at) == (LAST, FIVE)
    rows = db.session.scalars(select(IssueEditionRow).where(IssueEditionRow.edition_id == edition.id)).all()
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    for row, drawn in zip(rows, made.rows, strict=True):
        assert json.loads(row.cells) == drawn.cells
        assert drawn.cells["firm_id"] == drawn.line.firm_id and row.issue_id == drawn.line.issue_id
