"""The figures of visits: each is recounted slowly, and opens into as many rows."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock
from models.base import db
from models.errors import NotFound
from models.figures import registry
from models.figures.base import Period
from models.figures.scope import Scope
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.visit import Visit
from models.visit.filters import VisitFilter
from models.visit.listing import VisitListing
from tests.support.factories import make_firm, make_promise, make_user, make_visit

SINCE, ON = date(2026, 8, 31), date(2026, 9, 30)


def number(key: str, scope: Scope | None = None, on: date = ON) -> int:
    return registry.find(key).count(Period(SINCE, on), scope or Scope())


@pytest.fixture
def visits(app: Flask) -> list[Visit]:
    """Both borders of September, kinds that do not count, one taken back, two towns."""
    here, there, officer = make_firm(area="青禾街道"), make_firm(area="石桥镇"), make_user()
    days = (SINCE, SINCE + timedelta(1), date(2026, 9, 15), ON, ON + timedelta(1))
    rows = [make_visit(here, officer, visit_on=day) for day in days]
    rows += [make_visit(there, officer, kind=kind, visit_on=ON) for kind in ("phone", "received", "message")]
    gone = make_visit(there, officer, visit_on=ON)
    gone.withdrawn_at, gone.withdrawn_reason = clock.now(), "记错"
    db.session.commit()
    return rows


def test_visits_and_firms_are_counted_by_the_day_of_the_visit(visits: list[Visit]) -> None:
    # Three of September at one firm, one 企业来访 at the other; the calls are contacts only.
    assert number("visits.count") == 4
    assert number("visits.contacts") == 6
    assert number("visits.firms") == 2
    assert number("visits.again") == 1


def test_a_town_counts_its_own_and_the_list_has_as_many_rows(visits: list[Visit]) -> None:
    office, town = make_user(role="office"), make_user(role="town", area="青禾街道")
    for person, expected in ((office, 4), (town, 3)):
        shown = VisitListing(person, VisitFilter(since=SINCE + timedelta(1), until=ON, counts="1"))
        counted = number("visits.count", Scope(person))
        assert (counted, shown.count(), len(shown.look(1)[0])) == (expected,) * 3
        firms = number("visits.firms", Scope(person))
        assert firms == shown.counts()[1]
        listed = Listing(person, FirmFilter(figure="visits.firms", on=ON, since=SINCE), clock.today())
        assert listed.count() == firms


def test_rows_that_are_no_firms_open_no_list_of_firms(app: Flask) -> None:
    with pytest.raises(NotFound):
        Listing(make_user(), FirmFilter(figure="visits.count"), clock.today()).count()


def test_promises_are_counted_as_they_stood_on_the_day(app: Flask) -> None:
    officer = make_user()
    visit = make_visit(make_firm(), officer, visit_on=date(2026, 9, 1))
    kept = make_promise(
        visit=visit, person=officer, due_on=date(2026, 9, 8), created_at=clock.day_begins(date(2026, 9, 1))
    )
    kept.keep("电话答复", date(2026, 9, 12), officer, clock.today())
    make_promise(visit=visit, person=officer, due_on=date(2026, 9, 30), created_at=clock.day_begins(date(2026, 9, 2)))
    db.session.commit()
    stood = {
        day: (number("promises.open", on=date(2026, 9, day)), number("promises.overdue", on=date(2026, 9, day)))
        for day in (1, 8, 9, 11, 12, 30)
    }
    assert stood == {1: (1, 0), 8: (2, 0), 9: (2, 1), 11: (2, 1), 12: (1, 0), 30: (1, 0)}
    assert number("promises.overdue", on=date(2026, 10, 1)) == 1


def test_changing_what_counts_changes_the_figure_of_any_period(visits: list[Visit]) -> None:
    phone = db.session.scalars(select(Visit).where(Visit.kind.has(key="phone"))).first()
    assert phone is not None
    phone.kind.counts = True
    db.session.flush()
    assert number("visits.count") == 5
