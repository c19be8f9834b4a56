"""Workbooks handed down that figures fill: which days a tied cell counts, which columns a list has."""

import re
from datetime import date, timedelta

from models.rules.target import same_day_last_year

#: What a number is counted for, seen from the day of filling.
WHENS = {"day": "当日", "month": "本月至当日", "year": "本年至当日", "last_year": "去年同期"}
#: What a row of a list may show, in this order.
COLUMNS = {"number": "序号", "name": "企业名称", "code": "信用代码", "area": "街镇", "officer": "联系干部"}
KINDS = {"figure": "一个数", "list": "一份名单"}
CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
DAY = timedelta(days=1)


def days(when: str, on: date) -> tuple[date, date]:
    """(the day before the first, the last) of what a cell counts: of WHENS; a stock is taken on the last."""
    if when == "day":
        return on - DAY, on
    if when == "month":
        return on.replace(day=1) - DAY, on
    last = on if when == "year" else same_day_last_year(on)
    return date(last.year - 1, 12, 31), last


def place_of(cell: str) -> tuple[int, int] | None:
    """(column, row) of a cell's name, from 1; None for what is no such name."""
    found = CELL.fullmatch(cell)
    return None if found is None else (column_number(found[1]), int(found[2]))


def column_number(letters: str) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def cell_name(column: int, row: int) -> str:
    """The name of a cell by its place."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
