"""All firms against every rule book in one pass: in float64, the rows near a border again by the exact evaluator."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from crm.assessing.columns import NO, UNSURE, YES, Answers, Columns
from crm.assessing.vector import Range, Vector
from models.rules.assess.book import CONTRACT, REGIMES, Book
from models.rules.assess.judge import ELIGIBLE, NOT_ELIGIBLE, UNKNOWN
from models.rules.assess.shelf import Shelf

#: What the code of a verdict or of a condition stands for.
VERDICTS = {int(YES): ELIGIBLE, int(NO): NOT_ELIGIBLE, int(UNSURE): UNKNOWN}
_KINDS = pd.CategoricalDtype([NOT_ELIGIBLE, ELIGIBLE, UNKNOWN])
Counts = npt.NDArray[np.int8]


@dataclass(slots=True)
class Outcome:
    """One regime for all firms, row by row: 1 yes, 0 no, -1 unknown; points and bands as least and greatest.

    `exact` is how many rows stood at a border and were judged exactly there.
    """

    version: str | None
    verdict: Answers
    conditions: dict[str, Answers]
    points: dict[str, Range]
    bands: dict[str, Range]
    direct: Answers
    total: str
    exact: int

    @property
    def gaps(self) -> Counts:
        """How many conditions fail in every row."""
        return np.sum([met == NO for met in self.conditions.values()], axis=0, dtype=np.int8)

    @property
    def unknowns(self) -> Counts:
        """How many conditions are unknown in every row."""
        return np.sum([met == UNSURE for met in self.conditions.values()], axis=0, dtype=np.int8)


def judge_all(frame: pd.DataFrame, on: date, shelf: Shelf, regimes: Iterable[str] = REGIMES) -> dict[str, Outcome]:
    """The outcome of every regime for the firms of a frame (see ``columns``), by the books in force on the day."""
    columns = Columns(frame, on)
    return {regime: _judged(regime, shelf.in_force(regime, on), columns) for regime in regimes}


def judge_by(book: Book, frame: pd.DataFrame, on: date) -> Outcome:
    """The outcome of one book, also of one that is not in force yet: what a new version would change."""
    return _judged(book.regime, book, Columns(frame, on))


def table(outcomes: dict[str, Outcome], index: pd.Index) -> pd.DataFrame:
    """Verdict, certain total, failing and unknown conditions of every regime, as columns `hnte.verdict` and so on."""
    found: dict[str, object] = {}
    for regime, outcome in outcomes.items():
        codes = np.where(outcome.verdict == UNSURE, 2, outcome.verdict)
        found[f"{regime}.verdict"] = pd.Categorical.from_codes(codes.astype(np.int64), dtype=_KINDS)
        if outcome.total:
            low, high = outcome.points[outcome.total]
            found[f"{regime}.total"] = np.where(low == high, low.astype(np.float64), np.nan)
        found[f"{regime}.gaps"] = outcome.gaps
        found[f"{regime}.unknowns"] = outcome.unknowns
    return pd.DataFrame(found, index=index)


def _judged(regime: str, book: Book | None, columns: Columns) -> Outcome:
    if book is None or not book.scoring:
        unsure = {key: np.full(columns.rows, UNSURE) for key in CONTRACT[regime][0]}
        nobody = np.full(columns.rows, NO)
        return Outcome(book.version if book else None, np.full(columns.rows, UNSURE), unsure, {}, {}, nobody, "", 0)
    found = Vector(book, columns)
    return Outcome(
        book.version, found.verdict, found.conditions, found.points, found.bands, found.direct, book.total,
        int(found.near.sum()),
    )  # fmt: skip
