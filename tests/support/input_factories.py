"""Rows for 企业填报: a request, its link, a firm that fills it in and hands it in. Names are invented."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from models import clock
from models.firm.record import Firm
from models.firm_input import asking, filling
from models.firm_input.filling import Answer, By
from models.firm_input.record import FirmInput
from models.link import Link
from models.rules.firm_input import Cell
from models.user import User
from tests.support.factories import make_firm, make_user

#: What is asked of a firm in most tests.
CELLS: tuple[Cell, ...] = (
    ("staff_total", 2025), ("rd_staff", 2025), ("operating_revenue", 2025), ("rd_expense", 2025),
)  # fmt: skip


def make_input(
    firm: Firm | None = None, cells: Sequence[Cell] = CELLS, by: User | None = None, at: datetime | None = None,
    due_on: date | None = None,
) -> FirmInput:  # fmt: skip
    """A request that has not gone out."""
    at = at or clock.now()
    until = due_on or clock.local(at).date() + timedelta(days=14)
    return asking.ask_one(firm or make_firm(), cells, by or make_user(), at, until)


def make_input_link(row: FirmInput | None = None) -> Link:
    """The link of a request that went out."""
    return sent(row or make_input())[0]


def sent(row: FirmInput, at: datetime | None = None) -> tuple[Link, str]:
    """It went out; the link and its secret."""
    return asking.send(row, make_user(), at or clock.now(), label="财务王会计")


def submitted(row: FirmInput, values: Mapping[Cell, str], at: datetime | None = None, via: str = "link") -> FirmInput:
    """The firm filled in these values, said that everything asked about is right, and handed it in."""
    at = at or clock.now()
    by = By(via, None if via == "link" else make_user())
    assert filling.save(row, {cell: Answer(text) for cell, text in values.items()}, by, at) == {}
    filling.submit(row, [doubt.code for doubt in filling.doubts_of(row)], "", by, at)
    return row
