"""Whether a visit came after its period was printed (补录). Who freezes periods tells here which are frozen."""

from collections.abc import Callable, Iterable

from models.rules.visit import Reported, is_late
from models.visit.record import Visit

#: Each returns the periods it froze; editions of reports add themselves.
SOURCES: list[Callable[[], Iterable[Reported]]] = []


def reported() -> list[Reported]:
    """Every period that was printed and frozen; none before the first edition."""
    return [period for source in SOURCES for period in source()]


def late_among(visits: Iterable[Visit]) -> set[int]:
    """The ids of those visits that were received after a period that covers their day was frozen."""
    frozen = reported()
    return {visit.id for visit in visits if is_late(visit.visit_on, visit.received_at, frozen)}
