"""When the entries of the timetable happen: pure, on the working calendar, in Shanghai time.

An entry happens once in each of its periods (a week, a month, a quarter, a day). What falls on a day off is moved by
the entry's rule and stays in its week or month; a week that is off as a whole has no moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.workday import DAY, Workdays, span

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = timedelta(days=7)
WEEKDAYS = {1: "周一", 2: "周二", 3: "周三", 4: "周四", 5: "周五", 6: "周六", 7: "周日"}
#: What becomes of a moment on a day off.
RULES = {
    "before": "提前到前一个工作日",
    "after": "顺延到下一个工作日",
    "first": "改在当周第一个工作日",
    "last": "改在当周最后一个工作日",
    "skip": "不做",
    "on": "照常",
}
#: Kind → what an administrator may change of it.
CHANGEABLE: dict[str, tuple[str, ...]] = {
    "every": (),
    "daily": ("at", "rule"),
    "weekly": ("at", "weekday", "rule"),
    "monthly": ("at", "day", "rule"),
    "workday": ("at", "nth"),
    "month_start": ("at", "nth"),
    "eve": ("at",),
}
#: Kind → the rules for a day off that it knows.
RULES_OF: dict[str, tuple[str, ...]] = {
    "daily": ("skip", "on"),
    "weekly": ("first", "last", "before", "after", "skip", "on"),
    "monthly": ("before", "after", "skip", "on"),
}
_BOUNDS = {"weekday": (1, 7), "day": (1, 31), "nth": (1, 15)}
_NAMES = {"weekday": "星期", "day": "日子", "nth": "第几个工作日"}


class WhenRefused(ValueError):
    """An entry cannot happen so; the message says why in an administrator's words."""


@dataclass(frozen=True, slots=True)
class When:
    """When an entry happens.

    kind: `every` so many seconds; `daily`; `weekly` on a weekday (1 Monday … 7 Sunday); `monthly` on a day (the last
    one in a shorter month); `workday`, the nth working day of a month or quarter; `month_start`, each of the first n
    working days of a month; `eve`, the working day before the 企业调研日, if people work on that.
    """

    kind: str
    at: time = time()
    rule: str = "on"
    weekday: int = 0
    day: int = 0
    nth: int = 0
    seconds: int = 0
    #: The period of a `workday`: month or quarter.
    of: str = "month"
    #: It is about the period before the one that its moment lies in.
    about_last: bool = False

    @property
    def rests(self) -> bool:
        """Whether it is for people, and so never happens on a day off."""
        return self.kind != "every" and not (self.kind in RULES_OF and self.rule == "on")


@dataclass(frozen=True, slots=True)
class Known:
    """What moments depend on besides the entry: the working calendar, and the weekday of the 企业调研日 (0: none)."""

    workdays: Workdays
    survey_weekday: int = 4


@dataclass(frozen=True, slots=True)
class Slot:
    """One moment of an entry, aware in Shanghai time, and the period it stands for."""

    at: datetime
    period: str


def moments(when: When, first: date, last: date, known: Known) -> list[datetime]:
    """The moments from one day to another, both counted, oldest first; aware in Shanghai time."""
    return [slot.at for slot in slots(when, first, last, known)]


def slots(when: When, first: date, last: date, known: Known) -> list[Slot]:
    """The moments from one day to another with their periods, oldest first."""
    found = (slot for slot in _KINDS[when.kind](when, first, last, known) if first <= slot.at.date() <= last)
    return sorted(found, key=lambda slot: slot.at)


def next_slot(when: When, after: datetime, known: Known) -> Slot | None:
    """The first moment later than this one; None when there is none within 400 days."""
    here = after.astimezone(ZONE)
    for ahead in (1, 40, 400):
        for slot in slots(when, here.date(), here.date() + ahead * DAY, known):
            if slot.at > here:
                return slot
    return None


