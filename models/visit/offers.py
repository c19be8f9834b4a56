"""What the filters of visits offer: kinds, services and campaigns, in one statement."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Date, literal, select, union_all

from models.base import db
from models.campaign import Campaign
from models.visit.kinds import Service, VisitKind

Pairs = list[tuple[int, str]]


@dataclass(slots=True)
class Offers:
    """(id, name) of everything there is to choose, kinds and services as the office ordered them, the campaign that
    began last first. Those no longer in use too: old visits have them."""

    kind: Pairs = field(default_factory=list)
    service: Pairs = field(default_factory=list)
    campaign: Pairs = field(default_factory=list)

    @classmethod
    def load(cls) -> "Offers":
        """All of them. One statement."""
        found = cls()
        for table, row_id, name in db.session.execute(_everything()):
            getattr(found, table).append((row_id, name))
        return found


@cache
def _everything() -> Any:
    """Composed once: composing it takes longer than running it."""
    parts = [
        select(literal(table).label("kind"), model.id, model.name, *order)
        for table, model, order in (
            ("kind", VisitKind, (VisitKind.position.label("place"), literal(None, Date).label("began"))),
            ("service", Service, (Service.position.label("place"), literal(None, Date).label("began"))),
            ("campaign", Campaign, (literal(0).label("place"), Campaign.from_on.label("began"))),
        )
    ]
    every = union_all(*parts).subquery()
    order = (every.c.place, every.c.began.desc(), every.c.id)
    return select(every.c.kind, every.c.id, every.c.name).order_by(*order)
