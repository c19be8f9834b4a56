"""Firms of the demo district that are asked for figures, in every state, told by the acts themselves."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from models import clock
from models.base import db
from models.firm.record import Firm
from models.firm_input import asking, filling, reviewing
from models.firm_input.filling import Answer, By
from models.firm_input.known import register_of
from models.firm_input.record import FirmInput
from models.firm_input.stale import firms_with_old_figures
from models.rules.firm_input import GROUP_OF, Cell
from models.user import User

#: One firm in so many has not reported the last year.
OLD_EACH = 8
MORNING = timedelta(hours=10)
FIRM = By("link")


def make_old(district: Any, today: date) -> None:
    """Let some firms be a year behind with their figures, before anything is written."""
    for row in district.rows.get("firm_figure", ()):
        if row["firm_id"] % OLD_EACH == 0:
            row["year"] -= 1
            row["source_on"] = row["source_on"].replace(year=row["source_on"].year - 1)


def add_inputs(today: date) -> int:
    """Ask the firms whose figures are old, and carry each request as far as its story goes; how many. The caller
    commits; rows of firms and figures are there. Every other round of stories some firms are left to be asked."""
    query = select(Firm).where(Firm.id.in_(firms_with_old_figures(today)), Firm.status == "active")
    firms = list(db.session.scalars(query.where(Firm.officer_a_id.is_not(None)).order_by(Firm.id).limit(60)))
    told = 0
    for place, firm in enumerate(firms):
        story = STORIES[place % len(STORIES)]
        if story is not None:
            officer = db.session.get_one(User, firm.officer_a_id)
            story(firm, officer, today)
            told += 1
    db.session.flush()
    return told


Story = Callable[[Firm, User, date], FirmInput]


def _asked(firm: Firm, officer: User, today: date, ago: int = 0, days: int = 14) -> FirmInput:
    at = clock.day_begins(today - timedelta(days=ago)) + MORNING
    year = today.year - 1
    cells: list[Cell] = [(key, year) for key in GROUP_OF if GROUP_OF[key] != "rights" and key != "net_assets"]
    return asking.ask_one(firm, cells, officer, at, today - timedelta(days=ago - days), "申报季前核对一下数")


def _sent(firm: Firm, officer: User, today: date, ago: int = 3, days: int = 14) -> FirmInput:
    row = _asked(firm, officer, today, ago, days)
    at = clock.day_begins(today - timedelta(days=ago)) + MORNING
    asking.send(row, officer, at, label="财务负责人")
    return row


def _late(firm: Firm, officer: User, today: date) -> FirmInput:
    return _sent(firm, officer, today, ago=20)


def _filling(firm: Firm, officer: User, today: date) -> FirmInput:
    row = _sent(firm, officer, today)
    at = clock.day_begins(today - timedelta(days=1)) + MORNING
    filling.save(row, {cell: given for cell, given in _answers(row).items() if GROUP_OF[cell[0]] == "staff"}, FIRM, at)
    return row


def _submitted(firm: Firm, officer: User, today: date, ago: int = 1) -> FirmInput:
    row = _sent(firm, officer, today, ago=ago + 2)
    at = clock.day_begins(today - timedelta(days=ago)) + MORNING
    filling.save(row, _answers(row), FIRM, at)
    filling.submit(row, [doubt.code for doubt in filling.doubts_of(row)], "以汇算清缴数为准", FIRM, at)
    asking.end_links([row.id], at)
    return row


def _returned(firm: Firm, officer: User, today: date) -> FirmInput:
    row = _submitted(firm, officer, today, ago=4)
    at = clock.day_begins(today - timedelta(days=2)) + MORNING
    notes = {("rd_expense", today.year - 1): "要和研发费用辅助账一致，含委托研发"}
    reviewing.send_back(row, "研发费用请再核一遍", notes, officer, at)
    asking.send(row, officer, at, label="财务负责人")
    return row


def _adopted(firm: Firm, officer: User, today: date) -> FirmInput:
    row = _submitted(firm, officer, today, ago=5)
    at = clock.day_begins(today - timedelta(days=4)) + MORNING
    reviewing.adopt(row, [figure.cell for figure in row.figures], officer, at)
    return row


def _void(firm: Firm, officer: User, today: date) -> FirmInput:
    row = _sent(firm, officer, today, ago=6)
    asking.void(row, officer, clock.day_begins(today - timedelta(days=5)) + MORNING, "走访时当面要到了报表")
    return row


def _answers(row: FirmInput) -> dict[Cell, Answer]:
    """A little more than the year before; what was not known then is not known now."""
    register = register_of(row.firm_id)
    found = {}
    for figure in row.figures:
        last = register.last(figure.key, figure.year)
        if last is None:
            found[figure.cell] = Answer(unclear=True)
        else:
            grown = last.value * Decimal("1.08")
            found[figure.cell] = Answer(f"{grown.quantize(Decimal(1)):f}")
    return found


STORIES: tuple[Story | None, ...] = (_submitted, _filling, None, _adopted, _asked, _returned, _late, None, _sent, _void)
