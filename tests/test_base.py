"""The column types both databases agree on: exact money, aware moments."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from models import clock
from models.all import db
from models.base import MANY_IDS, Money, among, tidy
from models.firm import Firm
from tests.support.factories import make_firm


@pytest.mark.parametrize("amount", ["0", "0.000001", "83", "24.5", "1234567.123456", "-3", "9000000000"])
def test_money_comes_back_exactly_as_it_was(app: Flask, amount: str) -> None:
    firm = make_firm(capital=Decimal(amount))
    db.session.commit()
    db.session.expire_all()
    assert firm.capital == Decimal(amount)


def test_money_adds_up_without_a_rest(app: Flask) -> None:
    for _ in range(3):
        make_firm(capital=Decimal("0.1"))
    total = db.session.scalar(select(func.sum(Firm.capital, type_=Money)))
    assert total == Decimal("0.3")


def test_money_finer_than_a_fen_is_refused(app: Flask) -> None:
    with pytest.raises((ValueError, StatementError), match="finer"):
        make_firm(capital=Decimal("0.0000001"))
    db.session.rollback()


@pytest.mark.parametrize("value, text", [("83.000000", "83"), ("24.500000", "24.5"), ("1E+3", "1000"), ("0E-6", "0")])
def test_amounts_print_without_needless_zeros(value: str, text: str) -> None:
    assert str(tidy(Decimal(value))) == text


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises((ValueError, StatementError), match="zone"):
        make_firm(created_at=datetime(2026, 11, 20, 9, 0))
    db.session.rollback()


def test_a_moment_comes_back_aware_and_a_day_begins_at_midnight_in_shanghai(app: Flask) -> None:
    late = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    firm = make_firm(created_at=late)
    db.session.commit()
    db.session.expire_all()
    assert firm.created_at == late
    assert clock.local(firm.created_at).date().isoformat() == "2026-11-20"


@pytest.mark.parametrize("count", [0, 1, 2, MANY_IDS - 1, MANY_IDS, MANY_IDS + 1])
def test_ids_are_found_however_many_they_are_and_whatever_lies_between(app: Flask, count: int) -> None:
    ids = [make_firm().id for _ in range(2 * MANY_IDS + 3)]
    for wanted in (ids[:count], ids[: 2 * count : 2], [*ids[:count:2], ids[-1] + 1]):
        found = db.session.scalars(select(Firm.id).where(among(Firm.id, wanted)).order_by(Firm.id)).all()
        assert list(found) == sorted(set(wanted) & set(ids))


def test_a_long_list_of_ids_is_one_parameter(app: Flask) -> None:
    statement = select(Firm.id).where(among(Firm.id, range(1, 10_000, 2)))
    assert len(statement.compile(db.engine).params) == 1
