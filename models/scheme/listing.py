"""Standing contacts with their last contact and what is overdue: as a list, and as a matrix of officers and kinds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from sqlalchemy import Select, func, select

from models.base import db
from models.firm.choices import Choice as Named
from models.rules import scheme as rules
from models.scheme.record import SchemeContact, SchemeKind, SchemeTouch
from models.user import User
from models.visit.record import Visit, VisitOfficer

STATES = {"running": "在联系", "overdue": "逾期", "ended": "已结束"}


@dataclass(frozen=True, slots=True)
class SchemeFilter:
    """What the list is narrowed to; an unreadable value counts as absent. Mine unless another person is asked for."""

    state: str = "running"
    #: A person's number, or `all`; empty for one's own.
    who: str = ""
    kind: int | None = None
    firm: int | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filter that an address asks for."""

        def whole(name: str) -> int | None:
            text = args.get(name, "")
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

        state, who = args.get("state", ""), args.get("who", "")
        who = who if who == "all" or whole("who") is not None else "all" if whole("firm") is not None else ""
        return cls(state if state in STATES else "running", who, whole("kind"), whole("firm"))

    def query(self) -> dict[str, str]:
        """The parameters that mean this filter."""
        pairs = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {name: str(value) for name, value in pairs if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class Standing:
    """A contact on a day: when the officer was last in touch, and by when again."""

    contact: SchemeContact
    last_on: date | None
    today: date

    @property
    def due_on(self) -> date:
        """The last day on which the next contact is in time."""
        return rules.due_on(self.contact.from_on, self.last_on, self.contact.kind.interval_days)

    @property
    def overdue(self) -> bool:
        """Whether a running contact is past that day."""
        return self.contact.is_running(self.today) and self.today > self.due_on

    @property
    def word(self) -> str:
        """Where it stands, in an officer's words."""
        if not self.contact.is_running(self.today):
            return "已结束" if self.contact.to_on else "还没开始"
        days = (self.due_on - self.today).days
        return f"逾期 {-days} 天" if days < 0 else "今天到期" if days == 0 else f"还有 {days} 天"

    @property
    def light(self) -> str:
        """Red past its day, yellow within a week, green before."""
        days = (self.due_on - self.today).days
        return "red" if days < 0 else "yellow" if days <= 7 else "green"


def look(user: User, narrowed: SchemeFilter, today: date) -> list[Standing]:
    """The contacts a person may see, narrowed, what is due first on top; ended ones by their end. Three statements."""
    query = _narrowed(user, narrowed)
    if narrowed.state == "ended":
        query = query.where(SchemeContact.to_on < today)
    else:
        query = query.where(SchemeContact.to_on.is_(None) | (SchemeContact.to_on >= today))
    rows = standings(list(db.session.scalars(query.order_by(SchemeContact.id))), today)
    if narrowed.state == "overdue":
        rows = [row for row in rows if row.overdue]
    if narrowed.state == "ended":
        return sorted(rows, key=lambda row: (row.contact.to_on or today, row.contact.id), reverse=True)
    return sorted(rows, key=lambda row: (row.due_on, row.contact.id))


def standings(contacts: Sequence[SchemeContact], today: date) -> list[Standing]:
    """Each contact with the day of its last contact up to today. Two statements."""
    last = last_contacts([contact.id for contact in contacts], today)
    return [Standing(contact, last.get(contact.id), today) for contact in contacts]


def last_contacts(contact_ids: Iterable[int], today: date) -> dict[int, date]:
    """Contact → the day its officer was last in touch: a visit of any kind to the firm, or a touch. Two statements."""
    ids = list(contact_ids)
    if not ids:
        return {}
    seen = (
        select(SchemeContact.id, func.max(Visit.visit_on))
        .join(Visit, Visit.firm_id == SchemeContact.firm_id)
        .join(VisitOfficer, (VisitOfficer.visit_id == Visit.id) & (VisitOfficer.user_id == SchemeContact.officer_id))
        .where(SchemeContact.id.in_(ids), Visit.counted(), Visit.visit_on <= today)
        .where(SchemeContact.to_on.is_(None) | (Visit.visit_on <= SchemeContact.to_on))
        .group_by(SchemeContact.id)
    )
    touched = select(SchemeTouch.contact_id, func.max(SchemeTouch.touched_on))
    touched = touched.where(SchemeTouch.contact_id.in_(ids), SchemeTouch.touched_on <= today)
    days = [*db.session.execute(seen), *db.session.execute(touched.group_by(SchemeTouch.contact_id))]
    found: dict[int, date] = {}
    for contact_id, on in days:
        found[contact_id] = max(on, found.get(contact_id, on))
    return found


@dataclass(frozen=True, slots=True)
class Cell:
    """What one officer has of one kind."""

    held: int
    overdue: int
    #: How many the kind asks for.
    wanted: int

    @property
    def missing(self) -> int:
        """How many are not there yet."""
        return max(0, self.wanted - self.held)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Officers × kinds, with sums."""

    kinds: list[SchemeKind]
    #: (officer, one cell for each kind), in the order of the names.
    rows: list[tuple[Named, list[Cell]]]

    @property
    def sums(self) -> list[Cell]:
        """One cell for each kind, over all officers."""
        return [_sum(row[1][place] for row in self.rows) for place in range(len(self.kinds))]

    def missing(self) -> int:
        """How many contacts are not there yet, over all officers and kinds."""
        return sum(cell.missing for _, cells in self.rows for cell in cells)


def _sum(cells: Iterable[Cell]) -> Cell:
    found = list(cells)
    return Cell(*(sum(getattr(cell, name) for cell in found) for name in ("held", "overdue", "wanted")))


def coverage(user: User, officers: Sequence[Named], today: date) -> Coverage:
    """What each officer has and lacks of each kind in use, as far as this person may see it. Four statements."""
    kinds = SchemeKind.list_active()
    query = SchemeContact.visible_to(user).where(SchemeContact.running_on(today))
    rows = standings(list(db.session.scalars(query)), today)
    held: dict[tuple[int, int], list[Standing]] = {}
    names = {officer.id: officer for officer in officers}
    for row in rows:
        held.setdefault((row.contact.officer_id, row.contact.kind_id), []).append(row)
        # Whoever left the list of officers and still has contacts stays to be seen.
        names.setdefault(row.contact.officer_id, Named(row.contact.officer_id, row.contact.officer.name))

    def cell(officer_id: int, kind: SchemeKind) -> Cell:
        there = held.get((officer_id, kind.id), [])
        return Cell(len(there), sum(row.overdue for row in there), kind.each)

    return Coverage(kinds, [(officer, [cell(officer.id, kind) for kind in kinds]) for officer in names.values()])


def _narrowed(user: User, narrowed: SchemeFilter) -> Select[Any]:
    query = SchemeContact.visible_to(user)
    if narrowed.who != "all":
        query = query.where(SchemeContact.officer_id == (int(narrowed.who) if narrowed.who else user.id))
    if narrowed.kind is not None:
        query = query.where(SchemeContact.kind_id == narrowed.kind)
    if narrowed.firm is not None:
        query = query.where(SchemeContact.firm_id == narrowed.firm)
    return query
