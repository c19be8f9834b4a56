"""Brings the kept results up to date: all firms in chunks, or those alone of which something changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, delete, exists, insert, select, text

from crm.assessing.batch import Outcome, judge_all
from crm.assessing.columns import NO, UNSURE, frame_of
from models import bulk, claim, clock, task
from models.assessment.bridge import YEARS_BACK, Inputs, Known, inputs_of
from models.assessment.kept import (
    AssessmentPass,
    AssessmentResult,
    AssessmentStale,
    Freshness,
    distance_of,
    state_of,
    versions_of,
)
from models.base import among, db
from models.firm.record import Firm
from models.firm.yearly import FirmFigure
from models.rule_book import shelf as books_in_force
from models.rules.assess.book import CONTRACT, REGIMES
from models.rules.assess.judge import ELIGIBLE, NOT_ELIGIBLE, UNKNOWN
from models.rules.assess.reading import Value
from models.rules.assess.shelf import Shelf
from models.task import Work

#: Firms judged together, and written in one short transaction.
CHUNK = 2_000
#: So many firms are judged while somebody waits for the page; more are left to the worker.
AT_ONCE = 2_000
KIND = "assess.keep"
#: One pass writes at a time on PostgreSQL; SQLite has one writer anyway. The number only has to be this one's own.
LOCK = 7_203_149
QUIET = {"synchronize_session": False}
COLUMNS = (
    "firm_id", "regime", "state", "as_new", "verdict", "short", "unknown", "shorts", "total", "held", "distance",
    "version", "judged_for", "judged_at",
)  # fmt: skip
_VERDICTS = {1: ELIGIBLE, 0: NOT_ELIGIBLE, -1: UNKNOWN}


def _eligible(on: date) -> tuple[ColumnElement[bool], ...]:
    """The active firms that have any figure of the years that count."""
    recent = exists().where(FirmFigure.firm_id == Firm.id, FirmFigure.year.between(on.year - YEARS_BACK, on.year))
    return Firm.status == "active", Firm.merged_into_id.is_(None), recent


def keep_all(on: date, at: datetime, shelf: Shelf, said: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Judge every firm anew and return how many; commits chunk by chunk, so that others may write in between.

    A change that is committed meanwhile leaves its mark for the next time.
    """
    marks = _marks()
    firm_ids = list(db.session.scalars(select(Firm.id).where(*_eligible(on)).order_by(Firm.id)))
    db.session.rollback()
    for done, chunk in _chunks(firm_ids):
        said(done, len(firm_ids))
        keep(chunk, on, at, shelf)
        db.session.commit()
    said(len(firm_ids), len(firm_ids))
    _passed(on, at, shelf, marks)
    db.session.commit()
    return len(firm_ids)


def keep_changed(on: date, at: datetime, shelf: Shelf, most: int | None = None) -> int:
    """Judge the marked firms anew, so many at most, and return how many; the caller commits."""
    _alone()
    firms = select(AssessmentStale.firm_id).where(AssessmentStale.firm_id.is_not(None)).distinct()
    chosen = [one for one in db.session.scalars(firms.order_by(AssessmentStale.firm_id).limit(most)) if one is not None]
    if chosen:
        marks = select(AssessmentStale.id).where(among(AssessmentStale.firm_id, chosen)).order_by(AssessmentStale.id)
        held = list(db.session.scalars(marks))
        for _, chunk in _chunks(chosen):
            keep(chunk, on, at, shelf)
        _done_with(held)
    return len(chosen)


def catch_up(on: date, at: datetime, shelf: Shelf) -> Freshness:
    """Judge what is due, when that is soon done, and say how fresh the results are then. The caller commits."""
    fresh = Freshness(shelf, on)
    if fresh.fresh:
        return fresh
    if not fresh.all_stale:
        keep_changed(on, at, shelf, AT_ONCE)
        return Freshness(shelf, on)
    few = list(db.session.scalars(select(Firm.id).where(*_eligible(on)).order_by(Firm.id).limit(AT_ONCE + 1)))
    if len(few) > AT_ONCE:
        return fresh
    marks = _marks()
    keep(few, on, at, shelf)
    _passed(on, at, shelf, marks)
    return Freshness(shelf, on)


