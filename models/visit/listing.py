"""The list of visits: one page in a fixed number of statements, and every row for an export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import ceil
from typing import Any

from sqlalchemy import Integer, Row, Select, String, bindparam, cast, func, literal, select, union_all

from models.area import Area
from models.base import db
from models.campaign import Campaign
from models.firm.record import Firm
from models.user import User
from models.visit.demands import VisitDemand
from models.visit.filters import VisitFilter
from models.visit.kinds import Service, VisitKind
from models.visit.photos import VisitPhoto
from models.visit.record import Visit, VisitOfficer, visit_purpose, visit_service

PAGE_SIZE = 50
CHUNK = 1000
#: What a list sorts by: its key and the columns, the first of which may fall.
SORTS: dict[str, tuple[Any, ...]] = {
    "visit_on": (Visit.visit_on, Visit.id),
    "firm": (Firm.sort_key, Visit.visit_on.desc(), Visit.id),
    "area": (Area.sort_key, Firm.sort_key, Visit.id),
    "kind": (VisitKind.position, Visit.visit_on.desc(), Visit.id),
}
DEFAULT_SORT = "-visit_on"


@dataclass(slots=True)
class Parts:
    """What hangs on the visits of a page, by visit."""

    officers: dict[int, list[str]] = field(default_factory=dict)
    services: dict[int, list[str]] = field(default_factory=dict)
    demands: dict[int, int] = field(default_factory=dict)
    photos: dict[int, int] = field(default_factory=dict)

    def who(self, row: Any) -> str:
        """Who was there; for the old log, its author as written."""
        return "、".join(self.officers.get(row.id, ())) or row.recorded_by_text


@dataclass(frozen=True, slots=True)
class VisitListing:
    """The visits a person may see, narrowed and ordered. `sort` is a key of SORTS, with "-" before it for falling."""

    user: User
    filter: VisitFilter
    sort: str = DEFAULT_SORT

    def count(self) -> int:
        """How many visits there are. One statement."""
        return self.counts()[0]

    def counts(self) -> tuple[int, int]:
        """How many visits there are, and to how many different firms. One statement."""
        # Counting by firm first is several times faster than count(DISTINCT), which sorts every row.
        by_firm = self._narrowed(func.count().label("visits")).group_by(Visit.firm_id).subquery()
        visits, firms = db.session.execute(select(func.sum(by_firm.c.visits), func.count()).select_from(by_firm)).one()
        return int(visits or 0), firms

    def look(self, number: int, size: int = PAGE_SIZE) -> tuple[Sequence[Row[Any]], int]:
        """A page of rows and the count of all; the last page when there are fewer. Two statements."""
        count = self.count()
        return self.page(number, count, size), count

    def page(self, number: int, count: int, size: int = PAGE_SIZE) -> Sequence[Row[Any]]:
        """The rows of one page of so many visits. One statement."""
        number = min(number, max(1, ceil(count / size)))
        return db.session.execute(self._ordered().limit(size).offset((number - 1) * size)).all()

    def every_chunk(self) -> Iterator[tuple[Sequence[Row[Any]], Parts]]:
        """Every row in the order of the list, with its parts, some at a time."""
        for rows in db.session.execute(self._ordered()).partitions(CHUNK):
            yield rows, parts_of([row.id for row in rows])

    def _narrowed(self, *columns: Any) -> Select[Any]:
        query = select(*columns).select_from(Visit).where(*self.filter.conditions(self.user))
        if "visits.view" not in self.user.permissions:
            return query.where(Visit.id.is_(None))
        if Firm.all_visible_to(self.user):
            return query
        return query.where(Visit.firm_id.in_(Firm.visible_to(self.user).with_only_columns(Firm.id)))

    def _ordered(self) -> Select[Any]:
        query = self._narrowed(
            Visit.id, Visit.visit_on, Visit.start_time, Visit.text, Visit.answer, Visit.next_step, Visit.place,
            Visit.recorded_by_text, Visit.version, Visit.received_at, Visit.withdrawn_reason, Firm.id.label("firm_id"),
            Firm.name.label("firm"), Firm.code, Area.name.label("area"), VisitKind.name.label("kind"),
            Campaign.name.label("campaign"),
        )  # fmt: skip
        query = query.join(Firm, Firm.id == Visit.firm_id).join(VisitKind, VisitKind.id == Visit.kind_id)
        query = query.outerjoin(Area, Area.id == Firm.area_id).outerjoin(Campaign, Campaign.id == Visit.campaign_id)
        falls, key = self.sort.startswith("-"), self.sort.removeprefix("-")
        first, *rest = SORTS.get(key, SORTS["visit_on"])
        if key == "visit_on" or key not in SORTS:
            rest = [Visit.id.desc() if falls else Visit.id]
        return query.order_by(first.desc() if falls else first, *rest)


def parts_of(visit_ids: Sequence[int]) -> Parts:
    """What hangs on these visits. One statement, however many they are."""
    found = Parts()
    postgresql = db.engine.dialect.name == "postgresql"
    for kind, visit_id, name, number in db.session.execute(_hanging(postgresql), {"ids": list(visit_ids)}):
        if kind == "officer":
            found.officers.setdefault(visit_id, []).append(name)
        elif kind in ("purpose", "service"):
            names = found.services.setdefault(visit_id, [])
            if name not in names:
                names.append(name)
        else:
            (found.demands if kind == "demand" else found.photos)[visit_id] = number
    return found


@cache
def _hanging(postgresql: bool) -> Any:
    """(kind, visit, name, number) of everything that hangs on some visits, in the order of the page. Composed once:
    composing it takes longer than running it."""
    ids: Any = bindparam("ids", expanding=True, type_=Integer)

    def part(kind: str, owner: Any, name: Any, number: Any, order: Any) -> Any:
        key = cast(order, String(200)).collate("C" if postgresql else "BINARY").label("key")
        named = (literal(kind).label("kind"), owner.label("visit_id"), name.label("name"), number.label("number"), key)
        return select(*named).where(owner.in_(ids))

    officers = part("officer", VisitOfficer.visit_id, User.name, User.id, User.sort_key)
    parts = [officers.join(VisitOfficer, VisitOfficer.user_id == User.id)]
    for kind, table in (("purpose", visit_purpose), ("service", visit_service)):
        given = part(kind, table.c.visit_id, Service.name, Service.id, Service.position + 1000)
        parts.append(given.join(table, table.c.service_id == Service.id))
    for kind, model in (("demand", VisitDemand), ("photo", VisitPhoto)):
        counted = part(kind, model.visit_id, literal(""), func.count(), literal(""))
        parts.append(counted.group_by(model.visit_id))
    every = union_all(*parts).subquery()
    columns = (every.c.kind, every.c.visit_id, every.c.name, every.c.number)
    return select(*columns).order_by(every.c.kind, every.c.key, every.c.number)
