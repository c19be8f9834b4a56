"""Rows written at once are the rows that single statements would write."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from models import bulk
from models.base import db
from models.firm import Firm
from models.firm.names import FirmName
from tests.support.factories import make_firm

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ODD = 'tab\there, back\\slash, "quote", line\nbreak, \\N, 梯度'


def firm(**values):
    given = {
        "name": "云澜甲有限公司", "sort_key": "yunlan", "code": None, "founded_on": date(2020, 2, 29),
        "capital": Decimal("12.345678"), "unverified": True, "address": ODD, "created_at": AT, "updated_at": AT,
        "kind": "", "scope": "", "status": "active", "version": 1,
    }  # fmt: skip
    return given | values


def test_every_kind_of_value_comes_back_as_it_was(app):
    bulk.put_dicts(
        db.metadata.tables["firm"], [firm(id=7), firm(id=8, founded_on=None, capital=None, unverified=False)]
    )
    one, other = db.session.scalars(select(Firm).order_by(Firm.id))
    assert (one.founded_on, one.capital, one.unverified, one.created_at) == (
        date(2020, 2, 29),
        Decimal("12.345678"),
        True,
        AT,
    )
    assert (one.address, one.code) == (ODD, None)
    assert (other.founded_on, other.capital, other.unverified) == (None, None, False)


def test_what_the_session_holds_is_written_before_and_all_of_it_is_one_transaction(app):
    held = make_firm(name="云澜乙有限公司")
    bulk.put_dicts(
        db.metadata.tables["firm_name"], [{"firm_id": held.id, "kind": "alias", "name": "乙", "match_key": "乙"}]
    )
    assert db.session.scalar(select(FirmName.name).where(FirmName.firm_id == held.id, FirmName.kind == "alias")) == "乙"
    db.session.rollback()
    assert db.session.scalar(select(FirmName.id).where(FirmName.kind == "alias")) is None


def test_nothing_is_written_of_nothing_and_a_wrong_row_is_an_error(app):
    bulk.put_dicts(db.metadata.tables["firm"], [])
    bulk.put(db.metadata.tables["firm"], ("name",), [])
    with pytest.raises(DBAPIError):
        bulk.put(
            db.metadata.tables["firm_name"], ("firm_id", "kind", "name", "match_key"), [(999_999, "alias", None, "乙")]
        )


def test_rows_are_taken_away_by_the_values_of_several_columns(app):
    firm_ids = [make_firm(name=f"云澜{number}有限公司").id for number in range(3)]
    db.session.commit()
    days = [date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31)]
    table = db.metadata.tables["standing"]
    names = ("firm_id", "from_on", "to_on", "rung", "rung_with_pending")
    bulk.put(table, names, [(firm_id, day, day, "hnte", "hnte") for firm_id in firm_ids for day in days[:2]])
    bulk.take(table, ["firm_id", "from_on"], [])
    bulk.take(table, ["firm_id", "from_on"], [(firm_ids[0], days[0]), (firm_ids[1], days[1]), (firm_ids[2], days[2])])
    left = select(table.c.firm_id, table.c.from_on).where(table.c.rung == "hnte")
    assert set(map(tuple, db.session.execute(left))) == {
        (firm_ids[0], days[1]), (firm_ids[1], days[0]), (firm_ids[2], days[0]), (firm_ids[2], days[1])
    }  # fmt: skip
    bulk.take(table, ["rung"], [("hnte",)])
    assert not set(db.session.execute(left))
