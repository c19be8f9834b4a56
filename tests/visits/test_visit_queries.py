"""A visit is recorded with who was there, and leaves its trace; who may see it follows the firm."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.change import Change
from models.errors import NotFound, Refused
from models.visit import Visit, VisitDemand, visit_officer
from models.visit.kinds import VisitKind
from tests.support.factories import (
    make_demand,
    make_firm,
    make_membership,
    make_promise,
    make_unit,
    make_user,
    make_visit,
)

# 2 May in Shanghai.
NOW = datetime(2026, 5, 1, 16, 0, tzinfo=UTC)


def test_a_visit_keeps_its_officers_and_its_trace(app: Flask) -> None:
    firm, one, other = make_firm(), make_user(), make_user()
    visit = Visit.add(firm, date(2026, 5, 2), "二期产线扩建。", [one, other], one, NOW)
    db.session.commit()
    there = select(visit_officer.c.user_id).where(visit_officer.c.visit_id == visit.id)
    assert sorted(db.session.scalars(there)) == sorted([one.id, other.id])
    trace = db.session.scalars(select(Change).where(Change.table_name == "visit")).one()
    assert (trace.act, trace.row_id, trace.firm_id) == ("created", visit.id, firm.id)
    assert (visit.kind.name, visit.version, len(visit.uuid)) == ("走访", 1, 36)


@pytest.mark.parametrize(("day", "refused"), [(2, False), (3, True)])
def test_a_visit_of_a_day_to_come_is_refused(app: Flask, day: int, refused: bool) -> None:
    firm, officer = make_firm(), make_user()
    if refused:
        with pytest.raises(Refused):
            Visit.add(firm, date(2026, 5, day), "提前写的", [officer], officer, NOW)
    else:
        assert Visit.add(firm, date(2026, 5, day), "今天去的", [officer], officer, NOW).id


def test_an_officer_keeps_the_unit_of_that_day(app: Flask) -> None:
    officer, before, after = make_user(), make_unit("高企科"), make_unit("成果科")
    make_membership(officer, before, from_on=date(2025, 1, 1), to_on=date(2026, 4, 30))
    make_membership(officer, after, from_on=date(2026, 5, 1))
    days = {date(2024, 12, 31): None, date(2025, 1, 1): before.id, date(2026, 4, 30): before.id,
            date(2026, 5, 1): after.id}  # fmt: skip
    for day, unit_id in days.items():
        visit = Visit.add(make_firm(), day, "看", [officer], officer, NOW)
        assert [row.unit_id for row in visit.officers] == [unit_id], day


def test_a_town_sees_the_visits_of_its_own_firms_only(app: Flask) -> None:
    town = make_user(role="town", area="青禾街道")
    here, there = make_visit(make_firm(area="青禾街道")), make_visit(make_firm(area="石桥镇"))
    demand, hidden = make_demand(here), make_demand(there)
    make_promise(visit=here), make_promise(visit=there)
    db.session.commit()
    assert list(db.session.scalars(Visit.visible_to(town))) == [here]
    assert list(db.session.scalars(VisitDemand.visible_to(town))) == [demand]
    for row in (there, hidden):
        with pytest.raises(NotFound):
            type(row).get_for(town, row.id)


@pytest.mark.parametrize("role", ["handler", "sysadmin", "secadmin", "auditor"])
def test_who_has_no_business_with_visits_sees_none(app: Flask, role: str) -> None:
    make_demand(make_visit())
    user = make_user(role=role)
    assert list(db.session.scalars(Visit.visible_to(user))) == []
    assert list(db.session.scalars(VisitDemand.visible_to(user))) == []


def test_only_some_kinds_count_as_visits(app: Flask) -> None:
    counting = {kind.key for kind in VisitKind.list_all() if kind.counts}
    assert counting == {"visit", "received", "meeting"}
    firm = make_firm()
    for kind in ("visit", "phone", "message", "received", "online", "meeting"):
        make_visit(firm, kind=kind)
    gone = make_visit(firm)
    gone.withdrawn_at, gone.withdrawn_reason = NOW, "记错了"
    db.session.flush()
    found = db.session.scalars(select(Visit).where(Visit.is_visit()))
    assert {visit.kind.key for visit in found} == counting
    assert gone not in db.session.scalars(select(Visit).where(Visit.is_visit())).all()
