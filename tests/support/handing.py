"""Factories of what is handed over and handed out: handovers, calendar addresses."""

from typing import Any

from models import clock, handover
from models.handover import Handover
from models.link import Link
from models.user import User
from tests.support.factories import make_firm, make_user


def make_handover(giver: User | None = None, taker: User | None = None, **values: Any) -> Handover:
    """An officer proposed to hand over one firm (or everything they have open)."""
    giver = giver or make_user()
    if not handover.holdings(giver.id):
        make_firm(officer_a_id=giver.id)
    return Handover.propose(giver, taker or make_user(), **{"by": giver, "at": clock.now(), **values})


def make_calendar_link(person: User | None = None) -> Link:
    """An address of this person's calendar."""
    person = person or make_user()
    return Link.make("calendar", "user", person.id, at=clock.now(), by=person, user_id=person.id)[0]
