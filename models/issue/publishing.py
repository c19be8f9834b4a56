"""Editions (第 n 期): the rows of a list copied as printed, compared with the edition before, and kept for ever."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.figures.scope import AnySelect
from models.firm.record import Firm
from models.issue.editions import IssueEdition, IssueEditionRow
from models.issue.parts import IssueExtension
from models.issue.record import ENDED, Issue
from models.issue.scope import IssueScope
from models.issue.three_lists import ListQuestion, ThreeLists
from models.issue.trace import IssueMove
from models.rules import three_lists
from models.rules.issue_kinds import LISTS, MARKS
from models.rules.three_lists import Before, Cell, Line, Tally
from models.rules.workday import Workdays
from models.user import User

#: Rows written per statement.
CHUNK = 1_000
#: What stands in the column 较上期 for what was late before and still is.
STILL_OVERDUE = "仍逾期"


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A row as it would be printed."""

    line: Line
    cells: dict[str, Cell]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """The next edition of a list and scope, as it would be published now."""

    list_key: str
    scope: IssueScope
    number: int
    before: IssueEdition | None
    open_before: int
    rows: list[DraftRow]

    @cached_property
    def tally(self) -> Tally:
        """What it counts."""
        return three_lists.tally((row.line.state, row.line.light.colour, row.marks) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of an edition as it was printed."""

    issue_id: int
    position: int
    cells: dict[str, Cell]
    state: str
    light: str
    marks: tuple[str, ...]


def scope_key(scope: IssueScope) -> str:
    """The name a scope has among editions: its filters as the address says them."""
    return urlencode(scope.query())


def scope_of(edition: IssueEdition, user: User, today: date) -> IssueScope:
    """The scope an edition was printed with."""
    return IssueScope.parse(dict(parse_qsl(edition.scope)), user, today)


def latest(list_key: str, scope: str) -> IssueEdition | None:
    """The last edition of a list and scope. One statement."""
    query = select(IssueEdition).where(IssueEdition.list_key == list_key, IssueEdition.scope == scope)
    return db.session.scalar(query.order_by(IssueEdition.number.desc()).limit(1))


def next_number(list_key: str, scope: IssueScope) -> int:
    """The number that the next edition of a list and scope bears. One statement."""
    before = latest(list_key, scope_key(scope))
    return before.number + 1 if before else 1


def draft(list_key: str, scope: IssueScope, at: datetime, workdays: Workdays) -> Draft:
    """What would be published at this moment: what is open, and what has ended since the edition before (of a first
    落实清单, since 1 January). Raises Refused for who does not see every issue: an edition speaks for the bureau."""
    user = scope.user
    if user is not None and not ("issues.view" in user.permissions and Firm.all_visible_to(user)):
        raise Refused("期次面向全局印发，要能看到全部问题的人来发布")
    today = clock.local(at).date()
    before = latest(list_key, scope_key(scope))
    stood = _stood(before)
    question = ListQuestion(list_key, scope, today, date(today.year - 1, 12, 31), which="all")
    ended = _ended_since(before, question)
    lines = ThreeLists(question, workdays).of(or_(question.as_of.state.not_in(ENDED), ended))
    granted = _extended_since(before)
    rows = [_row(list_key, line, before, stood.get(line.issue_id), granted) for line in lines]
    open_before = sum(row.is_open for row in stood.values())
    return Draft(list_key, scope, before.number + 1 if before else 1, before, open_before, rows)


def publish(made: Draft, actor: User, at: datetime, bureau: str) -> IssueEdition:
    """Keep a draft as an edition. The caller commits. Raises Refused when somebody published this number meanwhile."""
    edition = IssueEdition(
        list_key=made.list_key, scope=scope_key(made.scope), scope_words=made.scope.words()[:200], number=made.number,
        title=three_lists.title(made.list_key, bureau, made.number), as_of_on=clock.local(at).date(), as_of_at=at,
        before_id=made.before.id if made.before else None, made_by_id=actor.id,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(edition)
            db.session.flush()
    except IntegrityError as error:
        raise Refused(f"第 {made.number} 期刚由别人发布，请看期次") from error
    for start in range(0, len(made.rows), CHUNK):
        db.session.add_all(
            IssueEditionRow(
                edition_id=edition.id, position=start + place, issue_id=row.line.issue_id,
                cells=json.dumps(row.cells, ensure_ascii=False), state=row.line.state, light=row.line.light.colour,
                due_on=row.line.due_on, mark=row.marks[0] if row.marks else None,
            )
            for place, row in enumerate(made.rows[start : start + CHUNK], 1)
        )  # fmt: skip
        db.session.flush()
    return edition


def list_editions(user: User) -> list[tuple[IssueEdition, int]]:
    """The editions this person may open, the newest first, each with the number of its rows that they may see; who
    does not see every issue has only editions with a row of theirs. One statement."""
    rows = _rows_for(user, select(IssueEditionRow.edition_id, func.count().label("number")))
    counted = rows.group_by(IssueEditionRow.edition_id).subquery()
    query = select(IssueEdition, func.coalesce(counted.c.number, 0)).options(joinedload(IssueEdition.made_by))
    query = query.join(counted, counted.c.edition_id == IssueEdition.id, isouter=_sees_all(user))
    query = query.order_by(IssueEdition.as_of_at.desc(), IssueEdition.id.desc())
    return [(row[0], row[1]) for row in db.session.execute(query)]


def get_for(user: User, edition_id: int) -> tuple[IssueEdition, list[Kept]]:
    """An edition with those of its rows that this person may see, as printed. Raises NotFound. Two statements."""
    query = select(IssueEdition).options(joinedload(IssueEdition.made_by)).where(IssueEdition.id == edition_id)
    edition = db.session.scalar(query)
    if edition is None:
        raise NotFound
    rows = _rows_for(user, select(IssueEditionRow)).where(IssueEditionRow.edition_id == edition_id)
    kept = [_kept(row) for row in db.session.scalars(rows.order_by(IssueEditionRow.position))]
    if not kept and not _sees_all(user):
        raise NotFound
    return edition, kept


def tally_of(rows: Sequence[Kept]) -> Tally:
    """What these rows count."""
    return three_lists.tally((row.state, row.light, row.marks) for row in rows)


def open_in(user: User, edition_id: int) -> int:
    """How many rows of an edition that this person may see were open. One statement."""
    query = _rows_for(user, select(func.count()).select_from(IssueEditionRow))
    query = query.where(IssueEditionRow.edition_id == edition_id, IssueEditionRow.state.not_in(ENDED))
    return db.session.scalar(query) or 0


def _sees_all(user: User) -> bool:
    return "issues.view" in user.permissions and Firm.all_visible_to(user)


def _rows_for(user: User, query: AnySelect) -> AnySelect:
    if _sees_all(user):
        return query
    return query.where(IssueEditionRow.issue_id.in_(Issue.visible_to(user).with_only_columns(Issue.id)))


def _kept(row: IssueEditionRow) -> Kept:
    cells = json.loads(row.cells)
    said = str(cells.get("against", "")).split("、")
    marks = tuple(key for key, word in MARKS.items() if word in said)
    return Kept(row.issue_id, row.position, cells, row.state, row.light, marks)


def _stood(before: IssueEdition | None) -> dict[int, Before]:
    if before is None:
        return {}
    query = select(IssueEditionRow.issue_id, IssueEditionRow.state, IssueEditionRow.light)
    rows = db.session.execute(query.where(IssueEditionRow.edition_id == before.id))
    return {issue_id: Before(state, light) for issue_id, state, light in rows}


def _ended_since(before: IssueEdition | None, question: ListQuestion) -> ColumnElement[bool]:
    """Ended after the moment of the edition before."""
    as_of = question.as_of
    if before is None:
        wanted = as_of.ended_on > question.since
        return and_(as_of.state.in_(ENDED), wanted) if question.list_key == "follow_through" else false()
    ending = exists().where(
        IssueMove.issue_id == Issue.id, IssueMove.to_state.in_(ENDED), IssueMove.at > before.as_of_at,
        func.coalesce(IssueMove.from_state, "") != IssueMove.to_state,
    )  # fmt: skip
    return and_(as_of.state.in_(ENDED), ending)


def _extended_since(before: IssueEdition | None) -> frozenset[int]:
    if before is None:
        return frozenset()
    query = select(IssueExtension.issue_id).where(IssueExtension.granted.is_(True))
    return frozenset(db.session.scalars(query.where(IssueExtension.decided_at > before.as_of_at)))


def _row(
    list_key: str, line: Line, before: IssueEdition | None, stood: Before | None, granted: frozenset[int]
) -> DraftRow:
    cells = {**three_lists.cells(list_key, line), "firm_id": line.firm_id}
    if before is None:
        return DraftRow(line, cells, ())
    marks = three_lists.marks(stood, line, line.issue_id in granted)
    words = [MARKS[mark] for mark in marks]
    if line.light.colour == "red" and "overdue" not in marks:
        words.append(STILL_OVERDUE)
    return DraftRow(line, {**cells, "against": "、".join(words)}, marks)


def name_of(edition: IssueEdition) -> str:
    """What an edition is called in a list."""
    return f"{LISTS[edition.list_key]}第 {edition.number} 期"
