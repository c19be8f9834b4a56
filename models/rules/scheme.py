"""When a standing contact (联系制度) is due, and the kinds a bureau begins with (五个一联系制度)."""

from dataclasses import dataclass
from datetime import date, timedelta

#: What a kind of contact names: a firm of the register, an area or park, or a name as written.
SUBJECTS = {"firm": "企业（从企业库选）", "area": "镇街园区（从名单选）", "free": "自己写名称"}
LONGEST_INTERVAL = 731


@dataclass(frozen=True)
class DefaultSchemeKind:
    """A kind of standing contact: how many each officer is to have, and how often to be in touch (days)."""

    key: str
    name: str
    subject: str
    each: int = 1
    interval_days: int = 90


KINDS: tuple[DefaultSchemeKind, ...] = (
    DefaultSchemeKind("town", "镇街", "area"),
    DefaultSchemeKind("project", "项目", "free"),
    DefaultSchemeKind("firm", "企业", "firm"),
    DefaultSchemeKind("institute", "院所", "free"),
    DefaultSchemeKind("talent", "人才", "free"),
)


def due_on(from_on: date, last_on: date | None, interval_days: int) -> date:
    """The last day on which a contact is in time: the interval after the last one, or after the beginning of one's
    turn when that is later (whoever takes over has a whole interval)."""
    return max(from_on, last_on or from_on) + timedelta(days=interval_days)


def is_overdue(from_on: date, last_on: date | None, interval_days: int, today: date) -> bool:
    """Whether the last day has passed without a contact; on that day itself it has not."""
    return today > due_on(from_on, last_on, interval_days)


def begin_fault(from_on: date, to_on: date | None, today: date) -> str | None:
    """Why a turn cannot have these days; None when it can."""
    if from_on.year < 1990 or from_on > today + timedelta(days=366):
        return "开始日期不对，请核对年份"
    if to_on is not None and to_on < from_on:
        return "结束日期不能早于开始日期"
    return None


def touch_fault(on: date, from_on: date, today: date) -> str | None:
    """Why a contact cannot have been on this day; None when it can."""
    if on > today:
        return "联系日期不能晚于今天"
    if on < from_on:
        return f"联系日期不能早于开始联系的那天（{from_on}）"
    return None
