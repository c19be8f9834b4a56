"""The clocks of an issue: due dates in working days, margins, lights, interim replies, escalation, links and calls.

Working days are those of the notices of the State Council; a year without one rests on weekends and legal days.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from models.rules.issue import ENDED, IN_HAND
from models.rules.workday import DAY, Due, Workdays

UNITS = {"wd": "个工作日", "d": "天"}


@dataclass(frozen=True)
class Clock:
    """A length of time: a number of working days (wd) or calendar days (d)."""

    key: str
    name: str
    number: int
    unit: str = "wd"

    @property
    def words(self) -> str:
        """As an officer says it; a clock of nothing ends the same day."""
        return f"{self.number} {UNITS[self.unit]}" if self.number else "当天"


_DEFAULTS = (
    Clock("record", "登记", 0, "d"),
    Clock("dispatch", "受理、交办", 1),
    Clock("sign", "签收", 1),
    Clock("object", "退办", 1),
    Clock("settle", "裁定退办", 0, "d"),
    Clock("assist", "协办答复", 3),
    Clock("first_contact", "首次联系企业", 1),
    Clock("interim_every", "阶段答复间隔", 10),
    Clock("extension_before", "申请延期须早于到期", 1),
    Clock("park", "挂账推进最长", 30, "d"),
    Clock("red_before_escalation", "逾期多久提级", 5),
    Clock("escalated", "提级后办理", 10, "d"),
    Clock("link_valid", "确认链接有效", 7, "d"),
    Clock("calls_after", "满多久无答复改由电话", 28, "d"),
    Clock("handler_link", "办理链接有效", 30, "d"),
    Clock("withdraw_call", "撤回前电话核实", 3),
    Clock("review", "销号审核", 2),
)
#: Every clock that no class carries; rows of the bureau override the numbers.
CLOCKS: dict[str, Clock] = {clock.key: clock for clock in _DEFAULTS}

#: Days after the first question on which the firm is asked by link.
LINK_DAYS = (0, 7, 14, 21)
#: So many attempts, each on a working day of its own.
CALLS = 3
EXTENSIONS = 2
#: Assigned so often and still open: the matter goes up.
ASSIGNMENTS = 2
#: The light turns yellow with no more than this share of the clock left: a fifth, compared unrounded, or one day.
MARGIN_SHARE = 5

LIGHTS = {"green": "绿·正常", "yellow": "黄·临期", "red": "红·逾期"}
WAS_OVERDUE = "暗红·曾逾期"
#: What a slip (督办单) is for, and its colour: blue on a yellow light, yellow on a quality return or a missed reply,
#: red on a red light.
SLIPS = {"due_soon": "临期", "returned": "退回补充", "reply_missed": "阶段答复未按时", "overdue": "逾期"}
SLIP_COLOUR = {"due_soon": "blue", "returned": "yellow", "reply_missed": "yellow", "overdue": "red"}

#: Why a matter goes up.
ESCALATION = {
    "assigned_twice": "交办两次仍未办结",
    "extended_twice": "延期已用两次",
    "red_long": "逾期已超过规定天数",
    "signed_by_head": "由单位主要负责人签收",
    "decided": "督办人决定提级",
}


_ROW = re.compile(r"(\d{1,3})(wd|d)")


def parse(value: str) -> tuple[int, str] | None:
    """A number and a unit as a row writes them (5wd, 30d); None for what is neither."""
    found = _ROW.fullmatch(value)
    return (int(found[1]), found[2]) if found else None


def with_rows(rows: Mapping[str, str]) -> dict[str, Clock]:
    """The clocks with the numbers and units that rows of the bureau say; what no row says well keeps its default."""
    clocks = dict(CLOCKS)
    for key, value in rows.items():
        said = parse(value)
        if key in clocks and said:
            clocks[key] = replace(clocks[key], number=said[0], unit=said[1])
    return clocks


def due(start: date, clock: Clock, workdays: Workdays) -> Due:
    """The last day of a clock that starts on a day, the day itself not counted."""
    if clock.unit == "d":
        on = start + timedelta(days=clock.number)
        return Due(on, True)
    return workdays.due(start, clock.number)


def class_due(start: date, working_days: int, workdays: Workdays) -> Due:
    """The date an issue of a class is due when its clock starts on a day."""
    return workdays.due(start, working_days)


def recomputed(start: date, working_days: int, told_on: date | None, workdays: Workdays) -> Due:
    """A class's due date once a notice is known: never earlier than the date the firm was told."""
    fresh = class_due(start, working_days, workdays)
    return fresh if told_on is None or fresh.on >= told_on else Due(told_on, fresh.known)


#: State → the clock of whoever has to take the next step; in the others the due date and the replies say when.
STEP_CLOCKS = {
    "registered": "dispatch",
    "admitted": "dispatch",
    "dispatched": "sign",
    "objected": "settle",
    "signed_for": "first_contact",
    "in_review": "review",
}


def step_due(state: str, entered_on: date, clocks: Mapping[str, Clock], workdays: Workdays) -> Due | None:
    """By when the next step of an issue is due that came into its state on a day; None where no such clock runs."""
    key = STEP_CLOCKS.get(state)
    return due(entered_on, clocks[key], workdays) if key else None


# Extensions.


def last_day_to_ask(due_on: date, before: Clock, workdays: Workdays) -> date:
    """The last day on which an extension may still be asked for."""
    if before.unit == "d":
        return due_on - timedelta(days=before.number)
    return workdays.due(due_on, -before.number).on


# Lights.


