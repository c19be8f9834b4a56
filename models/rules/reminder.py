"""Reminders: what is due, when somebody is told, through which door, and who hears of it next. Pure decisions.

A reminder is raised from state ("due and not yet told"), so a missed night mends itself once and a second run does
nothing (product.md, promise 1).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from models.rules.workday import DAY, Workdays

#: Sources name what falls due up to so many days ahead; no rule looks further.
HORIZON = timedelta(days=120)

CHANNELS = {"app": "站内", "mail": "邮件", "robot": "群机器人"}
UNITS = {"d": "天", "wd": "个工作日"}
#: Why nothing went through a door.
REASONS = {
    "settled": "已办",
    "left": "已离岗",
    "deputy": "休假由代理",
    "no_mailbox": "无邮箱",
    "channel_off": "渠道关闭",
    "quiet": "静默",
    "paused": "暂停发送",
    "maybe_sent": "可能已发",
    "nothing": "没有要说的",
}
#: Who hears of a matter after the person: at most so often it goes up.
LEVELS = 2


@dataclass(frozen=True, slots=True)
class Due:
    """One matter that lies with one person: what a feature's `due_reminders(on)` returns."""

    #: Key of the rule (models/rules/reminder_table.py).
    rule: str
    #: The record it is about: a table, and the id of the row.
    table: str
    record_id: int
    person_id: int
    #: Which time: with rule, record and person it is unique, such as the due date or a month. At most 40 characters.
    period: str
    due_on: date
    #: The firm it is about; None where it is about none or about several.
    firm_id: int | None
    #: One Chinese sentence; it may name the firm of firm_id, no other firm, and no other person's data.
    words: str
    #: Where the matter is dealt with, such as /promises/3/done.
    path: str
    #: Where the person above looks when it went up to them; empty: the same.
    above_path: str = ""

    @property
    def key(self) -> tuple[str, str, int, int, str]:
        """What makes it the same matter on another day."""
        return self.rule, self.table, self.record_id, self.person_id, self.period


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule as the bureau has set it."""

    key: str
    #: So long before the due date somebody is told, the earliest first; negative: after it.
    stages: tuple[int, ...] = (0,)
    unit: str = "d"
    channels: frozenset[str] = frozenset({"app", "mail"})
    #: After so many whole working days without an act it goes to the person above; 0: never.
    escalate_after: int = 0
    active: bool = True


# When.


def stage_day(due_on: date, stage: int, unit: str, workdays: Workdays) -> date:
    """The working day on which a stage is told: on a day off it comes earlier, and after the due date later."""
    if unit == "wd":
        start = workdays.on_or_before(due_on) if stage >= 0 else due_on
        on = workdays.due(start, -stage).on
    else:
        on = due_on - timedelta(days=stage)
    return workdays.on_or_before(on) if stage >= 0 else workdays.on_or_after(on)


def stage_reached(due_on: date, on: date, stages: Iterable[int], unit: str, workdays: Workdays) -> int | None:
    """The last stage whose day has come by a day; None when none has. Earlier ones that were missed are not made up:
    the last says all."""
    reached = [stage for stage in stages if stage_day(due_on, stage, unit, workdays) <= on]
    return min(reached, default=None)


def is_told(stage: int, told: Collection[int]) -> bool:
    """Whether a stage was told, or a later one: a clock set back tells nothing twice."""
    return any(other <= stage for other in told)


def period_key(period: str, stage: int, level: int = 0) -> str:
    """The period of a row of the ledger: the matter's own, its stage, and how often it went up."""
    return f"{period}~{stage}" + "^" * level


# Quiet hours.


def quiet_until(local: datetime, begins: time, ends: time, workdays: Workdays) -> datetime | None:
    """When a mail may go out that may not at this moment of the bureau's wall clock; None when it may go now.

    Quiet is a day off, and on a working day from `begins` in the evening (itself quiet) to `ends` in the morning
    (itself not).
    """
    on = local.date()
    if begins == ends:
        quiet_now, later = False, True
    elif begins > ends:
        quiet_now = local.time() >= begins or local.time() < ends
        later = local.time() < ends
    else:
        # Quiet in the middle of the day: the morning before it is not.
        quiet_now, later = begins <= local.time() < ends, local.time() < ends
    if workdays.works(on) and not quiet_now:
        return None
    morning = on if workdays.works(on) and later else workdays.on_or_after(on + DAY)
    return datetime.combine(morning, ends, local.tzinfo)


