"""Editions (product.md promise 4): which days a period has, when its draft and its issue are due, and what may become
of it. 周安排 looks ahead; 月汇报, 季通报, 半年 and 全年 look back. A quarter is three months, whatever a month is here.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.workday import Workdays

DAY = timedelta(days=1)
KINDS = {"week": "周安排", "month": "月汇报", "quarter": "季通报", "halfyear": "半年汇报", "year": "全年汇报"}
#: Behind the words of the period: 2026年10月 汇报.
SHORT = {"week": "安排", "month": "汇报", "quarter": "通报", "halfyear": "汇报", "year": "全年汇报"}
#: Months in each kind; a week has none.
MONTHS = {"month": 1, "quarter": 3, "halfyear": 6, "year": 12}
#: Which kinds a unit writes a part of; the others are the bureau's alone.
OF_UNITS = ("week", "month")
#: The working day after its end on which a period that looks back is to be drafted, and the one by which it is late.
NTH_DRAFT = {"month": 1, "quarter": 5, "halfyear": 5, "year": 5}
NTH_LATE = {"month": 5, "quarter": 10, "halfyear": 10, "year": 10}
#: The day of the month on which the month's draft is due.
MONTH_DUE_DAY = 25

STATES = {"drafted": "起草中", "in_review": "待审核", "signed": "待签发", "issued": "已签发"}
#: What a period is called for which nothing was drafted in time, and one that was drafted afterwards.
MISSED, LATE = "缺报", "补报"
DRAFT, COMPILE, SIGN = "reports.draft", "reports.compile", "reports.sign"
#: (from, to): who may. A unit's people hand in their own part; the office compiles; the manager signs. Issued stays.
MOVES: dict[tuple[str, str], frozenset[str]] = {
    ("drafted", "in_review"): frozenset({DRAFT, COMPILE}),
    ("in_review", "drafted"): frozenset({COMPILE, SIGN}),
    ("in_review", "signed"): frozenset({SIGN}),
    ("signed", "drafted"): frozenset({SIGN}),
    ("signed", "issued"): frozenset({SIGN}),
}

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_HALF = re.compile(r"(\d{4})-H([12])")
_YEAR = re.compile(r"\d{4}")


class BadPeriod(ValueError):
    """A period that cannot be read."""


@dataclass(frozen=True, slots=True)
class Span:
    """A period of a kind: its key (2026-W47, 2026-10, 2026-Q3, 2026-H1, 2026) and its days, both counted."""

    kind: str
    key: str
    first: date
    last: date

    @property
    def year(self) -> int:
        """The year in its key."""
        return int(self.key[:4])

    @property
    def number(self) -> int:
        """第 n 期: its place among the periods of its kind in the year."""
        rest = self.key[5:].lstrip("WQH")
        return int(rest) if rest else 1

    @property
    def words(self) -> str:
        """What it is called: 2026年10月, 2026年第47周."""
        if self.kind == "week":
            return f"{self.year}年第{self.number}周"
        if self.kind == "month":
            return f"{self.year}年{self.number}月"
        if self.kind == "quarter":
            return f"{self.year}年{'一二三四'[self.number - 1]}季度"
        if self.kind == "halfyear":
            return f"{self.year}年{'上下'[self.number - 1]}半年"
        return f"{self.year}年"

    @property
    def title(self) -> str:
        """What its edition is called: 2026年10月汇报, 2026年第47周安排."""
        return f"{self.words}{SHORT[self.kind]}"

    @property
    def days_words(self) -> str:
        """Its days as a report writes them: 10月1日至10月31日; with the year where it changes."""
        last = f"{self.last.month}月{self.last.day}日"
        if self.first.year != self.last.year:
            last = f"{self.last.year}年{last}"
            return f"{self.first.year}年{self.first.month}月{self.first.day}日至{last}"
        return f"{self.first.month}月{self.first.day}日至{last}"


def span(kind: str, key: str, month_from: int = 1) -> Span:
    """The days of a period. `month_from` is the first day of a month: 1, or 26 for the 26th of the month before.
    Raises BadPeriod, saying in an officer's words what was expected."""
    if kind == "week":
        return _week(key)
    patterns = {"month": _MONTH, "quarter": _QUARTER, "halfyear": _HALF, "year": _YEAR}
    if kind not in patterns:
        raise BadPeriod(f"没有这种报告：{kind}")
    found = patterns[kind].fullmatch(key)
    if found is None or not 1990 <= int(key[:4]) <= 2200:
        shapes = {"month": "2026-10", "quarter": "2026-Q3", "halfyear": "2026-H1", "year": "2026"}
        raise BadPeriod(f"{KINDS[kind]}的时期写成 {shapes[kind]} 这样")
    year, months = int(key[:4]), MONTHS[kind]
    place = int(found.group(2)) if kind != "year" else 1
    first_month = (place - 1) * months + 1
    return Span(kind, key, _month_first(year, first_month, month_from),
                _month_first(year, first_month + months, month_from) - DAY)  # fmt: skip