@dataclass(frozen=True)
class LightFacts:
    """What decides the light of an issue: dates only."""

    state: str
    due_on: date | None = None
    first_due_on: date | None = None
    #: The clock in working days that the present due date rests on.
    working_days: int = 0
    #: Until when the next hand must have taken it: the office while it waits for 受理 or 交办, the person for 签收.
    accept_by: date | None = None
    #: Accepted by silence and nothing heard of the person since.
    silent: bool = False
    #: The next interim reply, or the next reply of a parked matter.
    reply_due_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True)
class Light:
    """A light: its colour (empty once ended), and whether the original due date was passed (暗红)."""

    colour: str
    was_overdue: bool = False

    @property
    def words(self) -> str:
        """The words beside the colour."""
        said = [LIGHTS[self.colour]] if self.colour else []
        return "，".join(said + ([WAS_OVERDUE] if self.was_overdue and self.colour != "red" else []))


def in_margin(left: int, working_days: int) -> bool:
    """Whether so few working days are left of a clock that it is 临期: at most max(1, 20 %), compared unrounded."""
    return left <= 1 or left * MARGIN_SHARE <= working_days


def margin_from(due_on: date, working_days: int, workdays: Workdays) -> date:
    """The first day on which a due date is 临期."""
    margin = max(1, working_days // MARGIN_SHARE)
    # From a due date on a day of rest the days before it are counted from the last one worked.
    return workdays.due(workdays.on_or_before(due_on), -margin).on


def yellow_from(facts: LightFacts, workdays: Workdays) -> date | None:
    """The first day on which the light is yellow unless it is red; None when nothing makes it yellow.

    An issue accepted by silence is yellow since its clock for that ended.
    """
    if facts.state in ENDED:
        return None
    days = []
    if facts.due_on is not None:
        days.append(margin_from(facts.due_on, facts.working_days, workdays))
    if facts.accept_by is not None and (facts.silent or facts.state in TO_ACCEPT):
        days.append(facts.accept_by + DAY)
    if facts.reply_due_on is not None and facts.state in ("in_progress", "parked"):
        days.append(facts.reply_due_on)
    return min(days, default=None)


#: Somebody has still to take it.
TO_ACCEPT = ("registered", "admitted", "dispatched", "objected")


def light(facts: LightFacts, on: date, workdays: Workdays) -> Light:
    """The light at the end of a day."""
    if facts.state in ENDED:
        return Light("", _passed(facts.first_due_on, facts.ended_on or on))
    return light_between(yellow_from(facts, workdays), facts.due_on, facts.first_due_on, on)


def light_between(yellow_on: date | None, due_on: date | None, first_due_on: date | None, on: date) -> Light:
    """The light of an open issue from the days on which it turns: what lists compute from stored dates."""
    if _passed(due_on, on):
        colour = "red"
    else:
        colour = "yellow" if yellow_on is not None and on >= yellow_on else "green"
    return Light(colour, _passed(first_due_on, on))


def _passed(due_on: date | None, on: date) -> bool:
    return due_on is not None and on > due_on


# Interim replies (阶段答复).


def reply_due(start: date, working_days: int, last_reply_on: date | None, every: Clock, workdays: Workdays) -> Due:
    """When the next interim reply is due: the first at half of the clock (rounded down, at least a day), each further
    one so long after the last."""
    if last_reply_on is None:
        return workdays.due(start, max(1, working_days // 2))
    return due(last_reply_on, every, workdays)


# Escalation (提级).


@dataclass(frozen=True)
class EscalationFacts:
    """What sends a matter up."""

    state: str
    due_on: date | None = None
    assignments: int = 0
    extensions: int = 0
    signed_by_head: bool = False
    #: Reasons it went up for already.
    done: frozenset[str] = frozenset()


def escalation_reasons(facts: EscalationFacts, on: date, red: Clock, workdays: Workdays) -> list[str]:
    """Why a matter in the hands of a unit should go up now, reasons it went up for already left out."""
    if facts.state not in IN_HAND:
        return []
    late = facts.due_on is not None and _length(facts.due_on, on, red, workdays) > red.number
    found = {
        "assigned_twice": facts.assignments >= ASSIGNMENTS,
        "extended_twice": facts.extensions >= EXTENSIONS,
        "red_long": late,
        "signed_by_head": facts.signed_by_head,
    }
    return [reason for reason, true in found.items() if true and reason not in facts.done]


def _length(start: date, end: date, clock: Clock, workdays: Workdays) -> int:
    return (end - start).days if clock.unit == "d" else workdays.between(start, end)


# The firm's word: links and calls.


def link_days(asked_on: date) -> list[date]:
    """The days on which the firm is sent a link."""
    return [asked_on + timedelta(days=days) for days in LINK_DAYS]


def link_due(asked_on: date, last_sent_on: date | None, on: date, after: Clock) -> bool:
    """Whether a link is due by a day and has not gone out; of several missed ones only one goes out, and none once the
    time of calls has begun."""
    passed = [day for day in link_days(asked_on) if day <= on]
    if not passed or on >= calls_from(asked_on, after):
        return False
    return last_sent_on is None or last_sent_on < passed[-1]


def calls_from(asked_on: date, after: Clock) -> date:
    """The first day on which an attempt to phone counts towards 未答复销号: the day after day 28."""
    return asked_on + timedelta(days=after.number + 1)


def counted_attempts(asked_on: date, attempts: Iterable[date], after: Clock, workdays: Workdays) -> list[date]:
    """The different working days after day 28 on which the firm was phoned in vain, the earliest first."""
    first = calls_from(asked_on, after)
    return sorted({on for on in attempts if on >= first and workdays.works(on)})


def is_unanswered(asked_on: date, attempts: Collection[date], after: Clock, workdays: Workdays) -> bool:
    """Whether the firm was phoned in vain often enough for 未答复销号."""
    return len(counted_attempts(asked_on, attempts, after, workdays)) >= CALLS
