"""The list of applications: a page and its count in two statements, every row for an export, from who is asking."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import aliased

from models.application.agencies import Agency
from models.application.batch import ApplicationBatch, BatchDate
from models.application.filters import ApplicationFilter
from models.application.reasons import RefusalReason
from models.application.record import Application
from models.area import Area
from models.base import db
from models.firm.record import Firm
from models.rules.application import Deadline, next_deadline
from models.title import TitleType
from models.user import User

Coach = aliased(User)

PAGE_SIZE = 50
CHUNK = 1_000

#: What can order the list, and the expression that does.
SORTS: dict[str, Any] = {
    "firm": Firm.sort_key, "area": Area.sort_key, "stage_on": Application.stage_on, "coach": Coach.sort_key,
    "expected_on": Application.expected_on, "entered_on": Application.entered_on,
}  # fmt: skip
DEFAULT_SORT = "firm"


@dataclass(frozen=True, slots=True)
class ApplicationListing:
    """The applications a person may see, narrowed and ordered. `sort` is a key of SORTS, "-" before it for falling."""

    user: User
    filter: ApplicationFilter
    today: date
    sort: str = DEFAULT_SORT
    #: What a figure asks for beside the filter.
    extra: tuple[ColumnElement[bool], ...] = ()

    def count(self) -> int:
        """How many there are. One statement."""
        return db.session.scalar(self.narrowed(func.count(Application.id))) or 0

    def stages(self) -> dict[str, int]:
        """How many there are in each stage; the stage of the filter aside. One statement."""
        every = ApplicationListing(self.user, self.filter.without("stage"), self.today)
        rows = db.session.execute(
            every.narrowed(Application.stage, func.count(Application.id)).group_by(Application.stage)
        )
        return {stage: number for stage, number in rows}  # noqa: C416  rows are no pairs

    def look(self, number: int, size: int = PAGE_SIZE) -> tuple[Sequence[Row[Any]], int]:
        """A page of rows and the count of all; the last page when there are fewer. Two statements."""
        count = self.count()
        number = min(number, max(1, ceil(count / size)))
        return db.session.execute(self.ordered().limit(size).offset((number - 1) * size)).all(), count

    def rows(self, among: Iterable[int] = ()) -> Iterator[Row[Any]]:
        """Every row in the order of the list, or those of the given ids that are in it; some at a time."""
        wanted = list(among)
        query = self.ordered().where(Application.id.in_(wanted)) if wanted else self.ordered()
        for part in db.session.execute(query).partitions(CHUNK):
            yield from part

    def narrowed(self, *columns: Any) -> Select[Any]:
        """Select columns of the applications of the list."""
        query = select(*columns).select_from(Application).join(Firm, Firm.id == Application.firm_id)
        query = query.join(ApplicationBatch, ApplicationBatch.id == Application.batch_id)
        mine = Application.visible_to(self.user).with_only_columns(Application.id)
        if mine.whereclause is not None:
            query = query.where(Application.id.in_(mine))
        return query.where(*self.filter.conditions(self.user, self.today), *self.extra)

    def ordered(self) -> Select[Any]:
        """Select everything a row shows, in the order of the list."""
        key = self.sort.removeprefix("-")
        expression = SORTS[key if key in SORTS else DEFAULT_SORT]
        first = (expression.desc() if self.sort.startswith("-") else expression.asc()).nulls_last()
        query = joined(self.narrowed(*COLUMNS))
        return query.order_by(first, Firm.sort_key, Application.id)


COLUMNS = (
    Application.id, Application.firm_id, Application.batch_id, Application.stage, Application.stage_on,
    Application.kind, Application.coach_id, Application.entered_on, Application.expected_on, Application.ended_on,
    Application.before_id, Application.reason_words, Firm.name.label("firm"), Firm.code, Firm.officer_a_id,
    Firm.officer_b_id, Firm.area_id, Area.name.label("area"), Coach.name.label("coach"),
    RefusalReason.name.label("reason"), ApplicationBatch.year, ApplicationBatch.round,
    TitleType.short_name.label("type_name"), ApplicationBatch.type_id, Agency.name.label("agency"),
)  # fmt: skip


def joined(query: Select[Any]) -> Select[Any]:
    """With what a row says beside the application's own columns."""
    query = query.join(TitleType, TitleType.id == ApplicationBatch.type_id)
    query = query.outerjoin(Agency, Agency.id == Application.agency_id)
    query = query.outerjoin(Area, Area.id == Firm.area_id).outerjoin(Coach, Coach.id == Application.coach_id)
    return query.outerjoin(RefusalReason, RefusalReason.id == Application.reason_id)


def deadlines_of(rows: Sequence[Any], today: date) -> Mapping[int, Deadline | None]:
    """The date that concerns each of these rows next, by application. One statement."""
    batches = sorted({row.batch_id for row in rows})
    query = select(BatchDate.batch_id, BatchDate.key, BatchDate.falls_on).where(BatchDate.batch_id.in_(batches))
    days: dict[int, list[tuple[str, date]]] = {}
    for batch_id, key, on in db.session.execute(query.order_by(BatchDate.falls_on, BatchDate.id)) if batches else ():
        days.setdefault(batch_id, []).append((key, on))
    return {row.id: next_deadline(row.stage, days.get(row.batch_id, ()), today) for row in rows}


def counts_of_batches(user: User) -> dict[int, dict[str, int]]:
    """How many applications this person sees in each stage of each batch. One statement."""
    query = select(Application.batch_id, Application.stage, func.count(Application.id))
    mine = Application.visible_to(user).with_only_columns(Application.id)
    if mine.whereclause is not None:
        query = query.where(Application.id.in_(mine))
    found: dict[int, dict[str, int]] = {}
    for batch_id, stage, number in db.session.execute(query.group_by(Application.batch_id, Application.stage)):
        found.setdefault(batch_id, {})[stage] = number
    return found


def uses_of_reasons() -> dict[int, int]:
    """How many refused applications name each reason, by its id. One statement."""
    query = select(Application.reason_id, func.count()).where(Application.reason_id.is_not(None))
    rows = db.session.execute(query.group_by(Application.reason_id))
    return {reason_id: number for reason_id, number in rows if reason_id is not None}
