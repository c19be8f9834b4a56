"""Candidates for one title: which firms are ready, nearly, blocked or unknown, judged all at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from crm.assessing.batch import Outcome, judge_all
from crm.assessing.columns import NO, UNSURE, frame_of
from models.assessment.bridge import YEARS_BACK, Inputs, flat_values, inputs_of
from models.base import db
from models.firm.record import Firm
from models.firm.yearly import FirmFigure
from models.rules.assess.book import CONTRACT, Book
from models.rules.assess.judge import ELIGIBLE, NOT_ELIGIBLE, UNKNOWN
from models.rules.assess.shelf import Shelf
from models.user import User

STATES = {"ready": "已达标", "nearly": "差一两项", "blocked": "差得多", "unknown": "不明", "held": "已持有"}
#: So many failing conditions are nearly there.
NEARLY = 2
#: What no figure mends: a firm that fails here is blocked, however little else is missing.
FIXED = frozenset({"resident", "industry", "compliance"})
_VERDICTS = {1: ELIGIBLE, 0: NOT_ELIGIBLE, -1: UNKNOWN}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One firm: where it stands, the conditions that fail, those nobody knows, and its points where they are sure."""

    firm_id: int
    state: str
    verdict: str
    short: tuple[str, ...]
    unknown: tuple[str, ...]
    total: int | None
    held: str

    @property
    def distance(self) -> tuple[int, int, int, int]:
        """What sorts the list: fewer failing, fewer unknown, more points."""
        return len(self.short), len(self.unknown), -(self.total or 0), self.firm_id


def candidates(
    user: User, regime: str, on: date, shelf: Shelf, conditions: Sequence[ColumnElement[bool]] = ()
) -> tuple[list[Candidate], int]:
    """The firms a person sees that have any figure of the years that count, nearest first, and how many have none.

    A fixed number of statements for every five thousand firms.
    """
    recent = select(FirmFigure.firm_id).where(FirmFigure.year.between(on.year - YEARS_BACK, on.year))
    seen = Firm.visible_to(user).where(Firm.status == "active", *conditions).with_only_columns(Firm.id)
    every = list(db.session.scalars(seen.order_by(Firm.id)))
    known = set(db.session.scalars(recent.distinct()))
    ids = [firm_id for firm_id in every if firm_id in known]
    found = list(inputs_of(ids, on).values())
    book = shelf.in_force(regime, on)
    if not found or book is None or not book.scoring:
        return [], len(every) - len(ids)
    outcome = judge_all(frame_of(flat_values(found, regime)), on, shelf, [regime])[regime]
    rows = [_candidate(place, inputs, regime, outcome) for place, inputs in enumerate(found)]
    return sorted(rows, key=lambda row: row.distance), len(every) - len(ids)


def _candidate(place: int, inputs: Inputs, regime: str, outcome: Outcome) -> Candidate:
    met = {key: outcome.conditions[key][place] for key in CONTRACT[regime][0]}
    short = tuple(key for key, answer in met.items() if answer == NO)
    unknown = tuple(key for key, answer in met.items() if answer == UNSURE)
    verdict = _VERDICTS[int(outcome.verdict[place])]
    title = inputs.known.get(f"titles.{regime}")
    held = title.note if title and title.value is True else ""
    total = None
    if outcome.total:
        low, high = (int(part[place]) for part in outcome.points[outcome.total])
        total = low if low == high else None
    return Candidate(inputs.firm_id, "held" if held else state_of(verdict, short), verdict, short, unknown, total, held)


def state_of(verdict: str, short: Sequence[str]) -> str:
    """ready, nearly (at most two conditions fail, and figures can mend them), blocked or unknown."""
    if verdict == ELIGIBLE:
        return "ready"
    if verdict == UNKNOWN:
        return "unknown"
    return "nearly" if len(short) <= NEARLY and not FIXED & set(short) else "blocked"


def labels(book: Book) -> dict[str, str]:
    """What the conditions of a book are called."""
    return {condition.key: condition.label for condition in book.conditions}