def read_time(words: str) -> time | None:
    """The time of day that HH:MM names; None for what is none."""
    try:
        return time.fromisoformat(words) if len(words) == 5 else None
    except ValueError:
        return None


# Who.


def handed_to(person_id: int, present: Collection[int], acting: Mapping[int, int]) -> tuple[int | None, str]:
    """Who gets a person's reminder, and why when it is not the person (a key of REASONS).

    present: accounts in use; acting: who is away today, and who acts for them. One who left gets nothing, and nobody
    in their place: the person above hears of it in time. A deputy who left is none.
    """
    if person_id not in present:
        return None, "left"
    deputy = acting.get(person_id, person_id)
    return (deputy, "deputy") if deputy != person_id and deputy in present else (person_id, "")


def above(person_id: int, heads: Sequence[int | None], managers: Sequence[int]) -> tuple[int, ...]:
    """Who is above a person: the nearest head of the units around them, the smallest unit first; above the heads, or
    where no unit has one, the managers. Nobody is above themselves; empty when nobody is above."""
    known = [head for head in heads if head is not None]
    beyond = known[known.index(person_id) + 1 :] if person_id in known else known
    upper = [head for head in beyond if head != person_id]
    return (upper[0],) if upper else tuple(one for one in managers if one != person_id)


def escalates(raised_on: date, due_on: date, on: date, after: int, workdays: Workdays) -> bool:
    """Whether a matter goes to the person above: `after` whole working days went by since the person was told and the
    day it was due. Before its day nobody is reported."""
    return after > 0 and workdays.between(max(raised_on, due_on), on) > after


# Through which door.


@dataclass(frozen=True, slots=True)
class Door:
    """What decides whether a mail goes to a person."""

    channels: frozenset[str]
    #: The bureau has a mail server.
    server: bool
    mailbox: bool
    #: The person asked for no mail of this rule.
    declined: bool = False


def closed_because(door: Door) -> str:
    """Why no mail goes to a person (a key of REASONS); empty when one may."""
    if "mail" not in door.channels or door.declined or not door.server:
        return "channel_off"
    return "" if door.mailbox else "no_mailbox"


# In words.


def shown_day(due_on: date, today: date) -> str:
    """How near its day is, as a light's word says it."""
    days = (due_on - today).days
    if days < 0:
        return f"逾期 {-days} 天"
    return "今天到期" if days == 0 else f"{due_on:%m-%d} 到期"


def light_of(due_on: date, today: date) -> str:
    """The colour of the light beside it: red past its day, yellow within three days, green before."""
    days = (due_on - today).days
    return "red" if days < 0 else "yellow" if days <= 3 else "green"


# How far it has come.


@dataclass(frozen=True, slots=True)
class Told:
    """What the rows say of one reminder."""

    settled: bool = False
    read: bool = False
    left: bool = False
    #: State and reason of the mail's delivery, and of the mail in the outbox; empty where there is none.
    mail: str = ""
    reason: str = ""
    outbox: str = ""
    doubtful: bool = False


#: Key of a state → what a page calls it.
STATES = {
    "acted": "已了结",
    "read": "已看",
    "bounced": "邮件被退回",
    "failed": "邮件没有发出",
    "maybe": "邮件可能已发",
    "delivered": "邮件已送到",
    "sent": "邮件已交发",
    "waiting": "邮件等着发",
    "raised": "站内已提醒",
    "skipped": "没有人收",
}


def state_of(told: Told) -> str:
    """How far a reminder has come, a key of STATES: what its reader did stands before what a server did."""
    if told.settled:
        return "acted"
    if told.left:
        return "skipped"
    if told.read:
        return "read"
    if told.mail == "sent":
        ended = {"sent": "delivered", "bounced": "bounced", "failed": "failed", "maybe": "maybe", "skipped": "raised"}
        return ended.get(told.outbox, "sent")
    return "waiting" if told.mail == "waiting" else "raised"


def state_words(told: Told) -> str:
    """The state in an officer's words: with the reason where no mail went out, and 可能重复 where it may have come
    twice."""
    words = STATES[state_of(told)]
    if told.doubtful:
        return f"{words}（可能重复）"
    if told.left and not told.settled:
        return f"{words}（{REASONS['left']}）"
    return f"{words}（邮件没有发：{REASONS[told.reason]}）" if told.mail == "skipped" and told.reason else words
