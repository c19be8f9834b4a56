"""Rows of an import as its pages ask for them: by effect, by what is wrong, by a text in them; and those that wait."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from models.base import db
from models.firm.record import Firm
from models.importing import ImportProblem, ImportRow, ImportRun, MatchDecision
from models.user import User

#: Between the column and the words of a kind of problem in an address.
BETWEEN = "｜"
#: A row that waits can be decided while its import is in one of these states.
DECIDABLE = ("planned", "applied")
#: A statement that selects rows of imports.
Waiting = Select[ImportRow]
_VARIES = re.compile(r"“[^”]*”|\d[\d,.]*")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One kind of problem of an import: how the address names it, the words, how many cells or rows have it."""

    key: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows of an import a page wants; whatever is empty does not narrow."""

    effects: tuple[str, ...] = ()
    text: str = ""
    #: The key of a Wrong; `*` for rows with any problem.
    wrong: str = ""
    #: Only those a person decided.
    decided: bool = False


def count(run: ImportRun, asked: Asked) -> int:
    """How many rows are wanted. One statement."""
    return db.session.scalar(select(func.count()).select_from(ImportRow).where(*_wanted(run, asked))) or 0


def page(run: ImportRun, asked: Asked, offset: int, limit: int) -> list[ImportRow]:
    """Some of the rows wanted, in the order of the file. One statement; sorts nothing but ids."""
    ids = select(ImportRow.id).where(*_wanted(run, asked)).order_by(ImportRow.id).offset(offset).limit(limit)
    query = select(ImportRow).where(ImportRow.id.in_(ids)).order_by(ImportRow.id)
    return list(db.session.scalars(query))


def _wanted(run: ImportRun, asked: Asked) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [ImportRow.import_id == run.id]
    if asked.effects:
        conditions.append(ImportRow.effect.in_(asked.effects))
    if asked.decided:
        conditions.append(ImportRow.decision.is_not(None))
    if asked.text:
        conditions.append(ImportRow.cells.contains(_as_kept(asked.text), autoescape=True))
    if asked.wrong:
        conditions.append(exists().where(*_problem_of_row(), *_of_kind(asked.wrong)))
    return conditions


def _as_kept(text: str) -> str:
    """A text as it stands in the cells, which are kept as JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _problem_of_row() -> tuple[ColumnElement[bool], ...]:
    problem = ImportProblem
    return (
        problem.import_id == ImportRow.import_id,
        problem.sheet == ImportRow.sheet,
        problem.row == ImportRow.row,
    )


def _of_kind(key: str) -> list[ColumnElement[bool]]:
    if key == "*":
        return []
    column, _, words = key.partition(BETWEEN)
    pattern = "%".join(_escaped(part) for part in words.split("…"))
    return [ImportProblem.column == column, ImportProblem.message.like(pattern, escape="\\")]


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def kinds_of_problems(run: ImportRun, limit: int = 30) -> list[Wrong]:
    """What is wrong in an import, the most frequent first; names and numbers in the words are left open."""
    query = select(ImportProblem.column, ImportProblem.message, func.count()).where(ImportProblem.import_id == run.id)
    found: Counter[tuple[str, str]] = Counter()
    for column, message, number in db.session.execute(query.group_by(ImportProblem.column, ImportProblem.message)):
        found[column, _VARIES.sub("…", message)] += number
    kinds = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:limit]
    return [
        Wrong(f"{column}{BETWEEN}{words}", f"{column}：{words}" if column else words, number)
        for (column, words), number in kinds
    ]


def problems_of(rows: Sequence[ImportRow]) -> dict[tuple[str, int], list[ImportProblem]]:
    """What is wrong with these rows of one import, by sheet and row. One statement."""
    found: dict[tuple[str, int], list[ImportProblem]] = {}
    if not rows:
        return found
    numbers: dict[str, list[int]] = {}
    for row in rows:
        numbers.setdefault(row.sheet, []).append(row.row)
    places = or_(
        *(and_(ImportProblem.sheet == sheet, ImportProblem.row.in_(of_sheet)) for sheet, of_sheet in numbers.items())
    )
    query = select(ImportProblem).where(ImportProblem.import_id == rows[0].import_id, places)
    for problem in db.session.scalars(query.order_by(ImportProblem.id)):
        found.setdefault((problem.sheet, problem.row), []).append(problem)
    return found


def waiting(user: User, run: ImportRun | None = None) -> Waiting:
    """Select the rows that wait for a person, of one import, or of all that are written and that this person may see,
    unordered. Before a file is written what other files bring may still decide its rows."""
    runs = ImportRun.visible_to(user).order_by(None)
    if run is not None:
        runs = runs.where(ImportRun.id == run.id, ImportRun.state.in_(DECIDABLE))
    else:
        runs = runs.where(ImportRun.state == "applied")
    ids = runs.with_only_columns(ImportRun.id)
    return select(ImportRow).where(ImportRow.effect == "held", ImportRow.import_id.in_(ids))


def count_waiting(user: User, run: ImportRun | None = None) -> int:
    """How many rows wait for this person."""
    return db.session.scalar(waiting(user, run).with_only_columns(func.count())) or 0


def decisions_for(user: User, limit: int = 100) -> list[tuple[MatchDecision, str]]:
    """What people said of written names, the newest first, with the name of the firm; only of firms this person may
    see. One statement."""
    query = (
        Firm.visible_to(user)
        .join(MatchDecision, MatchDecision.firm_id == Firm.id)
        .with_only_columns(MatchDecision, Firm.name)
        .options(joinedload(MatchDecision.decided_by).lazyload(User.roles))
    )
    rows = db.session.execute(query.order_by(MatchDecision.decided_at.desc(), MatchDecision.id.desc()).limit(limit))
    return [(decision, name) for decision, name in rows]