def period_of(when: When, moment: datetime, known: Known) -> str:
    """The period that an entry stands for when it happens at this moment: 2026-W47, 2026-10, 2026-Q3, 2026-11-22."""
    here = moment.astimezone(ZONE)
    on = here.date()
    if when.kind == "every":
        return f"{here:%Y-%m-%dT%H:%M:%S}"
    if when.kind in ("daily", "month_start"):
        return on.isoformat()
    if when.kind == "weekly":
        return week(on)
    if when.kind == "eve":
        return week(_next_survey(on, known))
    if when.about_last:
        on = _start(when.of, on) - DAY
    return quarter(on) if when.of == "quarter" else month(on)


def week(on: date) -> str:
    """2026-W47."""
    year, number, _ = on.isocalendar()
    return f"{year}-W{number:02d}"


def month(on: date) -> str:
    """2026-10."""
    return f"{on:%Y-%m}"


def quarter(on: date) -> str:
    """2026-Q3."""
    return f"{on.year}-Q{(on.month + 2) // 3}"


def period_words(period: str) -> str:
    """A period as an officer would say it: 2026 年第 47 周, 2026 年 10 月, 2026 年三季度; a day stays as it is."""
    year, _, rest = period.partition("-")
    if rest.startswith("W"):
        return f"{year} 年第 {int(rest[1:])} 周"
    if rest.startswith("Q"):
        return f"{year} 年{'一二三四'[int(rest[1:]) - 1]}季度"
    if len(period) == len("2026-10"):
        return f"{year} 年 {int(rest)} 月"
    return period.replace("T", " ")


def changed(when: When, **given: str | int | None) -> When:
    """The same entry with other values for what is given; None keeps the default.

    at: 8:30; weekday, day, nth: whole numbers; rule: a key of RULES. Raises WhenRefused for what the kind does not
    have or allow.
    """
    values: dict[str, object] = {}
    for name, value in given.items():
        if value is None or value == "":
            continue
        if name not in CHANGEABLE[when.kind]:
            raise WhenRefused("这一项没有这种时间")
        values[name] = _read(when.kind, name, value)
    return replace(when, **values)  # type: ignore[arg-type]


def words(when: When) -> str:
    """The entry as an officer would say it: 每周一 8:30，遇放假改在当周第一个工作日."""
    at = clock_words(when.at)
    if when.kind == "every":
        return _every_words(when.seconds)
    if when.kind == "daily":
        return f"每天 {at}" if when.rule == "on" else f"每个工作日 {at}"
    if when.kind == "workday":
        return f"每{'季度' if when.of == 'quarter' else '月'}第 {when.nth} 个工作日 {at}"
    if when.kind == "month_start":
        return f"每月头 {when.nth} 个工作日 {at}"
    if when.kind == "eve":
        return f"企业调研日前一个工作日 {at}，调研日放假则不做"
    named = f"每{WEEKDAYS[when.weekday]}" if when.kind == "weekly" else f"每月 {when.day} 日"
    return f"{named} {at}，遇放假{RULES[when.rule]}"


def clock_words(at: time) -> str:
    """8:30."""
    return f"{at.hour}:{at.minute:02d}"


def _every_words(seconds: int) -> str:
    for length, name in ((3600, "小时"), (60, "分钟")):
        if seconds % length == 0:
            return f"每{name}" if seconds == length else f"每 {seconds // length} {name}"
    return f"每 {seconds} 秒"


def _read(kind: str, name: str, value: str | int) -> object:
    if name == "at":
        return _read_time(str(value))
    if name == "rule":
        if value not in RULES_OF[kind]:
            raise WhenRefused(f"遇放假怎么办写得不对：{value}")
        return value
    low, high = _BOUNDS[name]
    number = int(value) if str(value).isascii() and str(value).isdigit() else -1
    if not low <= number <= high:
        raise WhenRefused(f"{_NAMES[name]}请填 {low} 到 {high}")
    return number


def _read_time(value: str) -> time:
    hour, colon, minute = value.partition(":")
    if not (colon and value.isascii() and hour.isdigit() and minute.isdigit() and len(minute) == 2):
        raise WhenRefused(f"时间写法不对：{value}，要像 8:30")
    if int(hour) > 23 or int(minute) > 59:
        raise WhenRefused(f"没有这个时间：{value}")
    return time(int(hour), int(minute))


