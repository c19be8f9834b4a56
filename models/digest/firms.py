"""A firm in a digest: its name, and what decides for whom it exists."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from models.digest.readers import Place
from models.firm.record import Firm

_PLACE = (Firm.area_id, Firm.park_id, Firm.officer_a_id, Firm.officer_b_id)


@dataclass(frozen=True, slots=True)
class FirmAt:
    """A firm's name, and for whom it exists."""

    id: int
    name: str
    place: Place


def with_firm(*columns: Any) -> Any:
    """Select columns with what `firm_of` needs; the caller joins the firm."""
    return select(*columns, Firm.id.label("firm_id"), Firm.name.label("firm_name"), *_PLACE)


def firm_of(row: Row[Any]) -> FirmAt:
    """The firm of a row that was selected so."""
    place = Place(row.area_id, row.park_id, row.officer_a_id, row.officer_b_id)
    return FirmAt(row.firm_id, row.firm_name, place)