def of_day(kind: str, on: date, month_from: int = 1) -> Span:
    """The period of a kind that a day lies in."""
    if kind == "week":
        year, week, _ = on.isocalendar()
        return _week(f"{year}-W{week:02d}")
    year, month = on.year, on.month
    if month_from > 1 and on.day >= month_from:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return span(kind, _key(kind, year, month), month_from)


def after(found: Span, month_from: int = 1) -> Span:
    """The period after it."""
    return of_day(found.kind, found.last + DAY, month_from)


def before(found: Span, month_from: int = 1) -> Span:
    """The period before it (上期)."""
    return of_day(found.kind, found.first - DAY, month_from)


def year_before(found: Span, month_from: int = 1) -> Span:
    """The same period of the year before (上年同期); of a 53rd week that year's last."""
    if found.kind == "week":
        last = date(found.year - 1, 12, 28).isocalendar().week  # 28 December always lies in the last week
        return _week(f"{found.year - 1}-W{min(found.number, last):02d}")
    return span(found.kind, f"{found.year - 1}{found.key[4:]}", month_from)


def issue_from(found: Span, workdays: Workdays) -> date:
    """The first day it may be issued on: a week's plan from the last working day before it, what looks back once it is
    over: a month from the first working day, the longer ones from the fifth."""
    if found.kind == "week":
        return workdays.on_or_before(found.first - DAY)
    return workdays.due(found.last, NTH_DRAFT[found.kind]).on


def draft_due(found: Span, workdays: Workdays) -> date:
    """The day its draft is due: a week's plan on the last working day before it, a month's on the 25th (on a day off
    the working day before), the longer ones on the fifth working day after they end."""
    if found.kind == "month":
        return workdays.on_or_before(date(found.year, found.number, MONTH_DUE_DAY))
    return issue_from(found, workdays)


def late_after(found: Span, workdays: Workdays) -> date:
    """The last day on which it is not yet missed: a week's own last day; of a month the fifth working day after its
    end, of the longer ones the tenth."""
    if found.kind == "week":
        return found.last
    return workdays.due(found.last, NTH_LATE[found.kind]).on


def is_missed(found: Span, on: date, workdays: Workdays) -> bool:
    """Whether a period with nothing drafted is 缺报 on a day."""
    return on > late_after(found, workdays)


def may_move(old: str, new: str, permissions: Collection[str]) -> bool:
    """Whether somebody with these permissions may make this move; what is not in the table cannot happen."""
    allowed = MOVES.get((old, new))
    return allowed is not None and bool(allowed & set(permissions))


def spans_between(kind: str, first: date, on: date, month_from: int = 1) -> Iterable[Span]:
    """The periods of a kind from the one `first` lies in to the one `on` lies in, the earliest first."""
    found = of_day(kind, first, month_from)
    while found.first <= on:
        yield found
        found = after(found, month_from)


def _week(key: str) -> Span:
    found = _WEEK.fullmatch(key)
    try:
        if found is None:
            raise ValueError
        monday = date.fromisocalendar(int(found.group(1)), int(found.group(2)), 1)
    except ValueError as error:
        raise BadPeriod("周安排的时期写成 2026-W47 这样") from error
    return Span("week", key, monday, monday + timedelta(days=6))


def _key(kind: str, year: int, month: int) -> str:
    place = (month - 1) // MONTHS[kind] + 1
    if kind == "year":
        return f"{year}"
    return f"{year}-{month:02d}" if kind == "month" else f"{year}-{'Q' if kind == 'quarter' else 'H'}{place}"


def _month_first(year: int, month: int, month_from: int) -> date:
    """The first day of a month as it is counted here; month 13 is January of the next year."""
    if month_from > 1:
        month -= 1
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, month_from)