def _slot(when: When, on: date, known: Known) -> Slot:
    moment = datetime.combine(on, when.at, ZONE)
    return Slot(moment, period_of(when, moment, known))


def _every(when: When, first: date, last: date, known: Known) -> Iterator[Slot]:
    step = timedelta(seconds=when.seconds)
    for on in span(first, last):
        moment = datetime.combine(on, time(), ZONE)
        while moment.date() == on:
            yield Slot(moment, moment.isoformat()[:19])
            moment += step


def _daily(when: When, first: date, last: date, known: Known) -> Iterator[Slot]:
    for on in span(first, last):
        if when.rule == "on" or known.workdays.works(on):
            yield _slot(when, on, known)


def _weekly(when: When, first: date, last: date, known: Known) -> Iterator[Slot]:
    for monday in _mondays(first, last):
        on = placed(monday + (when.weekday - 1) * DAY, monday, monday + 6 * DAY, when.rule, known.workdays)
        if on is not None:
            yield _slot(when, on, known)


def _monthly(when: When, first: date, last: date, known: Known) -> Iterator[Slot]:
    for start, end in _stretches("month", first, last):
        on = placed(min(start + (when.day - 1) * DAY, end), start, end, when.rule, known.workdays)
        if on is not None:
            yield _slot(when, on, known)


def _workday(when: When, first: date, last: date, known: Known) -> Iterator[Slot]:
    for start, end in _stretches(when.of, first, last):
        days = known.workdays.working_days(start, end)
        if len(days) >= when.nth:
            yield _slot(when, days[when.nth - 1], known)


def _month_start(when: When, first: date, last: date, known: Known) -> Iterator[Slot]:
    for start, end in _stretches("month", first, last):
        for on in known.workdays.working_days(start, end)[: when.nth]:
            yield _slot(when, on, known)


def _eve(when: When, first: date, last: date, known: Known) -> Iterator[Slot]:
    if not known.survey_weekday:
        return
    # A survey day may lie a long holiday after its eve.
    for monday in _mondays(first, last + 4 * WEEK):
        survey = monday + (known.survey_weekday - 1) * DAY
        if known.workdays.works(survey):
            eve = known.workdays.on_or_before(survey - DAY)
            yield Slot(datetime.combine(eve, when.at, ZONE), week(survey))


_KINDS = {
    "every": _every,
    "daily": _daily,
    "weekly": _weekly,
    "monthly": _monthly,
    "workday": _workday,
    "month_start": _month_start,
    "eve": _eve,
}


def placed(nominal: date, start: date, end: date, rule: str, workdays: Workdays) -> date | None:
    """Where a day goes by a rule of RULES, between the first and the last day of its week or month; None: nowhere.

    With nobody at work on the rule's side of the day it goes to the nearest working day on the other.
    """
    if rule == "on" or workdays.works(nominal):
        return nominal
    earlier, later = workdays.working_days(start, nominal), workdays.working_days(nominal, end)
    days = earlier + later
    if rule == "skip" or not days:
        return None
    if rule in ("first", "last"):
        return days[0] if rule == "first" else days[-1]
    if rule == "before":
        return earlier[-1] if earlier else later[0]
    return later[0] if later else earlier[-1]


def _next_survey(on: date, known: Known) -> date:
    """The next 企业调研日 that people work on, else the day itself."""
    for day in span(on + DAY, on + 4 * WEEK):
        if day.isoweekday() == known.survey_weekday and known.workdays.works(day):
            return day
    return on


def _mondays(first: date, last: date) -> Iterator[date]:
    monday = first - first.weekday() * DAY
    while monday <= last:
        yield monday
        monday += WEEK


def _start(of: str, on: date) -> date:
    return on.replace(month=(on.month - 1) // 3 * 3 + 1, day=1) if of == "quarter" else on.replace(day=1)


def _stretches(of: str, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The months or quarters that these days lie in: first and last day of each."""
    start = _start(of, first)
    while start <= last:
        following = _start(of, start + (93 if of == "quarter" else 31) * DAY)
        yield start, following - DAY
        start = following
