"""The rows of the three lists on a day: a page, every row, or those of an edition, in a fixed number of statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select, true

from models.base import db
from models.figures.scope import AnySelect
from models.firm import search
from models.firm.names import FirmSearch
from models.firm.record import Firm
from models.issue import lights
from models.issue.as_of import AsOf
from models.issue.hanging import Hanging
from models.issue.kinds import IssueClass, IssueTopic
from models.issue.lights import LIGHTS
from models.issue.record import ENDED, Issue
from models.issue.scope import IssueScope
from models.rules import issue_clock
from models.rules.issue_clock import Light, LightFacts
from models.rules.issue_kinds import LISTS
from models.rules.three_lists import DEFAULT_WHICH, WHICH, Line
from models.rules.workday import Workdays
from models.user import User

PAGE_SIZE = 50
CHUNK = 5_000
#: What a list sorts by. The first brings the rows of a firm together, as a printed list has them.
SORTS: dict[str, tuple[Any, ...]] = {
    "firm": (Firm.sort_key, Firm.id, Issue.raised_on, Issue.id),
    "raised": (Issue.raised_on, Issue.id),
    "due": (Issue.due_on.is_(None), Issue.due_on, Issue.id),
}


@dataclass(frozen=True)
class ListQuestion:
    """Which list is asked for: its day, its issues, its order. ``since`` bounds what has ended ((since, on])."""

    list_key: str
    scope: IssueScope
    on: date
    since: date
    which: str = ""
    light: str = ""
    #: A part of a firm's name, its initials or code.
    q: str = ""
    sort: str = "firm"

    @property
    def shown(self) -> str:
        """The key of WHICH that holds."""
        return self.which if self.which in WHICH else DEFAULT_WHICH[self.list_key]

    @cached_property
    def as_of(self) -> AsOf:
        """The day."""
        return AsOf(self.on, self.scope.today)


@dataclass(frozen=True)
class ThreeLists:
    """The rows a question means. `workdays` decide the lights of a day in the past."""

    question: ListQuestion
    workdays: Workdays = field(repr=False)

    def counts(self) -> dict[str, int]:
        """How many rows each of the three lists has, asked the same. One statement."""
        as_of = self.question.as_of
        asked = {key: replace(self.question, list_key=key) for key in LISTS}
        numbers = [func.count().filter(and_(true(), *_wanted(one, as_of))) for one in asked.values()]
        row = db.session.execute(self._based(select(*numbers))).one()
        return dict(zip(asked, row, strict=True))

    def count(self) -> int:
        """How many rows there are. One statement."""
        return db.session.scalar(self._narrowed(select(func.count(Issue.id)))) or 0

    def page(self, number: int, count: int, size: int = PAGE_SIZE) -> list[Line]:
        """The rows of one page of so many. A fixed number of statements."""
        number = min(number, max(1, ceil(count / size)))
        return self._lines(db.session.execute(self._ordered().limit(size).offset((number - 1) * size)).all())

    def every(self) -> Iterator[Line]:
        """Every row in the order of the list, some at a time."""
        rows = db.session.execute(self._ordered()).all()
        for start in range(0, len(rows), CHUNK):
            yield from self._lines(rows[start : start + CHUNK])

    def of(self, *conditions: ColumnElement[bool]) -> list[Line]:
        """The rows of the scope that meet these conditions instead of what the question shows."""
        begun = _begun(self.question.list_key, self.question.as_of)
        rows = db.session.execute(self._selected(self._based(self._columns()).where(begun, *conditions))).all()
        parts = (self._lines(rows[start : start + CHUNK]) for start in range(0, len(rows), CHUNK))
        return [line for part in parts for line in part]

    def _based(self, query: AnySelect) -> AnySelect:
        """Every issue of the scope that had been raised."""
        as_of = self.question.as_of
        return as_of.joined(self.question.scope.issues(query.select_from(Issue))).where(as_of.exists)

    def _narrowed(self, query: AnySelect) -> AnySelect:
        return self._based(query).where(*_wanted(self.question, self.question.as_of))

    def _columns(self) -> AnySelect:
        as_of = self.question.as_of
        return select(
            Issue.id, Issue.year, Issue.serial, Issue.firm_id, Issue.words, Issue.raised_on, Issue.channel,
            Issue.first_due_on, Issue.yellow_on, Issue.clock_days, Issue.sign_due_on, Issue.outcome, Issue.measures,
            Firm.name.label("firm"), IssueTopic.name.label("topic"), IssueClass.name.label("class_name"),
            User.name.label("leader"), as_of.state.label("state"), as_of.due_on.label("due_on"),
            as_of.ended_on.label("ended_on"),
        )  # fmt: skip

    def _selected(self, query: AnySelect) -> AnySelect:
        query = query.join(Firm, Firm.id == Issue.firm_id).join(IssueTopic, IssueTopic.id == Issue.topic_id)
        query = query.outerjoin(IssueClass, IssueClass.id == Issue.class_id).outerjoin(User, User.id == Issue.leader_id)
        return query.order_by(*SORTS.get(self.question.sort, SORTS["firm"]))

    def _ordered(self) -> AnySelect:
        return self._selected(self._narrowed(self._columns()))

    def _lines(self, rows: Sequence[Row[Any]]) -> list[Line]:
        hanging = Hanging.load([row.id for row in rows], self.question.as_of, self.question.list_key)
        return [self._line(row, hanging) for row in rows]

    def _line(self, row: Row[Any], hanging: Hanging) -> Line:
        given = row.due_on is not None
        lead = hanging.leads.get(row.id)
        closing = hanging.closings.get(row.id) if row.state == "closed_out" else None
        return Line(
            row.id, f"{row.year}-{row.serial:04d}", row.firm_id, row.firm, row.words, row.class_name or "", row.topic,
            row.raised_on, row.channel, row.state, self._light(row, lead.sign_due_on if lead else None),
            row.measures if given else "", (row.leader or "") if given else "", lead.unit if lead else "",
            lead.person if lead else "", tuple(hanging.assisting.get(row.id, ())), lead.assigned_on if lead else None,
            row.first_due_on if given else None, row.due_on, hanging.extensions.get(row.id, 0),
            tuple(hanging.progress.get(row.id, ())), row.outcome, tuple(hanging.evidence.get(row.id, ())),
            "未答复" if closing and not closing.answered else hanging.opinions.get(row.id, ""),
            closing.on if closing else None,
        )  # fmt: skip

    def _light(self, row: Row[Any], sign_due_on: date | None) -> Light:
        """The light of a row; for a day in the past by its dates of then, interim replies left aside."""
        on, first = self.question.on, row.first_due_on if row.due_on is not None else None
        if self.question.as_of.is_present and row.state not in ENDED:
            return issue_clock.light_between(row.yellow_on, row.due_on, first, on)
        facts = LightFacts(row.state, row.due_on, first, row.clock_days or 0, sign_due_on, ended_on=row.ended_on)
        return issue_clock.light(facts, on, self.workdays)


def _begun(list_key: str, as_of: AsOf) -> ColumnElement[bool]:
    """责任清单 and 落实清单 begin with 交办; what was explained without it still has a result."""
    if list_key == "problem":
        return true()
    given = as_of.due_on.is_not(None)
    return given if list_key == "responsibility" else or_(given, as_of.state == "explained")


def _wanted(question: ListQuestion, as_of: AsOf) -> list[ColumnElement[bool]]:
    """What an issue of the scope must meet to be a row."""
    is_open = as_of.is_open
    ended = and_(as_of.state.in_(ENDED), as_of.ended_on > question.since)
    shown = {"open": is_open, "ended": ended, "period": or_(is_open, ended)}.get(question.shown, true())
    found = [_begun(question.list_key, as_of), shown, *_lit(question, as_of)]
    if question.q:
        words = search.patterns(question.q)
        named = select(FirmSearch.firm_id).where(search.matches(words)) if words else None
        found.append(Issue.firm_id.in_(named) if named is not None else false())
    return found


def _lit(question: ListQuestion, as_of: AsOf) -> list[ColumnElement[bool]]:
    """What a light asks for. On a day in the past only what is or was late can be asked for."""
    if question.light not in LIGHTS:
        return []
    if as_of.is_present:
        return [lights.shows(question.light, question.on)]
    is_open, first = as_of.state.not_in(ENDED), Issue.first_due_on
    if question.light == "red":
        return [is_open, as_of.due_on < question.on]
    was = [first < question.on, as_of.due_on.is_not(None), or_(is_open, as_of.ended_on > first)]
    return was if question.light == "was" else []
