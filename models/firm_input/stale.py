"""Whose figures are older than a year, and what an officer is told of 企业填报."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select

from models.base import db
from models.firm.yearly import FirmFigure
from models.firm_input.record import FirmInput, open_of
from models.rules.firm_input import FIGURES, is_old


@dataclass(frozen=True, slots=True)
class Freshness:
    """The latest year of a firm's figures (None: there are none), whether that is old, the request under way."""

    year: int | None
    old: bool
    request: FirmInput | None


def freshness_of(firm_id: int, on: date) -> Freshness:
    """How fresh a firm's figures are on a day. Two statements."""
    query = select(func.max(FirmFigure.year)).where(FirmFigure.firm_id == firm_id, FirmFigure.key.in_(FIGURES))
    year = db.session.scalar(query.where(FirmFigure.year <= on.year))
    return Freshness(year, year is not None and is_old(year, on.year), open_of([firm_id]).get(firm_id))


def firms_with_old_figures(on: date) -> Select[int]:
    """The ids of firms that have figures, but none of the last accounting year or later."""
    query = select(FirmFigure.firm_id).where(FirmFigure.key.in_(FIGURES), FirmFigure.year <= on.year)
    return query.group_by(FirmFigure.firm_id).having(func.max(FirmFigure.year) < on.year - 1)


def firms_with_figures() -> Select[int]:
    """The ids of firms that have any figure they could be asked for."""
    return select(FirmFigure.firm_id).where(FirmFigure.key.in_(FIGURES))
