"""The only place that reads the clock. Everything else is told what time it is."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

#: Bureaus live in one time zone; a day begins at midnight there.
ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in Shanghai."""
    return local(now()).date()


def day_begins(day: date) -> datetime:
    """The moment a calendar day begins in Shanghai, in UTC."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def local(moment: datetime) -> datetime:
    """A moment as the bureau's wall clock shows it."""
    return moment.astimezone(ZONE)
