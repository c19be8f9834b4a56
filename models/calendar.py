"""The working calendar: one row per day that the yearly notices speak of, and the years that are loaded."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache

from sqlalchemy import Date, ForeignKey, Integer, String, delete, insert, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models import clock
from models.base import Model, Moment, Name, db
from models.errors import Refused
from models.rules.holiday_notice import Notice
from models.rules.workday import Workdays
from models.user import User

#: The first year that a new database knows; earlier ones interest nobody.
FIRST_YEAR = 2015
FROM_PACKAGE = "随软件带来"
#: Names of the package in the words of the notice.
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利日",
}


class CalendarDay(Model):
    """A day that is not what its weekday says, or that a holiday names."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    #: Of which notice; a holiday around New Year may reach into the year before.
    year: Mapped[int] = mapped_column(Integer, index=True)
    work: Mapped[bool]
    why: Mapped[str] = mapped_column(Name, default="")


class CalendarYear(Model):
    """A year whose notice is loaded, and who loaded it from what."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(200))
    loaded_at: Mapped[datetime] = mapped_column(Moment)
    loaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    loaded_by: Mapped[User | None] = relationship(User)

    @classmethod
    def list_all(cls) -> list["CalendarYear"]:
        """The loaded years, the latest first."""
        return list(db.session.scalars(select(cls).options(joinedload(cls.loaded_by)).order_by(cls.year.desc())))


def load(first: date | None = None, last: date | None = None) -> Workdays:
    """The working days as they are known now, or only those from one day to another; two statements, whatever
    the length of time."""
    query = select(CalendarDay.day, CalendarDay.work, CalendarDay.why).order_by(CalendarDay.day)
    if first is not None:
        query = query.where(CalendarDay.day >= first)
    if last is not None:
        query = query.where(CalendarDay.day <= last)
    days = {day: (work, why) for day, work, why in db.session.execute(query)}
    years = frozenset(db.session.scalars(select(CalendarYear.year)))
    return Workdays(days, years) if years else _as_packaged()


def put(notice: Notice, source: str, by: User | None, at: datetime) -> int:
    """Take a year's days from its notice, in place of what was known of it, and let the open issues whose dates were
    assumed for want of it follow; how many issues those are. The caller commits. Raises Refused when the notice
    contradicts a day of another year's."""
    query = select(CalendarDay.day, CalendarDay.work).where(
        CalendarDay.day.in_(list(notice.days)), CalendarDay.year != notice.year
    )
    theirs = {day: work for day, work in db.session.execute(query.order_by(CalendarDay.day))}  # noqa: C416
    against = [day for day, work in theirs.items() if notice.days[day][0] != work]
    if against:
        raise Refused(f"{against[0]} 在另一年的通知里说法不同，请核对")
    db.session.execute(delete(CalendarDay).where(CalendarDay.year == notice.year))
    rows = [
        {"day": day, "year": notice.year, "work": work, "why": why}
        for day, (work, why) in notice.days.items()
        if day not in theirs
    ]
    db.session.execute(insert(CalendarDay), rows)
    year = db.session.get(CalendarYear, notice.year) or CalendarYear(year=notice.year)
    year.source, year.loaded_at, year.loaded_by_id = source[:200], at, by.id if by else None
    db.session.add(year)
    db.session.flush()
    # Issues stand above the calendar; what they promised on its assumptions follows from its notices.
    from models.issue.clocks import recompute_open

    return recompute_open(notice.year, at)


def next_missing_year(today: date) -> int | None:
    """The year whose notice should be loaded by now and is not: this one, or from December the next; else None."""
    loaded = set(db.session.scalars(select(CalendarYear.year)))
    wanted = [today.year] + ([today.year + 1] if today.month == 12 else [])
    return next((year for year in wanted if year not in loaded), None)


def seed_defaults() -> None:
    """The years that the package knows, where none is loaded yet; the caller commits."""
    if db.session.scalar(select(CalendarYear.year).limit(1)) is not None:
        return
    for notice in _packaged():
        put(notice, FROM_PACKAGE, None, clock.now())


@cache
def _as_packaged() -> Workdays:
    """What a database knows that nobody has begun to work with."""
    notices = list(_packaged())
    days = {day: said for notice in notices for day, said in notice.days.items()}
    return Workdays(days, frozenset(notice.year for notice in notices))


def _packaged() -> Iterator[Notice]:
    from chinese_calendar.constants import holidays, workdays

    years: dict[int, dict[date, tuple[bool, str]]] = {}
    for known, work in ((holidays, False), (workdays, True)):
        for day, name in known.items():
            if day.year >= FIRST_YEAR:
                years.setdefault(day.year, {})[day] = (work, _NAMES.get(name, name))
    return (Notice(year, dict(sorted(days.items()))) for year, days in sorted(years.items()))
