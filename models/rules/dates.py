"""Dates as lists write them, with how exactly they say it."""

import calendar
import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

NOTHING = frozenset(
    {"", "-", "--", "—", "——", "/", "N/A", "NA", "无", "暂无", "空", "NULL", "NONE", "NAN", "长期", "永久"}
)
#: The day Excel counts from, as it counts the 29 February 1900 that never was.
_EXCEL_ZERO = date(1899, 12, 30)
_DAY = re.compile(
    r"(\d{4})(?:年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})日?(?:[T ]?\d{1,2}[:时]\d{2}(?:[:分]\d{2}(?:\.\d+)?秒?)?)?"
)
_SHORT = re.compile(r"(\d{2})(年|[-./])(\d{1,2})(?:月|[-./])(\d{1,2})日?")
_MONTH = re.compile(r"(\d{4})(?:年|[-./])(\d{1,2})月?")
_YEAR = re.compile(r"(\d{4})年?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_DIGITS = {character: str(value) for value, character in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
    "O": "0",
}
_WITHIN = re.compile(r"(\d{4}(?:年|[-./])\d{1,2}(?:月|[-./])\d{1,2}日?|\d{4}年\d{1,2}月)")
_DATE = r"(?:\d{4}(?:年|[-./])\d{1,2}(?:(?:月|[-./])\d{1,2}日?|月)?|\d{4}年|\d{8}|\d{6}|\d{4})"
_SPAN = re.compile(rf"(?:有效期|自|从)?[:：]?({_DATE})起?(?:至|到|~|-+|—+|–|―|－)({_DATE})止?")
_LENGTH = re.compile(r"(?:[一二三四五六七八九十两]|\d{1,2})年|\d{1,2}个月")
#: What stands around a last day: 至2026年12月止.
_EDGE = re.compile(r"^(?:有效期)?[:：]?(?:至|到|截至|截止)(?=\d)|止$")
EARLIEST, LATEST = 1900, 2199


@dataclass(frozen=True, slots=True)
class Day:
    """A written date: the first day it can mean, and whether it says the day, the month or only the year."""

    first: date
    precision: str = "day"

    @property
    def last(self) -> date:
        """The last day it can mean: of a month or year, its end."""
        if self.precision == "year":
            return self.first.replace(month=12, day=31)
        if self.precision == "month":
            return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])
        return self.first


def parse(written: object) -> Day | None:
    """The date, None when the cell says nothing; ValueError (Chinese) when it is no date or there is no such day."""
    if written is None:
        return None
    if isinstance(written, datetime):
        return _checked(Day(written.date()))
    if isinstance(written, date):
        return _checked(Day(written))
    if isinstance(written, int | float) and not isinstance(written, bool):
        return _number(float(written))
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", str(written))).strip().strip("'").upper()
    if text in NOTHING:
        return None
    return _text(text)


@dataclass(frozen=True, slots=True)
class Term:
    """A time that a cell says: from a day, to a day, or only one of the two."""

    start: Day | None = None
    end: Day | None = None


def span(written: object) -> Term | None:
    """The first and last day of `2023年12月至2026年12月`; of a single date the last day alone, of a mere length such as
    三年 nothing. None when the cell says nothing; ValueError (Chinese) when it is no date."""
    if isinstance(written, str):
        text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", written)).strip("'()")
        if _LENGTH.fullmatch(text):
            return None
        if found := _SPAN.fullmatch(text):
            start, end = parse(found[1]), parse(found[2])
            if start and end and end.last < start.first:
                raise ValueError("结束早于开始")
            return Term(start, end)
        written = _EDGE.sub("", text)
    day = parse(written)
    return Term(None, day) if day else None


def within(text: str) -> Day | None:
    """The first date written somewhere in a line such as `第一批（2024年10月12日）`; None when there is none."""
    found = _WITHIN.search(unicodedata.normalize("NFKC", text).replace(" ", ""))
    try:
        return _text(found.group(1)) if found else None
    except ValueError:
        return None


def _number(value: float) -> Day | None:
    if not math.isfinite(value):
        raise ValueError("不是日期")
    if value != int(value):
        return _serial(value)
    digits = str(int(value))
    if len(digits) in (6, 8) and EARLIEST <= int(digits[:4]) <= LATEST:
        return _text(digits)
    if len(digits) == 4 and EARLIEST <= int(digits) <= LATEST:
        return Day(date(int(digits), 1, 1), "year")
    return _serial(value)


def _serial(value: float) -> Day:
    """A day that a spreadsheet kept as a number because the cell lost its format."""
    if not 20_000 <= value <= 80_000:
        raise ValueError("不是日期")
    return Day(_EXCEL_ZERO + timedelta(days=int(value)))


def _text(text: str) -> Day:
    if re.search(r"[〇一二三四五六七八九十]", text):
        text = _arabic(text)
    text = re.sub(r"(?<=\d)号$", "日", text)
    compact = text.replace(" ", "")
    if found := _SHORT.fullmatch(compact):
        return _short(int(found[1]), found[2], int(found[3]), int(found[4]))
    if re.fullmatch(r"[2-5]\d{4}", compact):
        # A day that a spreadsheet kept as a number, written out as text.
        return _serial(float(compact))
    if found := _DAY.fullmatch(text) or _DAY.fullmatch(compact):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if (found := _COMPACT.fullmatch(compact)) and EARLIEST <= int(found[1]) <= LATEST:
        return _day(int(found[1]), int(found[2]), int(found[3])) if found[3] else _month(int(found[1]), int(found[2]))
    if found := _MONTH.fullmatch(compact):
        return _month(int(found[1]), int(found[2]))
    if found := _YEAR.fullmatch(compact):
        return _checked(Day(date(int(found[1]), 1, 1), "year"))
    raise ValueError("不是日期")


def _short(year: int, sign: str, month: int, day: int) -> Day:
    """A year of two digits: 23年5月1日 is plain; 23-05-01 could be the 23rd of May 2001 and is not guessed."""
    if sign != "年" and year <= 31:
        raise ValueError("年份只写了两位，分不清年月日")
    return _day(year + (2000 if year < 50 else 1900), month, day)


def _arabic(text: str) -> str:
    """二〇二四年十月十二日 with the digits of today."""
    text = re.sub(r"(?<![〇零一二三四五六七八九○])十(?=[一二三四五六七八九])", "1", text)
    text = re.sub(r"(?<=[一二三])十(?=[一二三四五六七八九])", "", text)
    text = re.sub(r"(?<=[一二三])十", "0", text).replace("十", "10")
    return "".join(_DIGITS.get(character, character) for character in text)


def _day(year: int, month: int, day: int) -> Day:
    try:
        return _checked(Day(date(year, month, day)))
    except ValueError:
        raise ValueError("没有这一天") from None


def _month(year: int, month: int) -> Day:
    try:
        return _checked(Day(date(year, month, 1), "month"))
    except ValueError:
        raise ValueError("没有这个月") from None


def _checked(day: Day) -> Day:
    if not EARLIEST <= day.first.year <= LATEST:
        raise ValueError(f"年份 {day.first.year} 不对")
    return day
