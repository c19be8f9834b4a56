"""What a visit may say, and the rows a bureau's lists of kinds and services begin with."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

#: Where a visit came from: typed on a page, sent by a phone, or brought in from the old log.
SOURCES = {"form": "页面", "phone": "手机", "import": "导入", "job": "系统"}

#: What the old log says of a demand (办理状态).
HANDLINGS = {"in_hand": "办理中", "to_forward": "待转办", "settled": "已办结"}

#: A demand waits for review until somebody keeps it as it stands or raises an issue from it.
DEMAND_STATES = {"to_review": "待研判", "kept": "留作记录", "raised": "已立问题"}
#: What is not here cannot happen. A demand kept by mistake may be looked at again; a raised one stays raised.
DEMAND_MOVES = frozenset({("to_review", "kept"), ("to_review", "raised"), ("kept", "to_review"), ("kept", "raised")})

COMPANIONS = {"expert": "专家", "department": "部门", "other": "其他"}

#: The longest texts a visit may carry; a phone says so before it sends.
LONGEST_TEXT = 20_000
LONGEST_WORDS = 2_000
MOST_ROWS = 50

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class DefaultKind:
    """A way of meeting a firm; `counts` says whether it is a visit in the figures (走访次数) or only a contact."""

    key: str
    name: str
    counts: bool


KINDS: tuple[DefaultKind, ...] = (
    DefaultKind("visit", "走访", True),
    DefaultKind("phone", "电话", False),
    DefaultKind("message", "微信/短信", False),
    DefaultKind("received", "企业来访", True),
    DefaultKind("online", "线上", False),
    DefaultKind("meeting", "座谈会", True),
)
#: What is taken when nothing was chosen.
DEFAULT_KIND = "visit"


@dataclass(frozen=True)
class DefaultService:
    """What a visit is for, what it brings, or both."""

    key: str
    name: str
    purpose: bool = True
    service: bool = True


SERVICES: tuple[DefaultService, ...] = (
    DefaultService("policy_talk", "政策宣讲"),
    DefaultService("hnte_incubation", "高企孵化"),
    DefaultService("result_matching", "成果对接"),
    DefaultService("talent", "人才引育"),
    DefaultService("policy_support", "政策扶持"),
    DefaultService("tech_finance", "科技金融"),
    DefaultService("filing_guidance", "申报辅导"),
    DefaultService("rd_filing", "研发费用填报"),
    DefaultService("ip", "知识产权"),
    DefaultService("industry_academia", "产学研对接"),
    DefaultService("survey", "调研摸底", service=False),
    DefaultService("problem", "问题协调"),
    DefaultService("follow_up", "回访", service=False),
    DefaultService("project_check", "项目检查", service=False),
)


@dataclass(frozen=True)
class Reported:
    """A period that was printed: its last day, and the moment it was frozen."""

    until: date
    at: datetime


def is_late(visit_on: date, received_at: datetime, reported: Iterable[Reported]) -> bool:
    """Whether a visit came after its period was printed (补录): a period that covers its day was frozen before."""
    return any(visit_on <= period.until and period.at < received_at for period in reported)


def day_fault(visit_on: date, today: date) -> str | None:
    """Why a visit cannot be on this day, in an officer's words; None when it can."""
    if visit_on > today:
        return "走访日期不能晚于今天，请改日期或改记到周安排"
    if visit_on.year < 1990:
        return "走访日期太早，请核对年份"
    return None


def time_fault(start_time: str) -> str | None:
    """What is wrong with a time of day; None for HH:MM or nothing."""
    return None if not start_time or _CLOCK.fullmatch(start_time) else "时间写成 09:30 这样"


def due_fault(due_on: date, made_on: date) -> str | None:
    """Why a promise cannot be due on this day; None when it can: the day it was made, or later, within two years."""
    if due_on < made_on:
        return "答复日期不能早于答应的那天"
    if due_on > made_on + timedelta(days=731):
        return "答复日期太远，请核对年份"
    return None
