"""The yearly notice 国务院办公厅关于…年部分节假日安排的通知, as text, as a table (CSV) or as JSON, becomes days."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.rules.workday import SATURDAY, span

#: A notice names seven holidays in most years, six when two fall together.
LEAST = 5
MOST_BYTES = 1024 * 1024
_ITEM = re.compile(r"^[（(]?[一二三四五六七八九十]+[、)）.．]\s*([^：:]{2,12})[：:](.*)$")
_DAY = r"(?:(20\d\d)年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^)]*)\))?"
_SPAN = re.compile(rf"{_DAY}(?:(?:至|到|—|-|~){_DAY})?")
_WEEKDAYS = "一二三四五六日"
_WORK = {"上班", "工作日", "班", "work", "是", "1", "true"}
_REST = {"放假", "休息", "休", "假", "rest", "off", "否", "0", "false"}


class NoticeRefused(ValueError):
    """The text is no notice that can be trusted; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says: its year, and each day with whether people work and the holiday it belongs to."""

    year: int
    days: dict[date, tuple[bool, str]]


def parse(text: str) -> Notice:
    """The days of a notice. Raises NoticeRefused when a line cannot be read, a weekday or a count does not agree, or a
    make-up day is no weekend."""
    text = text.strip().removeprefix("\ufeff")
    if text.startswith(("{", "[")):
        year, rows = _from_json(text)
    elif _ITEM.search(_plain(text)) or ("放假" in text.split("\n", 1)[-1] and "、" in text and "：" in text):
        year, rows = _from_prose(text)
    else:
        year, rows = _from_table(text)
    days = {on: (work, name) for on, work, name in rows}
    year = year or (max(days).year if days else 0)
    if len({name for _, name in days.values()}) < LEAST:
        raise NoticeRefused("通知里的节日太少，读到的不全，请核对文件后再导")
    wrong = [on for on, (work, _) in days.items() if work and on.weekday() < SATURDAY]
    if wrong:
        raise NoticeRefused(f"{wrong[0]} 本来就是工作日，通知却写调休上班，请核对")
    outside = [on for on in days if abs(on.year - year) > 1 or (on.year != year and on.month not in (1, 12))]
    if outside:
        raise NoticeRefused(f"{outside[0]} 不属于 {year} 年，请核对")
    return Notice(year, dict(sorted(days.items())))


def _festival(name: str) -> str:
    """The name as the law writes it: 春节 keeps its 节 and so does 国庆节, however it was written."""
    base = name.removesuffix("节")
    return f"{base}节" if base in ("春", "清明", "劳动", "端午", "中秋", "国庆") else name


def _plain(text: str) -> str:
    return re.sub(r"[ \t\u3000]+", "", text).replace("（", "(").replace("）", ")")


def _from_prose(text: str) -> tuple[int, list[tuple[date, bool, str]]]:
    found = re.search(r"(20\d\d)年(?:部分)?节假日", re.sub(r"\s+", "", text))
    if found is None:
        raise NoticeRefused("找不到“×年部分节假日安排”，不知道是哪一年的通知，请连同标题一起导")
    year = int(found.group(1))
    rows: list[tuple[date, bool, str]] = []
    # A line that begins no item goes on with the one before.
    for line in re.sub(r"\n(?![（(]?[一二三四五六七八九十]+[、)）.．])", "", _plain(text)).splitlines():
        item = _ITEM.match(line)
        if item and re.search(r"放假|调休|上班|休息", item.group(2)):
            name = _festival(item.group(1))
            rows += _item(year, name, item.group(2))
    if not rows:
        raise NoticeRefused("找不到“一、元旦：1月1日……放假”这样的行，请核对文件")
    return year, rows


def _item(year: int, name: str, words: str) -> Iterator[tuple[date, bool, str]]:
    """The days of one holiday: sentences that end in 放假 or 休息 rest, those that end in 上班 work."""
    for sentence in re.split(r"[。；;]", words):
        work = "上班" in sentence
        if not work and not re.search(r"放假|休息", sentence):
            continue
        found: list[date] = []
        month = 0
        for match in _SPAN.finditer(sentence):
            first = _date(year, name, month, match.groups()[:4])
            last = _date(first.year, name, first.month, match.groups()[4:]) if match.group(7) else first
            month = last.month
            found += span(first, last)
        if not found and re.search(r"\d日", sentence):
            raise NoticeRefused(f"“{name}”一项里的日期读不出：{sentence}")
        counted = re.search(r"共(\d+)天", sentence)
        if counted and found and int(counted.group(1)) != len(found):
            raise NoticeRefused(f"“{name}”写着共 {counted.group(1)} 天，日期算下来却是 {len(found)} 天，请核对")
        yield from ((on, work, name) for on in found)


def _date(year: int, name: str, month: int, said: tuple[str | None, ...]) -> date:
    """A date as written, the month taken from the one before where it is left out; its weekday must agree."""
    written_year, written_month, day, note = said
    month = int(written_month or month)
    try:
        on = date(int(written_year or year), month, int(day or 0))
    except ValueError:
        raise NoticeRefused(f"“{name}”一项里没有这一天：{month}月{day}日") from None
    weekday = re.search(rf"(?:周|星期)([{_WEEKDAYS}天])", note or "")
    if weekday and _WEEKDAYS[on.weekday()] != weekday.group(1).replace("天", "日"):
        raise NoticeRefused(f"“{name}”一项写着 {on} 是{weekday.group()}，日历上却不是，请核对年份")
    return on


def _from_json(text: str) -> tuple[int, list[tuple[date, bool, str]]]:
    try:
        read = json.loads(text)
        rows: Any = read["days"] if isinstance(read, dict) else read
        year = int(read.get("year") or 0) if isinstance(read, dict) else 0
        return year, [
            (
                date.fromisoformat(row["date"]),
                bool(row["work"]) if "work" in row else not row["isOffDay"],
                _festival(str(row.get("name") or row.get("why") or "")),
            )
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoticeRefused("文件不是认得的格式：每一天要有 date、name 和 isOffDay") from error


def _from_table(text: str) -> tuple[int, list[tuple[date, bool, str]]]:
    rows = []
    for number, row in enumerate(csv.reader(io.StringIO(text)), 1):
        cells = [cell.strip() for cell in row if cell.strip()]
        if not cells or (number == 1 and not re.match(r"\d", cells[0])):
            continue
        try:
            on = date(*(int(part) for part in re.split(r"[./年月-]", cells[0].replace("日", ""))))
        except (ValueError, TypeError):
            raise NoticeRefused(f"第 {number} 行的日期“{cells[0]}”读不出，请写成 2027-01-01") from None
        kind = next((cell for cell in cells[1:] if cell.lower() in _WORK | _REST), None)
        if kind is None:
            raise NoticeRefused(f"第 {number} 行没有写放假还是上班")
        name = next((cell for cell in cells[1:] if cell != kind), "")
        rows.append((on, kind.lower() in _WORK, _festival(name)))
    return 0, rows


def from_bytes(data: bytes) -> Notice:
    """The notice in the bytes of a text, CSV or JSON file, in UTF-8 or GB18030. Raises NoticeRefused."""
    if len(data) > MOST_BYTES:
        raise NoticeRefused("文件超过 1 MB，不像是一份节假日通知")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return parse(text)
    raise NoticeRefused("认不出文件里的文字。请把通知正文存成文本文件（.txt）、CSV 或 JSON 后再传")
