"""The firm list: rows as plain columns in one statement, the count in another, both from who is asking."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import ceil
from typing import Any

from sqlalchemy import Date, Integer, Row, Select, and_, bindparam, case, func, literal_column, select, text
from sqlalchemy.orm import aliased

from models.area import Area
from models.base import db
from models.figures.kept import kept
from models.firm import search
from models.firm.filters import FirmFilter, titles_in_force
from models.firm.names import FirmName, FirmSearch
from models.firm.record import Firm
from models.rules.ladder import Rung
from models.standing import Standing
from models.title import Title
from models.user import User
from models.visit import Visit

Park = aliased(Area)
OfficerA = aliased(User)
OfficerB = aliased(User)

PAGE_SIZE = 50
#: Rows that an export or a bulk action fetches at a time.
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the list: its name, whether it is shown unasked, and what orders the list by it."""

    key: str
    name: str
    shown: bool = True
    sort: str = ""


#: In the order of the page. `sort` names the labelled expression of _columns().
COLUMNS = (
    Column("name", "企业", sort="sort_key"),
    Column("place", "街镇园区", sort="area_sort"),
    Column("rung", "梯级", sort="rung_height"),
    Column("ends_on", "最近到期", sort="ends_on"),
    Column("officers", "联系干部", sort="officer_sort"),
    Column("visited_on", "上次走访", sort="visited_on"),
    Column("care_level", "培育层级", shown=False, sort="care_level"),
    Column("code", "信用代码", shown=False, sort="code"),
    Column("status", "登记状态", shown=False, sort="status"),
    Column("industry", "行业", shown=False, sort="industry_code"),
    Column("founded_on", "成立日期", sort="founded_on", shown=False),
    Column("capital", "注册资本", sort="capital", shown=False),
    Column("kind", "企业类型", shown=False),
    Column("address", "注册地址", shown=False),
)
BY_KEY = {column.key: column for column in COLUMNS}
DEFAULT_COLUMNS = tuple(column.key for column in COLUMNS if column.shown)

#: Pages whose order is not unique end with these.
LAST = (Firm.sort_key, Firm.id)


@dataclass(frozen=True, slots=True)
class Listing:
    """The firms a person may see, narrowed and ordered. `sort` is a column key, with "-" before it for falling."""

    user: User
    filter: FirmFilter
    today: date
    sort: str = ""

    @property
    def on(self) -> date:
        """The day for which rungs, ends and visits are shown."""
        return self.filter.on or self.today

    @property
    def wanted(self) -> list[str]:
        """The patterns of the search text; empty without one."""
        return search.patterns(self.filter.q)

    @property
    def finds_nothing(self) -> bool:
        """Whether the search text holds no letter and no digit, so that nothing can contain it."""
        return bool(self.filter.q) and not self.wanted

    @property
    def _searches_all(self) -> bool:
        """Whether the text alone decides which firms are in the list."""
        return bool(self.wanted) and not self.filter.is_set and Firm.all_visible_to(self.user)

    def count(self) -> int:
        """How many firms there are. One statement, or a kept answer for all firms of the district."""
        if self.finds_nothing:
            return 0
        if self.filter == FirmFilter() and Firm.all_visible_to(self.user):
            # Every firm made or merged leaves a new state of the ladder's index, by which the answer is kept.
            return kept(("firms",), lambda: db.session.scalar(self._narrowed(func.count())) or 0)
        if self._searches_all:
            # Merged firms have no search row, so nothing need be asked of the firms themselves.
            query = select(func.count()).select_from(FirmSearch).where(search.matches(self.wanted))
        else:
            query = self._narrowed(func.count())
        return db.session.scalar(query) or 0

    def look(self, number: int, size: int = PAGE_SIZE) -> tuple[Sequence[Row[Any]], int]:
        """A page of rows and the count of all; the last page when there are fewer."""
        rows = self.page(number, size) if self._searches_all and not self.sort else ()
        if rows:
            return rows, rows[0].total
        count = self.count()
        return self.page(min(number, max(1, ceil(count / size))), size), count

    def page(self, number: int, size: int = PAGE_SIZE) -> Sequence[Row[Any]]:
        """The rows of one page, first page 1. One statement, whatever the number of rows."""
        if self.finds_nothing:
            return []
        if self._searches_all and not self.sort:
            return db.session.execute(self._best(size, (number - 1) * size)).all()
        if self.filter == FirmFilter() and not self.sort and Firm.all_visible_to(self.user):
            if (number, size) == (1, PAGE_SIZE):
                if db.engine.dialect.name == "postgresql":
                    # Its plan never depends on the day; making it anew at each call takes three times the page itself.
                    db.session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
                return db.session.execute(_first_firms(), {"on": self.on}).all()
            return db.session.execute(_all_firms(), {"on": self.on, "size": size, "skip": (number - 1) * size}).all()
        return db.session.execute(self._ordered().limit(size).offset((number - 1) * size)).all()

    def every_row(self) -> Iterator[Row[Any]]:
        """All rows in order for an export: one statement, fetched in chunks."""
        if not self.finds_nothing:
            yield from db.session.execute(self._ordered().execution_options(yield_per=CHUNK))

    def ids(self, among: Sequence[int] | None = None) -> list[int]:
        """The ids of all firms of the list, or of those among the given ones that are in it."""
        query = self._narrowed(Firm.id) if not self.finds_nothing else select(Firm.id).where(Firm.id.is_(None))
        if among is not None:
            query = query.where(Firm.id.in_(among))
        return list(db.session.scalars(query.order_by(*LAST)))

    def _narrowed(self, *columns: Any) -> Select[Any]:
        query: Select[Any] = Firm.visible_to(self.user).with_only_columns(*columns, maintain_column_froms=True)
        if self.wanted:
            query = query.join(FirmSearch, FirmSearch.firm_id == Firm.id).where(search.matches(self.wanted))
        return query.where(*self.filter.conditions(self.user, self.today))

    def _best(self, limit: int, offset: int) -> Select[Any]:
        """One page of a search among all firms with the count of its hits: the hits are looked at once, the firms of
        the page alone are joined."""
        rank = search.rank(self.wanted).label("rank")
        hits = select(FirmSearch.firm_id, FirmSearch.sort_key, rank).where(search.matches(self.wanted)).cte("hits")
        order = (hits.c.rank, hits.c.sort_key, hits.c.firm_id)
        best = select(hits).order_by(*order).limit(limit).offset(offset).subquery("best")
        total = select(func.count()).select_from(hits).scalar_subquery().label("total")
        query = select(*_columns(self.on).values(), total).join_from(best, Firm, Firm.id == best.c.firm_id)
        return _joined(query, self.on).order_by(best.c.rank, best.c.sort_key, best.c.firm_id)

    def _ordered(self) -> Select[Any]:
        columns = _columns(self.on)
        query = _joined(self._narrowed(*columns.values()), self.on)
        return query.order_by(*self._order(columns), *LAST)

    def _order(self, columns: dict[str, Any]) -> list[Any]:
        column = BY_KEY.get(self.sort.removeprefix("-"))
        if column is None or not column.sort:
            return [search.rank(self.wanted)] if self.wanted else []
        if column.key == "name":
            return [Firm.sort_key.desc()] if self.sort.startswith("-") else []
        expression = columns[column.sort]
        ordered = expression.desc() if self.sort.startswith("-") else expression.asc()
        return [ordered.nulls_last()]


