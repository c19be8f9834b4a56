"""Coverage (走访覆盖): of the firms that somebody looks after, how many were visited in a period, how many not for
longer than their care level allows; by officer, by area, each number with its firms. Counted in SQL."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from functools import cache
from math import ceil
from typing import Any, Self

from sqlalchemy import ColumnElement, Date, Integer, Row, Select, and_, bindparam, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from models import setting
from models.area import Area, subtree
from models.base import db
from models.firm.record import CARE_LEVELS, Firm
from models.setting import Setting
from models.unit import Membership, list_tree
from models.user import User
from models.visit.record import Visit, VisitOfficer

#: The numbers of a row and what each counts, in the words of the page.
PARTS = {
    "assigned": "联系的企业",
    "visited": "期内走访过",
    "repeat": "期内走访两次以上",
    "unseen": "期内没去过",
    "never": "从没走访过",
    "beyond": "超过间隔",
}
PAGE_SIZE = 50
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class CoverageFilter:
    """Period and scope. Every field is a parameter of the address; an unreadable one counts as absent."""

    since: date | None = None
    #: The last day counted, and the day the intervals are reckoned to.
    until: date | None = None
    officer: int | None = None
    unit: int | None = None
    area: int | None = None
    park: int | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str], today: date) -> Self:
        """What an address asks for: without a period the year up to today; never a day to come."""

        def whole(name: str) -> int | None:
            text = args.get(name, "").strip()
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

        until = min(_day(args.get("until", "")) or today, today)
        since = _day(args.get("since", "")) or until.replace(month=1, day=1)
        return cls(min(since, until), until, whole("officer"), whole("unit"), whole("area"), whole("park"))

    def query(self, **changes: Any) -> dict[str, str]:
        """The parameters that mean this filter with some of it changed."""
        values = {item.name: getattr(self, item.name) for item in fields(self)} | changes
        return {name: str(value) for name, value in values.items() if value not in (None, "")}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Counts:
    """One row: whose (or which area's), and its numbers. `visits` are the calls behind `visited`."""

    id: int
    name: str
    assigned: int = 0
    visited: int = 0
    visits: int = 0
    repeat: int = 0
    unseen: int = 0
    never: int = 0
    beyond: int = 0

    @property
    def share(self) -> float | None:
        """Visited of assigned; None without a firm."""
        return self.visited / self.assigned if self.assigned else None


def intervals() -> dict[str, int]:
    """Care level → the days between two visits that the office set. One statement."""
    keys = {f"care_days_{level}": level for level in CARE_LEVELS}
    found = {level: int(setting.SETTINGS[key].default) for key, level in keys.items()}
    rows = db.session.execute(select(Setting.key, Setting.value).where(Setting.key.in_(keys)))
    return found | {keys[key]: int(value) for key, value in rows}


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a scope: all firms, each once; everybody who is A 角 or B 角 of one (a firm with two counts with
    both); every area with firms, 0 for 未定街镇."""

    total: Counts
    by_officer: list[Counts]
    by_area: list[Counts]


def _zeros() -> list[int]:
    return [0] * 7


@dataclass(frozen=True, slots=True)
class Coverage:
    """What this person may see of it; the intervals are read once."""

    user: User
    filter: CoverageFilter
    days: Mapping[str, int] = field(default_factory=intervals)

    def table(self) -> "Table":
        """The numbers together, by officer and by area. Four statements: the firms are gone through once, summed by who
        looks after them and where they lie."""
        keys = (Firm.area_id, Firm.officer_a_id, Firm.officer_b_id)
        groups = db.session.execute(self._of(*keys, *self._sums()).group_by(*keys)).all()
        total, areas, officers = [0] * 7, defaultdict[int, list[int]](_zeros), defaultdict[int, list[int]](_zeros)
        for area_id, a_id, b_id, *numbers in groups:
            cared = {a_id, b_id} - {None}
            for sums in (total, areas[area_id or 0], *(officers[user_id] for user_id in cared)):
                for place, number in enumerate(numbers):
                    sums[place] += int(number)
        named = db.session.execute(
            select(Area.id, Area.name).where(Area.id.in_(areas)).order_by(Area.sort_key, Area.id)
        )
        by_area = [Counts(row.id, row.name, *areas[row.id]) for row in named]
        if 0 in areas:
            by_area.append(Counts(0, "未定街镇", *areas[0]))
        people = select(User.id, User.name, User.active).where(User.id.in_(officers)).order_by(User.sort_key, User.id)
        if self.filter.officer is not None:
            people = people.where(User.id == self.filter.officer)
        if self.filter.unit is not None:
            people = people.where(User.id.in_(self._members(self.filter.unit)))
        by_officer = [
            Counts(row.id, row.name + ("" if row.active else "（已停用）"), *officers[row.id])
            for row in db.session.execute(people)
        ]
        return Table(Counts(0, "合计", *total), by_officer, by_area)

    def count(self, part: str) -> int:
        """How many firms a number means. One statement."""
        return db.session.scalar(self._of(func.count()).where(*self._means(part))) or 0

    def look(self, part: str, number: int = 1, size: int = PAGE_SIZE) -> tuple[list["Seen"], int]:
        """A page of the firms behind a number and the count of all; the last page when there are fewer."""
        if number <= 1:
            # The first page brings the count with it: going through the firms twice would take twice as long.
            query = self._listed(part).add_columns(func.count().over().label("total")).limit(size)
            rows = db.session.execute(query).all()
            return self._seen(rows), rows[0].total if rows else 0
        count = self.count(part)
        number = min(number, max(1, ceil(count / size)))
        rows = db.session.execute(self._listed(part).limit(size).offset((number - 1) * size)).all()
        return self._seen(rows), count

    def every_row(self, part: str) -> Iterator["Seen"]:
        """Every firm behind a number, in the order of the list."""
        for rows in db.session.execute(self._listed(part)).partitions(CHUNK):
            yield from self._seen(rows)

    def _calls(self) -> Any:
        return _calls(self.filter.officer is not None)

    def _sums(self) -> list[Any]:
        calls = func.coalesce(self._calls().c.calls, 0)

        def tally(condition: ColumnElement[bool]) -> ColumnElement[int]:
            return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

        return [
            func.count(), tally(calls > 0), func.coalesce(func.sum(calls), 0), tally(calls > 1), tally(calls == 0),
            tally(self._calls().c.last_on.is_(None)), tally(self._beyond()),
        ]  # fmt: skip

    def _means(self, part: str) -> list[ColumnElement[bool]]:
        calls = func.coalesce(self._calls().c.calls, 0)
        found: dict[str, ColumnElement[bool]] = {
            "visited": calls > 0, "repeat": calls > 1, "unseen": calls == 0,
            "never": self._calls().c.last_on.is_(None), "beyond": self._beyond(),
        }  # fmt: skip
        return [found[part]] if part in found else []

    def _beyond(self) -> ColumnElement[bool]:
        """Not seen for more days than the care level allows, or never; a firm without a level has no interval."""
        last = self._calls().c.last_on
        until = self.filter.until
        assert until is not None
        return or_(
            *(
                and_(Firm.care_level == level, or_(last.is_(None), last < until - timedelta(days=days)))
                for level, days in self.days.items()
            )
        )

    def _of(self, *columns: Any) -> Select[Any]:
        """Columns over the firms of the scope, each with its visits (`_calls`) joined."""
        query = select(*columns).select_from(Firm).outerjoin(self._calls(), self._calls().c.firm_id == Firm.id)
        query = query.where(*self._scope())
        bound = {"since": self.filter.since, "until": self.filter.until, "officer": self.filter.officer}
        return query.params(bound)

    def _scope(self) -> list[ColumnElement[bool]]:
        f, cared = self.filter, or_(Firm.officer_a_id.is_not(None), Firm.officer_b_id.is_not(None))
        found = [Firm.merged_into_id.is_(None), Firm.status == "active", cared]
        if "visits.view" not in self.user.permissions:
            found.append(Firm.id.is_(None))
        elif not Firm.all_visible_to(self.user):
            found.append(Firm.id.in_(Firm.visible_to(self.user).with_only_columns(Firm.id)))
        if f.officer is not None:
            found.append(or_(Firm.officer_a_id == f.officer, Firm.officer_b_id == f.officer))
        if f.unit is not None:
            members = self._members(f.unit)
            found.append(or_(Firm.officer_a_id.in_(members), Firm.officer_b_id.in_(members)))
        for column, wanted in ((Firm.area_id, f.area), (Firm.park_id, f.park)):
            if wanted is not None:
                found.append(column.in_(sorted(subtree([wanted]))) if wanted else column.is_(None))
        return found

    def _members(self, unit_id: int) -> Select[Any]:
        """Who belongs to a unit, or to one below it, on the last day of the period."""
        until = self.filter.until
        ongoing = or_(Membership.to_on.is_(None), Membership.to_on >= until)
        query = select(Membership.user_id).where(Membership.from_on <= until, ongoing)
        return query.where(Membership.unit_id.in_(_below(unit_id)))

    def _listed(self, part: str) -> Select[Any]:
        calls = self._calls()
        rank = case(*((Firm.care_level == level, place) for place, level in enumerate(CARE_LEVELS)), else_=9)
        query = self._of(
            Firm.id, Firm.name, Firm.code, Firm.care_level, Area.name.label("area"), Firm.officer_a_id,
            Firm.officer_b_id, func.coalesce(calls.c.calls, 0).label("calls"), calls.c.last_on,
        )  # fmt: skip
        query = query.outerjoin(Area, Area.id == Firm.area_id).where(*self._means(part))
        first = [rank, calls.c.last_on.is_not(None), calls.c.last_on] if part == "beyond" else []
        return query.order_by(*first, Firm.sort_key, Firm.id)

    def _seen(self, rows: Sequence[Row[Any]]) -> list["Seen"]:
        """The rows as a page writes them, with who was there last and who looks after them. Two statements."""
        until, days = self.filter.until, self.days
        assert until is not None
        who = _last_callers([row.id for row in rows if row.last_on], until)
        ids = {user_id for row in rows for user_id in (row.officer_a_id, row.officer_b_id) if user_id}
        pairs = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
        names = {user_id: name for user_id, name in pairs}  # noqa: C416  the rows are not pairs to mypy
        found = []
        for row in rows:
            officers = "、".join(names[one] for one in (row.officer_a_id, row.officer_b_id) if one in names)
            last_id, last_by = who.get(row.id, (None, ""))
            over = days_over(row.last_on, days.get(row.care_level or ""), until)
            found.append(
                Seen(row.id, row.name, row.code or "", row.area or "", row.care_level, officers, row.calls, row.last_on,
                     last_id, last_by, over)
            )  # fmt: skip
        return found


@dataclass(frozen=True, slots=True)
class Seen:
    """A firm behind a number."""

    id: int
    name: str
    code: str
    area: str
    care_level: str | None
    officers: str
    #: Visits in the period.
    calls: int
    last_on: date | None
    last_id: int | None
    last_by: str
    #: Days beyond the interval of its care level; 0 within it, None without an interval or a visit.
    over: int | None

    def word(self) -> str:
        """How it stands, in an officer's words; empty for a firm without an interval."""
        if self.care_level is None:
            return ""
        if self.last_on is None:
            return "从没走访过"
        return f"超 {self.over} 天" if self.over else "在间隔内"


def days_over(last_on: date | None, interval: int | None, today: date) -> int | None:
    """Days beyond an interval in days; 0 on its last day and before; None without an interval or a visit."""
    if last_on is None or interval is None:
        return None
    return max(0, (today - last_on).days - interval)


def last_visits(until: date) -> Any:
    """A subquery: the last visit up to a day (`last_on`) of every firm that had any (`firm_id`)."""
    query = select(Visit.firm_id, func.max(Visit.visit_on).label("last_on"))
    return query.where(Visit.is_visit(), Visit.visit_on <= until).group_by(Visit.firm_id).subquery("last_visits")


def due(user: User, today: date, limit: int) -> tuple[list[Seen], int]:
    """The firms this person looks after that nobody saw for longer than their care level allows, the highest level and
    the longest unseen first; and how many there are."""
    scope = CoverageFilter(today.replace(month=1, day=1), today, officer=user.id)
    return Coverage(user, scope).look("beyond", 1, limit)


@cache
def _calls(officer: bool) -> Any:
    """Visits of each firm up to the last day (`last_on`), and how many of them in the period (`calls`); of one
    officer's firms, or of every firm that has any."""
    since, until = bindparam("since", type_=Date), bindparam("until", type_=Date)
    within = func.sum(case((Visit.visit_on >= since, 1), else_=literal(0)))
    query = select(Visit.firm_id, within.label("calls"), func.max(Visit.visit_on).label("last_on"))
    query = query.where(Visit.is_visit(), Visit.visit_on <= until)
    if officer:
        own = aliased(Firm)
        who = bindparam("officer", type_=Integer)
        query = query.where(
            Visit.firm_id.in_(select(own.id).where(or_(own.officer_a_id == who, own.officer_b_id == who)))
        )
    return query.group_by(Visit.firm_id).subquery("calls")


def _last_callers(firm_ids: Sequence[int], until: date) -> dict[int, tuple[int, str]]:
    """The last visit of each firm up to a day, and who was there. One statement."""
    place = func.row_number().over(partition_by=Visit.firm_id, order_by=(Visit.visit_on.desc(), Visit.id.desc()))
    ranked = select(Visit.id, Visit.firm_id, Visit.recorded_by_text, place.label("place")).where(
        Visit.firm_id.in_(firm_ids), Visit.is_visit(), Visit.visit_on <= until
    )
    latest = ranked.subquery()
    query = (
        select(latest.c.firm_id, latest.c.id, latest.c.recorded_by_text, User.name)
        .outerjoin(VisitOfficer, VisitOfficer.visit_id == latest.c.id)
        .outerjoin(User, User.id == VisitOfficer.user_id)
        .where(latest.c.place == 1)
        .order_by(latest.c.firm_id, User.sort_key, User.id)
    )
    found: dict[int, tuple[int, str]] = {}
    for firm_id, visit_id, written, name in db.session.execute(query):
        before = found.get(firm_id)
        found[firm_id] = (visit_id, f"{before[1]}、{name}" if before else name or written)
    return found


def _below(unit_id: int) -> list[int]:
    """A unit and every one below it."""
    found, depth = [], None
    for unit, deep in list_tree(closed=True):
        if unit.id == unit_id:
            depth = deep
        elif depth is None or deep <= depth:
            if depth is not None:
                break
            continue
        found.append(unit.id)
    return found
