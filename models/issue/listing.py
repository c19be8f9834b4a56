"""The list of issues: a page and its count in two statements, every row for an export, each from who is asking."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, func, select
from sqlalchemy.orm import aliased

from models import calendar
from models.area import Area
from models.base import db
from models.firm.record import Firm
from models.issue import lights
from models.issue.filters import IssueFilter
from models.issue.kinds import IssueClass, IssueTopic, OutsideHandler
from models.issue.record import ENDED, Issue
from models.rules import issue_clock
from models.rules.issue_chip import Chip, ChipFacts, chips, days_left
from models.unit import Unit
from models.user import User

Leader = aliased(User)
Raiser = aliased(User)

PAGE_SIZE = 50
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the list: its name, whether it is shown unasked, and what orders the list by it."""

    key: str
    name: str
    shown: bool = True
    sort: str = ""


#: In the order of the page. `sort` names the labelled expression of _columns().
COLUMNS = (
    Column("firm", "企业 · 原话", sort="firm_sort"),
    Column("class", "类别", sort="class_position"),
    Column("topic", "专题", sort="topic_position"),
    Column("unit", "牵头单位", sort="unit_sort"),
    Column("state", "状态"),
    Column("raised_on", "首次提出", sort="raised_on"),
    Column("due_on", "时限", sort="due_on"),
    Column("light", "灯", sort="urgency"),
    Column("handler", "责任人", shown=False),
    Column("leader", "牵头领导", shown=False),
    Column("area", "街镇", shown=False, sort="area_sort"),
    Column("kind", "问题或需求", shown=False),
    Column("channel", "来源", shown=False),
    Column("raised_by", "登记人", shown=False),
    Column("closed_on", "了结日期", shown=False, sort="over_on"),
    Column("extensions", "延期次数", shown=False, sort="extensions"),
    Column("round", "轮次", shown=False, sort="round"),
)
BY_KEY = {column.key: column for column in COLUMNS}
DEFAULT_COLUMNS = tuple(column.key for column in COLUMNS if column.shown)
#: What can order the list, its number too.
SORTS = {"number": "", **{column.key: column.sort for column in COLUMNS if column.sort}}
#: Those that need nothing but the issue itself.
OWN = frozenset({"number", "raised_on", "due_on", "light", "closed_on", "extensions", "round"})
#: Unasked: what is most urgent first.
DEFAULT_SORT = "light"


@dataclass(frozen=True, slots=True)
class IssueListing:
    """The issues a person may see, narrowed and ordered. `sort` is a key of SORTS, with "-" before it for falling."""

    user: User
    filter: IssueFilter
    today: date
    sort: str = DEFAULT_SORT
    #: What a queue asks for beside the filter.
    extra: tuple[ColumnElement[bool], ...] = ()

    @property
    def on(self) -> date:
        """The day for which lights are shown."""
        return self.filter.on or self.today

    def count(self) -> int:
        """How many issues there are. One statement."""
        return db.session.scalar(self.narrowed(func.count(Issue.id))) or 0

    def counts_by(self, column: Any) -> dict[Any, int]:
        """How many issues there are by the values of a column. One statement."""
        rows = db.session.execute(self.narrowed(column, func.count(Issue.id)).group_by(column))
        return {value: number for value, number in rows}  # noqa: C416  rows are no pairs

    def count_each(self, conditions: Mapping[str, ColumnElement[bool]]) -> dict[str, int]:
        """How many issues meet each of these conditions. One statement."""
        columns = [func.count(Issue.id).filter(condition) for condition in conditions.values()]
        return dict(zip(conditions, db.session.execute(self.narrowed(*columns)).one(), strict=True))

    def lights(self) -> dict[str, int]:
        """How many issues show each light of models/issue/lights.LIGHTS. One statement."""
        return self.count_each({key: lights.shows(key, self.on) for key in lights.LIGHTS})

    def look(self, number: int, size: int = PAGE_SIZE) -> tuple[Sequence[Row[Any]], int]:
        """A page of rows and the count of all; the last page when there are fewer. Two statements."""
        count = self.count()
        return self.page(number, count, size), count

    def page(self, number: int, count: int, size: int = PAGE_SIZE) -> Sequence[Row[Any]]:
        """The rows of one page of so many issues. One statement."""
        number = min(number, max(1, ceil(count / size)))
        columns = columns_of(self.on)
        skip = (number - 1) * size
        if self._key not in OWN:
            return db.session.execute(self.ordered().limit(size).offset(skip)).all()
        # The issue alone decides the order: what a row shows beside it is looked up for this page only.
        order = self._order(columns)
        first = self.narrowed(Issue.id).order_by(*order).limit(size).offset(skip).subquery()
        query = select(*columns.values()).select_from(Issue).join(first, first.c.id == Issue.id)
        return db.session.execute(joined(query).order_by(*order)).all()

    def every_chunk(self, among: Iterable[int] = ()) -> Iterator[Sequence[Row[Any]]]:
        """Every row in the order of the list, or of those among the given ones that are in it, some at a time."""
        wanted = list(among)
        query = self.ordered().where(Issue.id.in_(wanted)) if wanted else self.ordered()
        yield from db.session.execute(query).partitions(CHUNK)

    def ids(self, among: Iterable[int] | None = None) -> list[int]:
        """The ids of all issues of the list, or of those among the given ones that are in it; oldest first."""
        query = self.narrowed(Issue.id)
        if among is not None:
            query = query.where(Issue.id.in_(list(among)))
        return list(db.session.scalars(query.order_by(Issue.id)))

    def narrowed(self, *columns: Any) -> Select[Any]:
        """Select columns of the issues of the list."""
        query = select(*columns).select_from(Issue)
        return query.where(*visible(self.user), *self.filter.conditions(self.user, self.today), *self.extra)

    def ordered(self) -> Select[Any]:
        """Select everything a row shows, in the order of the list."""
        columns = columns_of(self.on)
        return joined(self.narrowed(*columns.values())).order_by(*self._order(columns))

    @property
    def _key(self) -> str:
        """The key of SORTS that orders the list."""
        key = self.sort.removeprefix("-")
        return key if key in SORTS else DEFAULT_SORT

    def _order(self, columns: dict[str, Any]) -> list[Any]:
        falls, key = self.sort.startswith("-"), self._key
        if key == "number":
            return [column.desc() if falls else column for column in (Issue.year, Issue.serial)]
        expression = columns[SORTS[key]].element
        first = (expression.desc() if falls else expression.asc()).nulls_last()
        # Beside the light: what is due soonest.
        rest = [] if key == "due_on" else [columns["order_on"].element.asc()]
        return [first, *rest, Issue.id.desc()]