@cache
def _all_firms() -> Any:
    """A page of all firms by name. Composed once: it is the page opened most, and composing it takes long."""
    on: Any = bindparam("on", type_=Date)
    query = _joined(select(*_columns(on).values()).where(Firm.merged_into_id.is_(None)), on).order_by(*LAST)
    return query.limit(bindparam("size", type_=Integer)).offset(bindparam("skip", type_=Integer))


@cache
def _first_firms() -> Any:
    """The first page of all firms. Its size is written out, so that a plan made once fits every call."""
    return _all_firms().limit(literal_column(str(PAGE_SIZE))).offset(None)


def _joined(query: Any, on: Any) -> Any:
    """With what a row says beside the firm's own columns: places, officers, the rung of the day."""
    query = query.outerjoin(Area, Area.id == Firm.area_id).outerjoin(Park, Park.id == Firm.park_id)
    query = query.outerjoin(OfficerA, OfficerA.id == Firm.officer_a_id)
    query = query.outerjoin(OfficerB, OfficerB.id == Firm.officer_b_id)
    return query.outerjoin(Standing, and_(Standing.firm_id == Firm.id, Standing.from_on <= on, Standing.to_on >= on))


def _columns(on: Any) -> dict[str, Any]:
    """What a row holds, by label."""
    in_force = titles_in_force(on).with_only_columns(func.min(Title.ends_on)).where(Title.firm_id == Firm.id)
    visited = select(func.max(Visit.visit_on)).where(Visit.firm_id == Firm.id, Visit.visit_on <= on, Visit.is_visit())
    height = case({rung.value: rung.height for rung in Rung}, value=Standing.rung)
    expressions = {
        "id": Firm.id, "name": Firm.name, "sort_key": Firm.sort_key, "code": Firm.code, "status": Firm.status,
        "unverified": Firm.unverified, "care_level": Firm.care_level, "industry_code": Firm.industry_code,
        "founded_on": Firm.founded_on, "capital": Firm.capital, "capital_currency": Firm.capital_currency,
        "kind": Firm.kind, "address": Firm.address, "area": Area.name, "area_sort": Area.sort_key, "park": Park.name,
        "officer_a": OfficerA.name, "officer_sort": OfficerA.sort_key, "officer_b": OfficerB.name,
        "rung": Standing.rung, "rung_height": height,
        "ends_on": in_force.correlate(Firm).scalar_subquery(), "visited_on": visited.correlate(Firm).scalar_subquery(),
    }  # fmt: skip
    return {key: expression.label(key) for key, expression in expressions.items()}


def former_names(firm_ids: Sequence[int]) -> dict[int, list[tuple[str, date | None]]]:
    """The names other than the present one of these firms, newest first, each with its last day. One statement."""
    query = select(FirmName.firm_id, FirmName.name, FirmName.to_on).join(Firm, Firm.id == FirmName.firm_id)
    query = query.where(FirmName.firm_id.in_(firm_ids), FirmName.name != Firm.name)
    found: dict[int, list[tuple[str, date | None]]] = {}
    for firm_id, name, to_on in db.session.execute(
        query.order_by(FirmName.firm_id, FirmName.to_on.desc(), FirmName.id)
    ):
        found.setdefault(firm_id, []).append((name, to_on))
    return found
