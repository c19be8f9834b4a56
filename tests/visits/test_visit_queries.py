"""A visit is recorded with who was there, and leaves its trace."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.change import Change
from models.errors import Refused
from models.visit import Visit, visit_officer
from tests.support.factories import make_firm, make_user

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


@pytest.mark.parametrize(("day", "refused"), [(2, False), (3, True)])
def test_a_visit_of_a_day_to_come_is_refused(app: Flask, day: int, refused: bool) -> None:
    firm, officer = make_firm(), make_user()
    if refused:
        with pytest.raises(Refused):
            Visit.add(firm, date(2026, 5, day), "提前写的", [officer], officer, NOW)
    else:
        assert Visit.add(firm, date(2026, 5, day), "今天去的", [officer], officer, NOW).id