def visible(user: User) -> list[ColumnElement[bool]]:
    """The conditions that an issue exists for this person; none where they see all of them."""
    if not {"issues.view", "issues.handle"} & user.permissions:
        return [false()]
    if "issues.view" in user.permissions and Firm.all_visible_to(user):
        return []
    return [Issue.id.in_(Issue.visible_to(user).with_only_columns(Issue.id))]


def joined(query: Select[Any]) -> Select[Any]:
    """With what a row says beside the issue's own columns."""
    query = query.join(Firm, Firm.id == Issue.firm_id).outerjoin(Area, Area.id == Firm.area_id)
    query = query.join(IssueTopic, IssueTopic.id == Issue.topic_id)
    query = query.outerjoin(IssueClass, IssueClass.id == Issue.class_id)
    query = query.outerjoin(Unit, Unit.id == Issue.lead_unit_id).outerjoin(User, User.id == Issue.handler_id)
    query = query.outerjoin(OutsideHandler, OutsideHandler.id == Issue.outside_id)
    query = query.outerjoin(Leader, Leader.id == Issue.leader_id)
    return query.outerjoin(Raiser, Raiser.id == Issue.raised_by_id)


@lru_cache(maxsize=16)
def columns_of(on: date) -> dict[str, Any]:
    """What a row holds, by label. Composed once a day: composing it takes longer than running it."""
    over_on = func.coalesce(Issue.closed_on, Issue.ended_on)
    expressions = {
        "id": Issue.id, "year": Issue.year, "serial": Issue.serial, "firm_id": Firm.id, "firm": Firm.name,
        "code": Firm.code, "firm_sort": Firm.sort_key, "area": Area.name, "area_sort": Area.sort_key,
        "title": Issue.title, "words": Issue.words, "kind": Issue.kind, "channel": Issue.channel,
        "class_name": IssueClass.name, "class_position": IssueClass.position, "flow": Issue.flow,
        "class_flow": IssueClass.flow, "topic": IssueTopic.name, "topic_position": IssueTopic.position,
        "topic_id": Issue.topic_id, "class_id": Issue.class_id,
        "unit": Unit.name, "unit_sort": Unit.sort_key, "handler": func.coalesce(User.name, OutsideHandler.name),
        "leader": Leader.name, "raised_by": Raiser.name, "measures": Issue.measures, "result": Issue.result,
        "outcome": Issue.outcome, "end_reason": Issue.end_reason, "raised_on": Issue.raised_on, "state": Issue.state,
        "dispatched_on": Issue.dispatched_on, "sign_due_on": Issue.sign_due_on, "first_due_on": Issue.first_due_on,
        "due_on": Issue.due_on, "due_known": Issue.due_known, "yellow_on": Issue.yellow_on,
        "next_reply_on": Issue.next_reply_on, "parked_until": Issue.parked_until, "over_on": over_on,
        "extensions": Issue.extensions, "round": Issue.round, "level": Issue.level, "urgency": lights.urgency(on),
        "order_on": func.coalesce(Issue.due_on, Issue.raised_on), "version": Issue.version,
    }  # fmt: skip
    return {key: expression.label(key) for key, expression in expressions.items()}


def number_of(row: Any) -> str:
    """An issue's number on paper."""
    return f"{row.year}-{row.serial:04d}"


def light_of(row: Any, on: date) -> issue_clock.Light:
    """The light of a row at the end of a day."""
    if row.state in ENDED:
        passed = issue_clock.light_between(None, None, row.first_due_on, row.over_on or on).was_overdue
        return issue_clock.Light("", passed)
    return issue_clock.light_between(row.yellow_on, row.due_on, row.first_due_on, on)


def chips_of(rows: Sequence[Any], on: date) -> dict[int, tuple[Chip, ...]]:
    """The chips of these rows by issue. Two statements, for the calendar; none without rows."""
    if not rows:
        return {}
    days = [row.due_on for row in rows if row.due_on is not None]
    left = days_left(days, on, calendar.load(min(on, *days), max(on, *days)) if days else calendar.load(on, on))
    return {
        row.id: chips(
            ChipFacts(row.state, light_of(row, on), on, left.get(row.due_on), row.sign_due_on, row.next_reply_on)
        )
        for row in rows
    }
