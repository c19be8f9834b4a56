"""The page of what came after an edition was issued: every reconciled figure, and its rows as one person sees them."""

from dataclasses import dataclass

from models.report import composing, late, reading
from models.report.drafting import printed_gone
from models.report.late import Difference
from models.report.record import Report
from models.report.rows import Row, printed
from models.user import User


@dataclass(frozen=True, slots=True)
class Shown:
    """The rows of one figure: those that came late, those that went, and all that count today."""

    late: list[Row]
    gone: list[Row]
    today: list[Row]


def differences(report: Report) -> list[Difference]:
    """Every reconciled figure of an issued edition against its days as they are now."""
    return late.differences(report, composing.counter_for(report, report.last_on))


def changed(report: Report) -> list[Difference]:
    """Those where something came or went."""
    return [one for one in differences(report) if not one.rows.same]


def rows_of(report: Report, one: Difference, user: User) -> Shown:
    """The rows behind the equation, those this person may see."""
    now = sorted((one.rows.printed | one.rows.late) - one.rows.gone)
    return Shown(
        reading.seen(printed(one.of, sorted(one.rows.late)), one.of, user),
        reading.seen(printed_gone(report, one.slot, one.of, one.rows.gone), one.of, user),
        reading.seen(printed(one.of, now), one.of, user),
    )
