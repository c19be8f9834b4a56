"""Opinions and suggestions (意见建议): what may happen to one, and when."""

from dataclasses import dataclass
from datetime import date, timedelta

STATES = {
    "collected": "还没转出",
    "passed": "已转出，等答复",
    "answered": "已答复，没告知",
    "told": "已告知企业",
    "kept": "留作记录",
}
#: How it is dealt with; what is not here cannot happen.
MOVES = frozenset(
    {
        ("collected", "passed"),
        ("collected", "answered"),
        ("collected", "kept"),
        ("passed", "answered"),
        ("answered", "told"),
    }
)
#: Those that wait for an answer.
OPEN = ("collected", "passed")
#: The choices of "without an answer for more than … days".
SILENT_DAYS = (7, 15, 30, 60, 90)
#: After more days than these the list says so in red.
LONG = 30


@dataclass(frozen=True)
class DefaultOpinionKind:
    """What an opinion is about."""

    key: str
    name: str


KINDS: tuple[DefaultOpinionKind, ...] = (
    DefaultOpinionKind("policy", "政策"),
    DefaultOpinionKind("service", "服务"),
    DefaultOpinionKind("finance", "融资"),
    DefaultOpinionKind("talent", "人才"),
    DefaultOpinionKind("site", "场地"),
    DefaultOpinionKind("technology", "技术"),
    DefaultOpinionKind("other", "其他"),
)


def may_move(before: str, after: str) -> bool:
    """Whether an opinion can go on from one state to the other."""
    return (before, after) in MOVES


def step_back(state: str, was_passed: bool) -> str | None:
    """The state that was left last, for a step entered by mistake; None for one that has only been collected."""
    before = {"passed": "collected", "told": "answered", "kept": "collected",
              "answered": "passed" if was_passed else "collected"}  # fmt: skip
    return before.get(state)


def day_fault(on: date, not_before: date, today: date, what: str) -> str | None:
    """Why something cannot have happened on this day; None when it can: both ends are fine."""
    if on > today:
        return f"{what}日期不能晚于今天"
    if on < not_before:
        return f"{what}日期不能早于 {not_before}"
    return None


def silent_before(today: date, days: int) -> date:
    """The first day that is not yet more than so many days ago."""
    return today - timedelta(days=days)