def keep(firm_ids: Sequence[int], on: date, at: datetime, shelf: Shelf) -> None:
    """Write the results of these firms in place of those they had; the caller commits.

    A fixed number of statements. A firm that has no figure any more, or left, has none. What is read is read while
    nobody else judges: an older answer never takes the place of a newer one.
    """
    _alone()
    there = select(Firm.id).where(among(Firm.id, firm_ids), *_eligible(on)).order_by(Firm.id)
    found = list(inputs_of(list(db.session.scalars(there)), on).values()) if firm_ids else []
    common = frame_of([_values(inputs.known) for inputs in found])
    rows = [row for regime in REGIMES for row in rows_of(found, common, regime, on, at, shelf)] if found else []
    if firm_ids:
        gone = delete(AssessmentResult).where(among(AssessmentResult.firm_id, firm_ids))
        db.session.execute(gone, execution_options=QUIET)
    bulk.put(db.metadata.tables["assessment_result"], COLUMNS, rows)


def _marks() -> list[int]:
    return list(db.session.scalars(select(AssessmentStale.id).order_by(AssessmentStale.id)))


def _passed(on: date, at: datetime, shelf: Shelf, marks: Sequence[int]) -> None:
    """Say that all were judged, and forget who is no longer judged."""
    _alone()
    judged = exists().where(Firm.id == AssessmentResult.firm_id, *_eligible(on))
    db.session.execute(delete(AssessmentResult).where(~judged), execution_options=QUIET)
    versions = versions_of(shelf, on)
    old = [regime for regime, version in versions.items() if not version]
    db.session.execute(delete(AssessmentResult).where(AssessmentResult.regime.in_(old)), execution_options=QUIET)
    db.session.execute(delete(AssessmentPass), execution_options=QUIET)
    passes = [
        {"regime": regime, "version": version, "judged_for": on, "judged_at": at}
        for regime, version in versions.items()
    ]
    db.session.execute(insert(AssessmentPass), passes)
    _done_with(marks)


def rows_of(
    found: list[Inputs], common: pd.DataFrame, regime: str, on: date, at: datetime, shelf: Shelf
) -> Iterator[tuple[Any, ...]]:
    """The rows of firms for one title, as COLUMNS; none where no book gives an answer. `common` holds what every title
    reads of them."""
    book = shelf.in_force(regime, on)
    if book is None or not book.scoring:
        return
    outcome = judge_all(_frame(common, found, regime), on, shelf, [regime])[regime]
    keys = CONTRACT[regime][0]
    answers = {key: outcome.conditions[key].tolist() for key in keys}
    verdicts, totals = outcome.verdict.tolist(), _totals(outcome, len(found))
    for place, inputs in enumerate(found):
        short = tuple(key for key in keys if answers[key][place] == NO)
        unknown = tuple(key for key in keys if answers[key][place] == UNSURE)
        verdict, total = _VERDICTS[verdicts[place]], totals[place]
        title = inputs.known.get(f"titles.{regime}")
        held = title.note if title and title.value is True else ""
        as_new = state_of(verdict, short)
        yield (
            inputs.firm_id, regime, "held" if held else as_new, as_new, verdict, " ".join(short), " ".join(unknown),
            len(short), total, held, distance_of(len(short), len(unknown), total), book.version, on, at,
        )  # fmt: skip


def _frame(common: pd.DataFrame, found: list[Inputs], regime: str) -> pd.DataFrame:
    """What all titles read of the firms, with what this one reads in its own way laid over it."""
    own = frame_of([_values(inputs.by_regime.get(regime, {})) for inputs in found])
    frame = common.copy(deep=False)
    for name in own.columns:
        frame[name] = own[name].combine_first(frame[name]) if name in frame.columns else own[name]
    return frame


def _values(known: Mapping[str, Known]) -> dict[str, Value]:
    return {name: one.value for name, one in known.items()}


def _totals(outcome: Outcome, rows: int) -> list[int | None]:
    if not outcome.total:
        return [None] * rows
    low, high = (part.tolist() for part in outcome.points[outcome.total])
    return [int(least) if least == most else None for least, most in zip(low, high, strict=True)]


def _chunks(ids: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    for start in range(0, len(ids), CHUNK):
        yield start, ids[start : start + CHUNK]


def _done_with(marks: Sequence[int]) -> None:
    for _, chunk in _chunks(marks):
        db.session.execute(delete(AssessmentStale).where(among(AssessmentStale.id, chunk)), execution_options=QUIET)


def _alone() -> None:
    """Wait for whoever judges now; to the end of the transaction."""
    claim.begin_writing()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


@task.task_kind(KIND, "重算申报候选")
def run(work: Work) -> dict[str, Any]:
    """The task: judge all firms anew as of today, saying how far it is."""
    now = clock.now()
    judged = keep_all(
        clock.local(now).date(), now, books_in_force(), lambda done, total: work.progress(done, total, "正在对照")
    )
    return {"firms": judged}
